package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// steadyRules speak about what stays the same from one answer to the next, and whether there is one.
var steadyRules = []Rule{{
	ID: "operation-id-stable", Code: "P19", Level: Should, Basis: BasisPattern,
	Title:   "The id in the status document is the same in every answer about one operation",
	Why:     "The id is what people quote in a support case and what clients store. One that changes names nothing.",
	Breaks:  "Clients that cancel or look up by the id, and people who correlate logs.",
	Fix:     "Give the operation its id when it is accepted; keep the ids of attempts and workers in members of their own.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution", "RFC 9110, section 15.3.3"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkStableID,
}, {
	ID: "status-answers-promptly", Code: "P21", Level: Should, Basis: BasisAdvice,
	Title:   "A poll of an operation that is over is answered at once",
	Why:     "A server may hold a poll until something changes; of what is over nothing will. A status that is computed anew for each poll costs the server as much as the clients.",
	Breaks:  "Clients with a short limit for a request give up; with many operations polls queue up.",
	Fix:     "Store the state where reading it is cheap, and write the end there once.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution", "Azure REST API guidelines, long-running operations"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow, evidence.ProbeFail}, Asks: []evidence.Role{evidence.RoleAgain, evidence.RoleResult},
	check: checkPrompt,
}, {
	ID: "requests-answered", Code: "P22", Level: Should, Basis: BasisAdvice,
	Title:   "Every request is answered: connections are not dropped",
	Why:     "A connection that breaks before the answer leaves the client without knowing whether the request was carried out.",
	Breaks:  "Clients that do not dare to repeat a submit, and those that take one lost poll for the end.",
	Fix:     "Close connections only between answers (Connection: close); drain them before an instance stops; give the gateway and the server the same time limits.",
	Sources: []string{"RFC 9112, section 9.6", "RFC 9110, section 9.2.2"},
	check:   checkAnswered,
}}

func checkStableID(e *facts) Verdict {
	var s seen
	for _, c := range e.talks() {
		if c.accepted < 0 {
			continue
		}
		first := map[string]string{}
		for _, i := range c.polls(evidence.RoleImmediate, evidence.RoleRapid, evidence.RolePoll, evidence.RoleAfterHead) {
			x := &c.Exchanges[i]
			doc := jsontext.Value(x.Response.Body)
			said := c.says(i)
			if said.miss || x.Response.Status/100 != 2 || said.end() {
				continue // an end may be the result, which is another thing
			}
			for _, name := range idMembers {
				value, ok := doc.At("/" + name)
				id := string(value)
				if !ok || id == "null" || id == `""` {
					continue
				}
				s.look(x)
				if first[name] == "" {
					first[name] = id
				}
				if first[name] != id {
					s.add(c, i, []string{`"` + name + `": ` + first[name], `"` + name + `": ` + id}, "the status document has another %s than before", name)
				}
			}
		}
	}
	return s.verdict("it stays", notApplicable("no status document has an id"))
}

const (
	// promptly is how long a poll of what is over may take.
	promptly = 2 * time.Second
	// enoughPrompt is how many of them it takes to say so.
	enoughPrompt = 3
)

func checkPrompt(e *facts) Verdict {
	var s seen
	var took []time.Duration
	var at *conversation
	for _, c := range e.talks(evidence.ProbeSlow, evidence.ProbeFail) {
		for _, i := range c.polls(evidence.RoleAgain, evidence.RoleRetained) {
			if x := &c.Exchanges[i]; !unsaid(x) {
				s.look(x)
				took = append(took, x.Answered.Sub(x.Sent))
				at = c
			}
		}
	}
	if len(took) < enoughPrompt {
		return notApplicable("an operation that was over was not asked for %d times", enoughPrompt)
	}
	slices.Sort(took)
	if median := took[len(took)/2]; median >= promptly {
		s.add(at, at.lastOf(evidence.RoleAgain), nil, "of %s of operations that were over, half took %v or longer", show.Count(len(took), "poll"), round(median))
	}
	return s.verdict("half of them within "+took[len(took)/2].Round(time.Millisecond).String(), Verdict{})
}

const (
	// fewDropped requests without an answer, or fewer, may be the network's doing, and so may less than
	// one in droppedShare.
	fewDropped   = 2
	droppedShare = 20
)

func checkAnswered(e *facts) Verdict {
	var s seen
	asked, dropped := 0, 0
	var at *conversation
	index := 0
	for _, c := range e.talks() {
		for i := range c.Exchanges {
			x := &c.Exchanges[i]
			if x.Role == evidence.RoleBurst || lro.Origin(x.Request.URL) != e.origin() {
				continue
			}
			asked++
			s.look(x)
			if x.Dropped || x.Response.Status == 0 && !x.Unsent && brokeOff(x.Err) {
				dropped++
				at, index = c, i
			}
		}
	}
	if dropped > fewDropped && dropped*droppedShare >= asked {
		s.add(at, index, nil, "%d of %s got no answer: the connection was closed", dropped, show.Count(asked, "request"))
	}
	return s.verdict("they are", notApplicable("nothing was asked"))
}

// origin is that of the slow submit.
func (e *facts) origin() string {
	if c := e.talk(evidence.ProbeSlow); c != nil && len(c.Exchanges) > 0 {
		return lro.Origin(c.Exchanges[0].Request.URL)
	}
	return ""
}

// brokeOff reports whether an error says that the other side closed the connection.
func brokeOff(err string) bool {
	for _, words := range []string{"closed the connection", "connection broke", "reset", "EOF"} {
		if strings.Contains(err, words) {
			return true
		}
	}
	return false
}
