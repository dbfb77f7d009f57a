package dialect

import "github.com/asyncctl/asyncctl/poller/lro"

var oracleFamily = []builtin{{Info: Info{
	Name:       "oci-workrequest",
	Looks:      "2xx with the header opc-work-request-id; then GET /{version}/workRequests/{id} with status",
	Source:     "Oracle Cloud Infrastructure API documentation, Work Requests",
	Evidence:   Documentation,
	Unverified: "the request to cancel is from memory; requests are signed, which asyncctl does not do",
}, dialect: &rules{Rules: Rules{
	Name: "oci-workrequest", Accept: []int{200, 201, 204}, Status: []string{"{{api}}/workRequests/{{header:Opc-Work-Request-Id}}"}, State: "/status",
	Words: map[string]lro.State{
		"accepted": lro.StatePending, "succeeded": lro.StateSucceeded, "failed": lro.StateFailed,
		"canceling": lro.StateCancelling, "canceled": lro.StateCancelled,
	},
	Others: lro.StateRunning, Progress: "/percentComplete", Cancel: Call{Method: "DELETE", URL: []string{"{{status}}"}},
}}}}
