package mockserver

import (
	"net/http"
	"strconv"
	"strings"
)

// jsonapiFamily is the recommendation of JSON:API.
//
// JSON:API recommendations, Asynchronous Processing; JSON:API 1.1, Errors.
var jsonapiFamily = []*dialect{{
	DialectInfo: DialectInfo{
		Name: "jsonapi-async", Aliases: []string{"jsonapi", "json-api"},
		Source: "JSON:API recommendations, Asynchronous Processing; JSON:API 1.1, Error Objects",
		Method: "POST", Path: "/photos", Header: []string{"Content-Type: application/vnd.api+json"}, Body: `{"data":{"type":"photos"}}`,
	},
	traits:   namesStatus | tellsQueued | polledAsJSON | hasHints | redirects,
	route:    routeJSONAPI,
	admit:    admitJSONAPI,
	accepted: acceptJSONAPI,
	status:   statusJSONAPI,
	result:   resultJSONAPI,
	refuse:   (*exchange).refuseJSONAPI,
	monitor:  func(x *exchange, v view) string { return x.here(jsonapiJobs + v.id) },
	product:  func(x *exchange, v view) string { return x.here(jsonapiResults + v.id) },
}}

const (
	jsonapiType    = "application/vnd.api+json"
	jsonapiJobs    = "/photos/queue-jobs/"
	jsonapiResults = "/photos/"
)

func routeJSONAPI(x *exchange) target {
	job, isJob := strings.CutPrefix(x.path, jsonapiJobs)
	result, isResult := strings.CutPrefix(x.path, jsonapiResults)
	switch {
	case isJob && isGet(x.r):
		return target{phase: onPoll, id: job}
	case isJob:
		return notAllowed(allowStatusNoCancel)
	case isResult && isGet(x.r):
		return target{phase: onResult, id: result}
	case x.r.Method == http.MethodPost:
		return target{phase: onSubmit}
	}
	return notAllowed("OPTIONS, POST")
}

// admitJSONAPI asks for the media type. JSON:API 1.1, Content Negotiation.
func admitJSONAPI(x *exchange, sub *submission) *problem {
	if mediaType, _, _ := strings.Cut(sub.contentType, ";"); mediaType == jsonapiType {
		return nil
	}
	return refuse(http.StatusUnsupportedMediaType, "The content is not "+jsonapiType+".")
}

func acceptJSONAPI(x *exchange, v view) {
	x.field("Content-Location", x.monitor(v))
	x.hint(v.hint)
	x.queueJob(http.StatusAccepted, v)
}

func statusJSONAPI(x *exchange, v view) {
	switch {
	case !v.snap.Status.Done():
		x.hint(v.hint)
		x.queueJob(http.StatusOK, v)
	case v.snap.Status == Succeeded:
		x.field("Location", x.product(v))
		x.head(http.StatusSeeOther)
	case v.snap.Status == Failed:
		x.problem(problem{Status: v.scenario.failStatus(), Title: "The operation failed", Detail: v.why()})
	default:
		x.problem(problem{Status: http.StatusConflict, Title: "The operation was cancelled", Detail: "The server called the operation off."})
	}
}

// jsonapiWords are for people: the recommendation has prose there.
var jsonapiWords = words{pending: "Pending request, waiting other process", running: "Processing request"}

func (x *exchange) queueJob(code int, v view) {
	x.field("Content-Type", jsonapiType)
	x.send(code, x.object().begin("data").text("type", "queue-jobs").text("id", v.id).
		begin("attributes").text("status", jsonapiWords.of(v)).end().
		begin("links").text("self", x.prefix+jsonapiJobs+v.id).end().end())
}

func resultJSONAPI(x *exchange, v view) {
	switch {
	case v.snap.Status != Succeeded:
		x.unknown()
	case v.scenario.Result != "" || v.scenario.ResultSize > 0:
		x.sendResult(v)
	default:
		x.field("Content-Type", jsonapiType)
		x.sendResultIn(http.StatusOK, x.object().begin("data").text("type", "photos").text("id", v.id), "attributes", v, "}")
	}
}

func (x *exchange) refuseJSONAPI(p problem) {
	title := p.Title
	if title == "" {
		title = http.StatusText(p.Status)
	}
	x.field("Content-Type", jsonapiType)
	x.send(p.Status, x.object().beginList("errors").begin("").text("status", strconv.Itoa(p.Status)).
		text("title", title).text("detail", p.Detail).end().endList())
}
