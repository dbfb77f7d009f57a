package loadtest

import (
	"errors"
	"fmt"
	"net/http"
	"syscall"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// left notes that a request is on its way. One that goes over a second connection left before.
func (w *worker) left(id uint32, s *slot, now int64) {
	if s.flags&isInFlight != 0 {
		return
	}
	s.flags |= isInFlight
	r := &w.series[s.series]
	late := s.picked - s.due
	r.Late.Record(time.Duration(late))
	w.sample.Late.record(late)
	w.fine.late.record(late)
	r.Connection.Record(time.Duration(now - s.picked))
	if s.stage == unsent || s.stage == whole && w.whole[id].Phase != lro.Polling {
		return
	}
	r.Counts.PollsSent++
	w.sample.Polls++
	s.sends++
	if s.floor != never && now < s.floor && s.stage == compact {
		r.Counts.PollsEarly++
	}
}

// finish takes the end of an exchange: one step of the protocol.
func (w *worker) finish(x *exchange) {
	s := w.slots.at(x.id)
	s.flags &^= isInFlight
	w.restore(x.id, s)
	before, interval := w.op.Phase, time.Duration(0)
	if s.seen != never {
		interval = time.Duration(max(0, s.due-s.seen))
	}
	w.count(s, x)
	w.op = lro.Next(w.dialect, w.op, lro.Reply{
		Status: x.status, Header: x.head, Body: x.body, More: x.more, At: w.time(x.first), Err: x.err, Unsent: x.unsent,
	})
	w.measure(s, x, before)
	if w.op.Done() {
		w.end(x.id, s)
		return
	}
	w.schedule(s, x, interval)
}

// count takes what does not depend on the meaning of the answer.
func (w *worker) count(s *slot, x *exchange) {
	if x.sent == never {
		return
	}
	r := &w.series[s.series]
	r.Counts.Requests++
	r.Counts.BytesIn += int64(x.in)
	r.Counts.BytesOut += int64(x.out)
	w.sample.BytesIn += int64(x.in)
	if x.resent {
		r.Counts.Requests++
		r.Counts.Resent++
	}
	if x.status == 0 {
		return
	}
	r.Server.Record(time.Duration(x.first - x.sent))
	if x.status == http.StatusTooManyRequests {
		r.Counts.Throttled++
		w.sample.Throttled++
	}
	w.clocks.learn(x.head.Get("Date"), w.unix+x.sent, w.unix+x.first)
}

// measure takes what the answer means, by what had been asked.
func (w *worker) measure(s *slot, x *exchange, before lro.Phase) {
	r := &w.series[s.series]
	waited := time.Duration(x.first - s.due)
	answered := x.status != 0
	switch before {
	case lro.Submitting:
		if w.op.Phase != lro.Submitting && answered {
			r.Accept.Record(time.Duration(x.first - s.planned))
			s.seen = x.first
		}
		if w.op.Phase == lro.Submitting && w.op.Resends > 0 {
			r.Counts.Resent++
		}
	case lro.Polling:
		if answered {
			r.Poll.Record(waited)
			w.sample.Latency.record(int64(waited))
			w.fine.poll.record(int64(waited))
		}
		if w.op.Phase == lro.Polling && w.op.Misses == 0 {
			r.Counts.PollsWasted++
			w.sample.Wasted++
			s.seen = x.first
		}
	case lro.Fetching:
		if answered && w.op.Done() {
			r.Result.Record(time.Duration(x.last - s.due))
		}
	}
	if w.op.HintNote == lro.HintTaken || w.op.HintNote == lro.HintCapped {
		r.Asked.Record(w.op.Hint)
	}
	if w.op.Misses > 0 || x.err != nil {
		w.trouble(s, x)
	}
	if s.flags&isTold == 0 && w.ended() {
		s.flags |= isTold
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
func (w *worker) trouble(s *slot, x *exchange) {
	switch {
	case x.err != nil:
		w.problem(s.series, errorName(x.err), x.err.Error())
	case x.status >= 400:
		w.problem(s.series, fmt.Sprintf("http %d", x.status), string(x.body[:min(len(x.body), 200)]))
	}
}

// errorName is a stable word for what broke an exchange.
func errorName(err error) string {
	switch {
	case errors.Is(err, errTimeout), errors.Is(err, errDialTimeout):
		return "timeout"
	case errors.Is(err, errClosed):
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
func (w *worker) schedule(s *slot, x *exchange, interval time.Duration) {
	if w.plan.SkipResult && w.op.Phase == lro.Fetching {
		w.op.Outcome, w.op.Phase = lro.Succeeded, lro.Ended
		w.end(x.id, s)
		return
	}
	strategy := &w.strategies[s.series]
	due := w.moment(strategy.Due(&w.op, w.time(x.first), interval, w.dice.Float64()))
	s.due = min(due, s.planned+int64(w.plan.patience()))
	if s.due == x.first && w.op.Phase != lro.Polling {
		target := w.op.Next.URL
		w.store(x.id, s)
		w.ask(x.id, s, target)
		return
	}
	w.store(x.id, s)
	w.wheel.add(x.id)
}

// end closes an operation and counts its fate.
func (w *worker) end(id uint32, s *slot) {
	r := &w.series[s.series]
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
		w.problem(s.series, string(w.op.Reason), w.op.Problem.String())
	}
	if w.op.Outcome >= lro.Refused {
		w.run.errors.Add(1)
	}
	r.Polls.Record(time.Duration(s.sends))
	if s.stage == whole {
		w.forget(id)
	}
	w.drop(s)
	w.slots.give(id)
}
