package speech

import (
	"net/http"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// durableFamily is Azure Durable Functions.
//
// Azure/azure-functions-durable-extension, HttpApiHandler.cs.
var durableFamily = []*Dialect{{
	DialectInfo: DialectInfo{
		Name: "durable", Aliases: []string{"durable-functions", "azure-durable"},
		Source: "Azure/azure-functions-durable-extension, HttpApiHandler.cs: CreateCheckStatusResponseMessage, HandleGetStatusRequestAsync, HandleTerminateInstanceRequestAsync",
		Method: "POST", Path: "/api/orchestrators/Hello", Header: []string{"Content-Type: application/json"}, Body: `{"city":"Rome"}`,
	},
	Traits:   NamesStatus | TellsQueued | TellsProgress | PolledAsJSON | HasHints,
	Route:    routeDurable,
	Guard:    guardDurable,
	Accepted: acceptDurable,
	Status:   statusDurable,
	Cancel:   cancelDurable,
	Refuse:   (*Exchange).refuseDurable,
	Monitor:  func(x *Exchange, v work.View) string { return x.instance(v, "") },
	Expired:  http.StatusNotFound,
}}

const (
	durableStarts    = "/api/orchestrators/"
	durableInstances = "/runtime/webhooks/durabletask/instances/"
	durableQuery     = "taskHub=MockHub&connection=Storage&code=mock-system-key"
)

// instance is a URL of an instance: with the key of the extension in it, which
// makes it a secret.
func (x *Exchange) instance(v work.View, tail string) string {
	target := x.Here(durableInstances + v.ID + tail)
	if strings.Contains(tail, "?") {
		return target + "&" + durableQuery
	}
	return target + "?" + durableQuery
}

func routeDurable(x *Exchange) Target {
	rest, instances := strings.CutPrefix(x.Path, durableInstances)
	id, tail, _ := strings.Cut(rest, "/")
	switch method := x.R.Method; {
	case instances && tail == "" && IsGet(x.R):
		return Target{Phase: OnPoll, ID: id}
	case instances && tail == "" && method == http.MethodDelete:
		return Target{ID: id, Other: (*Exchange).purgeDurable}
	case instances && tail == "":
		return NotAllowed("DELETE, GET, HEAD, OPTIONS")
	case instances && tail == "terminate" && method == http.MethodPost:
		return Target{Phase: OnCancel, ID: id}
	case instances && strings.HasPrefix(tail, "raiseEvent/") && method == http.MethodPost:
		return Target{ID: id, Other: func(x *Exchange) { x.handDurable(func(*work.Operation, time.Time) error { return nil }) }}
	case instances && tail == "suspend" && method == http.MethodPost:
		return Target{ID: id, Other: func(x *Exchange) { x.handDurable((*work.Operation).Freeze) }}
	case instances && tail == "resume" && method == http.MethodPost:
		return Target{ID: id, Other: (*Exchange).resumeDurable}
	case instances:
		return Target{ID: id}
	case !strings.HasPrefix(x.Path, durableStarts):
		return Target{}
	case method == http.MethodPost:
		return Target{Phase: OnSubmit}
	}
	return NotAllowed("OPTIONS, POST")
}

// guardDurable asks for the key in the URLs of instances.
func guardDurable(x *Exchange) *Problem {
	if x.Target.ID == "" || strings.Contains(x.R.URL.RawQuery, "code=mock-system-key") {
		return nil
	}
	return Refuse(http.StatusUnauthorized, "the URL has no code: use it as it was given")
}

func acceptDurable(x *Exchange, v work.View) {
	x.Field("Location", x.Monitor(v))
	x.Hint(v.Hint)
	x.send(http.StatusAccepted, x.object().text("id", v.ID).text("statusQueryGetUri", x.Monitor(v)).
		text("sendEventPostUri", x.instance(v, "/raiseEvent/{eventName}")).
		text("terminatePostUri", x.instance(v, "/terminate?reason={text}")).
		text("purgeHistoryDeleteUri", x.Monitor(v)).
		text("suspendPostUri", x.instance(v, "/suspend?reason={text}")).
		text("resumePostUri", x.instance(v, "/resume?reason={text}")))
}

var durableWords = words{pending: "Pending", running: "Running", succeeded: "Completed", failed: "Failed", cancelled: "Terminated"}

// statusDurable answers 202 as long as it goes on, and 200 also for what failed,
// unless the client asks for a 500.
func statusDurable(x *Exchange, v work.View) {
	code := http.StatusOK
	switch {
	case !v.Snap.Status.Done():
		code = http.StatusAccepted
		x.Field("Location", x.Monitor(v))
		x.Hint(v.Hint)
	case v.Snap.Status == work.Failed && strings.Contains(strings.ToLower(x.R.URL.RawQuery), "returninternalservererroronfailure=true"):
		code = http.StatusInternalServerError
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(LocalPath(v, x), durableStarts), "/")
	m := x.object().text("name", name).text("instanceId", v.ID).text("runtimeStatus", durableWords.of(v)).literal("input", "null").
		begin("customStatus").number("percent", v.Snap.Percent).end().
		time("createdTime", v.Accepted).time("lastUpdatedTime", v.Changed())
	switch v.Snap.Status {
	case work.Succeeded:
		x.sendResultIn(code, m, "output", v, "")
		return
	case work.Failed:
		m = m.text("output", Why(v))
	case work.Cancelled:
		m = m.text("output", "terminated")
	default:
		m = m.literal("output", "null")
	}
	x.send(code, m)
}

// cancelDurable answers 202, or 410 for what has ended.
func cancelDurable(x *Exchange, _ work.View, ok bool) {
	if !ok {
		x.Head(http.StatusGone)
		return
	}
	x.Head(http.StatusAccepted)
}

// handDurable does something to an instance that has not ended.
func (x *Exchange) handDurable(do func(*work.Operation, time.Time) error) {
	err := error(nil)
	var v work.View
	if !x.Visit(func(op *work.Operation) { err = do(op, x.Now); v = op.Look(x.Now) }) {
		x.Unknown()
		return
	}
	x.About(v)
	cancelDurable(x, v, err == nil)
}

func (x *Exchange) resumeDurable() {
	x.handDurable(func(op *work.Operation, now time.Time) error {
		if op.State(now).Status.Done() {
			return work.ErrDone
		}
		op.Thaw(now)
		return nil
	})
}

// purgeDurable removes the history of an instance: it does not cancel it.
func (x *Exchange) purgeDurable() {
	var v work.View
	if !x.Visit(func(op *work.Operation) { v = op.Look(x.Now); op.Expire(x.Now) }) {
		x.Unknown()
		return
	}
	x.About(v)
	x.send(http.StatusOK, x.object().number("instancesDeleted", 1))
}

func (x *Exchange) refuseDurable(p Problem) {
	x.send(p.Status, x.object().text("Message", p.Detail))
}
