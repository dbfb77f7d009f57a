package speech

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// osbFamily is the Open Service Broker API, whose clients derive the status URL
// from that of the submit.
//
// Open Service Broker API, spec.md (after 2.17): API Version Header,
// Asynchronous Operations, Polling Last Operation, Service Broker Errors.
var osbFamily = []*Dialect{{
	DialectInfo: DialectInfo{
		Name: "osb", Aliases: []string{"open-service-broker", "servicebroker"},
		Source: "Open Service Broker API, spec.md (after 2.17): API Version Header, Asynchronous Operations, Polling Last Operation, Errors",
		Method: "PUT", Path: "/v2/service_instances/i1?accepts_incomplete=true",
		Header: []string{"Content-Type: application/json", "X-Broker-API-Version: 2.17"}, Body: `{"service_id":"s","plan_id":"p"}`,
	},
	Traits:   TellsQueued | TellsProgress | PolledAsJSON | HasHints | NeedsMemory,
	Route:    routeOSB,
	Guard:    guardOSB,
	Admit:    admitOSB,
	Accepted: acceptOSB,
	Status:   statusOSB,
	Result:   resultOSB,
	Refuse:   (*Exchange).refuseOSB,
	Monitor: func(x *Exchange, v work.View) string {
		return x.Here(LocalPath(v, x) + lastOperation + "?operation=" + v.ID)
	},
	Product: func(x *Exchange, v work.View) string { return x.Here(LocalPath(v, x)) },
	Expired: http.StatusNotFound,
}}

const (
	osbInstances  = "/v2/service_instances/"
	lastOperation = "/last_operation"
	allowOSB      = "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"
)

func routeOSB(x *Exchange) Target {
	if !strings.HasPrefix(x.Path, osbInstances) {
		return Target{}
	}
	resource, polled := strings.CutSuffix(x.Path, lastOperation)
	switch method := x.R.Method; {
	case polled && IsGet(x.R):
		id := x.R.URL.Query().Get("operation")
		if id == "" {
			id = x.Host.Store.Bound(x.Dialect.Name + " " + resource)
		}
		return Target{Phase: OnPoll, ID: id}
	case polled:
		return NotAllowed(AllowStatusNoCancel)
	case IsGet(x.R):
		return Target{Phase: OnResult, ID: x.Host.Store.Bound(x.resource())}
	case method == http.MethodPut, method == http.MethodPatch, method == http.MethodDelete:
		return Target{Phase: OnSubmit}
	}
	return NotAllowed(allowOSB)
}

// guardOSB asks for the version. API Version Header: "MUST reject requests ...
// with 412 Precondition Failed".
func guardOSB(x *Exchange) *Problem {
	if strings.HasPrefix(x.R.Header.Get("X-Broker-Api-Version"), "2.") {
		return nil
	}
	return Refuse(http.StatusPreconditionFailed, "The request has no X-Broker-API-Version that this broker knows: send 2.17")
}

// admitOSB asks for accepts_incomplete, for what identifies the plan, and that
// nothing else is going on.
func admitOSB(x *Exchange, sub *work.Submission) *Problem {
	query := x.R.URL.Query()
	var body struct {
		Service string `json:"service_id"`
		Plan    string `json:"plan_id"`
	}
	json.Unmarshal(sub.Body, &body) // what is not there is missing
	if sub.Method == http.MethodDelete {
		body.Service, body.Plan = query.Get("service_id"), query.Get("plan_id")
	}
	switch {
	case body.Service == "", body.Plan == "" && sub.Method != http.MethodPatch:
		return Refuse(http.StatusBadRequest, "service_id and plan_id are required: in the content, and for DELETE in the query")
	case query.Get("accepts_incomplete") != "true":
		return &Problem{Status: http.StatusUnprocessableEntity, Word: "AsyncRequired", Detail: "This service plan requires client support for asynchronous service operations."}
	}
	sub.Resource = x.resource()
	busy := false
	x.Host.Store.Visit(x.Host.Store.Bound(sub.Resource), func(op *work.Operation) { busy = !op.State(x.Now).Status.Done() })
	if busy {
		return &Problem{Status: http.StatusUnprocessableEntity, Word: "ConcurrencyError", Detail: "The service instance is being worked on."}
	}
	return nil
}

func acceptOSB(x *Exchange, v work.View) {
	x.Hint(v.Hint)
	x.send(http.StatusAccepted, x.object().text("operation", v.ID))
}

// statusOSB answers last_operation. The state has a space in it. What was
// deleted is 410, "appropriate only for asynchronous delete operations".
func statusOSB(x *Exchange, v work.View) {
	m := x.object()
	switch {
	case !v.Snap.Status.Done():
		x.Hint(v.Hint)
		m = m.text("state", "in progress").text("description", string(v.Snap.Status)+" ("+strconv.Itoa(v.Snap.Percent)+"% complete)")
	case v.Snap.Status == work.Succeeded && v.Method == http.MethodDelete:
		x.send(http.StatusGone, m)
		return
	case v.Snap.Status == work.Succeeded:
		m = m.text("state", "succeeded").text("description", "Created")
	case v.Snap.Status == work.Failed:
		m = m.text("state", "failed").text("description", Why(v))
	default:
		m = m.text("state", "failed").text("description", "The broker cancelled the operation.")
	}
	x.send(http.StatusOK, m)
}

// resultOSB answers for the instance or the binding.
func resultOSB(x *Exchange, v work.View) {
	switch {
	case !v.Snap.Status.Done() && v.Method != http.MethodPut:
		x.Problem(Problem{Status: http.StatusUnprocessableEntity, Word: "ConcurrencyError", Detail: "The service instance is being worked on."})
	case v.Snap.Status != work.Succeeded, v.Method == http.MethodDelete:
		x.Unknown()
	default:
		x.SendResult(v)
	}
}

// refuseOSB sends an error: error is there only where the specification has a
// word for it. Service Broker Errors.
func (x *Exchange) refuseOSB(p Problem) {
	m := x.object()
	if p.Word != "" {
		m = m.text("error", p.Word)
	}
	x.send(p.Status, m.text("description", p.Detail))
}
