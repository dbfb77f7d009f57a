package dialect

import "github.com/asyncctl/asyncctl/poller/lro"

// Services that run queries and loads over data. All of them are data here.

var salesforceFamily = []builtin{{Info: Info{
	Name:     "salesforce-bulk2",
	Looks:    "200 with id, contentUrl and state: Open; after the upload UploadComplete, InProgress, JobComplete, Failed, Aborted",
	Source:   "Salesforce Bulk API 2.0 documentation",
	Evidence: Documentation,
	Unverified: "the data are not uploaded and the job is not closed here: it waits in Open; of the three lists of results " +
		"the successful ones are fetched",
}, dialect: &rules{Rules: Rules{
	Name: "salesforce-bulk2", Accept: []int{200}, Status: []string{"{{submit}}/{{/id}}"}, State: "/state",
	Words: map[string]lro.State{
		"open": lro.StateWaiting, "uploadcomplete": lro.StatePending, "jobcomplete": lro.StateSucceeded,
		"failed": lro.StateFailed, "aborted": lro.StateCancelled,
	},
	Others: lro.StateRunning, Failure: []string{"/errorMessage"}, Partial: []string{"/numberRecordsFailed"},
	Result: []string{"{{status}}/successfulResults"},
	Cancel: Call{Method: "PATCH", URL: []string{"{{status}}"}, Body: `{"state": "Aborted"}`},
}}}}

var snowflakeFamily = []builtin{{Info: Info{
	Name:       "snowflake-sql",
	Looks:      "202 with statementHandle and statementStatusUrl; 202 while it works, then 200 with the rows",
	Source:     "Snowflake SQL API documentation",
	Evidence:   Documentation,
	Unverified: "422 as the failure and 408 as the statement's timeout are from memory; further partitions are not fetched",
}, dialect: &rules{Rules: Rules{
	Name: "snowflake-sql", Query: map[string]string{"async": "true"},
	Status: []string{"{{/statementStatusUrl}}", "/api/v2/statements/{{job}}"}, Job: "/statementHandle",
	Statuses: map[int]lro.State{422: lro.StateFailed, 408: lro.StateFailed},
	Message:  "/message", Cancel: Call{Method: "POST", URL: []string{"/api/v2/statements/{{job}}/cancel"}},
}}}}

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
