package work

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var poolEpoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func moment(tick int) time.Time { return poolEpoch.Add(time.Duration(tick)) }

func TestPool(t *testing.T) {
	tests := []struct {
		name    string
		workers int
		runs    []time.Duration // all accepted at once
		starts  []time.Duration
	}{
		{"one worker serves one after the other", 1, []time.Duration{5, 3, 2}, []time.Duration{0, 5, 8}},
		{"two workers share the queue", 2, []time.Duration{5, 3, 2, 1}, []time.Duration{0, 0, 3, 5}},
		{"enough workers: nobody waits", 3, []time.Duration{5, 3, 2}, []time.Duration{0, 0, 0}},
		{"work that takes no time", 1, []time.Duration{0, 0, 4, 0}, []time.Duration{0, 0, 0, 4}},
		{"work that never ends saturates", 2, []time.Duration{never, never, 1, 1}, []time.Duration{0, 0, never, never}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := NewPool(test.workers, 0)
			for i, run := range test.runs {
				j, ok := p.enter(poolEpoch, 0, run)
				if !ok || j.wait() != test.starts[i] {
					t.Errorf("job %d starts at %v (%v), want %v", i, j.wait(), ok, test.starts[i])
				}
			}
		})
	}
}

func TestPoolRefusesWhatDoesNotFitIntoItsQueue(t *testing.T) {
	p := NewPool(1, 2)
	for i, want := range []bool{true, true, true, false} {
		if _, got := p.enter(poolEpoch, 0, 10); got != want {
			t.Errorf("job %d: got %v, want %v", i, got, want)
		}
	}
	if waiting, working := p.Load(poolEpoch); waiting != 2 || working != 1 {
		t.Errorf("got %d waiting and %d working, want 2 and 1", waiting, working)
	}
	if _, ok := p.enter(moment(10), 0, 10); !ok {
		t.Error("one has started, but its place is not free")
	}
}

func TestPoolIgnoresAClockThatGoesBack(t *testing.T) {
	p := NewPool(1, 0)
	p.enter(moment(100), 0, 50)
	late, _ := p.enter(moment(90), 0, 50)
	if got := late.start; got != 50 {
		t.Errorf("got a start at %v after the first job, want 50ns", got)
	}
}

// A trace is what happens to a pool: jobs in the order of their arrival.
type trace struct {
	workers int
	jobs    []traced
}

type traced struct {
	arrive, delay, run int
	leave              int // when it is cancelled, or 0
	lag                int // how long it keeps its worker then
}

// simulate plays a trace tick by tick, with workers and a queue that exist.
func (tr trace) simulate(ticks int) []int {
	starts := make([]int, len(tr.jobs))
	ends := make([]int, len(tr.jobs))
	ready := make([]int, len(tr.jobs))
	for i, j := range tr.jobs {
		starts[i], ready[i] = -1, j.arrive+j.delay
	}
	left := make([]bool, len(tr.jobs))
	for now := range ticks {
		for i, j := range tr.jobs { // calls come half a tick before ...
			if j.leave == now && now > 0 {
				left[i] = true
				if starts[i] >= 0 && ends[i] >= now {
					ends[i] = now + j.lag
				}
			}
		}
		for { // ... the free workers take who is ready first
			busy, next := 0, -1
			for i, j := range tr.jobs {
				if starts[i] >= 0 && ends[i] > now {
					busy++
				}
				if starts[i] < 0 && !left[i] && j.arrive <= now && ready[i] <= now && (next < 0 || ready[i] < ready[next]) {
					next = i
				}
			}
			if busy >= tr.workers || next < 0 {
				break
			}
			starts[next], ends[next] = now, now+tr.jobs[next].run
		}
	}
	return starts
}

// plan plays a trace on a pool. Where a call meets a start in one tick, the call
// is half a tick earlier, as in simulate.
func (tr trace) plan() []int {
	p := NewPool(tr.workers, 0)
	p.enter(poolEpoch, 0, 0) // fixes the epoch
	type event struct{ at, job int }
	var events []event
	for i, j := range tr.jobs {
		events = append(events, event{2 * j.arrive, i})
		if j.leave > 0 {
			events = append(events, event{2*j.leave - 1, i})
		}
	}
	slices.SortStableFunc(events, func(a, b event) int { return a.at - b.at })
	jobs := make([]*job, len(tr.jobs))
	for _, e := range events {
		j := tr.jobs[e.job]
		if jobs[e.job] == nil {
			jobs[e.job], _ = p.enter(moment(e.at), time.Duration(2*j.delay), time.Duration(2*j.run))
			continue
		}
		jobs[e.job].leave(moment(e.at), time.Duration(2*j.lag+1))
	}
	starts := make([]int, len(jobs))
	for i, j := range jobs {
		starts[i] = -1
		if j.start < never {
			starts[i] = int(j.start / 2)
		}
	}
	return starts
}

func TestPoolAgreesWithASimulation(t *testing.T) {
	const ticks = 400
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 1))
		tr := trace{workers: 1 + random.IntN(4)}
		arrive := 1
		for range 30 {
			arrive += random.IntN(4)
			j := traced{arrive: arrive, run: random.IntN(12)}
			if random.IntN(4) == 0 {
				j.delay = random.IntN(10)
			}
			if random.IntN(3) == 0 {
				j.leave, j.lag = arrive+1+random.IntN(20), random.IntN(4)
			}
			tr.jobs = append(tr.jobs, j)
		}
		if got, want := tr.plan(), tr.simulate(ticks); !slices.Equal(got, want) {
			t.Fatalf("seed %d: %+v\n got starts %v\nwant        %v", seed, tr, got, want)
		}
	}
}

func TestPoolForgetsWhatIsThrough(t *testing.T) {
	p := NewPool(2, 0)
	for i := range 10_000 {
		p.enter(moment(i*10), 0, 5)
	}
	if len(p.jobs) > 200 {
		t.Errorf("%d jobs are kept, though all are through", len(p.jobs))
	}
}

func BenchmarkPoolEnter(b *testing.B) {
	p := NewPool(16, 0)
	for i := 0; b.Loop(); i++ {
		p.enter(moment(i*10), 0, 150)
	}
}
