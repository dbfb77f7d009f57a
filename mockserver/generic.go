package mockserver

import (
	"net/http"
	"strings"
	"time"
)

// genericFamily is the pattern as plain HTTP has it: 202 with Location, 200 with
// a status document, 303 to the result.
//
// Microsoft, Asynchronous Request-Reply pattern; RFC 9110; RFC 7240; RFC 9457.
var genericFamily = []*dialect{{
	DialectInfo: DialectInfo{
		Name:   "generic",
		Source: "Microsoft, Asynchronous Request-Reply pattern; RFC 9110; RFC 7240; RFC 9457",
		Method: "POST", Path: "/operations",
		Header: []string{"Content-Type: application/json"}, Body: `{"order":7}`,
	},
	traits:   namesStatus | tellsQueued | tellsProgress | polledAsJSON | hasHints | redirects,
	route:    routeGeneric,
	accepted: acceptGeneric,
	finished: finishGeneric,
	status:   statusGeneric,
	patience: func(x *exchange) time.Duration { return parsePrefer(x.r.Header["Prefer"]).wait(MaxDuration) }, // RFC 7240, section 4.3
	result:   resultGeneric,
	cancel:   cancelGeneric,
	refuse:   (*exchange).refuseGeneric,
	monitor:  func(x *exchange, v view) string { return x.location(v, statusPrefix+v.id) },
	product:  func(x *exchange, v view) string { return x.location(v, statusPrefix+v.id+"/result") },
}}

// statusPrefix is where the status URLs are. Everything else can be submitted to.
const statusPrefix = "/operations/"

const (
	allowSubmit         = "OPTIONS, PATCH, POST, PUT"
	allowRoot           = "GET, HEAD, OPTIONS, PATCH, POST, PUT"
	allowStatus         = "DELETE, GET, HEAD, OPTIONS"
	allowStatusNoCancel = "GET, HEAD, OPTIONS"
)

func routeGeneric(x *exchange) target {
	rest, reserved := strings.CutPrefix(x.path, statusPrefix)
	method := x.r.Method
	if !reserved {
		switch {
		case method == http.MethodPost, method == http.MethodPut, method == http.MethodPatch:
			return target{phase: onSubmit}
		case x.path == "/":
			return notAllowed(allowRoot)
		}
		return notAllowed(allowSubmit)
	}
	id, tail, nested := strings.Cut(rest, "/")
	switch {
	case nested && tail != "result":
		return target{id: id}
	case isGet(x.r) && nested:
		return target{phase: onResult, id: id}
	case isGet(x.r):
		return target{phase: onPoll, id: id}
	case method == http.MethodDelete && !nested:
		return target{phase: onCancel, id: id}
	case nested:
		return target{id: id, other: (*exchange).optionsGeneric, allow: allowStatusNoCancel}
	}
	return target{id: id, other: (*exchange).optionsGeneric, allow: allowStatus}
}

// optionsGeneric answers other methods, where there is an operation.
func (x *exchange) optionsGeneric() {
	var v view
	if !x.visit(func(op *operation) { v = op.look(x.now) }) {
		x.unknown()
		return
	}
	x.about(v)
	if v.scenario.NoCancel {
		x.t.allow = allowStatusNoCancel
	}
	x.options(x.t.allow)
}

func acceptGeneric(x *exchange, v view) {
	// RFC 9110, section 15.3.3
	x.field("Location", x.monitor(v))
	x.hint(v.hint)
	x.document(http.StatusAccepted, v)
}

// finishGeneric answers a submit that waited long enough: it was synchronous.
func finishGeneric(x *exchange, v view) {
	switch v.snap.Status {
	case Failed:
		x.problem(v.failure())
	case Cancelled:
		x.document(http.StatusOK, v)
	default:
		// RFC 9110, section 8.7: this is also what a GET there would answer.
		x.w.Header().Set("Content-Location", x.product(v))
		x.sendResult(v)
	}
}

func statusGeneric(x *exchange, v view) {
	if v.snap.Status.Done() {
		x.endGeneric(v)
		return
	}
	etag := v.etag()
	x.w.Header()["Etag"] = []string{etag}
	x.hint(v.hint)
	// RFC 9110, section 13.1.2. Only pending answers have a validator, so
	// that the end is never hidden behind a 304.
	if matches(x.r.Header["If-None-Match"], etag) {
		x.s.counter.notModified.Add(1)
		x.head(http.StatusNotModified)
		return
	}
	x.document(v.scenario.pendingStatus(), v)
}

// endGeneric tells how it ended. There is nothing to wait for any more, so no
// answer here has a Retry-After.
func (x *exchange) endGeneric(v view) {
	switch {
	case v.snap.Status == Cancelled, v.scenario.Completion == CompletionStatus:
		x.document(http.StatusOK, v)
	case v.snap.Status == Failed:
		x.problem(v.failure())
	case v.scenario.Completion == CompletionResult:
		x.sendResult(v)
	default:
		// RFC 9110, sections 15.4.3 and 15.4.4
		code := http.StatusSeeOther
		if v.scenario.Completion == CompletionFound {
			code = http.StatusFound
		}
		x.w.Header().Set("Location", x.product(v))
		x.document(code, v)
	}
}

// matches reports whether a field If-None-Match names etag, by the weak
// comparison that RFC 9110, section 13.1.2, asks for.
func matches(lines []string, etag string) bool {
	for _, line := range lines {
		for member := range strings.SplitSeq(line, ",") {
			member = strings.Trim(member, " \t")
			if member == "*" || strings.TrimPrefix(member, "W/") == etag {
				return true
			}
		}
	}
	return false
}

func resultGeneric(x *exchange, v view) {
	if v.snap.Status != Succeeded {
		x.problem(problem{
			Status:   http.StatusNotFound,
			Detail:   "there is no result: the operation is " + string(v.snap.Status) + ", ask for its status at " + v.statusPath(),
			Instance: v.statusPath(),
		})
		return
	}
	x.sendResult(v)
}

func cancelGeneric(x *exchange, v view, ok bool) {
	if !ok {
		// RFC 9110, section 15.5.10
		x.problem(problem{
			Status:   http.StatusConflict,
			Detail:   "the operation has ended as " + string(v.snap.Status) + " and cannot be cancelled any more",
			Instance: v.statusPath(),
		})
		return
	}
	// RFC 9110, section 9.3.5. The second DELETE gets the same answer (section 9.2.2).
	x.hint(v.hint)
	x.document(http.StatusAccepted, v)
}

// refuseGeneric sends a problem document. Without a type it means no more than
// its HTTP status says (RFC 9457, section 4.2.1).
func (x *exchange) refuseGeneric(p problem) {
	if p.Type == "" {
		p.Type, p.Title = "about:blank", http.StatusText(p.Status)
	}
	x.w.Header().Set("Content-Type", "application/problem+json")
	x.body(p.Status, append(encode(p), '\n'))
}
