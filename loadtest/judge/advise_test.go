package judge

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
)

// ranWith is a result whose server took what draw says.
func ranWith(n int, elapsed time.Duration, draw func(*rand.Rand) time.Duration) *loadtest.Result {
	dice := rand.New(rand.NewPCG(3, 3))
	s := measure.Series{Strategy: "server", Truth: "server", Counts: measure.Counts{Submitted: int64(n), Succeeded: int64(n)}}
	for range n {
		work := draw(dice)
		s.Work.Record(work)
		s.Needed.Record(work)
		s.NeededLeast.Record(work)
		s.Accept.Record(2 * time.Millisecond)
		s.Poll.Record(time.Millisecond)
		s.Lag.Record(time.Duration(dice.Float64() * float64(time.Second)))
		s.Polls.Record(9)
	}
	return &loadtest.Result{Schema: loadtest.Schema, Elapsed: elapsed, Series: []measure.Series{s}}
}

func lognormal(median, sigma float64) func(*rand.Rand) time.Duration {
	return func(dice *rand.Rand) time.Duration {
		return time.Duration(median * math.Exp(sigma*dice.NormFloat64()) * float64(time.Second))
	}
}

func TestAdviceFindsTheKnee(t *testing.T) {
	// Even work: an interval of T costs T/2m of lag and m/T polls, each worth 2% of m: the cheapest is
	// m*sqrt(2*0.02) = m/5.
	a, err := Advise(ranWith(20_000, time.Minute, func(d *rand.Rand) time.Duration {
		return time.Duration((20 + 60*d.Float64()) * float64(time.Second))
	}), AdviseOptions{Jitter: -1})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "the knee of even work", a.Header.Schedule.Then.Seconds(), 10, 0.15)
	near(t, "the mean of the work", a.WorkMean.Seconds(), 50, 0.02)
	near(t, "the rate", a.Rate, 20_000/60.0, 1e-9)
	for i := 1; i < len(a.Fixed); i++ {
		if a.Fixed[i].Polls > a.Fixed[i-1].Polls+1e-9 {
			t.Errorf("%s takes more polls than %s", a.Fixed[i].Words, a.Fixed[i-1].Words)
		}
	}
	if a.Rule == nil || a.Rule.Schedule.First < 15*time.Second {
		t.Errorf("nothing is done in the first 20 s, but the rule is %+v", a.Rule)
	}
}

func TestAdviceForConstantWorkIsToComeThen(t *testing.T) {
	a, err := Advise(ranWith(1000, time.Minute, func(d *rand.Rand) time.Duration {
		return 30*time.Second + time.Duration(d.Float64()*float64(100*time.Millisecond))
	}), AdviseOptions{Jitter: -1})
	if err != nil {
		t.Fatal(err)
	}
	if best := a.Best(); best.Polls > 1.2 || best.Mean > 2*time.Second {
		t.Errorf("work of 30.0 to 30.1 s: %s takes %.3g polls and %v of lag", best.Words, best.Polls, best.Mean)
	}
}

func TestAdviceSpeaksInWholeUnits(t *testing.T) {
	r := ranWith(5000, time.Minute, lognormal(8, 0.7))
	for _, unit := range []time.Duration{time.Second, 250 * time.Millisecond} {
		a, err := Advise(r, AdviseOptions{Unit: unit})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []Point{a.Header, a.Best()} {
			if p.Schedule.First%unit != 0 || p.Schedule.Then%unit != 0 || p.Schedule.Then == 0 {
				t.Errorf("%s is not in whole units of %v", p.Words, unit)
			}
		}
		w := workloadOf(r)
		w.Jitter, w.Unit = 0.1, unit
		if again := w.Replay(a.Header.Schedule); again.Polls != a.Header.Polls || again.MeanLag != a.Header.Mean {
			t.Errorf("the same replay gives %v polls, then %v", a.Header.Polls, again.Polls)
		}
	}
}

func TestAdviceSaysWhatItPutsOnTheServer(t *testing.T) {
	a, err := Advise(ranWith(3000, time.Minute, lognormal(8, 0.7)), AdviseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range a.Loads {
		if want := int(math.Pow10(i)); l.Times != want {
			t.Errorf("load %d is for %d times, want %d", i, l.Times, want)
		}
		near(t, "polls per second", l.Polls, float64(l.Times)*50*a.Best().Polls, 1e-9)
		if l.PeakJittered >= l.PeakTogether || l.PeakTogether > l.InFlight*1.001 {
			t.Errorf("%d times: %.4g polls in the worst tenth of a second without jitter, %.4g with it, %.4g in flight", l.Times, l.PeakTogether, l.PeakJittered, l.InFlight)
		}
	}
}

func TestAdviceSaysWhatItDoesNotKnow(t *testing.T) {
	if _, err := Advise(&loadtest.Result{Series: []measure.Series{{}}}, AdviseOptions{}); !errors.Is(err, ErrNothingDone) {
		t.Errorf("a run in which nothing was done: %v", err)
	}
	r := ranWith(20, time.Second, lognormal(0.2, 0.1))
	r.Series[0].Truth, r.Stopped = "bounded", "interrupted"
	a, err := Advise(r, AdviseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"does not tell of", "fewer than 100", "Prefer: wait", "interrupted"} {
		if i >= len(a.Cautions) || !strings.Contains(a.Cautions[i], want) {
			t.Errorf("cautions are %q; number %d does not say %q", a.Cautions, i, want)
		}
	}
}

func BenchmarkAdvise(b *testing.B) {
	r := ranWith(1_000_000, time.Hour, lognormal(8, 0.7))
	for b.Loop() {
		if _, err := Advise(r, AdviseOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestARuleHasToBeWorthIt advises a rule only if it costs a twentieth less than the header: work that is
// even from nothing on gives the first pause nothing to skip.
func TestARuleHasToBeWorthIt(t *testing.T) {
	for name, test := range map[string]struct {
		from, to float64
		rule     bool
	}{
		"even from nothing": {0, 100, false}, "nothing before half of it": {50, 100, true},
	} {
		a, err := Advise(ranWith(5_000, time.Minute, func(d *rand.Rand) time.Duration {
			return time.Duration((test.from + (test.to-test.from)*d.Float64()) * float64(time.Second))
		}), AdviseOptions{Jitter: -1})
		if err != nil {
			t.Fatal(err)
		}
		if (a.Rule != nil) != test.rule {
			t.Errorf("%s: the header costs %.4f, the rule is %+v", name, a.Header.Cost, a.Rule)
		}
		if a.Rule != nil && a.Rule.Cost >= 0.95*a.Header.Cost {
			t.Errorf("%s: the rule costs %.4f, the header %.4f", name, a.Rule.Cost, a.Header.Cost)
		}
	}
}
