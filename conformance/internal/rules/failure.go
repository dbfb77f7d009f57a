package rules

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// failureRules speak about operations that fail.
var failureRules = []Rule{{
	ID: "failure-visible", Code: "C08", Level: Must, Basis: BasisPattern,
	Title:   "An operation that fails is said to have failed",
	Why:     "Work that failed in the background has nobody but the status URL to say so.",
	Breaks:  "Every client: it reports a success that was none, or waits for ever.",
	Fix:     "Catch what the worker throws and store it as the end: Failed with an error, or a 4xx.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution"},
	Needs:   []Need{NeedFail}, Probes: []string{evidence.ProbeFail},
	check: checkFailureVisible,
}, {
	ID: "failure-persistent", Code: "C09", Level: Must, Basis: BasisPattern,
	Title:   "A failure can be read again, and is the same each time",
	Why:     "\"Persist the error at the resource URL\": who asks second, or again, has to learn the same.",
	Breaks:  "Clients whose first answer was lost find 404, or an operation that runs again.",
	Fix:     "Store the failure with the operation, and answer from what is stored.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution"},
	Needs:   []Need{NeedFail}, Probes: []string{evidence.ProbeFail}, Asks: []evidence.Role{evidence.RoleAgain, evidence.RoleResult},
	check: checkFailurePersistent,
}, {
	ID: "failure-structured", Code: "C10", Level: Should, Basis: BasisPattern,
	Title:   "A failure says why, as problem details or as an error with code and message",
	Why:     "Whether to correct the request, to try again, or to call somebody depends on the reason.",
	Breaks:  "Clients can only say \"it failed\".",
	Fix:     "Send application/problem+json, or {\"status\": \"Failed\", \"error\": {\"code\": \"...\", \"message\": \"...\"}}; say whether it is worth to try again.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution", "RFC 9457, section 3", "RFC 9110, section 15.5"},
	Needs:   []Need{NeedFail}, Probes: []string{evidence.ProbeFail},
	check: checkFailureStructured,
}, {
	ID: "failure-code-not-transient", Code: "C11", Level: Should, Basis: BasisAdvice, Negative: true,
	Title:   "A stored failure is not reported with a status that invites a retry",
	Why:     "408, 425, 429, 500, 502, 503 and 504 speak about this request, and clients repeat it. Azure's own client polls a stored 500 for ever.",
	Breaks:  "Every client that repeats polls which fail in passing, and that is every good one.",
	Fix:     "Answer 200 with the state Failed, or 422.",
	Sources: []string{"RFC 9110, section 15.5.9", "RFC 9110, section 15.6", "RFC 6585, section 4", "Azure/azure-sdk-for-go, issue 22884"},
	Needs:   []Need{NeedFail}, Probes: []string{evidence.ProbeFail},
	check: checkFailureNotTransient,
}, {
	ID: "failure-code-not-request-level", Code: "C12", Level: Should, Basis: BasisAdvice, Negative: true,
	Title:   "A stored failure is not reported with a status that speaks about the poll",
	Why:     "401, 403, 404, 405, 406, 407, 410 and 415 say what is wrong with the request for the status, not with the operation.",
	Breaks:  "Clients ask for new credentials, or report that the operation expired.",
	Fix:     "Answer 200 with the state Failed, or 409 or 422.",
	Sources: []string{"RFC 9110, section 15.5.2", "RFC 9110, sections 15.5.4 to 15.5.8", "RFC 9110, section 15.5.11"},
	Needs:   []Need{NeedFail}, Probes: []string{evidence.ProbeFail},
	check: checkFailureNotRequestLevel,
}}

// failures calls f with the last poll of each operation that was to fail, once its end was told or
// could not be found out.
func (e *facts) failures(f func(c *conversation, i int, x *evidence.Exchange)) {
	for _, c := range e.talks(evidence.ProbeFail) {
		i := c.told
		if i < 0 {
			i = max(c.lastOf(evidence.RolePoll), c.lastOf(evidence.RoleImmediate), c.lastOf(evidence.RoleHop), c.lastOf(evidence.RoleResult))
		}
		if c.accepted >= 0 && i >= 0 && (c.told >= 0 || c.Ended == "" || c.Exchanges[i].Response.Status >= 400) {
			f(c, i, &c.Exchanges[i])
		}
	}
}

// shared reports whether an operation that should have succeeded met the same fate: then it is no
// failure that is told so.
func (e *facts) shared(c *conversation) bool {
	slow := e.talk(evidence.ProbeSlow)
	return slow != nil && slow.told < 0 && slow.last().Reason == c.last().Reason && c.last().Reason != ""
}

func noFailure(e *facts) Verdict {
	if c := e.talk(evidence.ProbeFail); c != nil && c.accepted >= 0 {
		return inconclusive("the end of the operation that was to fail was not seen: %s", c.fate())
	}
	return inconclusive("the submit that was to fail was not accepted")
}

func checkFailureVisible(e *facts) Verdict {
	var s seen
	e.failures(func(c *conversation, i int, x *evidence.Exchange) {
		s.look(x)
		switch op := c.last(); op.Outcome {
		case lro.Failed:
		case lro.Succeeded:
			if c.told < 0 {
				s.unlook(x)
				return
			}
			s.add(c, i, append(statusLine(x), excerpt(x)), "an operation that was to fail is said to have succeeded")
		case lro.Cancelled:
			s.addMild(c, i, statusLine(x), "an operation that was to fail is said to have been cancelled")
		case lro.Undecided:
			if op.Phase == lro.Fetching {
				s.add(c, i, statusLine(x), "an operation that was to fail leads to a result")
				return
			}
			s.unlook(x)
		case lro.Gone:
			if e.shared(c) {
				s.unlook(x)
				return
			}
			s.add(c, i, statusLine(x), "an operation that was to fail vanishes: %s", c.fate())
		default:
			s.unlook(x)
		}
	})
	return s.verdict("it is said to have failed", noFailure(e))
}

func checkFailurePersistent(e *facts) Verdict {
	var s seen
	var first, last time.Time
	for _, c := range e.talks(evidence.ProbeFail) {
		if c.told < 0 || c.last().Outcome != lro.Failed {
			continue
		}
		first = c.Exchanges[c.told].Answered
		for _, i := range c.polls(evidence.RoleAgain) {
			x := &c.Exchanges[i]
			if unsaid(x) {
				continue
			}
			s.look(x)
			last = x.Answered
			told := &c.Exchanges[c.told]
			if what := c.sameEnd(c.told, i); what != "" {
				s.add(c, i, statusLine(x), "the failure is not reported again: %s", what)
			} else if a, b := memberText(jsontext.Value(told.Response.Body), "/type"), memberText(jsontext.Value(x.Response.Body), "/type"); a != b {
				s.add(c, i, []string{a, b}, "the failure has another type than before")
			} else if a, b := failureCode(told), failureCode(x); a != b {
				s.add(c, i, []string{a, b}, "the failure has another code than before")
			}
		}
	}
	return s.verdict("it is the same for "+round(last.Sub(first)).String(), inconclusive("no failure was reported"))
}

func checkFailureStructured(e *facts) Verdict {
	var s seen
	e.failures(func(c *conversation, i int, x *evidence.Exchange) {
		op := c.last()
		if op.Outcome != lro.Failed {
			return
		}
		s.look(x)
		switch p := op.Problem; {
		case lro.Word(strings.TrimSpace(string(x.Response.Body))) == lro.StateFailed:
			s.unlook(x) // the status is a word, not a document
		case p == nil && (x.Response.More || e.statesAlone()):
			s.unlook(x)
		case p == nil && reasonMember(x) != "":
			s.addMild(c, i, []string{reasonMember(x)}, "the failure says why in words alone, without a code for machines")
		case p == nil:
			s.add(c, i, append(statusLine(x), excerpt(x)), "the failure says nothing about its reason")
		case p.Title == "" && p.Detail == "":
			s.add(c, i, []string{excerpt(x)}, "the failure has no message for people")
		case p.Type == "" && p.Code == "" && !problemJSON(x):
			s.addMild(c, i, []string{excerpt(x)}, "the failure has no code for machines")
		}
	})
	return s.verdict("it says why", notApplicable("no failure was reported, or the status documents hold the state and nothing else"))
}

// reasonMember is the line of a member, in any document, whose name says that it holds the reason of a
// failure; "" if there is none.
func reasonMember(x *evidence.Exchange) string {
	var members map[string]any
	if json.Unmarshal(x.Response.Body, &members) != nil {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		text, _ := members[name].(string)
		if text != "" && (containsFold(name, "reason") || containsFold(name, "error") || containsFold(name, "message")) {
			return fmt.Sprintf("%q: %q", name, text)
		}
	}
	return ""
}

var (
	transientStatuses    = []int{408, 425, 429, 500, 502, 503, 504}
	requestLevelStatuses = []int{401, 403, 404, 405, 406, 407, 410, 415}
)

func checkFailureNotTransient(e *facts) Verdict {
	return e.failureStatus(transientStatuses, "the failure is reported with %d, so that clients ask again", 3)
}

func checkFailureNotRequestLevel(e *facts) Verdict {
	return e.failureStatus(requestLevelStatuses, "the failure is reported with %d, which speaks about the request for the status", 1)
}

// failureStatus finds failures that are told with one of the statuses, at least so many times in a
// row: once, it may be the network.
func (e *facts) failureStatus(bad []int, message string, row int) Verdict {
	var s seen
	e.failures(func(c *conversation, i int, x *evidence.Exchange) {
		s.look(x)
		if !slices.Contains(bad, x.Response.Status) || e.shared(c) {
			return
		}
		same := 0
		for _, j := range c.polls(evidence.RolePoll, evidence.RoleImmediate, evidence.RoleHop, evidence.RoleResult) {
			if c.Exchanges[j].Response.Status == x.Response.Status {
				same++
			}
		}
		if same >= row {
			s.add(c, i, statusLine(x), message, x.Response.Status)
		}
	})
	return s.verdict("it is not", noFailure(e))
}

// failureCode is the code of a failure, for machines; "" if it has none.
func failureCode(x *evidence.Exchange) string {
	doc := jsontext.Value(x.Response.Body)
	for _, pointer := range []string{"/error/code", "/errors/0/code", "/code"} {
		if value, ok := doc.At(pointer); ok && len(value) > 0 && value[0] != '{' {
			return string(value)
		}
	}
	return ""
}

// statesAlone reports whether the status documents of the target have one member, the state, whatever
// they tell: then the failure is no exception.
func (e *facts) statesAlone() bool {
	looked := 0
	for _, c := range e.talks(evidence.ProbeSlow, evidence.ProbeFail) {
		for _, i := range c.polls() {
			var members map[string]any
			if json.Unmarshal(c.Exchanges[i].Response.Body, &members) != nil {
				continue
			}
			if looked++; len(members) != 1 {
				return false
			}
		}
	}
	return looked > 1
}
