package dialect

import (
	"net/http"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/poller/lro"
)

const (
	strong = "strong: "
	weak   = "weak: "
)

// mark is one sign by which the answer to a submit gives its dialect away.
type mark struct {
	dialect string
	sure    bool   // the cue is strong: nothing else looks like that
	text    string // the cue, as it is stored in the operation
	match   func(a *answer) bool
}

// marks is the order of detection; the first that fits counts. Headers go before content because
// content may embed anything, and among headers it is azcore's order. Rows of the reference that
// need a dialect which is not built in are left out. Redfish stands before OData because it sends
// OData-Version as well.
var marks = []mark{
	sure("arm-async", "header Azure-AsyncOperation", func(a *answer) bool { return a.header("Azure-Asyncoperation") != "" }),
	sure("azure-oploc", "header Operation-Location", func(a *answer) bool { return a.header("Operation-Location") != "" }),
	sure("oci-workrequest", "header opc-work-request-id", func(a *answer) bool { return a.header("Opc-Work-Request-Id") != "" }),
	sure("fhir-bulk", "202 with Content-Location for $export, or separate-export-status applied", func(a *answer) bool {
		return a.status == 202 && a.header("Content-Location") != "" &&
			(strings.Contains(a.path, "$export") || strings.Contains(a.header("Preference-Applied"), "separate-export-status"))
	}),
	sure("fhir-async-bundle", "202 with Content-Location and FHIR content", func(a *answer) bool {
		return a.status == 202 && a.header("Content-Location") != "" && a.speaksFHIR()
	}),
	sure("jsonapi-async", "202 with Content-Location and application/vnd.api+json, or a resource object", func(a *answer) bool {
		return a.status == 202 && a.header("Content-Location") != "" && (a.media("application/vnd.api+json") || a.word("/data/type") != "" && a.any("/data/attributes"))
	}),
	sure("redfish-task", "202 with a Task, or with Location under /redfish/v1/", func(a *answer) bool {
		return a.status == 202 && isTask(a.doc) || a.accepted() && strings.HasPrefix(pathOf(a.location()), "/redfish/v1/")
	}),
	sure("odata-async", "202 with Location and OData-Version, or respond-async applied to an OData media type", func(a *answer) bool {
		return a.accepted() && (a.header("Odata-Version") != "" || a.respondAsync() && strings.Contains(a.header("Content-Type"), "odata"))
	}),
	sure("durable", "202 with statusQueryGetUri", func(a *answer) bool { return a.status == 202 && a.word("/statusQueryGetUri") != "" }),
	sure("gce-operation", "kind is compute#operation", func(a *answer) bool { return a.status == 200 && a.word("/kind") == "compute#operation" }),
	sure("google-lro", "200 with a name under operations/ and done, metadata, response or error", func(a *answer) bool {
		return a.status == 200 && operationName(a.word("/name")) && a.any("/done", "/metadata", "/response", "/error")
	}),
	sure("ogc-job", "201 with Location and a statusInfo (jobID or processingEntityType)", func(a *answer) bool {
		return a.status == 201 && a.location() != "" && (a.any("/jobID") || a.any("/id") && a.any("/processingEntityType")) &&
			slices.Contains([]string{"accepted", "running", "successful", "failed", "dismissed"}, a.word("/status"))
	}),
	sure("lxd-operation", "202 with Location /1.0/operations/ and type async", func(a *answer) bool {
		return a.accepted() && strings.HasPrefix(pathOf(a.location()), "/1.0/operations/") && a.word("/type") == "async"
	}),
	sure("arm-location", "202 with Location from management.azure.com", func(a *answer) bool { return a.accepted() && azureHost(a.host) }),
	sure("arm-location", "PUT or PATCH answered by 202 with Location and a provisioningState", func(a *answer) bool {
		return a.accepted() && a.provisioning()
	}),
	sure("arm-body", "PUT or PATCH answered with a provisioningState that goes on", func(a *answer) bool { return a.provisioning() }),
	sure("osb", "202 for /v2/service_instances/", func(a *answer) bool {
		return a.status == 202 && strings.Contains(a.path, "/v2/service_instances/") && a.method != http.MethodPost
	}),
	sure("replicate", "urls.get and status", func(a *answer) bool { return a.word("/urls/get") != "" && a.word("/status") != "" }),
	sure("fal-queue", "status_url and response_url", func(a *answer) bool {
		return a.status == 200 && a.word("/status_url") != "" && a.word("/response_url") != ""
	}),
	sure("openai-batch", "object is batch, and its status goes on", func(a *answer) bool {
		return a.created() && a.word("/object") == "batch" && a.word("/id") != "" && slices.Contains([]string{"validating", "in_progress", "finalizing"}, a.word("/status"))
	}),
	sure("openai-response", "object is response, and its status goes on", func(a *answer) bool {
		return a.created() && a.word("/object") == "response" && a.word("/id") != "" && slices.Contains([]string{"queued", "in_progress"}, a.word("/status"))
	}),
	sure("openai-finetune", "object is fine_tuning.job, and its status goes on", func(a *answer) bool {
		return a.created() && a.word("/object") == "fine_tuning.job" && a.word("/id") != "" && slices.Contains([]string{"validating_files", "queued", "running"}, a.word("/status"))
	}),
	sure("anthropic-batch", "type is message_batch", func(a *answer) bool {
		return a.created() && a.word("/type") == "message_batch" && a.word("/processing_status") != ""
	}),
	sure("snowflake-sql", "202 with statementStatusUrl or statementHandle", func(a *answer) bool {
		return a.status == 202 && (a.word("/statementStatusUrl") != "" || a.word("/statementHandle") != "")
	}),
	sure("runpod", "id and status IN_QUEUE from runpod.ai", func(a *answer) bool {
		return a.queuedRun() && (a.host == "api.runpod.ai" || strings.HasSuffix(a.host, ".runpod.ai"))
	}),
	guess("runpod", "id and status IN_QUEUE in answer to POST .../run", func(a *answer) bool { return a.queuedRun() }),
	sure("es-async-search", "id and is_running: true", func(a *answer) bool {
		running, ok := literal(a.doc, "/is_running")
		return a.status == 200 && a.word("/id") != "" && ok && string(running) == "true"
	}),
	sure("assemblyai", "audio_url, id and a status that goes on", func(a *answer) bool {
		return a.created() && a.word("/audio_url") != "" && a.word("/id") != "" && slices.Contains([]string{"queued", "processing"}, a.word("/status"))
	}),
	sure("es-task", "an object with nothing but a task", func(a *answer) bool { return a.status == 200 && a.loneTask() }),
	sure("dropbox-async", ".tag is async_job_id", func(a *answer) bool {
		return a.created() && a.word("/.tag") == "async_job_id" && a.word("/async_job_id") != ""
	}),
	sure("salesforce-bulk2", "contentUrl and state Open", func(a *answer) bool {
		return a.created() && a.word("/contentUrl") != "" && a.word("/id") != "" && a.word("/state") == "Open"
	}),
	sure("splunk-job", "201 with sid for .../search/jobs", func(a *answer) bool {
		return a.status == 201 && a.word("/sid") != "" && strings.HasSuffix(a.path, "/search/jobs")
	}),
	sure("jira-task", "303 or 202 with Location /rest/api/2/task/ or /rest/api/3/task/", func(a *answer) bool {
		path := pathOf(a.location())
		return (a.status == 303 || a.status == 202) && (strings.Contains(path, "/rest/api/3/task/") || strings.Contains(path, "/rest/api/2/task/"))
	}),
	sure("arango-job", "202 with X-Arango-Async-Id", func(a *answer) bool { return a.status == 202 && a.header("X-Arango-Async-Id") != "" }),
	sure("proxmox-task", "200 with data that begins with UPID:", func(a *answer) bool {
		return a.status == 200 && strings.HasPrefix(a.word("/data"), "UPID:") && strings.Contains(a.path, "/nodes/")
	}),
	sure("databricks-run", "run_id in answer to POST .../jobs/run-now or runs/submit", func(a *answer) bool {
		return a.created() && a.any("/run_id") && (strings.HasSuffix(a.path, "/jobs/run-now") || strings.HasSuffix(a.path, "/jobs/runs/submit"))
	}),
	sure("ontap-job", "a job whose link leads to /api/cluster/jobs/", func(a *answer) bool {
		return a.status/100 == 2 && strings.HasPrefix(a.word("/job/_links/self/href"), "/api/cluster/jobs/")
	}),
	sure("vcd-task", "a task of type application/vnd.vmware.vcloud.task+json", func(a *answer) bool {
		return a.status/100 == 2 && a.word("/type") == "application/vnd.vmware.vcloud.task+json" && a.word("/href") != "" && a.word("/status") != ""
	}),
	sure("catalyst-task", "202 with response.taskId, for /dna/", func(a *answer) bool {
		return a.status == 202 && a.word("/response/taskId") != "" && strings.Contains(a.path, "/dna/")
	}),
	sure("as3-task", "202 with a selfLink to /mgmt/shared/appsvcs/task/", func(a *answer) bool {
		return a.status == 202 && a.word("/id") != "" && strings.Contains(a.word("/selfLink"), "/mgmt/shared/appsvcs/task/")
	}),
	sure("hetzner-action", "an action of api.hetzner.cloud", func(a *answer) bool {
		return a.status/100 == 2 && a.host == "api.hetzner.cloud" && a.any("/action/id") && a.word("/action/status") == "running"
	}),
	sure("ionos-request", "202 from api.ionos.com with Location /requests/", func(a *answer) bool {
		return a.accepted() && a.host == "api.ionos.com" && strings.Contains(pathOf(a.location()), "/requests/")
	}),
	sure("jenkins-queue", "201 with Location .../queue/item/N/", func(a *answer) bool { return a.status == 201 && queueItem(a.location()) }),
	sure("ms-graph-monitor", "202 from graph.microsoft.com with Location on another host", func(a *answer) bool {
		return a.accepted() && a.host == "graph.microsoft.com" && !lro.SameOrigin(a.url, a.target())
	}),
}

func sure(dialect, cue string, match func(a *answer) bool) mark {
	return mark{dialect, true, strong + cue, match}
}

func guess(dialect, cue string, match func(a *answer) bool) mark {
	return mark{dialect, false, weak + cue, match}
}
