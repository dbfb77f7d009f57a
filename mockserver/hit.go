package mockserver

import (
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
	return (h.phase == onSubmit || h.phase == onPoll) && h.a.code < 300 && h.x.said.Operation != "" && !h.v.snap.Status.Done()
}

// done reports whether the answer to a poll says that the operation is done.
func (h *hit) done() bool {
	return h.phase == onPoll && h.v.snap.Status.Done() && !h.v.gone
}

// redirects reports whether the answer sends the client to the result.
func (h *hit) redirects() bool { return h.done() && h.a.code/100 == 3 }

// reply replaces the answer.
func (h *hit) reply(code int, contentType string, body []byte) {
	h.a.code, h.more = code, false
	for _, name := range []string{"Location", "Retry-After", "Etag", "Content-Length", "Allow"} {
		h.a.header.Del(name)
	}
	h.a.header.Set("Content-Type", contentType)
	h.a.header.Set("Cache-Control", "no-store")
	h.a.body = body
}

// problem replaces the answer by a problem document.
func (h *hit) problem(code int, detail string) {
	p := problem{Type: "about:blank", Title: http.StatusText(code), Status: code, Detail: detail}
	h.reply(code, "application/problem+json", append(encode(p), '\n'))
}

// status replaces the answer by a status document in another state.
func (h *hit) status(code int, status Status, percent int) {
	v := h.v
	v.snap.Status, v.snap.Percent = status, percent
	h.reply(code, "application/json", v.appendDocument(nil))
	if !status.Done() && h.phase == onPoll {
		h.a.header.Set("Etag", v.etag())
	}
	if !status.Done() {
		hint, _ := v.scenario.RetryAfter.hint(v.snap, h.x.now, h.x.scale)
		h.hint(hint)
	}
	h.x.said.Status = status
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

// here is the absolute URL of a path of this server.
func (h *hit) here(path string) string {
	sc := *h.v.scenario
	sc.AbsoluteLocation = true
	v := h.v
	v.submission = &submission{scenario: &sc}
	return h.x.location(v, path)
}
