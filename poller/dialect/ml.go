package dialect

import (
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Services that run models. Each answers the submit with 200 or 201 and a JSON document that holds
// an id or links, and tells the state in the same document later on.

var modelFamily = []builtin{
	{Info: Info{
		Name:       "replicate",
		Looks:      "201 with urls.get, urls.cancel and status: starting, processing, succeeded, failed, canceled, aborted",
		Source:     "replicate-go prediction.go, status.go; Replicate HTTP API",
		Evidence:   Primary,
		Unverified: "progress is the last percentage in the logs, where the model writes any",
	}, dialect: &rules{Rules: Rules{
		Name: "replicate", Accept: []int{200, 201}, Status: []string{"{{/urls/get}}"}, State: "/status",
		Words: map[string]lro.State{
			"starting": lro.StatePending, "processing": lro.StateRunning, "succeeded": lro.StateSucceeded,
			"failed": lro.StateFailed, "aborted": lro.StateFailed, "canceled": lro.StateCancelled,
		},
		Others: lro.StateRunning, Inline: "/output", Progress: "/logs", Cancel: Call{Method: "POST", URL: []string{"{{/urls/cancel}}"}},
	}}},
	{Info: Info{
		Name:     "openai-batch",
		Looks:    "200 with object: batch; status validating, in_progress, finalizing, completed, failed, expired, cancelled",
		Source:   "OpenAI openapi.yaml, Batch",
		Evidence: Primary,
		Unverified: "a batch with lines that failed is a partial success, and error_file_id is not fetched; a batch without an " +
			"output file is its own result",
	}, dialect: &rules{Rules: Rules{
		Name: "openai-batch", Accept: []int{200}, Status: []string{"{{submit}}/{{/id}}"}, State: "/status",
		Words: map[string]lro.State{
			"validating": lro.StatePending, "completed": lro.StateSucceeded, "failed": lro.StateFailed, "expired": lro.StateFailed,
			"cancelling": lro.StateCancelling, "cancelled": lro.StateCancelled,
		},
		Others: lro.StateRunning, Failure: []string{"/errors/data/0"}, Partial: []string{"/request_counts/failed"},
		Result:   []string{"{{api}}/files/{{/output_file_id}}/content"},
		Progress: "/request_counts/completed", Total: "/request_counts/total",
		Cancel: Call{Method: "POST", URL: []string{"{{status}}/cancel"}},
	}}},
	{Info: Info{
		Name:     "openai-response",
		Looks:    "200 with object: response and status: queued, in_progress, completed, failed, incomplete, cancelled",
		Source:   "OpenAI openapi.yaml, Response (background: true)",
		Evidence: Primary,
	}, dialect: &rules{Rules: Rules{
		Name: "openai-response", Accept: []int{200}, Status: []string{"{{submit}}/{{/id}}"}, State: "/status",
		Words: map[string]lro.State{
			"queued": lro.StatePending, "completed": lro.StateSucceeded, "failed": lro.StateFailed,
			"incomplete": lro.StatePartial, "cancelled": lro.StateCancelled,
		},
		Others: lro.StateRunning, Cancel: Call{Method: "POST", URL: []string{"{{status}}/cancel"}},
	}}},
	{Info: Info{
		Name:     "openai-finetune",
		Looks:    "200 with object: fine_tuning.job; status validating_files, queued, running, succeeded, failed, cancelled",
		Source:   "OpenAI openapi.yaml, FineTuningJob",
		Evidence: Primary,
	}, dialect: &rules{Rules: Rules{
		Name: "openai-finetune", Accept: []int{200}, Status: []string{"{{submit}}/{{/id}}"}, State: "/status",
		Words: map[string]lro.State{
			"validating_files": lro.StatePending, "queued": lro.StatePending, "succeeded": lro.StateSucceeded,
			"failed": lro.StateFailed, "cancelled": lro.StateCancelled,
		},
		Others: lro.StateRunning, Cancel: Call{Method: "POST", URL: []string{"{{status}}/cancel"}},
	}}},
	{Info: Info{
		Name:       "stability",
		Looks:      "200 or 202 with an id; GET /v2beta/results/{id} answers 202 while it works, then the media",
		Source:     "Stability AI REST API documentation",
		Evidence:   Documentation,
		Unverified: "the failure's content; where the results lie is the same for all routes of one version",
	}, dialect: &rules{Rules: Rules{
		Name: "stability", Accept: []int{200}, Status: []string{"{{api}}/results/{{/id}}"},
	}}},
	{Info: Info{
		Name:       "fal-queue",
		Looks:      "200 with status_url, response_url, cancel_url; 202 IN_QUEUE, IN_PROGRESS, then 200 COMPLETED",
		Source:     "fal apps.py; fal queue documentation",
		Evidence:   Primary,
		Unverified: "whether the place in the queue counts from 0 or from 1",
	}, dialect: &falQueue{rules{Rules: Rules{
		Name: "fal-queue", Accept: []int{200}, Status: []string{"{{/status_url}}"}, State: "/status",
		Words:  map[string]lro.State{"in_queue": lro.StatePending, "completed": lro.StateSucceeded},
		Others: lro.StateRunning, Result: []string{"{{/response_url}}"}, Queue: "/queue_position",
		Cancel: Call{Method: "PUT", URL: []string{"{{/cancel_url}}"}},
	}}}},
	{Info: Info{
		Name:     "runpod",
		Looks:    "POST .../run answered by 200 with id and status: IN_QUEUE; then GET .../status/{id}",
		Source:   "RunPod serverless API and its Python client",
		Evidence: Primary,
	}, dialect: &rules{Rules: Rules{
		Name: "runpod", Accept: []int{200}, Status: []string{"status/{{/id}}"}, State: "/status",
		Words: map[string]lro.State{
			"in_queue": lro.StatePending, "completed": lro.StateSucceeded, "failed": lro.StateFailed, "timed_out": lro.StateFailed,
			"cancelled": lro.StateCancelled,
		},
		Others: lro.StateRunning, Inline: "/output", Cancel: Call{Method: "POST", URL: []string{"{{submit}}/../cancel/{{/id}}"}},
	}}},
	{Info: Info{
		Name:     "assemblyai",
		Looks:    "200 with id, audio_url and status: queued, processing, completed, error",
		Source:   "AssemblyAI openapi.yml",
		Evidence: Primary,
	}, dialect: &rules{Rules: Rules{
		Name: "assemblyai", Accept: []int{200}, Status: []string{"{{submit}}/{{/id}}"}, State: "/status",
		Words:  map[string]lro.State{"queued": lro.StatePending, "completed": lro.StateSucceeded, "error": lro.StateFailed},
		Others: lro.StateRunning, // DELETE would erase the transcript: it is no way to cancel
	}}},
	{Info: Info{
		Name:       "anthropic-batch",
		Looks:      "200 with type: message_batch and processing_status: in_progress, canceling, ended",
		Source:     "Anthropic message batches, client fixtures",
		Evidence:   Primary,
		Unverified: "the request to cancel is from memory",
	}, dialect: &messageBatch{rules{Rules: Rules{
		Name: "anthropic-batch", Accept: []int{200}, Status: []string{"{{submit}}/{{/id}}"}, State: "/processing_status",
		Words:  map[string]lro.State{"canceling": lro.StateCancelling, "ended": lro.StateSucceeded},
		Others: lro.StateRunning, Result: []string{"{{/results_url}}"}, Cancel: Call{Method: "POST", URL: []string{"{{status}}/cancel"}},
	}}}},
}

// falQueue reads fal's queue, where "completed" only says that it is over.
type falQueue struct{ rules }

// Read says what the reply means.
func (d *falQueue) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	if op.Phase == lro.Fetching && r.Status/100 == 4 && !spokenByHTTP(r.Status) {
		got.State = lro.StateFailed // the model's own refusal
	}
	return got, err
}

// messageBatch reads Anthropic's batches, where "ended" says nothing about success.
type messageBatch struct{ rules }

// Read says what the reply means.
func (d *messageBatch) Read(op lro.Operation, r lro.Reply) (lro.Reading, error) {
	got, err := d.rules.Read(op, r)
	if op.Phase == lro.Fetching {
		return got, err
	}
	doc := jsontext.Value(r.Body)
	count := func(name string) float64 {
		n, _ := number(doc, "/request_counts/"+name)
		return n
	}
	succeeded, cancelled, failed := count("succeeded"), count("canceled"), count("errored")+count("expired")
	if all := succeeded + cancelled + failed + count("processing"); all > 0 && got.State != lro.StateUnknown {
		got.Progress.Known, got.Progress.Percent = true, 100*(all-count("processing"))/all
	}
	switch {
	case got.State != lro.StateSucceeded || cancelled+failed == 0:
	case succeeded > 0:
		got.State = lro.StatePartial
	case failed > 0:
		got.State = lro.StateFailed
	default:
		got.State = lro.StateCancelled
	}
	return got, err
}
