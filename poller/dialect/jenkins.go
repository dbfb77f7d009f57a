package dialect

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

var jenkinsFamily = []builtin{{Info: Info{
	Name:       "jenkins-queue",
	Cancel:     "POST /queue/cancelItem while it is queued, POST {build}/stop after that",
	Result:     "the last answer itself: the build",
	Looks:      "201 with Location .../queue/item/7/; the item hands over to a build, which has building and result",
	Source:     "Jenkins ParameterizedJobMixIn.java, Queue.java",
	Evidence:   Primary,
	Unverified: "the build's members and its stop are from memory; the crumb that POST needs is not fetched; artifacts are not fetched",
}, dialect: &jenkins{rules{Rules: Rules{
	Name: "jenkins-queue", Accept: []int{201}, Status: []string{"{{header:Location}}"}, Message: "/why",
	Words: map[string]lro.State{
		"success": lro.StateSucceeded, "unstable": lro.StatePartial, "failure": lro.StateFailed,
		"not_built": lro.StateFailed, "aborted": lro.StateCancelled,
	},
}}}}}

// jenkins reads the item in the queue, and then the build.
type jenkins struct{ rules }

// Read says what the reply means.
func (d *jenkins) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	switch {
	case op.Phase == lro.Fetching:
	case op.Phase == lro.Submitting:
		got.StatusURL = document(got.StatusURL)
	case r.Status == http.StatusOK:
		d.stage(&got, &op, r)
	}
	return got, err
}

// stage reads the document of either stage.
func (d *jenkins) stage(got *lro.Reading, op *lro.Operation, r lro.Reply) {
	doc := jsontext.Value(r.Body)
	building, build := literal(doc, "/building")
	cancelled, _ := literal(doc, "/cancelled")
	result, ended := literal(doc, "/result")
	switch {
	case build && (string(building) == "true" || !ended):
		got.State = lro.StateRunning
	case build:
		got.Native = reuse(op.Native, result)
		if got.State, _ = lookup(d.Words, result); got.State == lro.StateUnknown {
			got.State = lro.StateFailed
		}
	case string(cancelled) == "true":
		got.State, got.Native = lro.StateCancelled, "cancelled"
	case !doc.IsObject():
		got.Unreadable = op.Phase == lro.Polling
	default:
		got.State, got.Progress = lro.StatePending, d.progress(op, r)
		got.StatusURL = document(at(r, "/executable/url")) // it has left the queue
	}
}

// document returns the URL of the JSON document of an item or a build.
func document(ref string) string {
	if ref == "" {
		return ""
	}
	return strings.TrimSuffix(ref, "/") + "/api/json"
}

// Cancel takes the item out of the queue, or stops the build.
func (d *jenkins) Cancel(op lro.Operation) (lro.Request, bool) {
	base, ok := strings.CutSuffix(op.StatusURL, "/api/json")
	if !ok {
		return lro.Request{}, false
	}
	if root, id, queued := strings.Cut(base, "/queue/item/"); queued {
		return lro.Request{Method: http.MethodPost, URL: root + "/queue/cancelItem?id=" + url.QueryEscape(id)}, true
	}
	return lro.Request{Method: http.MethodPost, URL: base + "/stop"}, true
}
