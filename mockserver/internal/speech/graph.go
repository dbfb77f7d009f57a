package speech

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// graphFamily is Microsoft Graph: the monitor is on another origin, which takes
// no token.
//
// Microsoft Graph, Working with long-running actions.
var graphFamily = []*Dialect{{
	DialectInfo: DialectInfo{
		Name: "ms-graph-monitor", Aliases: []string{"graph", "ms-graph"},
		Source: "Microsoft Graph, Working with long-running actions (long-running-actions-overview.md)",
		Method: "POST", Path: "/v1.0/me/drive/items/1/copy", Header: []string{"Content-Type: application/json"}, Body: `{"name":"copy.txt"}`,
	},
	Traits:   NamesStatus | TellsQueued | TellsProgress | PolledAsJSON | NeedsForeign,
	Route:    routeGraph,
	Guard:    guardGraph,
	Accepted: acceptGraph,
	Status:   statusGraph,
	Refuse:   (*Exchange).refuseGraph,
	Monitor: func(x *Exchange, v work.View) string {
		return strings.TrimSuffix(x.Host.Stranger, "/") + x.Prefix + graphMonitors + v.ID
	},
	Expired: http.StatusNotFound,
}}

const graphMonitors = "/monitor/"

func routeGraph(x *Exchange) Target {
	id, monitor := strings.CutPrefix(x.Path, graphMonitors)
	switch {
	case monitor && IsGet(x.R):
		return Target{Phase: OnPoll, ID: id}
	case monitor:
		return NotAllowed(AllowStatusNoCancel)
	case !strings.HasPrefix(x.Path, "/v1.0/") && !strings.HasPrefix(x.Path, "/beta/"):
		return Target{}
	case IsGet(x.R), x.R.Method == http.MethodOptions:
		return NotAllowed("DELETE, OPTIONS, PATCH, POST, PUT")
	}
	return Target{Phase: OnSubmit}
}

// guardGraph refuses a token at the monitor: "This request does not require
// authentication", and a token for Graph is not one for there.
func guardGraph(x *Exchange) *Problem {
	if !x.Foreign || x.R.Header.Get("Authorization") == "" {
		return nil
	}
	return &Problem{Status: http.StatusUnauthorized, Word: "unauthenticated", Detail: "this URL takes no Authorization: the token is for another host"}
}

func acceptGraph(x *Exchange, v work.View) {
	x.Field("Location", x.Monitor(v))
	x.Hint(v.Hint)
	x.Head(http.StatusAccepted)
}

var graphWords = words{pending: "notStarted", running: "inProgress", succeeded: "completed", failed: "failed", cancelled: "failed"}

// statusGraph answers 202 also at the end: the content decides.
func statusGraph(x *Exchange, v work.View) {
	x.Hint(v.Hint)
	m := x.object().text("operation", "ItemCopy").number("percentageComplete", v.Snap.Percent)
	switch v.Snap.Status {
	case work.Succeeded:
		m = m.text("resourceId", "01"+strings.ToUpper(v.ID[:min(len(v.ID), 32)]))
	case work.Failed:
		m = m.begin("error").text("code", "generalException").text("message", Why(v)).end()
	case work.Cancelled:
		m = m.begin("error").text("code", "operationCancelled").text("message", "The service cancelled the operation.").end()
	}
	x.send(http.StatusAccepted, m.text("status", graphWords.of(v)))
}

func (x *Exchange) refuseGraph(p Problem) {
	word := p.Word
	if word == "" {
		word = map[int]string{http.StatusNotFound: "itemNotFound", http.StatusTooManyRequests: "activityLimitReached", http.StatusServiceUnavailable: "serviceNotAvailable"}[p.Status]
	}
	if word == "" {
		word = "invalidRequest"
	}
	x.send(p.Status, x.object().begin("error").text("code", word).text("message", p.Detail).end())
}
