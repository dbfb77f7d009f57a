package dialect

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/asyncctl/asyncctl/poller/lro"
)

var osbFamily = []builtin{{Info: Info{
	Name:     "osb",
	Looks:    "202 for /v2/service_instances/{id}; then GET .../last_operation with state: in progress, succeeded, failed",
	Source:   "Open Service Broker API, spec.md (master after 2.17), Polling Last Operation",
	Evidence: Primary,
	Result:   "of a binding, GET of it: its credentials; else the last answer itself",
	Unverified: "maximum_polling_duration stands in the catalog and is not known here; an instance is not fetched at the end " +
		"because a broker need not allow that",
}, dialect: &osb{rules{Rules: Rules{
	Name: "osb", Header: map[string]string{"X-Broker-Api-Version": "2.17"}, Query: map[string]string{"accepts_incomplete": "true"},
	State: "/state", Words: map[string]lro.State{"succeeded": lro.StateSucceeded, "failed": lro.StateFailed},
	Others: lro.StateRunning, Message: "/description",
	Poll:  Poll{Header: map[string]string{"X-Broker-Api-Version": "2.17"}}, // each request carries it
	Fetch: Fetch{Header: map[string]string{"X-Broker-Api-Version": "2.17"}},
}}}}}

// osb derives the status URL from that of the submit.
type osb struct{ rules }

// Read says what the reply means.
func (d *osb) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	switch {
	case op.Phase == lro.Submitting && r.Status == http.StatusAccepted:
		got.StatusURL = lastOperation(op.Next, r)
	case op.Phase != lro.Polling:
	case r.Status == http.StatusGone && op.SubmitMethod == http.MethodDelete:
		got.State = lro.StateSucceeded // the instance is gone, as was wished
	case r.Status == http.StatusGone, r.Status/100 == 4 && !spokenByHTTP(r.Status):
		got.Unreadable = true // invalid: "the platform SHOULD continue polling"
	case got.State == lro.StateSucceeded && op.SubmitMethod == http.MethodPut && strings.Contains(op.SubmitURL, "/service_bindings/"):
		// "the platform MUST fetch the service binding": its credentials are nowhere else.
		got.ResultURL, _, _ = strings.Cut(op.SubmitURL, "?")
	}
	return got, err
}

// lastOperation returns the URL of last_operation, with the parameters that the submit had in its
// content (PUT, PATCH) or in its query (DELETE).
func lastOperation(submit lro.Request, r lro.Reply) string {
	u, err := url.Parse(submit.URL)
	if err != nil {
		return ""
	}
	had, query := u.Query(), url.Values{}
	for _, name := range [...]string{"service_id", "plan_id"} {
		value := at(lro.Reply{Body: submit.Body}, "/"+name)
		if value == "" {
			value = had.Get(name)
		}
		if value != "" {
			query.Set(name, value)
		}
	}
	if operation := at(r, "/operation"); operation != "" {
		query.Set("operation", operation)
	}
	u = u.JoinPath("last_operation")
	u.RawQuery = query.Encode()
	return u.String()
}
