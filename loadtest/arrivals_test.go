package loadtest

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

func allArrivals(l Load, most int) (all []time.Duration) {
	for a := l.Arrivals(); len(all) < most; {
		_, at, ok := a.Next()
		if !ok {
			break
		}
		all = append(all, at)
	}
	return all
}

func TestArrivals(t *testing.T) {
	second := time.Second
	for _, test := range []struct {
		name string
		load Load
		n    int
		some map[int]time.Duration
	}{
		{"constant", Load{Rate: 10, Duration: second}, 10, map[int]time.Duration{0: 0, 1: second / 10, 9: 9 * second / 10}},
		{"operations end it", Load{Rate: 10, Operations: 3}, 3, map[int]time.Duration{2: second / 5}},
		{"the duration ends it", Load{Rate: 10, Operations: 30, Duration: second}, 10, nil},
		{"a ramp up", Load{Stages: []Stage{{10 * second, 10}}}, 50, map[int]time.Duration{0: 0}},
		{"a ramp down", Load{Rate: 10, Stages: []Stage{{10 * second, 0}}}, 50, map[int]time.Duration{0: 0}},
		{"a jump", Load{Rate: 1, Stages: []Stage{{10 * second, 1}, {0, 100}, {second, 100}}}, 110, map[int]time.Duration{9: 9 * second, 10: 10 * second, 11: 10010 * time.Millisecond}},
		{"a pause", Load{Rate: 1, Stages: []Stage{{second, 1}, {0, 0}, {5 * second, 0}, {0, 1}, {2 * second, 1}}}, 3, map[int]time.Duration{1: 6 * second}},
		{"less than one", Load{Rate: 0.1, Duration: 30 * second}, 3, map[int]time.Duration{2: 20 * second}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := test.load.check(); err != nil {
				t.Fatal(err)
			}
			all := allArrivals(test.load, 1000)
			if len(all) != test.n {
				t.Fatalf("%d arrivals, want %d: %v", len(all), test.n, all)
			}
			for i, want := range test.some {
				if off := (all[i] - want).Abs(); off > time.Microsecond {
					t.Errorf("arrival %d is at %v, want %v", i, all[i], want)
				}
			}
			if !slices.IsSorted(all) {
				t.Errorf("they are not in order: %v", all)
			}
		})
	}
}

// TestPoisson checks mean and spread of the gaps, and that a seed repeats them.
func TestPoisson(t *testing.T) {
	l := Load{Rate: 1000, Operations: 100_000, Poisson: true, Seed: 7}
	all := allArrivals(l, 1<<20)
	var sum, squares float64
	for i := 1; i < len(all); i++ {
		gap := (all[i] - all[i-1]).Seconds() * 1000
		sum += gap
		squares += gap * gap
	}
	n := float64(len(all) - 1)
	mean := sum / n
	deviation := math.Sqrt(squares/n - mean*mean)
	if math.Abs(mean-1) > 0.02 || math.Abs(deviation-1) > 0.03 {
		t.Errorf("gaps have mean %.3f and deviation %.3f, want 1 and 1", mean, deviation)
	}
	if !slices.Equal(all, allArrivals(l, 1<<20)) {
		t.Error("the same seed gives other arrivals")
	}
	l.Seed++
	if slices.Equal(all, allArrivals(l, 1<<20)) {
		t.Error("another seed gives the same arrivals")
	}
}

func TestLoadCheck(t *testing.T) {
	for _, test := range []struct {
		load Load
		want string
	}{
		{Load{}, "how much load"},
		{Load{Rate: 1}, "when does it end"},
		{Load{Rate: -1, Operations: 1}, "a rate of -1"},
		{Load{Rate: math.NaN(), Operations: 1}, "a rate of NaN"},
		{Load{Rate: 1, Concurrency: 1, Operations: 1}, "exclude each other"},
		{Load{Stages: []Stage{{time.Second, 0}}}, "no operation ever arrives"},
		{Load{Stages: []Stage{{-1, 1}}}, "stage 1"},
	} {
		if err := test.load.check(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: error %v, want one with %q", test.load, err, test.want)
		}
	}
}

func TestStrategies(t *testing.T) {
	for _, text := range []string{"server", "exact", "fixed:1s", "fixed:250ms", "exponential:1s,2,30s", "exponential:500ms,1.5,1m", "decorrelated:1s,30s"} {
		s, err := ParseStrategy(text)
		if err != nil || s.String() != text {
			t.Errorf("%s reads as %s, error %v", text, s, err)
		}
	}
	for _, text := range []string{"", "often", "fixed:0s", "fixed:1", "exponential:1s,0.5", "server:1s", "exact:1s", "decorrelated:2s,1s", "fixed:1s,2s"} {
		if s, err := ParseStrategy(text); err == nil {
			t.Errorf("%q is taken as %s", text, s)
		}
	}
}
