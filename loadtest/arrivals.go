package loadtest

import (
	"math"
	"math/rand/v2"
	"time"
)

// Arrivals is the sequence of planned submits of a [Load] in the open model. It depends on nothing
// but the load: every shard walks the same sequence and takes every n-th of it, so that any number
// of them together submit what one alone would have.
type Arrivals struct {
	stages []Stage // the first one begins at rate
	rate   float64 // at the beginning of stages[0]
	end    time.Duration
	last   int64
	dice   *rand.Rand // nil: evenly spaced

	index  int64
	due    float64       // expected arrivals from the beginning of stages[0] to the next one
	before time.Duration // the stages that are over
	ended  time.Duration // once Next has returned false: when the arrivals end
}

// Arrivals returns the sequence from its beginning.
func (l Load) Arrivals() *Arrivals {
	a := &Arrivals{stages: l.Stages, rate: l.Rate, end: l.length(), last: l.Operations}
	if a.last == 0 {
		a.last = math.MaxInt64
	}
	if len(a.stages) == 0 {
		a.stages = []Stage{{Duration: math.MaxInt64, Rate: l.Rate}}
	}
	if l.Poisson {
		a.dice = rand.New(rand.NewPCG(l.Seed, 0))
		a.due = a.dice.ExpFloat64()
	}
	return a
}

// Next returns the index of the next arrival and when it is planned, counted from the beginning of
// the run; false when there are no more.
func (a *Arrivals) Next() (index int64, at time.Duration, ok bool) {
	for a.index < a.last && len(a.stages) > 0 {
		s := a.stages[0]
		if expected := s.expected(a.rate); a.due >= expected {
			a.due -= expected
			a.before += s.Duration
			a.rate, a.stages = s.Rate, a.stages[1:]
			continue
		}
		at = a.before + s.reaches(a.rate, a.due)
		if a.end > 0 && at >= a.end {
			a.before = a.end
			break
		}
		index = a.index
		a.index++
		gap := 1.0
		if a.dice != nil {
			gap = a.dice.ExpFloat64()
		}
		a.due += gap
		return index, at, true
	}
	a.finish()
	return 0, 0, false
}

// finish notes when the arrivals ended: when the next one would have come, if their number ended them,
// so that number and time make the rate.
func (a *Arrivals) finish() {
	if len(a.stages) > 0 {
		a.ended = a.before
		if s := a.stages[0]; a.index >= a.last && a.due < s.expected(a.rate) {
			a.ended += s.reaches(a.rate, a.due)
		}
		a.stages, a.before = nil, a.ended
	}
	if a.ended = max(a.ended, a.before); a.end > 0 {
		a.ended = min(a.ended, a.end)
	}
}

// expected is how many arrivals the stage has on average when it begins at rate from.
func (s Stage) expected(from float64) float64 {
	return (from + s.Rate) / 2 * s.Duration.Seconds()
}

// reaches returns when so many arrivals have come, from the beginning of the stage: the inverse of
// the integral of a rate that changes in a straight line.
func (s Stage) reaches(from, arrivals float64) time.Duration {
	if arrivals == 0 {
		return 0
	}
	slope := (s.Rate - from) / s.Duration.Seconds()
	root := math.Sqrt(max(0, from*from+2*slope*arrivals))
	seconds := 2 * arrivals / (from + root)
	return min(time.Duration(seconds*float64(time.Second)), s.Duration)
}
