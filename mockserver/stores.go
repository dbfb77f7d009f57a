package mockserver

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// queryFamily are stores that are asked something that takes long: Elasticsearch
// and Snowflake.
var queryFamily = []*dialect{
	{
		DialectInfo: DialectInfo{
			Name: "es-async-search", Aliases: []string{"elasticsearch", "elastic", "es"},
			Source: "Elasticsearch, async-search.asciidoc",
			Method: "POST", Path: "/orders/_async_search", Header: jsonContent, Body: `{"query":{"match_all":{}}}`,
		},
		traits:   tellsProgress | polledAsJSON | endsAtOnce | hasPartial,
		route:    routeElastic,
		accepted: func(x *exchange, v view) { x.search(v, !v.snap.Status.Done()) },
		status:   statusElastic,
		patience: patienceElastic,
		cancel:   cancelElastic,
		refuse:   (*exchange).refuseElastic,
		monitor:  func(x *exchange, v view) string { return x.here(searches + v.id) },
		expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "snowflake-sql", Aliases: []string{"snowflake"},
			Source: "Snowflake SQL API documentation: POST, GET and cancel of /api/v2/statements",
			Method: "POST", Path: "/api/v2/statements?async=true", Header: jsonContent, Body: `{"statement":"select 1"}`,
		},
		traits:   namesStatus | polledAsJSON,
		route:    bodyRoute(statements, "/cancel", http.MethodPost),
		async:    func(x *exchange) bool { return x.r.URL.Query().Get("async") == "true" },
		accepted: pendingSnowflake,
		finished: statusSnowflake,
		status:   statusSnowflake,
		cancel:   cancelSnowflake,
		refuse:   (*exchange).refuseSnowflake,
		monitor:  func(x *exchange, v view) string { return x.location(v, statements+"/"+v.id) },
		expired:  http.StatusNotFound,
	},
}

const (
	searches   = "/_async_search/"
	statements = "/api/v2/statements"
)

// patienceElastic reads wait_for_completion_timeout: "5s", "100ms".
func patienceElastic(x *exchange) time.Duration {
	d, err := time.ParseDuration(x.r.URL.Query().Get("wait_for_completion_timeout"))
	if err != nil {
		return 0
	}
	return d
}

func routeElastic(x *exchange) target {
	id, search := strings.CutPrefix(x.path, searches)
	switch method := x.r.Method; {
	case search && isGet(x.r):
		if id, short := strings.CutPrefix(id, "status/"); short {
			return target{phase: onPoll, id: id, part: "status"}
		}
		return target{phase: onPoll, id: id}
	case search && method == http.MethodDelete:
		return target{phase: onCancel, id: id}
	case search:
		return notAllowed(allowStatus)
	case !strings.HasSuffix(x.path, "/_async_search"):
		return target{}
	case method == http.MethodPost:
		return target{phase: onSubmit}
	}
	return notAllowed("OPTIONS, POST")
}

func statusElastic(x *exchange, v view) {
	if v.recalled { // a search that was deleted is gone
		x.unknown()
		return
	}
	x.search(v, true)
}

// search sends a search. It has no id if it was over before the submit was
// answered. "is_partial" at the end is a failure of shards or of the search.
func (x *exchange) search(v view, named bool) {
	x.hint(v.hint)
	m := x.object()
	if named {
		m = m.text("id", v.id)
	}
	done := v.snap.Status.Done()
	m = m.literal("is_partial", strconv.FormatBool(v.snap.Status != Succeeded || v.partial())).literal("is_running", strconv.FormatBool(!done)).
		number("start_time_in_millis", int(v.accepted.UnixMilli())).
		number("expiration_time_in_millis", int(v.accepted.Add(v.scenario.retention()).UnixMilli()))
	shards := func(m members, successful, failed int) members {
		return m.begin("_shards").number("total", 100).number("successful", successful).number("skipped", 0).number("failed", failed).end()
	}
	whole := x.t.part != "status"
	switch {
	case !done && whole:
		m = shards(m.begin("response").number("took", 0).literal("timed_out", "false"), v.snap.Percent, 0).end()
	case !done:
		m = shards(m, v.snap.Percent, 0)
	case v.snap.Status == Succeeded && whole:
		m = m.number("completion_status", http.StatusOK).number("completion_time_in_millis", int(v.changed().UnixMilli()))
		x.sendResultIn(http.StatusOK, m, "response", v, "")
		return
	case v.snap.Status == Succeeded:
		failed := 0
		if v.partial() {
			failed = 1
		}
		m = shards(m.number("completion_status", http.StatusOK), 100-failed, failed)
	default:
		m = m.number("completion_status", v.scenario.failStatus())
		m = m.begin("error").text("type", "status_exception").text("reason", v.why()).end()
	}
	x.send(http.StatusOK, m)
}

// cancelElastic answers DELETE, which also drops the results of what has ended.
func cancelElastic(x *exchange, _ view, ok bool) {
	if !ok {
		x.visit(func(op *operation) { op.expire(x.now) })
	}
	x.send(http.StatusOK, x.object().literal("acknowledged", "true"))
}

func (x *exchange) refuseElastic(p problem) {
	kind := "illegal_argument_exception"
	if p.Status == http.StatusNotFound {
		kind = "resource_not_found_exception"
	}
	x.send(p.Status, x.object().begin("error").beginList("root_cause").begin("").text("type", kind).text("reason", p.Detail).end().endList().
		text("type", kind).text("reason", p.Detail).end().number("status", p.Status))
}

// pendingSnowflake answers 202 as long as the statement is executed.
func pendingSnowflake(x *exchange, v view) {
	x.hint(v.hint)
	x.statement(http.StatusAccepted, v, "333334", "Asynchronous execution in progress. Use provided query id to perform query monitoring and management.")
}

func (x *exchange) statement(code int, v view, word, message string) {
	x.send(code, x.object().text("code", word).text("message", message).text("statementHandle", v.id).text("statementStatusUrl", x.monitor(v)))
}

// statusSnowflake answers 200 with the rows, or 422 with what went wrong.
func statusSnowflake(x *exchange, v view) {
	switch v.snap.Status {
	case Succeeded:
		if v.scenario.Result != "" || v.scenario.ResultSize > 0 {
			x.sendResult(v)
			return
		}
		m := x.object().begin("resultSetMetaData").number("numRows", 1).text("format", "jsonv2").end().
			text("code", "090001").text("message", "Statement executed successfully.").text("statementHandle", v.id).
			text("statementStatusUrl", x.monitor(v))
		x.s.counter.results.Add(1)
		x.send(http.StatusOK, append(m.name("data"), `[["1"]]`...))
	case Failed:
		x.statement(http.StatusUnprocessableEntity, v, "000904", v.why())
	case Cancelled:
		x.statement(http.StatusUnprocessableEntity, v, "000604", "SQL execution canceled")
	default:
		pendingSnowflake(x, v)
	}
}

func cancelSnowflake(x *exchange, v view, ok bool) {
	if !ok {
		x.statement(http.StatusUnprocessableEntity, v, "000709", "Statement is not running and cannot be canceled.")
		return
	}
	x.statement(http.StatusOK, v, "000604", "Statement canceled.")
}

func (x *exchange) refuseSnowflake(p problem) {
	x.send(p.Status, x.object().text("code", "390"+strconv.Itoa(p.Status)).text("message", p.Detail))
}
