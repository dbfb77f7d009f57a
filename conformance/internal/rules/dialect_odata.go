package rules

import (
	"net/http"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

const odataText = "OData 4.01 Part 1: Protocol, section "

// odataAsync is OData: the answer of the request comes later, wrapped in a 200.
var odataAsync = dialectRules{
	name: "odata-async",
	otherwise: map[string]string{
		"accepted-body-describes-status":   "the 202 may be empty",
		"completion-303":                   "the end is a 200 with AsyncResult; there is no redirect",
		"cancelled-visible":                "after DELETE the status URL is answered with 404: see odata-async/cancelled-404",
		"cancel-after-completion-harmless": "DELETE of a status monitor that is done drops it",
		"failure-code-not-transient":       "the status of the request is in AsyncResult, inside a 200",
		"failure-code-not-request-level":   "the status of the request is in AsyncResult, inside a 200",
	},
	rules: []Rule{{
		ID: "odata-async/location-each-202", Level: Must, Basis: BasisRFC,
		Title:   "Every 202 of the status monitor has Location again",
		Why:     "It may differ from the one before: the client follows the newest.",
		Breaks:  "Clients that follow the newest have nothing to follow.",
		Fix:     "Send Location with each 202.",
		Sources: []string{odataText + "11.6"},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
		check: func(e *facts) Verdict {
			return e.eachPending(func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				if x.Response.Status == http.StatusAccepted && x.Response.Header.Get("Location") == "" {
					s.add(c, i, statusLine(x), "a 202 of the status monitor has no Location")
				}
			}).verdict("it has", notApplicable("no poll was answered with 202"))
		},
	}, {
		ID: "odata-async/only-if-asked", Level: Must, Basis: BasisRFC,
		Title:   "202 comes only in answer to Prefer: respond-async",
		Why:     "A client that did not ask for it does not know how to wait.",
		Breaks:  "Clients that are not prepared to poll lose the answer.",
		Fix:     "Answer synchronously without the preference.",
		Sources: []string{odataText + "8.2.8.8"},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow, evidence.ProbePrefer},
		check: func(e *facts) Verdict {
			var s seen
			for _, c := range e.talks() {
				for _, i := range c.polls(evidence.RoleSubmit) {
					x := &c.Exchanges[i]
					if x.Response.Status != http.StatusAccepted {
						continue
					}
					s.look(x)
					asked := preferences(strings.Join(x.Request.Header.Values("Prefer"), ","))
					if !slices.Contains(asked, "respond-async") {
						s.add(c, i, statusLine(x), "a request without Prefer: respond-async is answered with 202")
					}
				}
			}
			return s.verdict("only then", noOperation())
		},
	}, {
		ID: "odata-async/async-result", Level: Must, Basis: BasisRFC,
		Title:   "The end is a 200 with AsyncResult: the status that the request would have had, three digits",
		Why:     "The 200 is of the poll; only AsyncResult tells whether the request succeeded.",
		Breaks:  "Clients take every end for a success.",
		Fix:     "Send AsyncResult: 200, or 4xx, or 5xx, without a reason phrase.",
		Sources: []string{odataText + "8.3.1", odataText + "11.6"},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow, evidence.ProbeFail},
		check: func(e *facts) Verdict {
			var s seen
			for _, c := range e.talks(evidence.ProbeSlow, evidence.ProbeFail) {
				if c.told < 0 {
					continue
				}
				x := &c.Exchanges[c.told]
				if strings.HasPrefix(x.Response.Header.Get("Content-Type"), "application/http") {
					continue // the status is in the message
				}
				s.look(x)
				value := x.Response.Header.Get("AsyncResult")
				if x.Response.Status != http.StatusOK || len(value) != 3 || !delaySeconds(value) {
					s.add(c, c.told, append(statusLine(x), "AsyncResult: "+value), "the end is no 200 with three digits in AsyncResult")
				}
			}
			return s.verdict("it is", untold(e))
		},
	}, {
		ID: "odata-async/cancelled-404", Level: Must, Basis: BasisRFC,
		Title:   "After DELETE the status monitor answers 404",
		Why:     "The request is treated as if it had never been made.",
		Breaks:  "Clients go on to poll what they cancelled.",
		Fix:     "Drop the status monitor when DELETE was answered with 200 or 204.",
		Sources: []string{odataText + "11.6"},
		Needs:   []Need{NeedCancel}, Probes: []string{evidence.ProbeCancel},
		check: cancelledThen404,
	}, {
		ID: "odata-async/error-body", Level: Must, Basis: BasisRFC,
		Title:   "Errors have the member error with code and message",
		Why:     "One form of error for all services.",
		Breaks:  "Client libraries lose the message.",
		Fix:     "Send {\"error\": {\"code\": \"...\", \"message\": \"...\"}}.",
		Sources: []string{odataText + "9.4", "OData JSON Format 4.01, section 21.1"},
		Needs:   []Need{NeedFail}, Probes: []string{evidence.ProbeFail},
		check: func(e *facts) Verdict {
			return e.eachEnd(lro.Failed, func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				if !has(document(x), "/error/code", '"') || !has(document(x), "/error/message", '"') {
					s.add(c, i, []string{excerpt(x)}, "the failure has no error with code and message")
				}
			}, evidence.ProbeFail).verdict("they have", noFailure(e))
		},
	}},
}
