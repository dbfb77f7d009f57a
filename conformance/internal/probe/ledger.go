package probe

import (
	"slices"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// ledger knows all operations that a run began, so that none is left behind unmentioned.
type ledger struct {
	mu  sync.Mutex
	ops map[string]*entry // by status URL
}

type entry struct {
	op    lro.Operation
	began time.Time
	over  bool
}

// enter takes note of an operation as it is now.
func (l *ledger) enter(op lro.Operation, now time.Time) {
	if op.StatusURL == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ops == nil {
		l.ops = map[string]*entry{}
	}
	e := l.ops[op.StatusURL]
	if e == nil {
		e = &entry{began: now}
		l.ops[op.StatusURL] = e
	}
	e.over = e.over || evidence.Over(op) || op.Phase == lro.Fetching || op.Outcome == lro.Gone
	e.op = op
}

// close takes note that an operation is over.
func (l *ledger) close(status string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.ops[status]; e != nil {
		e.over = true
	}
}

// open returns copies of the operations that are not known to be over, the oldest first.
func (l *ledger) open() []entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	var left []entry
	for _, e := range l.ops {
		if !e.over {
			left = append(left, *e)
		}
	}
	slices.SortFunc(left, func(a, b entry) int { return a.began.Compare(b.began) })
	return left
}
