package shape

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// A Router is a Shape that is ready to be spoken.
type Router struct {
	name, base string
	kinds      []*kind
	routes     []route
	header     []field
	required   []string
	answers    map[string]Answer
}

type route struct {
	*endpoint
	answer *answer
}

// Compile makes a shape ready. The error says what makes no sense in it.
func Compile(s *Shape) (*Router, error) {
	r := &Router{name: s.Name, base: strings.TrimSuffix(s.Base, "/"), required: s.Required, answers: s.Answers}
	if r.name == "" {
		r.name = "shape"
	}
	switch {
	case r.base != "" && !strings.HasPrefix(r.base, "/"):
		return nil, fmt.Errorf("the base %q: begin it with /", s.Base)
	case len(s.Kinds) == 0 && len(s.Routes) == 0:
		return nil, errors.New("the shape has no kinds of operations: say where one is submitted")
	}
	common := &answer{output: -1}
	if err := common.fields(s.Header, ""); err != nil {
		return nil, err
	}
	r.header = common.header
	seen := map[string]bool{}
	for i := range s.Kinds {
		k := &s.Kinds[i]
		c, err := r.compileKind(k)
		if err != nil {
			return nil, err
		}
		if seen[c.name] {
			return nil, fmt.Errorf("two kinds are called %s: name them apart", c.name)
		}
		seen[c.name] = true
		c.compileDialect(k, s.Numbers)
		r.kinds = append(r.kinds, c)
	}
	for _, given := range s.Routes {
		ep, err := compileEndpoint(given.Endpoint, http.MethodGet)
		if err != nil {
			return nil, err
		}
		a, err := compileAnswer(given.Answer, http.StatusOK)
		if err != nil {
			return nil, fmt.Errorf("the route %s %s: %w", ep.Method, ep.Path, err)
		}
		r.routes = append(r.routes, route{ep, a})
	}
	if len(r.kinds) == 0 {
		return nil, errors.New("the shape has no kinds of operations: say where one is submitted")
	}
	return r, nil
}

// Dialects are those of the kinds, the first of which answers for what is about
// none.
func (r *Router) Dialects() []*speech.Dialect {
	all := make([]*speech.Dialect, len(r.kinds))
	for i, k := range r.kinds {
		all[i] = k.dialect
	}
	return all
}

// common sets the fields that every answer has, unless it has its own.
func (r *Router) common(header http.Header) {
	for _, f := range r.header {
		if name := http.CanonicalHeaderKey(f.name); header[name] == nil {
			header[name] = []string{string(f.value.fill(nil, &scene{}))}
		}
	}
}

// Enter takes the base off the path of an exchange. It reports false for a path
// that is not below it.
func (r *Router) Enter(x *speech.Exchange) bool {
	x.Dialect = r.kinds[0].dialect
	rest, ok := strings.CutPrefix(x.Path, r.base)
	if !ok || r.base != "" && !strings.HasPrefix(rest, "/") {
		return false
	}
	x.Prefix, x.Path = x.Prefix+r.base, rest
	return true
}

// Route says what a request is. It sets the dialect of the exchange to that of
// the kind.
func (r *Router) Route(x *speech.Exchange) speech.Target {
	x.Dialect = r.kinds[0].dialect
	if name := r.lacks(x.R.Header); name != "" {
		return speech.Target{Other: func(x *speech.Exchange) {
			x.Problem(speech.Problem{Status: http.StatusUnauthorized, Detail: "the request has no " + name})
		}}
	}
	path := x.Path
	var allowed []string
	for i := range r.routes {
		route := &r.routes[i]
		if _, ok := route.match(x, path); !ok {
			continue
		}
		if route.takes(x.R.Method) {
			return speech.Target{Other: func(x *speech.Exchange) { r.reply(x, route.answer) }}
		}
		allowed = append(allowed, route.Method)
	}
	if t, ok := r.find(x, path, &allowed); ok {
		return t
	}
	if len(allowed) == 0 {
		return speech.Target{}
	}
	return speech.NotAllowed(allow(allowed))
}

// lacks is the name of a field that is required and not there, or empty.
func (r *Router) lacks(header http.Header) string {
	for _, name := range r.required {
		if header.Get(name) == "" {
			return name
		}
	}
	return ""
}

// find looks for the endpoint of a request among those of the kinds: first those
// that say the whole path, then those that leave the rest of it open. Where two
// share a path, the operation decides.
func (r *Router) find(x *speech.Exchange, path string, allowed *[]string) (found speech.Target, ok bool) {
	for _, open := range []bool{false, true} {
		for _, k := range r.kinds {
			for _, group := range k.groups {
				for _, e := range group.endpoints {
					if e.open != open {
						continue
					}
					id, matches := e.match(x, path)
					switch {
					case !matches:
					case !e.takes(x.R.Method):
						*allowed = append(*allowed, e.Method)
					case !ok, group.phase != speech.OnSubmit && k.has(x, e.idOf(x, id)):
						found, ok = k.target(x, group, e, id), true
						x.Dialect = k.dialect
					}
				}
			}
		}
		if ok || len(*allowed) > 0 {
			break
		}
	}
	return found, ok
}

// A group is the endpoints of a kind that do the same.
type group struct {
	phase     speech.Phase
	other     func(k *kind, x *speech.Exchange)
	endpoints []*endpoint
}

func (k *kind) group() {
	k.groups = []group{
		{phase: speech.OnSubmit, endpoints: k.submit}, {phase: speech.OnPoll, endpoints: k.status},
		{phase: speech.OnResult, endpoints: k.result}, {phase: speech.OnCancel, endpoints: k.cancel},
		{other: (*kind).enumerate, endpoints: k.list}, {other: (*kind).remove, endpoints: k.forget},
		{other: (*kind).tellMore, endpoints: k.also},
	}
}

// has reports whether an operation is of the kind.
func (k *kind) has(x *speech.Exchange, id string) (ok bool) {
	x.Host.Store.Visit(id, func(op *work.Operation) { ok = op.Manner == &k.dialect.Manner })
	return ok
}

// idOf is the id of the operation that the request is about.
func (e *endpoint) idOf(x *speech.Exchange, id string) string {
	if e.id == "" {
		return id
	}
	document := speech.Document{Content: x.ReadContent()}
	return document.Text(e.id)
}

func (k *kind) target(x *speech.Exchange, g group, e *endpoint, id string) speech.Target {
	t := speech.Target{Phase: g.phase, Part: e.Answer, Hold: e.Hold, UntilDone: e.UntilDone}
	if g.phase != speech.OnSubmit {
		t.ID = e.idOf(x, id)
	}
	if g.other != nil {
		t.Other = func(x *speech.Exchange) { g.other(k, x) }
	}
	return t
}

// allow is the value of Allow.
func allow(methods []string) string {
	all := append(slices.Clone(methods), http.MethodOptions)
	if slices.Contains(all, http.MethodGet) {
		all = append(all, http.MethodHead)
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", ")
}

// reply answers a request that is about no operation.
func (r *Router) reply(x *speech.Exchange, a *answer) {
	s := &scene{x: x, k: r.kinds[0]}
	if wants := wanted(a.templates()...); len(wants) > 0 {
		s.given = take(x.R, x.ReadContent(), wants)
	}
	a.send(s)
}

// Reply is an answer that stands apart from a shape, such as that of a rule.
type Reply struct{ answer *answer }

// CompileReply makes an answer ready.
func CompileReply(a Answer) (*Reply, error) {
	c, err := compileAnswer(a, http.StatusOK)
	return &Reply{c}, err
}

// Send answers the request.
func (r *Reply) Send(x *speech.Exchange) {
	s := &scene{x: x}
	if wants := wanted(r.answer.templates()...); len(wants) > 0 {
		s.given = take(x.R, x.ReadContent(), wants)
	}
	r.answer.send(s)
}
