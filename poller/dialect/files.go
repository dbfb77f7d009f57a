package dialect

import "github.com/asyncctl/asyncctl/poller/lro"

// Services that work on files, their own or those that are sent. All of them are data here.

var adobeFamily = []builtin{{Info: Info{
	Name:       "adobe-pdf",
	Looks:      "201 with Location; then 200 with status: in progress, done, failed, and the result at asset.downloadUri",
	Source:     "Adobe PDF Services API documentation",
	Evidence:   Documentation,
	Unverified: "nothing in the answer to the submit gives it away: it has to be named",
}, dialect: &rules{Rules: Rules{
	Name: "adobe-pdf", Accept: []int{201}, Status: []string{"{{header:Location}}"}, State: "/status",
	Words:  map[string]lro.State{"in progress": lro.StateRunning, "done": lro.StateSucceeded, "failed": lro.StateFailed},
	Others: lro.StateRunning, Result: []string{"{{/asset/downloadUri}}"},
}}}}

var boxFamily = []builtin{{Info: Info{
	Name:       "box-commit",
	Looks:      "202 with Retry-After and no URL at all: the same POST again, until it answers 201",
	Source:     "Box documentation, Commit upload session",
	Evidence:   Documentation,
	Unverified: "whether every server takes the repeated POST for a question; that is why this dialect has to be named",
}, dialect: &rules{Rules: Rules{Name: "box-commit", Poll: Poll{Repeat: true}}}}}

var dropboxFamily = []builtin{{Info: Info{
	Name:     "dropbox-async",
	Looks:    `200 with {".tag": "async_job_id"}; POST .../check with that id until .tag is complete or failed`,
	Source:   "dropbox-api-spec, async.stone",
	Evidence: Primary,
	Unverified: "the status is asked for at {submit}/check: routes that have it elsewhere (copy_batch_v2 at " +
		"copy_batch/check_v2, save_url at save_url/check_job_status, both from memory) need an API file",
}, dialect: &rules{Rules: Rules{
	Name: "dropbox-async", Accept: []int{200}, Status: []string{"{{submit}}/check"}, Job: "/async_job_id",
	Poll:  Poll{Method: "POST", Body: `{"async_job_id": "{{job}}"}`},
	State: "/.tag",
	Words: map[string]lro.State{
		"async_job_id": lro.StatePending, "in_progress": lro.StateRunning, "complete": lro.StateSucceeded, "failed": lro.StateFailed,
	},
	Others: lro.StateRunning, Failure: []string{"/failed", "/error"}, Gone: []int{409}, // invalid_async_job_id
}}}}
