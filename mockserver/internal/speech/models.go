package speech

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// modelFamily are services that run models and answer with one JSON document:
// the same for the submit and for every poll, with another state.
var modelFamily = []*Dialect{
	{
		DialectInfo: DialectInfo{
			Name:   "replicate",
			Source: "Replicate HTTP API, predictions.create, predictions.get and predictions.cancel; replicate-go prediction.go",
			Method: "POST", Path: "/v1/predictions", Header: jsonContent, Body: `{"version":"v","input":{"prompt":"a"}}`,
		},
		Traits:   NamesStatus | TellsQueued | TellsProgress | PolledAsJSON | EndsAtOnce,
		Route:    bodyRoute("/v1/predictions", "/cancel", http.MethodPost),
		Accepted: func(x *Exchange, v work.View) { x.prediction(http.StatusCreated, v) },
		Finished: func(x *Exchange, v work.View) { x.prediction(http.StatusCreated, v) }, // Prefer: wait
		Status:   func(x *Exchange, v work.View) { x.prediction(http.StatusOK, v) },
		Cancel:   func(x *Exchange, v work.View, _ bool) { x.prediction(http.StatusOK, v) },
		Refuse:   (*Exchange).refuseReplicate,
		Monitor:  func(x *Exchange, v work.View) string { return x.Here("/v1/predictions/" + v.ID) },
		Expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "openai-response", Aliases: []string{"openai", "openai-responses"},
			Source: "OpenAI openapi.yaml, Response with background: true; Error",
			Method: "POST", Path: "/v1/responses", Header: jsonContent, Body: `{"model":"m","input":"a","background":true}`,
		},
		Traits:   TellsQueued | PolledAsJSON | EndsAtOnce | HasPartial,
		Route:    bodyRoute("/v1/responses", "/cancel", http.MethodPost),
		Admit:    admitResponse,
		Accepted: func(x *Exchange, v work.View) { x.openAIResponse(v) },
		Status:   func(x *Exchange, v work.View) { x.openAIResponse(v) },
		Cancel:   func(x *Exchange, v work.View, _ bool) { x.openAIResponse(v) },
		Refuse:   (*Exchange).refuseOpenAI,
		Monitor:  func(x *Exchange, v work.View) string { return x.Here("/v1/responses/" + v.ID) },
		Expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name:   "assemblyai",
			Source: "AssemblyAI openapi.yml, Transcript",
			Method: "POST", Path: "/v2/transcript", Header: jsonContent, Body: `{"audio_url":"https://example.com/a.mp3"}`,
		},
		Traits:   TellsQueued | PolledAsJSON | EndsAtOnce,
		Route:    bodyRoute("/v2/transcript", "", ""),
		Admit:    admitTranscript,
		Accepted: func(x *Exchange, v work.View) { x.transcript(v) },
		Status:   func(x *Exchange, v work.View) { x.transcript(v) },
		Refuse:   (*Exchange).refuseAssemblyAI,
		Monitor:  func(x *Exchange, v work.View) string { return x.Here("/v2/transcript/" + v.ID) },
		Expired:  http.StatusNotFound,
	},
}

var jsonContent = []string{"Content-Type: application/json"}

// bodyRoute has a collection that takes submits, its members that are polled, and
// below them a path that calls them off; an empty one is none.
func bodyRoute(collection, cancel, method string) func(x *Exchange) Target {
	return func(x *Exchange) Target {
		rest, ok := strings.CutPrefix(x.Path, collection)
		id, tail, nested := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
		switch {
		case !ok || rest != "" && rest[0] != '/':
			return Target{}
		case id == "" && x.R.Method == http.MethodPost:
			return Target{Phase: OnSubmit}
		case id == "":
			return NotAllowed("OPTIONS, POST")
		case !nested && IsGet(x.R):
			return Target{Phase: OnPoll, ID: id}
		case !nested:
			return NotAllowed(AllowStatusNoCancel)
		case cancel != "" && "/"+tail == cancel && x.R.Method == method:
			return Target{Phase: OnCancel, ID: id}
		case cancel != "" && "/"+tail == cancel:
			return NotAllowed("OPTIONS, " + method)
		}
		return Target{ID: id}
	}
}

var predictionWords = words{pending: "starting", running: "processing", succeeded: "succeeded", failed: "failed", cancelled: "canceled"}

// prediction sends a prediction. Its progress is a line in the logs, as tqdm
// writes it.
func (x *Exchange) prediction(code int, v work.View) {
	x.Hint(v.Hint)
	m := x.object().text("id", v.ID).text("status", predictionWords.of(v)).time("created_at", v.Accepted)
	if v.Snap.Status.Done() {
		m = m.time("completed_at", v.Changed())
	}
	if v.Snap.Status != work.Pending {
		m = append(strconv.AppendInt(append(m.name("logs"), '"'), int64(v.Snap.Percent), 10), `%| |\n"`...)
	}
	get := x.Monitor(v)
	m = m.begin("urls").text("get", get).text("cancel", get+"/cancel").end()
	switch v.Snap.Status {
	case work.Succeeded:
		x.sendResultIn(code, m.literal("error", "null"), "output", v, "")
		return
	case work.Failed:
		m = m.text("error", Why(v))
	default:
		m = m.literal("error", "null")
	}
	x.send(code, m.literal("output", "null"))
}

func (x *Exchange) refuseReplicate(p Problem) {
	x.send(p.Status, x.object().text("title", http.StatusText(p.Status)).text("detail", p.Detail).number("status", p.Status))
}

// admitResponse asks for background: true, for nothing else here takes long.
func admitResponse(_ *Exchange, sub *work.Submission) *Problem {
	var body struct {
		Background bool `json:"background"`
	}
	if json.Unmarshal(sub.Body, &body); !body.Background { // what is not there is missing
		return Refuse(http.StatusBadRequest, "this mock runs in the background only: send background: true")
	}
	return nil
}

var responseWords = words{pending: "queued", running: "in_progress", succeeded: "completed", failed: "failed", cancelled: "cancelled", partial: "incomplete"}

// openAIResponse sends a response. "incomplete" is an end, with a part of the
// output.
func (x *Exchange) openAIResponse(v work.View) {
	x.Hint(v.Hint)
	m := x.object().text("id", v.ID).text("object", "response").number("created_at", int(v.Accepted.Unix())).
		literal("background", "true").text("status", responseWords.of(v)).text("model", "mock")
	if v.Partial() {
		m = m.begin("incomplete_details").text("reason", "max_output_tokens").end()
	}
	if v.Snap.Status == work.Failed {
		m = m.begin("error").text("code", "server_error").text("message", Why(v)).end()
	} else {
		m = m.literal("error", "null")
	}
	m = m.beginList("output")
	if v.Snap.Status != work.Succeeded {
		x.send(http.StatusOK, m.endList())
		return
	}
	m = m.begin("").text("type", "message").text("role", "assistant").beginList("content").begin("").text("type", "output_text")
	if v.Scenario.ResultSize > 0 {
		x.sendResultIn(http.StatusOK, m, "text", v, "}]}]")
		return
	}
	x.Host.Counter.Results.Add(1)
	x.send(http.StatusOK, m.text("text", string(ResultBody(v))).end().endList().end().endList())
}

func (x *Exchange) refuseOpenAI(p Problem) {
	x.send(p.Status, x.object().begin("error").text("message", p.Detail).text("type", "invalid_request_error").literal("param", "null").literal("code", "null").end())
}

// admitTranscript asks for audio_url, the only required member.
func admitTranscript(_ *Exchange, sub *work.Submission) *Problem {
	var body struct {
		URL string `json:"audio_url"`
	}
	if json.Unmarshal(sub.Body, &body); body.URL == "" { // what is not there is missing
		return Refuse(http.StatusBadRequest, "audio_url should be a url")
	}
	sub.Note = body.URL
	return nil
}

var transcriptWords = words{pending: "queued", running: "processing", succeeded: "completed", failed: "error", cancelled: "error"}

func (x *Exchange) transcript(v work.View) {
	x.Hint(v.Hint)
	audio, _ := v.Note.(string) // a server that keeps nothing has forgotten it
	m := x.object().text("id", v.ID).text("audio_url", audio).text("status", transcriptWords.of(v))
	switch v.Snap.Status {
	case work.Succeeded:
		if v.Scenario.ResultSize > 0 {
			x.sendResultIn(http.StatusOK, m, "text", v, "")
			return
		}
		x.Host.Counter.Results.Add(1)
		m = m.text("text", string(ResultBody(v)))
	case work.Failed:
		m = m.text("error", Why(v))
	case work.Cancelled:
		m = m.text("error", "the service called the operation off")
	default:
		m = m.literal("text", "null")
	}
	x.send(http.StatusOK, m)
}

func (x *Exchange) refuseAssemblyAI(p Problem) { x.send(p.Status, x.object().text("error", p.Detail)) }
