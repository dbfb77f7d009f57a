package speech

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// queueFamily are the queues of fal and RunPod.
var queueFamily = []*Dialect{
	{
		DialectInfo: DialectInfo{
			Name: "fal-queue", Aliases: []string{"fal"},
			Source: "fal queue documentation; fal apps.py: Queued, InProgress, Completed",
			Method: "POST", Path: "/fal-ai/flux/dev", Header: jsonContent, Body: `{"prompt":"a"}`,
		},
		Traits:   NamesStatus | TellsQueued | PolledAsJSON | NamesResult,
		Route:    routeFal,
		Accepted: acceptFal,
		Status:   statusFal,
		Result:   resultFal,
		Cancel:   cancelFal,
		Refuse:   (*Exchange).refuseFal,
		Monitor:  func(x *Exchange, v work.View) string { return x.Here(falApp(x, v) + falRequests + v.ID + "/status") },
		Product:  func(x *Exchange, v work.View) string { return x.Here(falApp(x, v) + falRequests + v.ID) },
		Expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name:   "runpod",
			Source: "RunPod serverless API: /run, /status, /cancel; its Python client, Job",
			Method: "POST", Path: "/v2/endpoint/run", Header: jsonContent, Body: `{"input":{"prompt":"a"}}`,
		},
		Traits:   TellsQueued | PolledAsJSON,
		Route:    routeRunPod,
		Accepted: acceptRunPod,
		Status:   func(x *Exchange, v work.View) { x.run(v) },
		Cancel: func(x *Exchange, v work.View, _ bool) {
			x.send(http.StatusOK, x.object().text("id", v.ID).text("status", runWords.of(v)))
		},
		Refuse: (*Exchange).refuseRunPod,
		Monitor: func(x *Exchange, v work.View) string {
			return x.Here(strings.TrimSuffix(LocalPath(v, x), "/run") + "/status/" + v.ID)
		},
		Expired: http.StatusNotFound,
	},
}

const falRequests = "/requests/"

// falApp is the path of the application, without the part of it that was called:
// "the status path drops the sub-path of the model".
func falApp(x *Exchange, v work.View) string {
	owner, rest, _ := strings.Cut(strings.TrimPrefix(LocalPath(v, x), "/"), "/")
	app, _, _ := strings.Cut(rest, "/")
	return "/" + owner + "/" + app
}

func routeFal(x *Exchange) Target {
	_, rest, requests := strings.Cut(x.Path, falRequests)
	id, tail, _ := strings.Cut(rest, "/")
	switch method := x.R.Method; {
	case !requests && method == http.MethodPost && strings.Count(x.Path, "/") >= 2:
		return Target{Phase: OnSubmit}
	case !requests && strings.Count(x.Path, "/") >= 2:
		return NotAllowed("OPTIONS, POST")
	case !requests:
		return Target{}
	case tail == "status" && IsGet(x.R):
		return Target{Phase: OnPoll, ID: id}
	case tail == "" && IsGet(x.R):
		return Target{Phase: OnResult, ID: id}
	case tail == "cancel" && method == http.MethodPut:
		return Target{Phase: OnCancel, ID: id}
	case tail == "cancel":
		return NotAllowed("OPTIONS, PUT")
	case tail == "" || tail == "status":
		return NotAllowed(AllowStatusNoCancel)
	}
	return Target{ID: id}
}

func acceptFal(x *Exchange, v work.View) {
	x.Hint(v.Hint)
	product := x.Product(v)
	x.send(http.StatusOK, x.object().text("status", "IN_QUEUE").text("request_id", v.ID).
		text("status_url", x.Monitor(v)).text("response_url", product).text("cancel_url", product+"/cancel").number("queue_position", 0))
}

// falWords: "a completed request may still have failed".
var falWords = words{pending: "IN_QUEUE", running: "IN_PROGRESS", succeeded: "COMPLETED", failed: "COMPLETED", cancelled: "COMPLETED"}

// statusFal answers 202 as long as it goes on.
func statusFal(x *Exchange, v work.View) {
	code := http.StatusAccepted
	x.Hint(v.Hint)
	m := x.object().text("status", falWords.of(v)).text("request_id", v.ID).text("response_url", x.Product(v))
	switch v.Snap.Status {
	case work.Pending:
		m = m.number("queue_position", 0)
	case work.Succeeded:
		code = http.StatusOK
	case work.Failed:
		code = http.StatusOK
		m = m.text("error", Why(v)).text("error_type", "request_error")
	case work.Cancelled:
		code = http.StatusOK
		m = m.text("error", "Request was cancelled").text("error_type", "request_cancelled")
	}
	x.send(code, m)
}

// resultFal answers for the response: the model's own, be it a refusal.
func resultFal(x *Exchange, v work.View) {
	switch v.Snap.Status {
	case work.Succeeded:
		x.SendResult(v)
	case work.Failed:
		x.Problem(Problem{Status: work.FailCode(v.Scenario), Detail: Why(v)})
	default:
		x.Problem(Problem{Status: http.StatusBadRequest, Detail: "Request is still in progress"})
	}
}

// cancelFal answers what became of it.
func cancelFal(x *Exchange, _ work.View, ok bool) {
	if !ok {
		x.send(http.StatusBadRequest, x.object().text("status", "ALREADY_COMPLETED"))
		return
	}
	x.send(http.StatusAccepted, x.object().text("status", "CANCELLATION_REQUESTED"))
}

func (x *Exchange) refuseFal(p Problem) { x.send(p.Status, x.object().text("detail", p.Detail)) }

// routeRunPod has the paths of an endpoint beside each other.
func routeRunPod(x *Exchange) Target {
	last := strings.LastIndexByte(x.Path, '/')
	parent, id := x.Path[:max(last, 0)], x.Path[last+1:]
	switch method := x.R.Method; {
	case id == "run" && method == http.MethodPost:
		return Target{Phase: OnSubmit}
	case id == "run":
		return NotAllowed("OPTIONS, POST")
	case strings.HasSuffix(parent, "/status") && IsGet(x.R):
		return Target{Phase: OnPoll, ID: id}
	case strings.HasSuffix(parent, "/status"):
		return NotAllowed(AllowStatusNoCancel)
	case strings.HasSuffix(parent, "/cancel") && method == http.MethodPost:
		return Target{Phase: OnCancel, ID: id}
	case strings.HasSuffix(parent, "/cancel"):
		return NotAllowed("OPTIONS, POST")
	}
	return Target{}
}

func acceptRunPod(x *Exchange, v work.View) {
	x.Hint(v.Hint)
	x.send(http.StatusOK, x.object().text("id", v.ID).text("status", "IN_QUEUE"))
}

var runWords = words{pending: "IN_QUEUE", running: "IN_PROGRESS", succeeded: "COMPLETED", failed: "FAILED", cancelled: "CANCELLED"}

// run sends a job; its times are in milliseconds.
func (x *Exchange) run(v work.View) {
	x.Hint(v.Hint)
	m := x.object().text("id", v.ID).text("status", runWords.of(v))
	if v.Snap.Status.Done() {
		m = m.number("delayTime", 0).number("executionTime", int(v.Snap.Changed.Milliseconds()))
	}
	switch v.Snap.Status {
	case work.Succeeded:
		x.sendResultIn(http.StatusOK, m, "output", v, "")
		return
	case work.Failed:
		m = m.text("error", Why(v))
	}
	x.send(http.StatusOK, m)
}

func (x *Exchange) refuseRunPod(p Problem) { x.send(p.Status, x.object().text("error", p.Detail)) }
