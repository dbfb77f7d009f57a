package loadtest

import (
	"fmt"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
)

// Flow is how operations went through the run as a whole.
type Flow struct {
	// InFlight is how many were in flight on average, as counted second by second, and Little what
	// their number and their time in the system say that it must have been (Little's law: the rate
	// times the time). Where the two differ, something was not measured.
	InFlight, Little float64
	// Slope is by how many a second the number in flight grew while operations still arrived, at the
	// end, when those of the beginning were over; 0 where the run was too short to tell, or none ended.
	Slope float64
	// Arrivals is how many were submitted a second in that time.
	Arrivals float64
}

// Flow computes the cross-checks of a result from its samples and histograms.
func (r *Result) Flow() Flow {
	var f Flow
	if len(r.Samples) == 0 || r.Elapsed <= 0 {
		return f
	}
	var done measure.Histogram
	spent := 0.0
	for i := range r.Series {
		s := &r.Series[i]
		done.Merge(&s.Done)
		spent += s.Done.Mean().Seconds() * float64(s.Done.Count())
	}
	f.Little = spent / r.Elapsed.Seconds()
	f.InFlight = meanInFlight(r.Samples)
	if done.Count() > 0 {
		f.slope(r.Samples, 2*done.Quantile(0.5))
	}
	return f
}

// meanInFlight is the area under the curve that the seconds draw, which begins at nothing.
func meanInFlight(samples []measure.Sample) float64 {
	area, was, count := 0.0, time.Duration(0), 0.0
	for _, s := range samples {
		area += (s.At - was).Seconds() * (count + float64(s.InFlight)) / 2
		was, count = s.At, float64(s.InFlight)
	}
	if was <= 0 {
		return 0
	}
	return area / was.Seconds()
}

// minSlope is how many seconds it takes to tell growth from chance.
const minSlope = 5

// slope fits a line through the seconds with arrivals that lie behind settled, and in their last half.
func (f *Flow) slope(samples []measure.Sample, settled time.Duration) {
	last := 0
	for i, s := range samples {
		if s.Submitted > 0 {
			last = i
		}
	}
	from := last / 2
	for from < last && samples[from].At < settled {
		from++
	}
	window := samples[from:last]
	if len(window) < minSlope {
		return
	}
	var x, y, xx, xy, arrivals float64
	for _, s := range window {
		t, n := s.At.Seconds(), float64(s.InFlight)
		x, y, xx, xy = x+t, y+n, xx+t*t, xy+t*n
		arrivals += float64(s.Submitted)
	}
	n := float64(len(window))
	f.Slope = (n*xy - x*y) / (n*xx - x*x)
	f.Arrivals = arrivals / n
}

// warnFlow says what the cross-checks make of the run.
func (r *Result) warnFlow() []Warning {
	f := r.Flow()
	if f.Arrivals > 0 && f.Slope > 0.1*f.Arrivals && f.Slope > 1 {
		return []Warning{{WarnBacklog, fmt.Sprintf("the backlog grew by %.1f operations a second to the end, at %.1f arrivals a second: the server does not keep up, and a longer run would show longer times", f.Slope, f.Arrivals)}}
	}
	return nil
}
