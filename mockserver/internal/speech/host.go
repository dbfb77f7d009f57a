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

type Counters struct {
	Requests, Submits, Replays, Refused, Polls, EarlyPolls, NotModified, Results, Cancels atomic.Int64
}

func (c *Counters) Poll(v work.View) {
	c.Polls.Add(1)
	if v.Early {
		c.EarlyPolls.Add(1)
	}
}
