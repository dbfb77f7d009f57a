package speech

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// lxdFamily is LXD and Incus.
//
// LXD documentation, REST API: Return values, Background operation; api_operations.
var lxdFamily = []*Dialect{{
	DialectInfo: DialectInfo{
		Name: "lxd-operation", Aliases: []string{"lxd", "incus"},
		Source: "LXD documentation, REST API: Return values, Background operation (rest-api.md)",
		Method: "POST", Path: "/1.0/instances", Header: jsonContent, Body: `{"name":"c1"}`,
	},
	Traits:   NamesStatus | TellsQueued | PolledAsJSON,
	Route:    routeLXD,
	Accepted: acceptLXD,
	Status:   statusLXD,
	Cancel:   cancelLXD,
	Refuse:   (*Exchange).refuseLXD,
	Monitor:  func(x *Exchange, v work.View) string { return x.location(v, lxdOperations+v.ID) },
	Expired:  http.StatusNotFound,
}}

const (
	lxdRoot       = "/1.0/"
	lxdOperations = "/1.0/operations/"
)

func routeLXD(x *Exchange) Target {
	id, operation := strings.CutPrefix(x.Path, lxdOperations)
	switch method := x.R.Method; {
	case !strings.HasPrefix(x.Path, lxdRoot):
		return Target{}
	case operation && IsGet(x.R):
		return Target{Phase: OnPoll, ID: id}
	case operation && method == http.MethodDelete:
		return Target{Phase: OnCancel, ID: id}
	case operation:
		return NotAllowed(allowStatus)
	case IsGet(x.R), method == http.MethodOptions:
		return NotAllowed("DELETE, OPTIONS, PATCH, POST, PUT")
	}
	return Target{Phase: OnSubmit}
}

func acceptLXD(x *Exchange, v work.View) {
	x.Field("Location", x.Monitor(v))
	x.Hint(v.Hint)
	m := x.object().text("type", "async").text("status", "Operation created").number("status_code", 100).
		text("operation", x.Monitor(v)).number("error_code", 0).text("error", "").begin("metadata")
	x.send(http.StatusAccepted, lxdMembers(v, m).literal("metadata", "null").end())
}

// lxdStates are the words and their numbers, shared/api/status_code.go.
var (
	lxdStates = words{pending: "Pending", running: "Running", cancelling: "Cancelling", succeeded: "Success", failed: "Failure", cancelled: "Cancelled"}
	lxdCodes  = map[work.Status]int{work.Pending: 105, work.Running: 103, work.Cancelling: 104, work.Succeeded: 200, work.Failed: 400, work.Cancelled: 401}
)

// lxd is the members of an operation but its metadata.
func lxdMembers(v work.View, m Members) Members {
	may := "true"
	if v.Scenario.NoCancel {
		may = "false"
	}
	err := ""
	if v.Snap.Status == work.Failed {
		err = Why(v)
	}
	return m.text("id", v.ID).text("class", "task").text("description", "Mocking").time("created_at", v.Accepted).time("updated_at", v.Changed()).
		text("status", lxdStates.of(v)).number("status_code", lxdCodes[v.Snap.Status]).literal("may_cancel", may).text("err", err).text("location", "none")
}

func statusLXD(x *Exchange, v work.View) {
	x.Hint(v.Hint)
	m := lxdMembers(v, x.object().text("type", "sync").text("status", "Success").number("status_code", 200).begin("metadata"))
	if v.Snap.Status == work.Succeeded {
		x.sendResultIn(http.StatusOK, m, "metadata", v, "}")
		return
	}
	x.send(http.StatusOK, m.literal("metadata", "null").end())
}

// cancelLXD answers DELETE: only a running operation can be cancelled.
func cancelLXD(x *Exchange, _ work.View, ok bool) {
	if !ok {
		x.Problem(Problem{Status: http.StatusBadRequest, Detail: "Only running operations can be cancelled"})
		return
	}
	x.send(http.StatusOK, x.object().text("type", "sync").text("status", "Success").number("status_code", 200).literal("metadata", "{}"))
}

func (x *Exchange) refuseLXD(p Problem) {
	x.send(p.Status, x.object().text("type", "error").text("error", p.Detail).number("error_code", p.Status))
}
