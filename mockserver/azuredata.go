package mockserver

import (
	"net/http"
	"strings"
)

// operationLocationFamily is the data plane of Azure.
var operationLocationFamily = []*dialect{{
	DialectInfo: DialectInfo{
		Name: "azure-oploc", Aliases: []string{"azure", "azure-data", "operation-location"},
		Source: "Microsoft Azure REST API Guidelines, Long-Running Operations & Jobs; Considerations for Service Design",
		Method: "POST", Path: "/widgets:analyze?api-version=2024-01-01", Header: []string{"Content-Type: application/json"}, Body: `{"widget":7}`,
	},
	traits:   namesStatus | tellsQueued | tellsProgress | polledAsJSON | hasHints,
	route:    routeOperationLocation,
	guard:    guardAzure,
	admit:    admitResource,
	accepted: acceptOperationLocation,
	status:   statusOperationLocation,
	result:   resultOperationLocation,
	cancel:   cancelOperationLocation,
	refuse:   (*exchange).refuseAzure,
	monitor:  func(x *exchange, v view) string { return x.here(azureOperations + v.id + x.version()) },
	product:  func(x *exchange, v view) string { return x.here(v.local(x) + x.version()) },
	expired:  http.StatusNotFound,
}}

const (
	azureOperations        = "/operations/"
	azureCancel            = ":cancel"
	allowOperationLocation = "DELETE, GET, HEAD, OPTIONS, POST, PUT"
)

// azureWords are the states of a status monitor. Guidelines, Long-Running
// Operations: "NotStarted, Running, Succeeded, Failed, and Canceled".
var azureWords = words{pending: "NotStarted", running: "Running", succeeded: "Succeeded", failed: "Failed", cancelled: "Canceled"}

func routeOperationLocation(x *exchange) target {
	id, operation := strings.CutPrefix(x.path, azureOperations)
	switch method := x.r.Method; {
	case operation && isGet(x.r):
		return target{phase: onPoll, id: id}
	case operation && method == http.MethodPost && strings.HasSuffix(id, azureCancel):
		return target{phase: onCancel, id: strings.TrimSuffix(id, azureCancel)}
	case operation:
		return notAllowed(allowStatusNoCancel)
	case isGet(x.r):
		return target{phase: onResult, id: x.s.store.bound(x.resource())}
	case method == http.MethodPost, method == http.MethodPut, method == http.MethodDelete:
		return target{phase: onSubmit}
	}
	return notAllowed(allowOperationLocation) // "DO NOT" make a PATCH a long-running operation
}

// acceptOperationLocation answers PUT with the resource, and others with 202 and
// the status monitor.
func acceptOperationLocation(x *exchange, v view) {
	x.field("Operation-Location", x.monitor(v))
	x.hint(v.hint)
	if v.method == http.MethodPut {
		x.field("Operation-Id", v.id)
		x.sendShape(v.created(), v)
		return
	}
	x.send(http.StatusAccepted, v.monitorOf(x.object()))
}

func (v view) monitorOf(m members) members {
	m = m.text("id", v.id).text("status", azureWords.of(v)).time("createdDateTime", v.accepted).time("lastUpdatedDateTime", v.changed()).number("percentComplete", v.snap.Percent)
	if v.snap.Status == Failed {
		m = m.begin("error").text("code", "OperationFailed").text("message", v.why()).end()
	}
	return m
}

func statusOperationLocation(x *exchange, v view) {
	x.hint(v.hint)
	m := v.monitorOf(x.object())
	if v.snap.Status == Succeeded && v.method == http.MethodPost { // "result", for an action
		x.sendResultIn(http.StatusOK, m, "result", v, "")
		return
	}
	x.send(http.StatusOK, m)
}

func resultOperationLocation(x *exchange, v view) {
	if v.method == http.MethodDelete && v.snap.Status == Succeeded {
		x.unknown()
		return
	}
	x.resourceARM(v)
}

// cancelOperationLocation answers with the status monitor. Considerations,
// Controlling a long-running operation.
func cancelOperationLocation(x *exchange, v view, ok bool) {
	if !ok {
		x.problem(problem{Status: http.StatusConflict, word: "OperationNotCancelable", Detail: "The operation has ended as " + azureWords.of(v) + "."})
		return
	}
	x.hint(v.hint)
	x.send(http.StatusOK, v.monitorOf(x.object()))
}
