package mockserver

import (
	"net/http"
	"strings"
	"time"
)

// durableFamily is Azure Durable Functions.
//
// Azure/azure-functions-durable-extension, HttpApiHandler.cs.
var durableFamily = []*dialect{{
	DialectInfo: DialectInfo{
		Name: "durable", Aliases: []string{"durable-functions", "azure-durable"},
		Source: "Azure/azure-functions-durable-extension, HttpApiHandler.cs: CreateCheckStatusResponseMessage, HandleGetStatusRequestAsync, HandleTerminateInstanceRequestAsync",
		Method: "POST", Path: "/api/orchestrators/Hello", Header: []string{"Content-Type: application/json"}, Body: `{"city":"Rome"}`,
	},
	traits:   namesStatus | tellsQueued | tellsProgress | polledAsJSON | hasHints,
	route:    routeDurable,
	guard:    guardDurable,
	accepted: acceptDurable,
	status:   statusDurable,
	cancel:   cancelDurable,
	refuse:   (*exchange).refuseDurable,
	monitor:  func(x *exchange, v view) string { return x.instance(v, "") },
	expired:  http.StatusNotFound,
}}

const (
	durableStarts    = "/api/orchestrators/"
	durableInstances = "/runtime/webhooks/durabletask/instances/"
	durableQuery     = "taskHub=MockHub&connection=Storage&code=mock-system-key"
)

// instance is a URL of an instance: with the key of the extension in it, which
// makes it a secret.
func (x *exchange) instance(v view, tail string) string {
	target := x.here(durableInstances + v.id + tail)
	if strings.Contains(tail, "?") {
		return target + "&" + durableQuery
	}
	return target + "?" + durableQuery
}

func routeDurable(x *exchange) target {
	rest, instances := strings.CutPrefix(x.path, durableInstances)
	id, tail, _ := strings.Cut(rest, "/")
	switch method := x.r.Method; {
	case instances && tail == "" && isGet(x.r):
		return target{phase: onPoll, id: id}
	case instances && tail == "" && method == http.MethodDelete:
		return target{id: id, other: (*exchange).purgeDurable}
	case instances && tail == "":
		return notAllowed("DELETE, GET, HEAD, OPTIONS")
	case instances && tail == "terminate" && method == http.MethodPost:
		return target{phase: onCancel, id: id}
	case instances && strings.HasPrefix(tail, "raiseEvent/") && method == http.MethodPost:
		return target{id: id, other: func(x *exchange) { x.handDurable(func(*operation, time.Time) error { return nil }) }}
	case instances && tail == "suspend" && method == http.MethodPost:
		return target{id: id, other: func(x *exchange) { x.handDurable((*operation).freeze) }}
	case instances && tail == "resume" && method == http.MethodPost:
		return target{id: id, other: (*exchange).resumeDurable}
	case instances:
		return target{id: id}
	case !strings.HasPrefix(x.path, durableStarts):
		return target{}
	case method == http.MethodPost:
		return target{phase: onSubmit}
	}
	return notAllowed("OPTIONS, POST")
}

// guardDurable asks for the key in the URLs of instances.
func guardDurable(x *exchange) *problem {
	if x.t.id == "" || strings.Contains(x.r.URL.RawQuery, "code=mock-system-key") {
		return nil
	}
	return refuse(http.StatusUnauthorized, "the URL has no code: use it as it was given")
}

func acceptDurable(x *exchange, v view) {
	x.field("Location", x.monitor(v))
	x.hint(v.hint)
	x.send(http.StatusAccepted, x.object().text("id", v.id).text("statusQueryGetUri", x.monitor(v)).
		text("sendEventPostUri", x.instance(v, "/raiseEvent/{eventName}")).
		text("terminatePostUri", x.instance(v, "/terminate?reason={text}")).
		text("purgeHistoryDeleteUri", x.monitor(v)).
		text("suspendPostUri", x.instance(v, "/suspend?reason={text}")).
		text("resumePostUri", x.instance(v, "/resume?reason={text}")))
}

var durableWords = words{pending: "Pending", running: "Running", succeeded: "Completed", failed: "Failed", cancelled: "Terminated"}

// statusDurable answers 202 as long as it goes on, and 200 also for what failed,
// unless the client asks for a 500.
func statusDurable(x *exchange, v view) {
	code := http.StatusOK
	switch {
	case !v.snap.Status.Done():
		code = http.StatusAccepted
		x.field("Location", x.monitor(v))
		x.hint(v.hint)
	case v.snap.Status == Failed && strings.Contains(strings.ToLower(x.r.URL.RawQuery), "returninternalservererroronfailure=true"):
		code = http.StatusInternalServerError
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(v.local(x), durableStarts), "/")
	m := x.object().text("name", name).text("instanceId", v.id).text("runtimeStatus", durableWords.of(v)).literal("input", "null").
		begin("customStatus").number("percent", v.snap.Percent).end().
		time("createdTime", v.accepted).time("lastUpdatedTime", v.changed())
	switch v.snap.Status {
	case Succeeded:
		x.sendResultIn(code, m, "output", v, "")
		return
	case Failed:
		m = m.text("output", v.why())
	case Cancelled:
		m = m.text("output", "terminated")
	default:
		m = m.literal("output", "null")
	}
	x.send(code, m)
}

// cancelDurable answers 202, or 410 for what has ended.
func cancelDurable(x *exchange, _ view, ok bool) {
	if !ok {
		x.head(http.StatusGone)
		return
	}
	x.head(http.StatusAccepted)
}

// handDurable does something to an instance that has not ended.
func (x *exchange) handDurable(do func(*operation, time.Time) error) {
	err := error(nil)
	var v view
	if !x.visit(func(op *operation) { err = do(op, x.now); v = op.look(x.now) }) {
		x.unknown()
		return
	}
	x.about(v)
	cancelDurable(x, v, err == nil)
}

func (x *exchange) resumeDurable() {
	x.handDurable(func(op *operation, now time.Time) error {
		if op.state(now).Status.Done() {
			return errDone
		}
		op.thaw(now)
		return nil
	})
}

// purgeDurable removes the history of an instance: it does not call it off.
func (x *exchange) purgeDurable() {
	var v view
	if !x.visit(func(op *operation) { v = op.look(x.now); op.expire(x.now) }) {
		x.unknown()
		return
	}
	x.about(v)
	x.send(http.StatusOK, x.object().number("instancesDeleted", 1))
}

func (x *exchange) refuseDurable(p problem) {
	x.send(p.Status, x.object().text("Message", p.Detail))
}
