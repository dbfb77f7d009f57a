package dialect

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Google: long-running operations of AIP-151 as google/longrunning/operations.proto binds them to
// HTTP, and the older operations of Compute Engine.

var googleFamily = []builtin{
	{Info: Info{
		Name:       "google-lro",
		Looks:      `200 with {"name": "operations/1", "done": false}; then GET /v1/{name} until done, with response or error`,
		Source:     "AIP-151; google/longrunning/operations.proto; AIP-193",
		Evidence:   Primary,
		Unverified: "the members of metadata that hold the progress (progressPercent, progressPercentage) are from memory",
	}, dialect: &googleOperation{rules{Rules: Rules{
		Name: "google-lro", Inline: "/response", Failure: []string{"/error"},
		Cancel: Call{Method: "POST", URL: []string{"{{status}}:cancel"}, Body: "{}"}, // DELETE forgets, and the work goes on
	}}}},
	{Info: Info{
		Name:     "gce-operation",
		Looks:    `200 with {"kind": "compute#operation", "selfLink": ..., "status": "PENDING"}; then RUNNING, DONE`,
		Source:   "Compute Engine documentation, Handling API responses",
		Evidence: Memory,
		Unverified: "the error's members and progress are from memory; selfLink names another host than the one that is asked " +
			"(www.googleapis.com), so its path is polled on the origin of the submit",
	}, dialect: &computeOperation{rules{Rules: Rules{
		Name: "gce-operation", Accept: []int{200}, Status: []string{"{{/selfLink}}"}, State: "/status",
		Words:  map[string]lro.State{"pending": lro.StatePending, "done": lro.StateSucceeded},
		Others: lro.StateRunning, Result: []string{"{{/targetLink}}"}, Failure: []string{"/error/errors/0", "/error"},
		Progress: "/progress", Message: "/statusMessage",
	}}}},
}

// googleOperation reads google.longrunning.Operation.
type googleOperation struct{ rules }

// Read says what the reply means.
func (d *googleOperation) Read(op lro.Operation, r lro.Reply) (got lro.Reading, err error) {
	if op.Dialect != d.Name {
		got.Dialect, got.Cue = d.Name, CueNamed
	}
	if op.Phase == lro.Fetching || r.Status/100 != 2 {
		return got, nil // an error in answer to a poll is not the operation's: AIP-193
	}
	doc := jsontext.Value(r.Body)
	name, _ := doc.At("/name")
	done, _ := doc.At("/done") // proto3 leaves it out while it is false
	switch {
	case string(done) == "true":
		got.State, got.Native = lro.StateSucceeded, "done"
		if code, _ := doc.At("/error/code"); string(code) == "1" { // google.rpc.Code CANCELLED
			got.State = lro.StateCancelled
		}
		d.end(&got, &op, r)
	case op.Phase == lro.Submitting:
		got.StatusURL = operationURL(op.Next.URL, name.String())
		if got.StatusURL == "" {
			return got, errNoStatus(d.Name)
		}
		got.State = lro.StateRunning
	case name.Empty() && op.Phase == lro.Polling:
		got.Unreadable = true
	case !name.Empty():
		got.State = lro.StateRunning
		for _, pointer := range [...]string{"/metadata/progressPercent", "/metadata/progressPercentage"} {
			if n, ok := number(doc, pointer); ok && n >= 0 && n <= 100 {
				got.Progress.Known, got.Progress.Percent = true, n
			}
		}
	}
	return got, nil
}

// operationURL returns where an operation is: {base}/{version}/{name}, with the base and the version
// of the submit's URL. A name is only unique within its service.
func operationURL(submit, name string) string {
	if name == "" {
		return ""
	}
	base := apiRoot(submit)
	if base == lro.Origin(submit) {
		base += "/v1"
	}
	var out strings.Builder
	out.WriteString(base + "/")
	for i, part := range strings.Split(name, "/") {
		if part = segment(part); part == "" {
			return ""
		}
		if i > 0 {
			out.WriteByte('/')
		}
		out.WriteString(part)
	}
	return out.String()
}

// computeOperation reads Compute Engine's operations.
type computeOperation struct{ rules }

// Read says what the reply means.
func (d *computeOperation) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	if op.Phase == lro.Submitting {
		got.ResultURL = "" // the target is there once the operation is done
	}
	got.StatusURL, got.ResultURL = pathOf(got.StatusURL), pathOf(got.ResultURL)
	if op.SubmitMethod == http.MethodDelete {
		got.ResultURL = ""
	}
	return got, err
}

// pathOf returns the path of an absolute URL.
func pathOf(absolute string) string {
	_, rest, ok := strings.Cut(absolute, "://")
	if !ok {
		return absolute
	}
	_, path, _ := strings.Cut(rest, "/")
	return "/" + path
}
