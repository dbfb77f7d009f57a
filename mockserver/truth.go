package mockserver

import (
	"cmp"
	"slices"
	"sync/atomic"
	"time"
)

// A Record is the truth about one operation, as no client can see it.
type Record struct {
	ID     string `json:"id"`
	Method string `json:"method"`        // of the submit
	Path   string `json:"path"`          // of the submit
	Key    string `json:"key,omitempty"` // Idempotency-Key without quotes, or empty
	Status Status `json:"status"`        // now

	Accepted  time.Time `json:"accepted"`           // when the submit arrived
	Started   time.Time `json:"started,omitzero"`   // when it began to run; zero if it has not, or never will
	Done      time.Time `json:"done,omitzero"`      // when it ended, whoever noticed; zero if it has not
	Cancelled time.Time `json:"cancelled,omitzero"` // when a DELETE called it off; zero if none did

	Submits int `json:"submits"` // submits that led here: 1, and more with the same key
	Polls   int `json:"polls"`   // GET and HEAD of the status URL
	Early   int `json:"early"`   // the polls among them that came before the last hint allowed it
}

// Stats counts what a [Server] did since its first request.
type Stats struct {
	Requests    int64 `json:"requests"`    // all of them
	Submits     int64 `json:"submits"`     // operations accepted
	Replays     int64 `json:"replays"`     // submits that led to an operation accepted before
	Refused     int64 `json:"refused"`     // submits that were no operation: 4xx, and 503 for want of room
	Polls       int64 `json:"polls"`       // GET and HEAD of the status of a stored operation
	EarlyPolls  int64 `json:"earlyPolls"`  // polls before the last hint of their operation allowed it
	NotModified int64 `json:"notModified"` // polls answered with 304
	Results     int64 `json:"results"`     // results sent
	Cancels     int64 `json:"cancels"`     // DELETEs that called an operation off, or found it so
	Stored      int64 `json:"stored"`      // operations in the store now
	Waiting     int64 `json:"waiting"`     // operations in the queue of the workers now
	Working     int64 `json:"working"`     // workers that are busy now
}

type counters struct {
	requests, submits, replays, refused, polls, earlyPolls, notModified, results, cancels atomic.Int64
}

func (c *counters) poll(v view) {
	c.polls.Add(1)
	if v.early {
		c.earlyPolls.Add(1)
	}
}

// Stats returns the counters. While requests are served they need not agree
// with each other to the last one.
func (s *Server) Stats() Stats {
	s.once.Do(s.start)
	c := &s.counter
	waiting, working := 0, 0
	if s.store.pool != nil {
		waiting, working = s.store.pool.load(s.clock.Now())
	}
	return Stats{
		Requests:    c.requests.Load(),
		Submits:     c.submits.Load(),
		Replays:     c.replays.Load(),
		Refused:     c.refused.Load(),
		Polls:       c.polls.Load(),
		EarlyPolls:  c.earlyPolls.Load(),
		NotModified: c.notModified.Load(),
		Results:     c.results.Load(),
		Cancels:     c.cancels.Load(),
		Stored:      s.store.count.Load(),
		Waiting:     int64(waiting),
		Working:     int64(working),
	}
}

// Operations returns a record of every stored operation, the oldest first. It
// may be called while requests are served.
func (s *Server) Operations() []Record {
	s.once.Do(s.start)
	now := s.clock.Now()
	var records []Record
	s.store.visitAll(func(op *operation) { records = append(records, op.record(now)) })
	slices.SortFunc(records, func(a, b Record) int {
		return cmp.Or(a.Accepted.Compare(b.Accepted), cmp.Compare(a.ID, b.ID))
	})
	return records
}

func (op *operation) record(now time.Time) Record {
	snap := op.state(now)
	r := Record{
		ID:       op.id,
		Method:   op.method,
		Path:     op.path,
		Key:      op.key,
		Status:   snap.Status,
		Accepted: op.accepted,
		Submits:  op.submits,
		Polls:    op.polls,
		Early:    op.early,
	}
	queue := op.plan().queue
	if op.ranBy(now, queue) {
		r.Started = op.accepted.Add(queue)
	}
	if snap.Status.Done() {
		r.Done = op.accepted.Add(snap.Changed)
	}
	if op.cancelled >= 0 {
		r.Cancelled = op.accepted.Add(op.cancelled)
	}
	return r
}

// ranBy reports whether it began to run, queue after its acceptance.
func (op *operation) ranBy(now time.Time, queue time.Duration) bool {
	age := op.age(now)
	if op.cancelled >= 0 {
		age = min(age, op.cancelled)
	}
	if h := op.hand; h != nil && h.frozen {
		age = min(age, h.frozenAt)
	}
	if h := op.hand; h != nil && h.ended != "" {
		age = min(age, h.endedAt)
	}
	return age >= queue
}
