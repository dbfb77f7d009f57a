package rules

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// submitRules speak about the answer to the submit.
var submitRules = []Rule{{
	ID: "submit-202", Code: "S01", Level: Must, Basis: BasisPattern,
	Title:   "A submit that starts work in the background is answered with 202",
	Why:     "202 Accepted is the only status that says \"not done yet\". A client that sees 200, 201 or 204 takes the work for finished.",
	Breaks:  "Clients that branch on the status code hand out an empty result, or report success before the work has begun.",
	Fix:     "Answer 202 when the work was queued, and 200 or 201 only when it is done.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution", "RFC 9110, section 15.3.3"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkSubmit202,
}, {
	ID: "accepts-promptly", Code: "S13", Level: Should, Basis: BasisPattern,
	Title:   "A submit is answered at once: within a second, and within a quarter of the time that the work takes",
	Why:     "The point of the pattern is that nobody waits on an open connection. An acceptance that takes as long as the work has the costs of both worlds.",
	Breaks:  "Clients and gateways with a short time limit for a request give up, do not learn the status URL, and submit again.",
	Fix:     "Check the request, write it to the queue, answer; leave the work to a worker.",
	Sources: []string{"Asynchronous Request-Reply pattern, context and problem", "Azure REST API guidelines, long-running operations"},
	Fault:   "latency:delay=1500ms",
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow, evidence.ProbeAside, evidence.ProbeRapid, evidence.ProbeCancel},
	check: checkAcceptsPromptly,
}, {
	ID: "accepted-body-describes-status", Code: "S14", Level: Should, Basis: BasisPattern,
	Title:   "The content of a 202 describes the status and agrees with the header",
	Why:     "\"The representation sent with this response ought to describe the request's current status\": people who call the API by hand see what they began, and generic clients need no extra request.",
	Breaks:  "Clients that read the URL or the id from the content follow another operation than those that read the header.",
	Fix:     "Send the status document that the status URL would send, with the state, and no URL or id that differs from Location.",
	Sources: []string{"RFC 9110, section 15.3.3", "Asynchronous Request-Reply pattern, solution"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkAcceptedBody,
}, {
	ID: "validates-synchronously", Code: "S16", Level: Should, Basis: BasisPattern,
	Title:   "A request that cannot be carried out is refused at once with a 4xx",
	Why:     "\"The API should validate the request and the action to be performed before it starts.\" What can be known at once should not cost a wait.",
	Breaks:  "Clients wait for minutes to learn of a misspelt field; those that do not poll never learn of it.",
	Fix:     "Check syntax, types and permissions before the work is queued; answer 400, 413, 415 or 422, without Location.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution"},
	Needs:   []Need{NeedInvalid}, Probes: []string{evidence.ProbeInvalid}, Asks: []evidence.Role{evidence.RoleSubmit},
	check: checkValidates,
}}

func checkSubmit202(e *facts) Verdict {
	var s seen
	for _, c := range e.talks(evidence.ProbeSlow) {
		i := c.lastOf(evidence.RoleSubmit)
		if i < 0 || c.Exchanges[i].Response.Status == 0 {
			continue
		}
		x := &c.Exchanges[i]
		s.look(x)
		switch op := c.after[i]; {
		case x.Response.Status == http.StatusAccepted:
		case x.Response.Status/100 == 2 && op.StatusURL != "" && op.Dialect != lro.GenericName:
			return notApplicable("%s accepts an operation with %d, too", op.Dialect, x.Response.Status)
		case x.Response.Status == http.StatusSeeOther && c.accepted == i:
			return notApplicable("the submit is answered with 303, which leads to the status (post, redirect, get)")
		case x.Response.Status == http.StatusSeeOther:
			s.addMild(c, i, statusLine(x), "the submit is answered with 303, which says that the answer lies elsewhere, not that there is none yet")
		default:
			s.add(c, i, statusLine(x), "the submit is answered with HTTP %d, which does not say that the work goes on", x.Response.Status)
		}
	}
	return s.verdict("202", inconclusive("the submit got no answer"))
}

// soonEnough is how quickly one submit must be accepted for the others to count as chance.
const soonEnough = 750 * time.Millisecond

func checkAcceptsPromptly(e *facts) Verdict {
	var took []time.Duration
	var at *conversation
	index := 0
	e.submits(func(c *conversation, i int, x *evidence.Exchange) {
		if len(took) == 0 {
			at, index = c, i
		}
		took = append(took, x.Answered.Sub(x.Sent))
	}, evidence.ProbeSlow, evidence.ProbeAside, evidence.ProbeRapid, evidence.ProbeCancel)
	if len(took) == 0 {
		return noOperation()
	}
	slices.Sort(took)
	median := took[len(took)/2].Round(time.Millisecond)
	// One that was accepted soon shows that it can be done: the others met a busy moment, here or there.
	least := took[0].Round(time.Millisecond)
	if median >= time.Second && least >= soonEnough {
		return judged([]Finding{at.finding(index, nil, "of %s, half took %v or longer to be accepted", show.Count(len(took), "submit"), median)}, Verdict{})
	}
	if run, ok := e.ranFor(); ok && run > 2*time.Second && least > run/4 {
		return judged([]Finding{at.finding(index, nil, "a submit takes %v to be accepted, and the work only %v", median, run.Round(time.Millisecond))}, Verdict{})
	}
	return pass("accepted within %v (the median of %d)", median, len(took))
}

// ranFor is the time from the acceptance of the slow operation to the answer that told its end.
func (e *facts) ranFor() (time.Duration, bool) {
	for _, c := range e.talks(evidence.ProbeSlow) {
		if c.accepted >= 0 && c.told >= 0 {
			return c.Exchanges[c.told].Answered.Sub(c.Exchanges[c.accepted].Answered), true
		}
	}
	return 0, false
}

func checkAcceptedBody(e *facts) Verdict {
	var s seen
	nothing := noOperation()
	e.submits(func(c *conversation, i int, x *evidence.Exchange) {
		s.look(x)
		doc := jsontext.Value(x.Response.Body)
		switch {
		case x.Response.More && !doc.IsObject():
			s.unlook(x)
			nothing = notApplicable("the content of the acceptance was not kept")
			return
		case x.Empty():
			s.add(c, i, nil, "the 202 has no content")
			return
		case !doc.IsObject() && declaredXML(x):
			s.unlook(x)
			nothing = notApplicable("the acceptance is XML, which is not read")
			return
		case !doc.IsObject():
			s.addMild(c, i, []string{excerpt(x)}, "the content of the 202 is no document that a client could read")
			return
		case c.after[i].Native == "" && e.Dialect == lro.GenericName && stateElsewhere(doc) == "":
			s.addMild(c, i, []string{excerpt(x)}, "the content of the 202 does not say in which state the operation is")
		}
		if word, goesOn := c.overTooSoon(i, doc); goesOn >= 0 {
			s.add(c, i, []string{excerpt(x), excerpt(&c.Exchanges[goesOn])}, "the 202 says that the operation is %s, and later it goes on", word)
		}
		for _, name := range statusMembers {
			ref := memberText(doc, "/"+name)
			if ref == "" || !strings.ContainsAny(ref, "/:") {
				continue
			}
			target, err := lro.Resolve(x.Request.URL, ref)
			if err == nil && withoutQuery(target) != withoutQuery(c.after[i].StatusURL) && (!slices.Contains(vagueMembers, name) || sameCollection(target, c.after[i].StatusURL)) {
				s.add(c, i, []string{`"` + name + `": "` + ref + `"`, "Location: " + x.Response.Header.Get("Location")}, "the content of the 202 names another status URL than its header, in %q", name)
			}
		}
	}, evidence.ProbeSlow)
	e.otherThanPolled(&s)
	return s.verdict("it describes the status", nothing)
}

// overTooSoon returns the end that an acceptance tells, and the poll that says that the operation goes on; -1:
// there is none.
func (c *conversation) overTooSoon(i int, doc jsontext.Value) (word string, goesOn int) {
	_, word = stateMember(doc)
	if lro.Word(unquote(word)).Terminal() {
		for _, j := range c.polls() {
			if said := c.says(j); j > i && !said.miss && !said.end() && lro.Word(said.native) != lro.StateUnknown {
				return word, j
			}
		}
	}
	return word, -1
}

// statusMembers are where documents put the URL of the status.
var statusMembers = []string{"statusUrl", "status_url", "statusUri", "statusURL", "monitor", "Location", "location", "operationLocation", "links/status", "links/self", "_links/self/href", "href", "url", "uri", "self"}

// vagueMembers name some URL, which is another status only if it looks like one.
var vagueMembers = []string{"href", "url", "uri", "self"}

// sameCollection reports whether two URLs differ in the last segment of their paths alone.
func sameCollection(a, b string) bool {
	a, b = withoutQuery(a), withoutQuery(b)
	i, j := strings.LastIndexByte(a, '/'), strings.LastIndexByte(b, '/')
	return i > 0 && i == j && a[:i] == b[:j] && a != b
}

// idMembers are where documents put the id of the operation.
var idMembers = []string{"id", "operationId", "operation_id", "jobId", "jobID", "job_id", "taskId", "task_id"}

// otherThanPolled finds ids of the acceptance that are others than those of the status document.
func (e *facts) otherThanPolled(s *seen) {
	for _, c := range e.talks(evidence.ProbeSlow) {
		if c.accepted < 0 || c.Exchanges[c.accepted].Response.Status != http.StatusAccepted || c.after[c.accepted].Native == "" {
			continue
		}
		accepted := jsontext.Value(c.Exchanges[c.accepted].Response.Body)
		for _, i := range c.polls() {
			doc := jsontext.Value(c.Exchanges[i].Response.Body)
			for _, name := range idMembers {
				first, then := memberText(accepted, "/"+name), memberText(doc, "/"+name)
				if first != "" && then != "" && first != then && strings.Contains(c.status, then) {
					s.add(c, c.accepted, []string{`"` + name + `": "` + first + `"`, `"` + name + `": "` + then + `"`}, "the content of the 202 has another %s than the status that Location leads to", name)
					return
				}
			}
		}
	}
}

// memberText is the string at a pointer; "" for anything else.
func memberText(doc jsontext.Value, pointer string) string {
	value, ok := doc.At(pointer)
	if !ok {
		return ""
	}
	text, _ := value.Text()
	return string(text)
}

// excerpt is the beginning of the content, on one line.
func excerpt(x *evidence.Exchange) string {
	text := strings.Join(strings.Fields(string(x.Response.Body[:min(len(x.Response.Body), 400)])), " ")
	return strings.ToValidUTF8(text[:min(len(text), 120)], "")
}

func checkValidates(e *facts) Verdict {
	var s seen
	for _, c := range e.talks(evidence.ProbeInvalid) {
		i := c.lastOf(evidence.RoleSubmit)
		if i < 0 || c.Exchanges[i].Response.Status == 0 {
			continue
		}
		x := &c.Exchanges[i]
		s.look(x)
		switch status := x.Response.Status; {
		case status/100 == 2:
			s.add(c, i, statusLine(x), "a request that must be refused is answered with HTTP %d", status)
		case status/100 == 5:
			s.add(c, i, statusLine(x), "a request that must be refused makes the server fail with HTTP %d", status)
		case status/100 == 3:
			s.add(c, i, statusLine(x), "a request that must be refused is redirected with HTTP %d", status)
		case Throttled(status), status == http.StatusUnauthorized:
			s.unlook(x) // it says nothing about the request
		case x.Response.Header.Get("Location") != "":
			s.addMild(c, i, fieldLine("Location", x.Response.Header.Get("Location")), "the refusal has a Location")
		}
	}
	return s.verdict("refused at once", inconclusive("the submit got no answer"))
}
