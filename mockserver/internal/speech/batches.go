package speech

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// batchFamily are batches of requests to models, whose results are files of
// lines.
var batchFamily = []*Dialect{
	{
		DialectInfo: DialectInfo{
			Name:   "openai-batch",
			Source: "OpenAI openapi.yaml, Batch, /batches and /files/{file_id}/content; Error",
			Method: "POST", Path: "/v1/batches", Header: jsonContent, Body: `{"input_file_id":"file-1","endpoint":"/v1/responses","completion_window":"24h"}`,
		},
		Traits:   TellsQueued | TellsProgress | PolledAsJSON | EndsAtOnce | HasPartial,
		Route:    routeOpenAIBatch,
		Admit:    admitBatch("input_file_id"),
		Accepted: func(x *Exchange, v work.View) { x.openAIBatch(v) },
		Status:   func(x *Exchange, v work.View) { x.openAIBatch(v) },
		Result:   resultLines,
		Cancel:   func(x *Exchange, v work.View, _ bool) { x.openAIBatch(v) },
		Refuse:   (*Exchange).refuseOpenAI,
		Monitor:  func(x *Exchange, v work.View) string { return x.Here("/v1/batches/batch_" + v.ID) },
		Product:  func(x *Exchange, v work.View) string { return x.Here("/v1/files/file-" + v.ID + "/content") },
		Expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "anthropic-batch", Aliases: []string{"anthropic"},
			Source: "Anthropic API, Message Batches: create, retrieve, cancel, results; client fixtures",
			Method: "POST", Path: "/v1/messages/batches", Header: jsonContent, Body: `{"requests":[]}`,
		},
		Traits:   TellsProgress | PolledAsJSON | EndsAtOnce | HasPartial | NamesResult,
		Route:    routeMessageBatch,
		Admit:    admitBatch("requests"),
		Accepted: func(x *Exchange, v work.View) { x.messageBatch(v) },
		Status:   func(x *Exchange, v work.View) { x.messageBatch(v) },
		Result:   resultLines,
		Cancel:   func(x *Exchange, v work.View, _ bool) { x.messageBatch(v) },
		Refuse:   (*Exchange).refuseAnthropic,
		Monitor:  func(x *Exchange, v work.View) string { return x.Here("/v1/messages/batches/msgbatch_" + v.ID) },
		Product: func(x *Exchange, v work.View) string {
			return x.Here("/v1/messages/batches/msgbatch_" + v.ID + "/results")
		},
		Expired: http.StatusNotFound,
	},
}

// admitBatch asks for the member without which there is no batch.
func admitBatch(member string) func(*Exchange, *work.Submission) *Problem {
	return func(_ *Exchange, sub *work.Submission) *Problem {
		body := map[string]json.RawMessage{}
		if json.Unmarshal(sub.Body, &body); body[member] == nil && sub.Size <= MaxEcho { // what is not there is missing
			return Refuse(http.StatusBadRequest, member+": Field required")
		}
		file := ""
		if json.Unmarshal(body[member], &file); file != "" { // a list is no file
			sub.Note = file
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

func routeOpenAIBatch(x *Exchange) Target {
	file, isFile := strings.CutPrefix(x.Path, "/v1/files/file-")
	if isFile {
		id, ok := strings.CutSuffix(file, "/content")
		part := ""
		if rest, failed := strings.CutPrefix(id, "errors-"); failed {
			id, part = rest, "errors"
		}
		switch {
		case !ok:
			return Target{}
		case !IsGet(x.R):
			return NotAllowed(AllowStatusNoCancel)
		}
		return Target{Phase: OnResult, ID: id, Part: part}
	}
	t := openAIBatches(x)
	t.ID = strings.TrimPrefix(t.ID, "batch_")
	return t
}

// batchWords: "expired" is a batch that did not end in its window. It is not the
// end of the retention.
var batchWords = words{pending: "validating", running: "in_progress", cancelling: "cancelling", succeeded: "completed", failed: "failed", cancelled: "cancelled", partial: "completed"}

func (x *Exchange) openAIBatch(v work.View) {
	x.Hint(v.Hint)
	input, _ := v.Note.(string) // a server that keeps nothing has forgotten it
	m := x.object().text("id", "batch_"+v.ID).text("object", "batch").text("endpoint", "/v1/responses").text("input_file_id", input).
		text("completion_window", "24h").text("status", batchWords.of(v)).number("created_at", int(v.Accepted.Unix()))
	done, failed := v.Snap.Percent, 0
	switch {
	case v.Partial():
		done, failed = batchRequests-1, 1
		m = m.text("error_file_id", "file-errors-"+v.ID)
		fallthrough
	case v.Snap.Status == work.Succeeded:
		m = m.text("output_file_id", "file-"+v.ID).number("completed_at", int(v.Changed().Unix()))
	case v.Snap.Status == work.Failed:
		m = m.begin("errors").text("object", "list").beginList("data").begin("").text("code", "batch_failed").text("message", Why(v)).end().endList().end()
	}
	m = m.begin("request_counts").number("total", batchRequests).number("completed", done).number("failed", failed).end()
	x.send(http.StatusOK, m)
}

// resultLines sends the results of a batch, one a line.
func resultLines(x *Exchange, v work.View) {
	switch {
	case v.Snap.Status != work.Succeeded, x.Target.Part == "errors" && !v.Partial():
		x.Unknown()
	case x.Target.Part == "errors":
		x.Field("Content-Type", "application/jsonl")
		x.Body(http.StatusOK, []byte(`{"custom_id":"100","error":{"code":"server_error","message":"a part of the batch failed"}}`+"\n"))
	case v.Scenario.Result == "" && v.Scenario.ResultSize == 0:
		x.Host.Counter.Results.Add(1)
		x.Field("Content-Type", "application/jsonl")
		line := `{"custom_id":"1","response":{"status_code":200}}`
		if x.Dialect.Has(NamesResult) { // Anthropic's
			line = `{"custom_id":"1","result":{"type":"succeeded"}}`
		}
		x.Body(http.StatusOK, []byte(line+"\n"))
	default:
		x.SendResult(v)
	}
}

func routeMessageBatch(x *Exchange) Target {
	t := messageBatches(x)
	path, results := strings.CutSuffix(x.Path, "/results")
	if results && t.ID != "" && t.Phase == 0 {
		t = Target{Phase: OnResult, ID: path[strings.LastIndexByte(path, '/')+1:]}
		if !IsGet(x.R) {
			return NotAllowed(AllowStatusNoCancel)
		}
	}
	t.ID = strings.TrimPrefix(t.ID, "msgbatch_")
	return t
}

var messageWords = words{running: "in_progress", cancelling: "canceling", succeeded: "ended", failed: "ended", cancelled: "ended", partial: "ended"}

// messageBatch sends a batch: "ended" says nothing of success, the counts do.
func (x *Exchange) messageBatch(v work.View) {
	x.Hint(v.Hint)
	left, succeeded, errored, canceled := batchRequests, 0, 0, 0
	switch {
	case v.Partial():
		left, succeeded, errored = 0, batchRequests-1, 1
	case v.Snap.Status == work.Succeeded:
		left, succeeded = 0, batchRequests
	case v.Snap.Status == work.Failed:
		left, errored = 0, batchRequests
	case v.Snap.Status == work.Cancelled:
		left, canceled = 0, batchRequests
	default:
		left, succeeded = batchRequests-v.Snap.Percent, v.Snap.Percent
	}
	m := x.object().text("id", "msgbatch_"+v.ID).text("type", "message_batch").text("processing_status", messageWords.of(v)).
		begin("request_counts").number("processing", left).number("succeeded", succeeded).number("errored", errored).
		number("canceled", canceled).number("expired", 0).end().
		time("created_at", v.Accepted).time("expires_at", v.Accepted.Add(24*time.Hour))
	if v.Recalled {
		m = m.time("cancel_initiated_at", v.Changed())
	} else {
		m = m.literal("cancel_initiated_at", "null")
	}
	if !v.Snap.Status.Done() {
		x.send(http.StatusOK, m.literal("ended_at", "null").literal("results_url", "null"))
		return
	}
	x.send(http.StatusOK, m.time("ended_at", v.Changed()).text("results_url", x.Product(v)))
}

func (x *Exchange) refuseAnthropic(p Problem) {
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
