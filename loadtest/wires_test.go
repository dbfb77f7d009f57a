package loadtest_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// wire is one way to speak.
type wire struct {
	name       string
	secure, h2 bool
}

var wires = []wire{{"http", false, false}, {"https", true, false}, {"h2c", false, true}, {"h2", true, true}}

// plan is a plan for a server at an address.
func (w wire) plan(address, path string) loadtest.Plan {
	p := loadtest.Plan{Request: lro.Request{URL: "http://" + address + path, Body: []byte("{}")}, Connections: 20}
	if w.secure {
		p.Request.URL = "https://" + address + path
		p.TLS = &tls.Config{InsecureSkipVerify: true}
	}
	if w.h2 {
		p.Protocols.SetHTTP2(w.secure)
		p.Protocols.SetUnencryptedHTTP2(!w.secure)
	}
	return p
}

// restartable is a server at one address that can be killed with all its connections, and comes back
// without its memory.
type restartable struct {
	wire    wire
	address string
	handler func() http.Handler
	mu      sync.Mutex
	server  *http.Server
}

// certificate is that of package httptest.
var certificate = sync.OnceValue(func() []tls.Certificate {
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	defer s.Close()
	return s.TLS.Certificates
})

func (r *restartable) up(t *testing.T) {
	t.Helper()
	if r.address == "" {
		r.address = "127.0.0.1:0"
	}
	var listener net.Listener
	var err error
	for range 500 {
		if listener, err = net.Listen("tcp", r.address); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
	r.address = listener.Addr().String()
	server := &http.Server{
		Handler: r.handler(), Protocols: new(http.Protocols), ErrorLog: log.New(io.Discard, "", 0),
		TLSConfig: &tls.Config{Certificates: certificate()},
	}
	server.Protocols.SetHTTP1(!r.wire.h2)
	server.Protocols.SetHTTP2(r.wire.h2)
	server.Protocols.SetUnencryptedHTTP2(r.wire.h2)
	r.mu.Lock()
	r.server = server
	r.mu.Unlock()
	go func() {
		if r.wire.secure {
			_ = server.ServeTLS(listener, "", "")
			return
		}
		_ = server.Serve(listener)
	}()
}

func (r *restartable) down() {
	r.mu.Lock()
	defer r.mu.Unlock()
	_ = r.server.Close()
}

// TestServerKilledAndRestarted kills the server when results have been fetched and operations are
// pending: what was pending is gone or lost, what comes while it is down is lost.
func TestServerKilledAndRestarted(t *testing.T) {
	for _, w := range wires {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			var results atomic.Int64
			kill := make(chan struct{})
			server := &restartable{wire: w, handler: func() http.Handler {
				mock := &mockserver.Server{Scenario: mockserver.Scenario{Duration: 400 * time.Millisecond}}
				return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					if strings.HasSuffix(r.URL.Path, "/result") && results.Add(1) == 20 {
						close(kill)
					}
					mock.ServeHTTP(rw, r)
				})
			}}
			server.up(t)
			defer server.down()
			killed := make(chan struct{})
			go func() {
				defer close(killed)
				select {
				case <-kill:
				case <-t.Context().Done():
					return
				}
				server.down()
				time.Sleep(300 * time.Millisecond)
				server.up(t)
			}()
			p := w.plan(server.address, "/reports?asyncctl.retry-after=0")
			p.Load = loadtest.Load{Rate: 200, Duration: 2 * time.Second}
			p.RequestTimeout, p.Drain = 10*time.Second, time.Minute
			p.Policy, p.Strategies = lro.Policy{Misses: 4, Grace: time.Second}, quick
			r, err := loadtest.Run(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			c := &r.Series[0].Counts
			if c.Submitted != 400 || c.Pending != 0 || c.Succeeded == 0 || c.Lost+c.Gone == 0 {
				t.Errorf("%+v, errors %+v", *c, r.Series[0].Errors)
			}
			if results.Load() >= 20 {
				<-killed
			}
		})
	}
}

// TestConservationOverWires runs over servers that hurt in the way of each wire.
func TestConservationOverWires(t *testing.T) {
	for _, w := range wires {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			mock := &mockserver.Server{Seed: 5, Scenario: mockserver.Scenario{Duration: 50 * time.Millisecond}}
			for _, text := range []string{"reset_peer:p=0.1", "429-storm:p=0.1", "lost-202:p=0.1", "body-truncated:p=0.1"} {
				f, err := mockserver.ParseFault(text)
				if err != nil {
					t.Fatal(err)
				}
				mock.Faults = append(mock.Faults, f)
			}
			server := &restartable{wire: w, handler: func() http.Handler { return mock }}
			server.up(t)
			defer server.down()
			p := w.plan(server.address, "/reports?asyncctl.retry-after=0")
			p.Load = loadtest.Load{Rate: 300, Operations: 200, Poisson: true, Seed: 1}
			p.Policy, p.Strategies = lro.Policy{MaxHint: 50 * time.Millisecond, Misses: 3, Grace: time.Second}, quick
			p.RequestTimeout, p.Drain = 20*time.Second, time.Minute
			r, err := loadtest.Run(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			c := &r.Series[0].Counts
			if c.Submitted != 200 || c.Pending != 0 || c.Succeeded == 0 || c.Lost == 0 || c.Throttled == 0 {
				t.Errorf("%+v; errors %+v", *c, r.Series[0].Errors)
			}
			if stats := mock.Stats(); stats.Submits > c.Submitted {
				t.Errorf("the server took %d operations, %d were submitted", stats.Submits, c.Submitted)
			}
		})
	}
}

// counting is an API whose operations are done at the second poll, and whose results are large. It asks
// for a new connection (Connection: close; over HTTP/2 GOAWAY) with some answers.
type counting struct {
	closeEvery                int64
	result                    string
	submits, results, answers atomic.Int64
	polls                     sync.Map // of each path
}

func (c *counting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if n := c.answers.Add(1); c.closeEvery > 0 && n%c.closeEvery == 0 {
		w.Header().Set("Connection", "close")
	}
	switch {
	case r.Method == "POST":
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Location", fmt.Sprintf("/status/%d", c.submits.Add(1)))
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusAccepted)
	case strings.HasPrefix(r.URL.Path, "/status/"):
		if _, before := c.polls.LoadOrStore(r.URL.Path, true); before {
			w.Header().Set("Location", strings.Replace(r.URL.Path, "status", "result", 1))
			w.WriteHeader(http.StatusSeeOther)
			return
		}
		w.Header().Set("Retry-After", "0")
		_, _ = io.WriteString(w, `{"status":"running"}`)
	default:
		c.results.Add(1)
		_, _ = io.WriteString(w, c.result)
	}
}

// TestConnectionsGoAway replaces connections in the middle of everything: no operation is lost, and no
// submit arrives twice.
func TestConnectionsGoAway(t *testing.T) {
	for _, w := range wires {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			api := &counting{closeEvery: 7, result: "42"}
			server := &restartable{wire: w, handler: func() http.Handler { return api }}
			server.up(t)
			defer server.down()
			p := w.plan(server.address, "/jobs")
			p.Load, p.Strategies = loadtest.Load{Concurrency: 40, Operations: 300}, quick
			r, err := loadtest.Run(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			c := &r.Series[0].Counts
			if c.Succeeded != 300 || api.submits.Load() != 300 || api.results.Load() < 300 {
				t.Errorf("%d submits and %d results reached the server; %+v; %+v", api.submits.Load(), api.results.Load(), *c, r.Series[0].Errors)
			}
		})
	}
}

// TestLargeResults fetches results that are larger than every window of HTTP/2 and every buffer.
func TestLargeResults(t *testing.T) {
	for _, w := range wires {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			api := &counting{result: strings.Repeat("0123456789abcdef", 200_000)}
			server := &restartable{wire: w, handler: func() http.Handler { return api }}
			server.up(t)
			defer server.down()
			p := w.plan(server.address, "/jobs")
			p.Request.Body = []byte(`{"text":"` + strings.Repeat("x", 300_000) + `"}`)
			p.Load, p.Strategies = loadtest.Load{Concurrency: 10, Operations: 12}, quick
			r, err := loadtest.Run(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			c := &r.Series[0].Counts
			if c.Succeeded != 12 || c.BytesIn < int64(12*len(api.result)) || c.BytesOut < 12*300_000 {
				t.Errorf("%+v; %+v", *c, r.Series[0].Errors)
			}
		})
	}
}

// TestHangingPolls gives up polls that are never answered, more of them than a connection of HTTP/2 may
// have cancelled: the operations go on over others, and end.
func TestHangingPolls(t *testing.T) {
	for _, w := range wires {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			api, over := &counting{result: "42"}, make(chan struct{})
			var hung atomic.Int64
			var first sync.Map
			server := &restartable{wire: w, handler: func() http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if _, before := first.LoadOrStore(r.URL.Path, true); !before && strings.HasPrefix(r.URL.Path, "/status/") {
						hung.Add(1)
						select {
						case <-over:
						case <-r.Context().Done():
						}
						return
					}
					api.ServeHTTP(w, r)
				})
			}}
			server.up(t)
			defer server.down()
			defer close(over)
			p := w.plan(server.address, "/jobs")
			p.Load, p.Strategies = loadtest.Load{Concurrency: 60, Operations: 240}, quick
			p.RequestTimeout, p.Connections = time.Second, 60
			p.Policy = lro.Policy{Misses: 20} // a busy machine may take a second for an answer
			r, err := loadtest.Run(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			c := &r.Series[0].Counts
			if c.Succeeded+c.Lost != 240 || c.Succeeded == 0 || hung.Load() < 240-c.Lost {
				t.Errorf("%d polls hung; %+v; %+v", hung.Load(), *c, r.Series[0].Errors)
			}
			if int64(len(r.Series[0].Errors)) == 0 || r.Series[0].Errors[0].Reason != "timeout" {
				t.Errorf("%+v", r.Series[0].Errors)
			}
		})
	}
}

// TestHTTPSNegotiates: a server that speaks both has the choice, unless the plan says otherwise.
func TestHTTPSNegotiates(t *testing.T) {
	var seen sync.Map
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Store(r.Proto, true)
		if r.Method == http.MethodPost {
			w.Header().Set("Location", "/jobs/1")
			w.WriteHeader(http.StatusAccepted)
			return
		}
		_, _ = w.Write([]byte(`{"status":"succeeded"}`))
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	var old, both http.Protocols
	old.SetHTTP1(true)
	both.SetHTTP1(true)
	both.SetHTTP2(true)
	for want, all := range map[string][]http.Protocols{"HTTP/2.0": {{}, both}, "HTTP/1.1": {old}} {
		for _, protocols := range all {
			seen.Clear()
			r := carryOut(t, loadtest.Plan{Request: lro.Request{URL: server.URL + "/jobs"}, TLS: &tls.Config{InsecureSkipVerify: true}, Protocols: protocols})
			if c := &r.Series[0].Counts; c.Succeeded != 20 {
				t.Errorf("%v: %+v", protocols, *c)
			}
			seen.Range(func(spoken, _ any) bool {
				if spoken != want {
					t.Errorf("%v: spoke %v, want %s", protocols, spoken, want)
				}
				return true
			})
		}
	}
}
