package mockserver

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/fault"
	"github.com/asyncctl/asyncctl/mockserver/internal/grade"
	"github.com/asyncctl/asyncctl/mockserver/internal/shape"
	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// A Server answers for simulated operations. The zero value is ready to use.
// It is an [http.Handler], safe for concurrent use; do not copy it, and set its
// fields before its first request.
type Server struct {
	// Scenario is what operations do unless the submit says otherwise;
	// default the zero Scenario.
	Scenario Scenario

	// Rules treat the requests that meet their conditions in a way of their own.
	// See [Server.SetRules].
	Rules []Rule

	// Scenarios are those that a submit may ask for by name: see
	// ScenarioParameter.
	Scenarios map[string]Scenario

	// Shape, if not nil, is the API that it speaks, instead of a Dialect.
	Shape *Shape

	// CallbackOrigins are the origins, such as https://hooks.example.com, that
	// callbacks may go to beside the loopback interface; default none.
	CallbackOrigins []string

	// BasePath is the path at which it is mounted, such as /api, with or without
	// [http.StripPrefix]: the URLs that it names have it. Default none.
	BasePath string

	// CORS are the origins whose web pages may read its answers, such as
	// http://localhost:5173; "*" is all. Default none.
	CORS []string

	// Dialect is the name of the dialect that it speaks, see [Dialects]; default
	// the generic one. AllDialects is all of them at once, each below its name.
	Dialect string

	// Now is the clock; nil means time.Now. It may be called concurrently.
	// With a clock of your own, answers carry its time as their Date; a submit
	// with Prefer: wait=N still waits in real time.
	Now func() time.Time

	// Clock, if not nil, is the clock instead of Now: one that can be advanced
	// and scaled. Without it the [Server.Admin] does that to a Clock on top of
	// Now.
	Clock *Clock

	// Seed makes the ids of operations, and whatever is left to chance,
	// reproducible, and the ids guessable; 0 means random.
	Seed uint64

	// Workers is how many operations run at the same time: the others wait in
	// one queue, Pending, first come first served; 0 means that none waits for
	// another. An operation that never ends keeps its worker until it is
	// cancelled. [Scenario].Polls delays what is told, not the worker.
	Workers int

	// MaxQueue bounds the number of operations that wait for a worker; 0 means
	// that MaxOperations is the bound. Beyond it submits are answered with 503.
	MaxQueue int

	// Faults are what the server does wrong at first; default nothing. See
	// [Faults] and [Server.SetFaults].
	Faults []Fault

	// Stranger is the origin, such as http://127.0.0.1:8203, at which
	// [Server.StrangerHandler] is served. The cross-origin faults send clients
	// there; without it they do nothing.
	Stranger string

	// Stateless makes the id of an operation carry everything that is known of
	// it, authenticated by Key, so that a pending operation costs no memory and
	// any number of servers with one Key answer for each other. The price: there
	// are no Workers, Faults, Admin interventions and early polls, an
	// Idempotency-Key is not heeded, the result does not repeat the body, DELETE
	// is 405, and a Scenario with Polls is refused.
	Stateless bool

	// Key authenticates the ids of a stateless server; default one that is
	// thrown, see [Server.ReplicaKey].
	Key []byte

	// MaxOperations bounds the number of stored operations; 0 means 100,000.
	// When there is no room, operations past their retention are forgotten,
	// and if none are, submits are answered with 503.
	MaxOperations int

	// MaxBody bounds the body of a submit in bytes; 0 means 1 MiB. Beyond it
	// the answer is 413.
	MaxBody int64

	// MaxWait bounds the time a submit waits with its answer because of
	// Prefer: wait=N, and the time a poll is held for a client that asks for it,
	// as the dialect has it; 0 means 30 s, negative means that nothing waits.
	MaxWait time.Duration

	// Journal bounds the number of requests that are kept for
	// [Server.Requests], the last ones, and with it the last 32 polls of each
	// operation for [Server.Truths]; 0 means that none are.
	Journal int

	// JournalBodies keeps the contents of requests in the journal, too, for
	// [Server.Matching]. They are not redacted.
	JournalBodies bool

	// Auth, if not nil, asks for credentials.
	Auth *Auth

	// AdminToken, if not empty, is asked for by [Server.Admin], as
	// Authorization: Bearer AdminToken.
	AdminToken string

	// AdminHosts are the names, beside IP addresses and localhost, by which the
	// [Server.Admin] may be asked for: a request with any other Host is 421, so
	// that no web page gets there by a name of its own (RFC 9110, section 15.5.20).
	AdminHosts []string

	// Log, if not nil, is called after each answer, from the goroutine of the
	// request. It must be safe for concurrent use.
	Log func(Exchange)

	once      sync.Once
	host      speech.Host
	dialect   *speech.Dialect                // nil: all of them
	journal   *journal                       // nil: none is kept
	inject    atomic.Pointer[fault.Injector] // nil: there are no faults
	settings  atomic.Pointer[settings]
	router    *shape.Router // nil: there is no Shape
	basePath  string
	sender    shape.Sender
	closed    atomic.Bool
	released  chan struct{} // closed by Close
	switching sync.Mutex    // of those who change inject
	faulted   fault.Tally
	foreign   grade.Sightings
	lost      fault.Losses
	chosen    choices
}

// An Exchange is one request and its answer, as a line of a log would have it.
type Exchange = speech.Said

const (
	defaultMaxOperations = 100_000
	defaultMaxBody       = 1 << 20
	defaultMaxWait       = 30 * time.Second
	maxURI               = 8 << 10 // bytes of path and query
)

// healthPath is where a GET is told that the server serves. It is counted and
// written down nowhere.
const healthPath = "/healthz"

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == healthPath && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		serveHealth(w, r)
		return
	}
	s.exchange(w, r, false)
}

// exchange answers one request, to the other origin if it is foreign.
func (s *Server) exchange(w http.ResponseWriter, r *http.Request, foreign bool) {
	s.once.Do(s.start)
	s.host.Counter.Requests.Add(1)
	x := speech.NewExchange(&s.host, w, r, foreign)
	if s.crossOrigin(x) {
		x.Free()
		return
	}
	timeBody(w, r)
	if s.JournalBodies && s.journal != nil {
		x.ReadContent()
	}
	s.address(x)
	in := s.inject.Load()
	if set := s.settings.Load(); len(set.rules) > 0 {
		j := s.judge(x, set)
		if j.injector != nil {
			in = j.injector
		}
		if j.reply != nil {
			x.Reply = j.reply.Send
		}
		work.Pause(r.Context(), j.delay)
		x.Tick()
	}
	if foreign {
		s.foreign.Look(x)
	}
	abort := false
	if in != nil {
		abort = in.AnswerTo(x)
	} else {
		s.serve(x)
	}
	said, content := x.Said, x.Content
	x.Free()
	if s.journal != nil {
		if !s.JournalBodies {
			content = nil
		}
		s.journal.add(said, r, content)
	}
	if s.Log != nil {
		s.Log(said)
	}
	if abort {
		panic(http.ErrAbortHandler)
	}
}

func (s *Server) start() {
	s.host.Stranger, s.host.Stateless, s.host.MaxBody = s.Stranger, s.Stateless, s.maxBody()
	s.host.Clock = s.Clock
	if s.host.Clock == nil {
		s.host.Clock = &Clock{Base: s.Now}
	}
	s.host.OwnClock = s.host.Clock.Base != nil
	if s.Journal > 0 {
		s.journal = newJournal(s.Journal)
	}
	s.released = make(chan struct{})
	s.basePath, s.sender.Origins = strings.TrimSuffix(s.BasePath, "/"), s.CallbackOrigins
	s.choose()
	limit := int64(s.MaxOperations)
	if limit <= 0 {
		limit = defaultMaxOperations
	}
	s.host.Store = work.NewStore(limit, work.NewIDs(s.Seed))
	s.host.Store.Dice = work.Dice(s.Seed)
	if s.Seed == 0 {
		s.host.Store.Dice = work.Dice(rand.Uint64())
	}
	if s.Stateless {
		s.host.Store.Sealer = work.NewSealer(s.Key, s.manners())
		s.install(s.Scenario, s.Rules, nil)
		return
	}
	if s.Workers > 0 {
		s.host.Store.Pool = work.NewPool(s.Workers, s.MaxQueue)
	}
	s.install(s.Scenario, s.Rules, s.Faults)
}

// injector puts faults between the answers of the server and its clients.
func (s *Server) injector(faults []Fault) *fault.Injector {
	return fault.NewInjector(&s.host, &s.faulted, &s.lost, s.serve, faults)
}

// choose finds the dialect, or the shape, that the server speaks. One that is
// unknown is the generic one: see Check.
func (s *Server) choose() {
	if s.Shape != nil {
		if router, err := shape.Compile(s.Shape); err == nil {
			s.router, s.dialect = router, router.Dialects()[0]
			return
		}
	}
	if s.Dialect == AllDialects {
		return
	}
	s.dialect = generic
	if d := dialectNamed(s.Dialect); d != nil {
		s.dialect = d
	}
}
