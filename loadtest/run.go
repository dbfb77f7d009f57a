package loadtest

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/engine"
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
	"github.com/asyncctl/asyncctl/loadtest/measure"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Run carries the plan out and returns what it measured. If ctx ends it, the result is of what was
// done by then, and Result.Stopped holds the cause; that is no error. An error means that the plan
// cannot be run, or, beside a result, that the figures do not add up and must not be trusted.
func Run(ctx context.Context, p Plan) (*Result, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	workers, shared, err := p.hire(ctx)
	if err != nil {
		return nil, err
	}
	var all sync.WaitGroup
	for _, w := range workers {
		all.Go(w.work)
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	stopped := p.oversee(ctx, workers, shared, done)
	return p.conclude(workers, stopped)
}

// staff is how many workers there are.
func (p *Plan) staff() int {
	n := p.Workers
	if n == 0 {
		n = runtime.GOMAXPROCS(0)
	}
	return max(1, min(n, p.connections(), p.Load.inFlight()))
}

// hire makes the workers, ready to begin.
func (p *Plan) hire(ctx context.Context) ([]*worker, *run, error) {
	made, err := newRequests(p)
	if err != nil {
		return nil, nil, err
	}
	all, err := wire.NewOrigins(ctx, p.reach())
	if err != nil {
		return nil, nil, err
	}
	shared, start := &run{}, time.Now()
	workers := make([]*worker, p.staff())
	for k := range workers {
		w := &worker{
			Codec: pending.NewCodec(start, p.dialect(), p.Policy), meter: newMeter(p), plan: p, run: shared,
			requests: made, origins: all, whole: map[uint32]*lro.Operation{}, unix: start.UnixNano(),
			strategies: slices.Clone(p.strategies()), source: newSource(p, k, len(workers)),
			dice: rand.New(rand.NewPCG(p.Load.Seed, uint64(p.Shard*len(workers)+k+1))),
		}
		w.wheel = &pending.Wheel{Slots: &w.Slots}
		w.arrival, w.coming = w.source.next(0)
		if w.sender, err = engine.NewSender(p.sending(max(1, portion(p.connections(), k, len(workers)))), w, &w.Slots, w.now, all); err != nil {
			for _, earlier := range workers[:k] {
				earlier.sender.Close()
			}
			return nil, nil, err
		}
		workers[k] = w
	}
	return workers, shared, nil
}

// oversee shows the run while it goes on, and ends it when it must end. It returns why it did.
func (p *Plan) oversee(ctx context.Context, workers []*worker, shared *run, done <-chan struct{}) string {
	views, looks := time.NewTicker(p.every()), time.NewTicker(50*time.Millisecond)
	defer views.Stop()
	defer looks.Stop()
	stopped, interrupted := "", ctx.Done()
	v := &viewer{plan: p, start: workers[0].Start}
	for {
		select {
		case <-done:
			v.show(workers)
			return stopped
		case <-interrupted:
			stopped, interrupted = cmp.Or(stopped, context.Cause(ctx).Error()), nil
			shared.stop.Store(true)
		case <-views.C:
			v.show(workers)
		case <-looks.C:
			if n := shared.errors.Load(); p.MaxErrors > 0 && n >= p.MaxErrors && stopped == "" {
				stopped = fmt.Sprintf("max-errors: %d operations went wrong", n)
				shared.stop.Store(true)
			}
		}
	}
}

// viewer makes snapshots of what the workers show.
type viewer struct {
	plan  *Plan
	start time.Time
	total measure.Sample
}

func (v *viewer) show(workers []*worker) {
	if v.plan.Observe == nil {
		return
	}
	s := Snapshot{Elapsed: time.Since(v.start), Draining: true, Target: v.plan.Load.Operations, Until: v.plan.Load.length()}
	var total measure.Sample
	var all measure.Fines
	for _, st := range v.plan.strategies() {
		s.Series = append(s.Series, Live{Strategy: st.String()})
	}
	for _, w := range workers {
		w.live.Lock()
		for i := range s.Series {
			s.Series[i].Counts.Add(&w.live.counts[i])
		}
		total.Add(&w.live.total)
		all.Add(&w.live.fine)
		s.InFlight += w.live.inFlight
		s.Waiting += w.live.waiting
		s.Connections += w.live.open
		s.Draining = s.Draining && w.live.draining
		w.live.Unlock()
	}
	s.Sample = total.Less(&v.total)
	s.Sample.At, s.Sample.InFlight = s.Elapsed, s.InFlight
	v.total = total
	s.Done, s.Lag, s.Poll, s.Late = all.Done.Histogram(), all.Lag.Histogram(), all.Poll.Histogram(), all.Late.Histogram()
	v.plan.Observe(s)
}

// conclude merges what the workers measured.
func (p *Plan) conclude(workers []*worker, stopped string) (*Result, error) {
	r := &Result{
		Schema: Schema, Target: target(p.Request.URL), Dialect: spoken(workers), Started: workers[0].Start,
		Elapsed: time.Since(workers[0].Start), Load: p.Load.String(), Seed: p.Load.Seed, Stopped: stopped,
	}
	var merged measure.Clocks
	for _, w := range workers {
		merged.Merge(&w.clocks)
	}
	if r.Clock = merged.Clock(); p.SameClock {
		r.Clock = measure.Clock{Known: true}
	}
	for _, s := range p.strategies() {
		r.Series = append(r.Series, measure.Series{Strategy: s.String()})
	}
	for _, w := range workers {
		w.settle(r.Clock)
		w.tally()
		for i := range r.Series {
			r.Series[i].Add(&w.series[i])
		}
		r.Samples = sumSeconds(r.Samples, w.samples)
	}
	for i := range r.Series {
		finishSeries(&r.Series[i], workers, i)
	}
	r.Warnings = warnings(r)
	for _, w := range workers {
		w.Slots.Close()
		w.Blobs.Close()
	}
	return r, r.balance()
}

// target is a URL without what may be secret in it.
func target(absolute string) string {
	clean, _, _ := strings.Cut(absolute, "?")
	if scheme, rest, ok := strings.Cut(clean, "://"); ok {
		if authority, path, _ := strings.Cut(rest, "/"); strings.Contains(authority, "@") {
			return scheme + "://" + authority[strings.LastIndexByte(authority, '@')+1:] + "/" + path
		}
	}
	return clean
}
