package judge

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
)

// bars counts durations as a run would.
func bars(n int, draw func(i int) time.Duration) []measure.Bar {
	var h measure.Histogram
	for i := range n {
		h.Record(draw(i))
	}
	return h.Bars()
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance*math.Abs(want) {
		t.Errorf("%s is %.5g, want %.5g within %g%%", what, got, want, tolerance*100)
	}
}

func TestReplayMeetsClosedForms(t *testing.T) {
	const n = 50_000
	// Work spread evenly over 100 intervals: half an interval of lag, and 50.5 polls.
	even := Workload{Work: bars(n, func(i int) time.Duration { return time.Duration(i) * 100 * time.Second / n })}
	r := even.Replay(Fixed(time.Second))
	near(t, "lag of even work", r.MeanLag.Seconds(), 0.5, 0.01)
	near(t, "polls of even work", r.Polls, 50.5, 0.01)
	near(t, "median lag of even work", r.Lag.Quantile(0.5).Seconds(), 0.5, 0.02)
	near(t, "p90 of lag of even work", r.Lag.Quantile(0.9).Seconds(), 0.9, 0.02)

	// Work that always takes 10.4 s, every second: 11 polls, and 0.6 s.
	same := Workload{Work: bars(n, func(int) time.Duration { return 10400 * time.Millisecond })}
	r = same.Replay(Fixed(time.Second))
	near(t, "lag of constant work", r.MeanLag.Seconds(), 0.6, 0.02)
	near(t, "polls of constant work", r.Polls, 11, 1e-9)

	// Memoryless work of mean m, every T: 1/(1-exp(-T/m)) polls, T times that less m of lag.
	mean, every := 10.0, 3.0
	memoryless := Workload{Work: bars(n, func(i int) time.Duration {
		return time.Duration(-mean * math.Log(1-(float64(i)+0.5)/n) * float64(time.Second))
	})}
	r = memoryless.Replay(Fixed(3 * time.Second))
	polls := 1 / (1 - math.Exp(-every/mean))
	near(t, "polls of memoryless work", r.Polls, polls, 0.005)
	near(t, "lag of memoryless work", r.MeanLag.Seconds(), every*polls-mean, 0.01)

	// Jitter of up to j makes the pause longer by j/2 on average: fewer polls by as much.
	even.Jitter = 0.2
	r = even.Replay(Fixed(time.Second))
	near(t, "polls with jitter", r.Polls, 50/1.1+0.5, 0.01)

	// An answer takes time: the pause begins after it, and half of it passes after the state was read.
	even.Jitter, even.Answer = 0, 200*time.Millisecond
	r = even.Replay(Fixed(time.Second))
	near(t, "polls with slow answers", r.Polls, 50/1.2+0.5, 0.01)
	near(t, "lag with slow answers", r.MeanLag.Seconds(), 0.6+0.1, 0.02)

	// A pause that is a share of the age: each poll comes at 1.2 times the age of the one before.
	even.Answer = 0
	r = even.Replay(Schedule{First: time.Second, Then: 0, Share: 0.2})
	near(t, "longest lag of growing pauses", r.Lag.Max().Seconds(), 0.2*100/1.2, 0.15)
	if growing := math.Log(100) / math.Log(1.2); r.Polls > growing+2 || r.Polls < growing-8 {
		t.Errorf("growing pauses take %.3g polls; the longest operation takes %.3g", r.Polls, growing)
	}
}

// simulate polls n operations one by one, each with dice of its own, event by event.
func simulate(w Workload, s Schedule, n int, draw func(*rand.Rand) time.Duration) (polls, lag float64) {
	dice := rand.New(rand.NewPCG(7, 7))
	for range n {
		done := draw(dice)
		at, count := time.Duration(0), 0
		for {
			pause := s.Pause(at, count, w.Unit)
			at += pause + time.Duration(w.Jitter*dice.Float64()*float64(pause))
			count++
			if at+w.Answer/2 >= done {
				break
			}
			at += w.Answer
		}
		polls += float64(count)
		lag += (at + w.Answer - done).Seconds()
	}
	return polls / float64(n), lag / float64(n)
}

func TestReplayMeetsBruteForce(t *testing.T) {
	const n = 40_000
	lognormal := func(dice *rand.Rand) time.Duration {
		return 200*time.Millisecond + time.Duration(8*math.Exp(0.7*dice.NormFloat64())*float64(time.Second))
	}
	dice := rand.New(rand.NewPCG(1, 2))
	work := bars(n, func(int) time.Duration { return lognormal(dice) })
	for _, s := range []Schedule{
		Fixed(time.Second), Fixed(7 * time.Second), Fixed(20 * time.Second),
		{First: 4 * time.Second, Then: 2 * time.Second},
		{First: 2 * time.Second, Then: time.Second, Share: 0.25},
	} {
		for _, w := range []Workload{
			{Work: work},
			{Work: work, Answer: 100 * time.Millisecond, Jitter: 0.1},
			{Work: work, Unit: time.Second, Jitter: 0.5},
		} {
			polls, lag := simulate(w, s, n, lognormal)
			r := w.Replay(s)
			near(t, "polls of "+s.String(), r.Polls, polls, 0.02)
			near(t, "lag of "+s.String(), r.MeanLag.Seconds(), lag, 0.02)
			near(t, "the histogram's mean for "+s.String(), time.Duration(r.Lag.MeanValue()).Seconds(), lag, 0.03)
		}
	}
}

func TestScheduleInWords(t *testing.T) {
	for want, s := range map[string]Schedule{
		"2s":                            Fixed(2 * time.Second),
		"first 30s, then 2s":            {First: 30 * time.Second, Then: 2 * time.Second},
		"first 2s, then 20% of the age": {First: 2 * time.Second, Share: 0.2},
		"first 2s, then 20% of the age, at least 1s": {First: 2 * time.Second, Then: time.Second, Share: 0.2},
	} {
		if got := s.String(); got != want {
			t.Errorf("%+v is %q, want %q", s, got, want)
		}
	}
	if got := (Schedule{First: 2500 * time.Millisecond}).Pause(0, 0, time.Second); got != 3*time.Second {
		t.Errorf("a pause of 2.5s in whole seconds is %v, want 3s", got)
	}
}

func BenchmarkReplay(b *testing.B) {
	dice := rand.New(rand.NewPCG(1, 2))
	w := Workload{Jitter: 0.1, Work: bars(1_000_000, func(int) time.Duration {
		return time.Duration(8 * math.Exp(0.7*dice.NormFloat64()) * float64(time.Second))
	})}
	for b.Loop() {
		w.Replay(Fixed(2 * time.Second))
	}
}
