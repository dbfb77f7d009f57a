package render

import (
	"fmt"
	"math"
	"time"
)

// When an estimate is honest enough to be shown.
const (
	fewestSamples = 3
	shortestSpan  = 5 * time.Second
	mostSamples   = 16
	farthest      = 100 * time.Hour
)

// sample is one percentage that the server gave.
type sample struct {
	at      time.Time
	percent float64
}

// progress is the run of percentages that has grown with each answer up to now. An answer without
// progress ends the run: there is nothing to extrapolate from.
type progress struct{ run []sample }

// add returns the progress with one more answer.
func (p progress) add(at time.Time, percent *float64) progress {
	if percent == nil {
		return progress{}
	}
	s := sample{at, bounded(*percent)}
	if n := len(p.run); n > 0 && s.percent <= p.run[n-1].percent {
		return progress{run: []sample{s}}
	}
	run := p.run
	if len(run) >= mostSamples {
		run = run[1:]
	}
	return progress{run: append(run[:len(run):len(run)], s)}
}

// left estimates the time to 100 %. It says false unless at least three answers over at least five
// seconds have each been further than the one before.
func (p progress) left(now time.Time) (time.Duration, bool) {
	n := len(p.run)
	if n < fewestSamples {
		return 0, false
	}
	first, last := p.run[0], p.run[n-1]
	span := last.at.Sub(first.at)
	if span < shortestSpan {
		return 0, false
	}
	seconds := span.Seconds() * (100 - last.percent) / (last.percent - first.percent)
	if seconds > farthest.Seconds() {
		return 0, false
	}
	rest := time.Duration(seconds*float64(time.Second)) - now.Sub(last.at)
	return rest, rest > 0
}

// about returns an estimate in words, as coarse as it is: "about 40s left".
func about(d time.Duration) string {
	step := time.Minute
	switch {
	case d < time.Minute:
		step = 5 * time.Second
	case d < 10*time.Minute:
		step = 10 * time.Second
	}
	return "about " + Duration((d + step - 1).Truncate(step)) + " left"
}

// bounded returns a percentage that can be drawn, whatever the server said.
func bounded(percent float64) float64 {
	if math.IsNaN(percent) {
		return 0
	}
	return min(max(percent, 0), 100)
}

// Percent returns a percentage without decimals. Only the end is 100 %.
func Percent(percent float64) string { return fmt.Sprintf("%.0f%%", math.Floor(bounded(percent))) }
