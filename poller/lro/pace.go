package lro

import (
	"math"
	"time"
)

// Pace is when to ask again where the server leaves it open. The zero value is the default.
//
// A hint of the server is a floor: what Pace adds to it only ever makes the poll later. Without a
// hint the interval grows exponentially and is spread over its whole width (full jitter), so that
// clients that started together do not ask together.
type Pace struct {
	// Min is the shortest interval without a hint. 0: 1 s.
	Min time.Duration
	// Max is the longest interval without a hint. 0: 30 s.
	Max time.Duration
	// Growth is the factor from one interval to the next. 0: 1.5. 1 keeps the interval.
	Growth float64
	// Jitter is the share of a hint (and of a constant interval) by which a poll may be later than
	// it, up to 5 s. 0: 0.1. Negative: none.
	Jitter float64
}

// quickest is the shortest interval unless Min is shorter, also where the server says "Retry-After: 0": it allows
// us to ask at once, which is no reason to spin.
const quickest = 100 * time.Millisecond

// maxJitter bounds what is added to a hint.
const maxJitter = 5 * time.Second

// longest bounds the settings: sums of intervals must not overflow.
const longest = 365 * 24 * time.Hour

func (p Pace) min() time.Duration {
	if p.Min <= 0 {
		return time.Second
	}
	return min(max(p.Min, time.Millisecond), longest)
}

func (p Pace) max() time.Duration {
	if p.Max <= 0 {
		return max(30*time.Second, p.min())
	}
	return min(max(p.Max, p.min()), longest)
}

func (p Pace) growth() float64 {
	if p.Growth < 1 || math.IsNaN(p.Growth) || math.IsInf(p.Growth, 0) {
		return 1.5
	}
	return p.Growth
}

func (p Pace) jitter() float64 {
	switch {
	case p.Jitter == 0 || math.IsNaN(p.Jitter):
		return 0.1
	case p.Jitter < 0:
		return 0
	}
	return min(p.Jitter, 1)
}

// Due returns when op.Next is to be sent: never before op.NotBefore. now is the time of the last
// reply; random is in [0, 1) and decides how much of the jitter is used.
func (p Pace) Due(op Operation, now time.Time, random float64) time.Time {
	if !(random >= 0 && random < 1) {
		random = 0
	}
	due := now.Add(p.wait(op, random))
	if floor := op.NotBefore.Sub(now); !op.NotBefore.IsZero() && floor > 0 {
		if asked := op.NotBefore.Add(p.extra(floor, random)); asked.After(due) {
			due = asked
		}
	}
	return due
}

// wait is the interval of our own, before the server's floor.
func (p Pace) wait(op Operation, random float64) time.Duration {
	switch {
	case op.Phase == Ended, op.Misses == 0 && (op.Phase != Polling || op.Hops > 0):
		return 0 // the first try, and every hop of a redirect
	case op.Misses > 0:
		return p.spread(p.min(), op.Misses, random)
	case op.Hinted && op.Hint > 0:
		return quickest
	case op.Hinted:
		return p.spread(min(quickest, p.min()), op.Polls+1, random)
	}
	return p.spread(p.min(), op.Polls+1, random)
}

// spread draws from [start, start*growth^n], which ends at Max.
func (p Pace) spread(start time.Duration, n int, random float64) time.Duration {
	if p.growth() == 1 {
		return start + p.extra(start, random)
	}
	top := min(float64(start)*math.Pow(p.growth(), float64(n)), float64(p.max()))
	return start + time.Duration(random*max(0, top-float64(start)))
}

// extra is the share of d by which a poll is later than it: upwards only, up to maxJitter.
func (p Pace) extra(d time.Duration, random float64) time.Duration {
	return time.Duration(random * min(float64(d)*p.jitter(), float64(maxJitter)))
}
