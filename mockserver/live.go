package mockserver

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
)

// A TB is what this package needs of a [testing.TB].
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Cleanup(func())
}

// A Live is a [Server] that is being served, with its other origin and its admin
// API beside it, each on a listener of its own.
type Live struct {
	*Server
	URL      string // of the mock, without a path: submit to URL+"/operations"
	AdminURL string // of [Server.Admin], without a path

	client  *http.Client
	dialer  *memory // nil: it is on the network
	servers []*http.Server
	serving sync.WaitGroup // the goroutines that accept connections
	answers answering
	once    sync.Once
}

// NewServer serves a mock on free ports of the loopback interface; nil is a
// Server with its zero value. It sets Stranger, so the cross-origin faults work.
// It is closed when the test ends, or by Close if t is nil. It panics if it
// cannot listen.
func NewServer(t TB, s *Server) *Live {
	return serve(t, s, nil)
}

// NewInMemory is NewServer without a network, for a [testing/synctest] bubble,
// in which waiting takes no time. Only [Live.Client] gets there.
func NewInMemory(t TB, s *Server) *Live {
	return serve(t, s, &memory{listeners: map[string]*memoryListener{}})
}

func serve(t TB, s *Server, dialer *memory) *Live {
	if s == nil {
		s = &Server{}
	}
	l := &Live{Server: s, dialer: dialer}
	l.answers.ended.L = &l.answers.mu
	transport := &http.Transport{}
	if dialer != nil {
		transport.DialContext = dialer.dial
	}
	l.client = &http.Client{Transport: transport}
	s.Stranger = l.listen("stranger.test", s.StrangerHandler())
	l.URL = l.listen("mock.test", s)
	l.AdminURL = l.listen("admin.test", s.Admin())
	if t != nil {
		t.Cleanup(l.Close)
	}
	return l
}

// listen serves a handler and returns its origin. The name is for the memory.
func (l *Live) listen(name string, handler http.Handler) string {
	var listener net.Listener
	if l.dialer != nil {
		listener = l.dialer.listen(name)
	} else {
		var err error
		if listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			panic(fmt.Sprintf("mockserver: cannot listen on the loopback interface: %v", err))
		}
		name = listener.Addr().String()
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.answers.begin()
		defer l.answers.end()
		handler.ServeHTTP(w, r)
	})}
	l.servers = append(l.servers, server)
	l.serving.Go(func() { server.Serve(listener) }) // it ends with ErrServerClosed, by Close
	return "http://" + name
}

// Client returns a client that gets to the mock. It follows redirects.
func (l *Live) Client() *http.Client { return l.client }

// answering counts the requests that are being served. Unlike a WaitGroup it may
// begin anew while it is waited for, and unlike a lock it is waited for durably,
// as [testing/synctest] has it: time goes on for a handler that sleeps.
type answering struct {
	mu    sync.Mutex
	n     int
	ended sync.Cond // n has become 0; its L is mu
}

func (a *answering) begin() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.n++
}

func (a *answering) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.n--; a.n == 0 {
		a.ended.Broadcast()
	}
}

func (a *answering) wait() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.n > 0 {
		a.ended.Wait()
	}
}

// Close ends all connections and waits for the requests that are being served.
// It may be called more than once.
func (l *Live) Close() {
	l.once.Do(func() {
		for _, server := range l.servers {
			server.Close() // of a listener that is ours alone: nothing to tell
		}
		l.client.CloseIdleConnections()
		l.serving.Wait()
		l.answers.wait()
	})
}

// WantClean fails the test unless the client submitted something and did nothing
// wrong: see [Server.Grade]. It belongs at the end, when the client is done.
func (l *Live) WantClean(t TB) {
	t.Helper()
	if err := l.Grade().Err(); err != nil {
		t.Errorf("%v", err)
	}
}

// WantNone fails the test if the client broke one of the rules: ids such as
// "polled-early", see [GradeRules]. An id that does not exist fails it, too.
func (l *Live) WantNone(t TB, ids ...string) {
	t.Helper()
	r := l.Grade()
	for _, id := range ids {
		if !slices.ContainsFunc(r.Rules, func(rule GradeRule) bool { return rule.ID == id }) {
			t.Errorf("there is no rule %q: see GradeRules", id)
		}
	}
	for _, f := range r.Findings {
		if slices.Contains(ids, f.ID) {
			t.Errorf("%v", f)
		}
	}
}
