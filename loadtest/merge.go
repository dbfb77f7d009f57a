package loadtest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/measure"
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
		s := measure.Series{Strategy: first.Series[i].Strategy, Truth: first.Series[i].Truth}
		for _, r := range results {
			s.Add(&r.Series[i])
		}
		merged.Series = append(merged.Series, s)
	}
	merged.Samples = mergeSamples(results)
	return merged, nil
}

func mergeable(a, b *Result) error {
	strategies := func(r *Result) (names []string) {
		for i := range r.Series {
			names = append(names, r.Series[i].Strategy)
		}
		return names
	}
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

// mergeSamples adds up the seconds of all runs, by the time since the earliest start.
func mergeSamples(results []*Result) []measure.Sample {
	byTime := map[time.Duration]*measure.Sample{}
	for _, r := range results {
		shift := r.Started.Sub(results[0].Started)
		for _, s := range r.Samples {
			at := (s.At + shift).Round(time.Second)
			sum, ok := byTime[at]
			if !ok {
				sum = &measure.Sample{At: at}
				byTime[at] = sum
			}
			sum.Add(&s)
		}
	}
	merged := make([]measure.Sample, 0, len(byTime))
	for _, s := range byTime {
		merged = append(merged, *s)
	}
	slices.SortFunc(merged, func(a, b measure.Sample) int { return cmp.Compare(a.At, b.At) })
	return merged
}
