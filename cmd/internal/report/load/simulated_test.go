package load

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
)

// simulate makes a result as a run would: operations arrive at a rate, take a lognormal time, and are
// polled by three strategies in turn. In the middle the server stalls for three seconds.
func simulate() *loadtest.Result {
	const seconds, rate = 60, 30
	dice := rand.New(rand.NewPCG(11, 12))
	r := &loadtest.Result{
		Schema: loadtest.Schema, Version: "v1.2.3", Target: "http://127.0.0.1:8202/operations", Dialect: "generic",
		Started: time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC), Load: "30/s for 1m, Poisson, seed 7", Seed: 7,
		Warnings: []loadtest.Warning{{Code: loadtest.WarnConnections, Text: "the generator was late: 31 requests waited because all of its 4 connections were in use, 1 of 100 for 12ms or longer"}},
		Arrived:  seconds * time.Second,
		Part:     loadtest.Part{Plan: "sha256:00", Of: 1, Parts: []loadtest.Shard{{Host: "here"}}},
		Clock:    measure.Clock{Known: true, Offset: 12 * time.Millisecond, Uncertainty: 900 * time.Microsecond},
	}
	intervals := []time.Duration{2 * time.Second, time.Second, 4 * time.Second}
	for _, name := range []string{"server", "fixed:1s", "exponential"} {
		r.Series = append(r.Series, measure.Series{Strategy: name, Truth: "server"})
	}
	samples := make([]measure.Sample, 2*seconds)
	for i := range seconds * rate {
		at := time.Duration(i) * time.Second / rate
		simulateOne(dice, &r.Series[i%3], intervals[i%3], at, samples)
	}
	last := 0
	for i := range samples {
		samples[i].At = time.Duration(i+1) * time.Second
		if samples[i].Planned+samples[i].Ended+samples[i].Polls > 0 {
			last = i
		}
		if i > 0 {
			samples[i].InFlight = samples[i-1].InFlight
		}
		samples[i].InFlight += samples[i].Submitted - samples[i].Ended
	}
	r.Samples = samples[:last+1]
	r.Elapsed = time.Duration(last+1) * time.Second
	return r
}

// simulateOne follows one operation.
func simulateOne(dice *rand.Rand, s *measure.Series, interval, at time.Duration, samples []measure.Sample) {
	second := func(at time.Duration) *measure.Sample { return &samples[min(int(at/time.Second), len(samples)-1)] }
	stall := func(at time.Duration) time.Duration {
		if at > 30*time.Second && at < 33*time.Second {
			return 33*time.Second - at
		}
		return 0
	}
	c := &s.Counts
	c.Planned, c.Submitted, c.Requests = c.Planned+1, c.Submitted+1, c.Requests+2
	accept := time.Duration(900+dice.IntN(800))*time.Microsecond + stall(at)
	s.Accept.Record(accept)
	work := time.Duration(6 * math.Exp(0.6*dice.NormFloat64()) * float64(time.Second))
	s.Work.Record(work)
	s.WorkLeast.Record(work)
	second(at).Planned++
	second(at).Submitted++
	polls, age := 0, accept
	for {
		age += interval
		polls++
		answer := time.Duration(400+dice.IntN(900))*time.Microsecond + stall(at+age)
		s.Poll.Record(answer)
		s.Server.Record(answer * 8 / 10)
		s.Connection.Record(time.Duration(dice.IntN(40)) * time.Microsecond)
		s.Late.Record(time.Duration(dice.IntN(900)) * time.Microsecond)
		x := second(at + age)
		x.Polls++
		x.BytesIn += 310
		x.Latency.Record(int64(answer))
		x.Late.Record(int64(time.Duration(dice.IntN(900)) * time.Microsecond))
		c.PollsSent, c.Requests, c.BytesIn, c.BytesOut = c.PollsSent+1, c.Requests+1, c.BytesIn+310, c.BytesOut+120
		s.Asked.Record(interval)
		if age += answer; age >= work {
			break
		}
		c.PollsWasted++
		x.Wasted++
		if s.Strategy == "fixed:1s" {
			c.PollsEarly++
		}
	}
	s.Needed.Record(work)
	s.NeededLeast.Record(work)
	c.PollsTold++
	s.Polls.Record(time.Duration(polls))
	s.Done.Record(age)
	s.Lag.Record(age - work)
	s.LagLeast.Record(age - work)
	b := s.Blocks.At(at)
	b.Submitted++
	b.Done.Record(int64(age))
	b.Work.Record(int64(work))
	b.Lag.Record(int64(age - work))
	b.Polls.Record(int64(polls) * int64(time.Millisecond))
	s.Result.Record(time.Duration(600+dice.IntN(500)) * time.Microsecond)
	x := second(at + age)
	x.Ended++
	x.DoneIn.Record(int64(age))
	x.LagIn.Record(int64(age - work))
	switch n := dice.IntN(200); {
	case n == 0:
		c.Failed++
		x.Failed++
	case n == 1:
		c.Lost++
		x.Failed++
		x.Errors++
		addError(s, "reset", "read tcp 127.0.0.1:4711: \x1b[31mconnection reset by peer")
	default:
		c.Succeeded++
		b.Succeeded++
	}
}

func addError(s *measure.Series, reason, example string) {
	for i := range s.Errors {
		if s.Errors[i].Reason == reason {
			s.Errors[i].Count++
			return
		}
	}
	s.Errors = append(s.Errors, measure.ErrorClass{Reason: reason, Count: 1, Example: fmt.Sprint(example)})
}
