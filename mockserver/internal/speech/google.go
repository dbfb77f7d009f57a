package speech

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

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
		Patience: patienceGoogle,
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
		Monitor: func(x *Exchange, v work.View) string {
			scope, _ := computeScope(LocalPath(v, x))
			return x.Here(scope + "operation-" + v.ID)
		},
		Product:  func(x *Exchange, v work.View) string { return x.Here(computeTarget(x, v)) },
		Admit:    admitCompute,
		Patience: patienceCompute,
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
	waited, wait := strings.CutSuffix(name, ":wait")
	switch method := x.R.Method; {
	case rest == "operations" && IsGet(x.R):
		return Target{Other: (*Exchange).listGoogle}
	case operation && wait && (method == http.MethodPost || IsGet(x.R)):
		return Target{Phase: OnPoll, ID: waited, Hold: "timeout", UntilDone: true}
	case operation && strings.Contains(name, ":") && !cancel:
		return Target{}
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
	m := b.begin("metadata").text("@type", "type.googleapis.com/google.protobuf.Struct").begin("value").
		time("createTime", v.Accepted).time("updateTime", v.Changed()).number("progressPercent", v.Snap.Percent).end().end()
	switch v.Snap.Status {
	case work.Succeeded:
		x.googleResponse(m.literal("done", "true"), v)
		return
	case work.Failed: // google.rpc.Code INVALID_ARGUMENT
		m = m.literal("done", "true").begin("error").number("code", 3).text("message", Why(v)).end()
	case work.Cancelled: // google.rpc.Code CANCELLED, as the proto has it
		m = m.literal("done", "true").begin("error").number("code", 1).text("message", "The operation was cancelled.").end()
	}
	x.send(http.StatusOK, m)
}

// googleResponse sends the result as a google.protobuf.Any: as it is if it has an
// @type of its own, else as the well-known type that can hold it.
func (x *Exchange) googleResponse(m Members, v work.View) {
	var typed struct {
		Type string `json:"@type"`
	}
	result := bytes.TrimSpace(ResultBody(v))
	switch {
	case v.Scenario.ResultSize > 0 || len(result) == 0 || !json.Valid(result):
		m = m.begin("response").text("@type", "type.googleapis.com/google.protobuf.StringValue")
		x.sendResultIn(http.StatusOK, m, "value", v, "}")
	case result[0] != '{':
		m = m.begin("response").text("@type", "type.googleapis.com/google.protobuf.Value")
		x.sendResultIn(http.StatusOK, m, "value", v, "}")
	case json.Unmarshal(result, &typed) == nil && typed.Type != "":
		x.sendResultIn(http.StatusOK, m, "response", v, "")
	default:
		m = m.begin("response").text("@type", "type.googleapis.com/google.protobuf.Struct")
		x.sendResultIn(http.StatusOK, m, "value", v, "}")
	}
}

// patienceGoogle reads the timeout of WaitOperation, in the query or in the
// content: "5s". Without one it is as long as the server allows.
func patienceGoogle(x *Exchange) time.Duration {
	if x.Target.Hold == "" {
		return 0
	}
	text := x.R.URL.Query().Get("timeout")
	if text == "" {
		document := Document{Content: x.ReadContent()}
		text = document.Text("/timeout")
	}
	if d, err := time.ParseDuration(text); err == nil {
		return d
	}
	return work.MaxDuration
}

// listGoogle is ListOperations: the names and whether they are done.
func (x *Exchange) listGoogle() {
	m := x.object().beginList("operations")
	for _, v := range x.operations() {
		m = m.begin("").text("name", "operations/"+v.ID).literal("done", strconv.FormatBool(v.Snap.Status.Done())).end()
	}
	x.send(http.StatusOK, m.endList())
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

const computeBase = "/compute/v1/projects/"

// computeScope is the collection of operations that a path belongs to, such as
// /compute/v1/projects/p/zones/z/operations/: of a zone, of a region, or global.
func computeScope(path string) (scope string, ok bool) {
	rest, ok := strings.CutPrefix(path, computeBase)
	if !ok {
		return "", false
	}
	segments := strings.Split(rest, "/")
	switch {
	case len(segments) >= 4 && (segments[1] == "zones" || segments[1] == "regions"):
		return computeBase + strings.Join(segments[:3], "/") + "/operations/", true
	case len(segments) >= 2:
		return computeBase + segments[0] + "/global/operations/", true
	}
	return "", false
}

// computeTarget is the resource that a submit works on: the one that the path
// names, or a new one in the collection, called as the content says.
func computeTarget(x *Exchange, v work.View) string {
	path := LocalPath(v, x)
	if name, _ := v.Note.(string); name != "" && v.Method == http.MethodPost {
		return path + "/" + name
	}
	return path
}

// admitCompute makes the operation known by its resource.
func admitCompute(x *Exchange, sub *work.Submission) *Problem {
	document := Document{Content: x.Content}
	name, target := document.Text("/name"), x.Path
	if sub.Method == http.MethodPost && name != "" {
		sub.Note, target = name, x.Path+"/"+name
	}
	if !x.Host.Stateless {
		sub.Resource = x.Dialect.Name + " " + target
	}
	return nil
}

func routeCompute(x *Exchange) Target {
	scope, ok := computeScope(x.Path)
	if !ok {
		return Target{}
	}
	name, operation := strings.CutPrefix(x.Path+"/", scope)
	name, tail, _ := strings.Cut(strings.Trim(name, "/"), "/")
	id := strings.TrimPrefix(name, "operation-")
	switch method := x.R.Method; {
	case operation && name == "" && IsGet(x.R):
		return Target{Other: (*Exchange).listCompute}
	case operation && tail == "wait" && method == http.MethodPost:
		return Target{Phase: OnPoll, ID: id, Hold: "always", UntilDone: true}
	case operation && tail == "" && IsGet(x.R):
		return Target{Phase: OnPoll, ID: id}
	case operation && tail == "" && method == http.MethodDelete:
		return Target{ID: id, Other: (*Exchange).forgetCompute}
	case operation: // never a submit
		return NotAllowed(allowStatus)
	case IsGet(x.R):
		return Target{Phase: OnResult, ID: x.Host.Store.Bound(x.resource())}
	case method == http.MethodOptions:
		return NotAllowed("DELETE, OPTIONS, PATCH, POST, PUT")
	}
	return Target{Phase: OnSubmit}
}

// patienceCompute holds zoneOperations.wait: "waits for up to the 2 minutes".
func patienceCompute(x *Exchange) time.Duration {
	if x.Target.Hold == "" {
		return 0
	}
	return 2 * time.Minute
}

// listCompute is zoneOperations.list.
func (x *Exchange) listCompute() {
	m := x.object().text("kind", "compute#operationList").text("id", strings.TrimPrefix(x.Path, "/")).beginList("items")
	for _, v := range x.operations() {
		m = m.begin("").text("kind", "compute#operation").text("name", "operation-"+v.ID).text("status", computeWords.of(v)).number("progress", v.Snap.Percent).end()
	}
	x.send(http.StatusOK, m.endList())
}

// forgetCompute is zoneOperations.delete: 204.
func (x *Exchange) forgetCompute() {
	if _, ok := x.change(func(op *work.Operation) { op.Expire(x.Now) }); ok {
		x.Head(http.StatusNoContent)
	}
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
