package rules

import (
	"net/http"
	"slices"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

const ogcText = "OGC API - Processes, Part 1: Core (1.0-draft.6), "

// ogcJob is OGC API - Processes: a job is created.
var ogcJob = dialectRules{
	name: "ogc-job",
	otherwise: map[string]string{
		"submit-202":                       "a job is created: the submit is answered with 201",
		"accepted-body-describes-status":   "the content is a statusInfo: see ogc-job/status-info",
		"retry-after-present":              "nothing is said about when to ask",
		"retry-after-while-pending":        "nothing is said about when to ask",
		"completion-303":                   "the end is the status of the job; there is no redirect",
		"failure-structured":               "a failure has a message in its statusInfo; why it failed is said at its results",
		"cancel-after-completion-harmless": "DELETE of a job that is over removes it",
	},
	rules: []Rule{{
		ID: "ogc-job/created-201", Level: Must, Basis: BasisDraft,
		Title:   "An execution that is asynchronous is answered with 201, and Location is that of the job",
		Why:     "A job is a resource, and it was created.",
		Breaks:  "Clients do not find the job.",
		Fix:     "Answer 201 with Location: /jobs/{jobID}.",
		Sources: []string{ogcText + "requirement /req/core/process-execute-success-async"},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
		check: func(e *facts) Verdict {
			return e.eachAccepted(func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				if x.Response.Status != http.StatusCreated || x.Response.Header.Get("Location") == "" {
					s.add(c, i, statusLine(x), "the submit is not answered with 201 and Location")
				}
			}).verdict("it is", noOperation())
		},
	}, {
		ID: "ogc-job/status-info", Level: Must, Basis: BasisDraft,
		Title:   "The status is a statusInfo: an id and a status",
		Why:     "Both are required by its schema.",
		Breaks:  "Generated clients fail to decode it.",
		Fix:     "Send jobID (1.0) or id (2.0) and status with each answer about a job.",
		Sources: []string{ogcText + "statusInfo.yaml"},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
		check: func(e *facts) Verdict {
			return e.eachPending(func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				doc := document(x)
				if !has(doc, "/jobID", '"') && !has(doc, "/id", '"') || !has(doc, "/status", '"') {
					s.add(c, i, []string{excerpt(x)}, "the status is no statusInfo with an id and a status")
				}
			}).verdict("it is", notApplicable("no poll was answered while the job went on"))
		},
	}, {
		ID: "ogc-job/status-word", Level: Must, Basis: BasisDraft,
		Title:   "The status is accepted, running, successful, failed or dismissed",
		Why:     "There are no other words in its schema.",
		Breaks:  "Clients do not know whether the job is over.",
		Fix:     "Use the five words, in lower case.",
		Sources: []string{ogcText + "statusInfo.yaml"},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow, evidence.ProbeFail, evidence.ProbeCancel},
		check: func(e *facts) Verdict {
			var s seen
			for _, c := range e.talks() {
				for _, i := range c.polls(evidence.RoleSubmit, evidence.RoleImmediate, evidence.RoleRapid, evidence.RolePoll, evidence.RoleAgain, evidence.RoleCancel) {
					x := &c.Exchanges[i]
					word := memberText(document(x), "/status")
					if x.Response.Status/100 != 2 || word == "" {
						continue
					}
					s.look(x)
					if !slices.Contains([]string{"accepted", "running", "successful", "failed", "dismissed"}, word) {
						s.add(c, i, []string{`"status": "` + word + `"`}, "the status is %q", word)
					}
				}
			}
			return s.verdict("it is", noOperation())
		},
	}, {
		ID: "ogc-job/failed-200", Level: Must, Basis: BasisDraft,
		Title:   "The status of a job that failed is still answered with 200",
		Why:     "The status could be read; it says what failed, and so do its results.",
		Breaks:  "Clients take the error for one of the request.",
		Fix:     "Answer 200 with \"status\": \"failed\"; answer for the results with the error.",
		Sources: []string{ogcText + "requirement /req/core/job-results-failed"},
		Needs:   []Need{NeedFail}, Probes: []string{evidence.ProbeFail},
		check: func(e *facts) Verdict {
			return e.eachEnd(lro.Failed, func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				if x.Response.Status != http.StatusOK {
					s.add(c, i, statusLine(x), "the status of the job that failed is answered with %d", x.Response.Status)
				}
			}, evidence.ProbeFail).verdict("it is", noFailure(e))
		},
	}, {
		ID: "ogc-job/dismissed", Level: Must, Basis: BasisDraft,
		Title:   "DELETE of a job is answered with 200 and a statusInfo that says dismissed",
		Why:     "That is how a client learns that it was heard.",
		Breaks:  "Clients report that the job cannot be dismissed.",
		Fix:     "Answer 200 with \"status\": \"dismissed\".",
		Sources: []string{ogcText + "requirement /req/dismiss/job-dismiss-success"},
		Needs:   []Need{NeedCancel}, Probes: []string{evidence.ProbeCancel},
		check: func(e *facts) Verdict {
			var s seen
			e.cancellations(func(c *conversation, i int, x *evidence.Exchange) {
				if x.Response.Status == http.StatusMethodNotAllowed || x.Response.Status == http.StatusNotImplemented {
					return
				}
				s.look(x)
				if x.Response.Status != http.StatusOK || memberText(document(x), "/status") != "dismissed" {
					s.add(c, i, []string{statusLine(x)[0], excerpt(x)}, "DELETE is not answered with 200 and the status dismissed")
				}
			})
			return s.verdict("it is", notCancelled(e))
		},
	}},
}
