package loadtest

import (
	"cmp"
	"slices"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/engine"
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
	"github.com/asyncctl/asyncctl/loadtest/measure"
)

// ending is the end of an operation's work by the server's clock, in nanoseconds: it can be compared
// with ours once the clocks are.
type ending struct {
	series            uint8
	server            int64 // Unix, the middle of what its rounding leaves open
	planned, accepted int64 // since the start of the run
	noticed           int64
}

// maxEndings bounds those that wait. By then the clocks have been compared often.
const maxEndings = 1 << 16

// known notes that the end of the work is known now, and when it was: by the server's word, else
// between the last answer that said "not yet" and this one.
func (w *worker) known(s *pending.Slot, x *engine.Exchange) {
	r := &w.series[s.Series]
	done := x.First - s.Planned
	r.Done.Record(time.Duration(done))
	w.sample.DoneIn.Record(done)
	w.fine.Done.Record(done)
	if at, rounded, ok := serverEnd(x.Body); ok {
		w.told[s.Series]++
		w.endings = append(w.endings, ending{
			series: s.Series, server: at.UnixNano() + int64(rounded/2), planned: s.Planned, accepted: s.Accepted, noticed: x.First,
		})
		switch {
		case w.plan.SameClock:
			w.settle(measure.Clock{Known: true})
		case len(w.endings) == maxEndings:
			w.settle(w.clocks.Clock())
		}
		return
	}
	from := s.Seen
	if from == pending.Never {
		from = s.Planned
	}
	w.settleOne(s.Series, from+(x.First-from)/2, s.Planned, s.Accepted, x.First)
}

// settle turns the ends by the server's clock into ours.
func (w *worker) settle(c measure.Clock) {
	for _, e := range w.endings {
		end := e.server - int64(c.Offset) - w.unix
		// It did not end before it was accepted, nor after we knew: what lies outside is the clocks'.
		w.settleOne(e.series, min(max(end, e.accepted), e.noticed), e.planned, e.accepted, e.noticed)
	}
	w.endings = w.endings[:0]
}

func (w *worker) settleOne(series uint8, end, planned, accepted, noticed int64) {
	r := &w.series[series]
	r.Work.Record(time.Duration(end - planned))
	r.Lag.Record(time.Duration(noticed - end))
	w.sampleOf(noticed).LagIn.Record(noticed - end)
	w.fine.Lag.Record(noticed - end)
	if accepted != pending.Never {
		r.Needed.Record(time.Duration(end - accepted))
	}
}

// sampleOf is the sample of a moment, which may be over.
func (w *worker) sampleOf(at int64) *measure.Sample {
	i, _ := slices.BinarySearchFunc(w.samples, at, func(s measure.Sample, at int64) int { return cmp.Compare(int64(s.At), at) })
	if i < len(w.samples) {
		return &w.samples[i]
	}
	return &w.sample
}
