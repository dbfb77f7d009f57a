package mockserver_test

import (
	"math"
	"net/url"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

const (
	ms = time.Millisecond
	s  = time.Second
)

func TestDistributionQuantile(t *testing.T) {
	const half = 0.5
	tests := []struct {
		name string
		d    mockserver.Distribution
		u    float64
		want time.Duration
	}{
		{"fixed is the same for all", mockserver.Distribution{}, 0.99, 10 * s},
		{"uniform begins below", mockserver.Distribution{Curve: mockserver.CurveUniform, Spread: 0.2}, 0, 8 * s},
		{"uniform has the time in the middle", mockserver.Distribution{Curve: mockserver.CurveUniform}, half, 10 * s},
		{"uniform ends above", mockserver.Distribution{Curve: mockserver.CurveUniform, Spread: 1}, 1, 20 * s},
		{"exponential begins at nothing", mockserver.Distribution{Curve: mockserver.CurveExponential}, 0, 0},
		{"exponential is long for few", mockserver.Distribution{Curve: mockserver.CurveExponential}, 1 - math.Exp(-3), 30 * s},
		{"exponential is bounded", mockserver.Distribution{Curve: mockserver.CurveExponential}, 1, mockserver.MaxDuration},
		{"lognormal has the time in the middle", mockserver.Distribution{Curve: mockserver.CurveLognormal}, half, 10 * s},
		{"lognormal begins at nothing", mockserver.Distribution{Curve: mockserver.CurveLognormal, Spread: 2}, 0, 0},
		{"lognormal at one sigma", mockserver.Distribution{Curve: mockserver.CurveLognormal, Spread: 1}, 0.8413447460685429, 27182818284},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.d.Quantile(10*s, test.u); (got - test.want).Abs() > time.Microsecond {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestDistributionParameter(t *testing.T) {
	for text, want := range map[string]string{
		"fixed": "fixed", "exponential": "exponential", "uniform": "uniform:0.5", "uniform:1": "uniform:1",
		"lognormal": "lognormal:0.5", "lognormal:2.5": "lognormal:2.5",
	} {
		sc, err := mockserver.ParseScenario(mockserver.Scenario{}, url.Values{"distribution": {text}})
		if err != nil || sc.Distribution.String() != want {
			t.Errorf("%s: got %v, %v, want %s", text, sc.Distribution, err, want)
		}
	}
	for _, text := range []string{"", "normal", "fixed:1", "exponential:1", "uniform:", "uniform:0", "uniform:1.1", "uniform:x", "lognormal:6", "lognormal:NaN"} {
		if sc, err := mockserver.ParseScenario(mockserver.Scenario{}, url.Values{"distribution": {text}}); err == nil {
			t.Errorf("%q: got %v, want an error", text, sc.Distribution)
		}
	}
}

// TestDistributionOfOperations looks at what the operations of a server really
// take: the means of 2000 are close to what the shape says, and a seed repeats them.
func TestDistributionOfOperations(t *testing.T) {
	run := func(seed uint64, text string) (total time.Duration) {
		m := newMock(t, &mockserver.Server{Seed: seed})
		for range 2000 {
			m.do("POST", "/operations?asyncctl.duration=10s&asyncctl.distribution="+text, "").want(t, 202)
		}
		m.after(mockserver.MaxDuration)
		for _, r := range m.Operations() {
			total += r.Done.Sub(r.Accepted)
		}
		return total / 2000
	}
	for text, want := range map[string]time.Duration{
		"fixed": 10 * s, "uniform:1": 10 * s, "exponential": 10 * s,
		"lognormal:1": time.Duration(float64(10*s) * math.Exp(0.5)),
	} {
		got := run(1, text)
		if (got - want).Abs() > want/12 {
			t.Errorf("%s: got a mean of %v, want about %v", text, got, want)
		}
		if again, other := run(1, text), run(2, text); again != got || text != "fixed" && other == got {
			t.Errorf("%s: seed 1 gives %v and %v, seed 2 %v", text, got, again, other)
		}
	}
}
