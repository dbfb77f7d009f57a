package mockserver_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

// epoch is when every clock of these tests starts: not on a whole second, so
// that roundings show.
var epoch = time.Date(2026, 3, 1, 12, 0, 0, 250_000_000, time.UTC)

// A clock is a Server.Now that stands still unless it is told to go on.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// A mock is a server on a clock, asked without a network.
type mock struct {
	*mockserver.Server
	*clock
	t *testing.T
}

// newMock takes over the server and gives it a clock.
func newMock(t *testing.T, server *mockserver.Server) *mock {
	t.Helper()
	m := &mock{Server: server, clock: &clock{now: epoch}, t: t}
	server.Now = m.clock.Now
	return m
}

// withScenario is a mock with a scenario.
func withScenario(t *testing.T, sc mockserver.Scenario) *mock {
	t.Helper()
	return newMock(t, &mockserver.Server{Scenario: sc})
}

// after moves the clock.
func (m *mock) after(d time.Duration) *mock {
	m.clock.mu.Lock()
	defer m.clock.mu.Unlock()
	m.clock.now = m.clock.now.Add(d)
	return m
}

// A reply is an answer with its body read, if it is a JSON object.
type reply struct {
	code   int
	header http.Header
	text   string
	json   map[string]any
}

// do sends one request. Header lines are given like "Prefer: wait=3".
func (m *mock) do(method, target, body string, lines ...string) reply {
	m.t.Helper()
	return do(m.t, m.Server, method, target, body, lines...)
}

func do(t *testing.T, handler http.Handler, method, target, body string, lines ...string) reply {
	t.Helper()
	request := httptest.NewRequest(method, target, strings.NewReader(body))
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		request.Header.Add(name, value)
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	r := reply{code: recorder.Code, header: recorder.Result().Header, text: recorder.Body.String()}
	if strings.Contains(r.header.Get("Content-Type"), "json") && method != "HEAD" {
		var value any
		if err := json.Unmarshal([]byte(r.text), &value); err != nil {
			t.Errorf("%s %s: Content-Type is JSON, the body is not: %v\n%s", method, target, err, r.text)
		}
		r.json, _ = value.(map[string]any)
	}
	return r
}

func (m *mock) get(path string, lines ...string) reply {
	m.t.Helper()
	return m.do("GET", path, "", lines...)
}

// submit starts an operation and returns its status URL.
func (m *mock) submit(query string, lines ...string) string {
	m.t.Helper()
	r := m.do("POST", "/operations"+query, `{"order":7}`, lines...)
	r.want(m.t, 202)
	return r.header.Get("Location")
}

// want checks the HTTP status.
func (r reply) want(t *testing.T, code int) reply {
	t.Helper()
	if r.code != code {
		t.Fatalf("got status %d, want %d\n%s", r.code, code, r.text)
	}
	return r
}

// wantHeader checks one header field; an empty value means that it is absent.
func (r reply) wantHeader(t *testing.T, name, value string) reply {
	t.Helper()
	if got := strings.Join(r.header.Values(name), " | "); got != value {
		t.Errorf("got %s: %q, want %q", name, got, value)
	}
	return r
}

// wantStatus checks the state in a status document.
func (r reply) wantStatus(t *testing.T, status mockserver.Status, percent int) reply {
	t.Helper()
	if r.json["status"] != string(status) || r.json["percentComplete"] != float64(percent) {
		t.Errorf("got %v at %v %%, want %s at %d %%", r.json["status"], r.json["percentComplete"], status, percent)
	}
	return r
}

// wantProblem checks that the answer is a problem document that says text.
func (r reply) wantProblem(t *testing.T, code int, text string) reply {
	t.Helper()
	r.want(t, code).wantHeader(t, "Content-Type", "application/problem+json").wantHeader(t, "Cache-Control", "no-store")
	if r.json["status"] != float64(code) {
		t.Errorf("got status member %v, want %d", r.json["status"], code)
	}
	for _, member := range []string{"type", "title", "detail"} {
		if got, ok := r.json[member].(string); !ok || got == "" {
			t.Errorf("got member %s = %v, want a text", member, r.json[member])
		}
	}
	if !strings.Contains(r.text, text) {
		t.Errorf("got %s, want it to say %q", r.text, text)
	}
	return r
}
