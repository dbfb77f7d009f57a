package fault

import (
	"sync"
	"sync/atomic"
	"time"
)

// A Tally is what the faults of a server count. It outlives their switching.
type Tally struct {
	submits, others atomic.Int64
	began           atomic.Pointer[time.Time] // the first request among faults
	Affected        sync.Map                  // *atomic.Int64: requests, by the name of the fault
}

// since is the time since the first request among faults, of which this may be
// one.
func (t *Tally) since(now time.Time) time.Duration {
	t.began.CompareAndSwap(nil, &now)
	return now.Sub(*t.began.Load())
}

// Reset begins to count anew.
func (t *Tally) Reset() {
	t.submits.Store(0)
	t.others.Store(0)
	t.began.Store(nil)
	t.Affected.Clear()
}
