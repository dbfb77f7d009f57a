package mockserver

import (
	"net/http"
	"strings"
)

// queueFamily are the queues of fal and RunPod.
var queueFamily = []*dialect{
	{
		DialectInfo: DialectInfo{
			Name: "fal-queue", Aliases: []string{"fal"},
			Source: "fal queue documentation; fal apps.py: Queued, InProgress, Completed",
			Method: "POST", Path: "/fal-ai/flux/dev", Header: jsonContent, Body: `{"prompt":"a"}`,
		},
		traits:   namesStatus | tellsQueued | polledAsJSON | namesResult,
		route:    routeFal,
		accepted: acceptFal,
		status:   statusFal,
		result:   resultFal,
		cancel:   cancelFal,
		refuse:   (*exchange).refuseFal,
		monitor:  func(x *exchange, v view) string { return x.here(falApp(x, v) + falRequests + v.id + "/status") },
		product:  func(x *exchange, v view) string { return x.here(falApp(x, v) + falRequests + v.id) },
		expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name:   "runpod",
			Source: "RunPod serverless API: /run, /status, /cancel; its Python client, Job",
			Method: "POST", Path: "/v2/endpoint/run", Header: jsonContent, Body: `{"input":{"prompt":"a"}}`,
		},
		traits:   tellsQueued | polledAsJSON,
		route:    routeRunPod,
		accepted: acceptRunPod,
		status:   func(x *exchange, v view) { x.run(v) },
		cancel: func(x *exchange, v view, _ bool) {
			x.send(http.StatusOK, x.object().text("id", v.id).text("status", runWords.of(v)))
		},
		refuse: (*exchange).refuseRunPod,
		monitor: func(x *exchange, v view) string {
			return x.here(strings.TrimSuffix(v.local(x), "/run") + "/status/" + v.id)
		},
		expired: http.StatusNotFound,
	},
}

const falRequests = "/requests/"

// falApp is the path of the application, without the part of it that was called:
// "the status path drops the sub-path of the model".
func falApp(x *exchange, v view) string {
	owner, rest, _ := strings.Cut(strings.TrimPrefix(v.local(x), "/"), "/")
	app, _, _ := strings.Cut(rest, "/")
	return "/" + owner + "/" + app
}

func routeFal(x *exchange) target {
	_, rest, requests := strings.Cut(x.path, falRequests)
	id, tail, _ := strings.Cut(rest, "/")
	switch method := x.r.Method; {
	case !requests && method == http.MethodPost && strings.Count(x.path, "/") >= 2:
		return target{phase: onSubmit}
	case !requests && strings.Count(x.path, "/") >= 2:
		return notAllowed("OPTIONS, POST")
	case !requests:
		return target{}
	case tail == "status" && isGet(x.r):
		return target{phase: onPoll, id: id}
	case tail == "" && isGet(x.r):
		return target{phase: onResult, id: id}
	case tail == "cancel" && method == http.MethodPut:
		return target{phase: onCancel, id: id}
	case tail == "cancel":
		return notAllowed("OPTIONS, PUT")
	case tail == "" || tail == "status":
		return notAllowed(allowStatusNoCancel)
	}
	return target{id: id}
}

func acceptFal(x *exchange, v view) {
	x.hint(v.hint)
	product := x.product(v)
	x.send(http.StatusOK, x.object().text("status", "IN_QUEUE").text("request_id", v.id).
		text("status_url", x.monitor(v)).text("response_url", product).text("cancel_url", product+"/cancel").number("queue_position", 0))
}

// falWords: "a completed request may still have failed".
var falWords = words{pending: "IN_QUEUE", running: "IN_PROGRESS", succeeded: "COMPLETED", failed: "COMPLETED", cancelled: "COMPLETED"}

// statusFal answers 202 as long as it goes on.
func statusFal(x *exchange, v view) {
	code := http.StatusAccepted
	x.hint(v.hint)
	m := x.object().text("status", falWords.of(v)).text("request_id", v.id).text("response_url", x.product(v))
	switch v.snap.Status {
	case Pending:
		m = m.number("queue_position", 0)
	case Succeeded:
		code = http.StatusOK
	case Failed:
		code = http.StatusOK
		m = m.text("error", v.why()).text("error_type", "request_error")
	case Cancelled:
		code = http.StatusOK
		m = m.text("error", "Request was cancelled").text("error_type", "request_cancelled")
	}
	x.send(code, m)
}

// resultFal answers for the response: the model's own, be it a refusal.
func resultFal(x *exchange, v view) {
	switch v.snap.Status {
	case Succeeded:
		x.sendResult(v)
	case Failed:
		x.problem(problem{Status: v.scenario.failStatus(), Detail: v.why()})
	default:
		x.problem(problem{Status: http.StatusBadRequest, Detail: "Request is still in progress"})
	}
}

// cancelFal answers what became of it.
func cancelFal(x *exchange, _ view, ok bool) {
	if !ok {
		x.send(http.StatusBadRequest, x.object().text("status", "ALREADY_COMPLETED"))
		return
	}
	x.send(http.StatusAccepted, x.object().text("status", "CANCELLATION_REQUESTED"))
}

func (x *exchange) refuseFal(p problem) { x.send(p.Status, x.object().text("detail", p.Detail)) }

// routeRunPod has the paths of an endpoint beside each other.
func routeRunPod(x *exchange) target {
	last := strings.LastIndexByte(x.path, '/')
	parent, id := x.path[:max(last, 0)], x.path[last+1:]
	switch method := x.r.Method; {
	case id == "run" && method == http.MethodPost:
		return target{phase: onSubmit}
	case id == "run":
		return notAllowed("OPTIONS, POST")
	case strings.HasSuffix(parent, "/status") && isGet(x.r):
		return target{phase: onPoll, id: id}
	case strings.HasSuffix(parent, "/status"):
		return notAllowed(allowStatusNoCancel)
	case strings.HasSuffix(parent, "/cancel") && method == http.MethodPost:
		return target{phase: onCancel, id: id}
	case strings.HasSuffix(parent, "/cancel"):
		return notAllowed("OPTIONS, POST")
	}
	return target{}
}

func acceptRunPod(x *exchange, v view) {
	x.hint(v.hint)
	x.send(http.StatusOK, x.object().text("id", v.id).text("status", "IN_QUEUE"))
}

var runWords = words{pending: "IN_QUEUE", running: "IN_PROGRESS", succeeded: "COMPLETED", failed: "FAILED", cancelled: "CANCELLED"}

// run sends a job; its times are in milliseconds.
func (x *exchange) run(v view) {
	x.hint(v.hint)
	m := x.object().text("id", v.id).text("status", runWords.of(v))
	if v.snap.Status.Done() {
		m = m.number("delayTime", 0).number("executionTime", int(v.snap.Changed.Milliseconds()))
	}
	switch v.snap.Status {
	case Succeeded:
		x.sendResultIn(http.StatusOK, m, "output", v, "")
		return
	case Failed:
		m = m.text("error", v.why())
	}
	x.send(http.StatusOK, m)
}

func (x *exchange) refuseRunPod(p problem) { x.send(p.Status, x.object().text("error", p.Detail)) }
