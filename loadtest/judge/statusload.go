package judge

import (
	"math/rand/v2"
	"time"
)

// StatusLoad is what the recommended schedule puts on the status endpoint at a multiple of the run's
// operations.
type StatusLoad struct {
	Times    int     `json:"times"`
	Rate     float64 `json:"rate"`      // operations per second
	InFlight float64 `json:"in_flight"` // on average
	// Polls is polls per second on average: jitter hardly changes it.
	Polls float64 `json:"polls_per_second"`
	// PeakTogether is the polls of the worst tenth of a second if all that are in flight had been
	// submitted at one moment, by a batch or after an outage, and no client has jitter: they go on in
	// step.
	// PeakJittered is the same with jitter.
	PeakTogether float64 `json:"peak_together"`
	PeakJittered float64 `json:"peak_jittered"`
}

// loads returns those of 1, 10, 100 and 1000 times the operations.
func (w Workload) loads(a *Advice) []StatusLoad {
	w.Unit = a.Unit
	together, jittered := w, w
	together.Jitter = 0
	if jittered.Jitter == 0 {
		jittered.Jitter = 0.1
	}
	best := a.Best()
	lockstep, spread := together.peak(best.Schedule), jittered.peak(best.Schedule)
	inFlight := a.Rate * (a.WorkMean + best.Mean).Seconds()
	var list []StatusLoad
	for _, times := range []int{1, 10, 100, 1000} {
		k := float64(times)
		list = append(list, StatusLoad{
			Times: times, Rate: k * a.Rate, InFlight: k * inFlight, Polls: k * a.Rate * best.Polls,
			PeakTogether: k * inFlight * lockstep, PeakJittered: k * inFlight * spread,
		})
	}
	return list
}

// peak is the largest number of polls in any tenth of a second, for each operation, when all begin at
// one moment.
func (w Workload) peak(s Schedule) float64 {
	const clients = 2000
	n := w.count()
	if n == 0 {
		return 0
	}
	tenths := map[int64]int{}
	most := 0
	dice := rand.New(rand.NewPCG(2, 2))
	pause := func(p *client) time.Duration {
		d := s.Pause(p.at, p.polls, w.Unit)
		return d + time.Duration(w.Jitter*p.dice.Float64()*float64(d))
	}
	for i := range clients {
		done := w.quantile((float64(i) + 0.5) / clients)
		p := client{w: w, pause: pause, dice: dice}
		for {
			p.step()
			tenth := int64(p.at / (100 * time.Millisecond))
			tenths[tenth]++
			most = max(most, tenths[tenth])
			if p.seen() >= done || p.polls >= 1000 {
				break
			}
		}
	}
	return float64(most) / clients
}
