package speech

import (
	"sync/atomic"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// A Host is what a server tells those who speak for it.
type Host struct {
	Store     *work.Store
	Clock     *work.Clock
	OwnClock  bool   // the clock is not that of the system
	Stranger  string // the other origin, or empty
	Stateless bool   // nothing is kept
	MaxBody   int64  // bytes of a submit
	Counter   Counters
}

// Counters are what a server counts.
type Counters struct {
	Requests, Submits, Replays, Refused, Polls, EarlyPolls, NotModified, Results, Cancels atomic.Int64
}

// Poll counts a poll.
func (c *Counters) Poll(v work.View) {
	c.Polls.Add(1)
	if v.Early {
		c.EarlyPolls.Add(1)
	}
}

// Reset begins to count anew.
func (c *Counters) Reset() {
	for _, n := range []*atomic.Int64{&c.Requests, &c.Submits, &c.Replays, &c.Refused, &c.Polls, &c.EarlyPolls, &c.NotModified, &c.Results, &c.Cancels} {
		n.Store(0)
	}
}
