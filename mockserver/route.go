package mockserver

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// address finds out which dialect a request speaks, and what it asks for.
func (s *Server) address(x *speech.Exchange) {
	x.Dialect, x.Path = s.dialect, x.R.URL.Path
	if base := s.basePath; base != "" {
		// The server is mounted there, whether the path still has it or not.
		x.Prefix = base
		if rest, ok := strings.CutPrefix(x.Path, base); ok && (rest == "" || rest[0] == '/') {
			x.Path = rest
		}
	}
	if x.Dialect == nil {
		x.Dialect = generic
		name, _, _ := strings.Cut(strings.TrimPrefix(x.Path, "/"), "/")
		if d := dialectNamed(name); d != nil {
			x.Dialect, x.Prefix, x.Path = d, x.Prefix+x.Path[:1+len(name)], x.Path[1+len(name):]
		}
	}
	if x.Path == "" {
		x.Path = "/"
	}
	if s.router != nil && !s.router.Enter(x) {
		x.Target = speech.Target{}
		return
	}
	x.Target = x.Dialect.Route(x)
	if root := x.Path == "/" && speech.IsGet(x.R) && !x.Foreign; root && s.router == nil && x.Target.Phase == 0 && x.Target.Other == nil {
		x.Target = speech.Target{Other: usage}
	}
	if x.Foreign && x.Target.ID == "" {
		x.Target = speech.Target{} // nothing but operations is there
	}
}

// serve answers an addressed request.
func (s *Server) serve(x *speech.Exchange) {
	if !s.admit(x) {
		return
	}
	switch {
	case len(x.R.URL.Path)+len(x.R.URL.RawQuery) > maxURI:
		// RFC 9110, section 15.5.15
		x.Problem(speech.Problem{Status: http.StatusRequestURITooLong, Detail: "the path and the query are longer than 8 KiB: shorten them"})
	case !guarded(x):
	case x.Dialect.Has(speech.NeedsForeign) && !x.Foreign && x.Target.ID != "":
		x.Unknown()
	case x.Reply != nil:
		x.Reply(x)
	case x.Target.Phase == speech.OnSubmit:
		s.serveSubmit(x)
	case x.Target.Phase == speech.OnPoll:
		s.servePoll(x)
	case x.Target.Phase == speech.OnResult:
		s.serveResult(x)
	case x.Target.Phase == speech.OnCancel:
		s.serveCancel(x)
	case x.Target.Other != nil:
		x.Target.Other(x)
	case x.Target.Allow != "":
		x.Options(x.Target.Allow)
	default:
		x.Unknown()
	}
}

// guarded asks what the dialect asks of every request. It has answered one that
// is refused, and reports false.
func guarded(x *speech.Exchange) bool {
	if x.Dialect.Guard == nil || x.Target.Other != nil && x.Path == "/" {
		return true
	}
	if refusal := x.Dialect.Guard(x); refusal != nil {
		x.Problem(*refusal)
		return false
	}
	return true
}

func (s *Server) servePoll(x *speech.Exchange) {
	var v work.View
	if !x.Visit(func(op *work.Operation) { v = op.Poll(x.Now, x.Scale, s.journal != nil, !x.Target.Handover) }) {
		x.Unknown()
		return
	}
	if x.Dialect.Patience != nil && !v.Gone && !v.Snap.Status.Done() {
		if limit := min(x.Dialect.Patience(x), s.maxWait()); limit > 0 && !s.closing() {
			v = s.hold(x, v, limit)
		}
	}
	s.host.Counter.Poll(v)
	x.About(v)
	if v.Gone {
		x.Gone(v)
		return
	}
	x.Dialect.Status(x, v)
}

func (s *Server) serveResult(x *speech.Exchange) {
	var v work.View
	if !x.Visit(func(op *work.Operation) { v = op.Fetch(x.Now) }) {
		x.Unknown()
		return
	}
	x.About(v)
	if v.Gone {
		x.Gone(v)
		return
	}
	x.Dialect.Result(x, v)
}

// serveCancel cancels an operation.
func (s *Server) serveCancel(x *speech.Exchange) {
	var v work.View
	var ok bool
	if !x.Visit(func(op *work.Operation) { v, ok = op.Cancel(x.Now, x.Scale) }) {
		x.Unknown()
		return
	}
	x.About(v)
	switch {
	case v.Scenario.NoCancel:
		uncancellable(x)
		return
	case v.Gone:
		x.Gone(v)
		return
	case ok:
		s.host.Counter.Cancels.Add(1)
	}
	x.Dialect.Cancel(x, v, ok)
}

// uncancellable answers for an operation that cannot be cancelled.
func uncancellable(x *speech.Exchange) {
	if x.R.Method == http.MethodDelete {
		x.Options(speech.AllowStatusNoCancel)
		return
	}
	// RFC 9110, section 15.5.10
	x.Problem(speech.Problem{Status: http.StatusConflict, Detail: "the operation cannot be cancelled"})
}
