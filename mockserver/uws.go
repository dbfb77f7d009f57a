package mockserver

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// uwsFamily is the Universal Worker Service of the Virtual Observatory: XML, and
// jobs that do nothing before they are told to run.
//
// IVOA UWS 1.1 (REC 2016-10-24), sections 2.1 and 2.2, and the schema in its
// appendix.
var uwsFamily = []*dialect{{
	DialectInfo: DialectInfo{
		Name: "uws", Aliases: []string{"ivoa", "ivoa-uws"},
		Source: "IVOA Universal Worker Service 1.1, sections 2.1.3, 2.1.8, 2.2.2 and 2.2.3",
		Method: "POST", Path: "/jobs?PHASE=RUN", Body: "TIME=10",
	},
	traits:   namesStatus | tellsQueued | namesResult,
	route:    routeUWS,
	admit:    admitUWS,
	accepted: acceptUWS,
	status:   statusUWS,
	patience: patienceUWS,
	result:   resultUWS,
	cancel:   func(x *exchange, v view, _ bool) { x.seeJob(v) },
	refuse:   (*exchange).refuseUWS,
	monitor:  func(x *exchange, v view) string { return x.here(uwsJobs + "/" + v.id) },
	product:  func(x *exchange, v view) string { return x.here(uwsJobs + "/" + v.id + uwsResult) },
	expired:  http.StatusNotFound,
}}

const (
	uwsJobs   = "/jobs"
	uwsResult = "/results/result"
	phasePart = "phase"
)

func routeUWS(x *exchange) target {
	rest, jobs := strings.CutPrefix(x.path, uwsJobs)
	id, tail, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	method := x.r.Method
	switch {
	case !jobs || rest != "" && rest[0] != '/':
		return target{}
	case id == "" && method == http.MethodPost:
		return target{phase: onSubmit}
	case id == "" && isGet(x.r):
		return target{other: (*exchange).jobsUWS}
	case id == "":
		return notAllowed("GET, HEAD, OPTIONS, POST")
	case tail == "" && method == http.MethodDelete:
		return target{id: id, other: (*exchange).destroyUWS}
	case tail == "" && method == http.MethodPost:
		if strings.EqualFold(x.r.PostFormValue("ACTION"), "DELETE") {
			return target{id: id, other: (*exchange).destroyUWS}
		}
		return target{id: id, other: (*exchange).parametersUWS}
	case tail == phasePart && method == http.MethodPost:
		if strings.EqualFold(x.r.PostFormValue("PHASE"), "ABORT") {
			return target{phase: onCancel, id: id, part: phasePart}
		}
		return target{id: id, other: (*exchange).runUWS}
	case !isGet(x.r):
		return notAllowed(allowStatusNoCancel)
	case tail == "" || tail == phasePart:
		return target{phase: onPoll, id: id, part: tail}
	case "/"+tail == uwsResult:
		return target{phase: onResult, id: id}
	}
	return target{id: id, part: tail, other: (*exchange).partUWS}
}

// admitUWS holds a job back unless it is told to run at once: "PHASE=RUN" among
// the parameters of the submit. Section 2.2.3.1.
func admitUWS(x *exchange, sub *submission) *problem {
	run := strings.EqualFold(x.r.URL.Query().Get("PHASE"), "RUN")
	if form, err := url.ParseQuery(string(sub.body)); err == nil && !run {
		run = strings.EqualFold(form.Get("PHASE"), "RUN")
	}
	sub.hold = !run
	if sub.hold && x.s.Stateless {
		return refuse(http.StatusForbidden, "a server that keeps nothing cannot hold jobs: submit with PHASE=RUN")
	}
	return nil
}

// acceptUWS answers 303 to the job, as every change does. Section 2.2.3.1.
func acceptUWS(x *exchange, v view) { x.seeJob(v) }

func (x *exchange) seeJob(v view) {
	x.field("Location", x.monitor(v))
	x.hint(v.hint)
	x.head(http.StatusSeeOther)
}

// phases are those of section 2.1.3.
var phases = words{pending: "QUEUED", running: "EXECUTING", succeeded: "COMPLETED", failed: "ERROR", cancelled: "ABORTED"}

func (v view) phase() string {
	if v.held {
		return "PENDING"
	}
	return phases.of(v)
}

// patienceUWS reads WAIT, in seconds; -1 is for ever. Section 2.2.1.1.
func patienceUWS(x *exchange) time.Duration {
	seconds := 0
	switch text := x.r.URL.Query().Get("WAIT"); {
	case text == "-1":
		return MaxDuration
	case parseInt(text, 0, maxPreferWait, &seconds):
		return time.Duration(seconds) * time.Second
	}
	return 0
}

// statusUWS answers for the job, or for its phase alone. Section 2.2.1.1.
func statusUWS(x *exchange, v view) {
	x.hint(v.hint)
	if x.t.part == phasePart {
		x.field("Content-Type", "text/plain")
		x.body(http.StatusOK, append(append(x.buf[:0], v.phase()...), '\n'))
		return
	}
	b := append(x.buf[:0], xml.Header...)
	b = append(b, `<uws:job xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="1.1">`...)
	b = element(b, "jobId", v.id)
	b = append(b, "<uws:ownerId xsi:nil=\"true\"/>"...)
	b = element(b, "phase", v.phase())
	b = append(b, "<uws:quote xsi:nil=\"true\"/>"...)
	b = append(appendTime(append(b, "<uws:creationTime>"...), v.accepted), "</uws:creationTime>"...)
	if started, ok := x.started(); ok {
		b = append(appendTime(append(b, "<uws:startTime>"...), started), "</uws:startTime>"...)
	} else {
		b = append(b, "<uws:startTime xsi:nil=\"true\"/>"...)
	}
	if v.snap.Status.Done() {
		b = append(appendTime(append(b, "<uws:endTime>"...), v.changed()), "</uws:endTime>"...)
	} else {
		b = append(b, "<uws:endTime xsi:nil=\"true\"/>"...)
	}
	b = append(b, "<uws:executionDuration>0</uws:executionDuration>"...)
	b = append(appendTime(append(b, "<uws:destruction>"...), v.destruction()), "</uws:destruction>"...)
	b = append(b, "<uws:parameters/><uws:results>"...)
	if v.snap.Status == Succeeded {
		b = append(b, `<uws:result id="result" xlink:type="simple" xlink:href="`...)
		b = append(appendXML(b, x.product(v)), `"/>`...)
	}
	b = append(b, "</uws:results>"...)
	if v.snap.Status == Failed {
		b = append(b, `<uws:errorSummary type="fatal" hasDetail="true">`...)
		b = append(element(b, "message", v.why()), "</uws:errorSummary>"...)
	}
	x.buf = append(b, "</uws:job>\n"...)
	x.field("Content-Type", "text/xml")
	x.body(http.StatusOK, x.buf)
}

// destruction is when the job is forgotten, section 2.1.6.
func (v view) destruction() time.Time { return v.accepted.Add(v.scenario.retention()) }

func element(b []byte, name, text string) []byte {
	b = append(append(append(b, "<uws:"...), name...), '>')
	b = appendXML(b, text)
	return append(append(append(b, "</uws:"...), name...), '>')
}

func appendXML(b []byte, text string) []byte {
	if !strings.ContainsAny(text, "<>&\"'\r\n\t") {
		return append(b, text...)
	}
	var out bytes.Buffer
	xml.EscapeText(&out, []byte(text)) // a buffer takes everything
	return append(b, out.Bytes()...)
}

func resultUWS(x *exchange, v view) {
	if v.snap.Status != Succeeded {
		x.unknown()
		return
	}
	x.sendResult(v)
}

// change visits the job of the request, and answers 303 to it.
func (x *exchange) change(f func(*operation)) (view, bool) {
	var v view
	if !x.visit(func(op *operation) { f(op); v = op.look(x.now) }) {
		x.unknown()
		return v, false
	}
	x.about(v)
	return v, true
}

// runUWS takes PHASE=RUN, which only a job that is PENDING heeds. Section 2.2.3.5.
func (x *exchange) runUWS() {
	if !strings.EqualFold(x.r.PostFormValue("PHASE"), "RUN") {
		x.problem(*refuse(http.StatusForbidden, "PHASE is RUN or ABORT"))
		return
	}
	v, ok := x.change(func(op *operation) {
		if op.hand.held() {
			op.thaw(x.now)
		}
	})
	if ok {
		x.seeJob(v)
	}
}

// parametersUWS takes parameters for a job, and does nothing with them.
func (x *exchange) parametersUWS() {
	if v, ok := x.change(func(*operation) {}); ok {
		x.seeJob(v)
	}
}

// destroyUWS deletes a job and its results: 303 to the list. Section 2.2.3.2.
func (x *exchange) destroyUWS() {
	if _, ok := x.change(func(op *operation) { op.expire(x.now) }); ok {
		x.field("Location", x.here(uwsJobs))
		x.head(http.StatusSeeOther)
	}
}

// partUWS answers for the other parts of a job. Section 2.2.2.
func (x *exchange) partUWS() {
	v, ok := x.change(func(*operation) {})
	if !ok {
		return
	}
	text := ""
	switch x.t.part {
	case "executionduration":
		text = "0"
	case "destruction":
		text = v.destruction().UTC().Format(time.RFC3339)
	case "quote", "owner":
	case "error":
		if v.snap.Status == Failed {
			text = v.why()
		}
	default:
		x.unknown()
		return
	}
	x.field("Content-Type", "text/plain")
	x.body(http.StatusOK, []byte(text+"\n"))
}

// jobsUWS lists the jobs. Section 2.2.2.1.
func (x *exchange) jobsUWS() {
	b := append([]byte(xml.Header), `<uws:jobs xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1">`...)
	var jobs []view
	x.s.store.visitAll(func(op *operation) {
		if v := op.look(x.now); op.dialect == x.d && !v.gone {
			jobs = append(jobs, v)
		}
	})
	slices.SortFunc(jobs, func(a, b view) int { return cmp.Or(a.accepted.Compare(b.accepted), cmp.Compare(a.id, b.id)) })
	for _, v := range jobs[:min(len(jobs), maxListed)] {
		b = append(append(append(b, `<uws:jobref id="`...), v.id...), `" xlink:type="simple" xlink:href="`...)
		b = append(append(b, x.monitor(v)...), `">`...)
		b = append(element(b, "phase", v.phase()), "</uws:jobref>"...)
	}
	x.field("Content-Type", "text/xml")
	x.body(http.StatusOK, append(b, "</uws:jobs>\n"...))
}

const maxListed = 1000

// refuseUWS sends a text: section 2.2.3.1 has 403 for a job that is not taken,
// and no form for errors.
func (x *exchange) refuseUWS(p problem) {
	x.field("Content-Type", "text/plain; charset=utf-8")
	x.body(p.Status, []byte(strconv.Itoa(p.Status)+" "+http.StatusText(p.Status)+": "+p.Detail+"\n"))
}
