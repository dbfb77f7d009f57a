package mutants

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// inDialects is the mock without a fault in each dialect that has rules of its own.
func inDialects() []mutant {
	var all []mutant
	for _, info := range mockserver.Dialects() {
		if hasRules(info.Name) {
			all = append(all, mutant{name: "faultless-" + info.Name, summary: "the mock speaks " + info.Name, dialect: info.Name})
		}
	}
	return all
}

func hasRules(dialect string) bool {
	for _, rule := range conformance.Rules() {
		if len(rule.Dialects) > 0 && rule.Dialects[0] == dialect {
			return true
		}
	}
	return false
}

// inDialect is the mock as a target in a dialect. Of a resource that can have one operation at a time
// each submit names another.
func inDialect(url, name string) conformance.Target {
	var info mockserver.DialectInfo
	for _, d := range mockserver.Dialects() {
		if d.Name == name {
			info = d
		}
	}
	submit := func(scenario string) *conformance.Submit {
		s := &conformance.Submit{
			Method: info.Method, URL: url + strings.Replace(info.Path, "service_instances/i1", "service_instances/"+conformance.UUIDMark, 1),
			Header: conformance.Fields{{Name: "Asyncctl-Scenario", Value: scenario}}, Body: conformance.Content(info.Body),
		}
		for _, line := range info.Header {
			field, value, _ := strings.Cut(line, ": ")
			s.Header = append(s.Header, conformance.Field{Name: field, Value: value})
		}
		return s
	}
	return conformance.Target{Dialect: name, Slow: submit("duration=4s"), Fail: submit("duration=2s&outcome=failed")}
}

// dialectMutants break the rules that a dialect adds.
var dialectMutants = []mutant{
	spoilt("azure-oploc", "no-operation-location", "the status URL is relative", []string{"operation-location"}, func(_ *http.Request, a *reply) {
		if at := a.header.Get("Operation-Location"); at != "" {
			a.header.Set("Operation-Location", withoutOrigin(at))
		}
	}),
	spoilt("azure-oploc", "bare-202", "the 202 has no monitor", []string{"monitor-in-body", "/accepted-body-describes-status"}, func(_ *http.Request, a *reply) {
		if a.status == http.StatusAccepted {
			a.empty()
		}
	}),
	spoilt("azure-oploc", "british", "the end is Cancelled, and Completed", []string{"terminal-words"}, func(_ *http.Request, a *reply) {
		a.replace(`"Canceled"`, `"Cancelled"`)
		a.replace(`"Succeeded"`, `"Completed"`)
	}),
	spoilt("azure-oploc", "error-text", "the error of a failed monitor is a text", []string{"error-object", "/failure-structured"}, func(_ *http.Request, a *reply) {
		if bytes.Contains(a.body, []byte(`"Failed"`)) {
			a.edit(`"error":\{[^}]*\}`, `"error":"it failed"`)
		}
	}),
	spoilt("azure-oploc", "hint-date", "Retry-After is a date", []string{"retry-after-seconds"}, func(_ *http.Request, a *reply) {
		if a.header.Get("Retry-After") != "" {
			a.header.Set("Retry-After", soonDate())
		}
	}),
	spoilt("azure-oploc", "cancel-204", "the cancellation is answered with 204", []string{"cancel-post"}, func(r *http.Request, a *reply) {
		if strings.HasSuffix(r.URL.Path, ":cancel") && a.status/100 == 2 {
			a.empty()
			a.status = http.StatusNoContent
		}
	}),

	spoilt("google-lro", "accepted-202", "the submit is answered with 202", []string{"operation-name"}, func(r *http.Request, a *reply) {
		if r.Method == http.MethodPost && !strings.Contains(r.URL.Path, "/operations/") && a.status == http.StatusOK {
			a.status = http.StatusAccepted
		}
	}),
	spoilt("google-lro", "early-response", "a response stands there before the end", []string{"done-or-not"}, func(r *http.Request, a *reply) {
		if !bytes.Contains(a.body, []byte(`"done":true`)) && strings.Contains(r.URL.Path, "/operations/") && r.Method == http.MethodGet && a.status == http.StatusOK {
			a.edit(`\}\s*$`, `,"response":{}}`)
		}
	}),
	spoilt("google-lro", "error-http", "the code of an error is that of HTTP", []string{"error-status"}, func(_ *http.Request, a *reply) {
		if bytes.Contains(a.body, []byte(`"done":true`)) {
			a.edit(`"error":\{"code":\d+`, `"error":{"code":500`)
		}
	}),
	spoilt("google-lro", "error-bare", "HTTP errors have a text only", []string{"http-error"}, func(_ *http.Request, a *reply) {
		if a.status >= 400 {
			a.json(a.status, `{"message":"no"}`)
			a.header.Set("Allow", "GET, DELETE")
		}
	}),
	spoilt("google-lro", "cancel-operation", "the cancellation is answered with the Operation", []string{"cancel-empty"}, func(r *http.Request, a *reply) {
		if strings.HasSuffix(r.URL.Path, ":cancel") && a.status == http.StatusOK {
			a.json(http.StatusOK, `{"name":"operations/1"}`)
		}
	}),

	spoilt("fhir-bulk", "relative", "Content-Location is relative", []string{"content-location"}, func(_ *http.Request, a *reply) {
		if at := a.header.Get("Content-Location"); at != "" {
			a.header.Set("Content-Location", withoutOrigin(at))
		}
	}),
	spoilt("fhir-bulk", "talkative", "X-Progress is long", []string{"pending-202"}, func(_ *http.Request, a *reply) {
		if a.header.Get("X-Progress") != "" {
			a.header.Set("X-Progress", strings.Repeat("still at work, ", 10))
		}
	}),
	spoilt("fhir-bulk", "manifest-short", "the manifest lacks requiresAccessToken", []string{"manifest"}, func(_ *http.Request, a *reply) {
		a.edit(`"requiresAccessToken":(true|false),?`, ``)
	}),
	spoilt("fhir-bulk", "no-outcome", "errors have no OperationOutcome", []string{"operation-outcome", "delete"}, func(r *http.Request, a *reply) {
		if a.status >= 400 {
			a.json(a.status, `{"message":"no"}`)
			a.header.Set("Allow", "GET, DELETE")
		}
		if r.Method == http.MethodDelete && a.status == http.StatusAccepted {
			a.status = http.StatusOK
		}
	}),

	spoilt("odata-async", "location-once", "only the first 202 has Location", []string{"location-each-202"}, func(r *http.Request, a *reply) {
		if r.Method == http.MethodGet && a.status == http.StatusAccepted {
			a.header.Del("Location")
		}
	}),
	{
		name: "odata-async-unasked", summary: "202 comes whether asked for or not", dialect: "odata-async",
		breaks: []string{"odata-async/only-if-asked", "preference-applied-truthful"},
		target: func(t *conformance.Target, _ string) {
			for _, s := range []*conformance.Submit{t.Slow, t.Fail} {
				s.Header = without(s.Header, "Prefer")
			}
		},
		suite: func(s *conformance.Suite) { s.Dialect = unprepared{s.Dialect} },
		wrap: func(mock http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.Header.Set("Prefer", "respond-async")
				mock.ServeHTTP(w, r)
			})
		},
	},
	spoilt("odata-async", "reason-phrase", "AsyncResult has a reason phrase", []string{"async-result"}, func(_ *http.Request, a *reply) {
		if key := a.key("AsyncResult"); key != "" {
			a.header[key] = []string{a.header[key][0] + " Reason"}
		}
	}),
	{
		name: "odata-async-cancelled-stays", summary: "the status monitor stays after DELETE", dialect: "odata-async",
		breaks: []string{"odata-async/cancelled-404", "state-monotonic"},
		wrap: afterDelete(func(a *reply) {
			a.empty()
			a.status = http.StatusOK
			a.header["AsyncResult"] = []string{"500"}
		}),
	},
	spoilt("odata-async", "error-bare", "the error of a failure is a text", []string{"error-body", "/failure-structured"}, func(_ *http.Request, a *reply) {
		if key := a.key("AsyncResult"); key != "" && !strings.HasPrefix(a.header[key][0], "2") {
			a.body = []byte(`{"message":"it failed"}`)
			a.header.Del("Content-Length")
		}
	}),

	spoilt("redfish-task", "no-task", "the 202 has no Task", []string{"task-body"}, func(r *http.Request, a *reply) {
		if r.Method == http.MethodPost && a.status == http.StatusAccepted {
			a.body = []byte(`{"message":"started"}`)
			a.header.Del("Content-Length")
		}
	}),
	spoilt("redfish-task", "task-200", "the monitor answers 200 with a Task while it goes on", []string{"monitor-202"}, func(r *http.Request, a *reply) {
		if r.Method == http.MethodGet && a.status == http.StatusAccepted {
			a.status = http.StatusOK
		}
	}),
	spoilt("redfish-task", "task-word", "TaskState is a word of its own", []string{"task-state"}, func(_ *http.Request, a *reply) {
		a.replace(`"TaskState":"Running"`, `"TaskState":"InProgress"`)
	}),
	spoilt("redfish-task", "error-bare", "a failure is no Redfish error", []string{"error-body"}, func(r *http.Request, a *reply) {
		if r.Method == http.MethodGet && a.status >= 400 && a.status != http.StatusNotFound {
			a.json(a.status, `{"message":"it failed"}`)
		}
	}),
	{
		name: "redfish-task-cancelled-stays", summary: "the monitor says Cancelled after DELETE", dialect: "redfish-task",
		breaks: []string{"redfish-task/cancelled-404", "state-monotonic", "cancel-after-completion-harmless"},
		wrap: afterDelete(func(a *reply) {
			a.json(http.StatusOK, `{"@odata.type":"#Task.v1_4_3.Task","@odata.id":"/redfish/v1/TaskService/Tasks/1","TaskState":"Cancelled"}`)
		}),
	},

	spoilt("ogc-job", "accepted-202", "the submit is answered with 202", []string{"created-201"}, func(_ *http.Request, a *reply) {
		if a.status == http.StatusCreated {
			a.status = http.StatusAccepted
		}
	}),
	spoilt("ogc-job", "no-id", "the status has no id", []string{"status-info"}, func(r *http.Request, a *reply) {
		if r.Method == http.MethodGet {
			a.edit(`"jobID":"[^"]*",?`, ``)
		}
	}),
	spoilt("ogc-job", "own-words", "the status is Succeeded", []string{"status-word"}, func(_ *http.Request, a *reply) {
		a.replace(`"successful"`, `"succeeded"`)
	}),
	spoilt("ogc-job", "failed-500", "the status of a job that failed is answered with 422", []string{"failed-200"}, func(_ *http.Request, a *reply) {
		if bytes.Contains(a.body, []byte(`"status":"failed"`)) {
			a.status = http.StatusUnprocessableEntity
		}
	}),
	spoilt("ogc-job", "dismiss-204", "DELETE is answered with 204", []string{"dismissed"}, func(r *http.Request, a *reply) {
		if r.Method == http.MethodDelete && a.status == http.StatusOK {
			a.empty()
			a.status = http.StatusNoContent
		}
	}),

	spoilt("osb", "pending-202", "an operation that goes on is answered with 202", []string{"pending-200"}, func(_ *http.Request, a *reply) {
		if bytes.Contains(a.body, []byte(`"in progress"`)) {
			a.status = http.StatusAccepted
		}
	}),
	spoilt("osb", "own-words", "the state is in_progress", []string{"state-word"}, func(_ *http.Request, a *reply) {
		a.replace(`"in progress"`, `"in_progress"`)
	}),
	spoilt("osb", "operation-bare", "the content of the 202 is a text", []string{"operation-string"}, func(_ *http.Request, a *reply) {
		if a.status == http.StatusAccepted {
			a.body = []byte(`"task_10"`)
			a.header.Del("Content-Length")
		}
	}),
	spoilt("osb", "no-description", "a failure has no description", []string{"description"}, func(_ *http.Request, a *reply) {
		if bytes.Contains(a.body, []byte(`"failed"`)) {
			a.edit(`,?"description":"[^"]*"`, ``)
		}
	}),
	spoilt("osb", "error-text", "errors are texts", []string{"error-body"}, func(_ *http.Request, a *reply) {
		if a.status >= 400 {
			a.body = []byte(`"no"`)
			a.header.Del("Content-Length")
		}
	}),
}

// spoilt is a mutant in a dialect whose answers are changed. Rules are those of the dialect; those of
// the pattern begin with a slash.
func spoilt(dialect, name, summary string, breaks []string, change func(*http.Request, *reply)) mutant {
	m := mutant{name: dialect + "-" + name, summary: summary, dialect: dialect, wrap: rewrite(change)}
	for _, id := range breaks {
		if generic, ok := strings.CutPrefix(id, "/"); ok {
			m.breaks = append(m.breaks, generic)
		} else {
			m.breaks = append(m.breaks, dialect+"/"+id)
		}
	}
	return m
}

// afterDelete changes the answers to polls of what was deleted.
func afterDelete(change func(*reply)) func(http.Handler) http.Handler {
	return func(mock http.Handler) http.Handler {
		var mu sync.Mutex
		deleted := map[string]bool{}
		return rewrite(func(r *http.Request, a *reply) {
			mu.Lock()
			defer mu.Unlock()
			switch {
			case r.Method == http.MethodDelete && a.status/100 == 2:
				deleted[r.URL.Path] = true
			case r.Method == http.MethodGet && deleted[r.URL.Path]:
				change(a)
			}
		})(mock)
	}
}

// key is how the mock spells the name of a field that it sends; "" if it does not send it.
func (a *reply) key(name string) string {
	for key := range a.header {
		if strings.EqualFold(key, name) {
			return key
		}
	}
	return ""
}

// edit replaces what a regular expression finds in the content.
func (a *reply) edit(pattern, replacement string) {
	a.body = regexp.MustCompile(pattern).ReplaceAll(a.body, []byte(replacement))
	a.header.Del("Content-Length")
}

// without is fields but for those of a name.
func without(fields conformance.Fields, name string) conformance.Fields {
	var left conformance.Fields
	for _, f := range fields {
		if f.Name != name {
			left = append(left, f)
		}
	}
	return left
}

// unprepared is a dialect that leaves the submit as it is.
type unprepared struct{ lro.Dialect }

func (unprepared) Prepare(req lro.Request) lro.Request { return req }
