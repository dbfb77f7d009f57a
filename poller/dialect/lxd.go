package dialect

import "github.com/asyncctl/asyncctl/poller/lro"

var lxdFamily = []builtin{{Info: Info{
	Name:       "lxd-operation",
	Looks:      `202 with Location /1.0/operations/{id} and {"type": "async"}; then 200 with metadata.status`,
	Source:     "LXD documentation, REST API (also Incus), Background operation",
	Evidence:   Documentation,
	Unverified: "the words for the state are from memory, and that operations vanish seconds after they end",
}, dialect: &rules{Rules: Rules{
	Name: "lxd-operation", Status: []string{"{{header:Location}}", "{{/operation}}"}, State: "/metadata/status",
	Words: map[string]lro.State{
		"success": lro.StateSucceeded, "failure": lro.StateFailed, "cancelled": lro.StateCancelled,
		"cancelling": lro.StateCancelling, "aborting": lro.StateCancelling, "pending": lro.StatePending, "frozen": lro.StateWaiting,
	},
	Others: lro.StateRunning, Inline: "/metadata/metadata", Failure: []string{"/metadata/err"},
	Cancel: Call{Method: "DELETE", URL: []string{"{{status}}"}},
}}}}
