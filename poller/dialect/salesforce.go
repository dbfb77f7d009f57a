package dialect

import "github.com/asyncctl/asyncctl/poller/lro"

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
