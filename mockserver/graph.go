package mockserver

import (
	"net/http"
	"strings"
)

// graphFamily is Microsoft Graph: the monitor is on another origin, which takes
// no token.
//
// Microsoft Graph, Working with long-running actions.
var graphFamily = []*dialect{{
	DialectInfo: DialectInfo{
		Name: "ms-graph-monitor", Aliases: []string{"graph", "ms-graph"},
		Source: "Microsoft Graph, Working with long-running actions (long-running-actions-overview.md)",
		Method: "POST", Path: "/v1.0/me/drive/items/1/copy", Header: []string{"Content-Type: application/json"}, Body: `{"name":"copy.txt"}`,
	},
	traits:   namesStatus | tellsQueued | tellsProgress | polledAsJSON | needsForeign,
	route:    routeGraph,
	guard:    guardGraph,
	accepted: acceptGraph,
	status:   statusGraph,
	refuse:   (*exchange).refuseGraph,
	monitor: func(x *exchange, v view) string {
		return strings.TrimSuffix(x.s.Stranger, "/") + x.prefix + graphMonitors + v.id
	},
	expired: http.StatusNotFound,
}}

const graphMonitors = "/monitor/"

func routeGraph(x *exchange) target {
	id, monitor := strings.CutPrefix(x.path, graphMonitors)
	switch {
	case monitor && isGet(x.r):
		return target{phase: onPoll, id: id}
	case monitor:
		return notAllowed(allowStatusNoCancel)
	case !strings.HasPrefix(x.path, "/v1.0/") && !strings.HasPrefix(x.path, "/beta/"):
		return target{}
	case isGet(x.r), x.r.Method == http.MethodOptions:
		return notAllowed("DELETE, OPTIONS, PATCH, POST, PUT")
	}
	return target{phase: onSubmit}
}

// guardGraph refuses a token at the monitor: "This request does not require
// authentication", and a token for Graph is not one for there.
func guardGraph(x *exchange) *problem {
	if !x.foreign || x.r.Header.Get("Authorization") == "" {
		return nil
	}
	return &problem{Status: http.StatusUnauthorized, word: "unauthenticated", Detail: "this URL takes no Authorization: the token is for another host"}
}

func acceptGraph(x *exchange, v view) {
	x.field("Location", x.monitor(v))
	x.hint(v.hint)
	x.head(http.StatusAccepted)
}

var graphWords = words{pending: "notStarted", running: "inProgress", succeeded: "completed", failed: "failed", cancelled: "failed"}

// statusGraph answers 202 also at the end: the content decides.
func statusGraph(x *exchange, v view) {
	x.hint(v.hint)
	m := x.object().text("operation", "ItemCopy").number("percentageComplete", v.snap.Percent)
	switch v.snap.Status {
	case Succeeded:
		m = m.text("resourceId", "01"+strings.ToUpper(v.id[:min(len(v.id), 32)]))
	case Failed:
		m = m.begin("error").text("code", "generalException").text("message", v.why()).end()
	case Cancelled:
		m = m.begin("error").text("code", "operationCancelled").text("message", "The service called the operation off.").end()
	}
	x.send(http.StatusAccepted, m.text("status", graphWords.of(v)))
}

func (x *exchange) refuseGraph(p problem) {
	word := p.word
	if word == "" {
		word = map[int]string{http.StatusNotFound: "itemNotFound", http.StatusTooManyRequests: "activityLimitReached", http.StatusServiceUnavailable: "serviceNotAvailable"}[p.Status]
	}
	if word == "" {
		word = "invalidRequest"
	}
	x.send(p.Status, x.object().begin("error").text("code", word).text("message", p.Detail).end())
}
