package dialect

import (
	"bytes"
	"net/http"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

var redfishFamily = []builtin{{Info: Info{
	Name:     "redfish-task",
	Looks:    "202 with Location, a task monitor, and a Task; 202 while it works, then the answer of the finished operation",
	Source:   "DMTF DSP0266 1.7.0, Asynchronous operations",
	Evidence: Primary,
	Unverified: "services that name the Task itself in Location (Dell, openUBMC) are read by TaskState and TaskStatus, which are " +
		"from the schema's documentation; a 500 with a Redfish error is taken as the outcome, a 503 as passing",
}, dialect: &redfish{rules{Rules: Rules{
	Name: "redfish-task", Status: []string{"{{header:Location}}", "{{/TaskMonitor}}", "{{/@odata.id}}"}, Progress: "/PercentComplete",
	Cancel: Call{Method: "DELETE", URL: []string{"{{status}}"}},
}}}}}

// taskWords are the values of TaskState in the Task schema.
var taskWords = map[string]lro.State{
	"new": lro.StatePending, "pending": lro.StatePending, "suspended": lro.StateWaiting, "interrupted": lro.StateWaiting,
	"cancelling": lro.StateCancelling, "completed": lro.StateSucceeded, "exception": lro.StateFailed,
	"killed": lro.StateCancelled, "cancelled": lro.StateCancelled,
}

// redfish reads task monitors, and tasks that stand in their place.
type redfish struct{ rules }

// Read says what the reply means.
func (d *redfish) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	doc := jsontext.Value(r.Body)
	if op.Phase == lro.Submitting && got.StatusURL != "" && field(r, "Location") == "" && !isTask(doc) {
		got.StatusURL = "" // the content is no Task: its address is that of something else
	}
	if op.Phase == lro.Submitting || op.Phase == lro.Fetching {
		return got, err
	}
	if errorAlone(doc) && r.Status/100 == 2 {
		got.State, got.Unreadable = lro.StateUnknown, true // neither a Task nor the answer of the operation
		return got, nil
	}
	if _, ok := doc.At("/error/@Message.ExtendedInfo"); ok && r.Status == http.StatusInternalServerError {
		got.State = lro.StateFailed // "the error status and body of the initial operation"
		return got, nil
	}
	if v, _ := doc.At("/error"); r.Status == http.StatusOK && !v.Empty() && doc.Members() == 1 {
		got.Unreadable = true // an error of the service, and no answer of the operation
		return got, nil
	}
	if r.Status != http.StatusOK && r.Status != http.StatusAccepted || !isTask(doc) {
		return got, nil
	}
	word, _ := literal(doc, "/TaskState")
	state, _ := lookup(taskWords, word)
	if state == lro.StateUnknown || state.Terminal() && r.Status == http.StatusAccepted {
		state = lro.StateRunning
	}
	// "Completed" is an end, not an outcome: TaskStatus decides.
	if status, _ := literal(doc, "/TaskStatus"); state == lro.StateSucceeded && string(status) == "Critical" {
		state = lro.StateFailed
	}
	got.State, got.Native, got.Progress = state, reuse(op.Native, word), d.progress(&op, r)
	if v, ok := doc.At("/Messages/0/Message"); ok && state == lro.StateFailed {
		got.Problem = problem(v, r.Status)
	}
	return got, nil
}

// errorAlone reports whether a document holds nothing but an error.
func errorAlone(doc jsontext.Value) bool {
	v, ok := doc.At("/error")
	return ok && !v.Empty() && doc.Members() == 1
}

// isTask reports whether a document is a Task.
func isTask(doc jsontext.Value) bool {
	v, _ := doc.At("/@odata.type")
	text, _ := v.Text()
	return bytes.HasPrefix(text, []byte("#Task."))
}
