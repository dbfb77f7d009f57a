package rules

import (
	"net/http"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

const azureGuide = "Microsoft Azure REST API Guidelines, Long-Running Operations & Jobs"

// azureOploc is the data plane of Azure: Operation-Location names a status monitor.
var azureOploc = dialectRules{
	name: "azure-oploc",
	otherwise: map[string]string{
		"status-url-present": "the status URL is in Operation-Location; Location, if it is there, is that of the result",
		"completion-303":     "the end is the state of the status monitor; there is no redirect",
		"unknown-id-404":     "a monitor may be named by the id alone, and what an id may be is the service's to say",
	},
	rules: []Rule{{
		ID: "azure-oploc/operation-location", Level: Should, Basis: BasisPattern,
		Title:   "The answer to the submit has Operation-Location with an absolute URL",
		Why:     "The clients of Azure poll what Operation-Location names, and refuse a relative reference.",
		Breaks:  "azcore for Go fails with \"invalid polling URL\"; other SDKs take the operation for done.",
		Fix:     "Send Operation-Location with scheme, host and path of the status monitor.",
		Sources: []string{azureGuide, "Azure/azure-sdk-for-go, issue 17221"},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
		check: func(e *facts) Verdict {
			return e.eachAccepted(func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				switch value := x.Response.Header.Get("Operation-Location"); {
				case value == "":
					s.add(c, i, statusLine(x), "the answer to the submit has no Operation-Location")
				case lro.Origin(value) == "":
					s.add(c, i, fieldLine("Operation-Location", value), "Operation-Location is no absolute URL")
				}
			}).verdict("it is there", noOperation())
		},
	}, {
		ID: "azure-oploc/monitor-in-body", Level: Must, Basis: BasisPattern,
		Title:   "The 202 has the status monitor as its content: id and status",
		Why:     "Clients show the operation before they poll it, and an operation that is already over needs no poll.",
		Breaks:  "Generated clients fail to decode an empty answer.",
		Fix:     "Send {\"id\": \"22\", \"status\": \"NotStarted\"}, the same document as at the monitor.",
		Sources: []string{azureGuide},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
		check: func(e *facts) Verdict {
			return e.eachAccepted(func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				if x.Response.Status != http.StatusAccepted {
					return // PUT answers with the resource
				}
				for _, name := range []string{"id", "status"} {
					if !has(document(x), "/"+name, '"') {
						s.add(c, i, []string{excerpt(x)}, "the status monitor in the 202 has no string %q", name)
					}
				}
			}).verdict("it is there", noOperation())
		},
	}, {
		ID: "azure-oploc/terminal-words", Level: Must, Basis: BasisPattern,
		Title:   "The end is Succeeded, Failed or Canceled",
		Why:     "Every other word means that the operation goes on.",
		Breaks:  "Clients poll for ever an operation that is Completed or Cancelled.",
		Fix:     "Use the three words; other words only for states that go on.",
		Sources: []string{azureGuide},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow, evidence.ProbeFail, evidence.ProbeCancel},
		check: func(e *facts) Verdict {
			var s seen
			for _, c := range e.talks() {
				for _, i := range c.polls(evidence.RolePoll, evidence.RoleImmediate, evidence.RoleRapid, evidence.RoleAgain) {
					x := &c.Exchanges[i]
					word := memberText(document(x), "/status")
					if x.Response.Status != http.StatusOK || !lro.Word(word).Terminal() {
						continue
					}
					s.look(x)
					if !slices.Contains([]string{"succeeded", "failed", "canceled"}, strings.ToLower(word)) {
						s.add(c, i, []string{`"status": "` + word + `"`}, "an end is spelt %q", word)
					}
				}
			}
			return s.verdict("they are", untold(e))
		},
	}, {
		ID: "azure-oploc/error-object", Level: Must, Basis: BasisPattern,
		Title:   "A failed status monitor is a 200 with error.code and error.message",
		Why:     "A 4xx at the monitor says that the status could not be read, not that the operation failed.",
		Breaks:  "Clients repeat the poll, or report the HTTP error instead of the operation's.",
		Fix:     "Answer 200 with \"status\": \"Failed\" and \"error\": {\"code\": ..., \"message\": ...}.",
		Sources: []string{azureGuide},
		Needs:   []Need{NeedFail}, Probes: []string{evidence.ProbeFail},
		check: func(e *facts) Verdict {
			return e.eachEnd(lro.Failed, func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				if x.Response.Status != http.StatusOK {
					s.add(c, i, statusLine(x), "the failure is reported with HTTP %d instead of 200", x.Response.Status)
				}
				if !has(document(x), "/error/code", '"') || !has(document(x), "/error/message", '"') {
					s.add(c, i, []string{excerpt(x)}, "the failed status monitor has no error with code and message")
				}
			}, evidence.ProbeFail).verdict("it is", noFailure(e))
		},
	}, {
		ID: "azure-oploc/retry-after-seconds", Level: Must, Basis: BasisPattern,
		Title:   "Every status that goes on has Retry-After in whole seconds",
		Why:     "The guidelines ask for it (DO), and the clients do not read dates there.",
		Breaks:  "Clients fall back to 30 seconds.",
		Fix:     "Send Retry-After with whole seconds at the monitor, as long as the state is not final.",
		Sources: []string{azureGuide},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
		check: func(e *facts) Verdict {
			return e.eachPending(func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				if value := x.Response.Header.Get("Retry-After"); !delaySeconds(value) && x.Response.Header.Get("Retry-After-Ms") == "" {
					s.add(c, i, append(statusLine(x), x.Response.Header.Lines("Retry-After")...), "a status that goes on has no Retry-After in whole seconds")
				}
			}).verdict("it has", notApplicable("no poll was answered while the operation went on"))
		},
	}, {
		ID: "azure-oploc/cancel-post", Level: Should, Basis: BasisPattern,
		Title:   "POST to the monitor's :cancel is answered with 200 and the status monitor",
		Why:     "That is how clients of Azure cancel an operation; DELETE removes the monitor.",
		Breaks:  "Clients report that the operation cannot be cancelled.",
		Fix:     "Answer POST <monitor>:cancel with 200 and the document of the monitor.",
		Sources: []string{"Microsoft Azure, Considerations for Service Design, Controlling a long-running operation"},
		Needs:   []Need{NeedCancel}, Probes: []string{evidence.ProbeCancel},
		check: func(e *facts) Verdict {
			if e.cancelling() == evidence.Unsupported {
				return notApplicable("the server does not cancel")
			}
			var s seen
			e.cancellations(func(c *conversation, i int, x *evidence.Exchange) {
				if x.Request.Method != http.MethodPost || !strings.HasSuffix(evidence.BareURL(x.Request.URL), ":cancel") {
					return
				}
				s.look(x)
				switch {
				case x.Response.Status == http.StatusMethodNotAllowed, x.Response.Status == http.StatusNotImplemented:
					s.unlook(x)
				case x.Response.Status != http.StatusOK:
					s.add(c, i, statusLine(x), "the cancellation is answered with %d instead of 200", x.Response.Status)
				case !has(document(x), "/status", '"'):
					s.add(c, i, []string{excerpt(x)}, "the answer to the cancellation is no status monitor")
				}
			})
			return s.verdict("it is", notCancelled(e))
		},
	}},
}
