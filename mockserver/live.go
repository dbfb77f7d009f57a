package mockserver

import (
	"crypto/tls"
	"crypto/x509"
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
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// A Live is a [Server] that is being served, with its other origin and its admin
// API beside it, each on a listener of its own.
type Live struct {
	*Server
	URL      string // of the mock, without a path: submit to URL+"/operations"
	AdminURL string // of [Server.Admin], without a path

	options
	certificate tls.Certificate // if it is served over TLS
	client      *http.Client
	servers     []*http.Server
	serving     sync.WaitGroup // the goroutines that accept connections
	answers     answering
	once        sync.Once
}

// NewServer serves a mock on free ports of the loopback interface; nil is a
// Server with its zero value. It sets Stranger, so the cross-origin faults work.
// It is closed when the test ends, or by Close if t is nil. A Server that makes no
// sense, see [Server.Check], fails the test; without a test it panics.
func NewServer(t TB, s *Server) *Live { return serve(t, s, Start) }

// NewInMemory is NewServer without a network, for a [testing/synctest] bubble,
// in which waiting takes no time. Only [Live.Client] gets there.
func NewInMemory(t TB, s *Server) *Live {
	return serve(t, s, func(s *Server) (*Live, error) {
		return start(s, options{dialer: &memory{listeners: map[string]*memoryListener{}}})
	})
}

// NewTLSServer is NewServer over TLS, with HTTP/2 and a certificate of its own
// that [Live.Client] trusts.
func NewTLSServer(t TB, s *Server) *Live {
	return serve(t, s, func(s *Server) (*Live, error) { return start(s, options{tls: true}) })
}

// NewH2CServer is NewServer that speaks HTTP/2 without TLS, by prior knowledge
// (RFC 9113, section 3.3), beside HTTP/1.1. [Live.Client] speaks HTTP/2.
func NewH2CServer(t TB, s *Server) *Live {
	return serve(t, s, func(s *Server) (*Live, error) { return start(s, options{h2c: true}) })
}

// Start serves a mock as NewServer does, outside of a test. The caller closes it.
func Start(s *Server) (*Live, error) { return start(s, options{}) }

// options are how a mock is served.
type options struct {
	dialer   *memory // nil: on the network
	tls, h2c bool
}

func serve(t TB, s *Server, start func(*Server) (*Live, error)) *Live {
	if t != nil {
		t.Helper()
	}
	l, err := start(s)
	switch {
	case err == nil && t != nil:
		t.Cleanup(l.Close)
	case t != nil:
		t.Fatalf("mockserver: %v", err)
	case err != nil:
		panic("mockserver: " + err.Error())
	}
	return l
}

func start(s *Server, o options) (*Live, error) {
	if s == nil {
		s = &Server{}
	}
	l := &Live{Server: s, options: o}
	l.answers.ended.L = &l.answers.mu
	if o.tls {
		if err := l.certify(); err != nil {
			return nil, err
		}
	}
	l.client = &http.Client{Transport: l.transport()}
	var listeners []net.Listener
	stop := func(err error) (*Live, error) {
		for _, listener := range listeners {
			listener.Close() // nobody has met it
		}
		return nil, err
	}
	// What makes sense depends on the other origin, so that one is known first.
	for _, place := range []struct {
		name   string
		origin *string
	}{{"stranger.test", &s.Stranger}, {"mock.test", &l.URL}, {"admin.test", &l.AdminURL}} {
		listener, origin, err := l.listen(place.name)
		if err != nil {
			return stop(err)
		}
		listeners, *place.origin = append(listeners, listener), origin
	}
	if err := s.Check(); err != nil {
		return stop(err)
	}
	if l.dialer != nil {
		s.AdminHosts = append(slices.Clone(s.AdminHosts), "admin.test")
	}
	for i, handler := range []http.Handler{s.StrangerHandler(), s, s.Admin()} {
		l.serve(listeners[i], handler)
	}
	return l, nil
}

// listen returns a listener and its origin. The name is for the memory.
func (l *Live) listen(name string) (listener net.Listener, origin string, err error) {
	if l.dialer != nil {
		return l.dialer.listen(name), "http://" + name, nil
	}
	if listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, "", fmt.Errorf("cannot listen on the loopback interface: %w", err)
	}
	if l.tls {
		return listener, "https://" + listener.Addr().String(), nil
	}
	return listener, "http://" + listener.Addr().String(), nil
}

// serve serves a handler.
func (l *Live) serve(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.answers.begin()
		defer l.answers.end()
		handler.ServeHTTP(w, r)
	})}
	if !l.tls { // who knows beforehand may speak HTTP/2, as to the mockserver command
		server.Protocols = &http.Protocols{}
		server.Protocols.SetHTTP1(true)
		server.Protocols.SetUnencryptedHTTP2(true)
	}
	l.servers = append(l.servers, server)
	l.serving.Go(func() { // it ends with ErrServerClosed, by Close
		if !l.tls {
			server.Serve(listener)
			return
		}
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{l.certificate}}
		server.ServeTLS(listener, "", "")
	})
}

// transport gets to the servers.
func (l *Live) transport() *http.Transport {
	t := &http.Transport{}
	switch {
	case l.dialer != nil:
		t.DialContext = l.dialer.dial
	case l.tls:
		roots := x509.NewCertPool()
		roots.AddCert(l.certificate.Leaf)
		t.TLSClientConfig, t.ForceAttemptHTTP2 = &tls.Config{RootCAs: roots}, true
	case l.h2c:
		t.Protocols = &http.Protocols{}
		t.Protocols.SetUnencryptedHTTP2(true)
	}
	return t
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
		l.Server.Close()
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
