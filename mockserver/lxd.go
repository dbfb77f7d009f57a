package mockserver

import (
	"net/http"
	"strings"
)

// lxdFamily is LXD and Incus.
//
// LXD documentation, REST API: Return values, Background operation; api_operations.
var lxdFamily = []*dialect{{
	DialectInfo: DialectInfo{
		Name: "lxd-operation", Aliases: []string{"lxd", "incus"},
		Source: "LXD documentation, REST API: Return values, Background operation (rest-api.md)",
		Method: "POST", Path: "/1.0/instances", Header: jsonContent, Body: `{"name":"c1"}`,
	},
	traits:   namesStatus | tellsQueued | polledAsJSON,
	route:    routeLXD,
	accepted: acceptLXD,
	status:   statusLXD,
	cancel:   cancelLXD,
	refuse:   (*exchange).refuseLXD,
	monitor:  func(x *exchange, v view) string { return x.location(v, lxdOperations+v.id) },
	expired:  http.StatusNotFound,
}}

const (
	lxdRoot       = "/1.0/"
	lxdOperations = "/1.0/operations/"
)

func routeLXD(x *exchange) target {
	id, operation := strings.CutPrefix(x.path, lxdOperations)
	switch method := x.r.Method; {
	case !strings.HasPrefix(x.path, lxdRoot):
		return target{}
	case operation && isGet(x.r):
		return target{phase: onPoll, id: id}
	case operation && method == http.MethodDelete:
		return target{phase: onCancel, id: id}
	case operation:
		return notAllowed(allowStatus)
	case isGet(x.r), method == http.MethodOptions:
		return notAllowed("DELETE, OPTIONS, PATCH, POST, PUT")
	}
	return target{phase: onSubmit}
}

func acceptLXD(x *exchange, v view) {
	x.field("Location", x.monitor(v))
	x.hint(v.hint)
	m := x.object().text("type", "async").text("status", "Operation created").number("status_code", 100).
		text("operation", x.monitor(v)).number("error_code", 0).text("error", "").begin("metadata")
	x.send(http.StatusAccepted, v.lxd(m).literal("metadata", "null").end())
}

// lxdStates are the words and their numbers, shared/api/status_code.go.
var (
	lxdStates = words{pending: "Pending", running: "Running", cancelling: "Cancelling", succeeded: "Success", failed: "Failure", cancelled: "Cancelled"}
	lxdCodes  = map[Status]int{Pending: 105, Running: 103, Cancelling: 104, Succeeded: 200, Failed: 400, Cancelled: 401}
)

// lxd is the members of an operation but its metadata.
func (v view) lxd(m members) members {
	may := "true"
	if v.scenario.NoCancel {
		may = "false"
	}
	err := ""
	if v.snap.Status == Failed {
		err = v.why()
	}
	return m.text("id", v.id).text("class", "task").text("description", "Mocking").time("created_at", v.accepted).time("updated_at", v.changed()).
		text("status", lxdStates.of(v)).number("status_code", lxdCodes[v.snap.Status]).literal("may_cancel", may).text("err", err).text("location", "none")
}

func statusLXD(x *exchange, v view) {
	x.hint(v.hint)
	m := v.lxd(x.object().text("type", "sync").text("status", "Success").number("status_code", 200).begin("metadata"))
	if v.snap.Status == Succeeded {
		x.sendResultIn(http.StatusOK, m, "metadata", v, "}")
		return
	}
	x.send(http.StatusOK, m.literal("metadata", "null").end())
}

// cancelLXD answers DELETE: only a running operation can be cancelled.
func cancelLXD(x *exchange, _ view, ok bool) {
	if !ok {
		x.problem(problem{Status: http.StatusBadRequest, Detail: "Only running operations can be cancelled"})
		return
	}
	x.send(http.StatusOK, x.object().text("type", "sync").text("status", "Success").number("status_code", 200).literal("metadata", "{}"))
}

func (x *exchange) refuseLXD(p problem) {
	x.send(p.Status, x.object().text("type", "error").text("error", p.Detail).number("error_code", p.Status))
}
