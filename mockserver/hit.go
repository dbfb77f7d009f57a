package mockserver

import (
	"bytes"
	"net/http"
	"strconv"
	"time"
)

// A hit is a request that faults may befall, and what they need to know of it.
type hit struct {
	s       *Server
	x       *exchange
	w       *wire
	a       *answer
	phase   phase
	n       int           // which request of its phase it is, from 1
	at      time.Duration // the time that Fault.After and Fault.Until speak of
	ordinal uint64        // of the operation, or 0
	v       view          // what the server said about
	past    past          // of the operation, before this request
	excuse  bool          // a correct client may give up here
	more    bool          // the body is longer than what is held back
	fault   *Fault        // the one that acts now
	dice    []uint64      // the purpose of its throws
}

// A past is what faults remember of an operation. It is kept with the
// operation, only while there are faults, under the lock of its shard.
type past struct {
	polls, cancels, results int
	ends                    int       // polls when it was done
	lastGood                time.Time // the last poll that was not throttled
	redirected              time.Time // the first redirect to the result
	auth                    string    // Authorization of the submit
}

// about notes which operation it is, and counts the request.
func (h *hit) about(op *operation) {
	if op.past == nil {
		op.past = &past{auth: h.x.r.Header.Get("Authorization")}
	}
	h.ordinal, h.past, h.v = op.ordinal, *op.past, op.look(h.x.now)
	switch h.phase {
	case onPoll:
		op.past.polls++
		h.n = op.past.polls
	case onCancel:
		op.past.cancels++
		h.n = op.past.cancels
	case onResult:
		op.past.results++
		h.n, h.at = op.past.results, h.x.now.Sub(op.accepted.Add(h.v.snap.Changed))
		return
	case onSubmit:
		return
	}
	h.at = h.x.now.Sub(op.accepted)
}

// settle makes the operation remember what was sent: of a hint, what a client
// can make of it, not what the server meant. What is not a number or a date, and
// what is beyond MaxRetryAfter, obliges to nothing.
func (h *hit) settle(op *operation) {
	if h.done() {
		op.past.ends++
	}
	if h.phase == onPoll && h.a.code != http.StatusTooManyRequests {
		op.past.lastGood = h.x.now
	}
	if h.redirects() && op.past.redirected.IsZero() {
		op.past.redirected = h.x.now
	}
	if h.phase == onPoll && h.x.said.Fault != "" && !h.clear() {
		op.conduct.forget(op.polls)
	}
	if h.phase == onPoll && op.conduct.persevered(h.spoilt()) || h.excuse {
		op.watched().excused = true
	}
	if h.x.said.Fault == "" || h.phase == onResult || h.phase == onOther {
		return
	}
	op.notBefore = h.x.now
	value := h.x.said.RetryAfter
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		if d := time.Duration(seconds) * time.Second; d <= MaxRetryAfter {
			op.notBefore = h.x.now.Add(times(d, h.x.scale))
		}
	}
	if date, err := http.ParseTime(value); err == nil {
		sent, err := http.ParseTime(h.a.header.Get("Date"))
		if err != nil {
			sent = h.x.now
		}
		if d := date.Sub(sent); d <= MaxRetryAfter {
			op.notBefore = h.x.now.Add(times(max(d, 0), h.x.scale))
		}
	}
}

// clear reports whether the answer to a poll tells the end, in spite of its
// faults: whole, with no error, and with a state that is final.
func (h *hit) clear() bool {
	return !h.spoilt() && !h.excuse && h.x.said.Status.Done()
}

// spoilt reports whether a fault leaves the client with nothing to read.
func (h *hit) spoilt() bool {
	return h.x.said.Fault != "" && (h.w.drop || h.w.limit >= 0 || h.a.code >= http.StatusBadRequest)
}

// pick throws a number below n.
func (h *hit) pick(n int) int {
	return int(h.s.store.dice.throw(append(h.dice, 1)...) % uint64(n))
}

// pending reports whether the answer says that the operation is not done.
func (h *hit) pending() bool {
	return (h.phase == onSubmit || h.phase == onPoll) && h.a.code < 400 && h.x.said.Operation != "" && !h.v.snap.Status.Done()
}

// done reports whether the answer to a poll says that the operation is done.
func (h *hit) done() bool {
	return h.phase == onPoll && h.v.snap.Status.Done() && !h.v.gone && !h.x.t.handover
}

// accepted reports whether the answer to a submit tells where to poll.
func (h *hit) accepted() bool { return h.phase == onSubmit && h.x.began }

// redirects reports whether the answer sends the client to the result.
func (h *hit) redirects() bool { return h.done() && h.a.code/100 == 3 }

// again replaces the answer by what the server says when it is asked by say.
func (h *hit) again(say func(x *exchange)) {
	fresh, client := newCapture(), h.x.w
	fresh.long = func() { fresh.rest = func(p []byte) (int, error) { return len(p), nil } }
	h.x.w = fresh
	h.x.date()
	say(h.x)
	h.x.w, h.more = client, false
	*h.a = fresh.answer
}

// reply replaces the answer.
func (h *hit) reply(code int, contentType string, body []byte) {
	h.again(func(x *exchange) {
		x.field("Content-Type", contentType)
		x.head(code)
	})
	h.a.body = body
}

// problem replaces the answer by an error.
func (h *hit) problem(code int, detail string) {
	h.again(func(x *exchange) { x.problem(problem{Status: code, Detail: detail}) })
}

// as is the operation in another state, which ends in a completion.
func (h *hit) as(status Status, percent int, end Completion) view {
	v, sub := h.v, *h.v.submission
	sc := *sub.scenario
	sc.Completion, sub.scenario, v.submission = end, &sc, &sub
	v.snap.Status, v.snap.Percent = status, percent
	v.hint, _ = v.retryAfter().hint(v.snap, h.x.now, h.x.scale)
	h.x.said.Status = status
	return v
}

// status replaces the answer to a poll by that about another state.
func (h *hit) status(status Status, percent int) {
	v := h.as(status, percent, CompletionStatus)
	h.again(func(x *exchange) { x.d.status(x, v) })
}

// hint sets Retry-After, or removes it.
func (h *hit) hint(value string) {
	h.a.header.Del("Retry-After")
	if value != "" {
		h.a.header.Set("Retry-After", value)
	}
}

// target sets Location.
func (h *hit) target(location string) { h.a.header.Set("Location", location) }

// replace puts another URL in the place of one that the answer names; an empty
// one takes it out. It reports whether it was there.
func (h *hit) replace(old, target string) (found bool) {
	for name, values := range h.a.header {
		if len(values) != 1 || values[0] != old {
			continue
		}
		found = true
		h.a.header[name] = []string{target}
		if target == "" {
			delete(h.a.header, name)
		}
	}
	if bytes.Contains(h.a.body, []byte(old)) {
		h.a.body, found = bytes.ReplaceAll(h.a.body, []byte(old), []byte(target)), true
		h.a.header.Del("Content-Length")
	}
	return found
}
