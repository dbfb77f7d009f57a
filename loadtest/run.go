package loadtest

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest/internal/engine"
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Run carries the plan out and returns what it measured. If ctx ends it, the result is of what was
// done by then, and Result.Stopped holds the cause; that is no error. An error means that the plan
// cannot be run, or, beside a result, that the figures do not add up and must not be trusted.
func Run(ctx context.Context, p Plan) (*Result, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	p.made = time.Now()
	workers, shared, err := p.hire(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.await(ctx); err != nil {
		return nil, err
	}
	p.clock(workers)
	var all sync.WaitGroup
	for _, w := range workers {
		all.Go(w.work)
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	stopped := p.oversee(ctx, workers, shared, done)
	return p.conclude(workers, stopped)
}

// await waits for the moment at which the run begins.
func (p *Plan) await(ctx context.Context) error {
	left := time.Until(p.StartAt)
	if p.StartAt.IsZero() || left <= 0 {
		return nil
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("the run was to begin at %s: %w", p.StartAt.Format(time.RFC3339), context.Cause(ctx))
	}
}

// clock starts the clock of the workers: now, or at the moment that the plan names. What was due before
// now is missed then.
func (p *Plan) clock(workers []*worker) {
	start := time.Now()
	if !p.StartAt.IsZero() {
		start = start.Add(p.StartAt.Sub(start)) // with the monotonic clock
	}
	for _, w := range workers {
		w.Start, w.unix, w.begun = start, start.UnixNano(), max(0, int64(time.Since(start)))
		if p.StartAt.IsZero() {
			w.begun = 0
		}
		w.second = (w.begun/int64(time.Second) + 1) * int64(time.Second) // those before are no part of the run
	}
}

// run is what workers share: when they must stop, and how much has gone wrong.
type run struct {
	stop      atomic.Bool
	errors    atomic.Int64
	maxErrors int64 // 0: no bound
	records   chan []Record
	keys      *keys
}

// wrong counts an operation that went wrong, and stops the run at the bound: with that one, not later.
func (r *run) wrong() {
	if n := r.errors.Add(1); r.maxErrors > 0 && n >= r.maxErrors {
		r.stop.Store(true)
	}
}

// full reports whether the bound on errors is reached.
func (r *run) full() bool { return r.maxErrors > 0 && r.errors.Load() >= r.maxErrors }

// staff is how many workers there are.
func (p *Plan) staff() int {
	n := p.Workers
	if n == 0 {
		n = runtime.GOMAXPROCS(0)
	}
	return max(1, min(n, p.connections(), p.inFlight()))
}

// hire makes the workers, ready to begin.
func (p *Plan) hire(ctx context.Context) ([]*worker, *run, error) {
	made, err := newSubmits(p)
	if err != nil {
		return nil, nil, err
	}
	keys, err := newKeys(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	reach := p.reach()
	reach.Header = keys.header(p.Header)
	all, err := wire.NewOrigins(ctx, reach)
	if err != nil {
		return nil, nil, err
	}
	shared, start := &run{maxErrors: p.maxErrors(), records: make(chan []Record, 16), keys: keys}, time.Now()
	workers := make([]*worker, p.staff())
	for k := range workers {
		w := &worker{
			Codec: pending.NewCodec(start, p.dialect(), &p.Policy), meter: newMeter(p), plan: p, run: shared,
			requests: made.clone(), origins: all.With(reach.Header), whole: map[uint32]*lro.Operation{}, unix: start.UnixNano(),
			strategies: slices.Clone(p.strategies()), source: newSource(p, k, len(workers)),
			strategyOf: p.strategyDeck(), kindOf: p.kindDeck(), warm: int64(p.Warmup),
		}
		w.wheel = &pending.Wheel{Slots: &w.Slots}
		connections := max(1, portion(p.connections(), k, len(workers)))
		w.limit = connections
		w.arrival, w.coming = w.source.next(0)
		if w.sender, err = engine.NewSender(p.sending(connections), w, &w.Slots, w.now, w.origins); err != nil {
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
	v := &viewer{plan: p, start: workers[0].Start, target: p.Load.Operations}
	full := func() {
		if n := shared.errors.Load(); shared.full() && stopped == "" {
			stopped = fmt.Sprintf("max-errors: %d operations went wrong", n)
		}
	}
	for {
		select {
		case <-done:
			full()
			v.drain(shared)
			v.show(workers)
			return stopped
		case <-interrupted:
			stopped, interrupted = cmp.Or(stopped, context.Cause(ctx).Error()), nil
			shared.stop.Store(true)
		case <-views.C:
			v.show(workers)
		case records := <-shared.records:
			p.Observe(Event{Records: records})
		case <-looks.C:
			full()
		}
	}
}

// viewer makes snapshots of what the workers show.
type viewer struct {
	plan   *Plan
	start  time.Time
	total  measure.Sample
	fine   measure.Fines
	target int64
}

// drain hands over the records that are left.
func (v *viewer) drain(shared *run) {
	for {
		select {
		case records := <-shared.records:
			v.plan.Observe(Event{Records: records})
		default:
			return
		}
	}
}

func (v *viewer) show(workers []*worker) {
	if v.plan.Observe == nil {
		return
	}
	s := Snapshot{Elapsed: time.Since(v.start), Draining: true, Target: v.target, Until: v.plan.Load.length()}
	var total measure.Sample
	var all measure.Fines
	for i := range workers[0].series { // their names alone: the rest of them is the worker's
		series := &workers[0].series[i]
		s.Series = append(s.Series, Live{Strategy: series.Strategy, Kind: series.Kind})
	}
	for _, w := range workers {
		w.live.Lock()
		for i := range s.Series {
			s.Series[i].Counts.Add(&w.live.counts[i])
		}
		total.AddCounts(&w.live.total)
		all.Add(&w.live.fine)
		s.InFlight += w.live.inFlight
		s.Waiting += w.live.waiting
		s.Connections += w.live.open
		s.RequestErrors += w.live.errors
		s.Draining = s.Draining && w.live.draining
		w.live.Unlock()
	}
	s.Sample = total.Less(&v.total)
	s.Sample.At, s.Sample.InFlight = s.Elapsed, s.InFlight
	s.Sample.DoneIn, s.Sample.LagIn = all.Done.Since(&v.fine.Done), all.Lag.Since(&v.fine.Lag)
	s.Sample.Latency, s.Sample.Late = all.Poll.Since(&v.fine.Poll), all.Late.Since(&v.fine.Late)
	v.total, v.fine = total, all
	s.Done, s.Lag, s.Poll, s.Late = all.Done.Histogram(), all.Lag.Histogram(), all.Poll.Histogram(), all.Late.Histogram()
	v.plan.Observe(Event{Snapshot: &s})
}
