package mockserver

import (
	"net/http"
	"strings"
)

// ogcFamily is OGC API - Processes.
//
// OGC API - Processes, Part 1: Core 1.0, requirements classes Core and Dismiss,
// statusInfo.yaml.
var ogcFamily = []*dialect{{
	DialectInfo: DialectInfo{
		Name: "ogc-job", Aliases: []string{"ogc", "ogc-processes"},
		Source: "OGC API - Processes, Part 1: Core 1.0, statusInfo.yaml; requirements job-creation-success-async, job-results, dismiss",
		Method: "POST", Path: "/processes/echo/execution", Header: []string{"Content-Type: application/json", "Prefer: respond-async"}, Body: `{"inputs":{}}`,
	},
	traits:   namesStatus | tellsQueued | tellsProgress | polledAsJSON | needsAsync,
	route:    routeOGC,
	accepted: acceptOGC,
	finished: resultOGC,
	status:   func(x *exchange, v view) { x.hint(v.hint); x.statusInfo(http.StatusOK, v) },
	result:   resultOGC,
	cancel:   cancelOGC,
	refuse:   (*exchange).refuseOGC,
	monitor:  func(x *exchange, v view) string { return x.here("/jobs/" + v.id) },
	product:  func(x *exchange, v view) string { return x.here("/jobs/" + v.id + "/results") },
	expired:  http.StatusNotFound,
}}

const ogcExceptions = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"

func routeOGC(x *exchange) target {
	rest, jobs := strings.CutPrefix(x.path, "/jobs/")
	process := strings.HasPrefix(x.path, "/processes/") && strings.HasSuffix(x.path, "/execution")
	id, tail, nested := strings.Cut(rest, "/")
	switch method := x.r.Method; {
	case process && method == http.MethodPost:
		return target{phase: onSubmit}
	case process:
		return notAllowed("OPTIONS, POST")
	case !jobs, nested && tail != "results":
		return target{}
	case nested && isGet(x.r):
		return target{phase: onResult, id: id}
	case nested:
		return notAllowed(allowStatusNoCancel)
	case isGet(x.r):
		return target{phase: onPoll, id: id}
	case method == http.MethodDelete:
		return target{phase: onCancel, id: id}
	}
	return notAllowed(allowStatus)
}

// acceptOGC answers 201, not 202: requirement job-creation-success-async.
func acceptOGC(x *exchange, v view) {
	x.field("Location", x.monitor(v))
	x.hint(v.hint)
	x.statusInfo(http.StatusCreated, v)
}

var ogcWords = words{pending: "accepted", running: "running", succeeded: "successful", failed: "failed", cancelled: "dismissed"}

func (x *exchange) statusInfo(code int, v view) {
	process, _, _ := strings.Cut(strings.TrimPrefix(v.local(x), "/processes/"), "/")
	m := x.object().text("processID", process).text("type", "process").text("jobID", v.id).text("status", ogcWords.of(v)).
		time("created", v.accepted).time("updated", v.changed()).number("progress", v.snap.Percent)
	if v.snap.Status.Done() {
		m = m.time("finished", v.changed())
	}
	if v.snap.Status == Failed {
		m = m.text("message", v.why())
	}
	m = m.beginList("links").begin("").text("rel", "self").text("type", "application/json").text("href", x.monitor(v)).end()
	if v.snap.Status == Succeeded {
		m = m.begin("").text("rel", "http://www.opengis.net/def/rel/ogc/1.0/results").text("href", x.product(v)).end()
	}
	x.send(code, m.endList())
}

// resultOGC answers for the results: of a job that failed, with the exception;
// of one that goes on, "result-not-ready".
func resultOGC(x *exchange, v view) {
	switch v.snap.Status {
	case Succeeded:
		x.sendResult(v)
	case Failed:
		x.refuseGeneric(problem{Status: v.scenario.failStatus(), Type: typeFailed, Title: "The process failed", Detail: v.why()})
	case Cancelled:
		x.unknown()
	default:
		x.refuseGeneric(problem{Status: http.StatusNotFound, Type: ogcExceptions + "result-not-ready", Title: "Result not ready", Detail: "the job is " + ogcWords.of(v)})
	}
}

// cancelOGC answers DELETE with the status: dismissed. A job that has ended is
// removed.
func cancelOGC(x *exchange, v view, ok bool) {
	if !ok {
		x.visit(func(op *operation) { op.expire(x.now) })
		v.snap.Status = Cancelled
	}
	x.statusInfo(http.StatusOK, v)
}

func (x *exchange) refuseOGC(p problem) {
	if p.Status == http.StatusNotFound && x.t.id != "" {
		p.Type, p.Title = ogcExceptions+"no-such-job", "No such job"
	}
	x.refuseGeneric(p)
}
