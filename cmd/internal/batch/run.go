package batch

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"net/http"
	"sync"

	"github.com/asyncctl/asyncctl/cmd/internal/idempotency"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/internal/schema"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Assume says what to take for true of a submit whose fate is unknown.
type Assume string

// The assumptions.
const (
	AssumeNothing Assume = ""      // report it, and leave it
	AssumeTaken   Assume = "taken" // the server took it: give it up as lost
	AssumeLost    Assume = "lost"  // the server did not take it: send it again
)

// Run is one run over a list.
type Run struct {
	Many    *poller.Many
	Dialect lro.Dialect
	Journal *Journal // nil: nothing is remembered
	Assume  Assume
	// Keys makes up an Idempotency-Key for each line that has none.
	Keys bool
	// RunID, if not empty, is what such keys are derived from, with the line's number and content: a run
	// of the same name makes the same keys, also on a machine that has lost its journal. Empty: they are
	// random.
	RunID string
	// Again runs the lines again that ended in any other way than success.
	Again bool
	// Deliver takes a result to its place.
	Deliver func(Line, *poller.Result) (*render.Content, error)
	// Emit is called with each record, by one goroutine at a time.
	Emit func(Record)
	// Stop ends the run after a record that is no success. Nil: never.
	Stop context.CancelFunc

	mu     sync.Mutex
	broken error // why no further line is begun
}

// Do runs the lines that are not done. It fails if the list is not the one that the journal is
// about, or if the journal cannot be written. What an interrupt keeps from being sent has no record: the same
// command sends it.
func (r *Run) Do(ctx context.Context, lines iter.Seq[Line]) error {
	r.Many.Run(ctx, func(yield func(poller.Task) bool) {
		for l := range lines {
			if r.stopped() != nil || ctx.Err() != nil { // a line that is wrong asks nobody whether to go on
				return
			}
			task, ok, err := r.task(l)
			if err != nil {
				r.breakOff(err)
				return
			}
			if ok && !yield(task) {
				return
			}
		}
	})
	return r.stopped()
}

// stopped returns why no further line is begun.
func (r *Run) stopped() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken == nil && r.Journal != nil {
		return r.Journal.Failed()
	}
	return r.broken
}

func (r *Run) breakOff(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken == nil {
		r.broken = err
	}
}

// task returns what is to be done for a line, if anything is.
func (r *Run) task(l Line) (poller.Task, bool, error) {
	if l.Err != nil {
		r.emit(Record{Schema: schema.Batch, Line: l.Number, ID: l.ID, Outcome: Invalid, Message: l.Err.Error()})
		return poller.Task{}, false, nil
	}
	m, known := Mark{}, false
	if r.Journal != nil {
		m, known = r.Journal.take(l.Number)
	}
	if known && m.Sum != l.Sum {
		return poller.Task{}, false, fmt.Errorf("line %d is not the one that the journal is about: its text, --url or its body_file has changed; name another journal for another list", l.Number)
	}
	again := known && m.Stage == Done && r.Again && m.Record.Outcome != lro.Succeeded.String()
	switch {
	case !known, m.Stage == Unsent, again:
		return r.fresh(l, m.Key, again), true, nil
	case m.Stage == Done:
		r.emit(*m.Record)
		return poller.Task{}, false, nil
	case m.Stage == Accepted && m.Handle != nil:
		op := *m.Handle
		op.Home = lro.Origin(l.Request.URL)
		return r.follow(l, op), true, nil
	}
	return r.unsettled(l, m)
}

// unsettled decides about a submit that an earlier run may have sent.
func (r *Run) unsettled(l Line, m Mark) (poller.Task, bool, error) {
	switch {
	case m.Key != "":
		return r.fresh(l, m.Key, false), true, nil // the same key: the server can tell
	case r.Assume == AssumeLost:
		return r.fresh(l, "", false), true, nil
	}
	rec := Record{
		Schema: schema.Batch, Line: l.Number, ID: l.ID, Outcome: Unknown, Reason: lro.SubmitAmbiguous,
		Message: "an earlier run died while it sent this submit: the server may have taken it; find out, and say --assume taken or --assume lost",
	}
	if r.Assume == AssumeTaken {
		rec.Outcome, rec.Message = lro.Lost.String(), "taken for accepted, but there is nothing to ask for"
		if err := r.Journal.Add(Mark{Line: l.Number, Stage: Done, Sum: l.Sum, Record: &rec}); err != nil {
			return poller.Task{}, false, err
		}
	}
	r.emit(rec)
	return poller.Task{}, false, nil
}

// fresh submits a line, under the key that an earlier try carried, if there was one.
func (r *Run) fresh(l Line, key string, again bool) poller.Task {
	header := l.Request.Header.Clone()
	own := header.Get(l.keyField())
	switch {
	case again && r.Keys:
		key = idempotency.Quote(rand.Text()) // the old one stands for what failed
	case key == "" && r.Keys && own == "":
		key = idempotency.Quote(r.newKey(l))
	case key == "":
		key = own
	}
	if key != "" {
		header = withKey(header, l.keyField(), key)
	}
	l.Request.Header = header
	made := ""
	if key != own {
		made = key
	}
	op := lro.Begin(r.Dialect, l.Request)
	op.Described = l.Described
	w := &work{run: r, line: l, made: made}
	task := w.task(op)
	task.Started = func() error { return w.start(key) }
	task.Accepted = w.accept
	return task
}

// newKey makes up a key for a line.
func (r *Run) newKey(l Line) string {
	if r.RunID == "" {
		return rand.Text()
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %d %s", r.RunID, l.Number, l.Sum))
	return hex.EncodeToString(sum[:16])
}

// keyField is the header field of the line's idempotency key.
func (l Line) keyField() string {
	if l.KeyField == "" {
		return "Idempotency-Key"
	}
	return l.KeyField
}

func withKey(h http.Header, field, key string) http.Header {
	if h == nil {
		h = http.Header{}
	}
	h.Set(field, key)
	return h
}

// follow waits for the end of a line's operation and records it.
func (r *Run) follow(l Line, op lro.Operation) poller.Task {
	w := &work{run: r, line: l, begun: true}
	return w.task(op)
}

func (r *Run) note(m Mark) error {
	if r.Journal == nil {
		return nil
	}
	return r.Journal.Add(m)
}

func (r *Run) emit(rec Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Emit(rec)
	if rec.Outcome != lro.Succeeded.String() && r.Stop != nil {
		r.Stop()
	}
}
