package speech

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// taskFamily are the tasks of Elasticsearch and the search jobs of Splunk, both
// from memory: nobody has compared them with a source.
var taskFamily = []*Dialect{
	{
		DialectInfo: DialectInfo{
			Name:   "es-task",
			Source: "Elasticsearch documentation, Task management API, from memory",
			Method: "POST", Path: "/_reindex?wait_for_completion=false", Header: jsonContent, Body: `{"source":{"index":"a"},"dest":{"index":"b"}}`,
		},
		Traits: TellsProgress | PolledAsJSON | HasPartial | NumbersIDs | NeedsMemory,
		Route:  routeTask,
		Async:  func(x *Exchange) bool { return x.R.URL.Query().Get("wait_for_completion") == "false" },
		Accepted: func(x *Exchange, v work.View) {
			x.elastic()
			x.Hint(v.Hint)
			x.send(http.StatusOK, x.object().text("task", taskNode+v.ID))
		},
		Finished: func(x *Exchange, v work.View) { x.taskOf(v) },
		Status:   func(x *Exchange, v work.View) { x.taskOf(v) },
		Cancel: func(x *Exchange, v work.View, _ bool) {
			x.elastic()
			x.send(http.StatusOK, x.object().begin("nodes").end())
		},
		Patience: patienceTask,
		Refuse:   (*Exchange).refuseElastic,
		Monitor:  func(x *Exchange, v work.View) string { return x.Here(esTasks + taskNode + v.ID) },
		Expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "splunk-job", Aliases: []string{"splunk"},
			Source: "Splunk REST API documentation, search/jobs, from memory",
			Method: "POST", Path: "/services/search/jobs?output_mode=json", Body: "search=search *",
		},
		Traits: TellsQueued | TellsProgress | PolledAsJSON,
		Route:  routeSplunk,
		Accepted: func(x *Exchange, v work.View) {
			x.Hint(v.Hint)
			x.send(http.StatusCreated, x.object().text("sid", v.ID))
		},
		Status:  statusSplunk,
		Result:  resultSplunk,
		Cancel:  func(x *Exchange, _ work.View, _ bool) { x.messages(http.StatusOK, "INFO", "Search job cancelled.") },
		Refuse:  func(x *Exchange, p Problem) { x.messages(p.Status, "FATAL", p.Detail) },
		Monitor: func(x *Exchange, v work.View) string { return x.Here(splunkJobs + "/" + v.ID) },
		Product: func(x *Exchange, v work.View) string { return x.Here(splunkJobs + "/" + v.ID + "/results") },
		Expired: http.StatusNotFound,
	},
}

const (
	esTasks    = "/_tasks/"
	taskNode   = "mock:"
	splunkJobs = "/services/search/jobs"
)

func routeTask(x *Exchange) Target {
	name, task := strings.CutPrefix(x.Path, esTasks)
	name, cancel := strings.CutSuffix(name, "/_cancel")
	id := strings.TrimPrefix(name, taskNode)
	switch method := x.R.Method; {
	case x.Path == "/" && IsGet(x.R):
		return Target{Other: (*Exchange).rootElastic}
	case x.Path == "/_tasks" && IsGet(x.R):
		return Target{Other: (*Exchange).listTasks}
	case task && !cancel && IsGet(x.R) && x.R.URL.Query().Get("wait_for_completion") == "true":
		return Target{Phase: OnPoll, ID: id, Hold: "timeout", UntilDone: true}
	case task && cancel && method == http.MethodPost:
		return Target{Phase: OnCancel, ID: id}
	case task && !cancel && IsGet(x.R):
		return Target{Phase: OnPoll, ID: id}
	case task:
		return NotAllowed(AllowStatusNoCancel)
	case method == http.MethodPost:
		return Target{Phase: OnSubmit}
	}
	return NotAllowed("OPTIONS, POST")
}

// patienceTask reads timeout: "30s".
func patienceTask(x *Exchange) time.Duration {
	if x.Target.Hold == "" {
		return 0
	}
	if d, err := time.ParseDuration(x.R.URL.Query().Get(x.Target.Hold)); err == nil {
		return d
	}
	return 30 * time.Second
}

// listTasks lists the tasks that run, by their node.
func (x *Exchange) listTasks() {
	x.elastic()
	node := strings.TrimSuffix(taskNode, ":")
	m := x.object().begin("nodes").begin(node).text("name", node).begin("tasks")
	for _, v := range x.operations() {
		if !v.Snap.Status.Done() {
			m = m.begin(taskNode+v.ID).text("node", node).literal("id", v.ID).text("type", "transport").text("action", "indices:data/write/reindex").
				number("start_time_in_millis", int(v.Accepted.UnixMilli())).number("running_time_in_nanos", 0).literal("cancellable", "true").begin("headers").end().end()
		}
	}
	x.send(http.StatusOK, m.end().end().end())
}

// taskOf sends a task. One that was cancelled completes like any other.
func (x *Exchange) taskOf(v work.View) {
	x.elastic()
	x.Hint(v.Hint)
	done, cancelled := v.Snap.Status.Done(), v.Snap.Status == work.Cancelling || v.Snap.Status == work.Cancelled
	m := x.object().literal("completed", strconv.FormatBool(done)).begin("task").text("node", strings.TrimSuffix(taskNode, ":")).literal("id", v.ID).
		text("type", "transport").text("action", "indices:data/write/reindex").
		begin("status").number("total", 100).number("created", v.Snap.Percent).end().
		number("start_time_in_millis", int(v.Accepted.UnixMilli())).literal("cancellable", "true").literal("cancelled", strconv.FormatBool(cancelled)).end()
	switch {
	case v.Partial():
		m = m.begin("response").number("created", 99).beginList("failures").begin("").text("cause", "a part of the work failed").end().endList().end()
	case v.Snap.Status == work.Succeeded:
		x.sendResultIn(http.StatusOK, m, "response", v, "")
		return
	case v.Snap.Status == work.Failed:
		m = m.begin("error").text("type", "exception").text("reason", Why(v)).end()
	case cancelled && done:
		m = m.begin("response").text("canceled", "by user request").beginList("failures").endList().end()
	}
	x.send(http.StatusOK, m)
}

func routeSplunk(x *Exchange) Target {
	rest, jobs := strings.CutPrefix(x.Path, splunkJobs)
	id, tail, nested := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	switch method := x.R.Method; {
	case !jobs || rest != "" && rest[0] != '/':
		return Target{}
	case id == "" && method == http.MethodPost:
		return Target{Phase: OnSubmit}
	case id == "":
		return NotAllowed("OPTIONS, POST")
	case !nested && IsGet(x.R):
		return Target{Phase: OnPoll, ID: id}
	case tail == "results" && IsGet(x.R):
		return Target{Phase: OnResult, ID: id}
	case tail == "control" && method == http.MethodPost:
		return Target{Phase: OnCancel, ID: id}
	}
	return Target{ID: id}
}

var splunkWords = words{pending: "QUEUED", running: "RUNNING", succeeded: "DONE", failed: "FAILED", cancelled: "FAILED"}

// statusSplunk answers for the job; one that was cancelled is gone.
func statusSplunk(x *Exchange, v work.View) {
	if v.Recalled {
		x.Unknown()
		return
	}
	x.Hint(v.Hint)
	m := x.object().beginList("entry").begin("").text("name", v.ID).begin("content").text("sid", v.ID).text("dispatchState", splunkWords.of(v))
	m = strconv.AppendFloat(m.name("doneProgress"), float64(v.Snap.Percent)/100, 'g', -1, 64)
	m = m.literal("isDone", strconv.FormatBool(v.Snap.Status.Done())).literal("isFailed", strconv.FormatBool(v.Snap.Status == work.Failed))
	if v.Snap.Status == work.Failed {
		m = m.beginList("messages").begin("").text("type", "FATAL").text("text", Why(v)).end().endList()
	}
	x.send(http.StatusOK, m.end().end().endList())
}

// resultSplunk answers 204 until the results are there.
func resultSplunk(x *Exchange, v work.View) {
	switch {
	case !v.Snap.Status.Done():
		x.Head(http.StatusNoContent)
	case v.Snap.Status != work.Succeeded:
		x.Unknown()
	default:
		x.SendResult(v)
	}
}

func (x *Exchange) messages(code int, kind, text string) {
	x.send(code, x.object().beginList("messages").begin("").text("type", kind).text("text", text).end().endList())
}
