package speech

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// vendorFamily are APIs whose status documents differ in little else than words.
var vendorFamily = []*Dialect{
	{
		DialectInfo: DialectInfo{
			Name: "jira-task", Aliases: []string{"jira"},
			Source: "Jira Cloud REST API documentation, Tasks: TaskProgressBean; the 303 in answer to a submit is from memory",
			Method: "POST", Path: "/rest/api/3/workflowscheme/1/publish", Header: jsonContent, Body: `{}`,
		},
		Traits: NamesStatus | TellsQueued | TellsProgress | PolledAsJSON,
		Route:  routeJira,
		Accepted: func(x *Exchange, v work.View) {
			x.Field("Location", x.Monitor(v))
			x.Hint(v.Hint)
			x.led(v)
			x.Head(http.StatusSeeOther)
		},
		Status:  func(x *Exchange, v work.View) { x.jiraTask(v) },
		Cancel:  cancelJira,
		Refuse:  (*Exchange).refuseJira,
		Monitor: func(x *Exchange, v work.View) string { return x.Here(jiraTasks + v.ID) },
		Expired: http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "oci-workrequest", Aliases: []string{"oci", "oracle"},
			Source: "Oracle Cloud Infrastructure API documentation, Work Requests: WorkRequest; Error",
			Method: "POST", Path: "/20160918/instances", Header: jsonContent, Body: `{"shape":"s"}`,
		},
		Traits:   TellsQueued | TellsProgress | PolledAsJSON | HasHints,
		Route:    routeOracle,
		Accepted: acceptOracle,
		Status:   func(x *Exchange, v work.View) { x.workRequest(v) },
		Cancel:   cancelOracle,
		Refuse: func(x *Exchange, p Problem) {
			x.send(p.Status, x.object().text("code", oracleCode(p.Status)).text("message", p.Detail))
		},
		Key: "opc-retry-token",
		Monitor: func(x *Exchange, v work.View) string {
			return x.Here("/" + version(LocalPath(v, x)) + oracleRequests + v.ID)
		},
		Expired: http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "adobe-pdf", Aliases: []string{"adobe"},
			Source: "Adobe PDF Services API documentation: Create PDF, Get status",
			Method: "POST", Path: "/operation/createpdf", Header: jsonContent, Body: `{"assetID":"a"}`,
		},
		Traits: NamesStatus | PolledAsJSON | HasHints | NamesResult,
		Route:  routeAdobe,
		Accepted: func(x *Exchange, v work.View) {
			x.Field("Location", x.Monitor(v))
			x.Hint(v.Hint)
			x.Head(http.StatusCreated)
		},
		Status:  statusAdobe,
		Result:  resultOnly,
		Refuse:  (*Exchange).refuseAdobe,
		Monitor: func(x *Exchange, v work.View) string { return x.Here(LocalPath(v, x) + "/" + v.ID + "/status") },
		Product: func(x *Exchange, v work.View) string { return x.Here(adobeAssets + v.ID) },
		Expired: http.StatusNotFound,
	},
}

const (
	jiraTasks      = "/rest/api/3/task/"
	oracleRequests = "/workRequests/"
	adobeAssets    = "/assets/"
)

// resultOnly answers for a result that is there or not.
func resultOnly(x *Exchange, v work.View) {
	if v.Snap.Status != work.Succeeded {
		x.Unknown()
		return
	}
	x.SendResult(v)
}

func routeJira(x *Exchange) Target {
	id, task := strings.CutPrefix(x.Path, jiraTasks)
	switch method := x.R.Method; {
	case !strings.HasPrefix(x.Path, "/rest/api/3/"):
		return Target{}
	case task && IsGet(x.R):
		return Target{Phase: OnPoll, ID: id}
	case task && method == http.MethodPost && strings.HasSuffix(id, "/cancel"):
		return Target{Phase: OnCancel, ID: strings.TrimSuffix(id, "/cancel")}
	case task:
		return NotAllowed(AllowStatusNoCancel)
	case method == http.MethodPost, method == http.MethodPut, method == http.MethodDelete:
		return Target{Phase: OnSubmit}
	}
	return NotAllowed("DELETE, OPTIONS, POST, PUT")
}

var jiraWords = words{pending: "ENQUEUED", running: "RUNNING", cancelling: "CANCEL_REQUESTED", succeeded: "COMPLETE", failed: "FAILED", cancelled: "CANCELLED"}

// jiraTask sends a task; its times are milliseconds since 1970.
func (x *Exchange) jiraTask(v work.View) {
	x.Hint(v.Hint)
	m := x.object().text("self", x.Monitor(v)).text("id", v.ID).text("status", jiraWords.of(v)).number("progress", v.Snap.Percent).
		number("submitted", int(v.Accepted.UnixMilli())).number("lastUpdate", int(v.Changed().UnixMilli()))
	switch v.Snap.Status {
	case work.Succeeded:
		x.sendResultIn(http.StatusOK, m, "result", v, "")
		return
	case work.Failed:
		m = m.text("message", Why(v))
	}
	x.send(http.StatusOK, m)
}

func cancelJira(x *Exchange, _ work.View, ok bool) {
	if !ok {
		x.Problem(Problem{Status: http.StatusBadRequest, Detail: "the task has ended"})
		return
	}
	x.Head(http.StatusAccepted)
}

func (x *Exchange) refuseJira(p Problem) {
	x.send(p.Status, append(x.object().beginList("errorMessages"), AppendText(nil, p.Detail)...).endList().literal("errors", "{}"))
}

// version is the first segment of a path.
func version(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}

func routeOracle(x *Exchange) Target {
	rest := strings.TrimPrefix(x.Path[1:], version(x.Path))
	id, request := strings.CutPrefix(rest, oracleRequests)
	switch method := x.R.Method; {
	case rest == "":
		return Target{}
	case request && IsGet(x.R):
		return Target{Phase: OnPoll, ID: id}
	case request && method == http.MethodDelete:
		return Target{Phase: OnCancel, ID: id}
	case request:
		return NotAllowed(allowStatus)
	case method == http.MethodPost, method == http.MethodPut, method == http.MethodDelete:
		return Target{Phase: OnSubmit}
	}
	return NotAllowed("DELETE, OPTIONS, POST, PUT")
}

// acceptOracle answers with the resource, and the id of the work request in the
// header.
func acceptOracle(x *Exchange, v work.View) {
	x.Field("opc-work-request-id", v.ID)
	x.Hint(v.Hint)
	if v.Method == http.MethodDelete {
		x.Head(http.StatusNoContent)
		return
	}
	x.send(http.StatusOK, x.object().text("id", "ocid1.mock.."+v.ID).text("lifecycleState", "PROVISIONING"))
}

var oracleWords = words{pending: "ACCEPTED", running: "IN_PROGRESS", cancelling: "CANCELING", succeeded: "SUCCEEDED", failed: "FAILED", cancelled: "CANCELED"}

func (x *Exchange) workRequest(v work.View) {
	x.Hint(v.Hint)
	m := x.object().text("id", v.ID).text("operationType", "MOCK").text("status", oracleWords.of(v)).
		number("percentComplete", v.Snap.Percent).time("timeAccepted", v.Accepted)
	if v.Snap.Status.Done() {
		m = m.time("timeFinished", v.Changed())
	}
	x.send(http.StatusOK, m.beginList("resources").begin("").text("entityType", "mock").text("actionType", "CREATED").
		text("identifier", "ocid1.mock.."+v.ID).end().endList())
}

func cancelOracle(x *Exchange, _ work.View, ok bool) {
	if !ok {
		x.Problem(Problem{Status: http.StatusConflict, Detail: "the work request has ended"})
		return
	}
	x.Head(http.StatusAccepted)
}

func oracleCode(status int) string {
	switch status {
	case http.StatusNotFound:
		return "NotAuthorizedOrNotFound"
	case http.StatusConflict:
		return "IncorrectState"
	case http.StatusTooManyRequests:
		return "TooManyRequests"
	}
	return "InvalidParameter"
}

func routeAdobe(x *Exchange) Target {
	rest, operation := strings.CutPrefix(x.Path, "/operation/")
	asset, isAsset := strings.CutPrefix(x.Path, adobeAssets)
	name, tail, polled := strings.Cut(rest, "/")
	switch {
	case isAsset && IsGet(x.R):
		return Target{Phase: OnResult, ID: asset}
	case !operation || name == "":
		return Target{}
	case !polled && x.R.Method == http.MethodPost:
		return Target{Phase: OnSubmit}
	case !polled:
		return NotAllowed("OPTIONS, POST")
	case !strings.HasSuffix(tail, "/status"):
		return Target{}
	case IsGet(x.R):
		return Target{Phase: OnPoll, ID: strings.TrimSuffix(tail, "/status")}
	}
	return NotAllowed(AllowStatusNoCancel)
}

var adobeWords = words{running: "in progress", succeeded: "done", failed: "failed", cancelled: "failed"}

func statusAdobe(x *Exchange, v work.View) {
	x.Hint(v.Hint)
	m := x.object().text("status", adobeWords.of(v))
	switch v.Snap.Status {
	case work.Succeeded:
		m = m.begin("asset").text("downloadUri", x.Product(v)).end()
	case work.Failed:
		m = m.begin("error").text("code", "ERROR").text("message", Why(v)).number("status", work.FailCode(v.Scenario)).end()
	case work.Cancelled:
		m = m.begin("error").text("code", "CANCELLED").text("message", "The service called the operation off.").number("status", http.StatusConflict).end()
	}
	x.send(http.StatusOK, m)
}

func (x *Exchange) refuseAdobe(p Problem) {
	x.send(p.Status, x.object().begin("error").text("code", strings.ToUpper(strings.ReplaceAll(http.StatusText(p.Status), " ", "_"))).text("message", p.Detail).end())
}
