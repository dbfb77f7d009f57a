package mockserver

import (
	"cmp"
	"slices"
	"sync/atomic"
	"time"
)

// A Record is the truth about one operation, as no client can see it.
type Record struct {
	ID     string
	Method string // of the submit
	Path   string // of the submit
	Key    string // Idempotency-Key without quotes, or empty
	Status Status // now

	Accepted  time.Time // when the submit arrived
	Started   time.Time // when it began to run; zero if it has not, or never will
	Done      time.Time // when it ended, whoever noticed; zero if it has not
	Cancelled time.Time // when a DELETE called it off; zero if none did

	Submits int // submits that led here: 1, and more with the same key
	Polls   int // GET and HEAD of the status URL
	Early   int // the polls among them that came before the last hint allowed it
}

// Stats counts what a [Server] did since its first request.
type Stats struct {
	Requests    int64 // all of them
	Submits     int64 // operations accepted
	Replays     int64 // submits that led to an operation accepted before
	Refused     int64 // submits that were no operation: 4xx, and 503 for want of room
	Polls       int64 // GET and HEAD of the status of a stored operation
	EarlyPolls  int64 // polls before the last hint of their operation allowed it
	NotModified int64 // polls answered with 304
	Results     int64 // results sent
	Cancels     int64 // DELETEs that called an operation off, or found it so
	Stored      int64 // operations in the store now
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
	}
}

// Operations returns a record of every stored operation, the oldest first. It
// may be called while requests are served.
func (s *Server) Operations() []Record {
	s.once.Do(s.start)
	now := s.now()
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
	queue := op.scenario.queue()
	if op.age(now) >= queue && (op.cancelled < 0 || op.cancelled >= queue) {
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
