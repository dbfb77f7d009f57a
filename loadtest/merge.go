package loadtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/internal/show"
)

// MergeOptions say what a merge lets pass without a warning. The zero value lets nothing pass.
type MergeOptions struct {
	// AllowMissing parts of the plan.
	AllowMissing bool
	// AllowSkew is how far apart the parts may have begun. 0: a second.
	AllowSkew time.Duration
}

const defaultSkew = time.Second

// Merge makes one result of those of several shards of one plan. Counts and histograms add up
// exactly: the percentiles are those that one process would have measured. Seconds are put together
// by the time since the earliest start. It refuses results of different plans, and a part that is
// there twice; parts that are missing, began late or were ended are warnings ([WarnParts]). It does
// not change its arguments.
func Merge(o MergeOptions, results ...*Result) (*Result, error) {
	if len(results) == 0 {
		return nil, fmt.Errorf("there is nothing to merge")
	}
	results = slices.Clone(results)
	slices.SortStableFunc(results, func(a, b *Result) int {
		return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.Part.first(), b.Part.first())) // in whatever order they are given
	})
	first := results[0]
	merged := &Result{
		Schema: Schema, Version: first.Version, Target: first.Target, Started: first.Started, Load: first.Load,
		Seed: first.Seed, Clock: first.Clock, Warmup: first.Warmup, Part: Part{Run: first.Part.Run, Plan: first.Part.Plan, Of: first.Part.Of},
	}
	end := first.Started
	for _, r := range results {
		if err := merged.join(r); err != nil {
			return nil, err
		}
		if until := r.Started.Add(r.Elapsed); until.After(end) {
			end = until
		}
	}
	merged.Elapsed = end.Sub(first.Started)
	slices.SortFunc(merged.Part.Parts, func(a, b Shard) int { return cmp.Compare(a.Shard, b.Shard) })
	for i := range first.Series {
		s := measure.Series{Strategy: first.Series[i].Strategy, Kind: first.Series[i].Kind}
		for _, r := range results {
			s.Add(&r.Series[i])
		}
		merged.Series = append(merged.Series, s)
	}
	merged.Samples = mergeSamples(results)
	merged.Warnings = merged.rewarn(o, results)
	return merged, nil
}

// join takes what does not need adding up, and finds out what cannot be one run.
func (merged *Result) join(r *Result) error {
	names := func(r *Result) (all []string) {
		for i := range r.Series {
			all = append(all, r.Series[i].Name())
		}
		return all
	}
	switch {
	case merged.Target != r.Target:
		return fmt.Errorf("the results are of different targets: %s and %s", merged.Target, r.Target)
	case merged.Dialect != "" && r.Dialect != "" && merged.Dialect != r.Dialect:
		return fmt.Errorf("the results are of different dialects: %s and %s", merged.Dialect, r.Dialect)
	case merged.Seed != r.Seed:
		return fmt.Errorf("the results are of different plans: seeds %d and %d", merged.Seed, r.Seed)
	case len(merged.Series) > 0 && !slices.Equal(names(merged), names(r)):
		return fmt.Errorf("the results are of different strategies: %v and %v", names(merged), names(r))
	case merged.Part.Run != r.Part.Run:
		return fmt.Errorf("the results are of different runs: %q and %q", merged.Part.Run, r.Part.Run)
	case merged.Part.Plan != r.Part.Plan || merged.Part.Of != r.Part.Of:
		return fmt.Errorf("the results are of different plans: %s in %d parts and %s in %d", merged.Part.Plan, merged.Part.Of, r.Part.Plan, r.Part.Of)
	}
	for _, part := range r.Part.Parts {
		if slices.ContainsFunc(merged.Part.Parts, func(p Shard) bool { return p.Shard == part.Shard }) {
			return fmt.Errorf("part %d of %d is there twice: each operation would count twice", part.Shard, r.Part.Of)
		}
		merged.Part.Parts = append(merged.Part.Parts, part)
	}
	merged.Dialect = cmp.Or(merged.Dialect, r.Dialect)
	merged.Stopped = cmp.Or(merged.Stopped, r.Stopped)
	merged.Arrived = max(merged.Arrived, r.Arrived)
	merged.Warmed.Add(&r.Warmed)
	if r.Clock.Known && (!merged.Clock.Known || r.Clock.Uncertainty < merged.Clock.Uncertainty) {
		merged.Clock = r.Clock
	}
	return nil
}

// ofAll are the warnings that follow from sums: those of the parts are replaced by those of the whole.
var ofAll = []string{WarnNothing, WarnLost, WarnGone, WarnTimedOut, WarnPending, WarnShed, WarnMissed, WarnUnreached, WarnUnsent, WarnBacklog, WarnSynchronous, WarnParts, WarnEnds}

// rewarn makes the warnings of the whole, and keeps those of parts with their names.
func (merged *Result) rewarn(o MergeOptions, results []*Result) []Warning {
	sum := merged.Total()
	all := append(merged.warnSums(sum), merged.warnParts(o)...)
	for _, r := range results {
		for _, w := range r.Warnings {
			if slices.Contains(ofAll, w.Code) {
				continue
			}
			if merged.Part.Of > 1 && len(r.Part.Parts) == 1 {
				w.Text = fmt.Sprintf("part %d: %s", r.Part.Parts[0].Shard, w.Text)
			}
			if !slices.Contains(all, w) {
				all = append(all, w)
			}
		}
	}
	return append(all, merged.warnFlow()...)
}

// warnParts says which parts are missing, began at another time, or were ended.
func (merged *Result) warnParts(o MergeOptions) []Warning {
	var all []Warning
	say := func(format string, args ...any) { all = append(all, Warning{WarnParts, fmt.Sprintf(format, args...)}) }
	var missing []string
	first := merged.Part.Parts[0].Started
	for i := range merged.Part.Of {
		if !slices.ContainsFunc(merged.Part.Parts, func(p Shard) bool { return p.Shard == i }) {
			missing = append(missing, fmt.Sprint(i))
		}
	}
	for _, p := range merged.Part.Parts {
		if p.Started.Before(first) {
			first = p.Started
		}
	}
	if len(missing) > 0 && !o.AllowMissing {
		noun := show.Plural(len(missing), "part")
		say("%s %s of %d missing: their operations are not in the figures", noun, strings.Join(missing, ", "), merged.Part.Of)
	}
	for _, p := range merged.Part.Parts {
		if late := p.Started.Sub(first); late > cmp.Or(o.AllowSkew, defaultSkew) {
			say("part %d began %v after the first: the load was never that of the plan", p.Shard, late.Round(time.Millisecond))
		}
		if p.Stopped != "" && merged.Part.Of > 1 {
			say("part %d was ended before its plan was: %s", p.Shard, p.Stopped)
		}
	}
	return all
}

// mergeSamples adds up the seconds of all runs, by the time since the earliest start.
func mergeSamples(results []*Result) []measure.Sample {
	byTime := map[time.Duration]*measure.Sample{}
	for _, r := range results {
		shift := r.Started.Sub(results[0].Started)
		for _, s := range r.Samples {
			at := s.At + shift
			second := (at + time.Second - 1).Truncate(time.Second)
			sum, ok := byTime[second]
			if !ok {
				sum = &measure.Sample{At: at}
				byTime[second] = sum
			}
			sum.At = max(sum.At, at)
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
