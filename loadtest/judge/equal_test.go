package judge

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
)

// world is a server, as a simulation has it.
type world struct {
	name string
	// work draws how long an operation works that arrives at a moment of a run; weather is what its
	// second has in common with those around it, normal with variance 1, and day what its run has.
	work func(dice *rand.Rand, weather, day float64) float64
}

var worlds = []world{
	{"lognormal", func(d *rand.Rand, _, _ float64) float64 { return math.Exp(0.5 * d.NormFloat64()) }},
	{"exponential", func(d *rand.Rand, _, _ float64) float64 { return d.ExpFloat64() }},
	{"two kinds", func(d *rand.Rand, _, _ float64) float64 {
		return 0.3 + 1.5*math.Floor(d.Float64()*1.25) + 0.05*d.Float64()
	}},
	{"slow seconds", func(d *rand.Rand, weather, _ float64) float64 { return math.Exp(0.3*d.NormFloat64() + 0.25*weather) }},
}

// simulated is a run of n operations over 40 seconds, slower by a share.
func simulated(dice *rand.Rand, w world, n int, slower float64) *loadtest.Result {
	s := measure.Series{Strategy: "server", Truth: measure.TruthServer}
	weather, day, second := dice.NormFloat64(), dice.NormFloat64(), -1
	for i := range n {
		planned := time.Duration(i) * 40 * time.Second / time.Duration(n)
		if now := int(planned / time.Second); now != second {
			second = now
			weather = 0.7*weather + math.Sqrt(1-0.49)*dice.NormFloat64()
		}
		work := time.Duration(w.work(dice, weather, day) * (1 + slower) * float64(time.Second))
		lag := time.Duration(dice.Float64() * float64(time.Second))
		polls := int64((work + lag) / time.Second)
		s.Work.Record(work)
		s.WorkLeast.Record(work)
		s.Lag.Record(lag)
		s.LagLeast.Record(lag)
		s.Done.Record(work + lag)
		s.Polls.Record(time.Duration(polls))
		b := s.Blocks.At(planned)
		b.Submitted++
		b.Work.Record(int64(work))
		b.Lag.Record(int64(lag))
		b.Done.Record(int64(work + lag))
		b.Polls.Record(polls * int64(time.Millisecond))
		if dice.IntN(100) == 0 {
			s.Counts.Failed++
		}
	}
	s.Counts.Planned, s.Counts.Submitted, s.Counts.Succeeded = int64(n), int64(n), int64(n)-s.Counts.Failed
	return &loadtest.Result{Schema: loadtest.Schema, Elapsed: 42 * time.Second, Arrived: 40 * time.Second, Load: "x", Target: "http://localhost", Series: []measure.Series{s}}
}

func several(dice *rand.Rand, w world, files, n int, slower float64) (all []*loadtest.Result) {
	for range files {
		all = append(all, simulated(dice, w, n, slower))
	}
	return all
}

// TestEqualRunsAreSeldomToldApart compares 100 equal pairs in each world: fewer than five may fail,
// though any difference that is certain counts.
func TestEqualRunsAreSeldomToldApart(t *testing.T) {
	for _, w := range worlds {
		for _, size := range [][2]int{{1, 400}, {3, 300}} {
			if testing.Short() && w.name != "two kinds" {
				continue
			}
			files, n := size[0], size[1]
			dice := rand.New(rand.NewPCG(17, uint64(files+n)))
			failed := 0
			for range 100 {
				c, err := Compare(several(dice, w, files, n, 0), several(dice, w, files, n, 0), CompareOptions{})
				if err != nil {
					t.Fatal(err)
				}
				if len(c.Regressions()) > 0 {
					failed++
				}
			}
			t.Logf("%s, %d files of %d a side: %d of 100 equal pairs fail", w.name, files, n, failed)
			if failed >= 5 {
				t.Errorf("%s, %d files of %d a side: %d of 100 equal pairs fail", w.name, files, n, failed)
			}
		}
	}
}

// TestTenPercentAreFound slows the work down by a tenth: of 1,000 operations that is found nine times of
// ten. Where whole seconds are slow, as if by the weather, it takes more.
func TestTenPercentAreFound(t *testing.T) {
	for _, test := range []struct {
		world world
		files int
		n     int
		slow  float64
		want  int
	}{
		{worlds[0], 1, 1000, 0.1, 36}, {worlds[0], 3, 400, 0.1, 36}, {worlds[3], 6, 1000, 0.4, 36},
	} {
		dice := rand.New(rand.NewPCG(23, 1))
		found := 0
		for range 40 {
			c, err := Compare(several(dice, test.world, test.files, test.n, 0), several(dice, test.world, test.files, test.n, test.slow), CompareOptions{MaxRegression: 0.05})
			if err != nil {
				t.Fatal(err)
			}
			for _, change := range c.Regressions() {
				if strings.HasSuffix(change.Figure, "(work)") {
					found++
					break
				}
			}
		}
		t.Logf("%s, %d files of %d operations: found in %d of 40", test.world.name, test.files, test.n, found)
		if found < test.want {
			t.Errorf("%s, %d files of %d operations: %v more work is found in %d of 40 pairs, want %d", test.world.name, test.files, test.n, test.slow, found, test.want)
		}
	}
}

// TestConstantsAreEqual compares runs without any scatter: the same is the same, and no interval without
// width makes a difference of none.
func TestConstantsAreEqual(t *testing.T) {
	constant := world{"constant", func(*rand.Rand, float64, float64) float64 { return 1 }}
	dice := rand.New(rand.NewPCG(1, 1))
	c, err := Compare(several(dice, constant, 1, 300, 0), several(dice, constant, 1, 300, 0), CompareOptions{Metrics: []string{"work"}})
	if err != nil || len(c.Regressions()) > 0 {
		t.Errorf("%v, %+v", err, c.Regressions())
	}
	for _, change := range c.Changes {
		if metricOf(change.Figure) == "work" && (change.Verdict != "same" || change.Chance != 1) {
			t.Errorf("%+v", change)
		}
	}
}

func TestMetricsOfAComparisonAreKnown(t *testing.T) {
	for name, want := range map[string]string{
		"lag": "", "p99(lag)": "", "mean(polls)": "", "rate(failed)": "", "succeeded": "",
		"p95(work)": "of work there are mean(work), p50(work), p90(work), p99(work)", "p50(polls)": "of polls there are mean(polls)",
		"nonsense(work)": "nonsense(work) is not compared", "nonsense": "there is no metric", "late": "there is no metric", "rate(polls)": "is not compared",
	} {
		err := CompareOptions{Metrics: []string{name}}.Check()
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	dice := rand.New(rand.NewPCG(1, 1))
	if _, err := Compare(several(dice, worlds[0], 1, 100, 0), several(dice, worlds[0], 1, 100, 0), CompareOptions{Metrics: []string{"accept"}}); err == nil || !strings.Contains(err.Error(), "accept was not measured") {
		t.Errorf("a metric that was not measured: %v", err)
	}
}
