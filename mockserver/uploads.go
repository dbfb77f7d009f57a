package mockserver

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// uploadFamily are APIs of more than one step: a job that waits for its data, and
// a request that is repeated until it is answered.
var uploadFamily = []*dialect{
	{
		DialectInfo: DialectInfo{
			Name: "salesforce-bulk2", Aliases: []string{"salesforce"},
			Source: "Salesforce Bulk API 2.0 documentation: Create a Job, Upload Complete, Get Job Info, Abort",
			Method: "POST", Path: "/services/data/v60.0/jobs/ingest", Header: jsonContent, Body: `{"object":"Account","operation":"insert"}`,
		},
		traits:   polledAsJSON | tellsProgress | hasPartial | needsMemory,
		route:    routeSalesforce,
		admit:    func(_ *exchange, sub *submission) *problem { sub.hold = true; return nil },
		accepted: func(x *exchange, v view) { x.hint(v.hint); x.ingest(v) },
		status:   func(x *exchange, v view) { x.hint(v.hint); x.ingest(v) },
		result:   resultSalesforce,
		cancel:   func(x *exchange, v view, _ bool) { x.ingest(v) },
		refuse:   (*exchange).refuseSalesforce,
		monitor:  func(x *exchange, v view) string { return x.here(v.local(x) + "/" + v.id) },
		product:  func(x *exchange, v view) string { return x.here(v.local(x) + "/" + v.id + "/successfulResults") },
		expired:  http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "box-commit", Aliases: []string{"box"},
			Source: "Box API documentation, Commit upload session",
			Method: "POST", Path: "/2.0/files/upload_sessions/S1/commit", Header: jsonContent, Body: `{"parts":[]}`,
		},
		traits:   hasHints | needsMemory,
		route:    routeBox,
		admit:    func(x *exchange, sub *submission) *problem { sub.resource = x.resource(); return nil },
		accepted: pendingBox,
		status:   statusBox,
		refuse:   (*exchange).refuseBox,
		monitor:  func(x *exchange, v view) string { return x.here(v.local(x)) },
		expired:  http.StatusNotFound,
	},
}

const salesforceJobs = "/jobs/ingest"

// routeSalesforce has the state of a job changed by PATCH.
func routeSalesforce(x *exchange) target {
	before, rest, jobs := strings.Cut(x.path, salesforceJobs)
	id, tail, nested := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	switch method := x.r.Method; {
	case !jobs || !strings.HasPrefix(before, "/services/data/v"):
		return target{}
	case id == "" && method == http.MethodPost:
		return target{phase: onSubmit}
	case id == "":
		return notAllowed("OPTIONS, POST")
	case !nested && isGet(x.r):
		return target{phase: onPoll, id: id}
	case !nested && method == http.MethodPatch:
		if x.wish() == "Aborted" {
			return target{phase: onCancel, id: id}
		}
		return target{id: id, other: (*exchange).closeSalesforce}
	case !nested:
		return notAllowed("GET, HEAD, OPTIONS, PATCH")
	case tail == "batches" && method == http.MethodPut:
		return target{id: id, other: (*exchange).uploadSalesforce}
	case isGet(x.r):
		return target{phase: onResult, id: id, part: tail}
	}
	return target{id: id}
}

// wish is the state that a PATCH asks for. It reads the content.
func (x *exchange) wish() string {
	body, _ := io.ReadAll(io.LimitReader(x.r.Body, maxPollArg)) // a content that ends early has no state
	x.r.Body = io.NopCloser(bytes.NewReader(body))
	var wish struct {
		State string `json:"state"`
	}
	json.Unmarshal(body, &wish)
	return wish.State
}

// uploadSalesforce takes the data of a job, and does nothing with them.
func (x *exchange) uploadSalesforce() {
	if _, ok := x.change(func(*operation) {}); ok {
		io.Copy(io.Discard, io.LimitReader(x.r.Body, x.s.maxBody())) // what is not read is not missed
		x.head(http.StatusCreated)
	}
}

// closeSalesforce takes the data for complete: the job may run.
func (x *exchange) closeSalesforce() {
	if x.wish() != "UploadComplete" {
		x.problem(*refuse(http.StatusBadRequest, "state is UploadComplete or Aborted"))
		return
	}
	v, ok := x.change(func(op *operation) {
		if op.hand.held() {
			op.thaw(x.now)
		}
	})
	if ok {
		x.ingest(v)
	}
}

var ingestWords = words{pending: "UploadComplete", running: "InProgress", succeeded: "JobComplete", failed: "Failed", cancelled: "Aborted", partial: "JobComplete"}

// ingest sends the job. Its URL is relative to the host, without a slash.
func (x *exchange) ingest(v view) {
	word, failed := ingestWords.of(v), 0
	if v.held {
		word = "Open"
	}
	if v.partial() {
		failed = 1
	}
	job := strings.TrimPrefix(x.prefix+v.local(x), "/")
	m := x.object().text("id", v.id).text("object", "Account").text("operation", "insert").text("state", word).
		text("contentUrl", job+"/"+v.id+"/batches").time("createdDate", v.accepted).
		number("numberRecordsProcessed", v.snap.Percent).number("numberRecordsFailed", failed)
	if v.snap.Status == Failed {
		m = m.text("errorMessage", v.why())
	}
	x.send(http.StatusOK, m)
}

func resultSalesforce(x *exchange, v view) {
	switch {
	case v.snap.Status != Succeeded:
		x.unknown()
	case x.t.part == "successfulResults":
		x.sendResult(v)
	case x.t.part == "failedResults", x.t.part == "unprocessedrecords":
		x.field("Content-Type", "text/csv")
		x.body(http.StatusOK, []byte("sf__Id,sf__Error\n"))
	default:
		x.unknown()
	}
}

func (x *exchange) refuseSalesforce(p problem) {
	code := "INVALID_INPUT"
	if p.Status == http.StatusNotFound {
		code = "NOT_FOUND"
	}
	m := append(x.buf[:0], "[{"...)
	x.buf = append(members(m).text("errorCode", code).text("message", p.Detail), "}]\n"...)
	x.json(p.Status, x.buf)
}

// routeBox takes the first request of a session for a submit, and its repetitions
// for polls.
func routeBox(x *exchange) target {
	switch {
	case !strings.HasPrefix(x.path, "/2.0/files/upload_sessions/") || !strings.HasSuffix(x.path, "/commit"):
		return target{}
	case x.r.Method != http.MethodPost:
		return notAllowed("OPTIONS, POST")
	}
	if id := x.s.store.bound(x.resource()); id != "" {
		return target{phase: onPoll, id: id}
	}
	return target{phase: onSubmit}
}

// pendingBox answers 202 with Retry-After and without any URL: "repeat the
// request".
func pendingBox(x *exchange, v view) {
	x.hint(v.hint)
	x.head(http.StatusAccepted)
}

func statusBox(x *exchange, v view) {
	switch v.snap.Status {
	case Succeeded:
		if v.scenario.Result != "" || v.scenario.ResultSize > 0 {
			v.submission = v.answeredWith(http.StatusCreated)
			x.sendResult(v)
			return
		}
		x.s.counter.results.Add(1)
		x.send(http.StatusCreated, x.object().number("total_count", 1).beginList("entries").begin("").text("type", "file").text("id", v.id).end().endList())
	case Failed:
		x.problem(problem{Status: v.scenario.failStatus(), Detail: v.why()})
	case Cancelled:
		x.problem(problem{Status: http.StatusConflict, Detail: "The service called the operation off."})
	default:
		pendingBox(x, v)
	}
}

func (x *exchange) refuseBox(p problem) {
	x.send(p.Status, x.object().text("type", "error").number("status", p.Status).
		text("code", strings.ToLower(strings.ReplaceAll(http.StatusText(p.Status), " ", "_"))).text("message", p.Detail))
}
