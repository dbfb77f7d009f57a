package speech

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// fhirFamily is HL7 FHIR: the export of bulk data, and the asynchronous pattern
// in its two forms.
//
// FHIR Bulk Data Access IG (STU4 ballot), async pages; FHIR R5, Asynchronous
// Interaction Request Pattern; api-incubator-ig, change log of 2026-06-11.
var fhirFamily = []*Dialect{
	{
		DialectInfo: DialectInfo{
			Name: "fhir-bulk", Aliases: []string{"fhir", "fhir-export"},
			Source: "HL7 FHIR Bulk Data Access IG, STU4 ballot: async, async-status-polling-request, async-delete-request, export",
			Method: "GET", Path: "/fhir/$export", Header: []string{"Accept: application/fhir+json", "Prefer: respond-async"},
		},
		Traits:   NamesStatus | TellsProgress | HasHints | NamesResult | HasPartial,
		Route:    routeBulk,
		Admit:    admitBulk,
		Accepted: acceptFHIR,
		Status:   statusBulk,
		Result:   resultBulk,
		Cancel:   cancelFHIR,
		Refuse:   (*Exchange).refuseFHIR,
		Monitor:  func(x *Exchange, v work.View) string { return x.Here(fhirStatus + v.ID) },
		Product:  func(x *Exchange, v work.View) string { return x.Here(fhirFiles + v.ID + "/" + bulkFile) },
		Expired:  http.StatusNotFound,
	},
	fhirPattern(DialectInfo{
		Name: "fhir-async-bundle", Aliases: []string{"fhir-bundle", "fhir-async"},
		Source: "HL7 FHIR R5, Asynchronous Interaction Request Pattern",
	}, NamesStatus|TellsProgress|HasHints|NeedsAsync, statusBundle),
	fhirPattern(DialectInfo{
		Name:   "fhir-async-303",
		Source: "HL7 api-incubator-ig, Asynchronous Interaction Request Pattern, change log of 2026-06-11",
	}, NamesStatus|TellsProgress|HasHints|NeedsAsync|Redirects, statusFHIR303),
}

// fhirPattern is the asynchronous pattern, which begins alike in both forms.
func fhirPattern(info DialectInfo, has Traits, status func(*Exchange, work.View)) *Dialect {
	info.Method, info.Path = "GET", "/fhir/Patient?birthdate=1970"
	info.Header = []string{"Accept: application/fhir+json", "Prefer: respond-async"}
	d := &Dialect{
		DialectInfo: info, Traits: has,
		Route: routeFHIR, Accepted: acceptFHIR, Finished: outcomeFHIR, Status: status, Cancel: cancelFHIR,
		Refuse:  (*Exchange).refuseFHIR,
		Monitor: func(x *Exchange, v work.View) string { return x.Here(fhirStatus + v.ID) },
		Expired: http.StatusNotFound,
	}
	if d.Has(Redirects) {
		d.Result = outcomeFHIR
		d.Product = func(x *Exchange, v work.View) string { return x.Here(fhirFiles + v.ID) }
	}
	return d
}

const (
	fhirStatus = "/fhir/bulkstatus/"
	fhirFiles  = "/fhir/bulkfiles/"
	bulkFile   = "1.Patient.ndjson"
	bulkErrors = "2.OperationOutcome.ndjson"
	fhirJSON   = "application/fhir+json"
	separated  = "separate-export-status"
)

// routeFHIR has every other path below /fhir/ take a submit.
func routeFHIR(x *Exchange) Target {
	id, status := strings.CutPrefix(x.Path, fhirStatus)
	result, file := strings.CutPrefix(x.Path, fhirFiles)
	switch method := x.R.Method; {
	case !strings.HasPrefix(x.Path, "/fhir/"):
		return Target{}
	case status && IsGet(x.R):
		return Target{Phase: OnPoll, ID: id}
	case status && method == http.MethodDelete:
		return Target{Phase: OnCancel, ID: id}
	case status:
		return NotAllowed(allowStatus)
	case file && IsGet(x.R) && x.Dialect.Result != nil:
		id, part, _ := strings.Cut(result, "/")
		return Target{Phase: OnResult, ID: id, Part: part}
	case file:
		return NotAllowed(AllowStatusNoCancel)
	case method == http.MethodOptions, method == http.MethodHead:
		return NotAllowed("DELETE, GET, OPTIONS, PATCH, POST, PUT")
	}
	return Target{Phase: OnSubmit}
}

// routeBulk takes exports only: of the system, of all patients, of a group.
func routeBulk(x *Exchange) Target {
	t := routeFHIR(x)
	switch last := x.Path[strings.LastIndexByte(x.Path, '/')+1:]; {
	case t.Phase != OnSubmit:
		return t
	case !strings.HasPrefix(last, "$"):
		return Target{}
	case x.R.Method != http.MethodGet && x.R.Method != http.MethodPost:
		return NotAllowed("GET, POST")
	}
	return t
}

// admitBulk asks for Prefer: respond-async, which "SHALL" be there, and remembers
// whether the status of the export is to be told apart from that of the request.
func admitBulk(x *Exchange, sub *work.Submission) *Problem {
	if !ParsePrefer(x.R.Header["Prefer"]).Async {
		return Refuse(http.StatusBadRequest, "The Prefer header must be respond-async.")
	}
	for _, line := range x.R.Header["Prefer"] {
		if strings.Contains(line, separated) {
			sub.Note = separated
		}
	}
	return nil
}

// acceptFHIR answers 202 with Content-Location.
func acceptFHIR(x *Exchange, v work.View) {
	x.Field("Content-Location", x.Monitor(v))
	applied := "respond-async"
	if v.Note != nil {
		applied += ", " + separated
	}
	x.Field("Preference-Applied", applied)
	x.Hint(v.Hint)
	x.outcome(http.StatusAccepted, "information", "informational", "The request was accepted.")
}

// pendingFHIR answers 202 with X-Progress: "less than 100 characters".
func (x *Exchange) pendingFHIR(v work.View) {
	x.Field("X-Progress", strconv.Itoa(v.Snap.Percent)+"% complete")
	x.Hint(v.Hint)
	if v.Note != nil {
		x.Field("X-Export-Status", "202 Accepted")
		x.Head(http.StatusOK)
		return
	}
	x.Head(http.StatusAccepted)
}

// statusBulk answers with the manifest, or with an OperationOutcome.
func statusBulk(x *Exchange, v work.View) {
	switch {
	case !v.Snap.Status.Done():
		x.pendingFHIR(v)
	case v.Snap.Status != work.Succeeded:
		x.failFHIR(v)
	default:
		if v.Note != nil {
			x.Field("X-Export-Status", "200 OK")
		}
		x.Field("Expires", v.Changed().Add(work.Kept(v.Scenario)).UTC().Format(http.TimeFormat))
		x.manifest(v)
	}
}

// manifest sends the list of files. The member outcome is named error before
// STU4, which has no export by GET.
func (x *Exchange) manifest(v work.View) {
	outcome := "error"
	if v.Method == http.MethodPost {
		outcome = "outcome"
	}
	m := x.object().text("transactionTime", v.Accepted.UTC().Format(time.RFC3339)).text("request", x.Origin()+v.Path).
		literal("requiresAccessToken", "false").
		beginList("output").begin("").text("type", "Patient").text("url", x.Product(v)).end().endList().
		beginList("deleted").endList().beginList(outcome)
	if v.Partial() {
		m = m.begin("").text("type", "OperationOutcome").text("url", x.Here(fhirFiles+v.ID+"/"+bulkErrors)).end()
	}
	x.send(http.StatusOK, m.endList())
}

// resultBulk sends a file.
func resultBulk(x *Exchange, v work.View) {
	x.Field("Content-Type", "application/fhir+ndjson")
	switch {
	case v.Snap.Status != work.Succeeded, x.Target.Part != bulkFile && !(x.Target.Part == bulkErrors && v.Partial()):
		x.W.Header().Del("Content-Type")
		x.Unknown()
	case x.Target.Part == bulkErrors:
		x.Body(http.StatusOK, []byte(`{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing","diagnostics":"a part of the export failed"}]}`+"\n"))
	case v.Scenario.Result == "" && v.Scenario.ResultSize == 0:
		x.Host.Counter.Results.Add(1)
		x.Body(http.StatusOK, []byte(`{"resourceType":"Patient","id":"1"}`+"\n"+`{"resourceType":"Patient","id":"2"}`+"\n"))
	default:
		x.SendResult(v)
	}
}

// failFHIR answers for an operation that did not succeed. What was cancelled is
// unknown: async-delete-request, "404 Not Found".
func (x *Exchange) failFHIR(v work.View) {
	code, text := work.FailCode(v.Scenario), Why(v)
	switch {
	case v.Recalled:
		x.Unknown()
		return
	case v.Snap.Status == work.Cancelled:
		text = "The server cancelled the operation."
	}
	if v.Note != nil {
		x.Field("X-Export-Status", strconv.Itoa(code)+" "+http.StatusText(code))
		code = http.StatusOK
	}
	x.outcome(code, "error", "processing", text)
}

// statusBundle answers with a Bundle around the answer: HTTP 200 "even for
// failure".
func statusBundle(x *Exchange, v work.View) {
	switch {
	case !v.Snap.Status.Done():
		x.pendingFHIR(v)
		return
	case v.Recalled:
		x.Unknown()
		return
	}
	x.Field("Content-Type", fhirJSON)
	m := x.object().text("resourceType", "Bundle").text("type", "batch-response").beginList("entry").begin("")
	if v.Snap.Status == work.Succeeded {
		m = m.begin("response").text("status", "200 OK").end()
		x.sendResultIn(http.StatusOK, m, "resource", v, "}]")
		return
	}
	text, code := Why(v), work.FailCode(v.Scenario)
	if v.Snap.Status == work.Cancelled {
		text = "The server cancelled the operation."
	}
	m = m.begin("response").text("status", strconv.Itoa(code)+" "+http.StatusText(code)).begin("outcome")
	x.send(http.StatusOK, issue(m, "error", "processing", text).end().end().end().endList())
}

// statusFHIR303 redirects to the answer, "for both succeeded and failed jobs".
func statusFHIR303(x *Exchange, v work.View) {
	switch {
	case !v.Snap.Status.Done():
		x.pendingFHIR(v)
	case v.Recalled:
		x.Unknown()
	default:
		x.Field("Location", x.Product(v))
		x.Head(http.StatusSeeOther)
	}
}

// outcomeFHIR answers as the request would have been without Prefer.
func outcomeFHIR(x *Exchange, v work.View) {
	if v.Snap.Status != work.Succeeded {
		x.failFHIR(v)
		return
	}
	x.SendResult(v)
}

// cancelFHIR answers DELETE: of what has ended, "the client is done with it".
func cancelFHIR(x *Exchange, v work.View, ok bool) {
	if !ok {
		x.Visit(func(op *work.Operation) { op.Expire(x.Now) })
	}
	x.outcome(http.StatusAccepted, "information", "informational", "The request to delete was accepted.")
}

// refuseFHIR sends an OperationOutcome.
func (x *Exchange) refuseFHIR(p Problem) {
	code := "processing"
	switch p.Status {
	case http.StatusNotFound, http.StatusGone:
		code = "not-found"
	case http.StatusBadRequest:
		code = "invalid"
	case http.StatusTooManyRequests:
		code = "throttled"
	case http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		code = "transient"
	}
	x.outcome(p.Status, "error", code, p.Detail)
}

func (x *Exchange) outcome(status int, severity, code, text string) {
	x.Buf = append(issue(x.object(), severity, code, text), "}\n"...)
	x.Field("Content-Type", fhirJSON)
	x.Body(status, x.Buf)
}

func issue(m Members, severity, code, text string) Members {
	return m.text("resourceType", "OperationOutcome").beginList("issue").begin("").
		text("severity", severity).text("code", code).text("diagnostics", text).end().endList()
}
