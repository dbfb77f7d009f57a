package speech

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// ogcFamily is OGC API - Processes.
//
// OGC API - Processes, Part 1: Core 1.0, requirements classes Core and Dismiss,
// statusInfo.yaml.
var ogcFamily = []*Dialect{{
	DialectInfo: DialectInfo{
		Name: "ogc-job", Aliases: []string{"ogc", "ogc-processes"},
		Source: "OGC API - Processes, Part 1: Core 1.0, statusInfo.yaml; requirements job-creation-success-async, job-results, dismiss",
		Method: "POST", Path: "/processes/echo/execution", Header: []string{"Content-Type: application/json", "Prefer: respond-async"}, Body: `{"inputs":{}}`,
	},
	Traits:   NamesStatus | TellsQueued | TellsProgress | PolledAsJSON | NeedsAsync,
	Route:    routeOGC,
	Accepted: acceptOGC,
	Finished: resultOGC,
	Status:   func(x *Exchange, v work.View) { x.Hint(v.Hint); x.statusInfo(http.StatusOK, v) },
	Result:   resultOGC,
	Cancel:   cancelOGC,
	Refuse:   (*Exchange).refuseOGC,
	Monitor:  func(x *Exchange, v work.View) string { return x.Here("/jobs/" + v.ID) },
	Product:  func(x *Exchange, v work.View) string { return x.Here("/jobs/" + v.ID + "/results") },
	Expired:  http.StatusNotFound,
}}

const ogcExceptions = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"

func routeOGC(x *Exchange) Target {
	rest, jobs := strings.CutPrefix(x.Path, "/jobs/")
	process := strings.HasPrefix(x.Path, "/processes/") && strings.HasSuffix(x.Path, "/execution")
	id, tail, nested := strings.Cut(rest, "/")
	switch method := x.R.Method; {
	case process && method == http.MethodPost:
		return Target{Phase: OnSubmit}
	case process:
		return NotAllowed("OPTIONS, POST")
	case !jobs, nested && tail != "results":
		return Target{}
	case nested && IsGet(x.R):
		return Target{Phase: OnResult, ID: id}
	case nested:
		return NotAllowed(AllowStatusNoCancel)
	case IsGet(x.R):
		return Target{Phase: OnPoll, ID: id}
	case method == http.MethodDelete:
		return Target{Phase: OnCancel, ID: id}
	}
	return NotAllowed(allowStatus)
}

// acceptOGC answers 201, not 202: requirement job-creation-success-async.
func acceptOGC(x *Exchange, v work.View) {
	x.Field("Location", x.Monitor(v))
	x.Hint(v.Hint)
	x.statusInfo(http.StatusCreated, v)
}

var ogcWords = words{pending: "accepted", running: "running", succeeded: "successful", failed: "failed", cancelled: "dismissed"}

func (x *Exchange) statusInfo(code int, v work.View) {
	process, _, _ := strings.Cut(strings.TrimPrefix(LocalPath(v, x), "/processes/"), "/")
	m := x.object().text("processID", process).text("type", "process").text("jobID", v.ID).text("status", ogcWords.of(v)).
		time("created", v.Accepted).time("updated", v.Changed()).number("progress", v.Snap.Percent)
	if v.Snap.Status.Done() {
		m = m.time("finished", v.Changed())
	}
	if v.Snap.Status == work.Failed {
		m = m.text("message", Why(v))
	}
	m = m.beginList("links").begin("").text("rel", "self").text("type", "application/json").text("href", x.Monitor(v)).end()
	if v.Snap.Status == work.Succeeded {
		m = m.begin("").text("rel", "http://www.opengis.net/def/rel/ogc/1.0/results").text("href", x.Product(v)).end()
	}
	x.send(code, m.endList())
}

// resultOGC answers for the results: of a job that failed, with the exception;
// of one that goes on, "result-not-ready".
func resultOGC(x *Exchange, v work.View) {
	switch v.Snap.Status {
	case work.Succeeded:
		x.SendResult(v)
	case work.Failed:
		x.refuseGeneric(Problem{Status: work.FailCode(v.Scenario), Type: typeFailed, Title: "The process failed", Detail: Why(v)})
	case work.Cancelled:
		x.Unknown()
	default:
		x.refuseGeneric(Problem{Status: http.StatusNotFound, Type: ogcExceptions + "result-not-ready", Title: "Result not ready", Detail: "the job is " + ogcWords.of(v)})
	}
}

// cancelOGC answers DELETE with the status: dismissed. A job that has ended is
// removed.
func cancelOGC(x *Exchange, v work.View, ok bool) {
	if !ok {
		x.Visit(func(op *work.Operation) { op.Expire(x.Now) })
		v.Snap.Status = work.Cancelled
	}
	x.statusInfo(http.StatusOK, v)
}

func (x *Exchange) refuseOGC(p Problem) {
	if p.Status == http.StatusNotFound && x.Target.ID != "" {
		p.Type, p.Title = ogcExceptions+"no-such-job", "No such job"
	}
	x.refuseGeneric(p)
}
