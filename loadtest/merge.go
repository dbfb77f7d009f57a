package loadtest

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Merge makes one result of those of several shards of one plan. Counts and histograms add up
// exactly: the percentiles are those that one process would have measured. Samples are put together
// by the time since the earliest start. It refuses results of different targets, dialects or
// strategies, and does not change its arguments.
func Merge(results ...*Result) (*Result, error) {
	if len(results) == 0 {
		return nil, fmt.Errorf("there is nothing to merge")
	}
	results = slices.Clone(results)
	slices.SortStableFunc(results, func(a, b *Result) int { return a.Started.Compare(b.Started) })
	first := results[0]
	merged := &Result{
		Schema: Schema, Version: first.Version, Target: first.Target, Dialect: first.Dialect,
		Started: first.Started, Load: first.Load, Seed: first.Seed, Clock: first.Clock,
	}
	end := first.Started
	for _, r := range results {
		if err := mergeable(first, r); err != nil {
			return nil, err
		}
		if until := r.Started.Add(r.Elapsed); until.After(end) {
			end = until
		}
		for _, w := range r.Warnings {
			if !slices.Contains(merged.Warnings, w) {
				merged.Warnings = append(merged.Warnings, w)
			}
		}
		merged.Stopped = cmp.Or(merged.Stopped, r.Stopped)
		if r.Clock.Known && (!merged.Clock.Known || r.Clock.Uncertainty < merged.Clock.Uncertainty) {
			merged.Clock = r.Clock
		}
	}
	merged.Elapsed = end.Sub(first.Started)
	for i := range first.Series {
		s := Series{Strategy: first.Series[i].Strategy, Truth: first.Series[i].Truth}
		for _, r := range results {
			s.Add(&r.Series[i])
		}
		merged.Series = append(merged.Series, s)
	}
	merged.Samples = mergeSamples(results)
	return merged, nil
}

func mergeable(a, b *Result) error {
	strategies := func(r *Result) []string { return namesOf(r.Series, func(s Series) string { return s.Strategy }) }
	switch {
	case a.Target != b.Target:
		return fmt.Errorf("the results are of different targets: %s and %s", a.Target, b.Target)
	case a.Dialect != b.Dialect:
		return fmt.Errorf("the results are of different dialects: %s and %s", a.Dialect, b.Dialect)
	case a.Seed != b.Seed:
		return fmt.Errorf("the results are of different plans: seeds %d and %d", a.Seed, b.Seed)
	case !slices.Equal(strategies(a), strategies(b)):
		return fmt.Errorf("the results are of different strategies: %v and %v", strategies(a), strategies(b))
	}
	return nil
}

// Add counts what another measured. The strategy stays; of two truths it makes [TruthMixed].
func (s *Series) Add(o *Series) {
	s.Counts.add(&o.Counts)
	for _, m := range metrics {
		m.Of(s).Merge(m.Of(o))
	}
	switch {
	case s.Truth == "":
		s.Truth = o.Truth
	case o.Truth != "" && s.Truth != o.Truth:
		s.Truth = TruthMixed
	}
	for _, e := range o.Errors {
		i := slices.IndexFunc(s.Errors, func(x ErrorClass) bool { return x.Reason == e.Reason })
		if i < 0 {
			s.Errors = append(s.Errors, e)
			continue
		}
		s.Errors[i].Count += e.Count
	}
	slices.SortStableFunc(s.Errors, func(a, b ErrorClass) int { return cmp.Compare(b.Count, a.Count) })
}

func (c *Counts) add(o *Counts) {
	for i, n := range o.fields() {
		*c.fields()[i] += *n
	}
}

// fields are all counts, in the order of the struct.
func (c *Counts) fields() []*int64 {
	return []*int64{
		&c.Submitted, &c.Succeeded, &c.Failed, &c.Cancelled, &c.Refused, &c.Lost, &c.Gone, &c.TimedOut, &c.Pending,
		&c.Planned, &c.Shed, &c.Requests, &c.PollsSent, &c.PollsWasted, &c.PollsEarly, &c.Throttled, &c.Resent,
		&c.BytesIn, &c.BytesOut,
	}
}

// mergeSamples adds up the seconds of all runs, by the time since the earliest start.
func mergeSamples(results []*Result) []Sample {
	byTime := map[time.Duration]*Sample{}
	for _, r := range results {
		shift := r.Started.Sub(results[0].Started)
		for _, s := range r.Samples {
			at := (s.At + shift).Round(time.Second)
			sum, ok := byTime[at]
			if !ok {
				sum = &Sample{At: at}
				byTime[at] = sum
			}
			sum.add(&s)
		}
	}
	merged := make([]Sample, 0, len(byTime))
	for _, s := range byTime {
		merged = append(merged, *s)
	}
	slices.SortFunc(merged, func(a, b Sample) int { return cmp.Compare(a.At, b.At) })
	return merged
}

func (s *Sample) add(o *Sample) {
	s.Planned += o.Planned
	s.Submitted += o.Submitted
	s.Ended += o.Ended
	s.Failed += o.Failed
	s.InFlight += o.InFlight
	s.Polls += o.Polls
	s.Wasted += o.Wasted
	s.Throttled += o.Throttled
	s.Errors += o.Errors
	s.BytesIn += o.BytesIn
	s.Latency.Add(&o.Latency)
	s.DoneIn.Add(&o.DoneIn)
	s.LagIn.Add(&o.LagIn)
	s.Late.Add(&o.Late)
}
