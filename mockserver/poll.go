package mockserver

import (
	"net/http"
	"strings"
)

const (
	allowStatus         = "DELETE, GET, HEAD, OPTIONS"
	allowStatusNoCancel = "GET, HEAD, OPTIONS"
)

// serveStatus answers for /operations/{id}.
func (s *Server) serveStatus(x *exchange, id string) {
	switch x.r.Method {
	case http.MethodGet, http.MethodHead:
		s.servePoll(x, id)
	case http.MethodDelete:
		s.serveCancel(x, id)
	default:
		s.serveOptions(x, id)
	}
}

func (s *Server) serveOptions(x *exchange, id string) {
	var v view
	if !s.store.visit(id, func(op *operation) { v = op.look(x.now) }) {
		x.unknown()
		return
	}
	x.about(v)
	x.options(v.allow())
}

func (v view) allow() string {
	if v.scenario.NoCancel {
		return allowStatusNoCancel
	}
	return allowStatus
}

func (s *Server) servePoll(x *exchange, id string) {
	var v view
	if !s.store.visit(id, func(op *operation) { v = op.poll(x.now, x.scale, s.journal != nil) }) {
		x.unknown()
		return
	}
	s.counter.poll(v)
	x.about(v)
	switch {
	case v.gone:
		x.gone(v)
	case v.snap.Status.Done():
		s.serveEnd(x, v)
	default:
		s.servePending(x, v)
	}
}

// servePending tells how far it is.
func (s *Server) servePending(x *exchange, v view) {
	etag := v.etag()
	x.w.Header()["Etag"] = []string{etag}
	x.hint(v.hint)
	// RFC 9110, section 13.1.2. Only pending answers have a validator, so
	// that the end is never hidden behind a 304.
	if matches(x.r.Header["If-None-Match"], etag) {
		s.counter.notModified.Add(1)
		x.head(http.StatusNotModified)
		return
	}
	x.document(v.scenario.pendingStatus(), v)
}

// serveEnd tells how it ended. There is nothing to wait for any more, so no
// answer here has a Retry-After.
func (s *Server) serveEnd(x *exchange, v view) {
	switch {
	case v.snap.Status == Cancelled, v.scenario.Completion == CompletionStatus:
		x.document(http.StatusOK, v)
	case v.snap.Status == Failed:
		x.problem(v.failure())
	case v.scenario.Completion == CompletionResult:
		s.sendResult(x, v)
	case v.scenario.Completion == CompletionFound:
		// RFC 9110, section 15.4.3
		x.redirect(http.StatusFound, v)
	default:
		// RFC 9110, section 15.4.4
		x.redirect(http.StatusSeeOther, v)
	}
}

func (x *exchange) redirect(code int, v view) {
	x.w.Header().Set("Location", x.location(v, v.resultPath()))
	x.document(code, v)
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

// serveCancel calls an operation off.
func (s *Server) serveCancel(x *exchange, id string) {
	var v view
	var ok bool
	if !s.store.visit(id, func(op *operation) { v, ok = op.cancel(x.now, x.scale) }) {
		x.unknown()
		return
	}
	x.about(v)
	switch {
	case v.scenario.NoCancel:
		x.options(v.allow())
	case v.gone:
		x.gone(v)
	case !ok:
		// RFC 9110, section 15.5.10
		x.problem(problem{
			Status:   http.StatusConflict,
			Detail:   "the operation has ended as " + string(v.snap.Status) + " and cannot be cancelled any more",
			Instance: v.statusPath(),
		})
	default:
		// RFC 9110, section 9.3.5. The second DELETE gets the same answer (section 9.2.2).
		s.counter.cancels.Add(1)
		x.hint(v.hint)
		x.document(http.StatusAccepted, v)
	}
}
