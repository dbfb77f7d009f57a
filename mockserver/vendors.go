package mockserver

import (
	"net/http"
	"strings"
)

// vendorFamily are APIs whose status documents differ in little else than words.
var vendorFamily = []*dialect{
	{
		DialectInfo: DialectInfo{
			Name: "jira-task", Aliases: []string{"jira"},
			Source: "Jira Cloud REST API documentation, Tasks: TaskProgressBean; the 303 in answer to a submit is from memory",
			Method: "POST", Path: "/rest/api/3/workflowscheme/1/publish", Header: jsonContent, Body: `{}`,
		},
		traits: namesStatus | tellsQueued | tellsProgress | polledAsJSON,
		route:  routeJira,
		accepted: func(x *exchange, v view) {
			x.field("Location", x.monitor(v))
			x.hint(v.hint)
			x.head(http.StatusSeeOther)
		},
		status:  func(x *exchange, v view) { x.jiraTask(v) },
		cancel:  cancelJira,
		refuse:  (*exchange).refuseJira,
		monitor: func(x *exchange, v view) string { return x.here(jiraTasks + v.id) },
		expired: http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "oci-workrequest", Aliases: []string{"oci", "oracle"},
			Source: "Oracle Cloud Infrastructure API documentation, Work Requests: WorkRequest; Error",
			Method: "POST", Path: "/20160918/instances", Header: jsonContent, Body: `{"shape":"s"}`,
		},
		traits:   tellsQueued | tellsProgress | polledAsJSON | hasHints,
		route:    routeOracle,
		accepted: acceptOracle,
		status:   func(x *exchange, v view) { x.workRequest(v) },
		cancel:   cancelOracle,
		refuse: func(x *exchange, p problem) {
			x.send(p.Status, x.object().text("code", oracleCode(p.Status)).text("message", p.Detail))
		},
		monitor: func(x *exchange, v view) string { return x.here("/" + version(v.local(x)) + oracleRequests + v.id) },
		expired: http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "adobe-pdf", Aliases: []string{"adobe"},
			Source: "Adobe PDF Services API documentation: Create PDF, Get status",
			Method: "POST", Path: "/operation/createpdf", Header: jsonContent, Body: `{"assetID":"a"}`,
		},
		traits: namesStatus | polledAsJSON | hasHints | namesResult,
		route:  routeAdobe,
		accepted: func(x *exchange, v view) {
			x.field("Location", x.monitor(v))
			x.hint(v.hint)
			x.head(http.StatusCreated)
		},
		status:  statusAdobe,
		result:  resultOnly,
		refuse:  (*exchange).refuseAdobe,
		monitor: func(x *exchange, v view) string { return x.here(v.local(x) + "/" + v.id + "/status") },
		product: func(x *exchange, v view) string { return x.here(adobeAssets + v.id) },
		expired: http.StatusNotFound,
	},
}

const (
	jiraTasks      = "/rest/api/3/task/"
	oracleRequests = "/workRequests/"
	adobeAssets    = "/assets/"
)

// resultOnly answers for a result that is there or not.
func resultOnly(x *exchange, v view) {
	if v.snap.Status != Succeeded {
		x.unknown()
		return
	}
	x.sendResult(v)
}

func routeJira(x *exchange) target {
	id, task := strings.CutPrefix(x.path, jiraTasks)
	switch method := x.r.Method; {
	case !strings.HasPrefix(x.path, "/rest/api/3/"):
		return target{}
	case task && isGet(x.r):
		return target{phase: onPoll, id: id}
	case task && method == http.MethodPost && strings.HasSuffix(id, "/cancel"):
		return target{phase: onCancel, id: strings.TrimSuffix(id, "/cancel")}
	case task:
		return notAllowed(allowStatusNoCancel)
	case method == http.MethodPost, method == http.MethodPut, method == http.MethodDelete:
		return target{phase: onSubmit}
	}
	return notAllowed("DELETE, OPTIONS, POST, PUT")
}

var jiraWords = words{pending: "ENQUEUED", running: "RUNNING", cancelling: "CANCEL_REQUESTED", succeeded: "COMPLETE", failed: "FAILED", cancelled: "CANCELLED"}

// jiraTask sends a task; its times are milliseconds since 1970.
func (x *exchange) jiraTask(v view) {
	x.hint(v.hint)
	m := x.object().text("self", x.monitor(v)).text("id", v.id).text("status", jiraWords.of(v)).number("progress", v.snap.Percent).
		number("submitted", int(v.accepted.UnixMilli())).number("lastUpdate", int(v.changed().UnixMilli()))
	switch v.snap.Status {
	case Succeeded:
		x.sendResultIn(http.StatusOK, m, "result", v, "")
		return
	case Failed:
		m = m.text("message", v.why())
	}
	x.send(http.StatusOK, m)
}

func cancelJira(x *exchange, _ view, ok bool) {
	if !ok {
		x.problem(problem{Status: http.StatusBadRequest, Detail: "the task has ended"})
		return
	}
	x.head(http.StatusAccepted)
}

func (x *exchange) refuseJira(p problem) {
	x.send(p.Status, append(x.object().beginList("errorMessages"), appendText(nil, p.Detail)...).endList().literal("errors", "{}"))
}

// version is the first segment of a path.
func version(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}

func routeOracle(x *exchange) target {
	rest := strings.TrimPrefix(x.path[1:], version(x.path))
	id, request := strings.CutPrefix(rest, oracleRequests)
	switch method := x.r.Method; {
	case rest == "":
		return target{}
	case request && isGet(x.r):
		return target{phase: onPoll, id: id}
	case request && method == http.MethodDelete:
		return target{phase: onCancel, id: id}
	case request:
		return notAllowed(allowStatus)
	case method == http.MethodPost, method == http.MethodPut, method == http.MethodDelete:
		return target{phase: onSubmit}
	}
	return notAllowed("DELETE, OPTIONS, POST, PUT")
}

// acceptOracle answers with the resource, and the id of the work request in the
// header.
func acceptOracle(x *exchange, v view) {
	x.field("opc-work-request-id", v.id)
	x.hint(v.hint)
	if v.method == http.MethodDelete {
		x.head(http.StatusNoContent)
		return
	}
	x.send(http.StatusOK, x.object().text("id", "ocid1.mock.."+v.id).text("lifecycleState", "PROVISIONING"))
}

var oracleWords = words{pending: "ACCEPTED", running: "IN_PROGRESS", cancelling: "CANCELING", succeeded: "SUCCEEDED", failed: "FAILED", cancelled: "CANCELED"}

func (x *exchange) workRequest(v view) {
	x.hint(v.hint)
	m := x.object().text("id", v.id).text("operationType", "MOCK").text("status", oracleWords.of(v)).
		number("percentComplete", v.snap.Percent).time("timeAccepted", v.accepted)
	if v.snap.Status.Done() {
		m = m.time("timeFinished", v.changed())
	}
	x.send(http.StatusOK, m.beginList("resources").begin("").text("entityType", "mock").text("actionType", "CREATED").
		text("identifier", "ocid1.mock.."+v.id).end().endList())
}

func cancelOracle(x *exchange, _ view, ok bool) {
	if !ok {
		x.problem(problem{Status: http.StatusConflict, Detail: "the work request has ended"})
		return
	}
	x.head(http.StatusAccepted)
}

func oracleCode(status int) string {
	switch status {
	case http.StatusNotFound:
		return "NotAuthorizedOrNotFound"
	case http.StatusConflict:
		return "IncorrectState"
	case http.StatusTooManyRequests:
		return "TooManyRequests"
	}
	return "InvalidParameter"
}

func routeAdobe(x *exchange) target {
	rest, operation := strings.CutPrefix(x.path, "/operation/")
	asset, isAsset := strings.CutPrefix(x.path, adobeAssets)
	name, tail, polled := strings.Cut(rest, "/")
	switch {
	case isAsset && isGet(x.r):
		return target{phase: onResult, id: asset}
	case !operation || name == "":
		return target{}
	case !polled && x.r.Method == http.MethodPost:
		return target{phase: onSubmit}
	case !polled:
		return notAllowed("OPTIONS, POST")
	case !strings.HasSuffix(tail, "/status"):
		return target{}
	case isGet(x.r):
		return target{phase: onPoll, id: strings.TrimSuffix(tail, "/status")}
	}
	return notAllowed(allowStatusNoCancel)
}

var adobeWords = words{running: "in progress", succeeded: "done", failed: "failed", cancelled: "failed"}

func statusAdobe(x *exchange, v view) {
	x.hint(v.hint)
	m := x.object().text("status", adobeWords.of(v))
	switch v.snap.Status {
	case Succeeded:
		m = m.begin("asset").text("downloadUri", x.product(v)).end()
	case Failed:
		m = m.begin("error").text("code", "ERROR").text("message", v.why()).number("status", v.scenario.failStatus()).end()
	case Cancelled:
		m = m.begin("error").text("code", "CANCELLED").text("message", "The service called the operation off.").number("status", http.StatusConflict).end()
	}
	x.send(http.StatusOK, m)
}

func (x *exchange) refuseAdobe(p problem) {
	x.send(p.Status, x.object().begin("error").text("code", strings.ToUpper(strings.ReplaceAll(http.StatusText(p.Status), " ", "_"))).text("message", p.Detail).end())
}
