package dialect

import "github.com/asyncctl/asyncctl/poller/lro"

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
