package speech

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// googleFamily is Google: AIP-151 as google/longrunning/operations.proto binds it
// to HTTP, and the older operations of Compute Engine.
var googleFamily = []*Dialect{
	{
		DialectInfo: DialectInfo{
			Name: "google-lro", Aliases: []string{"google", "aip-151"},
			Source: "AIP-151; google/longrunning/operations.proto; AIP-193; ProtoJSON",
			Method: "POST", Path: "/v1/books", Header: []string{"Content-Type: application/json"}, Body: `{"title":"a"}`,
		},
		Traits:   TellsProgress | PolledAsJSON | EndsAtOnce,
		Route:    routeGoogle,
		Accepted: func(x *Exchange, v work.View) { x.googleOperation(v) },
		Status:   func(x *Exchange, v work.View) { x.googleOperation(v) },
		Cancel:   cancelGoogle,
		Refuse:   (*Exchange).refuseGoogle,
		Monitor:  func(x *Exchange, v work.View) string { return x.Here("/v1/operations/" + v.ID) },
		Key:      "/requestId", // AIP-155
		Expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "gce-operation", Aliases: []string{"gce", "compute"},
			Source: "Compute Engine documentation, Handling API responses; zoneOperations",
			Method: "POST", Path: "/compute/v1/projects/p/zones/z/instances", Header: []string{"Content-Type: application/json"}, Body: `{"name":"vm"}`,
		},
		Traits:   NamesStatus | TellsQueued | TellsProgress | PolledAsJSON | EndsAtOnce | NamesResult,
		Route:    routeCompute,
		Accepted: func(x *Exchange, v work.View) { x.computeOperation(v) },
		Status:   func(x *Exchange, v work.View) { x.computeOperation(v) },
		Result:   resultCompute,
		Refuse:   (*Exchange).refuseCompute,
		Monitor:  func(x *Exchange, v work.View) string { return x.Here(computeOperations + "operation-" + v.ID) },
		Product:  func(x *Exchange, v work.View) string { return x.Here(computeTargets + v.ID) },
		Key:      "query:requestId",
		Expired:  http.StatusNotFound,
	},
}

// routeGoogle binds GetOperation, DeleteOperation and CancelOperation as the
// proto does: below the version, whichever it is.
func routeGoogle(x *Exchange) Target {
	version, rest, _ := strings.Cut(strings.TrimPrefix(x.Path, "/"), "/")
	if len(version) < 2 || version[0] != 'v' || version[1] < '1' || version[1] > '9' {
		return Target{}
	}
	name, operation := strings.CutPrefix(rest, "operations/")
	id, cancel := strings.CutSuffix(name, ":cancel")
	switch method := x.R.Method; {
	case operation && cancel && method == http.MethodPost:
		return Target{Phase: OnCancel, ID: id}
	case operation && IsGet(x.R):
		return Target{Phase: OnPoll, ID: name}
	case operation && method == http.MethodDelete:
		return Target{ID: name, Other: (*Exchange).forgetGoogle}
	case operation:
		return NotAllowed(allowStatus)
	case IsGet(x.R), method == http.MethodOptions:
		return NotAllowed("DELETE, OPTIONS, PATCH, POST, PUT")
	}
	return Target{Phase: OnSubmit}
}

// googleOperation sends a google.longrunning.Operation. ProtoJSON leaves out
// done while it is false.
func (x *Exchange) googleOperation(v work.View) {
	x.Hint(v.Hint)
	b := append(x.object().name("name"), `"operations/`...)
	b = append(append(b, v.ID...), '"')
	m := b.begin("metadata").text("@type", "type.googleapis.com/asyncctl.mock.v1.OperationMetadata").
		time("createTime", v.Accepted).time("updateTime", v.Changed()).number("progressPercent", v.Snap.Percent).end()
	switch v.Snap.Status {
	case work.Succeeded:
		m = m.literal("done", "true").begin("response").text("@type", "type.googleapis.com/google.protobuf.Value")
		x.sendResultIn(http.StatusOK, m, "value", v, "}")
		return
	case work.Failed: // google.rpc.Code INVALID_ARGUMENT
		m = m.literal("done", "true").begin("error").number("code", 3).text("message", Why(v)).end()
	case work.Cancelled: // google.rpc.Code CANCELLED, as the proto has it
		m = m.literal("done", "true").begin("error").number("code", 1).text("message", "The operation was cancelled.").end()
	}
	x.send(http.StatusOK, m)
}

// cancelGoogle answers with google.protobuf.Empty, "success is not guaranteed".
func cancelGoogle(x *Exchange, v work.View, _ bool) { x.send(http.StatusOK, x.object()) }

// forgetGoogle is DeleteOperation: "the client is no longer interested in the
// operation result. It does not cancel the operation."
func (x *Exchange) forgetGoogle() {
	var v work.View
	if !x.Visit(func(op *work.Operation) { v = op.Look(x.Now); op.Expire(x.Now) }) {
		x.Unknown()
		return
	}
	x.About(v)
	x.send(http.StatusOK, x.object())
}

// refuseGoogle sends an error as AIP-193 has it: google.rpc.Status, whose code
// is the HTTP status here.
func (x *Exchange) refuseGoogle(p Problem) {
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

func routeCompute(x *Exchange) Target {
	id, operation := strings.CutPrefix(x.Path, computeOperations+"operation-")
	result, known := strings.CutPrefix(x.Path, computeTargets)
	switch method := x.R.Method; {
	case !strings.HasPrefix(x.Path, computeBase):
		return Target{}
	case operation && IsGet(x.R):
		return Target{Phase: OnPoll, ID: id}
	case operation:
		return NotAllowed(AllowStatusNoCancel)
	case known && IsGet(x.R):
		return Target{Phase: OnResult, ID: result}
	case IsGet(x.R), method == http.MethodOptions:
		return NotAllowed("DELETE, OPTIONS, PATCH, POST, PUT")
	}
	return Target{Phase: OnSubmit}
}

var computeWords = words{pending: "PENDING", running: "RUNNING", succeeded: "DONE", failed: "DONE", cancelled: "DONE"}

// computeOperation sends an operation: DONE is an end, and error says that it is
// a bad one.
func (x *Exchange) computeOperation(v work.View) {
	x.Hint(v.Hint)
	kind := map[string]string{http.MethodDelete: "delete", http.MethodPost: "insert"}[v.Method]
	if kind == "" {
		kind = "update"
	}
	m := x.object().text("kind", "compute#operation")
	if id, err := strconv.ParseUint(v.ID[:min(len(v.ID), 16)], 16, 64); err == nil {
		m = m.text("id", strconv.FormatUint(id, 10))
	}
	m = m.text("name", "operation-"+v.ID).text("operationType", kind).
		text("targetLink", x.Product(v)).text("selfLink", x.Monitor(v)).
		text("status", computeWords.of(v)).number("progress", v.Snap.Percent).time("insertTime", v.Accepted)
	if v.Snap.Status.Done() {
		m = m.time("endTime", v.Changed())
	}
	switch v.Snap.Status {
	case work.Failed:
		m = m.begin("error").beginList("errors").begin("").text("code", "OPERATION_FAILED").text("message", Why(v)).end().endList().end().
			number("httpErrorStatusCode", work.FailCode(v.Scenario)).text("httpErrorMessage", strings.ToUpper(http.StatusText(work.FailCode(v.Scenario))))
	case work.Cancelled:
		m = m.begin("error").beginList("errors").begin("").text("code", "OPERATION_CANCELED_BY_USER").text("message", "The operation was canceled.").end().endList().end()
	}
	x.send(http.StatusOK, m)
}

func resultCompute(x *Exchange, v work.View) {
	if v.Snap.Status != work.Succeeded || v.Method == http.MethodDelete {
		x.Unknown()
		return
	}
	x.SendResult(v)
}

// refuseCompute sends an error as Google's older APIs have it.
func (x *Exchange) refuseCompute(p Problem) {
	reason := "invalid"
	if p.Status == http.StatusNotFound {
		reason = "notFound"
	}
	x.send(p.Status, x.object().begin("error").number("code", p.Status).text("message", p.Detail).beginList("errors").
		begin("").text("message", p.Detail).text("domain", "global").text("reason", reason).end().endList().end())
}
