package mockserver

import (
	"net/http"
	"strconv"
	"strings"
)

// taskFamily are the tasks of Elasticsearch and the search jobs of Splunk, both
// from memory: nobody has compared them with a source.
var taskFamily = []*dialect{
	{
		DialectInfo: DialectInfo{
			Name:   "es-task",
			Source: "Elasticsearch documentation, Task management API, from memory",
			Method: "POST", Path: "/_reindex?wait_for_completion=false", Header: jsonContent, Body: `{"source":{"index":"a"},"dest":{"index":"b"}}`,
		},
		traits: tellsProgress | polledAsJSON | hasPartial | numbersIDs | needsMemory,
		route:  routeTask,
		async:  func(x *exchange) bool { return x.r.URL.Query().Get("wait_for_completion") == "false" },
		accepted: func(x *exchange, v view) {
			x.hint(v.hint)
			x.send(http.StatusOK, x.object().text("task", taskNode+v.id))
		},
		finished: func(x *exchange, v view) { x.taskOf(v) },
		status:   func(x *exchange, v view) { x.taskOf(v) },
		cancel:   func(x *exchange, v view, _ bool) { x.send(http.StatusOK, x.object().begin("nodes").end()) },
		refuse:   (*exchange).refuseElastic,
		monitor:  func(x *exchange, v view) string { return x.here(esTasks + taskNode + v.id) },
		expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "splunk-job", Aliases: []string{"splunk"},
			Source: "Splunk REST API documentation, search/jobs, from memory",
			Method: "POST", Path: "/services/search/jobs?output_mode=json", Body: "search=search *",
		},
		traits:   tellsQueued | tellsProgress | polledAsJSON,
		route:    routeSplunk,
		accepted: func(x *exchange, v view) { x.hint(v.hint); x.send(http.StatusCreated, x.object().text("sid", v.id)) },
		status:   statusSplunk,
		result:   resultSplunk,
		cancel:   func(x *exchange, _ view, _ bool) { x.messages(http.StatusOK, "INFO", "Search job cancelled.") },
		refuse:   func(x *exchange, p problem) { x.messages(p.Status, "FATAL", p.Detail) },
		monitor:  func(x *exchange, v view) string { return x.here(splunkJobs + "/" + v.id) },
		product:  func(x *exchange, v view) string { return x.here(splunkJobs + "/" + v.id + "/results") },
		expired:  http.StatusNotFound,
	},
}

const (
	esTasks    = "/_tasks/"
	taskNode   = "mock:"
	splunkJobs = "/services/search/jobs"
)

func routeTask(x *exchange) target {
	name, task := strings.CutPrefix(x.path, esTasks)
	name, cancel := strings.CutSuffix(name, "/_cancel")
	id := strings.TrimPrefix(name, taskNode)
	switch method := x.r.Method; {
	case task && cancel && method == http.MethodPost:
		return target{phase: onCancel, id: id}
	case task && !cancel && isGet(x.r):
		return target{phase: onPoll, id: id}
	case task:
		return notAllowed(allowStatusNoCancel)
	case method == http.MethodPost:
		return target{phase: onSubmit}
	}
	return notAllowed("OPTIONS, POST")
}

// taskOf sends a task. One that was called off completes like any other.
func (x *exchange) taskOf(v view) {
	x.hint(v.hint)
	done, cancelled := v.snap.Status.Done(), v.snap.Status == Cancelling || v.snap.Status == Cancelled
	m := x.object().literal("completed", strconv.FormatBool(done)).begin("task").text("node", strings.TrimSuffix(taskNode, ":")).literal("id", v.id).
		text("type", "transport").text("action", "indices:data/write/reindex").
		begin("status").number("total", 100).number("created", v.snap.Percent).end().
		number("start_time_in_millis", int(v.accepted.UnixMilli())).literal("cancellable", "true").literal("cancelled", strconv.FormatBool(cancelled)).end()
	switch {
	case v.partial():
		m = m.begin("response").number("created", 99).beginList("failures").begin("").text("cause", "a part of the work failed").end().endList().end()
	case v.snap.Status == Succeeded:
		x.sendResultIn(http.StatusOK, m, "response", v, "")
		return
	case v.snap.Status == Failed:
		m = m.begin("error").text("type", "exception").text("reason", v.why()).end()
	case cancelled && done:
		m = m.begin("response").text("canceled", "by user request").beginList("failures").endList().end()
	}
	x.send(http.StatusOK, m)
}

func routeSplunk(x *exchange) target {
	rest, jobs := strings.CutPrefix(x.path, splunkJobs)
	id, tail, nested := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	switch method := x.r.Method; {
	case !jobs || rest != "" && rest[0] != '/':
		return target{}
	case id == "" && method == http.MethodPost:
		return target{phase: onSubmit}
	case id == "":
		return notAllowed("OPTIONS, POST")
	case !nested && isGet(x.r):
		return target{phase: onPoll, id: id}
	case tail == "results" && isGet(x.r):
		return target{phase: onResult, id: id}
	case tail == "control" && method == http.MethodPost:
		return target{phase: onCancel, id: id}
	}
	return target{id: id}
}

var splunkWords = words{pending: "QUEUED", running: "RUNNING", succeeded: "DONE", failed: "FAILED", cancelled: "FAILED"}

// statusSplunk answers for the job; one that was called off is gone.
func statusSplunk(x *exchange, v view) {
	if v.recalled {
		x.unknown()
		return
	}
	x.hint(v.hint)
	m := x.object().beginList("entry").begin("").text("name", v.id).begin("content").text("sid", v.id).text("dispatchState", splunkWords.of(v))
	m = strconv.AppendFloat(m.name("doneProgress"), float64(v.snap.Percent)/100, 'g', -1, 64)
	m = m.literal("isDone", strconv.FormatBool(v.snap.Status.Done())).literal("isFailed", strconv.FormatBool(v.snap.Status == Failed))
	if v.snap.Status == Failed {
		m = m.beginList("messages").begin("").text("type", "FATAL").text("text", v.why()).end().endList()
	}
	x.send(http.StatusOK, m.end().end().endList())
}

// resultSplunk answers 204 until the results are there.
func resultSplunk(x *exchange, v view) {
	switch {
	case !v.snap.Status.Done():
		x.head(http.StatusNoContent)
	case v.snap.Status != Succeeded:
		x.unknown()
	default:
		x.sendResult(v)
	}
}

func (x *exchange) messages(code int, kind, text string) {
	x.send(code, x.object().beginList("messages").begin("").text("type", kind).text("text", text).end().endList())
}
