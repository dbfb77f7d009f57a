package speech

import (
	"net/http"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// genericFamily is the pattern as plain HTTP has it: 202 with Location, 200 with
// a status document, 303 to the result.
//
// Microsoft, Asynchronous Request-Reply pattern; RFC 9110; RFC 7240; RFC 9457.
var genericFamily = []*Dialect{{
	DialectInfo: DialectInfo{
		Name:   "generic",
		Source: "Microsoft, Asynchronous Request-Reply pattern; RFC 9110; RFC 7240; RFC 9457",
		Method: "POST", Path: "/operations",
		Header: []string{"Content-Type: application/json"}, Body: `{"order":7}`,
	},
	Traits:   NamesStatus | TellsQueued | TellsProgress | PolledAsJSON | HasHints | Redirects,
	Route:    routeGeneric,
	Accepted: acceptGeneric,
	Finished: finishGeneric,
	Status:   statusGeneric,
	Patience: func(x *Exchange) time.Duration { return ParsePrefer(x.R.Header["Prefer"]).Wait(work.MaxDuration) }, // RFC 7240, section 4.3
	Result:   resultGeneric,
	Cancel:   cancelGeneric,
	Refuse:   (*Exchange).refuseGeneric,
	Monitor:  func(x *Exchange, v work.View) string { return x.location(v, statusPrefix+v.ID) },
	Product:  func(x *Exchange, v work.View) string { return x.location(v, statusPrefix+v.ID+"/result") },
}}

// statusPrefix is where the status URLs are. Everything else can be submitted to.
const statusPrefix = "/operations/"

const (
	allowSubmit         = "OPTIONS, PATCH, POST, PUT"
	allowRoot           = "GET, HEAD, OPTIONS, PATCH, POST, PUT"
	allowStatus         = "DELETE, GET, HEAD, OPTIONS"
	AllowStatusNoCancel = "GET, HEAD, OPTIONS"
)

func routeGeneric(x *Exchange) Target {
	rest, reserved := strings.CutPrefix(x.Path, statusPrefix)
	method := x.R.Method
	if !reserved {
		switch {
		case method == http.MethodPost, method == http.MethodPut, method == http.MethodPatch:
			return Target{Phase: OnSubmit}
		case x.Path == "/":
			return NotAllowed(allowRoot)
		}
		return NotAllowed(allowSubmit)
	}
	id, tail, nested := strings.Cut(rest, "/")
	switch {
	case nested && tail != "result":
		return Target{ID: id}
	case IsGet(x.R) && nested:
		return Target{Phase: OnResult, ID: id}
	case IsGet(x.R):
		return Target{Phase: OnPoll, ID: id}
	case method == http.MethodDelete && !nested:
		return Target{Phase: OnCancel, ID: id}
	case nested:
		return Target{ID: id, Other: (*Exchange).optionsGeneric, Allow: AllowStatusNoCancel}
	}
	return Target{ID: id, Other: (*Exchange).optionsGeneric, Allow: allowStatus}
}

// optionsGeneric answers other methods, where there is an operation.
func (x *Exchange) optionsGeneric() {
	var v work.View
	if !x.Visit(func(op *work.Operation) { v = op.Look(x.Now) }) {
		x.Unknown()
		return
	}
	x.About(v)
	if v.Scenario.NoCancel {
		x.Target.Allow = AllowStatusNoCancel
	}
	x.Options(x.Target.Allow)
}

func acceptGeneric(x *Exchange, v work.View) {
	// RFC 9110, section 15.3.3
	x.Field("Location", x.Monitor(v))
	x.Hint(v.Hint)
	x.document(http.StatusAccepted, v)
}

// finishGeneric answers a submit that waited long enough: it was synchronous.
func finishGeneric(x *Exchange, v work.View) {
	switch v.Snap.Status {
	case work.Failed:
		x.Problem(FailureOf(v))
	case work.Cancelled:
		x.document(http.StatusOK, v)
	default:
		// RFC 9110, section 8.7: this is also what a GET there would answer.
		x.W.Header().Set("Content-Location", x.Product(v))
		x.SendResult(v)
	}
}

func statusGeneric(x *Exchange, v work.View) {
	if v.Snap.Status.Done() {
		x.endGeneric(v)
		return
	}
	etag := etagOf(v)
	x.W.Header()["Etag"] = []string{etag}
	x.Hint(v.Hint)
	// RFC 9110, section 13.1.2. Only pending answers have a validator, so
	// that the end is never hidden behind a 304.
	if matches(x.R.Header["If-None-Match"], etag) {
		x.Host.Counter.NotModified.Add(1)
		x.Head(http.StatusNotModified)
		return
	}
	x.document(work.PendingCode(v.Scenario), v)
}

// endGeneric tells how it ended. There is nothing to wait for any more, so no
// answer here has a Retry-After.
func (x *Exchange) endGeneric(v work.View) {
	switch {
	case v.Snap.Status == work.Cancelled, v.Scenario.Completion == work.CompletionStatus:
		x.document(http.StatusOK, v)
	case v.Snap.Status == work.Failed:
		x.Problem(FailureOf(v))
	case v.Scenario.Completion == work.CompletionResult:
		x.SendResult(v)
	default:
		// RFC 9110, sections 15.4.3 and 15.4.4
		code := http.StatusSeeOther
		if v.Scenario.Completion == work.CompletionFound {
			code = http.StatusFound
		}
		x.W.Header().Set("Location", x.Product(v))
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

func resultGeneric(x *Exchange, v work.View) {
	if v.Snap.Status != work.Succeeded {
		x.Problem(Problem{
			Status:   http.StatusNotFound,
			Detail:   "there is no result: the operation is " + string(v.Snap.Status) + ", ask for its status at " + StatusPath(v),
			Instance: StatusPath(v),
		})
		return
	}
	x.SendResult(v)
}

func cancelGeneric(x *Exchange, v work.View, ok bool) {
	if !ok {
		// RFC 9110, section 15.5.10
		x.Problem(Problem{
			Status:   http.StatusConflict,
			Detail:   "the operation has ended as " + string(v.Snap.Status) + " and cannot be cancelled any more",
			Instance: StatusPath(v),
		})
		return
	}
	// RFC 9110, section 9.3.5. The second DELETE gets the same answer (section 9.2.2).
	x.Hint(v.Hint)
	x.document(http.StatusAccepted, v)
}

func (x *Exchange) refuseGeneric(p Problem) { SendProblem(x, p) }

// SendProblem sends a problem document. Without a type it means no more than its
// HTTP status says (RFC 9457, section 4.2.1).
func SendProblem(x *Exchange, p Problem) {
	if p.Type == "" {
		p.Type, p.Title = "about:blank", http.StatusText(p.Status)
	}
	x.W.Header().Set("Content-Type", "application/problem+json")
	x.Body(p.Status, append(Encode(p), '\n'))
}
