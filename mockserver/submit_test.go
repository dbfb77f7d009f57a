package mockserver_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/mockserver"
)

var statusURL = regexp.MustCompile(`^/operations/[0-9a-f]{32}$`)

func TestSubmitIsAccepted(t *testing.T) {
	for _, target := range []string{"POST /operations", "PUT /operations", "PATCH /operations", "POST /", "POST /orders", "PUT /orders/7/lines", "PATCH /operations-of-mine"} {
		t.Run(target, func(t *testing.T) {
			m := withScenario(t, mockserver.Scenario{})
			method, path, _ := strings.Cut(target, " ")
			r := m.do(method, path, `{"order":7}`, "Content-Type: application/json").want(t, 202)
			location := r.header.Get("Location")
			if !statusURL.MatchString(location) {
				t.Errorf("got Location %q, want /operations/ and 128 bits", location)
			}
			r.wantHeader(t, "Retry-After", "1").
				wantHeader(t, "Cache-Control", "no-store").
				wantHeader(t, "Vary", "Prefer").
				wantHeader(t, "Content-Type", "application/json").
				wantHeader(t, "Preference-Applied", "").
				wantHeader(t, "Date", "Sun, 01 Mar 2026 12:00:00 GMT").
				wantStatus(t, mockserver.Running, 0)
			if got := "/operations/" + r.json["id"].(string); got != location {
				t.Errorf("the body says %s, Location says %s", got, location)
			}
			if r.json["createdAt"] != "2026-03-01T12:00:00.250Z" || r.json["lastUpdatedAt"] != "2026-03-01T12:00:00.250Z" {
				t.Errorf("got times %v and %v", r.json["createdAt"], r.json["lastUpdatedAt"])
			}
			m.get(location).want(t, 200)
		})
	}
}

func TestSubmitIsValidatedAtOnce(t *testing.T) {
	long := strings.Repeat("x", 9000)
	tests := []struct {
		name  string
		path  string
		body  string
		lines []string
		code  int
		want  string
	}{
		{"malformed JSON", "/", `{"order":`, []string{"Content-Type: application/json"}, 400, "not JSON"},
		{"malformed JSON with charset", "/", `{`, []string{"Content-Type: application/json; charset=utf-8"}, 400, "not JSON"},
		{"malformed JSON of a structured suffix", "/", `{`, []string{"Content-Type: application/merge-patch+json"}, 400, "not JSON"},
		{"JSON that is not UTF-8", "/", "\"\xff\"", []string{"Content-Type: application/json"}, 400, "UTF-8"},
		{"empty JSON body", "/", ``, []string{"Content-Type: application/json"}, 202, ""},
		{"other types are not parsed", "/", `{`, []string{"Content-Type: text/plain"}, 202, ""},
		{"no type is not parsed", "/", `{`, nil, 202, ""},
		{"malformed type is not parsed", "/", `{`, []string{"Content-Type: /;;"}, 202, ""},
		{"bad parameter in the query", "/?asyncctl.outcome=maybe", ``, nil, 400, "succeeded, failed, cancelled, partial or never"},
		{"unknown parameter in the query", "/?asyncctl.delay=1", ``, nil, 400, "unknown parameter"},
		{"bad parameter in the header", "/", ``, []string{"Asyncctl-Scenario: duration=soon"}, 400, "500ms"},
		{"malformed query", "/?asyncctl.duration=%zz", ``, nil, 400, "it is malformed"},
		{"malformed header", "/", ``, []string{"Asyncctl-Scenario: duration=%zz"}, 400, "Asyncctl-Scenario is malformed"},
		{"encoded body", "/", "\x1f\x8b", []string{"Content-Encoding: gzip"}, 415, "without Content-Encoding"},
		{"identity is no encoding", "/", "x", []string{"Content-Encoding: identity"}, 202, ""},
		{"body at the limit", "/", strings.Repeat("x", 100), nil, 202, ""},
		{"body over the limit", "/", strings.Repeat("x", 101), nil, 413, "longer than 100 bytes"},
		{"path too long", "/" + long, ``, nil, 414, "8 KiB"},
		{"query too long", "/?asyncctl.result=" + long, ``, nil, 414, "8 KiB"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := newMock(t, &mockserver.Server{MaxBody: 100})
			r := m.do("POST", test.path, test.body, test.lines...)
			if test.code == 202 {
				r.want(t, 202)
				return
			}
			r.wantProblem(t, test.code, test.want).wantHeader(t, "Location", "")
			if n := len(m.Operations()); n != 0 || m.Stats().Stored != 0 {
				t.Errorf("a refused submit left %d operations", n)
			}
		})
	}
}

func TestSubmitWhoseBodyBreaksOff(t *testing.T) {
	request := httptest.NewRequest("POST", "/", io.MultiReader(strings.NewReader("{"), broken{}))
	recorder := httptest.NewRecorder()
	new(mockserver.Server).ServeHTTP(recorder, request)
	if recorder.Code != 400 || !strings.Contains(recorder.Body.String(), "ended early") {
		t.Errorf("got %d %s", recorder.Code, recorder.Body)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

func TestScenarioOfTheRequest(t *testing.T) {
	server := mockserver.Scenario{Duration: 10 * s, FailTitle: "Broken"}
	tests := []struct {
		name   string
		query  string
		header []string
		want   int // percent after 1 s
	}{
		{"the server's", "", nil, 10},
		{"the query", "?asyncctl.duration=2s", nil, 50},
		{"the header", "", []string{"Asyncctl-Scenario: duration=4s"}, 25},
		{"two headers", "", []string{"Asyncctl-Scenario: duration=4s", "Asyncctl-Scenario: retry-after=3"}, 25},
		{"the query goes before the header", "?asyncctl.duration=2s", []string{"Asyncctl-Scenario: duration=4s&outcome=failed"}, 50},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := withScenario(t, server)
			path := m.submit(test.query, test.header...)
			m.after(s).get(path).wantStatus(t, mockserver.Running, test.want)
		})
	}
	t.Run("what is not set stays", func(t *testing.T) {
		m := withScenario(t, server)
		path := m.submit("?asyncctl.outcome=failed")
		m.after(10*s).get(path).wantProblem(t, 422, "Broken")
	})
}

func TestLocationForms(t *testing.T) {
	tests := []struct {
		name string
		host string
		tls  bool
		want string // before the path
	}{
		{"absolute", "api.example:8080", false, "http://api.example:8080"},
		{"absolute with TLS", "api.example", true, "https://api.example"},
		{"without a host it stays relative", "", false, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := withScenario(t, mockserver.Scenario{AbsoluteLocation: true, Duration: mockserver.AtOnce})
			send := func(method, target string) string {
				request := httptest.NewRequest(method, target, nil)
				request.Host = test.host
				if request.TLS = nil; test.tls {
					request.TLS = &tls.ConnectionState{}
				}
				recorder := httptest.NewRecorder()
				m.ServeHTTP(recorder, request)
				return recorder.Header().Get("Location")
			}
			location := send("POST", "/orders")
			path, ok := strings.CutPrefix(location, test.want)
			if !ok || !statusURL.MatchString(path) {
				t.Fatalf("got Location %q, want %s/operations/...", location, test.want)
			}
			if got, want := send("GET", path), location+"/result"; got != want {
				t.Errorf("got Location %q of the result, want %q", got, want)
			}
		})
	}
}
