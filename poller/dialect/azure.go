package dialect

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Azure, as its control plane (Azure Resource Manager) and its data plane speak. Sources: Azure
// Resource Manager RPC v1.0, async-api-reference.md; Microsoft Azure REST API Guidelines, section
// "Long-running operations", and Considerations for Service Design; autorest, final-state-via; where
// these are silent, what azure-sdk-for-go/sdk/azcore 1.24.0 does.

// azureWords are the only words that end an operation; resource providers make up others. The
// guidelines have three; azcore accepts the rest (internal/pollers).
var azureWords = map[string]lro.State{
	"succeeded": lro.StateSucceeded, "completed": lro.StateSucceeded, "failed": lro.StateFailed,
	"canceled": lro.StateCancelled, "cancelled": lro.StateCancelled,
	"notstarted": lro.StatePending, "accepted": lro.StatePending, "notrunning": lro.StatePending,
	"canceling": lro.StateCancelling, "cancelling": lro.StateCancelling,
}

var azureFamily = []builtin{
	{Info: Info{
		Name:       "arm-async",
		Result:     "after PUT and PATCH the original URL, after POST the Location of the first answer, else the status itself (final-state-via)",
		Looks:      "Azure-AsyncOperation header; then 200 with status: Succeeded, Failed, Canceled, or any other word while it works",
		Source:     "Azure Resource Manager RPC v1.0, async-api-reference.md; azcore 1.24.0 async.go",
		Evidence:   Primary,
		Unverified: "how to cancel an operation is each resource provider's own: there is no cancel",
	}, dialect: &azureMonitor{rules{Rules: Rules{
		Name: "arm-async", Accept: []int{200, 201}, Status: []string{"{{header:Azure-Asyncoperation}}"},
		State: "/status", Words: azureWords, Others: lro.StateRunning, Progress: "/percentComplete",
		Carry: []string{"api-version"},
	}}}},
	{Info: Info{
		Name:     "arm-location",
		Looks:    "202 with Location; 202 while it works, any other 2xx is the answer of the finished operation",
		Source:   "Azure Resource Manager RPC v1.0, async-api-reference.md; azcore 1.24.0 loc.go",
		Evidence: Primary,
		Unverified: "whether a 5xx is the outcome: the text says that the answer is that of the finished operation, " +
			"azcore takes it as passing (azure-sdk-for-go #22884), and so do we",
	}, dialect: &armResource{rules{Rules: Rules{Name: "arm-location", Status: []string{"{{header:Location}}"}}}}},
	{Info: Info{
		Name:     "arm-body",
		Looks:    "PUT or PATCH answered by the resource with properties.provisioningState; the resource itself is polled",
		Source:   "Azure Resource Manager RPC v1.0, async-api-reference.md; azcore 1.24.0 body.go",
		Evidence: Primary,
	}, dialect: &armResource{rules{Rules: Rules{Name: "arm-body"}}}},
	{Info: Info{
		Name:       "azure-oploc",
		Result:     "resourceLocation, else the original URL after PUT and PATCH, else the Location of the first answer, else /result of the status",
		Looks:      "Operation-Location header; then 200 with status: NotStarted, Running, Succeeded, Failed, Canceled",
		Source:     "Microsoft Azure REST API Guidelines, Long-running operations; azcore 1.24.0 op.go",
		Evidence:   Primary,
		Unverified: "older services cancel with DELETE",
	}, dialect: &azureMonitor{rules{Rules: Rules{
		Name: "azure-oploc", Accept: []int{200, 201}, Status: []string{"{{header:Operation-Location}}"},
		State: "/status", Words: azureWords, Others: lro.StateRunning, Progress: "/percentComplete",
		Carry: []string{"api-version"}, Inline: "/result", Cancel: Call{Method: "POST", URL: []string{"{{status}}:cancel"}},
	}}}},
}

// azureMonitor reads status documents and finds the result elsewhere (final-state-via).
type azureMonitor struct{ rules }

// Read says what the reply means.
func (d *azureMonitor) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	switch {
	case op.Phase == lro.Submitting && r.Status == http.StatusOK && endedAtOnce(r) != lro.StateUnknown:
		// It says that it is over: nothing is asked of the monitor, which may be anywhere.
		return lro.Reading{Dialect: got.Dialect, Cue: got.Cue, State: endedAtOnce(r)}, nil
	case op.Phase == lro.Submitting && got.StatusURL != "":
		// Beside the monitor, Location is where the result will be, not what is polled
		// (azure-sdk-for-js #20647).
		got.ResultURL = field(r, "Location")
	case got.Unreadable && d.family() == "arm-async":
		// "status": null beside the resource's own state (azure-sdk-for-js #24965).
		if word, ok := literal(jsontext.Value(r.Body), "/properties/provisioningState"); ok {
			got.Unreadable, got.State, got.Native = false, d.word(word), reuse(op.Native, word)
			if got.State == lro.StateSucceeded {
				got.ResultURL = d.result(&op, r)
			}
		}
	case op.Phase == lro.Polling && r.Status/100 == 4 && !spokenByHTTP(r.Status):
		// A 4xx means that the status could not be read, not that the operation failed. azcore gives up
		// at once; we believe a 400 that says what is wrong with the poll when it stays so.
		got.Unreadable = true
		got.Refused = r.Status == http.StatusBadRequest && op.Misses >= refusals-1 && lro.ReadProblem(r) != nil
	case op.Phase != lro.Fetching && got.State == lro.StateSucceeded:
		got.ResultURL = d.result(&op, r)
	}
	return got, err
}

// endedAtOnce returns the end that a 200 to the submit speaks of, in a resource or a status.
func endedAtOnce(r lro.Reply) lro.State {
	doc := jsontext.Value(r.Body)
	for _, pointer := range [...]string{"/status", "/properties/provisioningState"} {
		if word, ok := literal(doc, pointer); ok {
			if state, _ := lookup(azureWords, word); state.Terminal() {
				return state
			}
			return lro.StateUnknown
		}
	}
	return lro.StateUnknown
}

// refusals is how many failures in a row end with a 400 that counts as the last word.
const refusals = 3

// result returns where the result is, in azcore's order (op.go and async.go, Result), and "" where
// it is in the monitor.
func (d *azureMonitor) result(op *lro.Operation, r lro.Reply) string {
	if ref := at(r, "/resourceLocation"); ref != "" && d.family() == "azure-oploc" {
		return ref
	}
	switch op.SubmitMethod {
	case http.MethodPut, http.MethodPatch: // final-state-via: original-uri
		return op.SubmitURL
	case http.MethodPost: // final-state-via: location
		return op.PromisedURL
	}
	return ""
}

// spokenByHTTP reports whether a 4xx has a meaning at a status URL in every dialect: it speaks of our
// request, our credentials, or of whether the operation is there.
func spokenByHTTP(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired, http.StatusNotFound,
		http.StatusGone, http.StatusTooManyRequests, http.StatusRequestTimeout, http.StatusTooEarly,
		http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusMisdirectedRequest, http.StatusUpgradeRequired:
		return true
	}
	return false
}

// armResource reads resources that tell their own state.
type armResource struct{ rules }

// Read says what the reply means.
func (d *armResource) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	if r.Status/100 != 2 || op.Phase == lro.Fetching {
		return got, err
	}
	word, said := literal(jsontext.Value(r.Body), "/properties/provisioningState")
	body := d.family() == "arm-body"
	switch {
	case op.Phase == lro.Submitting && !body:
		return got, nil
	case op.Phase == lro.Submitting:
		if op.SubmitMethod != http.MethodPut && op.SubmitMethod != http.MethodPatch {
			return got, nil
		}
		if said || r.Status == http.StatusAccepted {
			got.StatusURL = op.Next.URL
		}
	case r.Status == http.StatusAccepted && body:
		return got, nil
	}
	if !said {
		return got, nil // a resource without the member is finished
	}
	got.State, _ = lookup(azureWords, word)
	if got.State == lro.StateUnknown {
		got.State = lro.StateRunning
	}
	got.Native = reuse(op.Native, word)
	if got.State.Terminal() && got.State != lro.StateSucceeded {
		got.Problem = lro.ReadProblem(r)
	}
	return got, nil
}

// azureHost reports whether a host is Azure Resource Manager's, in any of its clouds. The hosts of the
// sovereign clouds are from memory.
func azureHost(host string) bool {
	return strings.HasPrefix(host, "management.") && (strings.HasSuffix(host, ".azure.com") || host == "management.azure.com" ||
		host == "management.chinacloudapi.cn" || host == "management.usgovcloudapi.net")
}
