package conformance_test

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/conformance"
)

var fromStandards = []realAPI{
	{
		name: "odata", source: "OData 4.01: 202 with Location, and the whole answer in the content at the end; DELETE removes the monitor",
		dialect: "odata-async", submit: "/odata/Reports", header: conformance.Fields{{Name: "Prefer", Value: "respond-async"}},
		slow: `{"n":1}`, fast: `{"n":"quick"}`, fail: `{"n":"fails"}`, invalid: `[]`, cancel: conformance.Supported,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			wrong := `{"error":{"code":"Wrong","message":"it is so"}}`
			monitor := func(j *job) []string {
				return []string{"Location", "http://" + r.Host + "/odata/monitor/" + j.id, "Retry-After", "1", "OData-Version", "4.01"}
			}
			j := s.find(r.URL.Path, "")
			switch {
			case r.URL.Path == "/odata/Reports" && body == "[]":
				w.json(400, wrong)
			case r.URL.Path == "/odata/Reports" && !strings.Contains(r.Header.Get("Prefer"), "respond-async"):
				w.json(201, `{"n":1}`)
			case r.URL.Path == "/odata/Reports":
				w.json(202, "", append(monitor(s.begin(body)), "Preference-Applied", "respond-async")...)
			case w.refuse(r, j, "GET, HEAD, DELETE", wrong, wrong):
			case r.Method == http.MethodDelete:
				j.archived = true
				w.json(204, "")
			case !j.over():
				w.json(202, "", monitor(j)...)
			case j.fails:
				w.json(200, `{"error":{"code":"Failed","message":"it went wrong"}}`, "AsyncResult", "500")
			default:
				w.json(200, `{"n":1}`, "AsyncResult", "201")
			}
		},
	},
	{
		name: "redfish", source: "DMTF Redfish: 202 with the monitor and a Task; DELETE of the monitor",
		dialect: "redfish-task", submit: "/redfish/v1/UpdateService/Actions/UpdateService.SimpleUpdate", slow: `{"ImageURI":"a"}`, fast: `{"ImageURI":"quick"}`, fail: `{"ImageURI":"fails"}`, invalid: `{}`, cancel: conformance.Supported,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			wrong := `{"error":{"code":"Base.1.8.GeneralError","message":"it is so","@Message.ExtendedInfo":[{"MessageId":"Base.1.8.GeneralError","Message":"it is so"}]}}`
			task := func(j *job) string {
				return text(document{"@odata.id": "/redfish/v1/TaskService/Tasks/" + j.id, "@odata.type": "#Task.v1_4_3.Task", "Id": j.id, "Name": "Task",
					"TaskState": j.is("New", "Running", "Completed", "Exception", "Cancelled"), "TaskMonitor": "/redfish/v1/TaskMonitors/" + j.id})
			}
			monitor := func(j *job) []string {
				return []string{"Location", "/redfish/v1/TaskMonitors/" + j.id, "Retry-After", "1"}
			}
			j := s.find(r.URL.Path, "")
			switch {
			case strings.Contains(r.URL.Path, "/Actions/") && body == "{}":
				w.json(400, wrong)
			case strings.Contains(r.URL.Path, "/Actions/"):
				j := s.begin(body)
				w.json(202, task(j), monitor(j)...)
			case w.refuse(r, j, "GET, HEAD, DELETE", wrong, wrong):
			case r.Method == http.MethodDelete:
				j.archived = true
				w.json(204, "")
			case !j.over():
				w.json(202, task(j), monitor(j)...)
			case j.fails:
				w.json(500, wrong)
			default:
				w.json(200, `{"Id":"1","Name":"Firmware"}`)
			}
		},
	},
	{
		name: "ivoa-uws", source: "IVOA UWS 1.1: a POST answered by 303 to an XML job, POST of PHASE=ABORT, DELETE destroys",
		dialect: "uws", submit: "/tap/async?QUERY=1", slow: "", fast: "?REQUEST=quick", fail: "?REQUEST=fails", cancel: conformance.Supported,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			missing := func(status int, fields ...string) { w.send(status, "text/plain", "it is so", fields...) }
			to := func(j *job) { w.json(303, "", "Location", "http://"+r.Host+"/tap/async/"+j.id) }
			j := s.find(r.URL.Path, "/phase")
			switch {
			case r.URL.Path == "/tap/async" && r.Method == http.MethodPost:
				to(s.begin(r.URL.RawQuery))
			case strings.HasSuffix(r.URL.Path, "/results/result"):
				w.send(200, "text/csv", "a,b\n1,2\n")
			case j == nil || j.archived:
				missing(404)
			case strings.HasSuffix(r.URL.Path, "/phase") && r.Method == http.MethodPost:
				j.cancelled = j.cancelled || strings.Contains(body+r.URL.RawQuery, "ABORT") && !j.over()
				to(j)
			case r.Method == http.MethodDelete:
				j.archived = true
				w.json(303, "", "Location", "http://"+r.Host+"/tap/async")
			case r.Method != http.MethodGet && r.Method != http.MethodHead:
				missing(405, "Allow", "GET, HEAD, DELETE")
			default:
				failure := ""
				if j.over() && j.fails {
					failure = "<uws:errorSummary type=\"fatal\" hasDetail=\"false\"><uws:message>it went wrong</uws:message></uws:errorSummary>"
				}
				w.send(200, "application/xml", `<uws:job xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink"><uws:jobId>`+j.id+`</uws:jobId><uws:phase>`+
					j.is("QUEUED", "EXECUTING", "COMPLETED", "ERROR", "ABORTED")+`</uws:phase>`+failure+`<uws:results><uws:result id="result" xlink:href="http://`+r.Host+`/tap/async/`+j.id+`/results/result"/></uws:results></uws:job>`)
			}
		},
	},
	{
		name: "lxd", source: "LXD: 202 with Location and an operation in metadata; DELETE cancels",
		submit: "/1.0/instances", slow: `{"name":"a"}`, fast: `{"name":"quick"}`, fail: `{"name":"fails"}`, invalid: `{}`, cancel: conformance.Supported,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			wrong := func(status int, what string) string {
				return text(document{"type": "error", "error": what, "error_code": status, "metadata": nil})
			}
			operation := func(j *job) document {
				d := document{"id": j.id, "class": "task", "created_at": stamp(j.began), "status": j.is("Pending", "Running", "Success", "Failure", "Cancelled"), "may_cancel": true, "err": ""}
				if j.over() && j.fails {
					d["err"] = "it went wrong"
				}
				return d
			}
			j := s.find(r.URL.Path, "")
			switch {
			case r.URL.Path == "/1.0/instances" && body == "{}":
				w.json(400, wrong(400, "No source given"))
			case r.URL.Path == "/1.0/instances":
				j := s.begin(body)
				w.json(202, text(document{"type": "async", "status": "Operation created", "status_code": 100, "operation": "/1.0/operations/" + j.id, "metadata": operation(j)}), "Location", "/1.0/operations/"+j.id)
			case w.refuse(r, j, "GET, HEAD, DELETE", wrong(404, "not found"), wrong(405, "not allowed")):
			case r.Method == http.MethodDelete && j.over():
				w.json(400, wrong(400, "Only running operations can be cancelled"))
			case r.Method == http.MethodDelete:
				j.cancelled = true
				w.json(200, `{"type":"sync","status":"Success","status_code":200,"metadata":{}}`)
			default:
				w.json(200, text(document{"type": "sync", "status": "Success", "status_code": 200, "metadata": operation(j)}))
			}
		},
	},
	{
		name: "jira-cloud", source: "Jira Cloud: 303 to a task; POST .../cancel",
		dialect: "jira-task", submit: "/rest/api/3/issue/archive", slow: `{"jql":"a"}`, fast: `{"jql":"quick"}`, fail: `{"jql":"fails"}`, invalid: `{}`, cancel: conformance.Supported,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			wrong := `{"errorMessages":["it is so"],"errors":{}}`
			j := s.find(r.URL.Path, "/cancel")
			switch {
			case strings.HasSuffix(r.URL.Path, "/archive") && body == "{}":
				w.json(400, wrong)
			case strings.HasSuffix(r.URL.Path, "/archive"):
				w.json(303, "", "Location", "http://"+r.Host+"/rest/api/3/task/"+s.begin(body).id)
			case strings.HasSuffix(r.URL.Path, "/cancel") && j != nil && r.Method == http.MethodPost:
				if j.over() && !j.cancelled {
					w.json(400, wrong)
					return
				}
				j.cancelled = true
				w.json(202, `"cancelled"`)
			case w.refuse(r, j, "GET, HEAD", wrong, wrong):
			default:
				d := document{"self": "http://" + r.Host + r.URL.Path, "id": j.id, "status": j.is("ENQUEUED", "RUNNING", "COMPLETE", "FAILED", "CANCELLED"), "submitted": j.began.UnixMilli(), "progress": 50}
				if j.over() {
					d["progress"], d["message"] = 100, "it is over"
				}
				w.json(200, text(d))
			}
		},
	},
	{
		name: "oracle-work-requests", source: "Oracle Cloud: opc-work-request-id, and a work request elsewhere",
		dialect: "oci-workrequest", submit: "/20160918/instances", slow: `{"shape":"a"}`, fast: `{"shape":"quick"}`, fail: `{"shape":"fails"}`, invalid: `{}`, cancel: conformance.Supported,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			wrong := `{"code":"NotAuthorizedOrNotFound","message":"it is so"}`
			j := s.find(r.URL.Path, "")
			switch {
			case r.URL.Path == "/20160918/instances" && body == "{}":
				w.json(400, `{"code":"InvalidParameter","message":"shape is missing"}`)
			case r.URL.Path == "/20160918/instances":
				w.json(200, `{"id":"ocid1.instance.1","lifecycleState":"PROVISIONING"}`, "Opc-Work-Request-Id", s.begin(body).id)
			case w.refuse(r, j, "GET, HEAD, DELETE", wrong, wrong):
			case r.Method == http.MethodDelete && j.over():
				w.json(409, `{"code":"Conflict","message":"It is over."}`)
			case r.Method == http.MethodDelete:
				j.cancelled = true
				w.json(202, "")
			default:
				percent := 40
				if j.over() {
					percent = 100
				}
				w.json(200, text(document{"id": j.id, "status": j.is("ACCEPTED", "IN_PROGRESS", "SUCCEEDED", "FAILED", "CANCELED"), "percentComplete": percent, "timeAccepted": stamp(j.began)}))
			}
		},
	},
	{
		name: "adobe-pdf-services", source: "Adobe PDF Services: 201 with Location, the result at a URL in the status",
		dialect: "adobe-pdf", submit: "/operation/createpdf", slow: `{"assetID":"a"}`, fast: `{"assetID":"quick"}`, fail: `{"assetID":"fails"}`, invalid: `{}`, cancel: conformance.Unsupported,
		serve: func(s *shop, w *reply, r *http.Request, body string) {
			wrong := `{"error":{"code":"BAD_INPUT","message":"it is so","status":400}}`
			j := s.find(r.URL.Path, "/status")
			switch {
			case r.URL.Path == "/operation/createpdf" && body == "{}":
				w.json(400, wrong)
			case r.URL.Path == "/operation/createpdf":
				w.json(201, "", "Location", "http://"+r.Host+"/operation/createpdf/"+s.begin(body).id+"/status")
			case strings.HasPrefix(r.URL.Path, "/assets/"):
				w.send(200, "application/pdf", "%PDF-1.7")
			case w.refuse(r, j, "GET, HEAD", wrong, wrong):
			case j.over() && j.fails:
				w.json(200, `{"status":"failed","error":{"code":"DISQUALIFIED","message":"The file is damaged.","status":400}}`)
			case j.over():
				w.json(200, text(document{"status": "done", "asset": document{"assetID": "b", "downloadUri": "http://" + r.Host + "/assets/b?sig=abcdefgh"}}))
			default:
				w.json(200, `{"status":"in progress"}`)
			}
		},
	},
	{
		name: "jenkins", source: "Jenkins: 201 with an item of the queue, which hands over to a build",
		dialect: "jenkins-queue", submit: "/job/report/build", slow: "", fast: "?quick=1", fail: "?fails=1", cancel: conformance.SupportUnknown,
		serve: func(s *shop, w *reply, r *http.Request, _ string) {
			base := "http://" + r.Host
			id := func(path, prefix string) *job {
				return s.jobs[strings.Split(strings.TrimPrefix(path, prefix)+"/", "/")[0]]
			}
			missing := func(status int, fields ...string) {
				w.send(status, "text/plain", "it is so", fields...)
			}
			switch {
			case r.URL.Path == "/job/report/build":
				w.json(201, "", "Location", base+"/queue/item/"+s.begin(r.URL.RawQuery).id+"/")
			case strings.HasPrefix(r.URL.Path, "/queue/cancelItem"):
				missing(404)
			case r.Method != http.MethodGet && r.Method != http.MethodHead:
				missing(405, "Allow", "GET, HEAD")
			case strings.HasPrefix(r.URL.Path, "/queue/item/"):
				j := id(r.URL.Path, "/queue/item/")
				switch {
				case j == nil:
					missing(404)
				case j.is("queued", "", "", "", "") == "queued":
					w.json(200, `{"_class":"hudson.model.Queue$WaitingItem","why":"In the quiet period","cancelled":false}`)
				default:
					w.json(200, fmt.Sprintf(`{"_class":"hudson.model.Queue$LeftItem","cancelled":false,"executable":{"number":1,"url":"%s/job/report/%s/"}}`, base, j.id))
				}
			default:
				j := id(r.URL.Path, "/job/report/")
				switch {
				case j == nil:
					missing(404)
				case j.over():
					w.json(200, text(document{"_class": "hudson.model.FreeStyleBuild", "building": false, "result": j.is("", "", "SUCCESS", "FAILURE", "ABORTED"), "number": 1}))
				default:
					w.json(200, `{"_class":"hudson.model.FreeStyleBuild","building":true,"result":null,"number":1}`)
				}
			}
		},
	},
}
