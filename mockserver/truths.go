package mockserver

import (
	"cmp"
	"slices"
	"time"
)

// A Truth is a [Record] and what the client of the operation did. It is what
// [Server.Grade] judges.
type Truth struct {
	Record
	Number    uint64        `json:"number"`              // 1 for the first operation of the server
	Percent   int           `json:"percent"`             // how far it is
	Due       time.Time     `json:"due,omitzero"`        // when it will end, as far as is known; zero if nobody knows, or it has ended
	Expired   bool          `json:"expired,omitempty"`   // it is past its retention
	Frozen    bool          `json:"frozen,omitempty"`    // it stands still, by hand
	Answered  bool          `json:"answered,omitempty"`  // the submit itself was answered with the end, by Prefer: wait
	FirstPoll time.Time     `json:"firstPoll,omitzero"`  // zero if there was none
	LastPoll  time.Time     `json:"lastPoll,omitzero"`   // zero if there was none
	Floor     time.Time     `json:"floor,omitzero"`      // the next poll is early before this moment; zero without a hint in force
	Earliest  time.Duration `json:"earliest,omitempty"`  // by how much the worst of the early polls was early, in nanoseconds
	Busy      int           `json:"busy,omitempty"`      // polls less than 100 ms after the one before, with no hint in force
	Told      time.Time     `json:"told,omitzero"`       // when a poll was answered with the end; zero if none was
	AfterEnd  int           `json:"afterEnd,omitempty"`  // polls after that
	Results   int           `json:"results,omitempty"`   // requests for the result
	Loops     int           `json:"loops,omitempty"`     // requests for a URL that redirects to itself
	Redirects bool          `json:"redirects,omitempty"` // its end is a redirect to a result
	Excused   bool          `json:"excused,omitempty"`   // a fault befell it after which a correct client may give up
	History   []Poll        `json:"history,omitempty"`   // the last 32 polls, if there is a journal
}

// Truths returns the truth about every stored operation, the oldest first. It
// may be called while requests are served.
func (s *Server) Truths() []Truth {
	s.once.Do(s.start)
	now := s.clock.Now()
	var all []Truth
	s.store.visitAll(func(op *operation) { all = append(all, op.truth(now)) })
	slices.SortFunc(all, func(a, b Truth) int {
		return cmp.Or(a.Accepted.Compare(b.Accepted), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// Truth returns the truth about one operation, if it is stored.
func (s *Server) Truth(id string) (t Truth, ok bool) {
	s.once.Do(s.start)
	now := s.clock.Now()
	ok = s.store.visit(id, func(op *operation) { t = op.truth(now) })
	return t, ok
}

// redirects reports whether the end of a success is a redirect to the result.
func (sub *submission) redirects() bool {
	switch sub.scenario.Completion {
	case CompletionStatus, CompletionResult:
		return sub.dialect.has(redirects) && sub.dialect != dialects[0]
	}
	return sub.dialect.has(redirects)
}

func (op *operation) truth(now time.Time) Truth {
	look := op.look(now)
	t := Truth{Record: op.record(now), Number: op.ordinal, Percent: look.snap.Percent, Expired: look.gone}
	if look.snap.Remaining > 0 {
		t.Due = now.Add(look.snap.Remaining)
	}
	t.Frozen = op.hand != nil && op.hand.frozen
	t.Redirects = t.Status == Succeeded && op.redirects()
	last := op.accepted
	if op.conduct != nil && op.polls > 0 {
		last = op.conduct.last
	}
	if op.notBefore.After(last) {
		t.Floor = op.notBefore
	}
	c := op.conduct
	if c == nil {
		return t
	}
	t.FirstPoll, t.LastPoll, t.Earliest, t.Busy = c.first, c.last, c.earliest, c.busy
	t.Answered, t.Loops = c.answered, c.loops
	t.Redirects = t.Redirects && !c.toldGone
	t.Told, t.AfterEnd, t.Results, t.Excused = c.told, c.afterEnd, c.results, c.excused
	t.History = c.kept(op.polls)
	return t
}
