package mockserver

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// batchFamily are batches of requests to models, whose results are files of
// lines.
var batchFamily = []*dialect{
	{
		DialectInfo: DialectInfo{
			Name:   "openai-batch",
			Source: "OpenAI openapi.yaml, Batch, /batches and /files/{file_id}/content; Error",
			Method: "POST", Path: "/v1/batches", Header: jsonContent, Body: `{"input_file_id":"file-1","endpoint":"/v1/responses","completion_window":"24h"}`,
		},
		traits:   tellsQueued | tellsProgress | polledAsJSON | endsAtOnce | hasPartial,
		route:    routeOpenAIBatch,
		admit:    admitBatch("input_file_id"),
		accepted: func(x *exchange, v view) { x.openAIBatch(v) },
		status:   func(x *exchange, v view) { x.openAIBatch(v) },
		result:   resultLines,
		cancel:   func(x *exchange, v view, _ bool) { x.openAIBatch(v) },
		refuse:   (*exchange).refuseOpenAI,
		monitor:  func(x *exchange, v view) string { return x.here("/v1/batches/batch_" + v.id) },
		product:  func(x *exchange, v view) string { return x.here("/v1/files/file-" + v.id + "/content") },
		expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "anthropic-batch", Aliases: []string{"anthropic"},
			Source: "Anthropic API, Message Batches: create, retrieve, cancel, results; client fixtures",
			Method: "POST", Path: "/v1/messages/batches", Header: jsonContent, Body: `{"requests":[]}`,
		},
		traits:   tellsProgress | polledAsJSON | endsAtOnce | hasPartial | namesResult,
		route:    routeMessageBatch,
		admit:    admitBatch("requests"),
		accepted: func(x *exchange, v view) { x.messageBatch(v) },
		status:   func(x *exchange, v view) { x.messageBatch(v) },
		result:   resultLines,
		cancel:   func(x *exchange, v view, _ bool) { x.messageBatch(v) },
		refuse:   (*exchange).refuseAnthropic,
		monitor:  func(x *exchange, v view) string { return x.here("/v1/messages/batches/msgbatch_" + v.id) },
		product:  func(x *exchange, v view) string { return x.here("/v1/messages/batches/msgbatch_" + v.id + "/results") },
		expired:  http.StatusNotFound,
	},
}

// admitBatch asks for the member without which there is no batch.
func admitBatch(member string) func(*exchange, *submission) *problem {
	return func(_ *exchange, sub *submission) *problem {
		body := map[string]json.RawMessage{}
		if json.Unmarshal(sub.body, &body); body[member] == nil && sub.size <= maxEcho { // what is not there is missing
			return refuse(http.StatusBadRequest, member+": Field required")
		}
		file := ""
		if json.Unmarshal(body[member], &file); file != "" { // a list is no file
			sub.note = file
		}
		return nil
	}
}

// batchRequests is how many requests a batch has here: the percentage is their
// ratio.
const batchRequests = 100

var (
	openAIBatches  = bodyRoute("/v1/batches", "/cancel", http.MethodPost)
	messageBatches = bodyRoute("/v1/messages/batches", "/cancel", http.MethodPost)
)

func routeOpenAIBatch(x *exchange) target {
	file, isFile := strings.CutPrefix(x.path, "/v1/files/file-")
	if isFile {
		id, ok := strings.CutSuffix(file, "/content")
		part := ""
		if rest, failed := strings.CutPrefix(id, "errors-"); failed {
			id, part = rest, "errors"
		}
		switch {
		case !ok:
			return target{}
		case !isGet(x.r):
			return notAllowed(allowStatusNoCancel)
		}
		return target{phase: onResult, id: id, part: part}
	}
	t := openAIBatches(x)
	t.id = strings.TrimPrefix(t.id, "batch_")
	return t
}

// batchWords: "expired" is a batch that did not end in its window. It is not the
// end of the retention.
var batchWords = words{pending: "validating", running: "in_progress", cancelling: "cancelling", succeeded: "completed", failed: "failed", cancelled: "cancelled", partial: "completed"}

func (x *exchange) openAIBatch(v view) {
	x.hint(v.hint)
	input, _ := v.note.(string) // a server that keeps nothing has forgotten it
	m := x.object().text("id", "batch_"+v.id).text("object", "batch").text("endpoint", "/v1/responses").text("input_file_id", input).
		text("completion_window", "24h").text("status", batchWords.of(v)).number("created_at", int(v.accepted.Unix()))
	done, failed := v.snap.Percent, 0
	switch {
	case v.partial():
		done, failed = batchRequests-1, 1
		m = m.text("error_file_id", "file-errors-"+v.id)
		fallthrough
	case v.snap.Status == Succeeded:
		m = m.text("output_file_id", "file-"+v.id).number("completed_at", int(v.changed().Unix()))
	case v.snap.Status == Failed:
		m = m.begin("errors").text("object", "list").beginList("data").begin("").text("code", "batch_failed").text("message", v.why()).end().endList().end()
	}
	m = m.begin("request_counts").number("total", batchRequests).number("completed", done).number("failed", failed).end()
	x.send(http.StatusOK, m)
}

// resultLines sends the results of a batch, one a line.
func resultLines(x *exchange, v view) {
	switch {
	case v.snap.Status != Succeeded, x.t.part == "errors" && !v.partial():
		x.unknown()
	case x.t.part == "errors":
		x.field("Content-Type", "application/jsonl")
		x.body(http.StatusOK, []byte(`{"custom_id":"100","error":{"code":"server_error","message":"a part of the batch failed"}}`+"\n"))
	case v.scenario.Result == "" && v.scenario.ResultSize == 0:
		x.s.counter.results.Add(1)
		x.field("Content-Type", "application/jsonl")
		line := `{"custom_id":"1","response":{"status_code":200}}`
		if x.d.has(namesResult) { // Anthropic's
			line = `{"custom_id":"1","result":{"type":"succeeded"}}`
		}
		x.body(http.StatusOK, []byte(line+"\n"))
	default:
		x.sendResult(v)
	}
}

func routeMessageBatch(x *exchange) target {
	t := messageBatches(x)
	path, results := strings.CutSuffix(x.path, "/results")
	if results && t.id != "" && t.phase == 0 {
		t = target{phase: onResult, id: path[strings.LastIndexByte(path, '/')+1:]}
		if !isGet(x.r) {
			return notAllowed(allowStatusNoCancel)
		}
	}
	t.id = strings.TrimPrefix(t.id, "msgbatch_")
	return t
}

var messageWords = words{running: "in_progress", cancelling: "canceling", succeeded: "ended", failed: "ended", cancelled: "ended", partial: "ended"}

// messageBatch sends a batch: "ended" says nothing of success, the counts do.
func (x *exchange) messageBatch(v view) {
	x.hint(v.hint)
	left, succeeded, errored, canceled := batchRequests, 0, 0, 0
	switch {
	case v.partial():
		left, succeeded, errored = 0, batchRequests-1, 1
	case v.snap.Status == Succeeded:
		left, succeeded = 0, batchRequests
	case v.snap.Status == Failed:
		left, errored = 0, batchRequests
	case v.snap.Status == Cancelled:
		left, canceled = 0, batchRequests
	default:
		left, succeeded = batchRequests-v.snap.Percent, v.snap.Percent
	}
	m := x.object().text("id", "msgbatch_"+v.id).text("type", "message_batch").text("processing_status", messageWords.of(v)).
		begin("request_counts").number("processing", left).number("succeeded", succeeded).number("errored", errored).
		number("canceled", canceled).number("expired", 0).end().
		time("created_at", v.accepted).time("expires_at", v.accepted.Add(24*time.Hour))
	if v.recalled {
		m = m.time("cancel_initiated_at", v.changed())
	} else {
		m = m.literal("cancel_initiated_at", "null")
	}
	if !v.snap.Status.Done() {
		x.send(http.StatusOK, m.literal("ended_at", "null").literal("results_url", "null"))
		return
	}
	x.send(http.StatusOK, m.time("ended_at", v.changed()).text("results_url", x.product(v)))
}

func (x *exchange) refuseAnthropic(p problem) {
	kind := "invalid_request_error"
	switch p.Status {
	case http.StatusNotFound:
		kind = "not_found_error"
	case http.StatusTooManyRequests:
		kind = "rate_limit_error"
	case http.StatusServiceUnavailable:
		kind = "overloaded_error"
	}
	x.send(p.Status, x.object().text("type", "error").begin("error").text("type", kind).text("message", p.Detail).end())
}
