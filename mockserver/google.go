package mockserver

import (
	"net/http"
	"strconv"
	"strings"
)

// googleFamily is Google: AIP-151 as google/longrunning/operations.proto binds it
// to HTTP, and the older operations of Compute Engine.
var googleFamily = []*dialect{
	{
		DialectInfo: DialectInfo{
			Name: "google-lro", Aliases: []string{"google", "aip-151"},
			Source: "AIP-151; google/longrunning/operations.proto; AIP-193; ProtoJSON",
			Method: "POST", Path: "/v1/books", Header: []string{"Content-Type: application/json"}, Body: `{"title":"a"}`,
		},
		traits:   tellsProgress | polledAsJSON | endsAtOnce,
		route:    routeGoogle,
		accepted: func(x *exchange, v view) { x.googleOperation(v) },
		status:   func(x *exchange, v view) { x.googleOperation(v) },
		cancel:   cancelGoogle,
		refuse:   (*exchange).refuseGoogle,
		monitor:  func(x *exchange, v view) string { return x.here("/v1/operations/" + v.id) },
		expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "gce-operation", Aliases: []string{"gce", "compute"},
			Source: "Compute Engine documentation, Handling API responses; zoneOperations",
			Method: "POST", Path: "/compute/v1/projects/p/zones/z/instances", Header: []string{"Content-Type: application/json"}, Body: `{"name":"vm"}`,
		},
		traits:   namesStatus | tellsQueued | tellsProgress | polledAsJSON | endsAtOnce | namesResult,
		route:    routeCompute,
		accepted: func(x *exchange, v view) { x.computeOperation(v) },
		status:   func(x *exchange, v view) { x.computeOperation(v) },
		result:   resultCompute,
		refuse:   (*exchange).refuseCompute,
		monitor:  func(x *exchange, v view) string { return x.here(computeOperations + "operation-" + v.id) },
		product:  func(x *exchange, v view) string { return x.here(computeTargets + v.id) },
		expired:  http.StatusNotFound,
	},
}

// routeGoogle binds GetOperation, DeleteOperation and CancelOperation as the
// proto does: below the version, whichever it is.
func routeGoogle(x *exchange) target {
	version, rest, _ := strings.Cut(strings.TrimPrefix(x.path, "/"), "/")
	if len(version) < 2 || version[0] != 'v' || version[1] < '1' || version[1] > '9' {
		return target{}
	}
	name, operation := strings.CutPrefix(rest, "operations/")
	id, cancel := strings.CutSuffix(name, ":cancel")
	switch method := x.r.Method; {
	case operation && cancel && method == http.MethodPost:
		return target{phase: onCancel, id: id}
	case operation && isGet(x.r):
		return target{phase: onPoll, id: name}
	case operation && method == http.MethodDelete:
		return target{id: name, other: (*exchange).forgetGoogle}
	case operation:
		return notAllowed(allowStatus)
	case isGet(x.r), method == http.MethodOptions:
		return notAllowed("DELETE, OPTIONS, PATCH, POST, PUT")
	}
	return target{phase: onSubmit}
}

// googleOperation sends a google.longrunning.Operation. ProtoJSON leaves out
// done while it is false.
func (x *exchange) googleOperation(v view) {
	x.hint(v.hint)
	b := append(x.object().name("name"), `"operations/`...)
	b = append(append(b, v.id...), '"')
	m := b.begin("metadata").text("@type", "type.googleapis.com/asyncctl.mock.v1.OperationMetadata").
		time("createTime", v.accepted).time("updateTime", v.changed()).number("progressPercent", v.snap.Percent).end()
	switch v.snap.Status {
	case Succeeded:
		m = m.literal("done", "true").begin("response").text("@type", "type.googleapis.com/google.protobuf.Value")
		x.sendResultIn(http.StatusOK, m, "value", v, "}")
		return
	case Failed: // google.rpc.Code INVALID_ARGUMENT
		m = m.literal("done", "true").begin("error").number("code", 3).text("message", v.why()).end()
	case Cancelled: // google.rpc.Code CANCELLED, as the proto has it
		m = m.literal("done", "true").begin("error").number("code", 1).text("message", "The operation was cancelled.").end()
	}
	x.send(http.StatusOK, m)
}

// cancelGoogle answers with google.protobuf.Empty, "success is not guaranteed".
func cancelGoogle(x *exchange, v view, _ bool) { x.send(http.StatusOK, x.object()) }

// forgetGoogle is DeleteOperation: "the client is no longer interested in the
// operation result. It does not cancel the operation."
func (x *exchange) forgetGoogle() {
	var v view
	if !x.visit(func(op *operation) { v = op.look(x.now); op.expire(x.now) }) {
		x.unknown()
		return
	}
	x.about(v)
	x.send(http.StatusOK, x.object())
}

// refuseGoogle sends an error as AIP-193 has it: google.rpc.Status, whose code
// is the HTTP status here.
func (x *exchange) refuseGoogle(p problem) {
	x.send(p.Status, x.object().begin("error").number("code", p.Status).text("message", p.Detail).text("status", googleCode(p.Status)).end())
}

// googleCode is the name in google.rpc.Code for an HTTP status.
func googleCode(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "UNAUTHENTICATED"
	case http.StatusNotFound:
		return "NOT_FOUND"
	case http.StatusConflict:
		return "ABORTED"
	case http.StatusTooManyRequests:
		return "RESOURCE_EXHAUSTED"
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return "UNIMPLEMENTED"
	case http.StatusServiceUnavailable:
		return "UNAVAILABLE"
	}
	return "INVALID_ARGUMENT"
}

const (
	computeBase       = "/compute/v1/projects/"
	computeOperations = "/compute/v1/projects/p/zones/z/operations/"
	computeTargets    = "/compute/v1/projects/p/zones/z/instances/"
)

func routeCompute(x *exchange) target {
	id, operation := strings.CutPrefix(x.path, computeOperations+"operation-")
	result, known := strings.CutPrefix(x.path, computeTargets)
	switch method := x.r.Method; {
	case !strings.HasPrefix(x.path, computeBase):
		return target{}
	case operation && isGet(x.r):
		return target{phase: onPoll, id: id}
	case operation:
		return notAllowed(allowStatusNoCancel)
	case known && isGet(x.r):
		return target{phase: onResult, id: result}
	case isGet(x.r), method == http.MethodOptions:
		return notAllowed("DELETE, OPTIONS, PATCH, POST, PUT")
	}
	return target{phase: onSubmit}
}

var computeWords = words{pending: "PENDING", running: "RUNNING", succeeded: "DONE", failed: "DONE", cancelled: "DONE"}

// computeOperation sends an operation: DONE is an end, and error says that it is
// a bad one.
func (x *exchange) computeOperation(v view) {
	x.hint(v.hint)
	kind := map[string]string{http.MethodDelete: "delete", http.MethodPost: "insert"}[v.method]
	if kind == "" {
		kind = "update"
	}
	m := x.object().text("kind", "compute#operation")
	if id, err := strconv.ParseUint(v.id[:min(len(v.id), 16)], 16, 64); err == nil {
		m = m.text("id", strconv.FormatUint(id, 10))
	}
	m = m.text("name", "operation-"+v.id).text("operationType", kind).
		text("targetLink", x.product(v)).text("selfLink", x.monitor(v)).
		text("status", computeWords.of(v)).number("progress", v.snap.Percent).time("insertTime", v.accepted)
	if v.snap.Status.Done() {
		m = m.time("endTime", v.changed())
	}
	switch v.snap.Status {
	case Failed:
		m = m.begin("error").beginList("errors").begin("").text("code", "OPERATION_FAILED").text("message", v.why()).end().endList().end().
			number("httpErrorStatusCode", v.scenario.failStatus()).text("httpErrorMessage", strings.ToUpper(http.StatusText(v.scenario.failStatus())))
	case Cancelled:
		m = m.begin("error").beginList("errors").begin("").text("code", "OPERATION_CANCELED_BY_USER").text("message", "The operation was canceled.").end().endList().end()
	}
	x.send(http.StatusOK, m)
}

func resultCompute(x *exchange, v view) {
	if v.snap.Status != Succeeded || v.method == http.MethodDelete {
		x.unknown()
		return
	}
	x.sendResult(v)
}

// refuseCompute sends an error as Google's older APIs have it.
func (x *exchange) refuseCompute(p problem) {
	reason := "invalid"
	if p.Status == http.StatusNotFound {
		reason = "notFound"
	}
	x.send(p.Status, x.object().begin("error").number("code", p.Status).text("message", p.Detail).beginList("errors").
		begin("").text("message", p.Detail).text("domain", "global").text("reason", reason).end().endList().end())
}
