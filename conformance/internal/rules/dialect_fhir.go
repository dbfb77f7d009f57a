package rules

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

const bulkIG = "HL7 FHIR Bulk Data Access IG, STU4 ballot, "

// fhirBulk is the export of bulk data.
var fhirBulk = dialectRules{
	name: "fhir-bulk",
	otherwise: map[string]string{
		"retry-after-present":            "the answer to the kick-off need not say when to ask; that of the status URL may",
		"accepted-body-describes-status": "the content of the 202 may be an OperationOutcome, or nothing",
		"completion-303":                 "the end is a 200 with the manifest; there is no redirect",
		"failure-structured":             "a failure is an OperationOutcome: see fhir-bulk/operation-outcome",
		"failure-code-not-transient":     "a 5xx is the end, unless its OperationOutcome says that it is transient",
		"cancelled-visible":              "after DELETE the status URL is answered with 404: see fhir-bulk/delete",
		"expires-neutralised":            "Expires says when the files go away",
		"throttle-429":                   "a server may end the session of a client that polls too fast",
		"error-explained":                "errors are an OperationOutcome: see fhir-bulk/operation-outcome",
	},
	rules: []Rule{{
		ID: "fhir-bulk/content-location", Level: Must, Basis: BasisDraft,
		Title:   "The 202 has Content-Location with the absolute URL of the status",
		Why:     "Bulk data takes the status URL from Content-Location, not from Location.",
		Breaks:  "Clients of bulk data find nothing to poll.",
		Fix:     "Send Content-Location with scheme, host and path.",
		Sources: []string{bulkIG + "kick-off request"},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
		check: func(e *facts) Verdict {
			return e.eachAccepted(func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				switch value := x.Response.Header.Get("Content-Location"); {
				case value == "":
					s.add(c, i, statusLine(x), "the 202 has no Content-Location")
				case lro.Origin(value) == "":
					s.add(c, i, fieldLine("Content-Location", value), "Content-Location is no absolute URL")
				}
			}).verdict("it has", noOperation())
		},
	}, {
		ID: "fhir-bulk/pending-202", Level: Must, Basis: BasisDraft,
		Title:   "An export that goes on is answered with 202, and X-Progress is shorter than 100 characters",
		Why:     "200 is the manifest. X-Progress is shown to people as it is.",
		Breaks:  "Clients read a pending answer as the manifest.",
		Fix:     "Answer 202; where Prefer asked for separate-export-status, 200 with X-Export-Status.",
		Sources: []string{bulkIG + "status polling request"},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
		check: func(e *facts) Verdict {
			return e.eachPending(func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				switch {
				case x.Response.Status != http.StatusAccepted && x.Response.Header.Get("X-Export-Status") == "":
					s.add(c, i, statusLine(x), "an export that goes on is answered with %d instead of 202", x.Response.Status)
				case len(x.Response.Header.Get("X-Progress")) >= 100:
					s.add(c, i, fieldLine("X-Progress", x.Response.Header.Get("X-Progress")), "X-Progress is longer than 99 characters")
				}
			}).verdict("it is", notApplicable("no poll was answered while the export went on"))
		},
	}, {
		ID: "fhir-bulk/manifest", Level: Must, Basis: BasisDraft,
		Title:   "The end is a manifest: transactionTime, requiresAccessToken, and output with type and url",
		Why:     "The manifest is the result: which files there are, as of when, and whether they ask for the token.",
		Breaks:  "Clients send the token where they must not, or miss files.",
		Fix:     "Send application/json with all required members, output also when it is empty.",
		Sources: []string{bulkIG + "status polling request, response - complete status"},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
		check: func(e *facts) Verdict {
			return e.eachEnd(lro.Succeeded, func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				doc := document(x)
				for name, kind := range map[string]byte{"transactionTime": '"', "requiresAccessToken": 't', "output": '['} {
					if !has(doc, "/"+name, kind) {
						s.add(c, i, []string{excerpt(x)}, "the manifest has no %s of the right type", name)
					}
				}
				if media := x.Response.Header.Get("Content-Type"); !strings.HasPrefix(media, "application/json") {
					s.add(c, i, fieldLine("Content-Type", media), "the manifest is not application/json")
				}
				if output, _ := doc.At("/output"); len(output) > 2 && (!has(doc, "/output/0/url", '"') || !has(doc, "/output/0/type", '"')) {
					s.add(c, i, []string{excerpt(x)}, "an output of the manifest has no type and url")
				}
			}, evidence.ProbeSlow).verdict("it is complete", untold(e))
		},
	}, {
		ID: "fhir-bulk/operation-outcome", Level: Should, Basis: BasisDraft,
		Title:   "Errors have an OperationOutcome, with issue.severity and issue.code",
		Why:     "Its code distinguishes a failure of the export from a transient one.",
		Breaks:  "Clients cannot tell whether to poll again.",
		Fix:     "Send application/fhir+json with {\"resourceType\": \"OperationOutcome\", \"issue\": [...]}.",
		Sources: []string{bulkIG + "status polling request, response - error status"},
		check: func(e *facts) Verdict {
			return e.eachError(func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				doc := document(x)
				if memberText(doc, "/resourceType") != "OperationOutcome" || !has(doc, "/issue/0/severity", '"') || !has(doc, "/issue/0/code", '"') {
					s.add(c, i, []string{statusLine(x)[0], excerpt(x)}, "HTTP %d has no OperationOutcome", x.Response.Status)
				}
			}).verdict("they have", notApplicable("no error occurred"))
		},
	}, {
		ID: "fhir-bulk/delete", Level: Should, Basis: BasisDraft,
		Title:   "DELETE of the status URL is answered with 202, and then polls with 404",
		Why:     "DELETE ends the export, or says that its files are no longer needed; there is nothing left to ask for.",
		Breaks:  "Clients go on to poll what they cancelled.",
		Fix:     "Answer DELETE with 202, and later polls with 404 and an OperationOutcome.",
		Sources: []string{bulkIG + "delete request"},
		Needs:   []Need{NeedCancel}, Probes: []string{evidence.ProbeCancel},
		check: func(e *facts) Verdict {
			var s seen
			e.cancellations(func(c *conversation, i int, x *evidence.Exchange) {
				s.look(x)
				if x.Response.Status != http.StatusAccepted {
					s.add(c, i, statusLine(x), "DELETE is answered with %d instead of 202", x.Response.Status)
				}
			})
			if len(s.findings) > 0 {
				return s.verdict("", Verdict{})
			}
			return cancelledThen404(e)
		},
	}},
}
