package loadtest

import (
	"github.com/asyncctl/asyncctl/internal/measure"
)

// Follow adds up the snapshots of a run that goes on. Its zero value is empty. It is not safe for
// concurrent use.
type Follow struct {
	last Snapshot
	sum  measure.Sample
}

// AllStrategies is the name under which a [Follow] has what is not known of each strategy alone.
const AllStrategies = "all strategies"

// Observe takes one snapshot in.
func (f *Follow) Observe(s Snapshot) {
	f.last = s
	f.sum.Add(&s.Sample)
}

// Sum is all that happened up to the last snapshot.
func (f *Follow) Sum() measure.Sample { return f.sum }

// Last is the last snapshot.
func (f *Follow) Last() Snapshot { return f.last }

// Result is what is known so far: the counts of each strategy, and the percentiles of done, poll and
// late (and of lag, where the server's clock is known from the beginning), over all strategies and
// within 6 %, because snapshots tell no more. With
// several strategies these, and the sum of the counts, are in a series of their own, [AllStrategies].
func (f *Follow) Result() *Result {
	r := &Result{Schema: Schema, Elapsed: f.last.Elapsed, Arrived: f.last.Elapsed}
	all := measure.Series{Strategy: AllStrategies}
	for _, live := range f.last.Series {
		counts := live.Counts
		counts.Pending = counts.Submitted - counts.Ended()
		counts.PollsOpen = counts.PollsSent - counts.PollsWasted - counts.PollsFailed - counts.PollsTold
		all.Counts.Add(&counts)
		r.Series = append(r.Series, measure.Series{Strategy: live.Strategy, Kind: live.Kind, Counts: counts})
	}
	if len(r.Series) == 1 {
		all.Strategy, all.Kind, r.Series = r.Series[0].Strategy, r.Series[0].Kind, nil
	}
	all.Errors = []measure.ErrorClass{{Reason: "all", Count: f.last.RequestErrors}}
	all.Done.Merge(&f.last.Done)
	all.Lag.Merge(&f.last.Lag)
	all.Poll.Merge(&f.last.Poll)
	all.Late.Merge(&f.last.Late)
	r.Series = append(r.Series, all)
	return r
}
