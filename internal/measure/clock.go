package measure

import (
	"net/http"
	"time"
)

// Clocks narrows down the server's clock against ours. A Date of d that was written between sent and
// received says that the server's clock showed something in [d, d+1s) in between: so the offset lies
// between d - received and d + 1s - sent. What all exchanges have in common is narrower than any.
type Clocks struct {
	low, high time.Duration
	seen      bool

	text string // the last Date, and what it means
	date int64  // Unix nanoseconds
}

// Learn takes the Date of a reply; sent and received are Unix nanoseconds by our clock.
func (c *Clocks) Learn(date string, sent, received int64) {
	if date == "" {
		return
	}
	if date != c.text {
		t, err := http.ParseTime(date)
		if err != nil {
			return
		}
		c.text, c.date = string([]byte(date)), t.UnixNano()
	}
	c.narrow(time.Duration(c.date-received), time.Duration(c.date+int64(time.Second)-sent))
}

func (c *Clocks) narrow(low, high time.Duration) {
	if !c.seen {
		c.low, c.high, c.seen = low, high, true
		return
	}
	c.low, c.high = max(c.low, low), min(c.high, high)
}

// Merge takes what another worker learnt.
func (c *Clocks) Merge(other *Clocks) {
	if other.seen {
		c.narrow(other.low, other.high)
	}
}

// Clock is the estimate. Where the bounds exclude each other, as they do when a clock was set during
// the run or drifts, or when a Date is not of the moment, the truth is taken to be between them or
// beyond them by half as much.
func (c *Clocks) Clock() Clock {
	if !c.seen {
		return Clock{}
	}
	half := (c.high - c.low) / 2
	estimate := Clock{Known: true, Offset: c.low + half, Uncertainty: half}
	if half < 0 {
		estimate.Uncertainty = -2 * half
	}
	return estimate
}

// Clock is the server's clock against ours, from its Date fields and the time around each exchange.
type Clock struct {
	Known bool `json:"known"`
	// Offset is to be added to our time to get the server's; Uncertainty is how far it may be off to
	// either side.
	Offset      time.Duration `json:"offset_ns"`
	Uncertainty time.Duration `json:"uncertainty_ns"`
}
