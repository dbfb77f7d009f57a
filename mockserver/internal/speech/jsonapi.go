package speech

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// jsonapiFamily is the recommendation of JSON:API.
//
// JSON:API recommendations, Asynchronous Processing; JSON:API 1.1, Errors.
var jsonapiFamily = []*Dialect{{
	DialectInfo: DialectInfo{
		Name: "jsonapi-async", Aliases: []string{"jsonapi", "json-api"},
		Source: "JSON:API recommendations, Asynchronous Processing; JSON:API 1.1, Error Objects",
		Method: "POST", Path: "/photos", Header: []string{"Content-Type: application/vnd.api+json"}, Body: `{"data":{"type":"photos"}}`,
	},
	Traits:   NamesStatus | TellsQueued | PolledAsJSON | HasHints | Redirects,
	Route:    routeJSONAPI,
	Admit:    admitJSONAPI,
	Accepted: acceptJSONAPI,
	Status:   statusJSONAPI,
	Result:   resultJSONAPI,
	Refuse:   (*Exchange).refuseJSONAPI,
	Monitor:  func(x *Exchange, v work.View) string { return x.Here(jsonapiJobs + v.ID) },
	Product:  func(x *Exchange, v work.View) string { return x.Here(jsonapiResults + v.ID) },
}}

const (
	jsonapiType    = "application/vnd.api+json"
	jsonapiJobs    = "/photos/queue-jobs/"
	jsonapiResults = "/photos/"
)

func routeJSONAPI(x *Exchange) Target {
	job, isJob := strings.CutPrefix(x.Path, jsonapiJobs)
	result, isResult := strings.CutPrefix(x.Path, jsonapiResults)
	switch {
	case isJob && IsGet(x.R):
		return Target{Phase: OnPoll, ID: job}
	case isJob:
		return NotAllowed(AllowStatusNoCancel)
	case isResult && IsGet(x.R):
		return Target{Phase: OnResult, ID: result}
	case x.R.Method == http.MethodPost:
		return Target{Phase: OnSubmit}
	}
	return NotAllowed("OPTIONS, POST")
}

// admitJSONAPI asks for the media type. JSON:API 1.1, Content Negotiation.
func admitJSONAPI(x *Exchange, sub *work.Submission) *Problem {
	if mediaType, _, _ := strings.Cut(sub.ContentType, ";"); mediaType == jsonapiType {
		return nil
	}
	return Refuse(http.StatusUnsupportedMediaType, "The content is not "+jsonapiType+".")
}

func acceptJSONAPI(x *Exchange, v work.View) {
	x.Field("Content-Location", x.Monitor(v))
	x.Hint(v.Hint)
	x.queueJob(http.StatusAccepted, v)
}

func statusJSONAPI(x *Exchange, v work.View) {
	switch {
	case !v.Snap.Status.Done():
		x.Hint(v.Hint)
		x.queueJob(http.StatusOK, v)
	case v.Snap.Status == work.Succeeded:
		x.Field("Location", x.Product(v))
		x.Head(http.StatusSeeOther)
	case v.Snap.Status == work.Failed:
		x.Problem(Problem{Status: work.FailCode(v.Scenario), Title: "The operation failed", Detail: Why(v)})
	default:
		x.Problem(Problem{Status: http.StatusConflict, Title: "The operation was cancelled", Detail: "The server cancelled the operation."})
	}
}

// jsonapiWords are for people: the recommendation has prose there.
var jsonapiWords = words{pending: "Pending request, waiting other process", running: "Processing request"}

func (x *Exchange) queueJob(code int, v work.View) {
	x.Field("Content-Type", jsonapiType)
	x.send(code, x.object().begin("data").text("type", "queue-jobs").text("id", v.ID).
		begin("attributes").text("status", jsonapiWords.of(v)).end().
		begin("links").text("self", x.Prefix+jsonapiJobs+v.ID).end().end())
}

func resultJSONAPI(x *Exchange, v work.View) {
	switch {
	case v.Snap.Status != work.Succeeded:
		x.Unknown()
	case v.Scenario.Result != "" || v.Scenario.ResultSize > 0:
		x.SendResult(v)
	default:
		x.Field("Content-Type", jsonapiType)
		x.sendResultIn(http.StatusOK, x.object().begin("data").text("type", "photos").text("id", v.ID), "attributes", v, "}")
	}
}

func (x *Exchange) refuseJSONAPI(p Problem) {
	title := p.Title
	if title == "" {
		title = http.StatusText(p.Status)
	}
	x.Field("Content-Type", jsonapiType)
	x.send(p.Status, x.object().beginList("errors").begin("").text("status", strconv.Itoa(p.Status)).
		text("title", title).text("detail", p.Detail).end().endList())
}
