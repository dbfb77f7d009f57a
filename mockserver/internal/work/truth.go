package work

import "time"

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
	Excused   bool          `json:"excused,omitempty"`   // a fault affected it after which a correct client may give up
	History   []Poll        `json:"history,omitempty"`   // the last 32 polls, if there is a journal
}

// redirects reports whether the end of a success is a redirect to the result.
func (sub *Submission) redirects() bool {
	switch sub.Scenario.Completion {
	case CompletionStatus, CompletionResult:
		return sub.Manner.Redirects && sub.Manner.OwnEnd
	}
	return sub.Manner.Redirects
}

func (op *Operation) Truth(now time.Time) Truth {
	look := op.Look(now)
	t := Truth{Record: op.Record(now), Number: op.Ordinal, Percent: look.Snap.Percent, Expired: look.Gone}
	if look.Snap.Remaining > 0 {
		t.Due = now.Add(look.Snap.Remaining)
	}
	t.Frozen = op.Hand != nil && op.Hand.frozen
	t.Redirects = t.Status == Succeeded && op.redirects()
	last := op.Accepted
	if op.Conduct != nil && op.Polls > 0 {
		last = op.Conduct.last
	}
	if op.NotBefore.After(last) {
		t.Floor = op.NotBefore
	}
	c := op.Conduct
	if c == nil {
		return t
	}
	t.FirstPoll, t.LastPoll, t.Earliest, t.Busy = c.first, c.last, c.earliest, c.busy
	t.Answered, t.Loops = c.Answered, c.Loops
	t.Redirects = t.Redirects && !c.toldGone
	t.Told, t.AfterEnd, t.Results, t.Excused = c.told, c.afterEnd, c.results, c.Excused
	t.History = c.kept(op.Polls)
	return t
}
