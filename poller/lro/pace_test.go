package lro_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// polled returns an operation that is being polled and has been for so many polls.
func polled(polls int) lro.Operation {
	return lro.Operation{Phase: lro.Polling, Polls: polls}
}

func hinted(polls int, hint time.Duration) lro.Operation {
	op := polled(polls)
	op.Hint, op.Hinted = hint, true
	if hint > 0 {
		op.NotBefore = noon.Add(hint)
	}
	return op
}

func missed(misses int) lro.Operation {
	op := polled(3)
	op.Misses = misses
	return op
}

func TestPaceDue(t *testing.T) {
	constant := lro.Pace{Min: 2 * time.Second, Growth: 1}
	hop := polled(1)
	hop.Hops = 1
	tests := []struct {
		name   string
		pace   lro.Pace
		op     lro.Operation
		random float64
		want   time.Duration
	}{
		{"the submit goes out at once", lro.Pace{}, lro.Operation{}, 0.9, 0},
		{"a redirect is followed at once", lro.Pace{}, lro.Operation{Phase: lro.Fetching}, 0.9, 0},
		{"and one of the status URL", lro.Pace{}, hop, 0.9, 0},
		{"the end is now", lro.Pace{}, lro.Operation{Phase: lro.Ended, Misses: 3}, 0.9, 0},
		{"first interval, lower end", lro.Pace{}, polled(0), 0, time.Second},
		{"first interval, in the middle", lro.Pace{}, polled(0), 0.5, 1250 * time.Millisecond},
		{"third interval", lro.Pace{}, polled(2), 0.5, 2187500 * time.Microsecond},
		{"growth ends at Max", lro.Pace{}, polled(1000), 0.5, 15500 * time.Millisecond},
		{"Max below Min is Min", lro.Pace{Min: 5 * time.Second, Max: time.Second}, polled(9), 0.5, 5 * time.Second},
		{"Min above the default Max", lro.Pace{Min: time.Minute}, polled(9), 0.5, time.Minute},
		{"constant interval with jitter", constant, polled(7), 0.5, 2100 * time.Millisecond},
		{"constant interval without", lro.Pace{Min: time.Second, Growth: 1, Jitter: -1}, polled(7), 0.9, time.Second},
		{"a hint is the floor", lro.Pace{}, hinted(50, 10*time.Second), 0, 10 * time.Second},
		{"jitter only adds", lro.Pace{}, hinted(50, 10*time.Second), 0.5, 10*time.Second + 500*time.Millisecond},
		{"jitter ends at 5 s", lro.Pace{}, hinted(50, time.Hour), 0.5, time.Hour + 2500*time.Millisecond},
		{"more jitter than all", lro.Pace{Jitter: 7}, hinted(50, time.Second), 0.5, 1500 * time.Millisecond},
		{"a tiny hint does not spin", lro.Pace{}, hinted(50, time.Millisecond), 0, 100 * time.Millisecond},
		{"a hint of 0 does not spin", lro.Pace{}, hinted(0, 0), 0, 100 * time.Millisecond},
		{"a hint of 0 slows down", lro.Pace{}, hinted(1000, 0), 0.5, 15050 * time.Millisecond},
		{"a miss backs off", lro.Pace{}, missed(1), 0.5, 1250 * time.Millisecond},
		{"the fourth more", lro.Pace{}, missed(4), 0.5, 3031250 * time.Microsecond},
		{"an impossible die counts as 0", lro.Pace{}, polled(0), 1, time.Second},
		{"and NaN", lro.Pace{}, polled(0), math.NaN(), time.Second},
		{"and a negative one", lro.Pace{}, polled(0), -0.5, time.Second},
		{"absurd settings end at a year", lro.Pace{Min: math.MaxInt64, Max: math.MaxInt64, Growth: math.MaxFloat64}, polled(9), 0.999, 365 * 24 * time.Hour},
		{"infinite growth is the default", lro.Pace{Growth: math.Inf(1)}, polled(0), 0.5, 1250 * time.Millisecond},
		{"shrinking is the default", lro.Pace{Growth: 0.5}, polled(0), 0.5, 1250 * time.Millisecond},
		{"NaN is the default", lro.Pace{Growth: math.NaN(), Jitter: math.NaN()}, hinted(9, 10*time.Second), 0.5, 10*time.Second + 500*time.Millisecond},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.pace.Due(test.op, noon, test.random).Sub(noon); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// TestPaceIsPolite checks what must hold for every pace and every operation.
func TestPaceIsPolite(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	odd := []float64{0, 1, -1, 0.5, 1.5, 1e300, math.NaN(), math.Inf(1), math.Inf(-1)}
	span := func() time.Duration {
		return []time.Duration{0, 1, -1, time.Second, time.Hour, math.MaxInt64, math.MinInt64, time.Duration(dice.Int64())}[dice.IntN(8)]
	}
	for range 200_000 {
		p := lro.Pace{Min: span(), Max: span(), Growth: odd[dice.IntN(len(odd))], Jitter: odd[dice.IntN(len(odd))]}
		op := lro.Operation{
			Phase: lro.Phase(dice.IntN(5)), Polls: dice.IntN(1 << uint(dice.IntN(31))), Misses: dice.IntN(20), Hops: dice.IntN(2),
			Hinted: dice.IntN(2) == 0, Hint: time.Duration(dice.Int64N(int64(lro.MaxHint))),
		}
		if dice.IntN(2) == 0 {
			op.NotBefore = noon.Add(time.Duration(dice.Int64N(int64(2*lro.MaxHint))) - lro.MaxHint)
		}
		random := dice.Float64()
		due, earliest := p.Due(op, noon, random), p.Due(op, noon, 0)
		switch {
		case due.Before(noon):
			t.Fatalf("%+v, %+v: due %v, before now", p, op, due)
		case due.Before(op.NotBefore):
			t.Fatalf("%+v, %+v: due %v, before the floor %v", p, op, due, op.NotBefore)
		case due.Before(earliest):
			t.Fatalf("%+v, %+v: jitter makes it earlier: %v, not %v", p, op, due, earliest)
		case op.Phase == lro.Polling && op.Hops == 0 && p.Min <= 0 && due.Sub(noon) < 100*time.Millisecond:
			t.Fatalf("%+v, %+v: it spins: %v", p, op, due.Sub(noon))
		}
	}
}
