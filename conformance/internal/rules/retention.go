package rules

import (
	"fmt"
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
)

// retentionRules speak about how long an end can be read.
var retentionRules = []Rule{{
	ID: "completion-repeatable", Code: "C05", Level: Should, Basis: BasisPattern,
	Title:   "The end can be asked for again, and is the same each time",
	Why:     "GET is idempotent. An answer can be lost on its way; then the next one has to say the same.",
	Breaks:  "Clients whose first answer was lost, and every second observer, find 404.",
	Fix:     "Keep the end at the status URL until the retention is over.",
	Sources: []string{"RFC 9110, section 9.2.1", "RFC 9110, section 9.2.2"},
	Fault:   "terminal-reverts",
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow}, Asks: []evidence.Role{evidence.RoleAgain, evidence.RoleResult},
	check: checkRepeatable,
}, {
	ID: "retained-window", Code: "C13", Level: Should, Basis: BasisPattern,
	Title:   "The end can still be read some time after it",
	Why:     "A client that sleeps, or restarts, comes back later than the end. Azure's guidelines ask for 24 hours.",
	Breaks:  "Clients that poll rarely find an operation that nothing knows any more.",
	Fix:     "Count the retention from the end, not from the submit, and make it as long as a client may sleep.",
	Sources: []string{"Asynchronous Request-Reply pattern, considerations", "Azure REST API guidelines, long-running operations"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow}, Asks: []evidence.Role{evidence.RoleRetained, evidence.RoleResult},
	check: checkRetained,
}, {
	ID: "gone-after-expiry", Code: "C14", Level: Should, Basis: BasisRFC,
	Title:   "After the retention the status URL answers 410 or 404",
	Why:     "What is forgotten must not look like what has not yet ended.",
	Breaks:  "Clients poll an operation that was over long ago, or are sent to a result that is gone.",
	Fix:     "Answer 410 Gone as long as you know that there was an operation, then 404, with an explanation.",
	Sources: []string{"RFC 9110, section 15.5.11", "RFC 9110, section 15.5.5"},
	Needs:   []Need{NeedRetention}, Probes: []string{evidence.ProbeRetention}, Asks: []evidence.Role{evidence.RoleExpired, evidence.RoleResult},
	check: checkGone,
}}

// unsaid reports whether an answer speaks about who asks, and how often, instead of the operation.
func unsaid(x *evidence.Exchange) bool {
	status := x.Response.Status
	return status == 0 || Throttled(status) || status == http.StatusUnauthorized || status == http.StatusForbidden
}

// sameEnd says how two answers that tell an end differ; "" if they do not. What stands in the query
// of a target may be a signature of the moment.
func (c *conversation) sameEnd(first, second int) string {
	a, b := &c.Exchanges[first], &c.Exchanges[second]
	switch {
	case a.Response.Status != b.Response.Status:
		return fmt.Sprintf("it was reported with HTTP %d, and now the answer is HTTP %d", a.Response.Status, b.Response.Status)
	case redirects(a) && withoutQuery(c.says(first).target) != withoutQuery(c.says(second).target):
		return "the result is said to be elsewhere than before"
	case c.says(first).outcome != c.says(second).outcome:
		return "the end is said to be another than before"
	}
	return ""
}

func checkRepeatable(e *facts) Verdict {
	var s seen
	for _, c := range e.talks(evidence.ProbeSlow) {
		if c.told < 0 {
			continue
		}
		for _, i := range c.polls(evidence.RoleAgain) {
			x := &c.Exchanges[i]
			if unsaid(x) {
				continue
			}
			s.look(x)
			if what := c.sameEnd(c.told, i); what != "" {
				s.add(c, i, statusLine(x), "%s", what)
			}
		}
	}
	return s.verdict("it is the same each time", untold(e))
}

func checkRetained(e *facts) Verdict {
	var s seen
	var since time.Duration
	for _, c := range e.talks(evidence.ProbeSlow) {
		if c.told < 0 {
			continue
		}
		for _, i := range c.polls(evidence.RoleRetained) {
			x := &c.Exchanges[i]
			if unsaid(x) {
				continue
			}
			after := x.Answered.Sub(c.Exchanges[c.told].Answered)
			if e.Target.Retention > 0 && after > e.Target.Retention {
				continue // nobody said that it can be read then
			}
			s.look(x)
			since = after
			if !c.says(i).end() && c.sameEnd(c.told, i) != "" {
				s.add(c, i, statusLine(x), "%v after the end it cannot be read any more: HTTP %d", round(since), x.Response.Status)
			}
		}
	}
	if s.looked == 0 {
		if c := e.talk(evidence.ProbeSlow); c != nil && c.told >= 0 {
			return inconclusive("it was not polled again some time after the end")
		}
		return untold(e)
	}
	if e.Target.Retention > since {
		return s.verdict("it can be read "+round(since).String()+" after; the whole retention was not waited for", Verdict{})
	}
	return s.verdict("it can be read "+round(since).String()+" after", Verdict{})
}

func checkGone(e *facts) Verdict {
	var s seen
	for _, c := range e.talks(evidence.ProbeRetention) {
		for n, i := range c.polls(evidence.RoleExpired) {
			x := &c.Exchanges[i]
			status := x.Response.Status
			if unsaid(x) {
				continue
			}
			if n > 0 { // the result: only what the status still promises matters
				first := &c.Exchanges[i-1]
				if first.Response.Status/100 == 3 && status >= 400 {
					s.add(c, i, statusLine(x), "after the retention the status still leads to a result that is answered with %d", status)
				}
				continue
			}
			s.look(x)
			said := c.says(i)
			switch {
			case status == http.StatusGone || status == http.StatusNotFound:
				if x.Empty() {
					s.addMild(c, i, statusLine(x), "the %d does not explain that the operation is too old", status)
				}
			case status/100 == 5:
				s.add(c, i, statusLine(x), "an operation that is too old makes the server fail with %d", status)
			case said.end():
				// It is kept longer than promised: that harms nobody.
			default:
				s.add(c, i, []string{excerpt(x)}, "an operation that is too old is said to go on")
			}
		}
	}
	return s.verdict("it is gone, or kept longer", inconclusive("the operation did not end, or the wait was cut short"))
}
