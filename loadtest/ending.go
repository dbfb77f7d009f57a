package loadtest

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest/internal/engine"
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// ending is the end of an operation's work by the server's clock, in nanoseconds: it can be compared
// with ours once the clocks are.
type ending struct {
	series            uint8
	warm              bool
	server            int64 // Unix
	rounded           int64 // by how much it is rounded down at most
	planned, accepted int64 // since the start of the run
	notYet, noticed   int64 // it lies between them
}

// maxEndings bounds those that wait. By then the clocks have been compared often.
const maxEndings = 1 << 16

// known notes that the end of the work is known now, and when it was: somewhere between the sending of
// the last request that was answered "not yet" and this answer; at the moment that the server tells, if that lies there and
// stands in a document that names the state. What is only a result may hold any time of its own.
func (w *worker) known(s *pending.Slot, x *engine.Exchange, before lro.Phase) {
	r := w.of(s)
	done := x.Last - s.Planned
	r.Done.Record(time.Duration(done))
	w.sample.DoneIn.Record(done)
	w.fine.Done.Record(done)
	w.block(s).Done.Record(done)
	e := ending{
		series: s.Series, warm: w.isWarm(s.Planned), planned: s.Planned, accepted: s.Accepted, notYet: s.Seen, noticed: x.Last,
	}
	if e.notYet == pending.Never || before == lro.Submitting {
		e.notYet = s.Planned
	}
	s.Seen = x.Last
	at, rounded, ok := serverEnd(x.Body)
	if !ok || before != lro.Polling || !w.isStatus(x) {
		w.settleOne(&e, e.notYet, e.noticed)
		return
	}
	e.server, e.rounded = at.UnixNano(), int64(rounded)
	w.endings = append(w.endings, e)
	switch {
	case w.plan.SameClock:
		w.settle(measure.Clock{Known: true})
	case len(w.endings) == maxEndings:
		w.settle(w.clocks.Clock())
	}
}

// isStatus reports whether the answer to a poll names the state in a word: so it is a status document,
// and its times are the operation's. A redirect to the result may have one as its content.
func (w *worker) isStatus(x *engine.Exchange) bool {
	if x.Status/100 != 3 {
		return w.op.State.Terminal() && w.op.Native != ""
	}
	op := w.op
	op.Phase = lro.Polling
	got, err := w.Dialect.Read(op, lro.Reply{Status: http.StatusOK, Header: x.Head, Body: x.Body, At: w.Time(x.Last)})
	return err == nil && got.State.Terminal() && got.Native != ""
}

// roundedAway is by how much a time may be rounded and still count as a moment, not as an interval.
const roundedAway = int64(time.Millisecond)

// settle turns the ends by the server's clock into ours. An end that lies outside of what was
// observed, by more than the clocks leave open, is not believed: it is a time of something else, or of
// another zone.
func (w *worker) settle(c measure.Clock) {
	for i := range w.endings {
		e := &w.endings[i]
		from := e.server - int64(c.Offset) - w.unix
		to := from
		if e.rounded > roundedAway {
			to += e.rounded
		}
		slack := int64(c.Uncertainty) + e.rounded + roundedAway
		if !c.Known || to < e.notYet-slack || from > e.noticed+slack {
			w.seriesAt(e.series, e.warm).Counts.EndsDenied++
			w.settleOne(e, e.notYet, e.noticed)
			continue
		}
		from, to = min(max(from, e.notYet), e.noticed), min(max(to, e.notYet), e.noticed)
		if !e.warm && to-from <= roundedAway {
			w.told[e.series]++
		}
		w.settleOne(e, from, to)
	}
	w.endings = w.endings[:0]
}

// settleOne counts an operation whose work ended between two moments.
func (w *worker) settleOne(e *ending, from, to int64) {
	r := w.seriesAt(e.series, e.warm)
	r.Work.Record(time.Duration(to - e.planned))
	r.WorkLeast.Record(time.Duration(from - e.planned))
	r.Lag.Record(time.Duration(e.noticed - from))
	r.LagLeast.Record(time.Duration(e.noticed - to))
	w.sampleOf(e.noticed).LagIn.Record(e.noticed - from)
	w.fine.Lag.Record(e.noticed - from)
	if !e.warm {
		b := r.Blocks.At(time.Duration(e.planned))
		b.Work.Record(to - e.planned)
		b.Lag.Record(e.noticed - from)
	}
	if e.accepted != pending.Never {
		r.Needed.Record(time.Duration(to - e.accepted))
		r.NeededLeast.Record(time.Duration(from - e.accepted))
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
