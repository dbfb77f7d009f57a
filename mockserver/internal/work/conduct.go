package work

import "time"

const (
	maxPollsKept = 32
	// BusyGap is the least pause between two polls of a client that is told no
	// other.
	BusyGap = 100 * time.Millisecond
)

// timerSlack is how much before its time a poll may come: the timers of common
// platforms have milliseconds, and may go off in the one before.
const timerSlack = 5 * time.Millisecond

// A Poll is the truth about one poll.
type Poll struct {
	At       time.Time     `json:"at"`
	Floor    time.Time     `json:"floor,omitzero"` // the hint in force allowed it from here on; zero if there was none
	Lateness time.Duration `json:"lateness"`       // At since Floor, in nanoseconds; negative for an early poll, 0 without Floor
	Status   Status        `json:"status"`         // what the server knew
	Hint     string        `json:"hint,omitempty"` // Retry-After that it meant to answer
}

// A Conduct is what the client of an operation did. The lock of its shard guards
// it. It is made at the first poll.
type Conduct struct {
	first    time.Time     // first poll
	last     time.Time     // last poll
	polls    []Poll        // the last of them, a ring, if they are kept
	earliest time.Duration // the worst earliness
	busy     int           // polls too soon after the last one, with no hint in force
	told     time.Time     // when a poll was answered with the end
	toldBy   int           // the number of that poll
	toldGone bool          // and the end was that it is kept no longer
	afterEnd int           // polls after that
	results  int           // requests for the result
	Loops    int           // requests for a URL that redirects to itself
	spoilt   int           // polls since the last one whose answer could be read
	Answered bool          // the submit was answered with the end
	Excused  bool          // by a fault that may end the operation for a correct client
}

// observe takes note of a poll that is being answered. The operation counted it.
func (op *Operation) observe(now, floor time.Time, v View, keep, tells bool) {
	c := op.Watched()
	previous := c.last
	if c.first.IsZero() {
		c.first, previous = now, op.Accepted
	}
	switch {
	case !c.told.IsZero():
	case v.Early:
		c.earliest = max(c.earliest, floor.Sub(now))
	case !c.last.IsZero() && now.Sub(c.last) < BusyGap && floor.Sub(c.last) < BusyGap:
		c.busy++
	}
	c.last = now
	if !c.told.IsZero() {
		c.afterEnd++
	}
	op.tell(now, v, tells)
	if !keep {
		return
	}
	p := Poll{At: now, Status: v.Snap.Status, Hint: v.Hint}
	if floor.After(previous) {
		p.Floor, p.Lateness = floor, now.Sub(floor)
	}
	if len(c.polls) < maxPollsKept {
		c.polls = append(c.polls, p)
		return
	}
	c.polls[(op.Polls-1)%maxPollsKept] = p
}

// Watched is its conduct, which is made when it is first needed.
func (op *Operation) Watched() *Conduct {
	if op.Conduct == nil {
		op.Conduct = &Conduct{}
	}
	return op.Conduct
}

// Forget takes back that the n-th poll told the end: its answer was spoilt.
func (c *Conduct) Forget(n int) {
	if c.toldBy == n {
		c.told, c.toldBy = time.Time{}, 0
	}
}

// perseverance is how many spoilt answers in a row are reason enough to give up.
const perseverance = 5

// Persevered counts a poll whose answer was spoilt, or not, and reports whether
// the client has seen enough of them.
func (c *Conduct) Persevered(spoilt bool) bool {
	if !spoilt {
		c.spoilt = 0
		return false
	}
	c.spoilt++
	return c.spoilt >= perseverance
}

// kept is the polls that are kept, the oldest first.
func (c *Conduct) kept(polls int) []Poll {
	if len(c.polls) < maxPollsKept {
		return append([]Poll(nil), c.polls...)
	}
	oldest := polls % maxPollsKept
	return append(append([]Poll(nil), c.polls[oldest:]...), c.polls[:oldest]...)
}
