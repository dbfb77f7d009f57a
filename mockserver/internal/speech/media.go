package speech

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// mediaFamily are jobs of models whose result is a model or a picture.
var mediaFamily = []*Dialect{
	{
		DialectInfo: DialectInfo{
			Name: "openai-finetune", Aliases: []string{"openai-fine-tuning"},
			Source: "OpenAI openapi.yaml, FineTuningJob; Error",
			Method: "POST", Path: "/v1/fine_tuning/jobs", Header: jsonContent, Body: `{"model":"m","training_file":"file-1"}`,
		},
		Traits:   TellsQueued | PolledAsJSON | EndsAtOnce,
		Route:    bodyRoute("/v1/fine_tuning/jobs", "/cancel", http.MethodPost),
		Admit:    admitBatch("training_file"),
		Accepted: func(x *Exchange, v work.View) { x.fineTuning(v) },
		Status:   func(x *Exchange, v work.View) { x.fineTuning(v) },
		Cancel:   func(x *Exchange, v work.View, _ bool) { x.fineTuning(v) },
		Refuse:   (*Exchange).refuseOpenAI,
		Monitor:  func(x *Exchange, v work.View) string { return x.Here("/v1/fine_tuning/jobs/" + v.ID) },
		Expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name:   "stability",
			Source: "Stability AI REST API documentation: asynchronous generations, Fetch async generation result",
			Method: "POST", Path: "/v2beta/image-to-video", Header: jsonContent, Body: `{"prompt":"a"}`,
		},
		Traits:   PolledAsJSON,
		Route:    routeStability,
		Accepted: func(x *Exchange, v work.View) { x.Hint(v.Hint); x.send(http.StatusOK, x.object().text("id", v.ID)) },
		Status:   statusStability,
		Refuse:   (*Exchange).refuseStability,
		Monitor: func(x *Exchange, v work.View) string {
			return x.Here("/" + version(LocalPath(v, x)) + stabilityResults + v.ID)
		},
		Expired: http.StatusNotFound,
	},
}

var fineTuningWords = words{pending: "queued", running: "running", succeeded: "succeeded", failed: "failed", cancelled: "cancelled"}

// fineTuning sends a job: OpenAI's third vocabulary, with "succeeded" where the
// others have "completed".
func (x *Exchange) fineTuning(v work.View) {
	x.Hint(v.Hint)
	file, _ := v.Note.(string) // a server that keeps nothing has forgotten it
	m := x.object().text("id", v.ID).text("object", "fine_tuning.job").number("created_at", int(v.Accepted.Unix())).
		text("model", "mock").text("training_file", file).text("status", fineTuningWords.of(v))
	if v.Snap.Status.Done() {
		m = m.number("finished_at", int(v.Changed().Unix()))
	} else {
		m = m.literal("finished_at", "null")
	}
	switch v.Snap.Status {
	case work.Succeeded:
		x.Host.Counter.Results.Add(1)
		m = m.text("fine_tuned_model", "ft:mock:"+v.ID).literal("error", "null")
	case work.Failed:
		m = m.literal("fine_tuned_model", "null").begin("error").text("code", "server_error").text("message", Why(v)).literal("param", "null").end()
	default:
		m = m.literal("fine_tuned_model", "null").literal("error", "null")
	}
	x.send(http.StatusOK, m.beginList("result_files").endList())
}

const stabilityResults = "/results/"

func routeStability(x *Exchange) Target {
	rest := strings.TrimPrefix(x.Path[1:], version(x.Path))
	id, result := strings.CutPrefix(rest, stabilityResults)
	switch {
	case rest == "" || rest == "/":
		return Target{}
	case result && IsGet(x.R):
		return Target{Phase: OnPoll, ID: id}
	case result:
		return NotAllowed(AllowStatusNoCancel)
	case x.R.Method == http.MethodPost:
		return Target{Phase: OnSubmit}
	}
	return NotAllowed("OPTIONS, POST")
}

// statusStability answers 202 as long as it goes on, and then with the media.
func statusStability(x *Exchange, v work.View) {
	switch v.Snap.Status {
	case work.Succeeded:
		x.SendResult(v)
	case work.Failed:
		x.Problem(Problem{Status: work.FailCode(v.Scenario), Detail: Why(v), Word: "content_moderation"})
	case work.Cancelled:
		x.Problem(Problem{Status: http.StatusConflict, Detail: "The service called the operation off."})
	default:
		x.Hint(v.Hint)
		x.send(http.StatusAccepted, x.object().text("id", v.ID).text("status", "in-progress"))
	}
}

func (x *Exchange) refuseStability(p Problem) {
	name := p.Word
	if name == "" {
		name = strings.ToLower(strings.ReplaceAll(http.StatusText(p.Status), " ", "_"))
	}
	m := x.object().text("name", name)
	if p.Instance != "" {
		m = m.text("id", p.Instance)
	}
	x.send(p.Status, append(m.beginList("errors"), AppendText(nil, p.Detail)...).endList())
}
