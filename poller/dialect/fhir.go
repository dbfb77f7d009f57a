package dialect

import (
	"net/http"
	"slices"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// FHIR's asynchronous patterns. They begin alike and differ in how they end, and the readings of the
// ends do not contradict each other: each of the three understands all of them.

var fhirHeader = map[string]string{"Prefer": "respond-async", "Accept": "application/fhir+json"}

func fhirRules(name string) rules {
	return rules{Rules: Rules{
		Name: name, Header: fhirHeader, Status: []string{"{{header:Content-Location}}"},
		Cancel: Call{Method: "DELETE", URL: []string{"{{status}}"}, Destroys: true},
	}}
}

var fhirFamily = []builtin{
	{Info: Info{
		Name:     "fhir-bulk",
		Looks:    "202 with Content-Location; 202 with X-Progress, then 200 with a manifest of files",
		Source:   "HL7 FHIR Bulk Data Access IG, STU4 ballot, async pages",
		Evidence: Primary,
		Unverified: "the issue codes that mean \"in passing\" are from memory; a manifest that lists errors beside files is a " +
			"success; the files and further pages of the manifest are not fetched",
	}, dialect: &fhir{fhirRules("fhir-bulk")}},
	{Info: Info{
		Name:     "fhir-async-bundle",
		Result:   "/entry/0/resource of the last answer",
		Looks:    "202 with Content-Location; 202, then 200 with a Bundle of type batch-response that wraps the answer",
		Source:   "HL7 FHIR R5, Asynchronous Interaction Request Pattern",
		Evidence: Primary,
	}, dialect: &fhir{fhirRules("fhir-async-bundle")}},
	{Info: Info{
		Name:       "fhir-async-303",
		Result:     "where the 303 leads",
		Looks:      "202 with Content-Location; 202, then 303 to the answer, be it a success or a failure",
		Source:     "HL7 api-incubator-ig, change log of 2026-06-11",
		Evidence:   Documentation,
		Unverified: "only the change log was read",
	}, dialect: &fhir{fhirRules("fhir-async-303")}},
}

// fhir reads the status of FHIR's asynchronous requests.
type fhir struct{ rules }

// Read says what the reply means.
func (d *fhir) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	if op.Phase == lro.Submitting {
		return got, err
	}
	doc := jsontext.Value(r.Body)
	switch {
	case r.Status/100 == 5:
		if (op.Phase == lro.Fetching || d.family() == "fhir-bulk") && settled(r, doc) {
			got.State = lro.StateFailed
		}
	case op.Phase == lro.Fetching:
	case r.Status/100 == 4 && !spokenByHTTP(r.Status) && outcomeOf(doc):
		// The error document of the operation: the issues say why. What only passes has a hint or says so.
		if got.State = lro.StateFailed; !settled(r, doc) {
			got.State, got.Unreadable = lro.StateUnknown, true
		}
	case r.Status/100 == 4 && d.family() != "fhir-bulk" && !spokenByHTTP(r.Status):
		got.Unreadable = true // a status request that fails does not mean that the job failed
	case r.Status == http.StatusAccepted:
		got.Progress = exportProgress(&op, field(r, "X-Progress"))
	case r.Status == http.StatusOK:
		completed(&got, &op, r, doc)
	}
	return got, nil
}

// completed reads a 200: the job's status may stand in a header (separate-export-status) or in the
// first entry of a Bundle.
func completed(got *lro.Reading, op *lro.Operation, r lro.Reply, doc jsontext.Value) {
	kind, _ := literal(doc, "/type")
	if status := statusCode(field(r, "X-Export-Status")); status != 0 {
		switch {
		case status == http.StatusAccepted:
			got.State, got.Progress = lro.StateRunning, exportProgress(op, field(r, "X-Progress"))
		case status >= 400:
			got.State = lro.StateFailed
		default:
			got.State = lro.StateSucceeded
		}
		return
	}
	if string(kind) != "batch-response" {
		return
	}
	status := statusCode(at(r, "/entry/0/response/status")) // "400 Bad Request"
	switch {
	case status >= 400:
		got.State = lro.StateFailed
		if v, ok := doc.At("/entry/0/response/outcome"); ok {
			got.Problem = problem(v, status)
		}
	case status >= 200:
		got.State = lro.StateSucceeded
		if _, ok := doc.At("/entry/0/resource"); ok {
			got.Inline = "/entry/0/resource"
		}
	}
}

// exportProgress reads X-Progress, free text of which "50% complete" is the usual form.
func exportProgress(op *lro.Operation, text string) lro.Progress {
	p := lro.Progress{Message: text[:min(len(text), 100)]}
	if n, ok := percent(text); ok && n <= 100 {
		p.Known, p.Percent = true, n
	}
	if text == "" {
		p.Message = op.Progress.Message
	}
	return p
}

// passing are the issue codes under "transient" in the IssueType code system (from memory).
var passing = []string{"transient", "lock-error", "no-store", "exception", "timeout", "incomplete", "throttled"}

// outcomeOf reports whether a document is an OperationOutcome.
func outcomeOf(doc jsontext.Value) bool {
	kind, _ := literal(doc, "/resourceType")
	return string(kind) == "OperationOutcome"
}

// settled reports whether a 5xx is the job's own failure: an OperationOutcome that does not speak of
// something in passing. A proxy's page is none.
func settled(r lro.Reply, doc jsontext.Value) bool {
	code, _ := literal(doc, "/issue/0/code")
	_, asked := lro.RetryAfter(r)
	return outcomeOf(doc) && !asked && !slices.Contains(passing, string(code))
}

// stands reports whether a 5xx at a status URL is the operation's own failure: an OperationOutcome that
// speaks of nothing that passes, or that is there for the third time without a hint to come back.
func stands(op *lro.Operation, r lro.Reply) bool {
	doc := jsontext.Value(r.Body)
	if r.Status/100 != 5 || !outcomeOf(doc) {
		return false
	}
	_, asked := lro.RetryAfter(r)
	return settled(r, doc) || !asked && op.Misses >= refusals-1
}
