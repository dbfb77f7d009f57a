package judge

import (
	"cmp"
	"math/rand/v2"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
)

// Workload is what polls are replayed over: when operations were done, measured or made up.
type Workload struct {
	// Work is from the answer to the submit, where the first pause begins, to the moment when the server
	// was done.
	Work []measure.Bar
	// Answer is from a poll to its answer, a typical time.
	Answer time.Duration
	// Jitter is the share of a pause by which clients are later than they were asked to be, at most,
	// evenly spread: 0.1 for a poller of package lro's default Pace. 0 for none.
	Jitter float64
	// Unit rounds pauses up: time.Second for Retry-After as RFC 9110, section 10.2.3, has it. 0: none.
	Unit time.Duration
	// Tries is how many ways to be late are tried where there is jitter; 0: 128.
	Tries int
}

// Replayed is what a schedule comes to.
type Replayed struct {
	Schedule Schedule
	// Polls of an operation, on average; all but the last were answered "not yet".
	Polls float64
	// MeanLag is the mean of Lag: from the moment when the server was done to when the client knew.
	MeanLag time.Duration
	Lag     measure.Histogram
}

// The resolution of a replay: into how many points a bar of the histogram is cut, and how many polls
// of one operation are followed before the rest is skipped.
const (
	tries     = 128
	points    = 8
	mostPolls = 200_000
)

// Replay polls the workload by a schedule. The same arguments give the same answer: chance has a
// fixed seed. Its cost grows with the bars, and with the polls of the longest operation.
func (w Workload) Replay(s Schedule) Replayed {
	return w.replay(s, func(p *client) time.Duration {
		pause := s.Pause(p.at, p.polls, w.Unit)
		if w.Jitter > 0 {
			pause += time.Duration(w.Jitter * p.dice.Float64() * float64(pause))
		}
		return pause
	})
}

// replay polls the workload by pauses that may be left to chance.
func (w Workload) replay(s Schedule, pause func(*client) time.Duration) Replayed {
	r := Replayed{Schedule: s}
	times := 1
	if w.Jitter > 0 {
		times = cmp.Or(w.Tries, tries)
	}
	var polls, lag, weight float64
	for i := range times {
		dice := rand.New(rand.NewPCG(1, uint64(i)))
		p := client{w: w, pause: pause, dice: dice}
		p.step()
		for _, at := range w.instants(i, times) {
			done := time.Duration(at.at)
			for p.seen() < done && p.polls < mostPolls {
				p.step()
			}
			knew := max(p.at+w.Answer, done)
			polls += float64(p.polls) * at.weight
			lag += float64(knew-done) * at.weight
			weight += at.weight
			r.Lag.RecordN(knew-done, max(1, int64(at.weight*lagScale/float64(times))))
		}
	}
	if weight > 0 {
		r.Polls, r.MeanLag = polls/weight, time.Duration(lag/weight)
	}
	return r
}

// lagScale lets shares of an operation count in a histogram of whole numbers.
const lagScale = 1000

// client polls one operation.
type client struct {
	w      Workload
	pause  func(*client) time.Duration
	at     time.Duration // when the last poll left, since the answer to the submit
	polls  int
	before time.Duration // the last pause
	dice   *rand.Rand
}

// step sends the next poll.
func (p *client) step() {
	if p.polls > 0 {
		p.at += p.w.Answer
	}
	p.before = max(p.pause(p), time.Microsecond)
	p.at += p.before
	p.polls++
}

// seen is the moment of which the last poll's answer tells: the server reads its state half way.
func (p *client) seen() time.Duration { return p.at + p.w.Answer/2 }

// instant is a share of the operations, and when they were done.
type instant struct {
	at     float64
	weight float64
}

// instants cuts the bars into points, in the order of time. With several tries each takes
// others, so that together they cover the bars evenly.
func (w Workload) instants(i, of int) []instant {
	n := points
	if of > 1 {
		n = 1
	}
	list := make([]instant, 0, n*len(w.Work))
	for _, b := range w.Work {
		width := float64(b.To-b.From) + 1
		for k := range n {
			share := (float64(k) + (float64(i)+0.5)/float64(of)) / float64(n)
			list = append(list, instant{float64(b.From) + share*width, float64(b.Count) / float64(n)})
		}
	}
	return list
}

// count is how many operations there are, and mean how long they took.
func (w Workload) count() (n int64) {
	for _, b := range w.Work {
		n += b.Count
	}
	return n
}

func (w Workload) mean() time.Duration {
	sum, n := 0.0, 0.0
	for _, b := range w.Work {
		sum += (float64(b.From) + float64(b.To)) / 2 * float64(b.Count)
		n += float64(b.Count)
	}
	return time.Duration(sum / max(n, 1))
}

// quantile is the time that the share q of the operations does not exceed.
func (w Workload) quantile(q float64) time.Duration {
	rank, seen := q*float64(w.count()), 0.0
	for _, b := range w.Work {
		if seen += float64(b.Count); seen >= rank {
			return (b.From + b.To) / 2
		}
	}
	return 0
}
