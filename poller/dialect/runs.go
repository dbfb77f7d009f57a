package dialect

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Services that start a run, a job or a task and say in one member how far it is and in another how it
// came out, or that differ from HTTP's general meaning in a few places. All of them are data.

var runsFamily = []builtin{
	{Info: Info{
		Name:       "databricks-run",
		Looks:      "POST /api/2.1/jobs/run-now answered by 200 with run_id; then GET runs/get with state.life_cycle_state and, once it is TERMINATED, state.result_state",
		Source:     "Databricks REST API, Jobs 2.1: runs/get, RunLifeCycleState, RunResultState",
		Evidence:   Documentation,
		Unverified: "the result is runs/get-output, which takes runs of one task alone",
	}, dialect: &rules{Rules: Rules{
		Name: "databricks-run", Accept: []int{200}, Key: "/idempotency_token", Job: "/run_id", Status: []string{"{{origin}}/api/2.1/jobs/runs/get?run_id={{job}}"},
		State: "/state/life_cycle_state", Words: map[string]lro.State{
			"queued": lro.StatePending, "pending": lro.StatePending, "blocked": lro.StatePending, "running": lro.StateRunning,
			"waiting_for_retry": lro.StateWaiting, "terminating": lro.StateRunning, "terminated": Done,
			"skipped": lro.StateFailed, "internal_error": lro.StateFailed,
		},
		Others: lro.StateRunning,
		Outcome: Outcome{At: "/state/result_state", Words: map[string]lro.State{
			"success": lro.StateSucceeded, "success_with_failures": lro.StatePartial, "canceled": lro.StateCancelled, "upstream_canceled": lro.StateCancelled,
		}, Others: lro.StateFailed},
		Message: "/state/state_message", Result: []string{"{{origin}}/api/2.1/jobs/runs/get-output?run_id={{job}}"},
		Cancel: Call{Method: "POST", URL: []string{"{{origin}}/api/2.1/jobs/runs/cancel"}, Body: `{"run_id": "{{job}}"}`},
	}}},
	{Info: Info{
		Name:       "github-run",
		Looks:      "POST .../dispatches with return_run_details answered by 200 with workflow_run_id and run_url; then GET of the run with status and, once it is completed, conclusion",
		Source:     "GitHub REST API documentation, Actions: workflow dispatches and workflow runs",
		Evidence:   Documentation,
		Unverified: "without return_run_details the answer is a 204 that names no run",
	}, dialect: &rules{Rules: Rules{
		Name: "github-run", Accept: []int{200}, Status: []string{"{{/run_url}}"}, Job: "/workflow_run_id",
		State: "/status", Words: map[string]lro.State{
			"queued": lro.StatePending, "requested": lro.StatePending, "pending": lro.StatePending, "waiting": lro.StateWaiting,
			"in_progress": lro.StateRunning, "completed": Done,
		},
		Others: lro.StateRunning,
		Outcome: Outcome{At: "/conclusion", Words: map[string]lro.State{
			"success": lro.StateSucceeded, "neutral": lro.StateSucceeded, "skipped": lro.StateSucceeded, "cancelled": lro.StateCancelled,
		}, Others: lro.StateFailed},
		Cancel: Call{Method: "POST", URL: []string{"{{status}}/cancel"}},
	}}},
	{Info: Info{
		Name:       "azure-devops-build",
		Looks:      "POST .../_apis/build/builds answered by 200 with url and status; then GET of url with status notStarted, inProgress, completed and, in the end, result",
		Source:     "Azure DevOps Services REST API, Build: BuildStatus, BuildResult",
		Evidence:   Documentation,
		Unverified: "a run of a pipeline (.../pipelines/{id}/runs) says state and result instead: it needs an API file",
	}, dialect: &rules{Rules: Rules{
		Name: "azure-devops-build", Accept: []int{200}, Status: []string{"{{/url}}"}, Carry: []string{"api-version"},
		State: "/status", Words: map[string]lro.State{
			"none": lro.StatePending, "notstarted": lro.StatePending, "postponed": lro.StateWaiting, "inprogress": lro.StateRunning,
			"cancelling": lro.StateCancelling, "completed": Done,
		},
		Others: lro.StateRunning,
		Outcome: Outcome{At: "/result", Words: map[string]lro.State{
			"succeeded": lro.StateSucceeded, "partiallysucceeded": lro.StatePartial, "failed": lro.StateFailed, "canceled": lro.StateCancelled,
		}, Others: Undecided},
		Cancel: Call{Method: "PATCH", URL: []string{"{{status}}"}, Body: `{"status": "cancelling"}`},
	}}},
	{Info: Info{
		Name:       "ontap-job",
		Looks:      "202 (or 201) with job._links.self.href; then GET /api/cluster/jobs/{uuid} with state: queued, running, paused, success, failure",
		Source:     "NetApp ONTAP REST API documentation: asynchronous processing using the job object, GET /cluster/jobs/{uuid}",
		Evidence:   Documentation,
		Unverified: "a job that ended is deleted after 300 seconds; a job that was cancelled ends in no word of its own, so nothing cancels it",
	}, dialect: &rules{Rules: Rules{
		Name: "ontap-job", Accept: []int{200, 201}, Status: []string{"{{/job/_links/self/href}}", "{{origin}}/api/cluster/jobs/{{/job/uuid}}"},
		State: "/state", Words: map[string]lro.State{
			"queued": lro.StatePending, "running": lro.StateRunning, "paused": lro.StateWaiting, "success": lro.StateSucceeded, "failure": lro.StateFailed,
		},
		Others: lro.StateRunning, Message: "/message",
	}}},
	{Info: Info{
		Name:       "vcd-task",
		Looks:      "202 (or 200, 201) with a task of type application/vnd.vmware.vcloud.task+json; then GET of its href with status: queued, preRunning, running, success, error, canceled, aborted",
		Source:     "VMware Cloud Director API documentation, type Task",
		Evidence:   Documentation,
		Unverified: "the submit has to ask for JSON (Accept: application/*+json;version=...), and so do the polls (-H is sent with each): of XML, which the API answers by default, data reads nothing; the generic dialect reads <Task status=\"running\">",
	}, dialect: &rules{Rules: Rules{
		Name: "vcd-task", Accept: []int{200, 201}, Status: []string{"{{/href}}"},
		State: "/status", Words: map[string]lro.State{
			"queued": lro.StatePending, "prerunning": lro.StatePending, "running": lro.StateRunning, "success": lro.StateSucceeded,
			"error": lro.StateFailed, "canceled": lro.StateCancelled, "aborted": lro.StateCancelled,
		},
		Others: lro.StateRunning, Progress: "/progress", Message: "/operation",
		Poll:   Poll{Header: map[string]string{"Accept": "application/*+json"}},
		Cancel: Call{Method: "POST", URL: []string{"{{status}}/action/cancel"}},
	}}},
	{Info: Info{
		Name:       "proxmox-task",
		Looks:      "200 with data: UPID:node:...; then GET .../tasks/{upid}/status with data.status: running, stopped and, once it is stopped, data.exitstatus: OK or what went wrong",
		Source:     "Proxmox VE API viewer, nodes/{node}/tasks/{upid}/status; proxmoxer, examples of tasks",
		Evidence:   Documentation,
		Unverified: "the status is asked for at tasks/ beside the first segment below nodes/{node}: the submit's URL has to be of a node; warnings count as a part",
	}, dialect: &proxmox{rules{Rules: Rules{
		Name: "proxmox-task", Accept: []int{200}, Job: "/data",
		State: "/data/status", Words: map[string]lro.State{"running": lro.StateRunning, "stopped": Done}, Others: lro.StateRunning,
		Outcome: Outcome{At: "/data/exitstatus", Words: map[string]lro.State{"ok": lro.StateSucceeded}, Others: lro.StateFailed},
		Cancel:  Call{Method: "DELETE", URL: []string{"{{status}}/.."}},
	}}}},
	{Info: Info{
		Name:       "hetzner-action",
		Looks:      "2xx with action.id; then GET /v1/actions/{id} with action.status: running, success, error",
		Source:     "Hetzner Cloud API documentation, Actions",
		Evidence:   Documentation,
		Unverified: "of the further actions that a submit starts (next_actions) only the first is followed",
	}, dialect: &rules{Rules: Rules{
		Name: "hetzner-action", Accept: []int{200, 201}, Job: "/action/id", Status: []string{"{{api}}/actions/{{job}}"},
		State: "/action/status", Words: map[string]lro.State{"running": lro.StateRunning, "success": lro.StateSucceeded, "error": lro.StateFailed},
		Others: lro.StateRunning, Failure: []string{"/action/error"}, Progress: "/action/progress",
	}}},
	{Info: Info{
		Name:       "ionos-request",
		Looks:      "202 with Location .../requests/{id}/status; then 200 with metadata.status: QUEUED, RUNNING, DONE, FAILED",
		Source:     "IONOS Cloud API 6 (RequestsApi of its SDKs), request status",
		Evidence:   Documentation,
		Unverified: "the result is the resource of the submit's answer and is not fetched",
	}, dialect: &rules{Rules: Rules{
		Name: "ionos-request", Status: []string{"{{header:Location}}"},
		State: "/metadata/status", Words: map[string]lro.State{
			"queued": lro.StatePending, "running": lro.StateRunning, "done": lro.StateSucceeded, "failed": lro.StateFailed,
		},
		Others: lro.StateRunning, Message: "/metadata/message",
	}}},
	{Info: Info{
		Name:       "catalyst-task",
		Looks:      "202 with response.taskId; then GET /dna/intent/api/v1/task/{taskId} with response.isError, and response.endTime once it is over",
		Source:     "Cisco Catalyst Center documentation, Asynchronous Operations; TaskDTOResponse",
		Evidence:   Documentation,
		Unverified: "some tasks never set endTime and are polled to the deadline; response.data, where results are named, is not followed",
	}, dialect: &catalyst{rules{Rules: Rules{
		Name: "catalyst-task", Job: "/response/taskId", Status: []string{"{{origin}}/dna/intent/api/v1/task/{{job}}"},
		State: "/response/isError", Words: map[string]lro.State{"true": lro.StateFailed, "false": lro.StateRunning},
		Failure: []string{"/response/failureReason"}, Message: "/response/progress",
	}}}},
	{Info: Info{
		Name:       "as3-task",
		Looks:      "202 with id and selfLink of a task; then GET /mgmt/shared/appsvcs/task/{id} with results[].code: 0 while it works, 200, 422 ...",
		Source:     "F5 BIG-IP Application Services 3 documentation, task endpoint",
		Evidence:   Documentation,
		Unverified: "of several tenants any that failed makes a failure",
	}, dialect: &as3{rules{Rules: Rules{
		Name: "as3-task", Job: "/id", Status: []string{"{{origin}}/mgmt/shared/appsvcs/task/{{job}}"},
		State: "/results/0/code", Words: map[string]lro.State{"0": lro.StateRunning, "200": lro.StateSucceeded}, Others: lro.StateFailed,
		Message: "/results/0/message",
	}}}},
	{Info: Info{
		Name:       "arango-job",
		Looks:      "x-arango-async: store is answered by 202 with x-arango-async-id; PUT /_api/job/{id} answers 204 while it works, then what the request would have",
		Source:     "ArangoDB documentation, HTTP interface for jobs",
		Evidence:   Documentation,
		Unverified: "the database is that of the submit's URL only where it has none: /_db/{name} is not kept; a result can be fetched once",
	}, dialect: &rules{Rules: Rules{
		Name: "arango-job", Header: map[string]string{"X-Arango-Async": "store"}, Job: "header:X-Arango-Async-Id",
		Status: []string{"{{origin}}/_api/job/{{job}}"}, Poll: Poll{Method: "PUT"}, Statuses: map[int]lro.State{204: lro.StateRunning},
		Cancel: Call{Method: "PUT", URL: []string{"{{origin}}/_api/job/{{job}}/cancel"}},
	}}},
	{Info: Info{
		Name:       "mastodon-media",
		Looks:      "POST /api/v2/media answered by 202 with id and url: null; GET /api/v1/media/{id} answers 206 while it works, then 200 with url",
		Source:     "Mastodon documentation, methods/media",
		Evidence:   Documentation,
		Unverified: "422 as the failure of the processing",
	}, dialect: &rules{Rules: Rules{
		Name: "mastodon-media", Job: "/id", Status: []string{"{{origin}}/api/v1/media/{{job}}"},
		Statuses: map[int]lro.State{206: lro.StateRunning, 200: lro.StateSucceeded, 422: lro.StateFailed},
	}}},
}

// proxmox finds the status of a task below the node of the submit.
type proxmox struct{ rules }

func (d *proxmox) with(r rules) lro.Dialect { return &proxmox{r} }

// Read says what the reply means.
func (d *proxmox) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	if op.Phase == lro.Submitting && strings.HasPrefix(got.Job, "UPID:") {
		got.StatusURL, err = taskURL(op.Next.URL, got.Job), nil
	}
	return got, err
}

// taskURL returns {base}/nodes/{node}/tasks/{upid}/status; the node stands in the task's name.
func taskURL(submit, upid string) string {
	base, _, ok := strings.Cut(submit, "/nodes/")
	parts := strings.Split(upid, ":")
	if !ok || len(parts) < 3 || segment(parts[1]) == "" {
		return ""
	}
	return base + "/nodes/" + segment(parts[1]) + "/tasks/" + segment(upid) + "/status"
}

// Cancel stops the task.
func (d *proxmox) Cancel(op lro.Operation) (lro.Request, bool) {
	target, ok := strings.CutSuffix(op.StatusURL, "/status")
	return lro.Request{Method: http.MethodDelete, URL: target}, ok
}

// catalyst reads tasks whose end is a time beside "isError": false.
type catalyst struct{ rules }

func (d *catalyst) with(r rules) lro.Dialect { return &catalyst{r} }

// Read says what the reply means.
func (d *catalyst) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	if end, ok := jsontext.Value(r.Body).At("/response/endTime"); ok && !end.Empty() && got.State == lro.StateRunning && op.Phase != lro.Submitting {
		got.State = lro.StateSucceeded
		d.end(&got, &op, r)
	}
	return got, err
}

// as3 reads the results of all tenants: the worst counts.
type as3 struct{ rules }

func (d *as3) with(r rules) lro.Dialect { return &as3{r} }

// Read says what the reply means.
func (d *as3) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	if !got.State.Terminal() || op.Phase == lro.Submitting {
		return got, err
	}
	for _, code := range values(r, "/results/*/code") {
		switch n, ok := code.Number(); {
		case ok && n == 0:
			got.State, got.Problem = lro.StateRunning, nil
			return got, err
		case ok && n >= http.StatusBadRequest:
			got.State = lro.StateFailed
		}
	}
	return got, err
}
