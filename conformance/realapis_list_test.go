package conformance_test

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/conformance"
)

const (
	azureMissing = `{"error":{"code":"OperationNotFound","message":"No such operation."}}`
	azureMethod  = `{"error":{"code":"MethodNotAllowed","message":"The method is not allowed."}}`
	problemGone  = `{"type":"about:blank","title":"Not Found","status":404,"detail":"There is no such job."}`
	problemVerb  = `{"type":"about:blank","title":"Method Not Allowed","status":405,"detail":"Use another method."}`
)

type document map[string]any

var realAPIs = append(fromVendors, fromStandards...)

var fromVendors = []realAPI{
	{
		name: "datarobot", source: "DataRobot API: 202 with Location, 200 with a status, 303 to what was made",
		submit: "/api/v2/projects", slow: `{"name":"a"}`, fast: `{"name":"quick"}`, fail: `{"name":"fails"}`, invalid: `[]`, cancel: conformance.Supported,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			switch j := s.find(r.URL.Path, ""); {
			case r.URL.Path == "/api/v2/projects" && body == "[]":
				w.json(422, `{"message":"Invalid field data","errors":{"name":"is required"}}`)
			case r.URL.Path == "/api/v2/projects":
				j := s.begin(body)
				w.json(202, text(document{"statusId": j.id, "status": "INITIALIZED"}), "Location", "http://"+r.Host+"/api/v2/status/"+j.id+"/", "Retry-After", "1")
			case strings.HasPrefix(r.URL.Path, "/api/v2/projects/"):
				w.json(200, `{"id":"p1","projectName":"a"}`)
			case w.refuse(r, j, "GET, HEAD, DELETE", `{"message":"Not Found"}`, `{"message":"Method not allowed"}`):
			case r.Method == http.MethodDelete && j.over():
				w.json(409, `{"message":"The task is over"}`)
			case r.Method == http.MethodDelete:
				j.cancelled = true
				w.json(204, "")
			default:
				status := j.is("INITIALIZED", "RUNNING", "COMPLETED", "ERROR", "ABORTED")
				d := document{"statusId": j.id, "status": status, "created": stamp(j.began)}
				switch status {
				case "COMPLETED":
					w.json(303, text(d), "Location", "http://"+r.Host+"/api/v2/projects/p1/")
				case "ERROR":
					d["message"], d["code"], d["error"] = "The file cannot be read", 5, document{"code": "FileUnreadable", "message": "The file cannot be read"}
					w.json(200, text(d))
				case "ABORTED":
					w.json(200, text(d))
				default:
					w.json(200, text(d), "Retry-After", "1")
				}
			}
		},
	},
	{
		name: "azure-document-intelligence", source: "Azure AI Document Intelligence: 202 without content and Operation-Location; no cancellation",
		dialect: "azure-oploc", submit: "/documentintelligence/documentModels/prebuilt-layout:analyze?api-version=2024-11-30",
		slow: `{"urlSource":"https://a.test/x.pdf"}`, fast: `{"urlSource":"https://a.test/quick.pdf"}`, fail: `{"urlSource":"https://a.test/fails.pdf"}`, cancel: conformance.Unsupported,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			if strings.HasSuffix(r.URL.Path, ":analyze") {
				j := s.begin(body)
				w.json(202, text(document{"status": "notStarted", "id": j.id}), "Operation-Location", "http://"+r.Host+"/documentintelligence/analyzeResults/"+j.id+"?api-version=2024-11-30", "Retry-After", "1")
				return
			}
			j := s.find(r.URL.Path, "")
			if w.refuse(r, j, "GET, HEAD", azureMissing, azureMethod) {
				return
			}
			status := j.is("notStarted", "running", "succeeded", "failed", "canceled")
			d := document{"id": j.id, "status": status, "createdDateTime": stamp(j.began)}
			switch status {
			case "succeeded":
				d["analyzeResult"] = document{"pages": 1}
			case "failed":
				d["error"] = document{"code": "InvalidContent", "message": "The file is corrupted."}
			default:
				w.Header().Set("Retry-After", "1")
			}
			w.json(200, text(d))
		},
	},
	{
		name: "azure-resource-manager", source: "Azure Resource Manager: PUT answered with 201, Azure-AsyncOperation",
		dialect: "arm-async", method: http.MethodPut, submit: "/subscriptions/s/resourceGroups/g/providers/P/vms/{{uuid}}?api-version=2024-01-01",
		slow: `{"location":"westeurope"}`, fast: `{"location":"quick"}`, fail: `{"location":"fails"}`, cancel: conformance.Unsupported,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			if strings.Contains(r.URL.Path, "/vms/") {
				if r.Method != http.MethodPut {
					w.json(200, `{"id":"vm","properties":{"provisioningState":"Succeeded"}}`)
					return
				}
				j := s.begin(body)
				w.json(201, `{"id":"vm","properties":{"provisioningState":"Creating"}}`, "Azure-AsyncOperation", "http://"+r.Host+"/subscriptions/s/providers/P/operations/"+j.id+"?api-version=2024-01-01", "Retry-After", "1")
				return
			}
			j := s.find(r.URL.Path, "")
			if w.refuse(r, j, "GET, HEAD", azureMissing, azureMethod) {
				return
			}
			status := j.is("Accepted", "InProgress", "Succeeded", "Failed", "Canceled")
			d := document{"id": "/operations/" + j.id, "name": j.id, "status": status}
			if status == "Failed" {
				d["error"] = document{"code": "SkuNotAvailable", "message": "There are no such machines here."}
			}
			if !j.over() {
				w.Header().Set("Retry-After", "1")
			}
			w.json(200, text(d))
		},
	},
	{
		name: "google-cloud", source: "Google Cloud: 200 with an Operation; :cancel answers {}",
		dialect: "google-lro", submit: "/v1/projects/p/reports", slow: `{"title":"a"}`, fast: `{"title":"quick"}`, fail: `{"title":"fails"}`, invalid: `{}`, cancel: conformance.Supported,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			operation := func(j *job) string {
				d := document{"name": "operations/" + j.id, "metadata": document{"@type": "type.googleapis.com/x.Metadata"}}
				switch j.is("", "", "ok", "failed", "cancelled") {
				case "ok":
					d["done"], d["response"] = true, document{"@type": "type.googleapis.com/x.Report", "name": "reports/1"}
				case "failed":
					d["done"], d["error"] = true, document{"code": 9, "message": "The report cannot be made."}
				case "cancelled":
					d["done"], d["error"] = true, document{"code": 1, "message": "The operation was cancelled."}
				}
				return text(d)
			}
			wrong := func(status int, name string) string {
				return text(document{"error": document{"code": status, "message": "it is wrong", "status": name}})
			}
			j := s.find(r.URL.Path, ":cancel")
			switch {
			case r.URL.Path == "/v1/projects/p/reports" && body == "{}":
				w.json(400, wrong(400, "INVALID_ARGUMENT"))
			case r.URL.Path == "/v1/projects/p/reports":
				w.json(200, operation(s.begin(body)))
			case strings.HasSuffix(r.URL.Path, ":cancel") && j != nil:
				j.cancelled = j.cancelled || !j.over()
				w.json(200, "{}")
			case w.refuse(r, j, "GET, HEAD", wrong(404, "NOT_FOUND"), wrong(405, "UNIMPLEMENTED")):
			default:
				w.json(200, operation(j))
			}
		},
	},
	{
		name: "microsoft-graph-copy", source: "Microsoft Graph: driveItem copy; 202 without content, a monitor URL that takes GET alone",
		dialect: "ms-graph-monitor", submit: "/v1.0/me/drive/items/1/copy", slow: `{"name":"a"}`, fast: `{"name":"quick"}`, fail: `{"name":"fails"}`, invalid: `[]`, cancel: conformance.Unsupported,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			if strings.HasSuffix(r.URL.Path, "/copy") {
				if body == "[]" {
					w.json(400, `{"error":{"code":"invalidRequest","message":"name is missing"}}`)
					return
				}
				w.json(202, "", "Location", "http://"+r.Host+"/monitor/4A3407B5-"+s.begin(body).id)
				return
			}
			j := s.jobs[strings.TrimPrefix(r.URL.Path, "/monitor/4A3407B5-")]
			if w.refuse(r, j, "GET, HEAD", azureMissing, azureMethod) {
				return
			}
			d := document{"operation": "ItemCopy", "status": j.is("notStarted", "inProgress", "completed", "failed", "cancelled")}
			switch {
			case d["status"] == "failed":
				d["error"] = document{"code": "nameAlreadyExists", "message": "There is such an item."}
			case j.over():
				d["percentageComplete"], d["resourceId"] = 100.0, "01MOWK"
			default:
				d["percentageComplete"] = 27.8
			}
			w.json(200, text(d))
		},
	},
	{
		name: "azure-durable-functions", source: "Azure Durable Functions: 202 while it runs, at the status URL too; the end is a 200",
		submit: "/runtime/webhooks/durabletask/orchestrators/Report", slow: `{"n":1}`, fast: `{"n":"quick"}`, fail: `{"n":"fails"}`, cancel: conformance.SupportUnknown,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			base := "http://" + r.Host + "/runtime/webhooks/durabletask/instances/"
			if strings.Contains(r.URL.Path, "/orchestrators/") {
				j := s.begin(body)
				w.json(202, text(document{"id": j.id, "statusQueryGetUri": base + j.id + "?code=k", "terminatePostUri": base + j.id + "/terminate?reason={text}&code=k", "sendEventPostUri": base + j.id + "/raiseEvent/{eventName}?code=k"}),
					"Location", base+j.id+"?code=k", "Retry-After", "1")
				return
			}
			j := s.find(r.URL.Path, "/terminate")
			missing := `{"Message":"There is no such instance."}`
			switch {
			case strings.HasSuffix(r.URL.Path, "/terminate") && r.Method == http.MethodPost && j != nil:
				if j.over() {
					w.json(410, `{"Message":"The instance is over."}`)
					return
				}
				j.cancelled = true
				w.json(202, "")
			case w.refuse(r, j, "GET, HEAD", missing, `{"Message":"The method is not allowed."}`):
			default:
				d := document{"name": "Report", "instanceId": j.id, "runtimeStatus": j.is("Pending", "Running", "Completed", "Failed", "Terminated"), "createdTime": stamp(j.began)}
				if !j.over() {
					w.json(202, text(d), "Location", base+j.id+"?code=k", "Retry-After", "1")
					return
				}
				d["output"] = "done"
				w.json(200, text(d))
			}
		},
	},
	{
		name: "fhir-bulk-export", source: "HL7 FHIR Bulk Data: GET with Prefer, Content-Location, a manifest at the end",
		dialect: "fhir-bulk", method: http.MethodGet, submit: "/fhir/$export", slow: "?_type=Patient", fast: "?_type=quick", fail: "?_type=fails", invalid: "?_type=Nonsense", cancel: conformance.Supported,
		header: conformance.Fields{{Name: "Accept", Value: "application/fhir+json"}, {Name: "Prefer", Value: "respond-async"}},
		serve: func(s *shop, w *reply, r *http.Request, _ string) {
			outcome := func(status int, code string, fields ...string) {
				w.send(status, "application/fhir+json", `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"`+code+`","diagnostics":"it is so"}]}`, fields...)
			}
			if r.URL.Path == "/fhir/$export" {
				switch {
				case !strings.Contains(r.Header.Get("Prefer"), "respond-async"), strings.Contains(r.URL.RawQuery, "Nonsense"):
					outcome(400, "invalid")
				default:
					outcome(202, "informational", "Content-Location", "http://"+r.Host+"/fhir/status/"+s.begin(r.URL.RawQuery).id)
				}
				return
			}
			j := s.find(r.URL.Path, "")
			switch {
			case j == nil || j.cancelled:
				outcome(404, "not-found")
			case r.Method == http.MethodDelete:
				j.cancelled = true
				outcome(202, "informational")
			case r.Method != http.MethodGet && r.Method != http.MethodHead:
				outcome(405, "not-supported", "Allow", "GET, HEAD, DELETE")
			case !j.over():
				w.send(202, "", "", "X-Progress", "in progress", "Retry-After", "1")
			case j.fails:
				outcome(500, "exception")
			default:
				w.json(200, text(document{"transactionTime": stamp(j.began), "request": "http://" + r.Host + "/fhir/$export", "requiresAccessToken": false,
					"output": []document{{"type": "Patient", "url": "http://" + r.Host + "/files/1.ndjson"}}, "error": []document{}}))
			}
		},
	},
	{
		name: "replicate", source: "Replicate: 201 with urls.get and urls.cancel; the state is a word in the prediction",
		submit: "/v1/predictions", slow: `{"input":1}`, fast: `{"input":"quick"}`, fail: `{"input":"fails"}`, invalid: `[]`, cancel: conformance.Supported,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			prediction := func(j *job) string {
				d := document{"id": j.id, "version": "v", "status": j.is("starting", "processing", "succeeded", "failed", "canceled"), "created_at": stamp(j.began), "error": nil, "output": nil,
					"urls": document{"get": "http://" + r.Host + "/v1/predictions/" + j.id, "cancel": "http://" + r.Host + "/v1/predictions/" + j.id + "/cancel"}}
				if j.over() && j.fails {
					d["error"] = "it went wrong"
				}
				return text(d)
			}
			j := s.find(r.URL.Path, "/cancel")
			switch {
			case r.URL.Path == "/v1/predictions" && body == "[]":
				w.send(422, "application/problem+json", `{"title":"Input validation failed","detail":"input is required","status":422}`)
			case r.URL.Path == "/v1/predictions":
				w.json(201, prediction(s.begin(body)))
			case strings.HasSuffix(r.URL.Path, "/cancel") && r.Method == http.MethodPost && j != nil:
				j.cancelled = j.cancelled || !j.over()
				w.json(200, prediction(j))
			case w.refuse(r, j, "GET, HEAD", problemGone, problemVerb):
			default:
				w.json(200, prediction(j))
			}
		},
	},
	{
		name: "snowflake-sql", source: "Snowflake SQL API: 202 with statementHandle until it is done",
		submit: "/api/v2/statements?async=true", slow: `{"statement":"select 1"}`, fast: `{"statement":"quick"}`, fail: `{"statement":"fails"}`, cancel: conformance.Supported,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			accepted := func(j *job) {
				w.json(202, text(document{"code": "333334", "message": "Asynchronous execution in progress.", "statementHandle": j.id, "statementStatusUrl": "/api/v2/statements/" + j.id}))
			}
			j := s.find(r.URL.Path, "/cancel")
			switch {
			case r.URL.Path == "/api/v2/statements":
				accepted(s.begin(body))
			case strings.HasSuffix(r.URL.Path, "/cancel") && r.Method == http.MethodPost && j != nil:
				if j.over() && !j.cancelled {
					w.json(422, text(document{"code": "000709", "message": "Statement is over.", "sqlState": "02000", "statementHandle": j.id}))
					return
				}
				j.cancelled = true
				w.json(200, text(document{"code": "000604", "message": "SQL execution canceled", "sqlState": "57014", "statementHandle": j.id}))
			case w.refuse(r, j, "GET, HEAD", `{"code":"390142","message":"no such statement"}`, `{"code":"391902","message":"unsupported method"}`):
			case !j.over():
				accepted(j)
			case j.fails:
				w.json(422, text(document{"code": "001003", "message": "SQL compilation error", "sqlState": "42000", "statementHandle": j.id}))
			case j.cancelled:
				w.json(422, text(document{"code": "000604", "message": "SQL execution canceled", "sqlState": "57014", "statementHandle": j.id}))
			default:
				w.json(200, text(document{"code": "090001", "statementHandle": j.id, "data": [][]string{{"1"}}, "resultSetMetaData": document{"numRows": 1}}))
			}
		},
	},
	{
		name: "openai-batches", source: "OpenAI: batches, and the content of a file at the end; POST .../cancel",
		submit: "/v1/batches", slow: `{"input_file_id":"file-1"}`, fast: `{"input_file_id":"quick"}`, fail: `{"input_file_id":"fails"}`, invalid: `{}`, cancel: conformance.Supported,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			batch := func(j *job) string {
				d := document{"id": "batch_" + j.id, "object": "batch", "endpoint": "/v1/x", "status": j.is("validating", "in_progress", "completed", "failed", "cancelled"),
					"created_at": j.began.Unix(), "output_file_id": nil, "errors": nil, "request_counts": document{"total": 1, "completed": 0, "failed": 0}}
				switch d["status"] {
				case "completed":
					d["output_file_id"] = "file-9"
				case "failed":
					d["errors"] = document{"object": "list", "data": []document{{"code": "invalid_json", "message": "line 1 is no JSON"}}}
				}
				return text(d)
			}
			wrong := func(what string) string {
				return text(document{"error": document{"message": what, "type": "invalid_request_error", "param": nil, "code": nil}})
			}
			id := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/v1/batches/batch_"), "/cancel")
			j := s.jobs[id]
			switch {
			case r.URL.Path == "/v1/batches" && body == "{}":
				w.json(400, wrong("input_file_id is required"))
			case r.URL.Path == "/v1/batches":
				w.json(200, batch(s.begin(body)))
			case strings.HasPrefix(r.URL.Path, "/v1/files/"):
				w.send(200, "application/jsonl", "{\"custom_id\":\"1\"}\n")
			case strings.HasSuffix(r.URL.Path, "/cancel") && r.Method == http.MethodPost && j != nil:
				if j.over() && !j.cancelled {
					w.json(409, wrong("Cannot cancel a batch that is over"))
					return
				}
				j.cancelled = true
				w.json(200, batch(j))
			case w.refuse(r, j, "GET, HEAD", wrong("No batch found"), wrong("Not allowed")):
			default:
				w.json(200, batch(j))
			}
		},
	},
	{
		name: "elasticsearch-async-search", source: "Elasticsearch: _async_search, whose DELETE removes it",
		submit: "/logs/_async_search?wait_for_completion_timeout=0", slow: `{"query":1}`, fast: `{"query":"quick"}`, fail: `{"query":"fails"}`, cancel: conformance.Supported,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			search := func(j *job) string {
				return text(document{"id": j.id, "is_partial": !j.over() || j.fails, "is_running": !j.over(), "start_time_in_millis": j.began.UnixMilli(), "response": document{"took": 1}})
			}
			wrong := func(status int, kind string) string {
				return text(document{"error": document{"type": kind, "reason": "it is so"}, "status": status})
			}
			j := s.find(r.URL.Path, "")
			switch {
			case strings.HasPrefix(r.URL.Path, "/logs/"):
				w.json(200, search(s.begin(body)))
			case w.refuse(r, j, "GET, HEAD, DELETE", wrong(404, "resource_not_found_exception"), wrong(405, "method_not_allowed")):
			case r.Method == http.MethodDelete:
				j.archived = true
				w.json(200, `{"acknowledged":true}`)
			case j.over() && j.fails:
				w.json(200, text(document{"id": j.id, "is_partial": true, "is_running": false, "error": document{"type": "search_phase_execution_exception", "reason": "it went wrong"}}))
			default:
				w.json(200, search(j))
			}
		},
	},
	{
		name: "open-service-broker", source: "Open Service Broker API: 202 with an operation, last_operation polled",
		dialect: "osb", method: http.MethodPut, submit: "/v2/service_instances/{{uuid}}?accepts_incomplete=true",
		header: conformance.Fields{{Name: "X-Broker-API-Version", Value: "2.17"}},
		slow:   `{"service_id":"s","plan_id":"p"}`, fast: `{"service_id":"s","plan_id":"quick"}`, fail: `{"service_id":"s","plan_id":"fails"}`, invalid: `{}`, cancel: conformance.Unsupported,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			wrong := `{"error":"Wrong","description":"it is so"}`
			id := strings.Split(r.URL.Path+"////", "/")[3]
			switch j := s.jobs[id]; {
			case strings.HasSuffix(r.URL.Path, "/last_operation"):
				if w.refuse(r, j, "GET, HEAD", wrong, wrong) {
					return
				}
				w.json(200, text(document{"state": j.is("in progress", "in progress", "succeeded", "failed", "failed"), "description": "as it is"}))
			case body == "{}":
				w.json(400, wrong)
			case r.Method == http.MethodPut && j != nil:
				w.json(409, wrong)
			case r.Method == http.MethodPut:
				s.jobs[id] = s.begin(body)
				w.json(202, `{"operation":"task_1"}`)
			default:
				w.json(404, wrong)
			}
		},
	},
	{
		name: "ogc-api-processes", source: "OGC API - Processes: 201 with a job; DELETE dismisses",
		dialect: "ogc-job", submit: "/processes/echo/execution", header: conformance.Fields{{Name: "Prefer", Value: "respond-async"}},
		slow: `{"inputs":{}}`, fast: `{"inputs":"quick"}`, fail: `{"inputs":"fails"}`, invalid: `[]`, cancel: conformance.Supported,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			info := func(j *job, status string) string {
				return text(document{"jobID": j.id, "processID": "echo", "type": "process", "status": status, "created": stamp(j.began), "message": "as it is"})
			}
			wrong := func(status int) {
				w.send(status, "application/problem+json", fmt.Sprintf(`{"type":"http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job","title":"wrong","status":%d,"detail":"it is so"}`, status))
			}
			j := s.find(r.URL.Path, "/results")
			switch {
			case strings.HasSuffix(r.URL.Path, "/execution") && body == "[]":
				wrong(400)
			case strings.HasSuffix(r.URL.Path, "/execution"):
				j := s.begin(body)
				w.json(201, info(j, "accepted"), "Location", "http://"+r.Host+"/jobs/"+j.id)
			case j == nil:
				wrong(404)
			case strings.HasSuffix(r.URL.Path, "/results"):
				w.json(200, `{"out":1}`)
			case r.Method == http.MethodDelete:
				j.cancelled = j.cancelled || !j.over()
				w.json(200, info(j, "dismissed"))
			case r.Method != http.MethodGet && r.Method != http.MethodHead:
				w.Header().Set("Allow", "GET, HEAD, DELETE")
				wrong(405)
			default:
				w.json(200, info(j, j.is("accepted", "running", "successful", "failed", "dismissed")))
			}
		},
	},
}
