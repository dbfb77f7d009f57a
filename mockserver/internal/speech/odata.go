package speech

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// odataFamily is OData: the answer of the request comes later, wrapped.
//
// OData 4.01 Part 1: Protocol, sections 8.2.8.8, 8.3.1 and 11.6.
var odataFamily = []*Dialect{{
	DialectInfo: DialectInfo{
		Name: "odata-async", Aliases: []string{"odata"},
		Source: "OData 4.01 Part 1: Protocol, sections 11.6 (Asynchronous Requests), 8.3.1 (AsyncResult), 8.2.8.8 (respond-async)",
		Method: "POST", Path: "/odata/Orders", Header: []string{"Content-Type: application/json", "Prefer: respond-async"}, Body: `{"ID":7}`,
	},
	Traits:   NamesStatus | HasHints | NeedsAsync,
	Route:    routeOData,
	Accepted: pendingOData,
	Finished: func(x *Exchange, v work.View) { x.unwrapped(v, codeOData(v), x.SendResult) },
	Status:   statusOData,
	Cancel:   cancelOData,
	Refuse:   (*Exchange).refuseOData,
	Monitor:  func(x *Exchange, v work.View) string { return x.Here(odataMonitors + v.ID) },
}}

const (
	odataMonitors     = "/odata/async-monitor-"
	odataCancellation = "/cancellation"
	odataVersion      = "4.01"
)

func routeOData(x *Exchange) Target {
	id, monitor := strings.CutPrefix(x.Path, odataMonitors)
	id, cancellation := strings.CutSuffix(id, odataCancellation)
	switch method := x.R.Method; {
	case monitor && cancellation && IsGet(x.R):
		return Target{Phase: OnPoll, ID: id, Part: odataCancellation}
	case monitor && cancellation:
		return NotAllowed(AllowStatusNoCancel)
	case monitor && IsGet(x.R):
		return Target{Phase: OnPoll, ID: id}
	case monitor && method == http.MethodDelete:
		return Target{Phase: OnCancel, ID: id}
	case monitor:
		return NotAllowed(allowStatus)
	case method == http.MethodOptions, method == http.MethodHead:
		return NotAllowed("DELETE, GET, OPTIONS, PATCH, POST, PUT")
	}
	return Target{Phase: OnSubmit}
}

// pendingOData answers 202, which "MUST" have a Location each time.
func pendingOData(x *Exchange, v work.View) {
	x.Field("OData-Version", odataVersion)
	x.Field("Location", x.Monitor(v))
	x.Hint(v.Hint)
	x.Head(http.StatusAccepted)
}

// statusOData answers 200 around the answer, whose status is in AsyncResult. It
// is a whole HTTP message if the client asks for one, section 11.6.
func statusOData(x *Exchange, v work.View) {
	switch {
	case x.Target.Part == odataCancellation:
		x.cancellation(v)
		return
	case !v.Snap.Status.Done() && !v.Recalled:
		pendingOData(x, v)
		return
	case v.Recalled: // "a subsequent GET request to the status monitor resource results in 404"
		x.Unknown()
		return
	}
	accept := x.R.Header.Get("Accept")
	whole := strings.Contains(accept, "application/http") || accept == "" && x.R.Header.Get("Odata-Maxversion") == "4.0"
	if !whole {
		x.Field("AsyncResult", strconv.Itoa(codeOData(v)))
		x.unwrapped(v, http.StatusOK, x.wrappedOData)
		return
	}
	held := NewCapture()
	held.Long = func() {
		held.Rest = func(p []byte) (int, error) { held.Body = append(held.Body, p...); return len(p), nil }
	}
	client := x.W
	x.W = held
	x.unwrapped(v, codeOData(v), x.SendResult)
	x.W = client
	message := "HTTP/1.1 " + strconv.Itoa(held.Code) + " " + http.StatusText(held.Code) + "\r\n"
	for _, name := range []string{"Content-Type", "OData-Version"} {
		for _, value := range held.Answer.Header[name] {
			message += name + ": " + value + "\r\n"
		}
	}
	message += "Content-Length: " + strconv.Itoa(len(held.Body)) + "\r\n\r\n"
	x.Field("OData-Version", odataVersion)
	x.Field("Content-Type", "application/http")
	x.Body(http.StatusOK, append([]byte(message), held.Body...))
}

// codeOData is the status that the request would have been answered with.
// Section 11.6: one that the service cancels is "a 5xx response".
func codeOData(v work.View) int {
	switch v.Snap.Status {
	case work.Failed:
		return work.FailCode(v.Scenario)
	case work.Cancelled:
		return http.StatusInternalServerError
	}
	return work.ResultCode(v.Scenario)
}

// unwrapped is the answer of the request: success sends the good one, and code is
// the HTTP status of a bad one.
func (x *Exchange) unwrapped(v work.View, code int, success func(work.View)) {
	x.Field("OData-Version", odataVersion)
	if v.Snap.Status == work.Succeeded {
		success(v)
		return
	}
	text := Why(v)
	if v.Snap.Status == work.Cancelled {
		text = "The service cancelled the request."
	}
	x.send(code, x.object().begin("error").text("code", "OperationFailed").text("message", text).end())
}

// wrappedOData sends the result inside a 200.
func (x *Exchange) wrappedOData(v work.View) {
	if work.ResultCode(v.Scenario) == http.StatusNoContent {
		x.Head(http.StatusOK)
		return
	}
	v.Submission = v.AnsweredWith(http.StatusOK)
	x.SendResult(v)
}

// cancelOData answers DELETE: done, or not done yet if that is what the client
// asks for, with a monitor of its own.
func cancelOData(x *Exchange, v work.View, ok bool) {
	x.Field("OData-Version", odataVersion)
	switch {
	case !ok: // its answer is there, and is dropped
		x.Visit(func(op *work.Operation) { op.Expire(x.Now) })
		x.Head(http.StatusNoContent)
	case v.Snap.Status == work.Cancelling && ParsePrefer(x.R.Header["Prefer"]).Async:
		x.cancellation(v)
	default:
		x.Head(http.StatusNoContent)
	}
}

// cancellation answers for the monitor of a cancellation.
func (x *Exchange) cancellation(v work.View) {
	x.Field("OData-Version", odataVersion)
	switch {
	case !v.Recalled:
		x.Unknown()
	case v.Snap.Status == work.Cancelling:
		x.Field("Location", x.Monitor(v)+odataCancellation)
		x.Hint(v.Hint)
		x.Head(http.StatusAccepted)
	default:
		x.Field("AsyncResult", strconv.Itoa(http.StatusNoContent))
		x.Head(http.StatusOK)
	}
}

// refuseOData sends an error as OData JSON Format 4.01, section 21, has it.
func (x *Exchange) refuseOData(p Problem) {
	x.Field("OData-Version", odataVersion)
	x.send(p.Status, x.object().begin("error").text("code", strconv.Itoa(p.Status)).text("message", p.Detail).end())
}
