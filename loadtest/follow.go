package loadtest

import "time"

// Follow adds up the snapshots of a run that goes on. Its zero value is empty. It is not safe for
// concurrent use.
type Follow struct {
	last Snapshot
	sum  Sample
	done Histogram
	lag  Histogram
	poll Histogram
	late Histogram
}

// AllStrategies is the name under which a [Follow] has what is not known of each strategy alone.
const AllStrategies = "all strategies"

// Observe takes one snapshot in.
func (f *Follow) Observe(s Snapshot) {
	f.last = s
	f.sum.add(&s.Sample)
	for _, x := range []struct {
		to   *Histogram
		from *Spread
	}{{&f.poll, &s.Sample.Latency}, {&f.done, &s.Sample.DoneIn}, {&f.lag, &s.Sample.LagIn}, {&f.late, &s.Sample.Late}} {
		x.to.spread(x.from)
	}
}

// spread counts what a spread counts, evenly within its powers.
func (h *Histogram) spread(s *Spread) {
	const parts = 16
	for power, n := range s {
		low, high := PowerBounds(power)
		for i := range int64(parts) {
			if share := n*(i+1)/parts - n*i/parts; share > 0 {
				h.RecordN(low+time.Duration(float64(high-low)*(float64(i)+0.5)/parts), share)
			}
		}
	}
}

// Sum is all that happened up to the last snapshot.
func (f *Follow) Sum() Sample { return f.sum }

// Last is the last snapshot.
func (f *Follow) Last() Snapshot { return f.last }

// Result is what is known so far: the counts of each strategy, and the percentiles of done, lag, poll
// and late, over all strategies and within a power of two, because snapshots tell no more. With
// several strategies these, and the sum of the counts, are in a series of their own, [AllStrategies].
func (f *Follow) Result() *Result {
	r := &Result{Schema: Schema, Elapsed: f.last.Elapsed}
	all := Series{Strategy: AllStrategies}
	for _, live := range f.last.Series {
		counts := live.Counts
		counts.Pending = counts.Submitted - counts.ended()
		all.Counts.add(&counts)
		r.Series = append(r.Series, Series{Strategy: live.Strategy, Counts: counts})
	}
	if len(r.Series) == 1 {
		all.Strategy, r.Series = r.Series[0].Strategy, nil
	}
	all.Errors = []ErrorClass{{Reason: "all", Count: f.sum.Errors}}
	all.Done.Merge(&f.done)
	all.Lag.Merge(&f.lag)
	all.Poll.Merge(&f.poll)
	all.Late.Merge(&f.late)
	r.Series = append(r.Series, all)
	return r
}

// ended is how many operations have a fate.
func (c *Counts) ended() int64 {
	return c.Succeeded + c.Failed + c.Cancelled + c.Refused + c.Lost + c.Gone + c.TimedOut
}

// Live returns why a threshold cannot be asked while a run goes on; "" if it can be.
func (t Threshold) Live() string {
	switch t.statistic {
	case "", "rate", "per_second":
		return ""
	}
	switch t.metric.Name {
	case "done", "lag", "poll", "late":
		if t.strategy == "" {
			return ""
		}
		return "percentiles of a single strategy are not known before the run ends"
	}
	return "while a run goes on, of the latencies done, lag, poll and late are known, and all counts"
}
