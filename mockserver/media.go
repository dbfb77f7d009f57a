package mockserver

import (
	"net/http"
	"strings"
)

// mediaFamily are jobs of models whose result is a model or a picture.
var mediaFamily = []*dialect{
	{
		DialectInfo: DialectInfo{
			Name: "openai-finetune", Aliases: []string{"openai-fine-tuning"},
			Source: "OpenAI openapi.yaml, FineTuningJob; Error",
			Method: "POST", Path: "/v1/fine_tuning/jobs", Header: jsonContent, Body: `{"model":"m","training_file":"file-1"}`,
		},
		traits:   tellsQueued | polledAsJSON | endsAtOnce,
		route:    bodyRoute("/v1/fine_tuning/jobs", "/cancel", http.MethodPost),
		admit:    admitBatch("training_file"),
		accepted: func(x *exchange, v view) { x.fineTuning(v) },
		status:   func(x *exchange, v view) { x.fineTuning(v) },
		cancel:   func(x *exchange, v view, _ bool) { x.fineTuning(v) },
		refuse:   (*exchange).refuseOpenAI,
		monitor:  func(x *exchange, v view) string { return x.here("/v1/fine_tuning/jobs/" + v.id) },
		expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name:   "stability",
			Source: "Stability AI REST API documentation: asynchronous generations, Fetch async generation result",
			Method: "POST", Path: "/v2beta/image-to-video", Header: jsonContent, Body: `{"prompt":"a"}`,
		},
		traits:   polledAsJSON,
		route:    routeStability,
		accepted: func(x *exchange, v view) { x.hint(v.hint); x.send(http.StatusOK, x.object().text("id", v.id)) },
		status:   statusStability,
		refuse:   (*exchange).refuseStability,
		monitor:  func(x *exchange, v view) string { return x.here("/" + version(v.local(x)) + stabilityResults + v.id) },
		expired:  http.StatusNotFound,
	},
}

var fineTuningWords = words{pending: "queued", running: "running", succeeded: "succeeded", failed: "failed", cancelled: "cancelled"}

// fineTuning sends a job: OpenAI's third vocabulary, with "succeeded" where the
// others have "completed".
func (x *exchange) fineTuning(v view) {
	x.hint(v.hint)
	file, _ := v.note.(string) // a server that keeps nothing has forgotten it
	m := x.object().text("id", v.id).text("object", "fine_tuning.job").number("created_at", int(v.accepted.Unix())).
		text("model", "mock").text("training_file", file).text("status", fineTuningWords.of(v))
	if v.snap.Status.Done() {
		m = m.number("finished_at", int(v.changed().Unix()))
	} else {
		m = m.literal("finished_at", "null")
	}
	switch v.snap.Status {
	case Succeeded:
		x.s.counter.results.Add(1)
		m = m.text("fine_tuned_model", "ft:mock:"+v.id).literal("error", "null")
	case Failed:
		m = m.literal("fine_tuned_model", "null").begin("error").text("code", "server_error").text("message", v.why()).literal("param", "null").end()
	default:
		m = m.literal("fine_tuned_model", "null").literal("error", "null")
	}
	x.send(http.StatusOK, m.beginList("result_files").endList())
}

const stabilityResults = "/results/"

func routeStability(x *exchange) target {
	rest := strings.TrimPrefix(x.path[1:], version(x.path))
	id, result := strings.CutPrefix(rest, stabilityResults)
	switch {
	case rest == "" || rest == "/":
		return target{}
	case result && isGet(x.r):
		return target{phase: onPoll, id: id}
	case result:
		return notAllowed(allowStatusNoCancel)
	case x.r.Method == http.MethodPost:
		return target{phase: onSubmit}
	}
	return notAllowed("OPTIONS, POST")
}

// statusStability answers 202 as long as it goes on, and then with the media.
func statusStability(x *exchange, v view) {
	switch v.snap.Status {
	case Succeeded:
		x.sendResult(v)
	case Failed:
		x.problem(problem{Status: v.scenario.failStatus(), Detail: v.why(), word: "content_moderation"})
	case Cancelled:
		x.problem(problem{Status: http.StatusConflict, Detail: "The service called the operation off."})
	default:
		x.hint(v.hint)
		x.send(http.StatusAccepted, x.object().text("id", v.id).text("status", "in-progress"))
	}
}

func (x *exchange) refuseStability(p problem) {
	name := p.word
	if name == "" {
		name = strings.ToLower(strings.ReplaceAll(http.StatusText(p.Status), " ", "_"))
	}
	m := x.object().text("name", name)
	if p.Instance != "" {
		m = m.text("id", p.Instance)
	}
	x.send(p.Status, append(m.beginList("errors"), appendText(nil, p.Detail)...).endList())
}
