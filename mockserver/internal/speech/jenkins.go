package speech

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// jenkinsFamily is Jenkins: an item in the queue hands over to a build.
//
// Jenkins, ParameterizedJobMixIn.java, Queue.java, Run.java.
var jenkinsFamily = []*Dialect{{
	DialectInfo: DialectInfo{
		Name: "jenkins-queue", Aliases: []string{"jenkins"},
		Source: "Jenkins, ParameterizedJobMixIn.java (doBuild), Queue.java (WaitingItem, LeftItem, doCancelItem), Run.java (Result)",
		Method: "POST", Path: "/job/demo/build",
	},
	Traits:   NamesStatus | TellsQueued | PolledAsJSON | HasPartial | NeedsMemory | NumbersIDs,
	Route:    routeJenkins,
	Accepted: acceptJenkins,
	Status:   statusJenkins,
	Result:   resultJenkins,
	Cancel:   cancelJenkins,
	Refuse:   (*Exchange).refuseJenkins,
	Monitor:  func(x *Exchange, v work.View) string { return x.Here(jenkinsItems + v.ID + "/") },
	Product:  func(x *Exchange, v work.View) string { return x.Here(jenkinsBuild(x, v) + jenkinsArtifact[1:]) },
	Expired:  http.StatusNotFound,
}}

const (
	jenkinsItems    = "/queue/item/"
	jenkinsCancel   = "/queue/cancelItem"
	jenkinsArtifact = "/artifact/result"
	jenkinsAPI      = "/api/json"
	jenkinsLog      = "/consoleText"
	jenkinsCrumb    = "/crumbIssuer/api/json"
	itemPart        = "item"
	queuePart       = "queue" // an item, by the way of its own page
)

// jenkinsBuild is the path of the build, which has the number of its item here.
func jenkinsBuild(x *Exchange, v work.View) string {
	job := LocalPath(v, x)
	return job[:strings.LastIndexByte(job, '/')+1] + v.ID + "/"
}

func routeJenkins(x *Exchange) Target {
	item, isItem := strings.CutPrefix(x.Path, jenkinsItems)
	last := x.Path[strings.LastIndexByte(x.Path, '/')+1:]
	method := x.R.Method
	switch {
	case x.Path == jenkinsCrumb && IsGet(x.R):
		return Target{Other: (*Exchange).crumb}
	case x.Path == jenkinsAPI && IsGet(x.R), x.Path == "/queue"+jenkinsAPI && IsGet(x.R):
		return Target{Other: (*Exchange).queue}
	case strings.HasPrefix(x.Path, jenkinsItems) && strings.HasSuffix(x.Path, "/cancelQueue") && method == http.MethodPost:
		return x.leaveQueue(strings.TrimSuffix(item, "/cancelQueue"), queuePart)
	case x.Path == jenkinsCancel && method == http.MethodPost:
		return x.leaveQueue(x.R.URL.Query().Get("id"), itemPart)
	case x.Path == jenkinsCancel:
		return NotAllowed("OPTIONS, POST")
	case isItem && IsGet(x.R):
		id, tail, _ := strings.Cut(item, "/")
		if tail != jenkinsAPI[1:] {
			return Target{}
		}
		return Target{Phase: OnPoll, ID: id, Part: itemPart, Handover: true}
	case isItem:
		return NotAllowed(AllowStatusNoCancel)
	case !strings.HasPrefix(x.Path, "/job/"):
		return Target{}
	case (last == "build" || last == "buildWithParameters") && method == http.MethodPost:
		return Target{Phase: OnSubmit}
	case last == "build", last == "buildWithParameters":
		return NotAllowed("OPTIONS, POST")
	}
	return routeBuild(x)
}

// leaveQueue is the target of a request that takes an item out of the queue. An
// item that has left it is not there any more: 404.
func (x *Exchange) leaveQueue(id, part string) Target {
	x.Target = Target{ID: id}
	if _, left := x.started(); !left {
		x.Target.Phase, x.Target.Part = OnCancel, part
	}
	return x.Target
}

// crumb is what clients send with every POST, against forgery.
func (x *Exchange) crumb() {
	x.send(http.StatusOK, x.object().text("_class", "hudson.security.csrf.DefaultCrumbIssuer").text("crumb", "mock").text("crumbRequestField", "Jenkins-Crumb"))
}

// queue lists nothing: what is in the queue is asked for by its number.
func (x *Exchange) queue() {
	x.Field("X-Jenkins", "2.462")
	x.send(http.StatusOK, x.object().text("_class", "hudson.model.Hudson").beginList("jobs").endList().beginList("items").endList())
}

// buildLog sends what a build has written.
func (x *Exchange) buildLog() {
	if v, ok := x.change(func(*work.Operation) {}); ok {
		text := "Started by user mock\n"
		if v.Snap.Status.Done() {
			text += "Finished: " + jenkinsResults.of(v) + "\n"
		}
		x.Field("X-Text-Size", strconv.Itoa(len(text)))
		x.Field("Content-Type", "text/plain; charset=utf-8")
		x.Body(http.StatusOK, []byte(text))
	}
}

// routeBuild is for what is below the number of a build.
func routeBuild(x *Exchange) Target {
	for _, tail := range []string{jenkinsAPI, "/stop", jenkinsArtifact, jenkinsLog, "/logText/progressiveText"} {
		build, ok := strings.CutSuffix(x.Path, tail)
		if !ok {
			continue
		}
		t := Target{ID: build[strings.LastIndexByte(build, '/')+1:]}
		switch stop := tail == "/stop"; {
		case strings.HasPrefix(tail, "/log") && x.R.Method == http.MethodPost:
			t.Other = (*Exchange).buildLog
		case stop && x.R.Method == http.MethodPost:
			t.Phase = OnCancel
		case stop:
			return NotAllowed("OPTIONS, POST")
		case !IsGet(x.R):
			return NotAllowed(AllowStatusNoCancel)
		case strings.HasPrefix(tail, "/log"), tail == jenkinsLog:
			t.Other = (*Exchange).buildLog
		case tail == jenkinsArtifact:
			t.Phase = OnResult
		default:
			t.Phase = OnPoll
		}
		return t
	}
	return Target{}
}

// acceptJenkins answers 201 with the item in the queue.
func acceptJenkins(x *Exchange, v work.View) {
	x.Field("Location", x.Monitor(v))
	x.Hint(v.Hint)
	x.Head(http.StatusCreated)
}

// statusJenkins answers for the item, or for the build that it became.
func statusJenkins(x *Exchange, v work.View) {
	x.Hint(v.Hint)
	_, started := x.started()
	switch {
	case x.Target.Part != itemPart && !started:
		x.Unknown()
	case x.Target.Part != itemPart:
		x.build(v)
	default:
		x.item(v, started)
	}
}

func (x *Exchange) item(v work.View, started bool) {
	class := "hudson.model.Queue$LeftItem"
	if !started && !v.Snap.Status.Done() {
		class = "hudson.model.Queue$BuildableItem"
	}
	m := x.object().text("_class", class).literal("blocked", "false")
	switch {
	case started:
		m = m.literal("buildable", "false").literal("cancelled", "false").
			begin("executable").text("_class", "hudson.model.FreeStyleBuild").literal("number", v.ID).text("url", x.Here(jenkinsBuild(x, v))).end().
			literal("why", "null")
	case v.Snap.Status.Done():
		m = m.literal("buildable", "false").literal("cancelled", "true").literal("executable", "null").literal("why", "null")
	default:
		m = m.literal("buildable", "true").text("why", "Waiting for next available executor")
	}
	x.send(http.StatusOK, m.literal("id", v.ID).literal("stuck", "false").text("url", strings.TrimPrefix(jenkinsItems+v.ID+"/", "/")))
}

// jenkinsResults are the values of result.
var jenkinsResults = words{succeeded: "SUCCESS", failed: "FAILURE", cancelled: "ABORTED", partial: "UNSTABLE"}

func (x *Exchange) build(v work.View) {
	m := x.object().text("_class", "hudson.model.FreeStyleBuild").beginList("artifacts")
	if v.Snap.Status == work.Succeeded {
		m = m.begin("").text("displayPath", "result").text("fileName", "result").text("relativePath", "result").end()
	}
	m = m.endList()
	if v.Snap.Status.Done() {
		m = m.literal("building", "false").text("result", jenkinsResults.of(v)).number("duration", int(v.Snap.Changed.Milliseconds()))
	} else {
		m = m.literal("building", "true").literal("result", "null").number("duration", 0)
	}
	x.send(http.StatusOK, m.literal("number", v.ID).literal("queueId", v.ID).number("timestamp", int(v.Accepted.UnixMilli())).text("url", x.Here(jenkinsBuild(x, v))))
}

func resultJenkins(x *Exchange, v work.View) {
	if v.Snap.Status != work.Succeeded {
		x.Unknown()
		return
	}
	x.SendResult(v)
}

// cancelJenkins answers for an item that leaves the queue with 204, and for a
// build that is stopped with the way back to it.
func cancelJenkins(x *Exchange, v work.View, ok bool) {
	switch {
	case (x.Target.Part == itemPart || x.Target.Part == queuePart) && !ok:
		x.Unknown()
	case x.Target.Part == queuePart:
		x.Field("Location", x.Here("/queue/"))
		x.Head(http.StatusFound)
	case x.Target.Part == itemPart:
		x.Head(http.StatusNoContent)
	default:
		x.Field("Location", x.Here(jenkinsBuild(x, v)))
		x.Head(http.StatusFound)
	}
}

// refuseJenkins sends a page, as Jenkins has no other form of error.
func (x *Exchange) refuseJenkins(p Problem) {
	x.Field("Content-Type", "text/plain; charset=utf-8")
	x.Body(p.Status, []byte(http.StatusText(p.Status)+": "+p.Detail+"\n"))
}
