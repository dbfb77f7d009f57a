package rules

import (
	"net/http"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

const redfishText = "DMTF DSP0266 1.7.0, clause "

// redfishTask is DMTF Redfish: a task monitor that becomes the answer.
var redfishTask = dialectRules{
	name: "redfish-task",
	otherwise: map[string]string{
		"accepted-body-describes-status": "the content of the 202 is a Task: see redfish-task/task-body",
		"completion-303":                 "the end is the answer that the request would have had; there is no redirect",
		"cancelled-visible":              "after DELETE the task monitor is answered with 404: see redfish-task/cancelled-404",
		"failure-code-not-transient":     "a failure has the status that the request would have had",
		"failure-code-not-request-level": "a failure has the status that the request would have had",
		"failure-structured":             "a failure is a Redfish error: see redfish-task/error-body",
	},
	rules: []Rule{{
		ID: "redfish-task/task-body", Level: Should, Basis: BasisRFC,
		Title:   "The 202 has a Task as its content: @odata.type, @odata.id, TaskState",
		Why:     "The task tells what the monitor cannot: state, progress, messages.",
		Breaks:  "Clients cannot show how far a firmware update is.",
		Fix:     "Send the Task resource with the 202.",
		Sources: []string{redfishText + "Asynchronous operations"},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
		check: func(e *facts) Verdict {
			return e.eachAccepted(func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				doc := document(x)
				if !strings.HasPrefix(memberText(doc, "/@odata.type"), "#Task.") || !has(doc, "/@odata.id", '"') || !has(doc, "/TaskState", '"') {
					s.add(c, i, []string{excerpt(x)}, "the content of the 202 is no Task")
				}
			}).verdict("it is", noOperation())
		},
	}, {
		ID: "redfish-task/monitor-202", Level: Must, Basis: BasisRFC,
		Title:   "The task monitor answers 202 as long as the task goes on",
		Why:     "Any other success is the answer of the request itself.",
		Breaks:  "Clients take a 200 that says \"running\" for the result.",
		Fix:     "Answer 202 until the task is over.",
		Sources: []string{redfishText + "Asynchronous operations"},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
		check: func(e *facts) Verdict {
			return e.eachPending(func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				if x.Response.Status != http.StatusAccepted {
					s.add(c, i, statusLine(x), "the task goes on, and its monitor answers %d", x.Response.Status)
				}
			}).verdict("it does", notApplicable("no poll was answered while the task went on"))
		},
	}, {
		ID: "redfish-task/task-state", Level: Must, Basis: BasisRFC,
		Title:   "TaskState is a word of the Task schema",
		Why:     "Clients decide by it, and compare it as it is spelt.",
		Breaks:  "Clients do not know whether the task is over.",
		Fix:     "Use the words of the schema: New, Starting, Running, Suspended, Pending, Stopping, Completed, Killed, Exception, Service, Cancelling, Cancelled, Interrupted.",
		Sources: []string{"DMTF Redfish, Task schema, TaskState"},
		Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
		check: func(e *facts) Verdict {
			var s seen
			e.answers(func(c *conversation, i int, x *evidence.Exchange) {
				word := memberText(document(x), "/TaskState")
				if word == "" {
					return
				}
				s.look(x)
				if !slices.Contains(taskStates, word) {
					s.add(c, i, []string{`"TaskState": "` + word + `"`}, "TaskState is %q, which is no word of the schema", word)
				}
			})
			return s.verdict("it is", notApplicable("no answer has a TaskState"))
		},
	}, {
		ID: "redfish-task/error-body", Level: Must, Basis: BasisRFC,
		Title:   "Errors have error.code, error.message and @Message.ExtendedInfo",
		Why:     "The messages of a registry tell what to do, in any language.",
		Breaks:  "Clients can show a status code only.",
		Fix:     "Send {\"error\": {\"code\": ..., \"message\": ..., \"@Message.ExtendedInfo\": [...]}}.",
		Sources: []string{redfishText + "Error responses"},
		Needs:   []Need{NeedFail}, Probes: []string{evidence.ProbeFail},
		check: func(e *facts) Verdict {
			return e.eachEnd(lro.Failed, func(s *seen, c *conversation, i int, x *evidence.Exchange) {
				doc := document(x)
				if !has(doc, "/error/code", '"') || !has(doc, "/error/message", '"') || !has(doc, "/error/@Message.ExtendedInfo", '[') {
					s.add(c, i, []string{excerpt(x)}, "the failure is no Redfish error")
				}
			}, evidence.ProbeFail).verdict("they have", noFailure(e))
		},
	}, {
		ID: "redfish-task/cancelled-404", Level: Should, Basis: BasisRFC,
		Title:   "After DELETE the task monitor answers 404",
		Why:     "DELETE of the monitor ends the task and removes it.",
		Breaks:  "Clients go on to poll what they cancelled.",
		Fix:     "Remove the monitor when the task was stopped.",
		Sources: []string{redfishText + "Asynchronous operations"},
		Needs:   []Need{NeedCancel}, Probes: []string{evidence.ProbeCancel},
		check: cancelledThen404,
	}},
}

var taskStates = []string{"New", "Starting", "Running", "Suspended", "Interrupted", "Pending", "Stopping", "Completed", "Killed", "Exception", "Service", "Cancelling", "Cancelled"}
