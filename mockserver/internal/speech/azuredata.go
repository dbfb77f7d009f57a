package speech

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// operationLocationFamily is the data plane of Azure.
var operationLocationFamily = []*Dialect{{
	DialectInfo: DialectInfo{
		Name: "azure-oploc", Aliases: []string{"azure", "azure-data", "operation-location"},
		Source: "Microsoft Azure REST API Guidelines, Long-Running Operations & Jobs; Considerations for Service Design",
		Method: "POST", Path: "/widgets:analyze?api-version=2024-01-01", Header: []string{"Content-Type: application/json"}, Body: `{"widget":7}`,
	},
	Traits:   NamesStatus | TellsQueued | TellsProgress | PolledAsJSON | HasHints,
	Route:    routeOperationLocation,
	Guard:    guardAzure,
	Admit:    admitResource,
	Accepted: acceptOperationLocation,
	Status:   statusOperationLocation,
	Result:   resultOperationLocation,
	Cancel:   cancelOperationLocation,
	Refuse:   (*Exchange).refuseAzure,
	Monitor:  func(x *Exchange, v work.View) string { return x.Here(azureOperations + v.ID + x.version()) },
	Product:  func(x *Exchange, v work.View) string { return x.Here(LocalPath(v, x) + x.version()) },
	Expired:  http.StatusNotFound,
	Key:      "Repeatability-Request-ID", // OASIS Repeatable Requests 1.0
}}

const (
	azureOperations        = "/operations/"
	azureCancel            = ":cancel"
	allowOperationLocation = "DELETE, GET, HEAD, OPTIONS, POST, PUT"
)

// azureWords are the states of a status monitor. Guidelines, Long-Running
// Operations: "NotStarted, Running, Succeeded, Failed, and Canceled".
var azureWords = words{pending: "NotStarted", running: "Running", succeeded: "Succeeded", failed: "Failed", cancelled: "Canceled"}

func routeOperationLocation(x *Exchange) Target {
	id, operation := strings.CutPrefix(x.Path, azureOperations)
	switch method := x.R.Method; {
	case operation && IsGet(x.R):
		return Target{Phase: OnPoll, ID: id}
	case operation && method == http.MethodPost && strings.HasSuffix(id, azureCancel):
		return Target{Phase: OnCancel, ID: strings.TrimSuffix(id, azureCancel)}
	case operation:
		return NotAllowed(AllowStatusNoCancel)
	case IsGet(x.R):
		return Target{Phase: OnResult, ID: x.Host.Store.Bound(x.resource())}
	case method == http.MethodPost, method == http.MethodPut, method == http.MethodDelete:
		return Target{Phase: OnSubmit}
	}
	return NotAllowed(allowOperationLocation) // "DO NOT" make a PATCH a long-running operation
}

// acceptOperationLocation answers PUT with the resource, and others with 202 and
// the status monitor.
func acceptOperationLocation(x *Exchange, v work.View) {
	x.Field("Operation-Location", x.Monitor(v))
	x.Hint(v.Hint)
	if v.Method == http.MethodPut {
		x.Field("Operation-Id", v.ID)
		x.sendShape(createdCode(v), v)
		return
	}
	x.send(http.StatusAccepted, monitorMembers(v, x.object()))
}

func monitorMembers(v work.View, m Members) Members {
	m = m.text("id", v.ID).text("status", azureWords.of(v)).time("createdDateTime", v.Accepted).time("lastUpdatedDateTime", v.Changed()).number("percentComplete", v.Snap.Percent)
	if v.Snap.Status == work.Failed {
		m = m.begin("error").text("code", "OperationFailed").text("message", Why(v)).end()
	}
	return m
}

func statusOperationLocation(x *Exchange, v work.View) {
	x.Hint(v.Hint)
	m := monitorMembers(v, x.object())
	if v.Snap.Status == work.Succeeded && v.Method == http.MethodPost { // "result", for an action
		x.sendResultIn(http.StatusOK, m, "result", v, "")
		return
	}
	x.send(http.StatusOK, m)
}

func resultOperationLocation(x *Exchange, v work.View) {
	if v.Method == http.MethodDelete && v.Snap.Status == work.Succeeded {
		x.Unknown()
		return
	}
	x.resourceARM(v)
}

// cancelOperationLocation answers with the status monitor. Considerations,
// Controlling a long-running operation.
func cancelOperationLocation(x *Exchange, v work.View, ok bool) {
	if !ok {
		x.Problem(Problem{Status: http.StatusConflict, Word: "OperationNotCancelable", Detail: "The operation has ended as " + azureWords.of(v) + "."})
		return
	}
	x.Hint(v.Hint)
	x.send(http.StatusOK, monitorMembers(v, x.object()))
}
