package dialect

import "github.com/asyncctl/asyncctl/poller/lro"

var graphFamily = []builtin{{Info: Info{
	Name:     "ms-graph-monitor",
	Looks:    "202 with Location on another host; then 202 with status, also when it is completed",
	Source:   "Microsoft Graph, Working with long-running actions",
	Evidence: Primary,
	Unverified: "the prose speaks of a redirect at the end, which older documentation shows as 303: both are read; the result " +
		"is an id (resourceId) and is not fetched",
}, dialect: &rules{Rules: Rules{
	Name: "ms-graph-monitor", Status: []string{"{{header:Location}}"}, State: "/status",
	Words:  map[string]lro.State{"completed": lro.StateSucceeded, "failed": lro.StateFailed, "notstarted": lro.StatePending, "waiting": lro.StateWaiting},
	Others: lro.StateRunning, Progress: "/percentageComplete", Message: "/statusDescription",
}}}}
