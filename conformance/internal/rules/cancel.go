package rules

import (
	"net/http"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// cancelRules speak about cancelling operations.
var cancelRules = []Rule{{
	ID: "cancel-accepted", Code: "X01", Level: Should, Basis: BasisPattern,
	Title:   "The cancellation of a running operation is answered with 202, 204 or 200",
	Why:     "The pattern cancels with DELETE on the status URL. Each of the three says that the request was accepted; 409 with an explanation says that it came too late.",
	Breaks:  "Clients report that the operation cannot be cancelled, and it goes on to cost money.",
	Fix:     "Answer 202 with the status document, and let the state become Cancelled.",
	Sources: []string{"Asynchronous Request-Reply pattern, considerations", "RFC 9110, section 9.3.5"},
	Needs:   []Need{NeedCancel}, Probes: []string{evidence.ProbeCancel}, Asks: []evidence.Role{evidence.RoleCancel},
	check: checkCancelAccepted,
}, {
	ID: "cancel-unsupported-405", Code: "X02", Level: Should, Basis: BasisRFC,
	Title:   "Where operations cannot be cancelled, DELETE is answered with 405, and Allow does not list it",
	Why:     "404 would say that there is no such operation, and 204 that it was cancelled.",
	Breaks:  "Clients report an operation that runs as cancelled, or as unknown.",
	Fix:     "Leave DELETE out of the routes of the status URL, and let the router answer 405 with Allow.",
	Sources: []string{"RFC 9110, section 15.5.6", "RFC 9110, section 10.2.1"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeCancel}, Asks: []evidence.Role{evidence.RoleCancel},
	check: checkCancelUnsupported,
}, {
	ID: "cancel-idempotent", Code: "X03", Level: Must, Basis: BasisPattern,
	Title:   "A second cancellation changes nothing and is no server error",
	Why:     "DELETE is idempotent: a client whose first answer was lost sends it again.",
	Breaks:  "Clients that repeat the request report a failure of what was a success.",
	Fix:     "Answer the second one like the first, or with 404, 409 or 410.",
	Sources: []string{"RFC 9110, section 9.2.2"},
	Needs:   []Need{NeedCancel}, Probes: []string{evidence.ProbeCancel}, Asks: []evidence.Role{evidence.RoleCancel, evidence.RoleCancelAgain},
	check: checkCancelIdempotent,
}, {
	ID: "cancelled-visible", Code: "X04", Level: Should, Basis: BasisPattern,
	Title:   "After an accepted cancellation the status says Cancelled",
	Why:     "\"The status resource should reflect the cancelled state\": a 202 says that the request was accepted; only the status says that it was carried out.",
	Breaks:  "Clients wait for an end that does not come, or take a cancelled operation for a failed one.",
	Fix:     "Let the worker look at the cancellation between its steps, and write Cancelled as the end.",
	Sources: []string{"Asynchronous Request-Reply pattern, considerations"},
	Fault:   "cancel-ignored",
	Needs:   []Need{NeedCancel}, Probes: []string{evidence.ProbeCancel}, Asks: []evidence.Role{evidence.RoleCancel},
	check: checkCancelledVisible,
}, {
	ID: "no-success-after-cancel", Code: "X05", Level: Must, Basis: BasisPattern, Negative: true,
	Title:   "An operation that was said to be cancelled never succeeds",
	Why:     "A client that saw Cancelled submits again, or refunds. If the work wins the race, it must be Succeeded from the start.",
	Breaks:  "Everybody who acted on the cancellation: the work is done twice, or was not paid for.",
	Fix:     "Write the end only once (compare and set), so that the worker and the cancellation cannot both win.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution"},
	Fault:   "cancel-overwritten",
	Needs:   []Need{NeedCancel}, Probes: []string{evidence.ProbeCancel}, Asks: []evidence.Role{evidence.RoleCancel, evidence.RoleAgain},
	check: checkNoSuccessAfterCancel,
}, {
	ID: "cancel-after-completion-harmless", Code: "X06", Level: Should, Basis: BasisPattern,
	Title:   "The cancellation of an operation that is over does not change its end",
	Why:     "The cancellation and the end often cross on the wire. What is done cannot be cancelled.",
	Breaks:  "Clients see Cancelled, although the result exists and may have been paid for.",
	Fix:     "Answer 409, 410 or 405; or take DELETE as \"remove the record\", answer 2xx, and then 404.",
	Sources: []string{"RFC 9110, section 9.3.5", "RFC 9110, section 15.5.10"},
	Needs:   []Need{NeedCancel}, Probes: []string{evidence.ProbeCancel}, Asks: []evidence.Role{evidence.RoleCancelLate, evidence.RoleAgain, evidence.RoleLateResult},
	check: checkCancelLate,
}}

// cancelling reports whether cancellation is supported, as far as the target says so or its answer.
func (e *facts) cancelling() evidence.Support {
	if e.Target.Cancel != evidence.SupportUnknown {
		return e.Target.Cancel
	}
	for _, c := range e.talks(evidence.ProbeCancel) {
		for _, i := range c.polls(evidence.RoleCancel) {
			switch status := c.Exchanges[i].Response.Status; {
			case status/100 == 2:
				return evidence.Supported
			case status/100 == 4 && status != http.StatusConflict && !Throttled(status), status == http.StatusNotImplemented:
				return evidence.Unsupported // nobody says that it should be
			}
		}
	}
	return evidence.SupportUnknown
}

// cancellations calls f with the first cancellation of each operation that ran, unless it was refused and
// the operation may have been over by then.
func (e *facts) cancellations(f func(c *conversation, i int, x *evidence.Exchange)) {
	for _, c := range e.talks(evidence.ProbeCancel) {
		all := c.polls(evidence.RoleCancel)
		if len(all) == 0 {
			continue
		}
		x := &c.Exchanges[all[0]]
		refused := x.Response.Status/100 == 4
		if x.Response.Status != 0 && !Throttled(x.Response.Status) && !(refused && c.overBy(all[0])) {
			f(c, all[0], x)
		}
	}
}

// lacksScope reports whether an answer says that other credentials are needed (RFC 6750, section 3.1).
func lacksScope(x *evidence.Exchange) bool {
	return x.Response.Status == http.StatusForbidden && containsFold(strings.Join(x.Response.Header.Values("WWW-Authenticate"), ","), "insufficient_scope")
}

// overBy reports whether the first poll after an exchange says that the operation came to an end of its own.
func (c *conversation) overBy(i int) bool {
	for _, j := range c.polls(evidence.RolePoll) {
		if j > i {
			said := c.says(j)
			return said.outcome == lro.Succeeded || said.outcome == lro.Failed
		}
	}
	return false
}

func notCancelled(e *facts) Verdict {
	if c := e.talk(evidence.ProbeCancel); c != nil && c.accepted >= 0 {
		if _, ok := c.dialect.Cancel(c.after[c.accepted]); !ok {
			return notApplicable("the dialect does not say how an operation is cancelled")
		}
	}
	told := ""
	e.cancellations(func(_ *conversation, _ int, x *evidence.Exchange) {
		if lacksScope(x) {
			told = "the credentials do not suffice to cancel (403)"
		}
		if x.Response.Status == http.StatusConflict {
			told = "the server says that an operation cannot be cancelled while it runs (409)"
		}
	})
	if told != "" {
		return notApplicable("%s", told)
	}
	return inconclusive("no running operation was cancelled: it was over too soon, or did not answer")
}

func checkCancelAccepted(e *facts) Verdict {
	if e.cancelling() == evidence.Unsupported {
		return notApplicable("the server does not cancel")
	}
	var s seen
	e.cancellations(func(c *conversation, i int, x *evidence.Exchange) {
		s.look(x)
		switch status := x.Response.Status; {
		case status/100 == 2 && page(x):
			s.add(c, i, []string{excerpt(x)}, "the cancellation is answered with an HTML page")
		case status == http.StatusOK, status == http.StatusAccepted, status == http.StatusNoContent, status == http.StatusSeeOther:
		case status == http.StatusConflict && len(x.Response.Body) > 0:
			s.unlook(x) // it says that this operation cannot be cancelled now
		case status == http.StatusConflict:
			s.addMild(c, i, statusLine(x), "the cancellation is answered with 409 and no explanation")
		case lacksScope(x):
			s.unlook(x) // others may cancel
		default:
			s.add(c, i, statusLine(x), "the cancellation of a running operation is answered with %d", status)
		}
	})
	return s.verdict("it is accepted", notCancelled(e))
}

func checkCancelUnsupported(e *facts) Verdict {
	if e.cancelling() == evidence.Supported {
		return notApplicable("the server cancels")
	}
	var s seen
	e.cancellations(func(c *conversation, i int, x *evidence.Exchange) {
		status := x.Response.Status
		if x.Request.Method != http.MethodDelete || e.Target.Cancel != evidence.Unsupported && status != http.StatusMethodNotAllowed {
			return // nobody says that it is not supported
		}
		s.look(x)
		allow := x.Response.Header.Get("Allow")
		switch {
		case status == http.StatusNotImplemented, status == http.StatusUnauthorized, status == http.StatusForbidden:
		case status != http.StatusMethodNotAllowed:
			s.add(c, i, statusLine(x), "DELETE of a running operation is answered with %d instead of 405", status)
		case len(x.Response.Header.Values("Allow")) == 0:
			s.add(c, i, statusLine(x), "the 405 in answer to DELETE has no Allow")
		case lists(allow, http.MethodDelete):
			s.add(c, i, fieldLine("Allow", allow), "the 405 in answer to DELETE lists DELETE in Allow")
		}
		if op := c.last(); status/100 != 2 && (op.Outcome == lro.Gone || op.Outcome == lro.Cancelled) {
			s.add(c, len(c.Exchanges)-1, nil, "DELETE was refused, and the operation is %s", op.Outcome)
		}
	})
	return s.verdict("405", notCancelled(e))
}

func checkCancelIdempotent(e *facts) Verdict {
	if e.cancelling() == evidence.Unsupported {
		return notApplicable("the server does not cancel")
	}
	var s seen
	for _, c := range e.talks(evidence.ProbeCancel) {
		first := 0
		for _, i := range c.polls(evidence.RoleCancel, evidence.RoleCancelAgain) {
			x := &c.Exchanges[i]
			if x.Role == evidence.RoleCancel {
				first = x.Response.Status
				continue
			}
			if x.Response.Status == 0 || Throttled(x.Response.Status) || first/100 != 2 {
				continue
			}
			s.look(x)
			switch status := x.Response.Status; {
			case status/100 == 5:
				s.add(c, i, statusLine(x), "the second cancellation makes the server fail with %d", status)
			case status/100 == 2, status/100 == 4, status == http.StatusSeeOther:
			default:
				s.addMild(c, i, statusLine(x), "the second cancellation is answered with %d", status)
			}
		}
	}
	return s.verdict("it changes nothing", notCancelled(e))
}

func checkCancelledVisible(e *facts) Verdict {
	if e.cancelling() == evidence.Unsupported {
		return notApplicable("the server does not cancel")
	}
	var s seen
	unfinished := false
	e.cancellations(func(c *conversation, i int, x *evidence.Exchange) {
		if x.Response.Status/100 != 2 {
			return
		}
		op := c.last()
		s.look(x)
		last := max(c.told, c.lastOf(evidence.RolePoll))
		switch {
		case op.Outcome == lro.Cancelled && lro.Word(op.Native) == lro.StateFailed && !saysCancelled(op):
			s.add(c, max(last, 0), []string{excerpt(&c.Exchanges[max(last, 0)])}, "after an accepted cancellation the operation is said to have failed")
		case op.Outcome == lro.Cancelled:
			if j := last; x.Request.Method == http.MethodDelete && x.Request.URL == c.status {
				// DELETE of a resource: that it is gone afterwards is what was asked for.
			} else if j >= 0 && (c.Exchanges[j].Response.Status == http.StatusNotFound || c.Exchanges[j].Response.Status == http.StatusGone) {
				s.addMild(c, j, statusLine(&c.Exchanges[j]), "after the cancellation the status URL is answered with %d: that it was cancelled can only be guessed", c.Exchanges[j].Response.Status)
			}
		case op.Outcome == lro.Gone && x.Request.Method == http.MethodDelete && x.Request.URL == c.status:
		case op.Outcome == lro.Gone:
			s.addMild(c, max(last, 0), nil, "after the cancellation there is no status any more")
		case op.Outcome == lro.Failed && saysCancelled(op):
		case op.Outcome == lro.Failed:
			s.add(c, max(last, 0), []string{excerpt(&c.Exchanges[max(last, 0)])}, "after an accepted cancellation the operation is said to have failed")
		case op.Outcome == lro.Succeeded || op.Phase == lro.Fetching:
			s.add(c, max(last, 0), []string{excerpt(&c.Exchanges[max(last, 0)])}, "after an accepted cancellation the operation is said to have succeeded")
		case c.Ended != "" && e.outlivesCancel(c, i):
			s.add(c, last, []string{excerpt(&c.Exchanges[last])}, "after an accepted cancellation the operation is said to run for longer than operations that nobody cancels")
		case c.Ended != "":
			s.unlook(x)
			unfinished = true
		case op.Reason.Class() == lro.ClassTransport, e.shared(c):
			s.unlook(x)
			unfinished = true
		case op.Reason == lro.UnreadableStatus, op.Reason == lro.UndecidedAnswer:
			s.unlook(x) // what the status says cannot be read, cancelled or not
		default:
			s.add(c, max(last, 0), nil, "after an accepted cancellation the state cannot be found out: %s", c.fate())
		}
	})
	if unfinished {
		return s.verdict("Cancelled", inconclusive("the end of the cancelled operation was not seen"))
	}
	return s.verdict("Cancelled", notCancelled(e))
}

// outlivesCancel reports whether an operation whose cancellation was accepted is said to be running, not to be
// ending, for longer than work of its kind takes.
func (e *facts) outlivesCancel(c *conversation, cancel int) bool {
	ran, known := e.ranFor()
	polls := c.polls(evidence.RolePoll)
	if !known || len(polls) == 0 || polls[len(polls)-1] < cancel {
		return false
	}
	last := polls[len(polls)-1]
	said := c.says(last)
	running := lro.Word(said.native) == lro.StateRunning || lro.Word(said.native) == lro.StatePending
	return running && c.Exchanges[last].Answered.Sub(c.Exchanges[cancel].Answered) > Watched(ran)+clockSlack
}

// saysCancelled reports whether a failure speaks of the cancellation.
func saysCancelled(op lro.Operation) bool {
	p := op.Problem
	return p != nil && (containsFold(p.Code, "cancel") || containsFold(p.Title, "cancel") || containsFold(p.String(), "cancel"))
}

func checkNoSuccessAfterCancel(e *facts) Verdict {
	if e.cancelling() == evidence.Unsupported {
		return notApplicable("the server does not cancel")
	}
	var s seen
	var watched, needed time.Duration
	for _, c := range e.talks(evidence.ProbeCancel) {
		cancels := c.polls(evidence.RoleCancel)
		if len(cancels) == 0 || c.accepted < 0 {
			continue
		}
		cancelled := false
		for _, i := range c.polls(evidence.RolePoll, evidence.RoleAgain) {
			said := c.says(i)
			x := &c.Exchanges[i]
			if i < cancels[0] || unsaid(x) {
				continue
			}
			switch {
			case said.outcome == lro.Cancelled, x.Response.Status == http.StatusNotFound, x.Response.Status == http.StatusGone:
				cancelled = true
				s.look(x)
				watched = x.Answered.Sub(c.Exchanges[c.accepted].Answered)
			case cancelled && said.outcome == lro.Succeeded:
				s.add(c, i, append(statusLine(x), excerpt(x)), "the operation was said to be cancelled, and now to have succeeded")
			}
		}
	}
	if ran, ok := e.ranFor(); ok {
		needed = Watched(ran)
	}
	if s.looked > 0 && len(s.findings) == 0 && (needed == 0 || watched < needed) {
		if needed == 0 {
			return inconclusive("it stayed cancelled for %v; how long the work takes by itself is not known", round(watched))
		}
		return inconclusive("it stayed cancelled for %v; the work takes %v, and could still end", round(watched), round(needed))
	}
	return s.verdict("it stays cancelled, for "+round(watched).String()+" from its acceptance", notApplicable("no operation was said to be cancelled"))
}

func checkCancelLate(e *facts) Verdict {
	if e.cancelling() == evidence.Unsupported {
		return notApplicable("the server does not cancel")
	}
	var s seen
	for _, c := range e.talks(evidence.ProbeCancel) {
		for _, i := range c.polls(evidence.RoleCancelLate) {
			x := &c.Exchanges[i]
			if x.Response.Status == 0 || Throttled(x.Response.Status) {
				continue
			}
			if i > 0 && c.Exchanges[i-1].Role == evidence.RoleAgain && !c.says(i-1).end() {
				continue // its end was taken back before
			}
			s.look(x)
			if x.Response.Status/100 == 5 {
				s.add(c, i, statusLine(x), "the cancellation of an operation that is over makes the server fail with %d", x.Response.Status)
			}
			for j := i + 1; j < len(c.Exchanges); j++ {
				if c.Exchanges[j].Role == evidence.RoleLateResult && c.resultGone(j) {
					s.add(c, j, statusLine(&c.Exchanges[j]), "the status still leads to the result, which is gone after DELETE: %d", c.Exchanges[j].Response.Status)
				}
				if c.Exchanges[j].Role != evidence.RoleAgain || c.Exchanges[j].Repeated {
					continue
				}
				switch said := c.says(j); {
				case said.outcome == lro.Cancelled:
					s.add(c, j, []string{excerpt(&c.Exchanges[j])}, "an operation that had succeeded is said to be cancelled, after DELETE")
				case !said.end() && !said.miss && said.outcome == lro.Undecided:
					s.add(c, j, []string{excerpt(&c.Exchanges[j])}, "an operation that had succeeded is said to be %s, after DELETE", said.state)
				}
			}
		}
	}
	if c := e.talk(evidence.ProbeCancel); c != nil && c.accepted >= 0 {
		if _, ok := c.dialect.Cancel(c.after[c.accepted]); !ok {
			return notCancelled(e)
		}
	}
	return s.verdict("its end stays", inconclusive("no operation that was over was cancelled"))
}

func containsFold(s, part string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(part))
}

// resultGone reports whether a result that was there is not any more, though the status before it still
// tells of a success.
func (c *conversation) resultGone(i int) bool {
	was := c.lastOf(evidence.RoleResult)
	status := c.Exchanges[i].Response.Status
	again := c.lastOf(evidence.RoleAgain) // asked for after the result
	return was >= 0 && c.Exchanges[was].Response.Status/100 == 2 && (status == http.StatusNotFound || status == http.StatusGone) &&
		again > i && c.says(again).outcome == lro.Succeeded
}
