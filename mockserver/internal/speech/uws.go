package speech

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// uwsFamily is the Universal Worker Service of the Virtual Observatory: XML, and
// jobs that do nothing before they are told to run.
//
// IVOA UWS 1.1 (REC 2016-10-24), sections 2.1 and 2.2, and the schema in its
// appendix.
var uwsFamily = []*Dialect{{
	DialectInfo: DialectInfo{
		Name: "uws", Aliases: []string{"ivoa", "ivoa-uws"},
		Source: "IVOA Universal Worker Service 1.1, sections 2.1.3, 2.1.8, 2.2.2 and 2.2.3",
		Method: "POST", Path: "/jobs?PHASE=RUN", Body: "TIME=10",
	},
	Traits:   NamesStatus | TellsQueued | NamesResult,
	Route:    routeUWS,
	Admit:    admitUWS,
	Accepted: acceptUWS,
	Status:   statusUWS,
	Patience: patienceUWS,
	Result:   resultUWS,
	Cancel:   func(x *Exchange, v work.View, _ bool) { x.seeJob(v) },
	Refuse:   (*Exchange).refuseUWS,
	Monitor:  func(x *Exchange, v work.View) string { return x.Here(uwsJobs + "/" + v.ID) },
	Product:  func(x *Exchange, v work.View) string { return x.Here(uwsJobs + "/" + v.ID + uwsResult) },
	Expired:  http.StatusNotFound,
}}

const (
	uwsJobs   = "/jobs"
	uwsResult = "/results/result"
	phasePart = "phase"
)

func routeUWS(x *Exchange) Target {
	rest, jobs := strings.CutPrefix(x.Path, uwsJobs)
	id, tail, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	method := x.R.Method
	switch {
	case !jobs || rest != "" && rest[0] != '/':
		return Target{}
	case id == "" && method == http.MethodPost:
		return Target{Phase: OnSubmit}
	case id == "" && IsGet(x.R):
		return Target{Other: (*Exchange).jobsUWS}
	case id == "":
		return NotAllowed("GET, HEAD, OPTIONS, POST")
	case tail == "" && method == http.MethodDelete:
		return Target{ID: id, Other: (*Exchange).destroyUWS}
	case tail == "" && method == http.MethodPost:
		if strings.EqualFold(x.R.PostFormValue("ACTION"), "DELETE") {
			return Target{ID: id, Other: (*Exchange).destroyUWS}
		}
		return Target{ID: id, Other: (*Exchange).parametersUWS}
	case tail == phasePart && method == http.MethodPost:
		if strings.EqualFold(x.R.PostFormValue("PHASE"), "ABORT") {
			return Target{Phase: OnCancel, ID: id, Part: phasePart}
		}
		return Target{ID: id, Other: (*Exchange).runUWS}
	case !IsGet(x.R):
		return NotAllowed(AllowStatusNoCancel)
	case tail == "" || tail == phasePart:
		return Target{Phase: OnPoll, ID: id, Part: tail}
	case "/"+tail == uwsResult:
		return Target{Phase: OnResult, ID: id}
	}
	return Target{ID: id, Part: tail, Other: (*Exchange).partUWS}
}

// admitUWS holds a job back unless it is told to run at once: "PHASE=RUN" among
// the parameters of the submit. Section 2.2.3.1.
func admitUWS(x *Exchange, sub *work.Submission) *Problem {
	run := strings.EqualFold(x.R.URL.Query().Get("PHASE"), "RUN")
	if form, err := url.ParseQuery(string(sub.Body)); err == nil && !run {
		run = strings.EqualFold(form.Get("PHASE"), "RUN")
	}
	sub.Hold = !run
	if sub.Hold && x.Host.Stateless {
		return Refuse(http.StatusForbidden, "a server that keeps nothing cannot hold jobs: submit with PHASE=RUN")
	}
	return nil
}

// acceptUWS answers 303 to the job, as every change does. Section 2.2.3.1.
func acceptUWS(x *Exchange, v work.View) { x.seeJob(v) }

func (x *Exchange) seeJob(v work.View) {
	x.Field("Location", x.Monitor(v))
	x.Hint(v.Hint)
	x.Led(v)
	x.Head(http.StatusSeeOther)
}

// phases are those of section 2.1.3.
var phases = words{pending: "QUEUED", running: "EXECUTING", succeeded: "COMPLETED", failed: "ERROR", cancelled: "ABORTED"}

func phaseUWS(v work.View) string {
	if v.Held {
		return "PENDING"
	}
	return phases.of(v)
}

// patienceUWS reads WAIT, in seconds; -1 is for ever. Section 2.2.1.1.
func patienceUWS(x *Exchange) time.Duration {
	seconds := 0
	switch text := x.R.URL.Query().Get("WAIT"); {
	case text == "-1":
		return work.MaxDuration
	case work.ParseInt(text, 0, MaxPreferWait, &seconds):
		return time.Duration(seconds) * time.Second
	}
	return 0
}

// statusUWS answers for the job, or for its phase alone. Section 2.2.1.1.
func statusUWS(x *Exchange, v work.View) {
	x.Hint(v.Hint)
	if x.Target.Part == phasePart {
		x.Field("Content-Type", "text/plain")
		x.Body(http.StatusOK, append(append(x.Buf[:0], phaseUWS(v)...), '\n'))
		return
	}
	b := append(x.Buf[:0], xml.Header...)
	b = append(b, `<uws:job xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="1.1">`...)
	b = element(b, "jobId", v.ID)
	b = append(b, "<uws:ownerId xsi:nil=\"true\"/>"...)
	b = element(b, "phase", phaseUWS(v))
	b = append(b, "<uws:quote xsi:nil=\"true\"/>"...)
	b = append(AppendTime(append(b, "<uws:creationTime>"...), v.Accepted), "</uws:creationTime>"...)
	if started, ok := x.started(); ok {
		b = append(AppendTime(append(b, "<uws:startTime>"...), started), "</uws:startTime>"...)
	} else {
		b = append(b, "<uws:startTime xsi:nil=\"true\"/>"...)
	}
	if v.Snap.Status.Done() {
		b = append(AppendTime(append(b, "<uws:endTime>"...), v.Changed()), "</uws:endTime>"...)
	} else {
		b = append(b, "<uws:endTime xsi:nil=\"true\"/>"...)
	}
	b = append(b, "<uws:executionDuration>0</uws:executionDuration>"...)
	b = append(AppendTime(append(b, "<uws:destruction>"...), destruction(v)), "</uws:destruction>"...)
	b = append(b, "<uws:parameters/><uws:results>"...)
	if v.Snap.Status == work.Succeeded {
		b = append(b, `<uws:result id="result" xlink:type="simple" xlink:href="`...)
		b = append(appendXML(b, x.Product(v)), `"/>`...)
	}
	b = append(b, "</uws:results>"...)
	if v.Snap.Status == work.Failed {
		b = append(b, `<uws:errorSummary type="fatal" hasDetail="true">`...)
		b = append(element(b, "message", Why(v)), "</uws:errorSummary>"...)
	}
	x.Buf = append(b, "</uws:job>\n"...)
	x.Field("Content-Type", "text/xml")
	x.Body(http.StatusOK, x.Buf)
}

// destruction is when the job is forgotten, section 2.1.6.
func destruction(v work.View) time.Time { return v.Accepted.Add(work.Kept(v.Scenario)) }

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

func resultUWS(x *Exchange, v work.View) {
	if v.Snap.Status != work.Succeeded {
		x.Unknown()
		return
	}
	x.SendResult(v)
}

// change visits the job of the request, and answers 303 to it.
func (x *Exchange) change(f func(*work.Operation)) (work.View, bool) {
	var v work.View
	if !x.Visit(func(op *work.Operation) { f(op); v = op.Look(x.Now) }) {
		x.Unknown()
		return v, false
	}
	x.About(v)
	return v, true
}

// runUWS takes PHASE=RUN, which only a job that is PENDING heeds. Section 2.2.3.5.
func (x *Exchange) runUWS() {
	if !strings.EqualFold(x.R.PostFormValue("PHASE"), "RUN") {
		x.Problem(*Refuse(http.StatusForbidden, "PHASE is RUN or ABORT"))
		return
	}
	v, ok := x.change(func(op *work.Operation) {
		if op.Hand.Held() {
			op.Thaw(x.Now)
		}
	})
	if ok {
		x.seeJob(v)
	}
}

// parametersUWS takes parameters for a job, and does nothing with them.
func (x *Exchange) parametersUWS() {
	if v, ok := x.change(func(*work.Operation) {}); ok {
		x.seeJob(v)
	}
}

// destroyUWS deletes a job and its results: 303 to the list. Section 2.2.3.2.
func (x *Exchange) destroyUWS() {
	if _, ok := x.change(func(op *work.Operation) { op.Expire(x.Now) }); ok {
		x.Field("Location", x.Here(uwsJobs))
		x.Head(http.StatusSeeOther)
	}
}

// partUWS answers for the other parts of a job. Section 2.2.2.
func (x *Exchange) partUWS() {
	v, ok := x.change(func(*work.Operation) {})
	if !ok {
		return
	}
	text := ""
	switch x.Target.Part {
	case "executionduration":
		text = "0"
	case "destruction":
		text = destruction(v).UTC().Format(time.RFC3339)
	case "quote", "owner":
	case "error":
		if v.Snap.Status == work.Failed {
			text = Why(v)
		}
	default:
		x.Unknown()
		return
	}
	x.Field("Content-Type", "text/plain")
	x.Body(http.StatusOK, []byte(text+"\n"))
}

// jobsUWS lists the jobs. Section 2.2.2.1.
func (x *Exchange) jobsUWS() {
	b := append([]byte(xml.Header), `<uws:jobs xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1">`...)
	for _, v := range x.operations() {
		b = append(append(append(b, `<uws:jobref id="`...), v.ID...), `" xlink:type="simple" xlink:href="`...)
		b = append(append(b, x.Monitor(v)...), `">`...)
		b = append(element(b, "phase", phaseUWS(v)), "</uws:jobref>"...)
	}
	x.Field("Content-Type", "text/xml")
	x.Body(http.StatusOK, append(b, "</uws:jobs>\n"...))
}

// refuseUWS sends a text: section 2.2.3.1 has 403 for a job that is not taken,
// and no form for errors.
func (x *Exchange) refuseUWS(p Problem) {
	x.Field("Content-Type", "text/plain; charset=utf-8")
	x.Body(p.Status, []byte(strconv.Itoa(p.Status)+" "+http.StatusText(p.Status)+": "+p.Detail+"\n"))
}
