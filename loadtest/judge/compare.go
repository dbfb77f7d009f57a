package judge

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/loadtest/measure"
)

// CompareOptions say what counts as a regression.
type CompareOptions struct {
	// MaxRegression is the change for the worse that is let pass, as a share of the first run's value;
	// 0 lets none pass that is certain.
	MaxRegression float64
	// LeastChange is the change of a duration below which nothing is a regression, however large its
	// share: some microseconds more are no reason to stop a release. 0: none.
	LeastChange time.Duration
	// Metrics are the only ones that can be a regression: names such as "lag", or figures such as
	// "p99(lag)". Empty: all. See [CompareOptions.Check].
	Metrics []string
}

// Check returns an error if one of Metrics is neither a metric nor a figure of a comparison.
func (o CompareOptions) Check() error {
	var known []string
	for _, m := range measure.Metrics() {
		known = append(known, m.Name)
	}
	for _, n := range measure.Countables() {
		known = append(known, n.Name)
	}
	for _, name := range o.Metrics {
		if !slices.Contains(known, metricOf(name)) {
			return fmt.Errorf("there is no metric %q; there are %s", name, strings.Join(known, ", "))
		}
	}
	return nil
}

// judges says whether a figure can be a regression.
func (o CompareOptions) judges(figure string) bool {
	return len(o.Metrics) == 0 || slices.Contains(o.Metrics, figure) || slices.Contains(o.Metrics, metricOf(figure))
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
	// Verdict is "same" (the difference may be chance), "better", "worse" (within the bound), or
	// "regression".
	Verdict string `json:"verdict"`
	// Slower is the chance that an operation of B takes longer than one of A; only of durations.
	Slower float64 `json:"slower,omitempty"`
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

// ErrNothingInCommon is why two runs cannot be compared.
var ErrNothingInCommon = errors.New("the two runs have no strategy in common")

// Compare holds b against a. A change is called one only if its interval of 99 % confidence excludes
// no change at all, and a regression if besides its estimate is worse by more than the bound. Figures
// that one of the runs has measured fewer than 8 times are left out: not even a median can be bounded then.
func Compare(a, b *loadtest.Result, o CompareOptions) (*Comparison, error) {
	c := &Comparison{A: label(a), B: label(b)}
	for i := range b.Series {
		y := &b.Series[i]
		x := seriesOf(a, y.Strategy)
		if x == nil && len(a.Series) == 1 && len(b.Series) == 1 {
			x = &a.Series[0] // one against one: that is what is asked
			c.Cautions = append(c.Cautions, fmt.Sprintf("the strategies differ: %s, then %s", x.Strategy, y.Strategy))
		}
		if x == nil {
			c.Only = append(c.Only, y.Strategy)
			continue
		}
		c.changes(x, y, a, b, o)
	}
	for _, x := range a.Series {
		if seriesOf(b, x.Strategy) == nil && len(b.Series) > 1 {
			c.Only = append(c.Only, x.Strategy)
		}
	}
	if len(c.Changes) == 0 {
		return nil, ErrNothingInCommon
	}
	c.caution(a, b)
	return c, nil
}

func label(r *loadtest.Result) string {
	return fmt.Sprintf("%s, %s, %s", r.Started.UTC().Format("2006-01-02 15:04:05"), r.Load, r.Target)
}

func seriesOf(r *loadtest.Result, strategy string) *measure.Series {
	i := slices.IndexFunc(r.Series, func(s measure.Series) bool { return s.Strategy == strategy })
	if i < 0 {
		return nil
	}
	return &r.Series[i]
}

// fewest is how many measurements bound a median with 99 % confidence: that all lie on one side of it has
// the chance 2/2^8.
const fewest = 8

func (c *Comparison) changes(x, y *measure.Series, a, b *loadtest.Result, o CompareOptions) {
	add := func(figure, kind string, lower bool, p, q Band) {
		change := Change{Strategy: y.Strategy, Figure: figure, Kind: kind, A: p, B: q, Difference: difference(p, q)}
		change.judge(lower, o)
		c.Changes = append(c.Changes, change)
	}
	for _, m := range measure.Metrics() {
		p, q := m.Of(x), m.Of(y)
		if !m.Lower || m.Name == "late" || min(p.Count(), q.Count()) < fewest { // lateness is not the server's
			continue
		}
		kind := "duration"
		if m.Plain {
			kind = "number"
		}
		add("mean("+m.Name+")", kind, true, meanBand(p), meanBand(q))
		if m.Plain {
			continue
		}
		for _, quantile := range []float64{0.5, 0.9, 0.99} {
			add(fmt.Sprintf("p%g(%s)", quantile*100, m.Name), kind, true, quantileBand(p, quantile), quantileBand(q, quantile))
			c.Changes[len(c.Changes)-1].Slower = superiority(p, q)
		}
	}
	for _, n := range measure.Countables() {
		p, q := baseOf(n, x), baseOf(n, y)
		if n.Lower && n.Of(x)+n.Of(y) > 0 && p > 0 && q > 0 && n.Of(x) <= p && n.Of(y) <= q && n.Name != "polls" {
			add("rate("+n.Name+")", "share", true, shareBand(n.Of(x), p), shareBand(n.Of(y), q))
		}
	}
	if x.Done.Count()+y.Done.Count() > 0 && min(x.Done.Count(), y.Done.Count()) < fewest {
		c.Cautions = append(c.Cautions, fmt.Sprintf("fewer than %d operations with %s ended in one of the runs: their times are not compared", fewest, y.Strategy))
	}
	add("per_second(succeeded)", "number", false, rateBand(x.Counts.Succeeded, a.Arriving().Seconds()), rateBand(y.Counts.Succeeded, b.Arriving().Seconds()))
}

func baseOf(c measure.Count, s *measure.Series) int64 {
	for _, base := range measure.Countables() {
		if base.Name == c.Base {
			return base.Of(s)
		}
	}
	return 0
}

// rateBand bounds a count over a time, as of arrivals by chance.
func rateBand(n int64, seconds float64) Band {
	if seconds <= 0 {
		return Band{}
	}
	half := z * math.Sqrt(float64(n))
	return Band{float64(n) / seconds, (float64(n) - half) / seconds, (float64(n) + half) / seconds}
}

// judge decides whether there is a change.
func (c *Change) judge(lowerIsBetter bool, o CompareOptions) {
	if c.A.Value != 0 {
		c.Relative = c.Difference.Value / c.A.Value
	}
	certain := c.Difference.Low > 0 || c.Difference.High < 0
	worse := (c.Difference.Value > 0) == lowerIsBetter
	// From nothing to something there is no share: it is beyond any.
	beyond := o.judges(c.Figure) && (math.Abs(c.Relative) > o.MaxRegression || c.A.Value == 0)
	if c.Kind == "duration" && math.Abs(c.Difference.Value) < float64(o.LeastChange) {
		beyond = false
	}
	switch {
	case !certain:
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
func (c *Comparison) caution(a, b *loadtest.Result) {
	for _, x := range []struct{ what, a, b string }{
		{"targets", a.Target, b.Target}, {"loads", a.Load, b.Load}, {"dialects", a.Dialect, b.Dialect},
	} {
		if x.a != x.b {
			c.Cautions = append(c.Cautions, fmt.Sprintf("the %s differ: %s, then %s", x.what, cmp.Or(x.a, "none"), cmp.Or(x.b, "none")))
		}
	}
	for i, r := range []*loadtest.Result{a, b} {
		name := [...]string{"first", "second"}[i]
		if r.Stopped != "" {
			c.Cautions = append(c.Cautions, fmt.Sprintf("the %s run ended before its plan did: %s", name, r.Stopped))
		}
		for _, w := range r.Warnings {
			c.Cautions = append(c.Cautions, fmt.Sprintf("the %s run: %s", name, w.Text))
		}
	}
}
