package mockserver

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// osbFamily is the Open Service Broker API, whose clients derive the status URL
// from that of the submit.
//
// Open Service Broker API, spec.md (after 2.17): API Version Header,
// Asynchronous Operations, Polling Last Operation, Service Broker Errors.
var osbFamily = []*dialect{{
	DialectInfo: DialectInfo{
		Name: "osb", Aliases: []string{"open-service-broker", "servicebroker"},
		Source: "Open Service Broker API, spec.md (after 2.17): API Version Header, Asynchronous Operations, Polling Last Operation, Errors",
		Method: "PUT", Path: "/v2/service_instances/i1?accepts_incomplete=true",
		Header: []string{"Content-Type: application/json", "X-Broker-API-Version: 2.17"}, Body: `{"service_id":"s","plan_id":"p"}`,
	},
	traits:   tellsQueued | tellsProgress | polledAsJSON | hasHints | needsMemory,
	route:    routeOSB,
	guard:    guardOSB,
	admit:    admitOSB,
	accepted: acceptOSB,
	status:   statusOSB,
	result:   resultOSB,
	refuse:   (*exchange).refuseOSB,
	monitor:  func(x *exchange, v view) string { return x.here(v.local(x) + lastOperation + "?operation=" + v.id) },
	product:  func(x *exchange, v view) string { return x.here(v.local(x)) },
	expired:  http.StatusNotFound,
}}

const (
	osbInstances  = "/v2/service_instances/"
	lastOperation = "/last_operation"
	allowOSB      = "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"
)

func routeOSB(x *exchange) target {
	if !strings.HasPrefix(x.path, osbInstances) {
		return target{}
	}
	resource, polled := strings.CutSuffix(x.path, lastOperation)
	switch method := x.r.Method; {
	case polled && isGet(x.r):
		id := x.r.URL.Query().Get("operation")
		if id == "" {
			id = x.s.store.bound(x.d.Name + " " + resource)
		}
		return target{phase: onPoll, id: id}
	case polled:
		return notAllowed(allowStatusNoCancel)
	case isGet(x.r):
		return target{phase: onResult, id: x.s.store.bound(x.resource())}
	case method == http.MethodPut, method == http.MethodPatch, method == http.MethodDelete:
		return target{phase: onSubmit}
	}
	return notAllowed(allowOSB)
}

// guardOSB asks for the version. API Version Header: "MUST reject requests ...
// with 412 Precondition Failed".
func guardOSB(x *exchange) *problem {
	if strings.HasPrefix(x.r.Header.Get("X-Broker-Api-Version"), "2.") {
		return nil
	}
	return refuse(http.StatusPreconditionFailed, "The request has no X-Broker-API-Version that this broker knows: send 2.17")
}

// admitOSB asks for accepts_incomplete, for what identifies the plan, and that
// nothing else is going on.
func admitOSB(x *exchange, sub *submission) *problem {
	query := x.r.URL.Query()
	var body struct {
		Service string `json:"service_id"`
		Plan    string `json:"plan_id"`
	}
	json.Unmarshal(sub.body, &body) // what is not there is missing
	if sub.method == http.MethodDelete {
		body.Service, body.Plan = query.Get("service_id"), query.Get("plan_id")
	}
	switch {
	case body.Service == "", body.Plan == "" && sub.method != http.MethodPatch:
		return refuse(http.StatusBadRequest, "service_id and plan_id are required: in the content, and for DELETE in the query")
	case query.Get("accepts_incomplete") != "true":
		return &problem{Status: http.StatusUnprocessableEntity, word: "AsyncRequired", Detail: "This service plan requires client support for asynchronous service operations."}
	}
	sub.resource = x.resource()
	busy := false
	x.s.store.visit(x.s.store.bound(sub.resource), func(op *operation) { busy = !op.state(x.now).Status.Done() })
	if busy {
		return &problem{Status: http.StatusUnprocessableEntity, word: "ConcurrencyError", Detail: "The service instance is being worked on."}
	}
	return nil
}

func acceptOSB(x *exchange, v view) {
	x.hint(v.hint)
	x.send(http.StatusAccepted, x.object().text("operation", v.id))
}

// statusOSB answers last_operation. The state has a space in it. What was
// deleted is 410, "appropriate only for asynchronous delete operations".
func statusOSB(x *exchange, v view) {
	m := x.object()
	switch {
	case !v.snap.Status.Done():
		x.hint(v.hint)
		m = m.text("state", "in progress").text("description", string(v.snap.Status)+" ("+strconv.Itoa(v.snap.Percent)+"% complete)")
	case v.snap.Status == Succeeded && v.method == http.MethodDelete:
		x.send(http.StatusGone, m)
		return
	case v.snap.Status == Succeeded:
		m = m.text("state", "succeeded").text("description", "Created")
	case v.snap.Status == Failed:
		m = m.text("state", "failed").text("description", v.why())
	default:
		m = m.text("state", "failed").text("description", "The broker called the operation off.")
	}
	x.send(http.StatusOK, m)
}

// resultOSB answers for the instance or the binding.
func resultOSB(x *exchange, v view) {
	switch {
	case !v.snap.Status.Done() && v.method != http.MethodPut:
		x.problem(problem{Status: http.StatusUnprocessableEntity, word: "ConcurrencyError", Detail: "The service instance is being worked on."})
	case v.snap.Status != Succeeded, v.method == http.MethodDelete:
		x.unknown()
	default:
		x.sendResult(v)
	}
}

// refuseOSB sends an error: error is there only where the specification has a
// word for it. Service Broker Errors.
func (x *exchange) refuseOSB(p problem) {
	m := x.object()
	if p.word != "" {
		m = m.text("error", p.word)
	}
	x.send(p.Status, m.text("description", p.Detail))
}
