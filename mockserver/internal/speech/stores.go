package speech

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// queryFamily are stores that are asked something that takes long: Elasticsearch
// and Snowflake.
var queryFamily = []*Dialect{
	{
		DialectInfo: DialectInfo{
			Name: "es-async-search", Aliases: []string{"elasticsearch", "elastic", "es"},
			Source: "Elasticsearch, async-search.asciidoc",
			Method: "POST", Path: "/orders/_async_search", Header: jsonContent, Body: `{"query":{"match_all":{}}}`,
		},
		Traits:   TellsProgress | PolledAsJSON | EndsAtOnce | HasPartial,
		Route:    routeElastic,
		Accepted: func(x *Exchange, v work.View) { x.search(v, !v.Snap.Status.Done()) },
		Status:   statusElastic,
		Patience: patienceElastic,
		Cancel:   cancelElastic,
		Refuse:   (*Exchange).refuseElastic,
		Monitor:  func(x *Exchange, v work.View) string { return x.Here(searches + v.ID) },
		Expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "snowflake-sql", Aliases: []string{"snowflake"},
			Source: "Snowflake SQL API documentation: POST, GET and cancel of /api/v2/statements",
			Method: "POST", Path: "/api/v2/statements?async=true", Header: jsonContent, Body: `{"statement":"select 1"}`,
		},
		Traits:   NamesStatus | PolledAsJSON,
		Route:    bodyRoute(statements, "/cancel", http.MethodPost),
		Async:    func(x *Exchange) bool { return x.R.URL.Query().Get("async") == "true" },
		Accepted: pendingSnowflake,
		Finished: statusSnowflake,
		Status:   statusSnowflake,
		Cancel:   cancelSnowflake,
		Refuse:   (*Exchange).refuseSnowflake,
		Monitor:  func(x *Exchange, v work.View) string { return x.location(v, statements+"/"+v.ID) },
		Key:      "query:requestId",
		Expired:  http.StatusNotFound,
	},
}

const (
	searches   = "/_async_search/"
	statements = "/api/v2/statements"
)

// patienceElastic reads wait_for_completion_timeout: "5s", "100ms".
func patienceElastic(x *Exchange) time.Duration {
	d, err := time.ParseDuration(x.R.URL.Query().Get("wait_for_completion_timeout"))
	if err != nil {
		return 0
	}
	return d
}

func routeElastic(x *Exchange) Target {
	id, search := strings.CutPrefix(x.Path, searches)
	switch method := x.R.Method; {
	case x.Path == "/" && IsGet(x.R):
		return Target{Other: (*Exchange).rootElastic}
	case search && IsGet(x.R):
		if id, short := strings.CutPrefix(id, "status/"); short {
			return Target{Phase: OnPoll, ID: id, Part: "status"}
		}
		return Target{Phase: OnPoll, ID: id}
	case search && method == http.MethodDelete:
		return Target{Phase: OnCancel, ID: id}
	case search:
		return NotAllowed(allowStatus)
	case !strings.HasSuffix(x.Path, "/_async_search"):
		return Target{}
	case method == http.MethodPost:
		return Target{Phase: OnSubmit}
	}
	return NotAllowed("OPTIONS, POST")
}

func statusElastic(x *Exchange, v work.View) {
	if v.Recalled { // a search that was deleted is gone
		x.Unknown()
		return
	}
	x.search(v, true)
}

// search sends a search. It has no id if it was over before the submit was
// answered. "is_partial" at the end is a failure of shards or of the search.
func (x *Exchange) search(v work.View, named bool) {
	x.elastic()
	x.Hint(v.Hint)
	m := x.object()
	if named {
		m = m.text("id", v.ID)
	}
	done := v.Snap.Status.Done()
	m = m.literal("is_partial", strconv.FormatBool(v.Snap.Status != work.Succeeded || v.Partial())).literal("is_running", strconv.FormatBool(!done)).
		number("start_time_in_millis", int(v.Accepted.UnixMilli())).
		number("expiration_time_in_millis", int(v.Accepted.Add(work.Kept(v.Scenario)).UnixMilli()))
	shards := func(m Members, successful, failed int) Members {
		return m.begin("_shards").number("total", 100).number("successful", successful).number("skipped", 0).number("failed", failed).end()
	}
	whole := x.Target.Part != "status"
	switch {
	case !done && whole:
		m = shards(m.begin("response").number("took", 0).literal("timed_out", "false"), v.Snap.Percent, 0).end()
	case !done:
		m = shards(m, v.Snap.Percent, 0)
	case v.Snap.Status == work.Succeeded && whole:
		m = m.number("completion_status", http.StatusOK).number("completion_time_in_millis", int(v.Changed().UnixMilli()))
		x.sendResultIn(http.StatusOK, m, "response", v, "")
		return
	case v.Snap.Status == work.Succeeded:
		failed := 0
		if v.Partial() {
			failed = 1
		}
		m = shards(m.number("completion_status", http.StatusOK), 100-failed, failed)
	default:
		m = m.number("completion_status", work.FailCode(v.Scenario))
		m = m.begin("error").text("type", "status_exception").text("reason", Why(v)).end()
	}
	x.send(http.StatusOK, m)
}

// cancelElastic answers DELETE, which also drops the results of what has ended.
func cancelElastic(x *Exchange, _ work.View, ok bool) {
	if !ok {
		x.Visit(func(op *work.Operation) { op.Expire(x.Now) })
	}
	x.elastic()
	x.send(http.StatusOK, x.object().literal("acknowledged", "true"))
}

// elastic names the product, without which the official clients refuse a server.
func (x *Exchange) elastic() {
	x.W.Header()["X-Elastic-Product"] = []string{"Elasticsearch"}
	if accept := x.R.Header.Get("Accept"); strings.HasPrefix(accept, "application/vnd.elasticsearch+json") {
		x.W.Header()["Content-Type"] = []string{accept}
	}
}

// rootElastic is what a client may ask for first.
func (x *Exchange) rootElastic() {
	x.elastic()
	x.send(http.StatusOK, x.object().text("name", "mock").text("cluster_name", "mock").text("cluster_uuid", "mock").
		begin("version").text("number", "9.0.0").text("build_flavor", "default").end().text("tagline", "You Know, for Search"))
}

func (x *Exchange) refuseElastic(p Problem) {
	x.elastic()
	kind := "illegal_argument_exception"
	if p.Status == http.StatusNotFound {
		kind = "resource_not_found_exception"
	}
	x.send(p.Status, x.object().begin("error").beginList("root_cause").begin("").text("type", kind).text("reason", p.Detail).end().endList().
		text("type", kind).text("reason", p.Detail).end().number("status", p.Status))
}

// pendingSnowflake answers 202 as long as the statement is executed.
func pendingSnowflake(x *Exchange, v work.View) {
	x.Hint(v.Hint)
	x.statement(http.StatusAccepted, v, "333334", "Asynchronous execution in progress. Use provided query id to perform query monitoring and management.")
}

func (x *Exchange) statement(code int, v work.View, word, message string) {
	x.send(code, x.object().text("code", word).text("message", message).text("statementHandle", v.ID).text("statementStatusUrl", x.Monitor(v)))
}

// statusSnowflake answers 200 with the rows, or 422 with what went wrong.
func statusSnowflake(x *Exchange, v work.View) {
	switch v.Snap.Status {
	case work.Succeeded:
		if v.Scenario.Result != "" || v.Scenario.ResultSize > 0 {
			x.SendResult(v)
			return
		}
		m := x.object().begin("resultSetMetaData").number("numRows", 1).text("format", "jsonv2").end().
			text("code", "090001").text("message", "Statement executed successfully.").text("statementHandle", v.ID).
			text("statementStatusUrl", x.Monitor(v))
		x.Host.Counter.Results.Add(1)
		x.send(http.StatusOK, append(m.name("data"), `[["1"]]`...))
	case work.Failed:
		x.statement(http.StatusUnprocessableEntity, v, "000904", Why(v))
	case work.Cancelled:
		x.statement(http.StatusUnprocessableEntity, v, "000604", "SQL execution canceled")
	default:
		pendingSnowflake(x, v)
	}
}

func cancelSnowflake(x *Exchange, v work.View, ok bool) {
	if !ok {
		x.statement(http.StatusUnprocessableEntity, v, "000709", "Statement is not running and cannot be canceled.")
		return
	}
	x.statement(http.StatusOK, v, "000604", "Statement canceled.")
}

func (x *Exchange) refuseSnowflake(p Problem) {
	x.send(p.Status, x.object().text("code", "390"+strconv.Itoa(p.Status)).text("message", p.Detail))
}
