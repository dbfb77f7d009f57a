package loadtest

import (
	"net/http"
	"time"
)

// clocks narrows down the server's clock against ours. A Date of d that was written between sent and
// received says that the server's clock showed something in [d, d+1s) in between: so the offset lies
// between d - received and d + 1s - sent. What all exchanges have in common is narrower than any.
type clocks struct {
	low, high time.Duration
	seen      bool

	text string // the last Date, and what it means
	date int64  // Unix nanoseconds
}

// learn takes the Date of a reply; sent and received are Unix nanoseconds by our clock.
func (c *clocks) learn(date string, sent, received int64) {
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

func (c *clocks) narrow(low, high time.Duration) {
	if !c.seen {
		c.low, c.high, c.seen = low, high, true
		return
	}
	c.low, c.high = max(c.low, low), min(c.high, high)
}

// merge takes what another worker learnt.
func (c *clocks) merge(other *clocks) {
	if other.seen {
		c.narrow(other.low, other.high)
	}
}

// clock is the estimate. Where the bounds exclude each other, as they do when a clock was set during
// the run or drifts, or when a Date is not of the moment, the truth is taken to be between them or
// beyond them by half as much.
func (c *clocks) clock() Clock {
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
