package judge

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
)

// CompareOptions say what counts as a regression.
type CompareOptions struct {
	// MaxRegression is the change for the worse that is let pass, as a share of the first value; 0 lets
	// none pass that is certain.
	MaxRegression float64
	// LeastChange is the change of a duration below which nothing is a regression, however large its
	// share: some microseconds more are no reason to stop a release. 0: none.
	LeastChange time.Duration
	// Metrics are the only ones that can be a regression: names such as "lag", or figures such as
	// "p99(lag)". Empty: done, work, lag, polls, and the rates of operations that did not succeed. See
	// [CompareOptions.Check].
	Metrics []string
}

// falseAlarms is how often equal runs may be told apart: the chance that any of the figures that can be
// a regression is called changed by chance alone.
const falseAlarms = 0.03

// standard are the metrics that can be a regression unless others are named: what the server does, not
// what the generator or the network add.
var standard = []string{"done", "work", "lag", "polls", "failed", "refused", "lost", "gone", "timed_out", "pending", "succeeded"}

// quantiles are those that are compared.
var quantiles = []float64{0.5, 0.9, 0.99}

// figures are all that a comparison can have, by name.
func figures() (all []string) {
	for _, m := range measure.Metrics() {
		if !compared(m) {
			continue
		}
		all = append(all, "mean("+m.Name+")")
		for _, q := range quantiles {
			if !m.Plain {
				all = append(all, fmt.Sprintf("p%g(%s)", q*100, m.Name))
			}
		}
	}
	for _, c := range measure.Countables() {
		if c.Lower && c.Base != "" && c.Name != "polls" {
			all = append(all, "rate("+c.Name+")")
		}
	}
	return append(all, "per_second(succeeded)")
}

// compared reports whether a metric is the server's: lateness is not.
func compared(m measure.Metric) bool { return m.Lower && m.Name != "late" && m.Name != "connection" }

// Check returns an error if one of Metrics is neither a metric nor a figure of a comparison.
func (o CompareOptions) Check() error {
	known := figures()
	var names []string
	for _, figure := range known {
		if name := metricOf(figure); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range o.Metrics {
		switch {
		case slices.Contains(known, name), slices.Contains(names, name):
		case slices.Contains(names, metricOf(name)):
			var of []string
			for _, figure := range known {
				if metricOf(figure) == metricOf(name) {
					of = append(of, figure)
				}
			}
			return fmt.Errorf("%s is not compared; of %s there are %s", name, metricOf(name), strings.Join(of, ", "))
		default:
			return fmt.Errorf("there is no metric %q; there are %s", name, strings.Join(names, ", "))
		}
	}
	return nil
}

// judges reports whether a figure can be a regression.
func (o CompareOptions) judges(figure string) bool {
	if len(o.Metrics) == 0 {
		return slices.Contains(standard, metricOf(figure))
	}
	return slices.Contains(o.Metrics, figure) || slices.Contains(o.Metrics, metricOf(figure))
}

// metricOf is the metric within a figure: lag of p99(lag).
func metricOf(figure string) string {
	if _, inner, ok := strings.Cut(figure, "("); ok {
		return strings.TrimSuffix(inner, ")")
	}
	return figure
}

// Comparison is the differences between two runs.
type Comparison struct {
	A string `json:"a"` // when the first run was, and of what
	B string `json:"b"`
	// Changes are grouped by strategy, in the order of B.
	Changes []Change `json:"changes"`
	// Only lists the strategies that one run has and the other has not.
	Only []string `json:"only,omitempty"`
	// Cautions say why the runs may not be comparable.
	Cautions []string `json:"cautions,omitempty"`
}

// Change is one figure in both runs.
type Change struct {
	Strategy string `json:"strategy"`
	Figure   string `json:"figure"` // "p99(done)", "rate(failed)"
	// Kind is "duration" (in nanoseconds), "share" or "number".
	Kind string `json:"kind"`
	A    Band   `json:"a"`
	B    Band   `json:"b"`
	// Difference is B minus A.
	Difference Band `json:"difference"`
	// Relative is the difference as a share of A; 0 if A is 0.
	Relative float64 `json:"relative"`
	// Chance is how probable so large a difference is if there is none, corrected for the number of
	// figures that can be a regression (Holm 1979). Only of those; 1 for others.
	Chance float64 `json:"chance"`
	// Verdict is "same" (the difference may be chance), "better", "worse" (within the bound, or none
	// that can be a regression), or "regression".
	Verdict string `json:"verdict"`
	// Slower is the chance that an operation of B takes longer than one of A; only of durations.
	Slower float64 `json:"slower,omitempty"`

	lower bool // less is better
}

// Regressions returns the changes that are for the worse beyond the bound.
func (c *Comparison) Regressions() []Change {
	var list []Change
	for _, change := range c.Changes {
		if change.Verdict == "regression" {
			list = append(list, change)
		}
	}
	return list
}

// errNothingInCommon is why two runs cannot be compared.
var errNothingInCommon = errors.New("the two runs have no strategy in common")

// Compare holds the runs b against the runs a, of each one or several. A change is called one only if
// it is certain: with all figures that can be a regression together, equal runs are told apart by
// chance in 3 of 100 comparisons. What operations of one moment, or of one run, have in common is
// allowed for. It is a regression if besides its estimate is worse by more than the bound. Figures
// that a side has measured fewer than 8 times are left out, and quantiles that fewer lie beyond: not
// even a median can be bounded then.
func Compare(a, b []*loadtest.Result, o CompareOptions) (*Comparison, error) {
	if len(a) == 0 || len(b) == 0 {
		return nil, errNothingInCommon
	}
	before, after := side{a}, side{b}
	c := &Comparison{A: before.label(), B: after.label()}
	olds, news := before.names(), after.names()
	for _, name := range news {
		old := name
		if !slices.Contains(olds, name) && len(olds) == 1 && len(news) == 1 {
			old = olds[0] // one against one: that is what is asked
			c.Cautions = append(c.Cautions, fmt.Sprintf("the strategies differ: %s, then %s", old, name))
		}
		x, y := before.of(old), after.of(name)
		if x == nil {
			c.Only = append(c.Only, name)
			continue
		}
		c.changes(x, y)
	}
	for _, name := range olds {
		if !slices.Contains(news, name) && len(news) > 1 {
			c.Only = append(c.Only, name)
		}
	}
	if len(c.Changes) == 0 {
		return nil, errNothingInCommon
	}
	for _, name := range o.Metrics {
		isCount := slices.ContainsFunc(measure.Countables(), func(n measure.Count) bool { return n.Name == metricOf(name) })
		if !isCount && !slices.ContainsFunc(c.Changes, func(x Change) bool { return x.Figure == name || metricOf(x.Figure) == name }) {
			return nil, fmt.Errorf("%s was not measured on both sides: nothing is known of its change", name)
		}
	}
	c.judge(o)
	c.caution(before, after)
	return c, nil
}

// judge decides what changed: the least probable of the figures that can be a regression has to be
// so improbable as if each of them could have been it, the next as if one less could (Holm 1979).
func (c *Comparison) judge(o CompareOptions) {
	var judged []*Change
	for i := range c.Changes {
		if change := &c.Changes[i]; o.judges(change.Figure) {
			judged = append(judged, change)
		} else {
			change.judge(o, change.Chance < falseAlarms/float64(len(c.Changes)), false)
			change.Chance = 1
		}
	}
	slices.SortStableFunc(judged, func(x, y *Change) int { return cmp.Compare(x.Chance, y.Chance) })
	worst := 0.0
	for i, change := range judged {
		worst = max(worst, min(1, change.Chance*float64(len(judged)-i)))
		change.Chance = worst
		change.judge(o, worst < falseAlarms, true)
	}
}

// fewest is how many measurements bound a median with 99 % confidence: that all lie on one side of it has
// the chance 2/2^8.
const fewest = 8

// confidence is that of the intervals that are shown, of each figure alone.
const confidence = 0.01

func (c *Comparison) changes(x, y *sideSeries) {
	add := func(figure, kind string, lower bool, p, q estimate) *Change {
		change := Change{Strategy: y.sum.Name(), Figure: figure, Kind: kind, A: p.at(confidence), B: q.at(confidence), lower: lower}
		change.Difference, change.Chance = difference(change.A, change.B), chanceOf(p, q)
		c.Changes = append(c.Changes, change)
		return &c.Changes[len(c.Changes)-1]
	}
	for _, m := range measure.Metrics() {
		p, q := m.Of(&x.sum), m.Of(&y.sum)
		if !compared(m) || min(p.Count(), q.Count()) < fewest {
			continue
		}
		kind, scale := "duration", 1.0
		if m.Plain {
			kind, scale = "number", millisecondsEach
		}
		oldBlocks, oldRuns := x.spreads(m.Name)
		newBlocks, newRuns := y.spreads(m.Name)
		if m.Open(&x.sum)+m.Open(&y.sum) == 0 {
			add("mean("+m.Name+")", kind, true, meanOf(p, scale, oldBlocks, oldRuns), meanOf(q, scale, newBlocks, newRuns))
		}
		for _, share := range quantiles {
			// Quantiles that what never came decides are not known, and not compared; nor are those that too
			// few lie beyond.
			f, _ := m.Quantile(&x.sum, share)
			g, _ := m.Quantile(&y.sum, share)
			if beyond := (1-share)*float64(min(p.Count(), q.Count())) + 1e-9; m.Plain || !f.Known || !g.Known || share > 0.5 && beyond < fewest {
				continue
			}
			change := add(fmt.Sprintf("p%g(%s)", share*100, m.Name), kind, true, quantileOf(p, share, oldBlocks, oldRuns), quantileOf(q, share, newBlocks, newRuns))
			change.Slower = superiority(p, q)
		}
	}
	for _, n := range measure.Countables() {
		p, q := n.Among(&x.sum), n.Among(&y.sum)
		k, l := n.Of(&x.sum), n.Of(&y.sum)
		if n.Lower && k+l > 0 && p > 0 && q > 0 && k <= p && l <= q && n.Name != "polls" {
			add("rate("+n.Name+")", "share", true, shareOf(k, p, x.shares(n)), shareOf(l, q, y.shares(n)))
		}
	}
	if x.sum.Done.Count()+y.sum.Done.Count() > 0 && min(x.sum.Done.Count(), y.sum.Done.Count()) < fewest {
		c.Cautions = append(c.Cautions, fmt.Sprintf("fewer than %d operations with %s ended on one side: their times are not compared", fewest, y.sum.Name()))
	}
	succeeded := func(s *measure.Series) int64 { return s.Counts.Succeeded }
	add("per_second(succeeded)", "number", false, rateOf(x.rates(succeeded)), rateOf(y.rates(succeeded)))
}

// judge decides whether there is a change.
func (c *Change) judge(o CompareOptions, certain, judged bool) {
	if c.A.Value != 0 {
		c.Relative = c.Difference.Value / c.A.Value
	}
	worse := (c.Difference.Value > 0) == c.lower
	// From nothing to something there is no share: it is beyond any.
	beyond := judged && (math.Abs(c.Relative) > o.MaxRegression || c.A.Value == 0)
	if c.Kind == "duration" && math.Abs(c.Difference.Value) < float64(o.LeastChange) {
		beyond = false
	}
	switch {
	case !certain || c.Difference.Value == 0:
		c.Verdict = "same"
	case !worse:
		c.Verdict = "better"
	case beyond:
		c.Verdict = "regression"
	default:
		c.Verdict = "worse"
	}
}

// caution says what makes the runs hard to compare.
func (c *Comparison) caution(a, b side) {
	one := func(s side, of func(*loadtest.Result) string) string {
		var all []string
		for _, r := range s.results {
			if text := cmp.Or(of(r), "none"); !slices.Contains(all, text) {
				all = append(all, text)
			}
		}
		return strings.Join(all, " and ")
	}
	for _, x := range []struct {
		what string
		of   func(*loadtest.Result) string
	}{
		{"targets", func(r *loadtest.Result) string { return r.Target }}, {"loads", func(r *loadtest.Result) string { return r.Load }},
		{"dialects", func(r *loadtest.Result) string { return r.Dialect }},
	} {
		if p, q := one(a, x.of), one(b, x.of); p != q {
			c.Cautions = append(c.Cautions, fmt.Sprintf("the %s differ: %s, then %s", x.what, p, q))
		}
	}
	for i, s := range []side{a, b} {
		for k, r := range s.results {
			name := "the " + [...]string{"first", "second"}[i] + " run"
			if len(s.results) > 1 {
				name = fmt.Sprintf("run %d of the %s side", k+1, [...]string{"first", "second"}[i])
			}
			if r.Stopped != "" {
				c.Cautions = append(c.Cautions, fmt.Sprintf("%s ended before its plan did: %s", name, r.Stopped))
			}
			for _, w := range r.Warnings {
				c.Cautions = append(c.Cautions, name+": "+w.Text)
			}
		}
	}
}
