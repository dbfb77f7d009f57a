package speech

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// redfishFamily is DMTF Redfish: a task monitor that becomes the answer, and a
// task that tells how it went.
//
// DSP0266 1.7.0, clause "Asynchronous operations"; Task schema.
var redfishFamily = []*Dialect{{
	DialectInfo: DialectInfo{
		Name: "redfish-task", Aliases: []string{"redfish"},
		Source: "DMTF DSP0266 1.7.0, Asynchronous operations and Error responses; Task schema",
		Method: "POST", Path: "/redfish/v1/Systems/1/Actions/ComputerSystem.Reset", Header: []string{"Content-Type: application/json"}, Body: `{"ResetType":"On"}`,
	},
	Traits:   NamesStatus | TellsQueued | TellsProgress | PolledAsJSON | HasHints,
	Route:    routeRedfish,
	Accepted: acceptRedfish,
	Status:   statusRedfish,
	Cancel:   cancelRedfish,
	Refuse:   (*Exchange).refuseRedfish,
	Monitor:  func(x *Exchange, v work.View) string { return x.location(v, redfishMonitors+v.ID) },
}}

const (
	redfishRoot     = "/redfish/v1/"
	redfishMonitors = "/redfish/v1/TaskService/TaskMonitors/"
	redfishTasks    = "/redfish/v1/TaskService/Tasks/"
	taskPart        = "task"
)

func routeRedfish(x *Exchange) Target {
	monitor, isMonitor := strings.CutPrefix(x.Path, redfishMonitors)
	task, isTask := strings.CutPrefix(x.Path, redfishTasks)
	t := Target{ID: monitor}
	if isTask {
		t = Target{ID: task, Part: taskPart}
	}
	switch method := x.R.Method; {
	case IsGet(x.R) && redfishResources[strings.TrimSuffix(x.Path, "/")] != "":
		return Target{Other: (*Exchange).redfishResource}
	case x.Path == redfishSessions && method == http.MethodPost:
		return Target{Other: (*Exchange).redfishSession}
	case !strings.HasPrefix(x.Path, redfishRoot):
		return Target{}
	case (isMonitor || isTask) && IsGet(x.R):
		t.Phase = OnPoll
	case (isMonitor || isTask) && method == http.MethodDelete:
		t.Phase = OnCancel
	case isMonitor || isTask:
		return NotAllowed(allowStatus)
	case IsGet(x.R), method == http.MethodOptions:
		return NotAllowed("DELETE, OPTIONS, PATCH, POST, PUT")
	default:
		t.Phase = OnSubmit
	}
	return t
}

// redfishResources are what clients read before they submit anything. DSP0266,
// clause "Service root".
var redfishResources = map[string]string{
	"/redfish":                            `{"v1":"/redfish/v1/"}`,
	"/redfish/v1":                         `{"@odata.type":"#ServiceRoot.v1_5_0.ServiceRoot","@odata.id":"/redfish/v1/","Id":"RootService","Name":"Root Service","RedfishVersion":"1.7.0","Systems":{"@odata.id":"/redfish/v1/Systems"},"Tasks":{"@odata.id":"/redfish/v1/TaskService"},"SessionService":{"@odata.id":"/redfish/v1/SessionService"},"UpdateService":{"@odata.id":"/redfish/v1/UpdateService"},"Links":{"Sessions":{"@odata.id":"/redfish/v1/SessionService/Sessions"}}}`,
	"/redfish/v1/Systems":                 `{"@odata.type":"#ComputerSystemCollection.ComputerSystemCollection","@odata.id":"/redfish/v1/Systems","Name":"Systems","Members@odata.count":1,"Members":[{"@odata.id":"/redfish/v1/Systems/1"}]}`,
	"/redfish/v1/Systems/1":               `{"@odata.type":"#ComputerSystem.v1_10_0.ComputerSystem","@odata.id":"/redfish/v1/Systems/1","Id":"1","Name":"System","PowerState":"On","Actions":{"#ComputerSystem.Reset":{"target":"/redfish/v1/Systems/1/Actions/ComputerSystem.Reset","ResetType@Redfish.AllowableValues":["On","ForceOff","GracefulRestart"]}}}`,
	"/redfish/v1/TaskService":             `{"@odata.type":"#TaskService.v1_1_4.TaskService","@odata.id":"/redfish/v1/TaskService","Id":"TaskService","Name":"Tasks","ServiceEnabled":true,"Tasks":{"@odata.id":"/redfish/v1/TaskService/Tasks"}}`,
	"/redfish/v1/TaskService/Tasks":       `{"@odata.type":"#TaskCollection.TaskCollection","@odata.id":"/redfish/v1/TaskService/Tasks","Name":"Tasks","Members@odata.count":0,"Members":[]}`,
	"/redfish/v1/UpdateService":           `{"@odata.type":"#UpdateService.v1_8_0.UpdateService","@odata.id":"/redfish/v1/UpdateService","Id":"UpdateService","Name":"Update","ServiceEnabled":true,"Actions":{"#UpdateService.SimpleUpdate":{"target":"/redfish/v1/UpdateService/Actions/UpdateService.SimpleUpdate"}}}`,
	"/redfish/v1/SessionService":          `{"@odata.type":"#SessionService.v1_1_6.SessionService","@odata.id":"/redfish/v1/SessionService","Id":"SessionService","Name":"Sessions","Sessions":{"@odata.id":"/redfish/v1/SessionService/Sessions"}}`,
	"/redfish/v1/SessionService/Sessions": `{"@odata.type":"#SessionCollection.SessionCollection","@odata.id":"/redfish/v1/SessionService/Sessions","Name":"Sessions","Members@odata.count":0,"Members":[]}`,
}

const redfishSessions = "/redfish/v1/SessionService/Sessions"

func (x *Exchange) redfishResource() {
	x.Field("OData-Version", "4.0")
	x.JSON(http.StatusOK, []byte(redfishResources[strings.TrimSuffix(x.Path, "/")]+"\n"))
}

// redfishSession logs a client in: whoever it is.
func (x *Exchange) redfishSession() {
	x.Field("OData-Version", "4.0")
	x.Field("X-Auth-Token", "mock")
	x.Field("Location", x.Prefix+redfishSessions+"/1")
	x.send(http.StatusCreated, x.object().text("@odata.type", "#Session.v1_2_1.Session").text("@odata.id", redfishSessions+"/1").text("Id", "1").text("Name", "Session"))
}

func acceptRedfish(x *Exchange, v work.View) {
	x.Field("Location", x.Monitor(v))
	x.Hint(v.Hint)
	x.task(http.StatusAccepted, v)
}

// statusRedfish answers for the task, or for its monitor: 202, and then "as if
// the operation had been completed synchronously".
func statusRedfish(x *Exchange, v work.View) {
	switch {
	case x.Target.Part == taskPart:
		x.Hint(v.Hint)
		x.task(http.StatusOK, v)
	case !v.Snap.Status.Done():
		acceptRedfish(x, v)
	case v.Snap.Status == work.Cancelled:
		x.Unknown()
	case v.Snap.Status == work.Failed:
		x.Problem(Problem{Status: work.FailCode(v.Scenario), Detail: Why(v)})
	default:
		x.Field("OData-Version", "4.0")
		x.SendResult(v)
	}
}

// taskWords are values of TaskState.
var taskWords = words{pending: "Pending", running: "Running", cancelling: "Cancelling", succeeded: "Completed", failed: "Exception", cancelled: "Cancelled"}

// task sends the Task.
func (x *Exchange) task(code int, v work.View) {
	status := "OK"
	if v.Snap.Status == work.Failed {
		status = "Critical"
	}
	m := x.object().text("@odata.type", "#Task.v1_4_3.Task").text("@odata.id", x.Prefix+redfishTasks+v.ID).
		text("Id", v.ID).text("Name", "Task "+v.ID).text("TaskMonitor", x.Prefix+redfishMonitors+v.ID).
		text("TaskState", taskWords.of(v)).text("TaskStatus", status).time("StartTime", v.Accepted).number("PercentComplete", v.Snap.Percent)
	if v.Snap.Status.Done() {
		m = m.time("EndTime", v.Changed())
	}
	m = m.beginList("Messages")
	if v.Snap.Status == work.Failed {
		m = m.begin("").text("MessageId", "Base.1.8.GeneralError").text("Message", Why(v)).text("Severity", "Critical").end()
	}
	x.Field("OData-Version", "4.0")
	x.send(code, m.endList())
}

// cancelRedfish answers DELETE of the monitor or the task. Of one that has ended
// it deletes the task.
func cancelRedfish(x *Exchange, v work.View, ok bool) {
	switch {
	case !ok:
		x.Visit(func(op *work.Operation) { op.Expire(x.Now) })
		x.Head(http.StatusNoContent)
	case v.Snap.Status == work.Cancelling: // "the existing task tracks it"
		acceptRedfish(x, v)
	default:
		x.Head(http.StatusNoContent)
	}
}

// refuseRedfish sends an error. Clause "Error responses".
func (x *Exchange) refuseRedfish(p Problem) {
	word := "Base.1.8.GeneralError"
	if p.Status == http.StatusNotFound {
		word = "Base.1.8.ResourceMissingAtURI"
	}
	x.Field("OData-Version", "4.0")
	x.send(p.Status, x.object().begin("error").text("code", word).text("message", p.Detail).beginList("@Message.ExtendedInfo").
		begin("").text("MessageId", word).text("Message", p.Detail).text("Severity", "Critical").end().endList().end())
}
