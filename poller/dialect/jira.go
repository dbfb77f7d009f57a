package dialect

import "github.com/asyncctl/asyncctl/poller/lro"

var jiraFamily = []builtin{{Info: Info{
	Name:       "jira-task",
	Looks:      "303 (or 202) with Location /rest/api/3/task/{id}; then 200 with status: ENQUEUED, RUNNING, COMPLETE, FAILED, CANCELLED",
	Source:     "Jira Cloud REST API documentation, Tasks",
	Evidence:   Documentation,
	Unverified: "the 303 in answer to the submit is from memory",
}, dialect: &rules{Rules: Rules{
	Name: "jira-task", Status: []string{"{{header:Location}}"}, State: "/status",
	Words: map[string]lro.State{
		"enqueued": lro.StatePending, "complete": lro.StateSucceeded, "failed": lro.StateFailed, "dead": lro.StateFailed,
		"cancel_requested": lro.StateCancelling, "cancelled": lro.StateCancelled,
	},
	Others: lro.StateRunning, Inline: "/result", Progress: "/progress", Message: "/message",
	Cancel: Call{Method: "POST", URL: []string{"{{status}}/cancel"}},
}}}}
