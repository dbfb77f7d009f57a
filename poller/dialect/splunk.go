package dialect

import "github.com/asyncctl/asyncctl/poller/lro"

var splunkFamily = []builtin{{Info: Info{
	Name:       "splunk-job",
	Looks:      "201 with sid (output_mode=json); then GET .../jobs/{sid} with dispatchState: QUEUED, PARSING, RUNNING, DONE, FAILED",
	Source:     "Splunk REST API documentation, search/jobs",
	Evidence:   Memory,
	Unverified: "all of it, and where dispatchState stands in the JSON",
}, dialect: &rules{Rules: Rules{
	Name: "splunk-job", Query: map[string]string{"output_mode": "json"}, Accept: []int{201}, Status: []string{"{{submit}}/{{/sid}}"},
	Poll: Poll{Query: map[string]string{"output_mode": "json"}}, State: "/entry/0/content/dispatchState",
	Words: map[string]lro.State{
		"queued": lro.StatePending, "parsing": lro.StateRunning, "paused": lro.StateWaiting, "finalizing": lro.StateRunning,
		"done": lro.StateSucceeded, "failed": lro.StateFailed,
	},
	Others: lro.StateRunning, Progress: "/entry/0/content/doneProgress", Scale: 100, Result: []string{"{{status}}/results"},
	Cancel: Call{Method: "POST", URL: []string{"{{status}}/control"}, Body: "action=cancel", Destroys: true},
}}}}
