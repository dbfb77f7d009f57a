package loadtest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
	"github.com/asyncctl/asyncctl/loadtest/measure"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// sumSeconds adds the seconds of another worker, which began at the same time.
func sumSeconds(all, more []measure.Sample) []measure.Sample {
	for i := range more {
		if i == len(all) {
			all = append(all, more[i])
			continue
		}
		at := max(all[i].At, more[i].At)
		all[i].Add(&more[i])
		all[i].At = at
	}
	return all
}

// tally counts what is pending, by looking at every slot: nothing else says so.
func (w *worker) tally() {
	for i := range w.Slots.Chunks {
		for j := range w.Slots.Chunks[i] {
			if s := &w.Slots.Chunks[i][j]; s.Flags&pending.IsLive != 0 {
				w.series[s.Series].Counts.Pending++
			}
		}
	}
}

// spoken is the dialect of the last operation that was looked at.
func spoken(workers []*worker) string {
	for _, w := range workers {
		if w.op.Dialect != "" {
			return w.op.Dialect
		}
	}
	return lro.GenericName
}

// finishSeries adds up what is not in a worker's series.
func finishSeries(s *measure.Series, workers []*worker, i int) {
	classes := map[string]*measure.ErrorClass{}
	toldBy := int64(0)
	for _, w := range workers {
		toldBy += w.told[i]
		for reason, class := range w.errors[i] {
			if classes[reason] == nil {
				classes[reason] = &measure.ErrorClass{Reason: reason, Example: class.Example}
			}
			classes[reason].Count += class.Count
		}
	}
	for _, class := range classes {
		s.Errors = append(s.Errors, *class)
	}
	slices.SortFunc(s.Errors, func(a, b measure.ErrorClass) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	switch ends := s.Lag.Count(); {
	case toldBy == 0:
		s.Truth = measure.TruthBounded
	case toldBy == ends:
		s.Truth = measure.TruthServer
	default:
		s.Truth = measure.TruthMixed
	}
}

// Late begins to matter.
const (
	lateShare = 0.1 // of the median latency of a poll
	lateMin   = 5 * time.Millisecond
)

// warnings says what makes the figures doubtful.
func warnings(r *Result) []string {
	var all []string
	var late, poll measure.Histogram
	var shed, ended, polls int64
	for i := range r.Series {
		s := &r.Series[i]
		late.Merge(&s.Late)
		poll.Merge(&s.Poll)
		shed += s.Counts.Shed
		ended += s.Done.Count()
		polls += s.Counts.PollsSent
	}
	if p99 := late.Quantile(0.99); p99 > lateMin && p99 > time.Duration(lateShare*float64(poll.Quantile(0.5))) {
		all = append(all, fmt.Sprintf("the generator was late: 1 of 100 requests left %v or more after its moment. This machine is too slow or too busy for the load; what was measured is its own queue too", p99.Round(100*time.Microsecond)))
	}
	if shed > 0 {
		all = append(all, fmt.Sprintf("%d arrivals were not submitted: too many operations were in flight", shed))
	}
	if ports := r.errors("no-port"); ports > 0 {
		all = append(all, fmt.Sprintf("%d connections could not be made for want of local ports: keep connections open, or use fewer", ports))
	}
	if ended > 0 && polls == 0 {
		all = append(all, "no operation was polled: each submit was answered with its end, as a synchronous API does")
	}
	return append(all, r.warnFlow()...)
}

func (r *Result) errors(reason string) int64 {
	n := int64(0)
	for _, s := range r.Series {
		for _, e := range s.Errors {
			if e.Reason == reason {
				n += e.Count
			}
		}
	}
	return n
}

// balance says whether every operation is accounted for.
func (r *Result) balance() error {
	for _, s := range r.Series {
		c := &s.Counts
		if !c.Balanced() || c.Planned != c.Submitted+c.Shed {
			return fmt.Errorf("the figures of %s do not add up, which is a bug of ours: %+v", s.Strategy, *c)
		}
	}
	return nil
}
