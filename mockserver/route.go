package mockserver

import (
	"net/http"
	"strings"
	"time"
)

// A target is what a request asks for.
type target struct {
	phase phase  // onSubmit, onPoll, onCancel or onResult; 0 for anything else
	id    string // of the operation, if it is about one
	part  string // which of its resources, in the words of the dialect
	// handover tells that a poll leads to the next status URL and is not told
	// the end.
	handover bool
	other    func(x *exchange) // answers what is in no phase; nil is 404
	allow    string            // the methods that the resource takes, if it does not take this one
}

// notAllowed is the target of a method that the resource does not take.
func notAllowed(allow string) target { return target{allow: allow} }

// address finds out which dialect a request speaks, and what it asks for.
func (x *exchange) address() {
	x.d, x.path = x.s.dialect, x.r.URL.Path
	if x.d == nil {
		x.d = dialects[0]
		name, _, _ := strings.Cut(strings.TrimPrefix(x.path, "/"), "/")
		if d := byDialect[name]; d != nil {
			x.d, x.prefix, x.path = d, x.path[:1+len(name)], x.path[1+len(name):]
		}
	}
	if x.path == "" {
		x.path = "/"
	}
	if x.path == "/" && isGet(x.r) && !x.foreign {
		x.t = target{other: (*exchange).usage}
		return
	}
	x.t = x.d.route(x)
	if x.foreign && x.t.id == "" {
		x.t = target{} // nothing but operations is there
	}
}

func isGet(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}

// serve answers an addressed request.
func (s *Server) serve(x *exchange) {
	if !s.admit(x) {
		return
	}
	switch {
	case len(x.r.URL.Path)+len(x.r.URL.RawQuery) > maxURI:
		// RFC 9110, section 15.5.15
		x.problem(problem{Status: http.StatusRequestURITooLong, Detail: "the path and the query are longer than 8 KiB: shorten them"})
	case !x.guarded():
	case x.d.has(needsForeign) && !x.foreign && x.t.id != "":
		x.unknown()
	case x.t.phase == onSubmit:
		s.serveSubmit(x)
	case x.t.phase == onPoll:
		s.servePoll(x)
	case x.t.phase == onResult:
		s.serveResult(x)
	case x.t.phase == onCancel:
		s.serveCancel(x)
	case x.t.other != nil:
		x.t.other(x)
	case x.t.allow != "":
		x.options(x.t.allow)
	default:
		x.unknown()
	}
}

// guarded asks what the dialect asks of every request. It has answered one that
// is refused, and reports false.
func (x *exchange) guarded() bool {
	if x.d.guard == nil || x.t.other != nil && x.path == "/" {
		return true
	}
	if refusal := x.d.guard(x); refusal != nil {
		x.problem(*refusal)
		return false
	}
	return true
}

// visit calls f with the operation that the request is about, under its lock. It
// reports whether there is one, which speaks this dialect.
func (x *exchange) visit(f func(*operation)) bool {
	found := false
	x.s.store.visit(x.t.id, func(op *operation) {
		if found = op.dialect == x.d; found {
			f(op)
		}
	})
	return found
}

// started is when the operation of the request began to run, if it did.
func (x *exchange) started() (at time.Time, ok bool) {
	x.visit(func(op *operation) {
		queue := op.plan().queue
		at, ok = op.accepted.Add(queue), op.ranBy(x.now, queue)
	})
	return at, ok
}

func (s *Server) servePoll(x *exchange) {
	var v view
	if !x.visit(func(op *operation) { v = op.poll(x.now, x.scale, s.journal != nil, !x.t.handover) }) {
		x.unknown()
		return
	}
	if x.d.patience != nil && !v.gone && !v.snap.Status.Done() {
		if limit := min(x.d.patience(x), s.maxWait()); limit > 0 {
			v = s.hold(x, v, limit)
		}
	}
	s.counter.poll(v)
	x.about(v)
	if v.gone {
		x.gone(v)
		return
	}
	x.d.status(x, v)
}

func (s *Server) serveResult(x *exchange) {
	var v view
	if !x.visit(func(op *operation) { v = op.fetch(x.now) }) {
		x.unknown()
		return
	}
	x.about(v)
	if v.gone {
		x.gone(v)
		return
	}
	x.d.result(x, v)
}

// serveCancel calls an operation off.
func (s *Server) serveCancel(x *exchange) {
	var v view
	var ok bool
	if !x.visit(func(op *operation) { v, ok = op.cancel(x.now, x.scale) }) {
		x.unknown()
		return
	}
	x.about(v)
	switch {
	case v.scenario.NoCancel:
		x.uncancellable()
		return
	case v.gone:
		x.gone(v)
		return
	case ok:
		s.counter.cancels.Add(1)
	}
	x.d.cancel(x, v, ok)
}

// uncancellable answers for an operation that cannot be called off.
func (x *exchange) uncancellable() {
	if x.r.Method == http.MethodDelete {
		x.options(allowStatusNoCancel)
		return
	}
	// RFC 9110, section 15.5.10
	x.problem(problem{Status: http.StatusConflict, Detail: "the operation cannot be cancelled"})
}
