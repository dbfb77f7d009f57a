package judge

import (
	"fmt"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Proof holds the replay of a strategy against what the run measured of that very strategy: if the
// model cannot tell what did happen, it cannot tell what would.
type Proof struct {
	Strategy string `json:"strategy"`
	// Checked reports whether the strategy could be replayed; Note says why not, or what differs.
	Checked bool   `json:"checked"`
	Holds   bool   `json:"holds"`
	Note    string `json:"note,omitempty"`
	// Polls of an operation and the mean lag, as replayed and as measured; the measured lag lies between
	// Least and Most.
	ReplayedPolls float64       `json:"replayed_polls"`
	MeasuredPolls float64       `json:"measured_polls"`
	ReplayedLag   time.Duration `json:"replayed_lag_ns"`
	LeastLag      time.Duration `json:"measured_lag_least_ns"`
	MostLag       time.Duration `json:"measured_lag_most_ns"`
}

// tolerance is how far the replay may be off what was measured.
const tolerance = 0.1

// prove replays a series; false if nothing of it was measured.
func (w Workload) prove(s *measure.Series, clock measure.Clock) (Proof, bool) {
	p := Proof{Strategy: s.Name()}
	if s.Lag.Count() == 0 {
		return p, false
	}
	strategy, err := loadtest.ParseStrategy(s.Strategy)
	if err != nil {
		p.Note = "the strategy is not known here"
		return p, true
	}
	hint, constant := hintOf(s)
	switch {
	case strategy == loadtest.Server && !constant:
		p.Note = "the server's hints differ from poll to poll: the strategy cannot be replayed"
		return p, true
	case s.Counts.Throttled > 0 || s.Counts.PollsFailed > 0:
		p.Note = "polls were refused or failed: the strategy cannot be replayed"
		return p, true
	}
	w.Unit, w.Jitter, w.Tries = 0, 0.1, 32
	w.Answer = time.Duration(s.Poll.MeanValue()) // with the lateness of the run itself
	r := w.replay(Schedule{}, func(c *client) time.Duration { return strategyPause(strategy, hint, c) })
	p.Checked, p.ReplayedPolls, p.ReplayedLag = true, r.Polls, r.MeanLag
	p.MeasuredPolls, p.MostLag, p.LeastLag = s.Polls.MeanValue(), time.Duration(s.Lag.MeanValue()), time.Duration(s.LagLeast.MeanValue())
	p.judge(clock.Uncertainty + 2*w.Answer)
	return p, true
}

func (p *Proof) judge(slack time.Duration) {
	off := func(predicted, least, most float64) bool {
		return predicted < least*(1-tolerance) || predicted > most*(1+tolerance)
	}
	slack += lateSlack
	switch {
	case off(p.ReplayedPolls, p.MeasuredPolls, p.MeasuredPolls):
		p.Note = fmt.Sprintf("%s took %.3g polls an operation, replayed it takes %.3g", p.Strategy, p.MeasuredPolls, p.ReplayedPolls)
	case off(float64(p.ReplayedLag), float64(p.LeastLag-slack), float64(p.MostLag+slack)):
		p.Note = fmt.Sprintf("the mean lag of %s was %v, replayed it is %v", p.Strategy, significant(p.MostLag), significant(p.ReplayedLag))
	default:
		p.Holds = true
	}
}

// lateSlack is what the ticks of the run's queue and the system's scheduler may add.
const lateSlack = 5 * time.Millisecond

// hintOf is the server's hint, and reports whether it was always the same.
func hintOf(s *measure.Series) (time.Duration, bool) {
	if s.Asked.Count() == 0 {
		return 0, true
	}
	low, high := s.Asked.Quantile(0.05), s.Asked.Quantile(0.95)
	return s.Asked.Quantile(0.5), high-low <= s.Asked.Quantile(0.5)/20
}

// strategyPause is when a client of the run polls next.
func strategyPause(s loadtest.Strategy, hint time.Duration, c *client) time.Duration {
	now := time.Unix(0, 0)
	op := lro.Operation{Phase: lro.Polling, Polls: c.polls}
	if hint > 0 {
		op.Hinted, op.Hint, op.NotBefore = true, hint, now.Add(hint)
	}
	return s.Due(&op, now, c.before, c.dice.Float64()).Sub(now)
}
