package mockserver

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// dropboxFamily is Dropbox, where a poll is a POST with the id in its content.
//
// dropbox-api-spec, async.stone: LaunchResultBase, PollResultBase, PollError.
var dropboxFamily = []*dialect{{
	DialectInfo: DialectInfo{
		Name: "dropbox-async", Aliases: []string{"dropbox"},
		Source: "dropbox/dropbox-api-spec, async.stone: LaunchResultBase, PollArg, PollResultBase, PollError",
		Method: "POST", Path: "/2/files/delete_batch", Header: jsonContent, Body: `{"entries":[]}`,
	},
	traits:   polledAsJSON | endsAtOnce,
	route:    routeDropbox,
	accepted: acceptDropbox,
	status:   statusDropbox,
	refuse:   (*exchange).refuseDropbox,
	monitor:  func(x *exchange, v view) string { return x.here(v.local(x) + "/check") },
	expired:  http.StatusConflict,
}}

// maxPollArg bounds the content of a poll in bytes.
const maxPollArg = 8 << 10

// routeDropbox takes .../check, and .../check_job_status and the like, for polls.
func routeDropbox(x *exchange) target {
	last := x.path[strings.LastIndexByte(x.path, '/')+1:]
	switch {
	case !strings.HasPrefix(x.path, "/2/"):
		return target{}
	case x.r.Method != http.MethodPost:
		return notAllowed("OPTIONS, POST")
	case !strings.HasPrefix(last, "check"):
		return target{phase: onSubmit}
	}
	body, _ := io.ReadAll(io.LimitReader(x.r.Body, maxPollArg)) // a content that ends early has no id
	x.r.Body = io.NopCloser(bytes.NewReader(body))
	var arg struct {
		ID string `json:"async_job_id"`
	}
	json.Unmarshal(body, &arg)
	return target{phase: onPoll, id: arg.ID}
}

func acceptDropbox(x *exchange, v view) {
	if v.snap.Status.Done() {
		statusDropbox(x, v)
		return
	}
	x.hint(v.hint)
	x.send(http.StatusOK, x.object().text(".tag", "async_job_id").text("async_job_id", v.id))
}

var tags = words{running: "in_progress", succeeded: "complete", failed: "failed", cancelled: "failed"}

// statusDropbox answers with a union: of complete, the members are those of the
// result.
func statusDropbox(x *exchange, v view) {
	x.hint(v.hint)
	m := x.object().text(".tag", tags.of(v))
	switch v.snap.Status {
	case Succeeded:
		result := v.result()
		if members := bytes.TrimSpace(result); v.scenario.ResultSize <= 0 && json.Valid(members) && members[0] == '{' {
			x.s.counter.results.Add(1)
			if members = bytes.TrimSpace(members[1 : len(members)-1]); len(members) > 0 {
				m = append(append(m, ','), members...)
			}
			break
		}
		x.sendResultIn(http.StatusOK, m, "result", v, "")
		return
	case Failed:
		m = m.begin("failed").text(".tag", "other").text("reason", v.why()).end()
	case Cancelled:
		m = m.begin("failed").text(".tag", "cancelled").end()
	}
	x.send(http.StatusOK, m)
}

// refuseDropbox sends an error: one of an endpoint is 409, PollError among them.
func (x *exchange) refuseDropbox(p problem) {
	word := "other"
	if p.Status == http.StatusNotFound || p.Status == http.StatusConflict {
		p.Status, word = http.StatusConflict, "invalid_async_job_id"
	}
	x.send(p.Status, x.object().text("error_summary", word+"/...").begin("error").text(".tag", word).end().text("user_message", p.Detail))
}
