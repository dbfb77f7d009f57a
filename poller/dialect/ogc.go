package dialect

import "github.com/asyncctl/asyncctl/poller/lro"

var ogcFamily = []builtin{{Info: Info{
	Name:       "ogc-job",
	Looks:      "201 with Location and a statusInfo; then 200 with status: accepted, running, successful, failed, dismissed",
	Source:     "OGC API - Processes, Part 1: Core (1.0 and the draft of 2.0), statusInfo.yaml and requirements",
	Evidence:   Primary,
	Unverified: "jobs whose URL stands only in the links of the body",
}, dialect: &rules{Rules: Rules{
	Name: "ogc-job", Header: map[string]string{"Prefer": "respond-async"}, Accept: []int{201},
	Status: []string{"{{header:Location}}"}, State: "/status",
	Words: map[string]lro.State{
		"accepted": lro.StatePending, "running": lro.StateRunning, "successful": lro.StateSucceeded,
		"failed": lro.StateFailed, "dismissed": lro.StateCancelled,
	},
	Others: lro.StateRunning, Result: []string{"{{status}}/results"}, Failure: []string{"/exception"},
	Progress: "/progress", Message: "/message",
	Cancel: Call{Method: "DELETE", URL: []string{"{{status}}"}, Destroys: true}, // 2.0: a finished job is removed, with its results
}}}}
