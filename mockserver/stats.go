package mockserver

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

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
	Cancels     int64 `json:"cancels"`     // DELETEs that cancelled an operation, or found it so
	Stored      int64 `json:"stored"`      // operations in the store now
	Waiting     int64 `json:"waiting"`     // operations in the queue of the workers now
	Working     int64 `json:"working"`     // workers that are busy now
}

// Stats returns the counters. While requests are served they need not agree
// with each other to the last one.
func (s *Server) Stats() Stats {
	s.once.Do(s.start)
	c := &s.host.Counter
	waiting, working := 0, 0
	if s.host.Store.Pool != nil {
		waiting, working = s.host.Store.Pool.Load(s.host.Clock.Now())
	}
	return Stats{
		Requests:    c.Requests.Load(),
		Submits:     c.Submits.Load(),
		Replays:     c.Replays.Load(),
		Refused:     c.Refused.Load(),
		Polls:       c.Polls.Load(),
		EarlyPolls:  c.EarlyPolls.Load(),
		NotModified: c.NotModified.Load(),
		Results:     c.Results.Load(),
		Cancels:     c.Cancels.Load(),
		Stored:      s.host.Store.Count.Load(),
		Waiting:     int64(waiting),
		Working:     int64(working),
	}
}

// Operations returns a record of every stored operation, the oldest first. It
// may be called while requests are served.
func (s *Server) Operations() []Record {
	s.once.Do(s.start)
	now := s.host.Clock.Now()
	var records []Record
	s.host.Store.VisitAll(func(op *work.Operation) { records = append(records, op.Record(now)) })
	slices.SortFunc(records, func(a, b Record) int {
		return cmp.Or(a.Accepted.Compare(b.Accepted), cmp.Compare(a.ID, b.ID))
	})
	return records
}

// Truths returns the truth about every stored operation, the oldest first. It
// may be called while requests are served.
func (s *Server) Truths() []Truth {
	s.once.Do(s.start)
	now := s.host.Clock.Now()
	var all []Truth
	s.host.Store.VisitAll(func(op *work.Operation) { all = append(all, op.Truth(now)) })
	slices.SortFunc(all, func(a, b Truth) int {
		return cmp.Or(a.Accepted.Compare(b.Accepted), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// Truth returns the truth about one operation, if it is stored.
func (s *Server) Truth(id string) (t Truth, ok bool) {
	s.once.Do(s.start)
	now := s.host.Clock.Now()
	ok = s.host.Store.Visit(id, func(op *work.Operation) { t = op.Truth(now) })
	return t, ok
}

// FaultSeed returns the seed of the faults and of the run times: Seed, or what
// was drawn in its place. The same Seed and the same requests give the same
// answers.
func (s *Server) FaultSeed() uint64 {
	s.once.Do(s.start)
	return uint64(s.host.Store.Dice)
}

// ReplicaKey returns the Key of a stateless server, for another one that is to
// answer for its operations. It is a secret.
func (s *Server) ReplicaKey() []byte {
	s.once.Do(s.start)
	if s.host.Store.Sealer == nil {
		return nil
	}
	return bytes.Clone(s.host.Store.Sealer.Key)
}

// Reposts returns the submits that were sent twice, the first 1000 of them.
func (s *Server) Reposts() []Repost {
	s.lost.Mu.Lock()
	defer s.lost.Mu.Unlock()
	return append([]Repost(nil), s.lost.Reposts...)
}

// Sightings returns the requests that carried credentials to the other origin,
// the first 1000 of them.
func (s *Server) Sightings() []Sighting {
	s.foreign.Mu.Lock()
	defer s.foreign.Mu.Unlock()
	return append([]Sighting(nil), s.foreign.All...)
}
