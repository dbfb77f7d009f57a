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

// left notes that a request is on its way. One that goes over a second connection left before. All
// that it is later than its moment is the generator's own: the loop that came round too late, the
// wait for a connection, and the time to open one.
func (w *worker) left(id uint32, s *pending.Slot, now int64) {
	if s.Flags&pending.IsInFlight != 0 {
		return
	}
	s.Flags |= pending.IsInFlight
	s.Keys = uint8(w.keyed)
	r := w.of(s)
	late := now - s.Due
	r.Late.Record(time.Duration(late))
	w.sample.Late.Record(late)
	w.fine.Late.Record(late)
	r.Connection.Record(time.Duration(now - s.Picked))
	if s.Stage == pending.Unsent {
		r.LateSubmits.Record(time.Duration(late))
	}
	if !w.polls(id, s) {
		return
	}
	r.Counts.PollsSent++
	w.sample.Polls++
	s.Sends++
	if s.Floor != pending.Never && now < s.Floor && s.Stage == pending.Compact {
		r.Counts.PollsEarly++
	}
}

// polls reports whether the next request of a slot is a poll.
func (w *worker) polls(id uint32, s *pending.Slot) bool {
	return s.Stage == pending.Compact || s.Stage == pending.Whole && w.whole[id].Phase == lro.Polling
}

// Finish takes the end of an exchange: one step of the protocol.
func (w *worker) Finish(x *engine.Exchange) {
	s := w.Slots.At(x.Id)
	polled := s.Flags&pending.IsInFlight != 0 && w.polls(x.Id, s)
	s.Flags &^= pending.IsInFlight
	w.count(s, x, polled)
	if w.renews(x.Id, s, x, polled) {
		return
	}
	w.restore(x.Id, s)
	before, interval := w.op.Phase, time.Duration(0)
	if s.Seen != pending.Never {
		interval = time.Duration(max(0, s.Due-s.Seen))
	}
	w.op = lro.Next(w.Dialect, w.op, lro.Reply{
		Status: x.Status, Header: x.Head, Body: x.Body, More: x.More, At: w.Time(x.Last), Err: x.Err, Unsent: x.Unsent,
	})
	w.heard = w.heard || x.Status != 0
	w.measure(s, x, before, polled)
	w.keepCookies(s, x)
	if w.op.Done() {
		w.end(x.Id, s)
		return
	}
	w.schedule(s, x, interval)
}

// renews reports whether a request is sent again with new credentials, which are asked for: once for
// each request that a 401 answers, however many come.
func (w *worker) renews(id uint32, s *pending.Slot, x *engine.Exchange, polled bool) bool {
	again := s.Flags&pending.IsRenewed != 0
	s.Flags &^= pending.IsRenewed
	if x.Status != http.StatusUnauthorized || again || w.plan.Credentials == nil || w.run.keys.failed.Load() != nil {
		return false
	}
	r := w.of(s)
	r.Counts.Resent++
	if polled {
		r.Counts.PollsFailed++
	}
	w.problem(s, "http 401", "the credentials had expired: they were renewed")
	w.run.keys.renew(w.keyed)
	s.Flags |= pending.IsRenewed
	s.Due = w.now() + renewalPause
	w.wheel.Add(id)
	return true
}

// count takes what does not depend on the meaning of the answer.
func (w *worker) count(s *pending.Slot, x *engine.Exchange, polled bool) {
	r := w.of(s)
	if x.Sent == pending.Never {
		r.Counts.Unsent++
		return
	}
	r.Counts.Requests++
	r.Counts.BytesIn += int64(x.In)
	r.Counts.BytesOut += int64(x.Out)
	w.sample.BytesIn += int64(x.In)
	if x.Resent {
		r.Counts.Requests++
		r.Counts.Resent++
		if polled { // the first try, which nothing answered
			r.Counts.PollsSent++
			r.Counts.PollsFailed++
			w.sample.Polls++
			s.Sends++
			if s.Floor != pending.Never && x.Sent < s.Floor {
				r.Counts.PollsEarly++
			}
		}
	}
	if x.Status == 0 {
		r.Open.Server.Record(time.Duration(x.Last - x.Sent))
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
func (w *worker) measure(s *pending.Slot, x *engine.Exchange, before lro.Phase, polled bool) {
	r := w.of(s)
	answered := x.Status != 0
	if w.op.Misses > 0 || x.Err != nil {
		w.trouble(s, x)
	}
	switch before {
	case lro.Submitting:
		if w.op.Phase != lro.Submitting && answered {
			r.Accept.Record(time.Duration(x.Last - s.Planned))
			s.Flags |= pending.IsAnswered
			s.Seen = x.Sent
		}
		if w.op.Phase == lro.Submitting && w.op.Resends > 0 {
			r.Counts.Resent++
		}
	case lro.Polling:
		w.measurePoll(s, x, polled)
	case lro.Fetching:
		if answered && w.op.Done() {
			r.Result.Record(time.Duration(x.Last - s.Due))
			s.Flags |= pending.IsFetched
		}
	}
	if w.op.HintNote == lro.HintTaken || w.op.HintNote == lro.HintCapped {
		r.Asked.Record(w.op.Hint)
	}
	if s.Flags&pending.IsTold == 0 && w.ended() {
		s.Flags |= pending.IsTold
		w.known(s, x, before)
	}
}

// measurePoll puts each poll that was sent into exactly one of the counts.
func (w *worker) measurePoll(s *pending.Slot, x *engine.Exchange, polled bool) {
	r := w.of(s)
	waited := x.Last - s.Due
	if x.Status != 0 {
		r.Poll.Record(time.Duration(waited))
		w.sample.Latency.Record(waited)
		w.fine.Poll.Record(waited)
	} else {
		r.Open.Poll.Record(time.Duration(x.Last - s.Due))
	}
	notYet := w.op.Phase == lro.Polling && w.op.Misses == 0
	if notYet {
		s.Seen = x.Sent // the server looked at its state after that, not when its answer came
	}
	switch {
	case !polled:
	case notYet:
		r.Counts.PollsWasted++
		w.sample.Wasted++
	case w.op.Misses > 0 || x.Err != nil || w.op.Done() && w.op.Outcome >= lro.Refused:
		r.Counts.PollsFailed++
	default:
		r.Counts.PollsTold++
	}
}

// ended reports whether the server's word about the end is known by now.
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
		w.problem(s, errorName(x.Err), x.Err.Error())
	case x.Status >= 400:
		w.problem(s, fmt.Sprintf("http %d", x.Status), string(x.Body[:min(len(x.Body), 200)]))
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
		return "connection-refused"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "no-port"
	case errors.Is(err, lro.ErrForbidden):
		return string(lro.ForbiddenHop)
	}
	return "connection"
}

// schedule sets when the next request is due, and queues it, or sends it at once.
func (w *worker) schedule(s *pending.Slot, x *engine.Exchange, interval time.Duration) {
	if w.op.Phase == lro.Fetching {
		s.Flags |= pending.IsFetching
	}
	if w.plan.SkipResult && w.op.Phase == lro.Fetching {
		s.Flags &^= pending.IsFetching
		w.op.Outcome, w.op.Phase = lro.Succeeded, lro.Ended
		w.end(x.Id, s)
		return
	}
	strategy := &w.strategies[int(s.Series)%len(w.strategies)]
	due := w.Moment(strategy.Due(&w.op, w.Time(x.Last), interval, chance(w.plan.Load.Seed, s.Index, s.Sends<<8+uint32(w.op.Misses+w.op.Resends))))
	s.Due = min(due, s.Planned+int64(w.plan.patience()))
	if s.Due == x.Last { // at once, not with the next tick of the wheel
		target := w.op.Next.URL
		w.store(x.Id, s)
		w.ask(x.Id, s, target)
		return
	}
	w.store(x.Id, s)
	w.wheel.Add(x.Id)
}

// keepCookies keeps what the home origin set for the operation, whose other requests carry it. A copy
// is made: the strings of w.op may point into what is given back.
func (w *worker) keepCookies(s *pending.Slot, x *engine.Exchange) {
	if x.Status == 0 || x.Head.Get("Set-Cookie") == "" || w.op.Done() {
		return
	}
	values := []string{x.Head.Get("Set-Cookie")}
	if many, ok := x.Head.(interface{ Values(string) []string }); ok {
		values = many.Values("Set-Cookie")
	}
	w.SetCookies(s, values)
}

// renewalPause is how long a request waits for new credentials at a time.
const renewalPause = int64(50 * time.Millisecond)

// end closes an operation and counts its fate.
func (w *worker) end(id uint32, s *pending.Slot) {
	c := &w.of(s).Counts
	w.sample.Ended++
	if w.op.Outcome != lro.Succeeded {
		w.sample.Failed++
	}
	switch w.op.Outcome {
	case lro.Succeeded:
		c.Succeeded++
		w.block(s).Succeeded++
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
	case lro.Lost, lro.NotSent:
		c.Lost++
	}
	if w.op.Outcome != lro.Succeeded {
		w.fate(s, string(w.op.Reason), w.op.Why())
	}
	w.concludeOne(s, w.now())
	if w.op.Outcome >= lro.Refused {
		w.run.wrong()
	}
	if w.plan.Records {
		w.record(s, w.op.Outcome.String(), string(w.op.Reason), w.op.StatusURL)
	}
	if s.Stage == pending.Whole {
		w.forget(id)
	}
	w.Clear(s)
	w.Slots.Give(id)
}

// concludeOne counts what an operation that is over, or given up, has not come to.
func (w *worker) concludeOne(s *pending.Slot, now int64) {
	r := w.of(s)
	if s.Flags&pending.IsAnswered == 0 {
		r.Open.Accept.Record(time.Duration(now - s.Planned))
	}
	switch told := s.Flags&pending.IsTold != 0; {
	case !told:
		r.Open.Done.Record(time.Duration(now - s.Planned))
	case s.Flags&pending.IsFetching != 0 && s.Flags&pending.IsFetched == 0:
		r.Open.Result.Record(time.Duration(now - s.Due))
	}
	r.Polls.Record(time.Duration(s.Sends))
	b := w.block(s)
	b.Submitted++
	b.Polls.Record(int64(s.Sends) * int64(time.Millisecond))
}
