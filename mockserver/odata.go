package mockserver

import (
	"net/http"
	"strconv"
	"strings"
)

// odataFamily is OData: the answer of the request comes later, wrapped.
//
// OData 4.01 Part 1: Protocol, sections 8.2.8.8, 8.3.1 and 11.6.
var odataFamily = []*dialect{{
	DialectInfo: DialectInfo{
		Name: "odata-async", Aliases: []string{"odata"},
		Source: "OData 4.01 Part 1: Protocol, sections 11.6 (Asynchronous Requests), 8.3.1 (AsyncResult), 8.2.8.8 (respond-async)",
		Method: "POST", Path: "/odata/Orders", Header: []string{"Content-Type: application/json", "Prefer: respond-async"}, Body: `{"ID":7}`,
	},
	traits:   namesStatus | hasHints | needsAsync,
	route:    routeOData,
	accepted: pendingOData,
	finished: func(x *exchange, v view) { x.unwrapped(v, v.codeOData(), x.sendResult) },
	status:   statusOData,
	cancel:   cancelOData,
	refuse:   (*exchange).refuseOData,
	monitor:  func(x *exchange, v view) string { return x.here(odataMonitors + v.id) },
}}

const (
	odataMonitors     = "/odata/async-monitor-"
	odataCancellation = "/cancellation"
	odataVersion      = "4.01"
)

func routeOData(x *exchange) target {
	id, monitor := strings.CutPrefix(x.path, odataMonitors)
	id, cancellation := strings.CutSuffix(id, odataCancellation)
	switch method := x.r.Method; {
	case monitor && cancellation && isGet(x.r):
		return target{phase: onPoll, id: id, part: odataCancellation}
	case monitor && cancellation:
		return notAllowed(allowStatusNoCancel)
	case monitor && isGet(x.r):
		return target{phase: onPoll, id: id}
	case monitor && method == http.MethodDelete:
		return target{phase: onCancel, id: id}
	case monitor:
		return notAllowed(allowStatus)
	case method == http.MethodOptions, method == http.MethodHead:
		return notAllowed("DELETE, GET, OPTIONS, PATCH, POST, PUT")
	}
	return target{phase: onSubmit}
}

// pendingOData answers 202, which "MUST" have a Location each time.
func pendingOData(x *exchange, v view) {
	x.field("OData-Version", odataVersion)
	x.field("Location", x.monitor(v))
	x.hint(v.hint)
	x.head(http.StatusAccepted)
}

// statusOData answers 200 around the answer, whose status is in AsyncResult. It
// is a whole HTTP message if the client asks for one, section 11.6.
func statusOData(x *exchange, v view) {
	switch {
	case x.t.part == odataCancellation:
		x.cancellation(v)
		return
	case !v.snap.Status.Done() && !v.recalled:
		pendingOData(x, v)
		return
	case v.recalled: // "a subsequent GET request to the status monitor resource results in 404"
		x.unknown()
		return
	}
	accept := x.r.Header.Get("Accept")
	whole := strings.Contains(accept, "application/http") || accept == "" && x.r.Header.Get("Odata-Maxversion") == "4.0"
	if !whole {
		x.field("AsyncResult", strconv.Itoa(v.codeOData()))
		x.unwrapped(v, http.StatusOK, x.wrappedOData)
		return
	}
	held := newCapture()
	held.long = func() {
		held.rest = func(p []byte) (int, error) { held.body = append(held.body, p...); return len(p), nil }
	}
	client := x.w
	x.w = held
	x.unwrapped(v, v.codeOData(), x.sendResult)
	x.w = client
	message := "HTTP/1.1 " + strconv.Itoa(held.code) + " " + http.StatusText(held.code) + "\r\n"
	for _, name := range []string{"Content-Type", "OData-Version"} {
		for _, value := range held.header[name] {
			message += name + ": " + value + "\r\n"
		}
	}
	message += "Content-Length: " + strconv.Itoa(len(held.body)) + "\r\n\r\n"
	x.field("OData-Version", odataVersion)
	x.field("Content-Type", "application/http")
	x.body(http.StatusOK, append([]byte(message), held.body...))
}

// codeOData is the status that the request would have been answered with.
// Section 11.6: one that the service cancels is "a 5xx response".
func (v view) codeOData() int {
	switch v.snap.Status {
	case Failed:
		return v.scenario.failStatus()
	case Cancelled:
		return http.StatusInternalServerError
	}
	return v.scenario.resultStatus()
}

// unwrapped is the answer of the request: success sends the good one, and code is
// the HTTP status of a bad one.
func (x *exchange) unwrapped(v view, code int, success func(view)) {
	x.field("OData-Version", odataVersion)
	if v.snap.Status == Succeeded {
		success(v)
		return
	}
	text := v.why()
	if v.snap.Status == Cancelled {
		text = "The service cancelled the request."
	}
	x.send(code, x.object().begin("error").text("code", "OperationFailed").text("message", text).end())
}

// wrappedOData sends the result inside a 200.
func (x *exchange) wrappedOData(v view) {
	if v.scenario.resultStatus() == http.StatusNoContent {
		x.head(http.StatusOK)
		return
	}
	v.submission = v.answeredWith(http.StatusOK)
	x.sendResult(v)
}

// cancelOData answers DELETE: done, or not done yet if that is what the client
// asks for, with a monitor of its own.
func cancelOData(x *exchange, v view, ok bool) {
	x.field("OData-Version", odataVersion)
	switch {
	case !ok: // its answer is there, and is dropped
		x.visit(func(op *operation) { op.expire(x.now) })
		x.head(http.StatusNoContent)
	case v.snap.Status == Cancelling && parsePrefer(x.r.Header["Prefer"]).async:
		x.cancellation(v)
	default:
		x.head(http.StatusNoContent)
	}
}

// cancellation answers for the monitor of a cancellation.
func (x *exchange) cancellation(v view) {
	x.field("OData-Version", odataVersion)
	switch {
	case !v.recalled:
		x.unknown()
	case v.snap.Status == Cancelling:
		x.field("Location", x.monitor(v)+odataCancellation)
		x.hint(v.hint)
		x.head(http.StatusAccepted)
	default:
		x.field("AsyncResult", strconv.Itoa(http.StatusNoContent))
		x.head(http.StatusOK)
	}
}

// refuseOData sends an error as OData JSON Format 4.01, section 21, has it.
func (x *exchange) refuseOData(p problem) {
	x.field("OData-Version", odataVersion)
	x.send(p.Status, x.object().begin("error").text("code", strconv.Itoa(p.Status)).text("message", p.Detail).end())
}
