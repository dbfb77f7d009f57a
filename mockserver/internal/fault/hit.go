package fault

import (
	"bytes"
	"net/http"
	"strconv"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// A hit is a request that faults may affect, and what they need to know of it.
type hit struct {
	x       *speech.Exchange
	w       *wire
	a       *speech.Answer
	phase   speech.Phase
	n       int           // which request of its phase it is, from 1
	at      time.Duration // the time that Fault.After and Fault.Until speak of
	ordinal uint64        // of the operation, or 0
	v       work.View     // what the server said about
	past    work.Past     // of the operation, before this request
	excuse  bool          // a correct client may give up here
	more    bool          // the body is longer than what is held back
	fault   *Fault        // the one that acts now
	dice    []uint64      // the purpose of its throws
}

// about notes which operation it is, and counts the request.
func (h *hit) about(op *work.Operation) {
	if op.Past == nil {
		op.Past = &work.Past{Auth: h.x.R.Header.Get("Authorization")}
	}
	h.ordinal, h.past, h.v = op.Ordinal, *op.Past, op.Look(h.x.Now)
	switch h.phase {
	case speech.OnPoll:
		op.Past.Polls++
		h.n = op.Past.Polls
	case speech.OnCancel:
		op.Past.Cancels++
		h.n = op.Past.Cancels
	case speech.OnResult:
		op.Past.Results++
		h.n, h.at = op.Past.Results, h.x.Now.Sub(op.Accepted.Add(h.v.Snap.Changed))
		return
	case speech.OnSubmit:
		return
	}
	h.at = h.x.Now.Sub(op.Accepted)
}

// settle makes the operation remember what was sent: of a hint, what a client
// can make of it, not what the server meant. What is not a number or a date, and
// what is beyond MaxRetryAfter, obliges to nothing.
func (h *hit) settle(op *work.Operation) {
	if h.done() {
		op.Past.Ends++
	}
	if h.phase == speech.OnPoll && h.a.Code != http.StatusTooManyRequests {
		op.Past.LastGood = h.x.Now
	}
	if h.redirects() && op.Past.Redirected.IsZero() {
		op.Past.Redirected = h.x.Now
	}
	if h.phase == speech.OnPoll && h.x.Said.Fault != "" && !h.clear() {
		op.Conduct.Forget(op.Polls)
	}
	if h.phase == speech.OnPoll && op.Conduct.Persevered(h.spoilt()) || h.excuse {
		op.Watched().Excused = true
	}
	if h.x.Said.Fault == "" || h.phase == speech.OnResult || h.phase == speech.OnOther {
		return
	}
	op.NotBefore = h.x.Now
	value := h.x.Said.RetryAfter
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		if d := time.Duration(seconds) * time.Second; d <= work.MaxRetryAfter {
			op.NotBefore = h.x.Now.Add(work.Times(d, h.x.Scale))
		}
	}
	if date, err := http.ParseTime(value); err == nil {
		sent, err := http.ParseTime(h.a.Header.Get("Date"))
		if err != nil {
			sent = h.x.Now
		}
		if d := date.Sub(sent); d <= work.MaxRetryAfter {
			op.NotBefore = h.x.Now.Add(work.Times(max(d, 0), h.x.Scale))
		}
	}
}

// clear reports whether the answer to a poll tells the end, in spite of its
// faults: whole, with no error, and with a state that is final.
func (h *hit) clear() bool {
	return !h.spoilt() && !h.excuse && h.x.Said.Status.Done()
}

// spoilt reports whether a fault leaves the client with nothing to read.
func (h *hit) spoilt() bool {
	return h.x.Said.Fault != "" && (h.w.drop || h.w.limit >= 0 || h.a.Code >= http.StatusBadRequest)
}

// pick throws a number below n.
func (h *hit) pick(n int) int {
	return int(h.x.Host.Store.Dice.Throw(append(h.dice, 1)...) % uint64(n))
}

// pending reports whether the answer says that the operation is not done.
func (h *hit) pending() bool {
	return (h.phase == speech.OnSubmit || h.phase == speech.OnPoll) && h.a.Code < 400 && h.x.Said.Operation != "" && !h.v.Snap.Status.Done()
}

// done reports whether the answer to a poll says that the operation is done.
func (h *hit) done() bool {
	return h.phase == speech.OnPoll && h.v.Snap.Status.Done() && !h.v.Gone && !h.x.Target.Handover
}

// accepted reports whether the answer to a submit tells where to poll.
func (h *hit) accepted() bool { return h.phase == speech.OnSubmit && h.x.Began }

// redirects reports whether the answer sends the client to the result.
func (h *hit) redirects() bool { return h.done() && h.a.Code/100 == 3 }

// again replaces the answer by what the server says when it is asked by say.
func (h *hit) again(say func(x *speech.Exchange)) {
	fresh, client := speech.NewCapture(), h.x.W
	fresh.Long = func() { fresh.Rest = func(p []byte) (int, error) { return len(p), nil } }
	h.x.W = fresh
	h.x.Date()
	say(h.x)
	h.x.W, h.more = client, false
	*h.a = fresh.Answer
}

// reply replaces the answer.
func (h *hit) reply(code int, contentType string, body []byte) {
	h.again(func(x *speech.Exchange) {
		x.Field("Content-Type", contentType)
		x.Head(code)
	})
	h.a.Body = body
}

// problem replaces the answer by an error.
func (h *hit) problem(code int, detail string) {
	h.again(func(x *speech.Exchange) { x.Problem(speech.Problem{Status: code, Detail: detail}) })
}

// as is the operation in another state, which ends in a completion.
func (h *hit) as(status work.Status, percent int, end work.Completion) work.View {
	v, sub := h.v, *h.v.Submission
	sc := *sub.Scenario
	sc.Completion, sub.Scenario, v.Submission = end, &sc, &sub
	v.Snap.Status, v.Snap.Percent = status, percent
	v.Hint, _ = work.HintOf(v.RetryAfter(), v.Snap, h.x.Now, h.x.Scale)
	h.x.Said.Status = status
	return v
}

// status replaces the answer to a poll by that about another state.
func (h *hit) status(status work.Status, percent int) {
	v := h.as(status, percent, work.CompletionStatus)
	h.again(func(x *speech.Exchange) { x.Dialect.Status(x, v) })
}

// hint sets Retry-After, or removes it.
func (h *hit) hint(value string) {
	h.a.Header.Del("Retry-After")
	if value != "" {
		h.a.Header.Set("Retry-After", value)
	}
}

// target sets Location.
func (h *hit) target(location string) { h.a.Header.Set("Location", location) }

// replace puts another URL in the place of one that the answer names; an empty
// one takes it out. It reports whether it was there.
func (h *hit) replace(old, target string) (found bool) {
	for name, values := range h.a.Header {
		if len(values) != 1 || values[0] != old {
			continue
		}
		found = true
		h.a.Header[name] = []string{target}
		if target == "" {
			delete(h.a.Header, name)
		}
	}
	if bytes.Contains(h.a.Body, []byte(old)) {
		h.a.Body, found = bytes.ReplaceAll(h.a.Body, []byte(old), []byte(target)), true
		h.a.Header.Del("Content-Length")
	}
	return found
}
