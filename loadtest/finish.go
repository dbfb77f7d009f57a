package loadtest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"syscall"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/engine"
	"github.com/asyncctl/asyncctl/loadtest/internal/http2"
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// left notes that a request is on its way. One that goes over a second connection left before.
func (w *worker) left(id uint32, s *pending.Slot, now int64) {
	if s.Flags&pending.IsInFlight != 0 {
		return
	}
	s.Flags |= pending.IsInFlight
	r := &w.series[s.Series]
	late := s.Picked - s.Due
	r.Late.Record(time.Duration(late))
	w.sample.Late.Record(late)
	w.fine.Late.Record(late)
	r.Connection.Record(time.Duration(now - s.Picked))
	if s.Stage == pending.Unsent || s.Stage == pending.Whole && w.whole[id].Phase != lro.Polling {
		return
	}
	r.Counts.PollsSent++
	w.sample.Polls++
	s.Sends++
	if s.Floor != pending.Never && now < s.Floor && s.Stage == pending.Compact {
		r.Counts.PollsEarly++
	}
}

// Finish takes the end of an exchange: one step of the protocol.
func (w *worker) Finish(x *engine.Exchange) {
	s := w.Slots.At(x.Id)
	s.Flags &^= pending.IsInFlight
	w.restore(x.Id, s)
	before, interval := w.op.Phase, time.Duration(0)
	if s.Seen != pending.Never {
		interval = time.Duration(max(0, s.Due-s.Seen))
	}
	w.count(s, x)
	w.op = lro.Next(w.Dialect, w.op, lro.Reply{
		Status: x.Status, Header: x.Head, Body: x.Body, More: x.More, At: w.Time(x.First), Err: x.Err, Unsent: x.Unsent,
	})
	w.measure(s, x, before)
	if w.op.Done() {
		w.end(x.Id, s)
		return
	}
	w.schedule(s, x, interval)
}

// count takes what does not depend on the meaning of the answer.
func (w *worker) count(s *pending.Slot, x *engine.Exchange) {
	if x.Sent == pending.Never {
		return
	}
	r := &w.series[s.Series]
	r.Counts.Requests++
	r.Counts.BytesIn += int64(x.In)
	r.Counts.BytesOut += int64(x.Out)
	w.sample.BytesIn += int64(x.In)
	if x.Resent {
		r.Counts.Requests++
		r.Counts.Resent++
	}
	if x.Status == 0 {
		return
	}
	r.Server.Record(time.Duration(x.First - x.Sent))
	if x.Status == http.StatusTooManyRequests {
		r.Counts.Throttled++
		w.sample.Throttled++
	}
	w.clocks.Learn(x.Head.Get("Date"), w.unix+x.Sent, w.unix+x.First)
}

// measure takes what the answer means, by what had been asked.
func (w *worker) measure(s *pending.Slot, x *engine.Exchange, before lro.Phase) {
	r := &w.series[s.Series]
	waited := time.Duration(x.First - s.Due)
	answered := x.Status != 0
	switch before {
	case lro.Submitting:
		if w.op.Phase != lro.Submitting && answered {
			r.Accept.Record(time.Duration(x.First - s.Planned))
			s.Seen = x.First
		}
		if w.op.Phase == lro.Submitting && w.op.Resends > 0 {
			r.Counts.Resent++
		}
	case lro.Polling:
		if answered {
			r.Poll.Record(waited)
			w.sample.Latency.Record(int64(waited))
			w.fine.Poll.Record(int64(waited))
		}
		if w.op.Phase == lro.Polling && w.op.Misses == 0 {
			r.Counts.PollsWasted++
			w.sample.Wasted++
			s.Seen = x.First
		}
	case lro.Fetching:
		if answered && w.op.Done() {
			r.Result.Record(time.Duration(x.Last - s.Due))
		}
	}
	if w.op.HintNote == lro.HintTaken || w.op.HintNote == lro.HintCapped {
		r.Asked.Record(w.op.Hint)
	}
	if w.op.Misses > 0 || x.Err != nil {
		w.trouble(s, x)
	}
	if s.Flags&pending.IsTold == 0 && w.ended() {
		s.Flags |= pending.IsTold
		w.known(s, x)
	}
}

// ended says whether the server's word about the end is known by now.
func (w *worker) ended() bool {
	switch w.op.Phase {
	case lro.Fetching:
		return true
	case lro.Ended:
		return w.op.Outcome == lro.Succeeded || w.op.Outcome == lro.Failed || w.op.Outcome == lro.Cancelled
	}
	return false
}

// trouble counts an answer that was none, or one that failed in passing.
func (w *worker) trouble(s *pending.Slot, x *engine.Exchange) {
	switch {
	case x.Err != nil:
		w.problem(s.Series, errorName(x.Err), x.Err.Error())
	case x.Status >= 400:
		w.problem(s.Series, fmt.Sprintf("http %d", x.Status), string(x.Body[:min(len(x.Body), 200)]))
	}
}

// errorName is a stable word for what broke an exchange.
func errorName(err error) string {
	var said *http2.Error
	var alert tls.AlertError
	var record tls.RecordHeaderError
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.As(err, &said):
		return "http2 " + said.Code.String()
	case errors.As(err, &alert), errors.As(err, &record), errors.As(err, &untrusted):
		return "tls"
	case errors.Is(err, engine.ErrTimeout), errors.Is(err, engine.ErrDialTimeout):
		return "timeout"
	case errors.Is(err, engine.ErrClosed):
		return "closed"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "reset"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "no-port"
	case errors.Is(err, lro.ErrForbidden):
		return string(lro.ForbiddenHop)
	}
	return "connection"
}

// schedule sets when the next request is due, and queues it, or sends it at once.
func (w *worker) schedule(s *pending.Slot, x *engine.Exchange, interval time.Duration) {
	if w.plan.SkipResult && w.op.Phase == lro.Fetching {
		w.op.Outcome, w.op.Phase = lro.Succeeded, lro.Ended
		w.end(x.Id, s)
		return
	}
	strategy := &w.strategies[s.Series]
	due := w.Moment(strategy.Due(&w.op, w.Time(x.First), interval, w.dice.Float64()))
	s.Due = min(due, s.Planned+int64(w.plan.patience()))
	if s.Due == x.First { // at once, not with the next tick of the wheel
		target := w.op.Next.URL
		w.store(x.Id, s)
		w.ask(x.Id, s, target)
		return
	}
	w.store(x.Id, s)
	w.wheel.Add(x.Id)
}

// end closes an operation and counts its fate.
func (w *worker) end(id uint32, s *pending.Slot) {
	r := &w.series[s.Series]
	c := &r.Counts
	w.sample.Ended++
	if w.op.Outcome != lro.Succeeded {
		w.sample.Failed++
	}
	switch w.op.Outcome {
	case lro.Succeeded:
		c.Succeeded++
	case lro.Failed:
		c.Failed++
	case lro.Cancelled:
		c.Cancelled++
	case lro.Refused:
		c.Refused++
	case lro.Gone:
		c.Gone++
	case lro.Timeout:
		c.TimedOut++
	case lro.Lost:
		c.Lost++
	}
	if w.op.Outcome != lro.Succeeded {
		w.problem(s.Series, string(w.op.Reason), w.op.Why())
	}
	if w.op.Outcome >= lro.Refused {
		w.run.errors.Add(1)
	}
	r.Polls.Record(time.Duration(s.Sends))
	if s.Stage == pending.Whole {
		w.forget(id)
	}
	w.Drop(s)
	w.Slots.Give(id)
}
