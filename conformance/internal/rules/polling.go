package rules

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/internal/jsontext"
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
	Why:     "An end that is taken back was no end; a client that acted on it acted on nothing.",
	Breaks:  "Two clients that ask at different moments come to different ends; those that stop at the first answer are wrong.",
	Fix:     "Let a retry of the work keep the state Running; write an end only once (compare and set); read from where it was written.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution", "Microsoft REST API guidelines, section 13"},
	Fault:   "terminal-reverts",
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkMonotonic,
}, {
	ID: "polling-safe", Code: "P04", Level: Must, Basis: BasisPattern,
	Title:   "Asking for the status changes nothing, however often and from wherever",
	Why:     "GET is safe: that is why anybody may send it again, prefetch it, or ask at the same time as another.",
	Breaks:  "With two observers, or a client that polls twice as often, the work ends early, late, or with its result lost.",
	Fix:     "Keep the state where all instances see it; let workers drive the work, not polls; delete a result by time, not by reading.",
	Sources: []string{"RFC 9110, section 9.2.1", "Microsoft REST API guidelines, section 13"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow, evidence.ProbeRapid, evidence.ProbeRare},
	Asks:  []evidence.Role{evidence.RoleRapid, evidence.RoleAgain},
	check: checkPollingSafe,
}}

func checkImmediatelyReadable(e *facts) Verdict {
	var s seen
	for _, c := range e.talks() {
		for _, i := range c.polls(evidence.RoleImmediate) {
			x := &c.Exchanges[i]
			status := x.Response.Status
			if status == 0 || Throttled(status) {
				continue
			}
			s.look(x)
			if status != http.StatusNotFound && status != http.StatusGone && status/100 != 5 {
				continue
			}
			if c.stray() {
				s.unlook(x) // status-url-resolves says it
			} else if healed, after := c.healed(i); healed && !c.missedAgain(i) {
				s.addMild(c, i, statusLine(x), "the first poll is answered with %d, as if there were nothing; %v later there is", status, after.Round(time.Second))
			} else if healed {
				s.add(c, i, statusLine(x), "polls are answered with %d for %v, as if there were nothing", status, after.Round(time.Second))
			} else {
				s.add(c, i, statusLine(x), "the first poll is answered with %d, as if there were nothing", status)
			}
		}
	}
	return s.verdict("it can be read at once", noOperation())
}

// healed reports whether a later poll was answered, and how long after.
func (c *conversation) healed(i int) (bool, time.Duration) {
	for _, j := range c.polls() {
		if j > i && c.answersAsStatus(j) {
			return true, c.Exchanges[j].Answered.Sub(c.Exchanges[i].Answered)
		}
	}
	return false, 0
}

// missedAgain reports whether the poll after one that was answered as if there were nothing, which waits as a
// client does, is answered so, too.
func (c *conversation) missedAgain(i int) bool {
	for _, j := range c.polls() {
		if j > i {
			return c.Exchanges[j].Response.Status == c.Exchanges[i].Response.Status
		}
	}
	return false
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
			doc := jsontext.Value(x.Response.Body)
			said := c.says(i)
			if x.Err != "" || x.Response.Status != http.StatusOK && x.Response.Status != http.StatusAccepted || !doc.IsObject() || said.end() && said.native == "" {
				continue
			}
			s.look(x)
			member, word := stateMember(doc)
			switch {
			case said.outcome == lro.Succeeded && (word == "" || lro.Word(unquote(word)) == lro.StateUnknown):
				s.unlook(x) // it is the result
			case word == "":
				if x.Response.Status == http.StatusAccepted || c.after[i].Dialect != lro.GenericName {
					s.unlook(x) // the status code says it
					continue
				}
				if where := stateElsewhere(doc); where != "" {
					s.addMild(c, i, []string{excerpt(x)}, "the state stands at %s, where a client does not look unless it is configured to", where)
					continue
				}
				s.add(c, i, []string{excerpt(x)}, "a status document has no state in it")
			case word[0] != '"':
				s.add(c, i, []string{fmt.Sprintf("%q: %s", member, word)}, "the state is not a string: %s", word)
			case lro.Word(unquote(word)) == lro.StateUnknown && (said.state == lro.StateUnknown || c.after[i].Dialect == lro.GenericName):
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
func stateMember(doc jsontext.Value) (string, string) {
	for _, pointer := range []string{"/status", "/state", "/properties/provisioningState", "/runtimeStatus", "/phase", "/TaskState", "/jobStatus", "/data/attributes/status", "/data/status", "/operation/status", "/job/status"} {
		if value, ok := doc.At(pointer); ok && len(value) > 0 && value[0] != '{' {
			return pointer[1:], string(value)
		}
	}
	return "", ""
}

// deepestState is how many objects deep a state is looked for.
const deepestState = 4

// stateElsewhere is the pointer to a member named status or state with a known word, wherever in a document
// it stands; "" if there is none.
func stateElsewhere(doc jsontext.Value) string {
	var whole any
	if json.Unmarshal(doc, &whole) != nil {
		return ""
	}
	var look func(value any, at string, depth int) string
	look = func(value any, at string, depth int) string {
		object, _ := value.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(object)) {
			word, isText := object[name].(string)
			if isText && (strings.EqualFold(name, "status") || strings.EqualFold(name, "state")) && lro.Word(word) != lro.StateUnknown {
				return at + "/" + name
			}
			if depth > 1 {
				if found := look(object[name], at+"/"+name, depth-1); found != "" {
					return found
				}
			}
		}
		return ""
	}
	return look(whole, "", deepestState)
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
			s.look(&c.Exchanges[i])
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

func checkPending200(e *facts) Verdict {
	var s, wrong seen
	for _, c := range e.talks(evidence.ProbeSlow, evidence.ProbeRapid) {
		if c.accepted >= 0 {
			c.pendings(&s, &wrong)
		}
	}
	switch {
	case len(s.findings) > 0:
	case s.looked == 0 && len(wrong.findings) > 0:
		// It never said that the operation goes on.
		f := wrong.findings[0]
		f.Message = "while the operation goes on, its status is answered with " + wrong.tally() + ", and never with a status"
		s.findings = []Finding{f}
	}
	passed := "while the operation goes on there is a status"
	if s.statuses[http.StatusAccepted] > 0 {
		passed += "; with 202 the status code says it"
	}
	return s.verdict(passed, inconclusive("the operation was over before it was polled, or never answered"))
}

// pendings looks at the answers of the status URL before the end was told: those that say that the
// operation goes on, and those that say nothing. What is wrong by itself is a finding.
func (c *conversation) pendings(s, wrong *seen) {
	if c.toldLater() {
		s.look(&c.Exchanges[c.told])
		s.add(c, c.told, statusLine(&c.Exchanges[c.told]), "a poll is answered with 204, neither a status nor a result, and later ones report the end")
	}
	polls := c.polls()
	for n, i := range polls {
		x := &c.Exchanges[i]
		said := c.says(i)
		if c.told >= 0 && i >= c.told && said.target != x.Request.URL {
			return
		}
		if pageInstead(x) && c.told < 0 {
			return // perhaps somebody has to log in
		}
		switch status := x.Response.Status; {
		case redirects(x) && said.target == x.Request.URL:
			s.look(x)
			s.add(c, i, fieldLine("Location", x.Response.Header.Get("Location")), "a poll is redirected to the status URL itself")
		case pageInstead(x):
			s.look(x)
			s.addMild(c, i, []string{excerpt(x)}, "a poll is answered with an HTML page while the operation goes on")
		case status == http.StatusOK && x.Empty():
			s.look(x)
			s.add(c, i, statusLine(x), "a poll is answered with 200 and nothing in it")
		case status == http.StatusNoContent:
			s.look(x)
			s.add(c, i, statusLine(x), "a poll is answered with 204: neither a status nor a result")
		case status == http.StatusOK, status == http.StatusAccepted, status == http.StatusNotModified:
			s.look(x)
		case status == http.StatusNotFound || status == http.StatusGone:
			wrong.look(x)
			wrong.add(c, i, statusLine(x), "a poll is answered with %d while the operation goes on", status)
			if n+1 == len(polls) && c.told < 0 {
				s.add(c, i, statusLine(x), "a poll is answered with %d while the operation goes on", status)
			}
		}
	}
}

// toldLater reports whether an operation whose end seems to have been told with 204 goes on to tell it with
// a status: then the 204 meant that there was nothing to say yet.
func (c *conversation) toldLater() bool {
	if c.told < 0 || c.Exchanges[c.told].Response.Status != http.StatusNoContent {
		return false
	}
	for _, i := range c.polls(evidence.RoleAgain, evidence.RoleRetained, evidence.RolePoll) {
		x := &c.Exchanges[i]
		if i > c.told && (x.Response.Status == http.StatusSeeOther || x.Response.Status == http.StatusOK && !x.Empty()) {
			return true
		}
	}
	return false
}
