package mockserver

import (
	"net/http"
	"strings"
)

// jenkinsFamily is Jenkins: an item in the queue hands over to a build.
//
// Jenkins, ParameterizedJobMixIn.java, Queue.java, Run.java.
var jenkinsFamily = []*dialect{{
	DialectInfo: DialectInfo{
		Name: "jenkins-queue", Aliases: []string{"jenkins"},
		Source: "Jenkins, ParameterizedJobMixIn.java (doBuild), Queue.java (WaitingItem, LeftItem, doCancelItem), Run.java (Result)",
		Method: "POST", Path: "/job/demo/build",
	},
	traits:   namesStatus | tellsQueued | polledAsJSON | hasPartial | needsMemory | numbersIDs,
	route:    routeJenkins,
	accepted: acceptJenkins,
	status:   statusJenkins,
	result:   resultJenkins,
	cancel:   cancelJenkins,
	refuse:   (*exchange).refuseJenkins,
	monitor:  func(x *exchange, v view) string { return x.here(jenkinsItems + v.id + "/") },
	product:  func(x *exchange, v view) string { return x.here(jenkinsBuild(x, v) + jenkinsArtifact[1:]) },
	expired:  http.StatusNotFound,
}}

const (
	jenkinsItems    = "/queue/item/"
	jenkinsCancel   = "/queue/cancelItem"
	jenkinsArtifact = "/artifact/result"
	jenkinsAPI      = "/api/json"
	itemPart        = "item"
)

// jenkinsBuild is the path of the build, which has the number of its item here.
func jenkinsBuild(x *exchange, v view) string {
	job := v.local(x)
	return job[:strings.LastIndexByte(job, '/')+1] + v.id + "/"
}

func routeJenkins(x *exchange) target {
	item, isItem := strings.CutPrefix(x.path, jenkinsItems)
	last := x.path[strings.LastIndexByte(x.path, '/')+1:]
	method := x.r.Method
	switch {
	case x.path == jenkinsCancel && method == http.MethodPost:
		x.t = target{id: x.r.URL.Query().Get("id")}
		if _, left := x.started(); !left {
			x.t.phase, x.t.part = onCancel, itemPart
		}
		return x.t // an item that has left the queue is not there any more: 404
	case x.path == jenkinsCancel:
		return notAllowed("OPTIONS, POST")
	case isItem && isGet(x.r):
		id, tail, _ := strings.Cut(item, "/")
		if tail != jenkinsAPI[1:] {
			return target{}
		}
		return target{phase: onPoll, id: id, part: itemPart, handover: true}
	case isItem:
		return notAllowed(allowStatusNoCancel)
	case !strings.HasPrefix(x.path, "/job/"):
		return target{}
	case (last == "build" || last == "buildWithParameters") && method == http.MethodPost:
		return target{phase: onSubmit}
	case last == "build", last == "buildWithParameters":
		return notAllowed("OPTIONS, POST")
	}
	return routeBuild(x)
}

// routeBuild is for what is below the number of a build.
func routeBuild(x *exchange) target {
	for _, tail := range []string{jenkinsAPI, "/stop", jenkinsArtifact} {
		build, ok := strings.CutSuffix(x.path, tail)
		if !ok {
			continue
		}
		t := target{id: build[strings.LastIndexByte(build, '/')+1:]}
		switch stop := tail == "/stop"; {
		case stop && x.r.Method == http.MethodPost:
			t.phase = onCancel
		case stop:
			return notAllowed("OPTIONS, POST")
		case !isGet(x.r):
			return notAllowed(allowStatusNoCancel)
		case tail == jenkinsArtifact:
			t.phase = onResult
		default:
			t.phase = onPoll
		}
		return t
	}
	return target{}
}

// acceptJenkins answers 201 with the item in the queue.
func acceptJenkins(x *exchange, v view) {
	x.field("Location", x.monitor(v))
	x.hint(v.hint)
	x.head(http.StatusCreated)
}

// statusJenkins answers for the item, or for the build that it became.
func statusJenkins(x *exchange, v view) {
	x.hint(v.hint)
	_, started := x.started()
	switch {
	case x.t.part != itemPart && !started:
		x.unknown()
	case x.t.part != itemPart:
		x.build(v)
	default:
		x.item(v, started)
	}
}

func (x *exchange) item(v view, started bool) {
	class := "hudson.model.Queue$LeftItem"
	if !started && !v.snap.Status.Done() {
		class = "hudson.model.Queue$BuildableItem"
	}
	m := x.object().text("_class", class).literal("blocked", "false")
	switch {
	case started:
		m = m.literal("buildable", "false").literal("cancelled", "false").
			begin("executable").text("_class", "hudson.model.FreeStyleBuild").literal("number", v.id).text("url", x.here(jenkinsBuild(x, v))).end().
			literal("why", "null")
	case v.snap.Status.Done():
		m = m.literal("buildable", "false").literal("cancelled", "true").literal("executable", "null").literal("why", "null")
	default:
		m = m.literal("buildable", "true").text("why", "Waiting for next available executor")
	}
	x.send(http.StatusOK, m.literal("id", v.id).literal("stuck", "false").text("url", strings.TrimPrefix(jenkinsItems+v.id+"/", "/")))
}

// jenkinsResults are the values of result.
var jenkinsResults = words{succeeded: "SUCCESS", failed: "FAILURE", cancelled: "ABORTED", partial: "UNSTABLE"}

func (x *exchange) build(v view) {
	m := x.object().text("_class", "hudson.model.FreeStyleBuild").beginList("artifacts")
	if v.snap.Status == Succeeded {
		m = m.begin("").text("displayPath", "result").text("fileName", "result").text("relativePath", "result").end()
	}
	m = m.endList()
	if v.snap.Status.Done() {
		m = m.literal("building", "false").text("result", jenkinsResults.of(v)).number("duration", int(v.snap.Changed.Milliseconds()))
	} else {
		m = m.literal("building", "true").literal("result", "null").number("duration", 0)
	}
	x.send(http.StatusOK, m.literal("number", v.id).literal("queueId", v.id).number("timestamp", int(v.accepted.UnixMilli())).text("url", x.here(jenkinsBuild(x, v))))
}

func resultJenkins(x *exchange, v view) {
	if v.snap.Status != Succeeded {
		x.unknown()
		return
	}
	x.sendResult(v)
}

// cancelJenkins answers for an item that leaves the queue with 204, and for a
// build that is stopped with the way back to it.
func cancelJenkins(x *exchange, v view, ok bool) {
	switch {
	case x.t.part == itemPart && !ok:
		x.unknown()
	case x.t.part == itemPart:
		x.head(http.StatusNoContent)
	default:
		x.field("Location", x.here(jenkinsBuild(x, v)))
		x.head(http.StatusFound)
	}
}

// refuseJenkins sends a page, as Jenkins has no other form of error.
func (x *exchange) refuseJenkins(p problem) {
	x.field("Content-Type", "text/plain; charset=utf-8")
	x.body(p.Status, []byte(http.StatusText(p.Status)+": "+p.Detail+"\n"))
}
