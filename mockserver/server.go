package mockserver

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// A Server answers for simulated operations. The zero value is ready to use.
// It is an [http.Handler], safe for concurrent use; do not copy it, and set its
// fields before its first request.
type Server struct {
	// Scenario is what operations do unless the submit says otherwise;
	// default the zero Scenario.
	Scenario Scenario

	// Now is the clock; nil means time.Now. It may be called concurrently.
	// With a clock of your own, answers carry its time as their Date; a submit
	// with Prefer: wait=N still waits in real time.
	Now func() time.Time

	// Seed makes the ids of operations reproducible, and guessable; 0 means
	// random.
	Seed uint64

	// MaxOperations bounds the number of stored operations; 0 means 100,000.
	// When there is no room, operations past their retention are forgotten,
	// and if none are, submits are answered with 503.
	MaxOperations int

	// MaxBody bounds the body of a submit in bytes; 0 means 1 MiB. Beyond it
	// the answer is 413.
	MaxBody int64

	// MaxWait bounds the time a submit waits with its answer because of
	// Prefer: wait=N; 0 means 30 s, negative means that nothing waits.
	MaxWait time.Duration

	// Log, if not nil, is called after each answer, from the goroutine of the
	// request. It must be safe for concurrent use.
	Log func(Exchange)

	once    sync.Once
	store   *store
	counter counters
}

// An Exchange is one request and its answer, as a line of a log would have it.
type Exchange struct {
	Time       time.Time // of the answer
	Method     string
	Path       string
	Code       int    // the HTTP status of the answer
	Operation  string // the id of the operation it was about, or empty
	Status     Status // the state of that operation, or empty
	RetryAfter string // the hint in the answer, or empty
	Early      bool   // it was a poll before the time of the last hint
}

const (
	defaultMaxOperations = 100_000
	defaultMaxBody       = 1 << 20
	defaultMaxWait       = 30 * time.Second
	maxURI               = 8 << 10 // bytes of path and query
)

// statusPrefix is where the status URLs are. Everything else can be submitted to.
const statusPrefix = "/operations/"

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.once.Do(s.start)
	s.counter.requests.Add(1)
	x := exchange{w: w, r: r, ownClock: s.Now != nil}
	x.tick(s.now())
	s.route(&x)
	if s.Log != nil {
		s.Log(x.said)
	}
}

func (s *Server) start() {
	limit := int64(s.MaxOperations)
	if limit <= 0 {
		limit = defaultMaxOperations
	}
	s.store = newStore(limit, newIDs(s.Seed))
}

func (s *Server) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

func (s *Server) route(x *exchange) {
	if len(x.r.URL.Path)+len(x.r.URL.RawQuery) > maxURI {
		// RFC 9110, section 15.5.15
		x.problem(problem{Status: http.StatusRequestURITooLong, Detail: "the path and the query are longer than 8 KiB: shorten them"})
		return
	}
	rest, reserved := strings.CutPrefix(x.r.URL.Path, statusPrefix)
	if !reserved {
		s.serveSubmit(x)
		return
	}
	id, tail, nested := strings.Cut(rest, "/")
	switch {
	case !nested:
		s.serveStatus(x, id)
	case tail == "result":
		s.serveResult(x, id)
	default:
		x.unknown()
	}
}
