package mockserver

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// fhirFamily is HL7 FHIR: the export of bulk data, and the asynchronous pattern
// in its two forms.
//
// FHIR Bulk Data Access IG (STU4 ballot), async pages; FHIR R5, Asynchronous
// Interaction Request Pattern; api-incubator-ig, change log of 2026-06-11.
var fhirFamily = []*dialect{
	{
		DialectInfo: DialectInfo{
			Name: "fhir-bulk", Aliases: []string{"fhir", "fhir-export"},
			Source: "HL7 FHIR Bulk Data Access IG, STU4 ballot: async, async-status-polling-request, async-delete-request, export",
			Method: "GET", Path: "/fhir/$export", Header: []string{"Accept: application/fhir+json", "Prefer: respond-async"},
		},
		traits:   namesStatus | tellsProgress | hasHints | namesResult | hasPartial,
		route:    routeBulk,
		admit:    admitBulk,
		accepted: acceptFHIR,
		status:   statusBulk,
		result:   resultBulk,
		cancel:   cancelFHIR,
		refuse:   (*exchange).refuseFHIR,
		monitor:  func(x *exchange, v view) string { return x.here(fhirStatus + v.id) },
		product:  func(x *exchange, v view) string { return x.here(fhirFiles + v.id + "/" + bulkFile) },
		expired:  http.StatusNotFound,
	},
	fhirPattern(DialectInfo{
		Name: "fhir-async-bundle", Aliases: []string{"fhir-bundle", "fhir-async"},
		Source: "HL7 FHIR R5, Asynchronous Interaction Request Pattern",
	}, namesStatus|tellsProgress|hasHints|needsAsync, statusBundle),
	fhirPattern(DialectInfo{
		Name:   "fhir-async-303",
		Source: "HL7 api-incubator-ig, Asynchronous Interaction Request Pattern, change log of 2026-06-11",
	}, namesStatus|tellsProgress|hasHints|needsAsync|redirects, statusFHIR303),
}

// fhirPattern is the asynchronous pattern, which begins alike in both forms.
func fhirPattern(info DialectInfo, has traits, status func(*exchange, view)) *dialect {
	info.Method, info.Path = "GET", "/fhir/Patient?birthdate=1970"
	info.Header = []string{"Accept: application/fhir+json", "Prefer: respond-async"}
	d := &dialect{
		DialectInfo: info, traits: has,
		route: routeFHIR, accepted: acceptFHIR, finished: outcomeFHIR, status: status, cancel: cancelFHIR,
		refuse:  (*exchange).refuseFHIR,
		monitor: func(x *exchange, v view) string { return x.here(fhirStatus + v.id) },
		expired: http.StatusNotFound,
	}
	if d.has(redirects) {
		d.result = outcomeFHIR
		d.product = func(x *exchange, v view) string { return x.here(fhirFiles + v.id) }
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
func routeFHIR(x *exchange) target {
	id, status := strings.CutPrefix(x.path, fhirStatus)
	result, file := strings.CutPrefix(x.path, fhirFiles)
	switch method := x.r.Method; {
	case !strings.HasPrefix(x.path, "/fhir/"):
		return target{}
	case status && isGet(x.r):
		return target{phase: onPoll, id: id}
	case status && method == http.MethodDelete:
		return target{phase: onCancel, id: id}
	case status:
		return notAllowed(allowStatus)
	case file && isGet(x.r) && x.d.result != nil:
		id, part, _ := strings.Cut(result, "/")
		return target{phase: onResult, id: id, part: part}
	case file:
		return notAllowed(allowStatusNoCancel)
	case method == http.MethodOptions, method == http.MethodHead:
		return notAllowed("DELETE, GET, OPTIONS, PATCH, POST, PUT")
	}
	return target{phase: onSubmit}
}

// routeBulk takes exports only: of the system, of all patients, of a group.
func routeBulk(x *exchange) target {
	t := routeFHIR(x)
	switch last := x.path[strings.LastIndexByte(x.path, '/')+1:]; {
	case t.phase != onSubmit:
		return t
	case !strings.HasPrefix(last, "$"):
		return target{}
	case x.r.Method != http.MethodGet && x.r.Method != http.MethodPost:
		return notAllowed("GET, POST")
	}
	return t
}

// admitBulk asks for Prefer: respond-async, which "SHALL" be there, and remembers
// whether the status of the export is to be told apart from that of the request.
func admitBulk(x *exchange, sub *submission) *problem {
	if !parsePrefer(x.r.Header["Prefer"]).async {
		return refuse(http.StatusBadRequest, "The Prefer header must be respond-async.")
	}
	for _, line := range x.r.Header["Prefer"] {
		if strings.Contains(line, separated) {
			sub.note = separated
		}
	}
	return nil
}

// acceptFHIR answers 202 with Content-Location.
func acceptFHIR(x *exchange, v view) {
	x.field("Content-Location", x.monitor(v))
	applied := "respond-async"
	if v.note != nil {
		applied += ", " + separated
	}
	x.field("Preference-Applied", applied)
	x.hint(v.hint)
	x.outcome(http.StatusAccepted, "information", "informational", "The request was accepted.")
}

// pendingFHIR answers 202 with X-Progress: "less than 100 characters".
func (x *exchange) pendingFHIR(v view) {
	x.field("X-Progress", strconv.Itoa(v.snap.Percent)+"% complete")
	x.hint(v.hint)
	if v.note != nil {
		x.field("X-Export-Status", "202 Accepted")
		x.head(http.StatusOK)
		return
	}
	x.head(http.StatusAccepted)
}

// statusBulk answers with the manifest, or with an OperationOutcome.
func statusBulk(x *exchange, v view) {
	switch {
	case !v.snap.Status.Done():
		x.pendingFHIR(v)
	case v.snap.Status != Succeeded:
		x.failFHIR(v)
	default:
		if v.note != nil {
			x.field("X-Export-Status", "200 OK")
		}
		x.field("Expires", v.changed().Add(v.scenario.retention()).UTC().Format(http.TimeFormat))
		x.manifest(v)
	}
}

// manifest sends the list of files. The member outcome is named error before
// STU4, which has no export by GET.
func (x *exchange) manifest(v view) {
	outcome := "error"
	if v.method == http.MethodPost {
		outcome = "outcome"
	}
	m := x.object().text("transactionTime", v.accepted.UTC().Format(time.RFC3339)).text("request", x.origin()+v.path).
		literal("requiresAccessToken", "false").
		beginList("output").begin("").text("type", "Patient").text("url", x.product(v)).end().endList().
		beginList("deleted").endList().beginList(outcome)
	if v.partial() {
		m = m.begin("").text("type", "OperationOutcome").text("url", x.here(fhirFiles+v.id+"/"+bulkErrors)).end()
	}
	x.send(http.StatusOK, m.endList())
}

// resultBulk sends a file.
func resultBulk(x *exchange, v view) {
	x.field("Content-Type", "application/fhir+ndjson")
	switch {
	case v.snap.Status != Succeeded, x.t.part != bulkFile && !(x.t.part == bulkErrors && v.partial()):
		x.w.Header().Del("Content-Type")
		x.unknown()
	case x.t.part == bulkErrors:
		x.body(http.StatusOK, []byte(`{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing","diagnostics":"a part of the export failed"}]}`+"\n"))
	case v.scenario.Result == "" && v.scenario.ResultSize == 0:
		x.s.counter.results.Add(1)
		x.body(http.StatusOK, []byte(`{"resourceType":"Patient","id":"1"}`+"\n"+`{"resourceType":"Patient","id":"2"}`+"\n"))
	default:
		x.sendResult(v)
	}
}

// failFHIR answers for an operation that did not succeed. What was called off is
// unknown: async-delete-request, "404 Not Found".
func (x *exchange) failFHIR(v view) {
	code, text := v.scenario.failStatus(), v.why()
	switch {
	case v.recalled:
		x.unknown()
		return
	case v.snap.Status == Cancelled:
		text = "The server called the operation off."
	}
	if v.note != nil {
		x.field("X-Export-Status", strconv.Itoa(code)+" "+http.StatusText(code))
		code = http.StatusOK
	}
	x.outcome(code, "error", "processing", text)
}

// statusBundle answers with a Bundle around the answer: HTTP 200 "even for
// failure".
func statusBundle(x *exchange, v view) {
	switch {
	case !v.snap.Status.Done():
		x.pendingFHIR(v)
		return
	case v.recalled:
		x.unknown()
		return
	}
	x.field("Content-Type", fhirJSON)
	m := x.object().text("resourceType", "Bundle").text("type", "batch-response").beginList("entry").begin("")
	if v.snap.Status == Succeeded {
		m = m.begin("response").text("status", "200 OK").end()
		x.sendResultIn(http.StatusOK, m, "resource", v, "}]")
		return
	}
	text, code := v.why(), v.scenario.failStatus()
	if v.snap.Status == Cancelled {
		text = "The server called the operation off."
	}
	m = m.begin("response").text("status", strconv.Itoa(code)+" "+http.StatusText(code)).begin("outcome")
	x.send(http.StatusOK, issue(m, "error", "processing", text).end().end().end().endList())
}

// statusFHIR303 redirects to the answer, "for both succeeded and failed jobs".
func statusFHIR303(x *exchange, v view) {
	switch {
	case !v.snap.Status.Done():
		x.pendingFHIR(v)
	case v.recalled:
		x.unknown()
	default:
		x.field("Location", x.product(v))
		x.head(http.StatusSeeOther)
	}
}

// outcomeFHIR answers as the request would have been without Prefer.
func outcomeFHIR(x *exchange, v view) {
	if v.snap.Status != Succeeded {
		x.failFHIR(v)
		return
	}
	x.sendResult(v)
}

// cancelFHIR answers DELETE: of what has ended, "the client is done with it".
func cancelFHIR(x *exchange, v view, ok bool) {
	if !ok {
		x.visit(func(op *operation) { op.expire(x.now) })
	}
	x.outcome(http.StatusAccepted, "information", "informational", "The request to delete was accepted.")
}

// refuseFHIR sends an OperationOutcome.
func (x *exchange) refuseFHIR(p problem) {
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

func (x *exchange) outcome(status int, severity, code, text string) {
	x.buf = append(issue(x.object(), severity, code, text), "}\n"...)
	x.field("Content-Type", fhirJSON)
	x.body(status, x.buf)
}

func issue(m members, severity, code, text string) members {
	return m.text("resourceType", "OperationOutcome").beginList("issue").begin("").
		text("severity", severity).text("code", code).text("diagnostics", text).end().endList()
}
