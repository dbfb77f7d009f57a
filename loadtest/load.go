package loadtest

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Load is how many operations are submitted, and when.
//
// In the open model (Rate or Stages) arrivals do not wait for the server: that is how independent
// clients behave, and the only way in which a server that stalls shows. In the closed model
// (Concurrency) the end of one operation begins the next: it finds out what a server can carry, but
// its latencies are those of a server that is treated with consideration.
type Load struct {
	// Rate is arrivals per second: of the whole run, or at the beginning of the first stage.
	Rate float64
	// Stages change the rate, each in a straight line. They set the duration of the run.
	Stages []Stage
	// Poisson makes arrivals independent of each other; the rate is then their mean. Otherwise they
	// are evenly spaced.
	Poisson bool
	// Seed makes what is left to chance repeatable: arrivals and jitter. 0 is a seed like any other.
	Seed uint64

	// Concurrency is how many operations are in flight at any time in the closed model.
	Concurrency int

	// Operations and Duration end the arrivals, whichever comes first; one of them is needed unless
	// there are Stages.
	Operations int64
	Duration   time.Duration

	// MaxInFlight bounds the operations that are not over, and with them the memory; arrivals beyond
	// it are shed. 0: 1,000,000, or what the plan can reach if that is less.
	MaxInFlight int
}

// Stage is a part of the run in which the rate goes from where it was to Rate. With a Duration of 0
// it jumps.
type Stage struct {
	Duration time.Duration
	Rate     float64
}

const defaultInFlight = 1_000_000

// open reports whether arrivals do not wait for the server.
func (l *Load) open() bool { return l.Concurrency == 0 }

func (l *Load) check() error {
	switch {
	case l.Rate < 0 || math.IsNaN(l.Rate) || math.IsInf(l.Rate, 0):
		return fmt.Errorf("a rate of %v is none", l.Rate)
	case l.Concurrency < 0 || l.Operations < 0 || l.Duration < 0 || l.MaxInFlight < 0:
		return errors.New("concurrency, operations, duration and the bound on those in flight must not be negative")
	case l.Concurrency > 0 && (l.Rate > 0 || len(l.Stages) > 0):
		return errors.New("a rate and a concurrency exclude each other: arrivals either wait for the server or they do not")
	case l.Concurrency == 0 && l.Rate == 0 && len(l.Stages) == 0:
		return errors.New("how much load? give a rate, stages or a concurrency")
	case l.Operations == 0 && l.Duration == 0 && len(l.Stages) == 0:
		return errors.New("when does it end? give a number of operations or a duration")
	}
	for i, s := range l.Stages {
		if s.Duration < 0 || s.Rate < 0 || math.IsNaN(s.Rate) || math.IsInf(s.Rate, 0) {
			return fmt.Errorf("stage %d: its duration and its rate must not be negative", i+1)
		}
	}
	if l.open() && !l.begins() {
		return errors.New("no operation ever arrives: the rate is 0 throughout")
	}
	return nil
}

func (l *Load) begins() bool {
	if len(l.Stages) == 0 {
		return l.Rate > 0
	}
	rate := l.Rate
	for _, s := range l.Stages {
		if s.Duration > 0 && (rate > 0 || s.Rate > 0) {
			return true
		}
		rate = s.Rate
	}
	return false
}

// length is how long arrivals go on by the plan; 0 if that is not known beforehand.
func (l *Load) length() time.Duration {
	d := time.Duration(0)
	for _, s := range l.Stages {
		d += s.Duration
	}
	if d == 0 || l.Duration > 0 && l.Duration < d {
		return l.Duration
	}
	return d
}

// inFlight is the bound on operations that are not over.
func (l *Load) inFlight() int {
	n := orElse(l.MaxInFlight, defaultInFlight)
	if l.Concurrency > 0 {
		n = min(n, l.Concurrency)
	}
	if l.Operations > 0 && l.Operations < int64(n) {
		n = int(l.Operations)
	}
	return n
}

// String says in words what was asked for: "50/s for 1m0s, Poisson, seed 7".
func (l Load) String() string {
	var b strings.Builder
	switch {
	case !l.open():
		fmt.Fprintf(&b, "%d at a time", l.Concurrency)
	case len(l.Stages) == 0:
		fmt.Fprintf(&b, "%v/s", l.Rate)
	default:
		fmt.Fprintf(&b, "from %v/s", l.Rate)
		for _, s := range l.Stages {
			fmt.Fprintf(&b, " to %v/s in %v", s.Rate, s.Duration)
		}
	}
	if l.Duration > 0 {
		fmt.Fprintf(&b, " for %v", l.Duration)
	}
	if l.Operations > 0 {
		fmt.Fprintf(&b, ", %d operation", l.Operations)
		if l.Operations > 1 {
			b.WriteByte('s')
		}
	}
	if l.Poisson {
		fmt.Fprintf(&b, ", Poisson, seed %d", l.Seed)
	}
	return b.String()
}
