package rules

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// pollingRules speak about what the status URL answers while the operation goes on.
var pollingRules = []Rule{{
	ID: "pending-200", Code: "P01", Level: Must, Basis: BasisPattern,
	Title:   "The status of an operation that goes on is answered with 200 and a status, or with 202",
	Why:     "\"Not yet\" has to be said. 404 says that there is nothing, 204 that there is nothing to say, and a redirect to itself nothing at all.",
	Breaks:  "Clients take 404 for a wrong URL, 204 for an empty result, and follow the redirect until they give up.",
	Fix:     "Answer 200 with a status document (\"status\": \"Running\"), or 202.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution", "RFC 9110, section 15.3.3"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkPending200,
}, {
	ID: "status-immediately-readable", Code: "P02", Level: Should, Basis: BasisPattern,
	Title:   "The status URL can be read as soon as it was named",
	Why:     "The URL that a 202 names is a promise. A record that is written later, or a replica that lags, breaks it for fast clients only.",
	Breaks:  "Clients that take the first 404 for the end give up an operation that runs.",
	Fix:     "Write the record before the 202 is sent, and read it where it was written.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution", "Azure/azure-functions-durable-extension, issue 143"},
	Fault:   "status-404",
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow, evidence.ProbeAside, evidence.ProbeRapid},
	check: checkImmediatelyReadable,
}, {
	ID: "state-recognisable", Code: "P03", Level: Should, Basis: BasisPattern,
	Title:   "The state is a word that everybody knows, spelt the same each time",
	Why:     "\"Use a consistent, documented set of terminal and non-terminal values.\" A client can only go by words that it knows.",
	Breaks:  "Clients cannot tell \"goes on\" from \"is over\": numbers, translations and \"InProgress\" beside \"in-progress\" have to be special cases.",
	Fix:     "Use Pending, Running, Succeeded, Failed, Cancelled, as a JSON string in the member status.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution"},
	Fault:   "error-200",
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkStateRecognisable,
}, {
	ID: "state-monotonic", Code: "P10", Level: Should, Basis: BasisPattern,
	Title:   "The state never goes back, and an end is final",
	Why:     "An end that is taken back was no end; whoever acted on it acted on nothing.",
	Breaks:  "Two clients that ask at different moments come to different ends; those that stop at the first answer are wrong.",
	Fix:     "Let a retry of the work keep the state Running; write an end only once (compare and set); read from where it was written.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution", "Microsoft REST API guidelines, section 13"},
	Fault:   "terminal-reverts",
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkMonotonic,
}, {
	ID: "polling-safe", Code: "P04", Level: Must, Basis: BasisRFC,
	Title:   "Asking for the status changes nothing, however often and from wherever",
	Why:     "GET is safe: that is why anybody may send it again, prefetch it, or ask at the same time as another.",
	Breaks:  "With two observers, or a client that polls twice as often, the work ends early, late, or with its result lost.",
	Fix:     "Keep the state where all instances see it; let workers drive the work, not polls; delete a result by time, not by reading.",
	Sources: []string{"RFC 9110, section 9.2.1", "Microsoft REST API guidelines, section 13"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow, evidence.ProbeRapid},
	check: checkPollingSafe,
}}

func checkPending200(e *facts) Verdict {
	var s seen
	style := "200 with a status"
	for _, c := range e.talks(evidence.ProbeSlow, evidence.ProbeRapid) {
		if c.accepted < 0 {
			continue
		}
		polls := c.polls()
		for n, i := range polls {
			x := &c.Exchanges[i]
			said := c.says(i)
			if c.told >= 0 && i >= c.told && said.target != x.Request.URL || x.Response.Status == 0 || pageInstead(x) {
				break
			}
			s.looked++
			switch status := x.Response.Status; {
			case status == http.StatusAccepted:
				style = "202 (arr-202: the state is in the status code)"
			case status == http.StatusOK && len(x.Response.Body) == 0:
				s.add(c, i, statusLine(x), "a poll is answered with 200 and nothing in it")
			case status == http.StatusNotFound && n+1 == len(polls):
				s.add(c, i, statusLine(x), "a poll is answered with 404 while the operation goes on")
			case redirects(x) && said.target == x.Request.URL:
				s.add(c, i, fieldLine("Location", x.Response.Header.Get("Location")), "a poll is redirected to the status URL itself")
			}
		}
		if op := c.last(); c.told >= 0 && s.looked > 0 && op.Style == lro.Style200 && c.Exchanges[c.told].Response.Status == http.StatusNoContent {
			s.add(c, c.told, statusLine(&c.Exchanges[c.told]), "a poll is answered with 204: neither a status nor a result")
		}
	}
	return s.verdict(style, inconclusive("the operation was over before it was polled, or never answered"))
}

func checkImmediatelyReadable(e *facts) Verdict {
	var s seen
	for _, c := range e.talks() {
		for _, i := range c.polls(evidence.RoleImmediate) {
			x := &c.Exchanges[i]
			status := x.Response.Status
			if status == 0 || Throttled(status) {
				continue
			}
			s.looked++
			if status != http.StatusNotFound && status != http.StatusGone && status/100 != 5 {
				continue
			}
			if healed, after := c.healed(i); healed {
				s.addMild(c, i, statusLine(x), "the first poll is answered with %d, as if there were nothing; %v later there is", status, after.Round(time.Second))
			} else {
				s.add(c, i, statusLine(x), "the first poll is answered with %d, as if there were nothing", status)
			}
		}
	}
	return s.verdict("it can be read at once", noOperation())
}

// healed says whether a later poll was answered, and how long after.
func (c *conversation) healed(i int) (bool, time.Duration) {
	for _, j := range c.polls() {
		if j > i && c.answersAsStatus(j) {
			return true, c.Exchanges[j].Answered.Sub(c.Exchanges[i].Answered)
		}
	}
	return false, 0
}

func checkStateRecognisable(e *facts) Verdict {
	var s seen
	spelt := map[string]string{}
	for _, c := range e.talks() {
		if c.accepted < 0 {
			continue
		}
		for _, i := range c.polls(evidence.RoleImmediate, evidence.RolePoll, evidence.RoleRapid, evidence.RoleAgain) {
			x := &c.Exchanges[i]
			doc := lro.JSON(x.Response.Body)
			said := c.says(i)
			if x.Err != "" || x.Response.Status != http.StatusOK && x.Response.Status != http.StatusAccepted || !doc.IsObject() || said.end() && said.native == "" {
				continue
			}
			s.looked++
			member, word := stateMember(doc)
			switch {
			case said.outcome == lro.Succeeded && (word == "" || lro.Word(unquote(word)) == lro.StateUnknown):
				s.looked-- // it is the result
			case word == "":
				if x.Response.Status == http.StatusAccepted {
					s.looked-- // the status code says it
					continue
				}
				s.add(c, i, []string{excerpt(x)}, "a status document has no state in it")
			case word[0] != '"':
				s.add(c, i, []string{fmt.Sprintf("%q: %s", member, word)}, "the state is not a string: %s", word)
			case lro.Word(unquote(word)) == lro.StateUnknown && said.state == lro.StateUnknown:
				s.add(c, i, []string{fmt.Sprintf("%q: %s", member, word)}, "the state is a word that no client knows: %s", word)
			default:
				same := strings.Map(lettersOnly, strings.ToLower(word))
				if first := spelt[same]; first != "" && first != word {
					s.add(c, i, []string{first, word}, "the same state is spelt %s and %s", first, word)
				}
				spelt[same] = word
			}
		}
	}
	return s.verdict("the words are known", notApplicable("the state is in the status code, not in words"))
}

func unquote(s string) string { return strings.Trim(s, `"`) }

func lettersOnly(r rune) rune {
	if r >= 'a' && r <= 'z' {
		return r
	}
	return -1
}

// stateMember is where the pattern and its relatives keep the state, and the JSON text there.
func stateMember(doc lro.JSON) (string, string) {
	for _, pointer := range []string{"/status", "/state", "/properties/provisioningState", "/runtimeStatus", "/phase", "/TaskState", "/jobStatus"} {
		if value, ok := doc.At(pointer); ok && len(value) > 0 && value[0] != '{' {
			return pointer[1:], string(value)
		}
	}
	return "", ""
}

func checkMonotonic(e *facts) Verdict {
	var s seen
	for _, c := range e.talks() {
		if c.accepted < 0 {
			continue
		}
		var before saying
		for _, i := range c.polls(evidence.RoleImmediate, evidence.RoleRapid, evidence.RolePoll, evidence.RoleAfterHead, evidence.RoleAgain, evidence.RoleRetained) {
			said := c.says(i)
			if said.miss || said.state == lro.StateUnknown && !said.end() || c.Exchanges[i].Response.Status == http.StatusNotModified {
				continue
			}
			s.looked++
			switch {
			case before.end() && !said.end():
				s.add(c, i, []string{excerpt(&c.Exchanges[i])}, "after its end (%s) the operation is said to be %s", before.outcome, said.state)
				continue // the first end stands
			case before.end() && said.outcome != before.outcome:
				s.add(c, i, []string{excerpt(&c.Exchanges[i])}, "after the end %s the end is said to be %s", before.outcome, said.outcome)
				continue
			case before.state == lro.StateRunning && said.state == lro.StatePending:
				s.addMild(c, i, []string{excerpt(&c.Exchanges[i])}, "after %s the operation is said to be %s", before.native, said.native)
			}
			before = said
		}
	}
	return s.verdict("it only goes on", noOperation())
}

func checkPollingSafe(e *facts) Verdict {
	var s seen
	for _, c := range e.talks(evidence.ProbeSlow, evidence.ProbeFail) {
		if c.told < 0 {
			continue
		}
		if again := c.polls(evidence.RoleAgain); len(again) > 0 {
			i := again[0] // later ones may come after the retention
			x := &c.Exchanges[i]
			s.looked++
			if x.Response.Status == http.StatusNotFound || x.Response.Status == http.StatusGone {
				s.add(c, i, statusLine(x), "the end was told once, and the next poll is answered with %d: reading it took it away", x.Response.Status)
			}
		}
	}
	c := e.talk(evidence.ProbeRapid)
	if c == nil || c.accepted < 0 {
		return s.verdict("the end stays", inconclusive("no operation was polled often"))
	}
	rapid := c.polls(evidence.RoleRapid)
	s.looked += len(rapid)
	least, ok := e.shortestRun()
	switch {
	case !ok:
	case c.told < 0 && (c.last().Reason == lro.NotFound || c.last().Reason == lro.Expired):
		s.add(c, len(c.Exchanges)-1, statusLine(&c.Exchanges[len(c.Exchanges)-1]), "an operation that is polled often is lost: %s", c.last().Reason.Text())
	case c.told < 0:
	default:
		ran := c.Exchanges[c.told].Answered.Sub(c.Exchanges[c.accepted].Answered)
		switch {
		case evidence.Over(c.last()) && c.last().Outcome != lro.Succeeded && e.othersSucceed():
			s.add(c, c.told, nil, "an operation that is polled often ends as %s, one that is polled rarely succeeds", c.last().Outcome)
		case ran < (least-e.longestGap())/2 && e.countsPolls(c):
			s.add(c, c.told, nil, "an operation that is polled often ends after %v, one that is polled rarely after %v", round(ran), round(least))
		}
	}
	return s.verdict("polls change nothing", inconclusive("no operation was polled often"))
}

// othersSucceed says whether all operations that were not polled often succeeded, and there are two or
// more: one alone may have failed because another ran beside it.
func (e *facts) othersSucceed() bool {
	succeeded := 0
	for _, c := range e.talks(evidence.ProbeSlow, evidence.ProbeAside, evidence.ProbeIdempotency, evidence.ProbeCancel+"/2", evidence.ProbeBurst) {
		switch {
		case c.last().Outcome == lro.Succeeded:
			succeeded++
		case evidence.Over(c.last()):
			return false
		}
	}
	return succeeded >= 2
}

func round(d time.Duration) time.Duration { return d.Round(100 * time.Millisecond) }

// countsPolls says whether an operation that was polled often needed no more requests to its end than
// any that was polled rarely: it may be the polls that drive the work. That it ended sooner says nothing
// alone, because one piece of work takes longer than another.
func (e *facts) countsPolls(often *conversation) bool {
	for _, c := range e.talks(evidence.ProbeSlow, evidence.ProbeAside, evidence.ProbeIdempotency) {
		if c.accepted >= 0 && c.told > c.accepted && often.told-often.accepted > c.told-c.accepted+2 {
			return false
		}
	}
	return true
}

// shortestRun is how long the shortest of the operations took that were not polled often.
func (e *facts) shortestRun() (least time.Duration, ok bool) {
	for _, c := range e.talks(evidence.ProbeSlow, evidence.ProbeAside, evidence.ProbeIdempotency) {
		if c.accepted < 0 || c.told < 0 || c.told < c.accepted {
			continue
		}
		ran := c.Exchanges[c.told].Answered.Sub(c.Exchanges[c.accepted].Answered)
		if !ok || ran < least {
			least, ok = ran, true
		}
	}
	return least, ok
}

// longestGap is the longest pause between two polls of one conversation: so late the end may have
// been seen.
func (e *facts) longestGap() time.Duration {
	var longest time.Duration
	for _, c := range e.talks(evidence.ProbeSlow, evidence.ProbeRapid, evidence.ProbeAside) {
		polls := c.polls()
		for n := 1; n < len(polls); n++ {
			longest = max(longest, c.Exchanges[polls[n]].Sent.Sub(c.Exchanges[polls[n-1]].Sent))
		}
	}
	return longest
}
