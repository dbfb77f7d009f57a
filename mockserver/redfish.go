package mockserver

import (
	"net/http"
	"strings"
)

// redfishFamily is DMTF Redfish: a task monitor that becomes the answer, and a
// task that tells how it went.
//
// DSP0266 1.7.0, clause "Asynchronous operations"; Task schema.
var redfishFamily = []*dialect{{
	DialectInfo: DialectInfo{
		Name: "redfish-task", Aliases: []string{"redfish"},
		Source: "DMTF DSP0266 1.7.0, Asynchronous operations and Error responses; Task schema",
		Method: "POST", Path: "/redfish/v1/Systems/1/Actions/ComputerSystem.Reset", Header: []string{"Content-Type: application/json"}, Body: `{"ResetType":"On"}`,
	},
	traits:   namesStatus | tellsQueued | tellsProgress | polledAsJSON | hasHints,
	route:    routeRedfish,
	accepted: acceptRedfish,
	status:   statusRedfish,
	cancel:   cancelRedfish,
	refuse:   (*exchange).refuseRedfish,
	monitor:  func(x *exchange, v view) string { return x.location(v, redfishMonitors+v.id) },
}}

const (
	redfishRoot     = "/redfish/v1/"
	redfishMonitors = "/redfish/v1/TaskService/TaskMonitors/"
	redfishTasks    = "/redfish/v1/TaskService/Tasks/"
	taskPart        = "task"
)

func routeRedfish(x *exchange) target {
	monitor, isMonitor := strings.CutPrefix(x.path, redfishMonitors)
	task, isTask := strings.CutPrefix(x.path, redfishTasks)
	t := target{id: monitor}
	if isTask {
		t = target{id: task, part: taskPart}
	}
	switch method := x.r.Method; {
	case !strings.HasPrefix(x.path, redfishRoot):
		return target{}
	case (isMonitor || isTask) && isGet(x.r):
		t.phase = onPoll
	case (isMonitor || isTask) && method == http.MethodDelete:
		t.phase = onCancel
	case isMonitor || isTask:
		return notAllowed(allowStatus)
	case isGet(x.r), method == http.MethodOptions:
		return notAllowed("DELETE, OPTIONS, PATCH, POST, PUT")
	default:
		t.phase = onSubmit
	}
	return t
}

func acceptRedfish(x *exchange, v view) {
	x.field("Location", x.monitor(v))
	x.hint(v.hint)
	x.task(http.StatusAccepted, v)
}

// statusRedfish answers for the task, or for its monitor: 202, and then "as if
// the operation had been completed synchronously".
func statusRedfish(x *exchange, v view) {
	switch {
	case x.t.part == taskPart:
		x.hint(v.hint)
		x.task(http.StatusOK, v)
	case !v.snap.Status.Done():
		acceptRedfish(x, v)
	case v.snap.Status == Cancelled:
		x.unknown()
	case v.snap.Status == Failed:
		x.problem(problem{Status: v.scenario.failStatus(), Detail: v.why()})
	default:
		x.field("OData-Version", "4.0")
		x.sendResult(v)
	}
}

// taskWords are values of TaskState.
var taskWords = words{pending: "Pending", running: "Running", cancelling: "Cancelling", succeeded: "Completed", failed: "Exception", cancelled: "Cancelled"}

// task sends the Task.
func (x *exchange) task(code int, v view) {
	status := "OK"
	if v.snap.Status == Failed {
		status = "Critical"
	}
	m := x.object().text("@odata.type", "#Task.v1_4_3.Task").text("@odata.id", x.prefix+redfishTasks+v.id).
		text("Id", v.id).text("Name", "Task "+v.id).text("TaskMonitor", x.prefix+redfishMonitors+v.id).
		text("TaskState", taskWords.of(v)).text("TaskStatus", status).time("StartTime", v.accepted).number("PercentComplete", v.snap.Percent)
	if v.snap.Status.Done() {
		m = m.time("EndTime", v.changed())
	}
	m = m.beginList("Messages")
	if v.snap.Status == Failed {
		m = m.begin("").text("MessageId", "Base.1.8.GeneralError").text("Message", v.why()).text("Severity", "Critical").end()
	}
	x.field("OData-Version", "4.0")
	x.send(code, m.endList())
}

// cancelRedfish answers DELETE of the monitor or the task. Of one that has ended
// it deletes the task.
func cancelRedfish(x *exchange, v view, ok bool) {
	switch {
	case !ok:
		x.visit(func(op *operation) { op.expire(x.now) })
		x.head(http.StatusNoContent)
	case v.snap.Status == Cancelling: // "the existing task tracks it"
		acceptRedfish(x, v)
	default:
		x.head(http.StatusNoContent)
	}
}

// refuseRedfish sends an error. Clause "Error responses".
func (x *exchange) refuseRedfish(p problem) {
	word := "Base.1.8.GeneralError"
	if p.Status == http.StatusNotFound {
		word = "Base.1.8.ResourceMissingAtURI"
	}
	x.field("OData-Version", "4.0")
	x.send(p.Status, x.object().begin("error").text("code", word).text("message", p.Detail).beginList("@Message.ExtendedInfo").
		begin("").text("MessageId", word).text("Message", p.Detail).text("Severity", "Critical").end().endList().end())
}
