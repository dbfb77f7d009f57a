package loadtest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
)

// sumSeconds adds the seconds of another worker, which began at the same time.
func sumSeconds(all, more []measure.Sample) []measure.Sample {
	for i := range more {
		if i == len(all) {
			all = append(all, more[i])
			continue
		}
		at := max(all[i].At, more[i].At)
		all[i].Add(&more[i])
		all[i].At = at
	}
	return all
}

// tally counts what is not over, by looking at every slot: nothing else says so.
func (w *worker) tally(end int64) {
	for i := range w.Slots.Chunks {
		for j := range w.Slots.Chunks[i] {
			s := &w.Slots.Chunks[i][j]
			if s.Flags&pending.IsLive == 0 {
				continue
			}
			id := uint32(i<<pending.SlabShift | j)
			c := &w.of(s).Counts
			c.Pending++
			w.concludeOne(s, end)
			if !w.polls(id, s) {
				continue
			}
			switch {
			case s.Flags&pending.IsInFlight != 0:
				c.PollsOpen++
				w.of(s).Open.Poll.Record(time.Duration(end - s.Due))
			case s.Due <= end:
				c.PollsUnsent++
			}
			if w.plan.Records {
				w.restore(id, s)
				w.record(s, "pending", "", w.op.StatusURL)
			}
		}
	}
}

// unreached counts the arrivals that the run did not come to, because it was ended.
func (w *worker) unreached() {
	if !w.coming {
		return
	}
	// Which series they would have belonged to is the decks' business; few runs are ended, and those
	// have few left.
	n := w.source.rest(w.arrival, &w.plan.Load)
	share, rest := n/int64(len(w.series)), n%int64(len(w.series))
	for i := range w.series {
		c := &w.series[i].Counts
		c.Unreached += share
		if int64(i) < rest {
			c.Unreached++
		}
		c.Planned += share
		if int64(i) < rest {
			c.Planned++
		}
	}
}

// conclude merges what the workers measured.
func (p *Plan) conclude(workers []*worker, stopped string) (*Result, error) {
	end := workers[0].now()
	r := &Result{
		Schema: Schema, Target: cmp.Or(p.Target, show.URL(p.kinds()[0].Request.URL)), Dialect: spoken(workers),
		Started: workers[0].Start, Elapsed: time.Duration(end), Load: p.Load.String(), Seed: p.Load.Seed, Stopped: stopped, Warmup: p.Warmup,
	}
	var merged measure.Clocks
	for _, w := range workers {
		merged.Merge(&w.clocks)
	}
	if r.Clock = merged.Clock(); p.SameClock {
		r.Clock = measure.Clock{Known: true}
	}
	for _, s := range workers[0].series {
		r.Series = append(r.Series, measure.Series{Strategy: s.Strategy, Kind: s.Kind})
	}
	for _, w := range workers {
		w.settle(r.Clock)
		w.tally(end)
		w.unreached()
		for i := range r.Series {
			r.Series[i].Add(&w.series[i])
			r.Warmed.Add(&w.warmed[i].Counts)
		}
		r.Samples = sumSeconds(r.Samples, w.samples)
		r.Arrived = max(r.Arrived, time.Duration(w.arrived(end)))
		if p.Records && len(w.records) > 0 {
			p.Observe(Event{Records: w.records})
		}
	}
	for i := range r.Series {
		finishSeries(&r.Series[i], workers, i)
	}
	r.Part = p.part(r)
	r.Warnings = p.warnings(r, workers)
	for _, w := range workers {
		w.Slots.Close()
		w.Blobs.Close()
	}
	return r, r.balance()
}

// arrived is when the arrivals of a worker ended.
func (w *worker) arrived(end int64) int64 {
	if w.coming {
		return end
	}
	return w.until
}

// spoken is the dialect of the last operation that a reply was read of; "" if there was none.
func spoken(workers []*worker) string {
	for _, w := range workers {
		if w.op.Dialect != "" && w.heard {
			return w.op.Dialect
		}
	}
	return ""
}

// finishSeries adds up what is not in a worker's series.
func finishSeries(s *measure.Series, workers []*worker, i int) {
	classes := map[problemKey]*measure.ErrorClass{}
	toldBy := int64(0)
	for _, w := range workers {
		toldBy += w.told[i]
		for key, class := range w.errors[i] {
			if classes[key] == nil {
				classes[key] = &measure.ErrorClass{Reason: key.reason, Operations: key.operations, Example: class.Example}
			}
			classes[key].Count += class.Count
		}
	}
	for _, class := range classes {
		s.Errors = append(s.Errors, *class)
	}
	slices.SortFunc(s.Errors, func(a, b measure.ErrorClass) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	switch ends := s.Lag.Count(); {
	case ends == 0:
		s.Truth = ""
	case toldBy == 0:
		s.Truth = measure.TruthBounded
	case toldBy == ends:
		s.Truth = measure.TruthServer
	default:
		s.Truth = measure.TruthMixed
	}
}

// balance reports whether every operation is accounted for.
func (r *Result) balance() error {
	for _, s := range r.Series {
		if c := &s.Counts; !c.Balanced() {
			return fmt.Errorf("the figures of %s do not add up, which is a bug of ours: %+v", s.Name(), *c)
		}
	}
	return nil
}
