package speech

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// uploadFamily are APIs of more than one step: a job that waits for its data, and
// a request that is repeated until it is answered.
var uploadFamily = []*Dialect{
	{
		DialectInfo: DialectInfo{
			Name: "salesforce-bulk2", Aliases: []string{"salesforce"},
			Source: "Salesforce Bulk API 2.0 documentation: Create a Job, Upload Complete, Get Job Info, Abort",
			Method: "POST", Path: "/services/data/v60.0/jobs/ingest", Header: jsonContent, Body: `{"object":"Account","operation":"insert"}`,
		},
		Traits: PolledAsJSON | TellsProgress | HasPartial | NeedsMemory,
		Route:  routeSalesforce,
		Admit: func(x *Exchange, sub *work.Submission) *Problem {
			sub.Hold = strings.HasSuffix(x.Path, salesforceJobs) // a query needs no data
			return nil
		},
		Accepted: func(x *Exchange, v work.View) { x.Hint(v.Hint); x.ingest(v) },
		Status:   func(x *Exchange, v work.View) { x.Hint(v.Hint); x.ingest(v) },
		Result:   resultSalesforce,
		Cancel:   func(x *Exchange, v work.View, _ bool) { x.ingest(v) },
		Refuse:   (*Exchange).refuseSalesforce,
		Monitor:  func(x *Exchange, v work.View) string { return x.Here(LocalPath(v, x) + "/" + v.ID) },
		Product: func(x *Exchange, v work.View) string {
			return x.Here(LocalPath(v, x) + "/" + v.ID + "/successfulResults")
		},
		Expired: http.StatusNotFound,
	},
	{
		DialectInfo: DialectInfo{
			Name: "box-commit", Aliases: []string{"box"},
			Source: "Box API documentation, Commit upload session",
			Method: "POST", Path: "/2.0/files/upload_sessions/S1/commit", Header: jsonContent, Body: `{"parts":[]}`,
		},
		Traits:   HasHints | NeedsMemory,
		Route:    routeBox,
		Admit:    func(x *Exchange, sub *work.Submission) *Problem { sub.Resource = x.resource(); return nil },
		Accepted: pendingBox,
		Status:   statusBox,
		Refuse:   (*Exchange).refuseBox,
		Monitor:  func(x *Exchange, v work.View) string { return x.Here(LocalPath(v, x)) },
		Expired:  http.StatusNotFound,
	},
}

const (
	salesforceJobs    = "/jobs/ingest"
	salesforceQueries = "/jobs/query"
)

// routeSalesforce has the state of a job changed by PATCH.
func routeSalesforce(x *Exchange) Target {
	before, rest, jobs := strings.Cut(x.Path, salesforceJobs)
	if !jobs {
		before, rest, jobs = strings.Cut(x.Path, salesforceQueries)
	}
	id, tail, nested := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	switch method := x.R.Method; {
	case !jobs || !strings.HasPrefix(before, "/services/data/v"):
		return Target{}
	case id == "" && method == http.MethodPost:
		return Target{Phase: OnSubmit}
	case id == "" && IsGet(x.R):
		return Target{Other: (*Exchange).listSalesforce}
	case id == "":
		return NotAllowed("GET, HEAD, OPTIONS, POST")
	case !nested && IsGet(x.R):
		return Target{Phase: OnPoll, ID: id}
	case !nested && method == http.MethodDelete:
		return Target{ID: id, Other: (*Exchange).deleteSalesforce}
	case !nested && method == http.MethodPatch:
		if x.wish() == "Aborted" {
			return Target{Phase: OnCancel, ID: id}
		}
		return Target{ID: id, Other: (*Exchange).closeSalesforce}
	case !nested:
		return NotAllowed("DELETE, GET, HEAD, OPTIONS, PATCH")
	case tail == "batches" && method == http.MethodPut:
		return Target{ID: id, Other: (*Exchange).uploadSalesforce}
	case IsGet(x.R):
		return Target{Phase: OnResult, ID: id, Part: tail}
	}
	return Target{ID: id}
}

// wish is the state that a PATCH asks for. It reads the content.
func (x *Exchange) wish() string {
	body, _ := io.ReadAll(io.LimitReader(x.R.Body, maxPollArg)) // a content that ends early has no state
	x.R.Body = io.NopCloser(bytes.NewReader(body))
	var wish struct {
		State string `json:"state"`
	}
	json.Unmarshal(body, &wish)
	return wish.State
}

// deleteSalesforce removes a job: only one that is over.
func (x *Exchange) deleteSalesforce() {
	done := false
	v, ok := x.change(func(op *work.Operation) {
		if done = op.State(x.Now).Status.Done(); done {
			op.Expire(x.Now)
		}
	})
	switch {
	case !ok:
	case !done:
		x.Problem(*Refuse(http.StatusBadRequest, "the job is "+ingestWords.of(v)+": abort it first"))
	default:
		x.Head(http.StatusNoContent)
	}
}

// listSalesforce lists the jobs.
func (x *Exchange) listSalesforce() {
	m := x.object().literal("done", "true").beginList("records")
	for _, v := range x.operations() {
		m = m.begin("").text("id", v.ID).text("object", "Account").text("operation", "insert").text("state", ingestWords.of(v)).time("createdDate", v.Accepted).end()
	}
	x.send(http.StatusOK, m.endList().literal("nextRecordsUrl", "null"))
}

// uploadSalesforce takes the data of a job, and does nothing with them.
func (x *Exchange) uploadSalesforce() {
	if _, ok := x.change(func(*work.Operation) {}); ok {
		io.Copy(io.Discard, io.LimitReader(x.R.Body, x.Host.MaxBody)) // what is not read is not missed
		x.Head(http.StatusCreated)
	}
}

// closeSalesforce takes the data for complete: the job may run.
func (x *Exchange) closeSalesforce() {
	if x.wish() != "UploadComplete" {
		x.Problem(*Refuse(http.StatusBadRequest, "state is UploadComplete or Aborted"))
		return
	}
	v, ok := x.change(func(op *work.Operation) {
		if op.Hand.Held() {
			op.Thaw(x.Now)
		}
	})
	if ok {
		x.ingest(v)
	}
}

var ingestWords = words{pending: "UploadComplete", running: "InProgress", succeeded: "JobComplete", failed: "Failed", cancelled: "Aborted", partial: "JobComplete"}

// ingest sends the job. Its URL is relative to the host, without a slash.
func (x *Exchange) ingest(v work.View) {
	word, failed := ingestWords.of(v), 0
	if v.Held {
		word = "Open"
	}
	if v.Partial() {
		failed = 1
	}
	job := strings.TrimPrefix(x.Prefix+LocalPath(v, x), "/")
	m := x.object().text("id", v.ID).text("object", "Account").text("operation", "insert").text("state", word).
		text("contentUrl", job+"/"+v.ID+"/batches").time("createdDate", v.Accepted).
		number("numberRecordsProcessed", v.Snap.Percent).number("numberRecordsFailed", failed)
	if v.Snap.Status == work.Failed {
		m = m.text("errorMessage", Why(v))
	}
	x.send(http.StatusOK, m)
}

func resultSalesforce(x *Exchange, v work.View) {
	switch {
	case v.Snap.Status != work.Succeeded:
		x.Unknown()
	case x.Target.Part == "successfulResults", x.Target.Part == "results":
		if x.Target.Part == "results" {
			x.Field("Sforce-Locator", "null")
			x.Field("Sforce-NumberOfRecords", "1")
		}
		if v.Scenario.Result == "" && v.Scenario.ResultSize <= 0 {
			x.Host.Counter.Results.Add(1)
			x.Field("Content-Type", "text/csv")
			x.Body(http.StatusOK, []byte("sf__Id,sf__Created,Name\n001000000000001AAA,true,mock\n"))
			return
		}
		x.SendResult(v)
	case x.Target.Part == "failedResults", x.Target.Part == "unprocessedrecords":
		x.Field("Content-Type", "text/csv")
		x.Body(http.StatusOK, []byte("sf__Id,sf__Error\n"))
	default:
		x.Unknown()
	}
}

func (x *Exchange) refuseSalesforce(p Problem) {
	code := "INVALID_INPUT"
	if p.Status == http.StatusNotFound {
		code = "NOT_FOUND"
	}
	m := append(x.Buf[:0], "[{"...)
	x.Buf = append(Members(m).text("errorCode", code).text("message", p.Detail), "}]\n"...)
	x.JSON(p.Status, x.Buf)
}

// routeBox takes the first request of a session for a submit, and its repetitions
// for polls.
func routeBox(x *Exchange) Target {
	switch {
	case !strings.HasPrefix(x.Path, "/2.0/files/upload_sessions/") || !strings.HasSuffix(x.Path, "/commit"):
		return Target{}
	case x.R.Method != http.MethodPost:
		return NotAllowed("OPTIONS, POST")
	}
	if id := x.Host.Store.Bound(x.resource()); id != "" {
		return Target{Phase: OnPoll, ID: id}
	}
	return Target{Phase: OnSubmit}
}

// pendingBox answers 202 with Retry-After and without any URL: "repeat the
// request".
func pendingBox(x *Exchange, v work.View) {
	x.Hint(v.Hint)
	x.Head(http.StatusAccepted)
}

func statusBox(x *Exchange, v work.View) {
	switch v.Snap.Status {
	case work.Succeeded:
		if v.Scenario.Result != "" || v.Scenario.ResultSize > 0 {
			v.Submission = v.AnsweredWith(http.StatusCreated)
			x.SendResult(v)
			return
		}
		x.Host.Counter.Results.Add(1)
		x.send(http.StatusCreated, x.object().number("total_count", 1).beginList("entries").begin("").text("type", "file").text("id", v.ID).end().endList())
	case work.Failed:
		x.Problem(Problem{Status: work.FailCode(v.Scenario), Detail: Why(v)})
	case work.Cancelled:
		x.Problem(Problem{Status: http.StatusConflict, Detail: "The service cancelled the operation."})
	default:
		pendingBox(x, v)
	}
}

func (x *Exchange) refuseBox(p Problem) {
	x.send(p.Status, x.object().text("type", "error").number("status", p.Status).
		text("code", strings.ToLower(strings.ReplaceAll(http.StatusText(p.Status), " ", "_"))).text("message", p.Detail))
}
