package speech

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// dropboxFamily is Dropbox, where a poll is a POST with the id in its content.
//
// dropbox-api-spec, async.stone: LaunchResultBase, PollResultBase, PollError.
var dropboxFamily = []*Dialect{{
	DialectInfo: DialectInfo{
		Name: "dropbox-async", Aliases: []string{"dropbox"},
		Source: "dropbox/dropbox-api-spec, async.stone: LaunchResultBase, PollArg, PollResultBase, PollError",
		Method: "POST", Path: "/2/files/delete_batch", Header: jsonContent, Body: `{"entries":[]}`,
	},
	Traits:   PolledAsJSON | EndsAtOnce,
	Route:    routeDropbox,
	Accepted: acceptDropbox,
	Status:   statusDropbox,
	Refuse:   (*Exchange).refuseDropbox,
	Monitor:  func(x *Exchange, v work.View) string { return x.Here(LocalPath(v, x) + "/check") },
	Expired:  http.StatusConflict,
}}

// maxPollArg bounds the content of a poll in bytes.
const maxPollArg = 8 << 10

// routeDropbox takes .../check, and .../check_job_status and the like, for polls.
func routeDropbox(x *Exchange) Target {
	last := x.Path[strings.LastIndexByte(x.Path, '/')+1:]
	switch {
	case !strings.HasPrefix(x.Path, "/2/"):
		return Target{}
	case x.R.Method != http.MethodPost:
		return NotAllowed("OPTIONS, POST")
	case !strings.HasPrefix(last, "check"):
		return Target{Phase: OnSubmit}
	}
	body, _ := io.ReadAll(io.LimitReader(x.R.Body, maxPollArg)) // a content that ends early has no id
	x.R.Body = io.NopCloser(bytes.NewReader(body))
	var arg struct {
		ID string `json:"async_job_id"`
	}
	json.Unmarshal(body, &arg)
	return Target{Phase: OnPoll, ID: arg.ID}
}

func acceptDropbox(x *Exchange, v work.View) {
	if v.Snap.Status.Done() {
		statusDropbox(x, v)
		return
	}
	x.Hint(v.Hint)
	x.send(http.StatusOK, x.object().text(".tag", "async_job_id").text("async_job_id", v.ID))
}

var tags = words{running: "in_progress", succeeded: "complete", failed: "failed", cancelled: "failed"}

// statusDropbox answers with a union: of complete, the members are those of the
// result.
func statusDropbox(x *Exchange, v work.View) {
	x.Hint(v.Hint)
	m := x.object().text(".tag", tags.of(v))
	switch v.Snap.Status {
	case work.Succeeded:
		result := ResultBody(v)
		if v.Scenario.Result == "" && v.Scenario.ResultSize <= 0 {
			x.Host.Counter.Results.Add(1)
			m = m.beginList("entries").endList() // what every batch ends with
			break
		}
		if members := bytes.TrimSpace(result); v.Scenario.ResultSize <= 0 && json.Valid(members) && members[0] == '{' {
			x.Host.Counter.Results.Add(1)
			if members = bytes.TrimSpace(members[1 : len(members)-1]); len(members) > 0 {
				m = append(append(m, ','), members...)
			}
			break
		}
		x.sendResultIn(http.StatusOK, m, "result", v, "")
		return
	case work.Failed:
		m = m.begin("failed").text(".tag", "too_many_write_operations").end().text("reason", Why(v))
	case work.Cancelled:
		m = m.begin("failed").text(".tag", "other").end()
	}
	x.send(http.StatusOK, m)
}

// refuseDropbox sends an error: one of an endpoint is 409, PollError among them.
func (x *Exchange) refuseDropbox(p Problem) {
	word := "other"
	if p.Status == http.StatusNotFound || p.Status == http.StatusConflict {
		p.Status, word = http.StatusConflict, "invalid_async_job_id"
	}
	x.send(p.Status, x.object().text("error_summary", word+"/...").begin("error").text(".tag", word).end().text("user_message", p.Detail))
}
