package dialect

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

var durableFamily = []builtin{{Info: Info{
	Name:     "durable",
	Cancel:   "POST to the URL at /terminatePostUri",
	Looks:    "202 with Location and statusQueryGetUri; 202 while it works, then 200 with runtimeStatus, which may be Failed",
	Source:   "Azure/azure-functions-durable-extension, HttpApiHandler.cs",
	Evidence: Primary,
}, dialect: &durable{rules{Rules: Rules{
	Name: "durable", Status: []string{"{{header:Location}}", "{{/statusQueryGetUri}}"}, State: "/runtimeStatus",
	Words: map[string]lro.State{
		"pending": lro.StatePending, "suspended": lro.StateWaiting, "completed": lro.StateSucceeded, "failed": lro.StateFailed,
		"terminated": lro.StateCancelled, "canceled": lro.StateCancelled,
	},
	Others: lro.StateRunning, Inline: "/output", Message: "/customStatus",
	Cancel: Call{Method: "POST", URL: []string{"{{/terminatePostUri}}"}}, // purgeHistoryDeleteUri would not cancel
}}}}}

// durable reads the status of Durable Functions.
type durable struct{ rules }

// Read says what the reply means.
func (d *durable) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	polled := op.Phase == lro.Polling || op.Phase == lro.Following
	if word, _ := literal(jsontext.Value(r.Body), "/runtimeStatus"); polled && r.Status == http.StatusInternalServerError && string(word) == "Failed" {
		got.State, got.Native = lro.StateFailed, "Failed" // returnInternalServerErrorOnFailure=true
	}
	if v, ok := jsontext.Value(r.Body).At("/output"); ok && got.State == lro.StateFailed {
		got.Problem = problem(v, r.Status)
	}
	return got, err
}

// Cancel terminates the instance.
func (d *durable) Cancel(op lro.Operation) (lro.Request, bool) {
	req, ok := d.rules.Cancel(op)
	// The URL comes with a literal {text} where the reason belongs.
	req.URL = strings.NewReplacer("{text}", "asyncctl", "%7Btext%7D", "asyncctl").Replace(req.URL)
	return req, ok
}
