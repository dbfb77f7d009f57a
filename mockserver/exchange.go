package mockserver

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// An exchange is a request being answered.
type exchange struct {
	s        *Server
	w        http.ResponseWriter
	r        *http.Request
	foreign  bool // it came to the other origin
	now      time.Time
	scale    float64 // of the clock: seconds here for a second of the client
	ownClock bool
	d        *dialect // the dialect that is spoken
	prefix   string   // of its paths, such as /google-lro, or empty
	path     string   // of the request below the prefix
	t        target
	said     Exchange
	seen     *view  // if not nil, where about leaves what it was told
	began    bool   // the answer is that of a submit, and tells where to poll
	buf      []byte // for the body
}

// exchanges are reused: the status path should not allocate.
var exchanges = sync.Pool{New: func() any { return &exchange{buf: make([]byte, 0, 512)} }}

// newExchange begins to answer a request.
func newExchange(s *Server, w http.ResponseWriter, r *http.Request, foreign bool) *exchange {
	x := exchanges.Get().(*exchange)
	x.s, x.w, x.r, x.foreign = s, w, r, foreign
	s.tick(x)
	x.address()
	return x
}

// free gives it back. Nobody may use it any more.
func (x *exchange) free() {
	*x = exchange{buf: x.buf}
	exchanges.Put(x)
}

// Values of header fields that many answers share; nobody writes to them.
var (
	noStore    = []string{"no-store"}
	typeJSON   = []string{"application/json"}
	varyPrefer = []string{"Prefer"}
)

// tick sets the time of the answer.
func (s *Server) tick(x *exchange) {
	warped := false
	x.now, x.scale, warped = s.clock.read()
	x.ownClock = s.ownClock || warped
	x.date()
}

// date sets Date, if it is not that of the system.
func (x *exchange) date() {
	if x.ownClock {
		// RFC 9110, section 6.6.1. Without a clock of its own net/http dates the answer.
		x.w.Header().Set("Date", x.now.UTC().Format(http.TimeFormat))
	}
}

// about notes which operation the answer speaks of.
func (x *exchange) about(v view) {
	x.said.Operation = v.id
	x.said.Status = v.snap.Status
	x.said.Early = v.early
	if x.seen != nil {
		*x.seen = v
	}
}

// note adds the name of a fault that befell the request.
func (x *exchange) note(fault string) {
	if x.said.Fault != "" {
		x.said.Fault += ","
	}
	x.said.Fault += fault
}

// hint sets Retry-After, unless there is none.
func (x *exchange) hint(value string) {
	if value != "" {
		x.w.Header()["Retry-After"] = []string{value}
		x.said.RetryAfter = value
	}
}

// head sends the status and the header. Nothing here may be stored: a pending
// 200 in a cache would never end (RFC 9111, section 5.2.2.5).
func (x *exchange) head(code int) {
	x.w.Header()["Cache-Control"] = noStore
	x.said.Time, x.said.Method, x.said.Path, x.said.Code = x.now, x.r.Method, x.r.URL.Path, code
	x.w.WriteHeader(code)
}

// json sends an answer with a body that is JSON, of this type or another.
func (x *exchange) json(code int, body []byte) {
	x.typed()
	x.body(code, body)
}

// typed makes the body JSON, unless it is something more special.
func (x *exchange) typed() {
	if header := x.w.Header(); header["Content-Type"] == nil {
		header["Content-Type"] = typeJSON
	}
}

// body sends an answer with a body, of which HEAD gets only the length
// (RFC 9110, section 9.3.2).
func (x *exchange) body(code int, body []byte) {
	if x.r.Method == http.MethodHead {
		x.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		x.head(code)
		return
	}
	x.head(code)
	x.w.Write(body) // the reader is gone if this fails: nobody to tell
}

// options answers OPTIONS, and every method that allow does not list.
//
// RFC 9110, sections 9.3.7 and 15.5.6.
func (x *exchange) options(allow string) {
	x.w.Header().Set("Allow", allow)
	if x.r.Method == http.MethodOptions {
		x.head(http.StatusNoContent)
		return
	}
	x.problem(problem{
		Status: http.StatusMethodNotAllowed,
		Detail: "this resource does not take " + clip(x.r.Method) + ": use one of " + allow,
	})
}
