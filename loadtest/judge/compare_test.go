package judge

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
)

// sampled is a run of n operations, each taking what draw says, of which some fail.
func sampled(dice *rand.Rand, n int, scale, failing float64) *loadtest.Result {
	s := measure.Series{Strategy: "server", Truth: "server"}
	for range n {
		s.Done.Record(time.Duration(scale * math.Exp(0.5*dice.NormFloat64()) * float64(time.Second)))
		s.Polls.Record(time.Duration(2 + dice.IntN(4)))
		if dice.Float64() < failing {
			s.Counts.Failed++
		}
	}
	s.Counts.Submitted, s.Counts.Planned = int64(n), int64(n)
	s.Counts.Succeeded = int64(n) - s.Counts.Failed
	return &loadtest.Result{Schema: loadtest.Schema, Elapsed: time.Minute, Load: "x", Target: "http://localhost", Series: []measure.Series{s}}
}

// TestBandsHoldWhatTheyPromise repeats an experiment of which the truth is known: the interval misses
// it in about one of a hundred tries.
func TestBandsHoldWhatTheyPromise(t *testing.T) {
	dice := rand.New(rand.NewPCG(5, 5))
	const tries = 150
	missed := map[string]int{}
	truth := map[string]float64{
		"median": 1e9, "p99": 1e9 * math.Exp(0.5*2.3263), "mean": 1e9 * math.Exp(0.125), "share": 0.05,
		"none": 0, // of the difference of two runs that are alike
	}
	for range tries {
		r, again := sampled(dice, 1500, 1, 0.05), sampled(dice, 1500, 1, 0.05)
		h := &r.Series[0].Done
		whole := func(h *measure.Histogram) []piece {
			s := &measure.Spread{}
			for _, b := range h.Bars() {
				s.RecordN(int64(b.From), b.Count)
			}
			return []piece{{s, true}}
		}
		at := func(h *measure.Histogram, q float64) Band { return quantileOf(h, q, nil, whole(h)).at(confidence) }
		for name, band := range map[string]Band{
			"median": at(h, 0.5), "p99": at(h, 0.99), "mean": meanOf(h, 1, nil, whole(h)).at(confidence),
			"share": shareOf(r.Series[0].Counts.Failed, 1500, []cluster{{n: 1500}}).at(confidence),
			"none":  difference(at(h, 0.9), at(&again.Series[0].Done, 0.9)),
		} {
			if truth[name] < band.Low || truth[name] > band.High {
				missed[name]++
			}
		}
	}
	for name, n := range missed {
		if n > tries/20 {
			t.Errorf("the interval of %s misses the truth in %d of %d tries; 1 in 100 is promised", name, n, tries)
		}
	}
}

func TestCompareTellsChangeFromChance(t *testing.T) {
	dice := rand.New(rand.NewPCG(9, 9))
	a := sampled(dice, 4000, 1, 0.01)
	verdicts := func(b *loadtest.Result, most float64) map[string]string {
		c, err := Compare([]*loadtest.Result{a}, []*loadtest.Result{b}, CompareOptions{MaxRegression: most})
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]string{}
		for _, change := range c.Changes {
			all[change.Figure] = change.Verdict
		}
		return all
	}
	for _, tt := range []struct {
		name            string
		b               *loadtest.Result
		most            float64
		figure, verdict string
	}{
		{"alike", sampled(dice, 4000, 1, 0.01), 0.1, "p50(done)", "same"},
		{"a third slower", sampled(dice, 4000, 1.33, 0.01), 0.1, "p50(done)", "regression"},
		{"a third slower, and allowed", sampled(dice, 4000, 1.33, 0.01), 0.5, "p50(done)", "worse"},
		{"a third faster", sampled(dice, 4000, 0.7, 0.01), 0.1, "p90(done)", "better"},
		{"failing more", sampled(dice, 4000, 1, 0.03), 0.1, "rate(failed)", "regression"},
		{"failing less", sampled(dice, 4000, 1, 0), 0.1, "rate(failed)", "better"},
		{"half as many", sampled(dice, 2000, 1, 0.01), 0.1, "per_second(succeeded)", "regression"},
		{"a few only", sampled(dice, 30, 1.1, 0.01), 0, "p50(done)", "same"},
		{"too few for a tail", sampled(dice, 79, 1.1, 0.01), 0, "p90(done)", ""},
		{"just enough for a tail", sampled(dice, 80, 1.1, 0.01), 0, "p90(done)", "same"},
	} {
		if got := verdicts(tt.b, tt.most)[tt.figure]; got != tt.verdict {
			t.Errorf("%s: %s is %q, want %q", tt.name, tt.figure, got, tt.verdict)
		}
	}
	if got := superiority(&a.Series[0].Done, &a.Series[0].Done); math.Abs(got-0.5) > 1e-9 {
		t.Errorf("a run is slower than itself with a chance of %v", got)
	}
}

func TestCompareSaysWhatDoesNotMatch(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 9))
	a, b := sampled(dice, 100, 1, 0), sampled(dice, 100, 1, 0)
	b.Target, b.Stopped, b.Warnings = "http://127.0.0.1", "interrupted", []loadtest.Warning{{Text: "late"}}
	b.Series[0].Strategy = "fixed:1s"
	c, err := Compare([]*loadtest.Result{a}, []*loadtest.Result{b}, CompareOptions{})
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(c.Cautions, "\n")
	for _, want := range []string{"the strategies differ: server, then fixed:1s", "the targets differ", "the second run ended before", "the second run: late"} {
		if !strings.Contains(all, want) {
			t.Errorf("cautions do not say %q:\n%s", want, all)
		}
	}
	b.Series = append(b.Series, b.Series[0])
	b.Series[1].Strategy = "exponential"
	if _, err := Compare([]*loadtest.Result{a}, []*loadtest.Result{b}, CompareOptions{}); !errors.Is(err, errNothingInCommon) {
		t.Errorf("nothing in common: %v", err)
	}
}

func TestMergeIsExact(t *testing.T) {
	dice := rand.New(rand.NewPCG(4, 4))
	whole := loadtest.Result{Schema: loadtest.Schema, Elapsed: 3 * time.Second, Series: []measure.Series{{Strategy: "server", Truth: "server"}}}
	var parts []*loadtest.Result
	for i := range 3 {
		part := sampled(dice, 500, 1+float64(i), 0.1)
		part.Started = time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC)
		part.Part = loadtest.Part{Plan: "p", Of: 3, Parts: []loadtest.Shard{{Shard: i}}}
		part.Samples = []measure.Sample{{At: time.Second, Submitted: 10, InFlight: 3}, {At: 2 * time.Second, Submitted: 20, InFlight: 4}}
		part.Series[0].Errors = []measure.ErrorClass{{Reason: "reset", Count: int64(i + 1)}}
		whole.Series[0].Add(&part.Series[0])
		parts = append(parts, part)
	}
	merged, err := loadtest.Merge(loadtest.MergeOptions{}, parts[2], parts[0], parts[1])
	if err != nil {
		t.Fatal(err)
	}
	got, want := &merged.Series[0], &whole.Series[0]
	if got.Counts != want.Counts || !got.Counts.Balanced() || got.Counts.Submitted != 1500 {
		t.Errorf("counts are %+v, want %+v", got.Counts, want.Counts)
	}
	for _, q := range []float64{0, 0.5, 0.99, 1} {
		if g, w := got.Done.Quantile(q), want.Done.Quantile(q); g != w {
			t.Errorf("quantile %v is %v, want %v", q, g, w)
		}
	}
	if got.Errors[0].Count != 6 || merged.Elapsed != time.Minute+2*time.Second {
		t.Errorf("%d errors in %v", got.Errors[0].Count, merged.Elapsed)
	}
	if s := merged.Samples; len(s) != 4 || s[0].Submitted != 10 || s[1].Submitted != 30 || s[3].Submitted != 20 || s[1].InFlight != 7 {
		t.Errorf("samples are %+v", s)
	}
	parts[1].Seed = 9
	if _, err := loadtest.Merge(loadtest.MergeOptions{}, parts...); err == nil {
		t.Error("results of different plans are merged")
	}
	if _, err := loadtest.Merge(loadtest.MergeOptions{}); err == nil {
		t.Error("nothing is merged")
	}
}

func TestCompareLeavesOutWhatWasMeasuredTooSeldom(t *testing.T) {
	run := func(n int, took time.Duration) *loadtest.Result {
		s := measure.Series{Strategy: "server", Counts: measure.Counts{Planned: int64(n), Submitted: int64(n), Succeeded: int64(n)}}
		for range n {
			s.Done.Record(took)
		}
		return &loadtest.Result{Elapsed: time.Minute, Series: []measure.Series{s}}
	}
	for n, compared := range map[int]bool{1: false, 7: false, 8: true} {
		c, err := Compare([]*loadtest.Result{run(n, time.Second)}, []*loadtest.Result{run(300, 5*time.Second)}, CompareOptions{})
		if err != nil {
			t.Fatal(err)
		}
		judged := slices.ContainsFunc(c.Changes, func(change Change) bool { return change.Figure == "p50(done)" })
		if judged != compared || (len(c.Regressions()) > 0) != compared {
			t.Errorf("%d operations against 300: compared %t, regressions %+v", n, judged, c.Regressions())
		}
		if told := strings.Contains(strings.Join(c.Cautions, "\n"), "fewer than 8"); told == compared {
			t.Errorf("%d operations against 300: %q", n, c.Cautions)
		}
	}
}
