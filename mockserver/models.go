package mockserver

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// modelFamily are services that run models and answer with one JSON document:
// the same for the submit and for every poll, with another state.
var modelFamily = []*dialect{
	{
		DialectInfo: DialectInfo{
			Name:   "replicate",
			Source: "Replicate HTTP API, predictions.create, predictions.get and predictions.cancel; replicate-go prediction.go",
			Method: "POST", Path: "/v1/predictions", Header: jsonContent, Body: `{"version":"v","input":{"prompt":"a"}}`,
		},
		traits:   namesStatus | tellsQueued | tellsProgress | polledAsJSON | endsAtOnce,
		route:    bodyRoute("/v1/predictions", "/cancel", http.MethodPost),
		accepted: func(x *exchange, v view) { x.prediction(http.StatusCreated, v) },
		finished: func(x *exchange, v view) { x.prediction(http.StatusCreated, v) }, // Prefer: wait
		status:   func(x *exchange, v view) { x.prediction(http.StatusOK, v) },
		cancel:   func(x *exchange, v view, _ bool) { x.prediction(http.StatusOK, v) },
		refuse:   (*exchange).refuseReplicate,
		monitor:  func(x *exchange, v view) string { return x.here("/v1/predictions/" + v.id) },
		expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "openai-response", Aliases: []string{"openai", "openai-responses"},
			Source: "OpenAI openapi.yaml, Response with background: true; Error",
			Method: "POST", Path: "/v1/responses", Header: jsonContent, Body: `{"model":"m","input":"a","background":true}`,
		},
		traits:   tellsQueued | polledAsJSON | endsAtOnce | hasPartial,
		route:    bodyRoute("/v1/responses", "/cancel", http.MethodPost),
		admit:    admitResponse,
		accepted: func(x *exchange, v view) { x.openAIResponse(v) },
		status:   func(x *exchange, v view) { x.openAIResponse(v) },
		cancel:   func(x *exchange, v view, _ bool) { x.openAIResponse(v) },
		refuse:   (*exchange).refuseOpenAI,
		monitor:  func(x *exchange, v view) string { return x.here("/v1/responses/" + v.id) },
		expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name:   "assemblyai",
			Source: "AssemblyAI openapi.yml, Transcript",
			Method: "POST", Path: "/v2/transcript", Header: jsonContent, Body: `{"audio_url":"https://example.com/a.mp3"}`,
		},
		traits:   tellsQueued | polledAsJSON | endsAtOnce,
		route:    bodyRoute("/v2/transcript", "", ""),
		admit:    admitTranscript,
		accepted: func(x *exchange, v view) { x.transcript(v) },
		status:   func(x *exchange, v view) { x.transcript(v) },
		refuse:   (*exchange).refuseAssemblyAI,
		monitor:  func(x *exchange, v view) string { return x.here("/v2/transcript/" + v.id) },
		expired:  http.StatusNotFound,
	},
}

var jsonContent = []string{"Content-Type: application/json"}

// bodyRoute has a collection that takes submits, its members that are polled, and
// below them a path that calls them off; an empty one is none.
func bodyRoute(collection, cancel, method string) func(x *exchange) target {
	return func(x *exchange) target {
		rest, ok := strings.CutPrefix(x.path, collection)
		id, tail, nested := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
		switch {
		case !ok || rest != "" && rest[0] != '/':
			return target{}
		case id == "" && x.r.Method == http.MethodPost:
			return target{phase: onSubmit}
		case id == "":
			return notAllowed("OPTIONS, POST")
		case !nested && isGet(x.r):
			return target{phase: onPoll, id: id}
		case !nested:
			return notAllowed(allowStatusNoCancel)
		case cancel != "" && "/"+tail == cancel && x.r.Method == method:
			return target{phase: onCancel, id: id}
		case cancel != "" && "/"+tail == cancel:
			return notAllowed("OPTIONS, " + method)
		}
		return target{id: id}
	}
}

var predictionWords = words{pending: "starting", running: "processing", succeeded: "succeeded", failed: "failed", cancelled: "canceled"}

// prediction sends a prediction. Its progress is a line in the logs, as tqdm
// writes it.
func (x *exchange) prediction(code int, v view) {
	x.hint(v.hint)
	m := x.object().text("id", v.id).text("status", predictionWords.of(v)).time("created_at", v.accepted)
	if v.snap.Status.Done() {
		m = m.time("completed_at", v.changed())
	}
	if v.snap.Status != Pending {
		m = append(strconv.AppendInt(append(m.name("logs"), '"'), int64(v.snap.Percent), 10), `%| |\n"`...)
	}
	get := x.monitor(v)
	m = m.begin("urls").text("get", get).text("cancel", get+"/cancel").end()
	switch v.snap.Status {
	case Succeeded:
		x.sendResultIn(code, m.literal("error", "null"), "output", v, "")
		return
	case Failed:
		m = m.text("error", v.why())
	default:
		m = m.literal("error", "null")
	}
	x.send(code, m.literal("output", "null"))
}

func (x *exchange) refuseReplicate(p problem) {
	x.send(p.Status, x.object().text("title", http.StatusText(p.Status)).text("detail", p.Detail).number("status", p.Status))
}

// admitResponse asks for background: true, for nothing else here takes long.
func admitResponse(_ *exchange, sub *submission) *problem {
	var body struct {
		Background bool `json:"background"`
	}
	if json.Unmarshal(sub.body, &body); !body.Background { // what is not there is missing
		return refuse(http.StatusBadRequest, "this mock runs in the background only: send background: true")
	}
	return nil
}

var responseWords = words{pending: "queued", running: "in_progress", succeeded: "completed", failed: "failed", cancelled: "cancelled", partial: "incomplete"}

// openAIResponse sends a response. "incomplete" is an end, with a part of the
// output.
func (x *exchange) openAIResponse(v view) {
	x.hint(v.hint)
	m := x.object().text("id", v.id).text("object", "response").number("created_at", int(v.accepted.Unix())).
		literal("background", "true").text("status", responseWords.of(v)).text("model", "mock")
	if v.partial() {
		m = m.begin("incomplete_details").text("reason", "max_output_tokens").end()
	}
	if v.snap.Status == Failed {
		m = m.begin("error").text("code", "server_error").text("message", v.why()).end()
	} else {
		m = m.literal("error", "null")
	}
	m = m.beginList("output")
	if v.snap.Status != Succeeded {
		x.send(http.StatusOK, m.endList())
		return
	}
	m = m.begin("").text("type", "message").text("role", "assistant").beginList("content").begin("").text("type", "output_text")
	if v.scenario.ResultSize > 0 {
		x.sendResultIn(http.StatusOK, m, "text", v, "}]}]")
		return
	}
	x.s.counter.results.Add(1)
	x.send(http.StatusOK, m.text("text", string(v.result())).end().endList().end().endList())
}

func (x *exchange) refuseOpenAI(p problem) {
	x.send(p.Status, x.object().begin("error").text("message", p.Detail).text("type", "invalid_request_error").literal("param", "null").literal("code", "null").end())
}

// admitTranscript asks for audio_url, the only required member.
func admitTranscript(_ *exchange, sub *submission) *problem {
	var body struct {
		URL string `json:"audio_url"`
	}
	if json.Unmarshal(sub.body, &body); body.URL == "" { // what is not there is missing
		return refuse(http.StatusBadRequest, "audio_url should be a url")
	}
	sub.note = body.URL
	return nil
}

var transcriptWords = words{pending: "queued", running: "processing", succeeded: "completed", failed: "error", cancelled: "error"}

func (x *exchange) transcript(v view) {
	x.hint(v.hint)
	audio, _ := v.note.(string) // a server that keeps nothing has forgotten it
	m := x.object().text("id", v.id).text("audio_url", audio).text("status", transcriptWords.of(v))
	switch v.snap.Status {
	case Succeeded:
		if v.scenario.ResultSize > 0 {
			x.sendResultIn(http.StatusOK, m, "text", v, "")
			return
		}
		x.s.counter.results.Add(1)
		m = m.text("text", string(v.result()))
	case Failed:
		m = m.text("error", v.why())
	case Cancelled:
		m = m.text("error", "the service called the operation off")
	default:
		m = m.literal("text", "null")
	}
	x.send(http.StatusOK, m)
}

func (x *exchange) refuseAssemblyAI(p problem) { x.send(p.Status, x.object().text("error", p.Detail)) }
