package load

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/loadtest/judge"
	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// trial polls a mock that takes as long as the measured server did, in a shorter time: all times are
// divided by the same number.
type trial struct {
	faster   float64
	strategy loadtest.Strategy
	feed     *loadtest.Feed
	work     []measure.Bar
	interval time.Duration
}

// The size of a trial: how many operations, how many of them arrive in a second, and how long all but
// the longest of them take at most.
const (
	trialOperations = 1500
	trialRate       = 500
	trialLongest    = 6 * time.Second
)

// figureOff is one figure of a trial, and how far it is off the prediction.
type figureOff struct {
	name, predicted, measured string
	off                       float64
	decides                   bool
}

func newTrial(r *loadtest.Result, advice *judge.Advice) (*trial, error) {
	t := &trial{faster: max(1, float64(advice.WorkP99)/float64(trialLongest))}
	scaled := func(d time.Duration) time.Duration { return time.Duration(float64(d) / t.faster) }
	var work measure.Histogram
	for i := range r.Series {
		work.Merge(&r.Series[i].Needed)
	}
	var faster measure.Histogram
	durations := make([]time.Duration, trialOperations)
	for i := range durations {
		durations[i] = scaled(work.Quantile((float64(i) + 0.5) / trialOperations)).Round(10 * time.Microsecond)
		faster.Record(durations[i])
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(durations), func(i, j int) { durations[i], durations[j] = durations[j], durations[i] })
	interval := max(scaled(advice.Header.Schedule.Then), time.Millisecond)
	var err error
	if t.strategy, err = loadtest.ParseStrategy("fixed:" + interval.String()); err != nil {
		return nil, err
	}
	var lines strings.Builder
	for _, d := range durations {
		fmt.Fprintf(&lines, "{\"duration\":%q}\n", d)
	}
	if t.feed, err = loadtest.ReadNDJSON(strings.NewReader(lines.String())); err != nil {
		return nil, err
	}
	t.work, t.interval = faster.Bars(), interval
	return t, nil
}

// run measures.
func (t *trial) run(ctx context.Context) ([]figureOff, error) {
	live := mockserver.NewServer(nil, &mockserver.Server{})
	defer live.Close()
	result, err := loadtest.Run(ctx, loadtest.Plan{
		Request:    lro.Request{Method: "POST", URL: live.URL + "/operations?asyncctl.duration={{.duration}}"},
		Feed:       t.feed,
		Load:       loadtest.Load{Rate: trialRate, Operations: trialOperations, Seed: 1},
		Strategies: []loadtest.Strategy{t.strategy},
		SkipResult: true, SameClock: true,
	})
	if err != nil {
		return nil, err
	}
	s := &result.Series[0]
	if s.Counts.Succeeded < trialOperations*9/10 {
		return nil, fmt.Errorf("the trial did not come off: %d of %d operations succeeded", s.Counts.Succeeded, trialOperations)
	}
	lag := func(name string, predicted, measured time.Duration, decides bool) figureOff {
		back := func(d time.Duration) string { return render.Duration(time.Duration(float64(d) * t.faster)) }
		return figureOff{name, back(predicted), back(measured), float64(measured)/float64(max(predicted, 1)) - 1, decides}
	}
	polls := float64(s.Counts.PollsSent) / float64(s.Counts.Submitted)
	// What a busy machine adds to each poll is measured, too: it is not the replay's to predict.
	replayed := judge.Workload{Work: t.work, Answer: s.Poll.Mean()}.Replay(judge.Fixed(t.interval))
	p := &replayed
	return []figureOff{
		{"polls an operation", fmt.Sprintf("%.2f", p.Polls), fmt.Sprintf("%.2f", polls), polls/p.Polls - 1, true},
		lag("lag, mean", p.MeanLag, s.Lag.Mean(), true),
		lag("lag, p50", p.Lag.Quantile(0.5), s.Lag.Quantile(0.5), false),
		lag("lag, p90", p.Lag.Quantile(0.9), s.Lag.Quantile(0.9), false),
	}, nil
}
