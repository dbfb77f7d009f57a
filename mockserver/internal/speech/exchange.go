package speech

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// An Exchange is a request being answered.
type Exchange struct {
	Host     *Host
	W        http.ResponseWriter
	R        *http.Request
	Foreign  bool // it came to the other origin
	Now      time.Time
	Scale    float64 // of the clock: seconds here for a second of the client
	ownClock bool
	Dialect  *Dialect // the dialect that is spoken
	Prefix   string   // of its paths, such as /google-lro, or empty
	Path     string   // of the request below the prefix
	Target   Target
	Content  []byte          // of a submit, once it is read
	Reply    func(*Exchange) // if not nil, answers in place of everything else
	Keyless  bool            // the idempotency key of the submit is not heeded
	Replayed bool            // the submit led to an operation that was there
	read     bool            // Content is there
	Said     Said
	Seen     *work.View // if not nil, where about leaves what it was told
	Began    bool       // the answer is that of a submit, and tells where to poll
	Buf      []byte     // for the body
}

// exchanges are reused: the status path should not allocate.
var exchanges = sync.Pool{New: func() any { return &Exchange{Buf: make([]byte, 0, 512)} }}

// NewExchange begins to answer a request.
func NewExchange(host *Host, w http.ResponseWriter, r *http.Request, foreign bool) *Exchange {
	x := exchanges.Get().(*Exchange)
	x.Host, x.W, x.R, x.Foreign = host, w, r, foreign
	x.Tick()
	return x
}

// Free gives it back. Nobody may use it any more.
func (x *Exchange) Free() {
	*x = Exchange{Buf: x.Buf}
	exchanges.Put(x)
}

// Values of header fields that many answers share; nobody writes to them.
var (
	NoStore    = []string{"no-store"}
	typeJSON   = []string{"application/json"}
	VaryPrefer = []string{"Prefer"}
)

// Tick sets the time of the answer.
func (x *Exchange) Tick() {
	warped := false
	x.Now, x.Scale, warped = work.ReadClock(x.Host.Clock)
	x.ownClock = x.Host.OwnClock || warped
	x.Date()
}

// Date sets Date, if it is not that of the system.
func (x *Exchange) Date() {
	if x.ownClock {
		// RFC 9110, section 6.6.1. Without a clock of its own net/http dates the answer.
		x.W.Header().Set("Date", x.Now.UTC().Format(http.TimeFormat))
	}
}

// About notes which operation the answer speaks of.
func (x *Exchange) About(v work.View) {
	x.Said.Operation = v.ID
	x.Said.Status = v.Snap.Status
	x.Said.Early = v.Early
	if x.Seen != nil {
		*x.Seen = v
	}
}

// Note adds the name of a fault that affected the request.
func (x *Exchange) Note(fault string) {
	if x.Said.Fault != "" {
		x.Said.Fault += ","
	}
	x.Said.Fault += fault
}

// Hint sets Retry-After, unless there is none.
func (x *Exchange) Hint(value string) {
	if value != "" {
		x.W.Header()["Retry-After"] = []string{value}
		x.Said.RetryAfter = value
	}
}

// Head sends the status and the header. Nothing here may be stored: a pending
// 200 in a cache would never end (RFC 9111, section 5.2.2.5).
func (x *Exchange) Head(code int) {
	x.W.Header()["Cache-Control"] = NoStore
	x.Said.Time, x.Said.Method, x.Said.Path, x.Said.Code = x.Now, x.R.Method, x.R.URL.Path, code
	x.W.WriteHeader(code)
}

// JSON sends an answer with a body that is JSON, of this type or another.
func (x *Exchange) JSON(code int, body []byte) {
	x.typed()
	x.Body(code, body)
}

// typed makes the body JSON, unless it is something more special.
func (x *Exchange) typed() {
	if header := x.W.Header(); header["Content-Type"] == nil {
		header["Content-Type"] = typeJSON
	}
}

// Body sends an answer with a body, of which HEAD gets only the length
// (RFC 9110, section 9.3.2).
func (x *Exchange) Body(code int, body []byte) {
	if x.R.Method == http.MethodHead {
		x.W.Header().Set("Content-Length", strconv.Itoa(len(body)))
		x.Head(code)
		return
	}
	x.Head(code)
	x.W.Write(body) // the reader is gone if this fails: nobody to tell
}

// Options answers OPTIONS, and every method that allow does not list.
//
// RFC 9110, sections 9.3.7 and 15.5.6.
func (x *Exchange) Options(allow string) {
	x.W.Header().Set("Allow", allow)
	if x.R.Method == http.MethodOptions {
		x.Head(http.StatusNoContent)
		return
	}
	x.Problem(Problem{
		Status: http.StatusMethodNotAllowed,
		Detail: "this resource does not take " + work.Clip(x.R.Method) + ": use one of " + allow,
	})
}

// ReadContent reads the content of the request, as much as a submit may have. It
// can be read again.
func (x *Exchange) ReadContent() []byte {
	if x.read || x.R.Body == nil || x.R.Body == http.NoBody {
		return x.Content
	}
	x.read = true
	body := x.R.Body
	x.Content, _ = io.ReadAll(io.LimitReader(body, x.Host.MaxBody+1)) // a content that ends early is short
	x.R.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(x.Content), body), body}
	return x.Content
}

// Keep notes the content of a submit that was read.
func (x *Exchange) Keep(content []byte) { x.Content, x.read = content, true }

// Detached is what URLs are made of, for use after the exchange is over.
func (x *Exchange) Detached() *Exchange {
	return &Exchange{
		Host: x.Host, R: &http.Request{Method: x.R.Method, URL: x.R.URL, Host: x.R.Host, TLS: x.R.TLS, Header: http.Header{}},
		Now: x.Now, Scale: x.Scale, Dialect: x.Dialect, Prefix: x.Prefix, Path: x.Path,
	}
}
