package mockserver_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

// A record is a mockserver.TB that remembers.
type record struct {
	failures []string
	cleanups []func()
}

func (r *record) Helper() {}
func (r *record) Errorf(f string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(f, args...))
}
func (r *record) Fatalf(f string, args ...any) { r.Errorf(f, args...) }
func (r *record) Cleanup(f func())             { r.cleanups = append(r.cleanups, f) }
func (r *record) said(text string) (found bool) {
	return strings.Contains(strings.Join(r.failures, "\n"), text)
}

// follow submits an operation to a live mock and polls every so often until it
// is done. It returns the result.
func followLive(t *testing.T, l *mockserver.Live, interval time.Duration) string {
	t.Helper()
	response, err := l.Client().Post(l.URL+"/operations", "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	status, err := response.Location()
	if err != nil {
		t.Fatal(err)
	}
	for {
		time.Sleep(interval)
		response, err := l.Client().Get(status.String())
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if response.Request.URL.Path != status.Path {
			return string(body)
		}
	}
}

// TestTwoHoursInNoTime follows a job of two hours in a bubble.
func TestTwoHoursInNoTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := mockserver.NewInMemory(t, &mockserver.Server{Scenario: mockserver.Scenario{
			Duration: 2 * time.Hour, Result: "done", RetryAfter: mockserver.RetryAfter{Delay: time.Minute},
		}})
		start := time.Now()
		if got := followLive(t, l, time.Minute); got != "done" {
			t.Errorf("got %q", got)
		}
		if took := time.Since(start); took != 2*time.Hour {
			t.Errorf("it took %v", took)
		}
		l.WantClean(t)
		l.WantNone(t, "polled-early", "gave-up")
		if got := l.Stats(); got.Polls != 120 {
			t.Errorf("got %d polls", got.Polls)
		}
	})
}

func TestWaitingInABubbleIsCaught(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := mockserver.NewInMemory(t, nil)
		followLive(t, l, 10*ms)
		var r record
		l.WantClean(&r)
		l.WantNone(&r, "ignored-retry-after", "reposted", "no-such-rule")
		if len(r.failures) != 3 || !r.said("ignored-retry-after (error): the client ignored Retry-After") || !r.said(`no rule "no-such-rule"`) {
			t.Errorf("got %q", r.failures)
		}
	})
}

// TestNewServerChecks starts servers that make no sense: the test fails.
func TestNewServerChecks(t *testing.T) {
	for want, s := range map[string]*mockserver.Server{
		`unknown dialect "jenkins-que"`: {Dialect: "jenkins-que"},
		`unknown fault "lost-203"`:      {Faults: []mockserver.Fault{{Name: "lost-203"}}},
		"rule 1: turn 3 of 2":           {Rules: []mockserver.Rule{{When: mockserver.Condition{Turn: 3, Of: 2}}}},
		"shape: the kind shape has no":  {Shape: &mockserver.Shape{Kinds: []mockserver.Kind{{}}}},
		"there are a Shape and a":       {Dialect: "fhir", Shape: &mockserver.Shape{Kinds: []mockserver.Kind{{Submit: []mockserver.Endpoint{{Path: "/x"}}}}}},
	} {
		for name, start := range map[string]func(mockserver.TB, *mockserver.Server) *mockserver.Live{"NewServer": mockserver.NewServer, "NewInMemory": mockserver.NewInMemory} {
			var r record
			start(&r, s)
			if len(r.failures) != 1 || !r.said(want) || len(r.cleanups) > 0 {
				t.Errorf("%s: got %q, want it to say %q", name, r.failures, want)
			}
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("without a test it did not panic")
		}
	}()
	mockserver.NewServer(nil, &mockserver.Server{Dialect: "jenkins-que"})
}

// TestProtocols follows an operation over TLS, where HTTP/2 is spoken, and over
// HTTP/2 without TLS.
func TestProtocols(t *testing.T) {
	for name, start := range map[string]func(mockserver.TB, *mockserver.Server) *mockserver.Live{"TLS": mockserver.NewTLSServer, "h2c": mockserver.NewH2CServer} {
		protocols := map[string]bool{}
		var mu sync.Mutex
		server := &mockserver.Server{Scenario: mockserver.Scenario{Duration: mockserver.AtOnce, Result: "done"}}
		l := start(t, server)
		client := l.Client()
		next := client.Transport
		client.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			response, err := next.RoundTrip(r)
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				protocols[response.Proto] = true
			}
			return response, err
		})
		if got := followLive(t, l, 0); got != "done" || len(protocols) != 1 || !protocols["HTTP/2.0"] {
			t.Errorf("%s: got %q over %v", name, got, protocols)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestNewServer(t *testing.T) {
	var r record
	stray, err := mockserver.ParseFault("result-cross-origin")
	if err != nil {
		t.Fatal(err)
	}
	l := mockserver.NewServer(&r, &mockserver.Server{
		Scenario: mockserver.Scenario{Duration: mockserver.AtOnce}, Faults: []mockserver.Fault{stray},
	})
	l.WantClean(&r)
	if !r.said("nothing to judge") {
		t.Errorf("got %q", r.failures)
	}
	followLive(t, l, 0)
	if here, there := mustHost(t, l.URL), mustHost(t, l.Stranger); here == there {
		t.Errorf("both origins are %s", here)
	}
	if got := l.Truths(); len(got) != 1 || got[0].Results != 1 || len(l.Sightings()) != 0 {
		t.Errorf("got %+v", got)
	}
	response, err := l.Client().Get(l.AdminURL + "/healthz")
	if err != nil || response.StatusCode != 200 {
		t.Fatalf("got %v, %v", response, err)
	}
	response.Body.Close()
	for _, cleanup := range r.cleanups {
		cleanup()
	}
	l.Close()
	if _, err := l.Client().Get(l.URL); err == nil {
		t.Error("it answers after Close")
	}
}

func mustHost(t *testing.T, text string) string {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

func TestCloseEndsRequests(t *testing.T) {
	l := mockserver.NewServer(nil, &mockserver.Server{Faults: []mockserver.Fault{{Name: "timeout", Delay: time.Hour}}})
	failed := make(chan error)
	go func() {
		_, err := l.Client().Post(l.URL, "", nil)
		failed <- err
	}()
	for len(l.Operations()) == 0 {
		select {
		case err := <-failed:
			t.Fatal(err)
		default:
		}
	}
	l.Close()
	if err := <-failed; err == nil {
		t.Error("there was an answer")
	}
}

func TestInMemoryNetwork(t *testing.T) {
	l := mockserver.NewInMemory(t, nil)
	if _, err := l.Client().Get("http://elsewhere.test/"); err == nil || !strings.Contains(err.Error(), "not one of the servers in memory") {
		t.Errorf("got %v", err)
	}
	request, err := http.NewRequestWithContext(cancelled(), "GET", l.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Client().Do(request); !strings.Contains(fmt.Sprint(err), context.Canceled.Error()) {
		t.Errorf("got %v", err)
	}
	l.Close()
	if _, err := l.Client().Get(l.URL); err == nil {
		t.Error("it answers after Close")
	}
}

// Close waits for a handler that sleeps and does not see that its client is gone, as the content of
// the request was not read; in a bubble the time goes on meanwhile.
func TestCloseWhileAFaultSleeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fault, err := mockserver.ParseFault("latency:delay=1m")
		if err != nil {
			t.Fatal(err)
		}
		l := mockserver.NewInMemory(nil, &mockserver.Server{Faults: []mockserver.Fault{fault}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, "PUT", l.URL+"/operations/none", strings.NewReader(strings.Repeat("x", 100)))
		if err != nil {
			t.Fatal(err)
		}
		if response, err := l.Client().Do(request); err == nil {
			response.Body.Close()
			t.Error("the answer came at once")
		}
		start := time.Now()
		l.Close()
		if waited := time.Since(start); waited != 59*time.Second {
			t.Errorf("Close took %v, want the rest of the minute", waited)
		}
	})
}
