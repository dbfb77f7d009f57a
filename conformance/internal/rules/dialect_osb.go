package rules

import (
	"net/http"
	"slices"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

const osbText = "Open Service Broker API (after 2.17), "

// osbBroker is the Open Service Broker API, whose clients derive the status URL.
var osbBroker = dialectRules{
	name: "osb",
	otherwise: map[string]string{
		"status-url-present":             "the status URL is derived from that of the submit",
		"status-url-unguessable":         "the status URL is derived from ids that the platform chose",
		"accepted-body-describes-status": "the content of the 202 is the name of the operation: see osb/operation-string",
		"retry-after-present":            "Retry-After may be left out",
		"retry-after-while-pending":      "Retry-After may be left out",
		"completion-303":                 "the end is a state; there is no redirect",
		"failure-structured":             "a failure has a description for people: see osb/description",
		"unknown-id-404":                 "the last operation of an instance is asked for, not an operation",
		"unknown-preference-ignored":     "how it is answered depends on accepts_incomplete, not on Prefer",
		"idempotent-replay":              "PUT with the same ids and content is idempotent by itself",
		"idempotency-mismatch-422":       "PUT with the same ids and content is idempotent by itself",
		"idempotency-concurrent":         "PUT with the same ids and content is idempotent by itself",
	},
	rules: []Rule{{
		ID: "osb/pending-200", Level: Must, Basis: BasisPattern,
		Title:   "The last operation is answered with 200 as long as it can be read",
		Why:     "Any other status makes the platform poll on, or, with 410 after a DELETE, take it for done.",
		Breaks:  "Platforms poll until their maximum duration and then clean up.",
		Fix:     "Answer 200 with state.",
		Sources: []string{osbText + "Polling Last Operation"},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
		check: func(e *facts) Verdict {
			return e.eachPending(func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				if x.Response.Status != http.StatusOK {
					s.add(c, i, statusLine(x), "the last operation is answered with %d instead of 200", x.Response.Status)
				}
			}).verdict("it is", notApplicable("no poll was answered while the operation went on"))
		},
	}, {
		ID: "osb/state-word", Level: Must, Basis: BasisPattern,
		Title:   "The state is \"in progress\", \"succeeded\" or \"failed\"",
		Why:     "There are no other words, and the first has a blank in it.",
		Breaks:  "Platforms take the answer for invalid and poll on.",
		Fix:     "Use the three words.",
		Sources: []string{osbText + "Polling Last Operation, response body"},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow, evidence.ProbeFail},
		check: func(e *facts) Verdict {
			var s seen
			for _, c := range e.talks() {
				for _, i := range c.polls(evidence.RoleImmediate, evidence.RoleRapid, evidence.RolePoll, evidence.RoleAgain) {
					x := &c.Exchanges[i]
					if x.Response.Status != http.StatusOK {
						continue
					}
					s.look(x)
					if word := memberText(document(x), "/state"); !slices.Contains([]string{"in progress", "succeeded", "failed"}, word) {
						s.add(c, i, []string{excerpt(x)}, "the state is %q", word)
					}
				}
			}
			return s.verdict("it is", noOperation())
		},
	}, {
		ID: "osb/operation-string", Level: Must, Basis: BasisPattern,
		Title:   "The 202 has a JSON object, and its operation, if there is one, is a string of at most 10,000 characters",
		Why:     "The platform sends it back with each poll.",
		Breaks:  "Platforms ask for the wrong operation.",
		Fix:     "Send {\"operation\": \"task_10\"}, or {}.",
		Sources: []string{osbText + "Provisioning, response body"},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
		check: func(e *facts) Verdict {
			return e.eachAccepted(func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				doc := document(x)
				_, there := doc.At("/operation")
				switch {
				case !doc.IsObject():
					s.add(c, i, []string{excerpt(x)}, "the 202 has no JSON object")
				case there && !has(doc, "/operation", '"'):
					s.add(c, i, []string{excerpt(x)}, "the operation is not a string")
				case len(memberText(doc, "/operation")) > 10000:
					s.add(c, i, nil, "the operation is longer than 10,000 characters")
				}
			}).verdict("it has", noOperation())
		},
	}, {
		ID: "osb/description", Level: Should, Basis: BasisPattern,
		Title:   "A failure has a description for people",
		Why:     "The platform shows it to whoever asked for the service.",
		Breaks:  "People see that it failed, and no reason.",
		Fix:     "Send \"description\" with the reason and what to do.",
		Sources: []string{osbText + "Polling Last Operation, response body"},
		Needs:   []Need{NeedFail}, Probes: []string{evidence.ProbeFail},
		check: func(e *facts) Verdict {
			return e.eachEnd(lro.Failed, func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				if memberText(document(x), "/description") == "" {
					s.add(c, i, []string{excerpt(x)}, "the failure has no description")
				}
			}, evidence.ProbeFail).verdict("it has", noFailure(e))
		},
	}, {
		ID: "osb/error-body", Level: Must, Basis: BasisPattern,
		Title:   "Errors have a JSON object, whose error and description are strings",
		Why:     "The platform decides by error (AsyncRequired, ConcurrencyError), and shows description.",
		Breaks:  "Platforms cannot tell what is asked of them.",
		Fix:     "Send {\"error\": \"ConcurrencyError\", \"description\": \"...\"}, or {}.",
		Sources: []string{osbText + "Service Broker Errors"},
		check: func(e *facts) Verdict {
			return e.eachError(func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				doc := document(x)
				for _, name := range []string{"error", "description"} {
					if _, there := doc.At("/" + name); there && !has(doc, "/"+name, '"') {
						s.add(c, i, []string{excerpt(x)}, "the %s is not a string", name)
					}
				}
				if !doc.IsObject() && x.Response.Status != http.StatusMethodNotAllowed {
					s.add(c, i, append(statusLine(x), excerpt(x)), "HTTP %d has no JSON object", x.Response.Status)
				}
			}).verdict("they have", notApplicable("no error occurred"))
		},
	}},
}
