package mockserver_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

// FuzzServer sends any request to a server with some operations, and checks what
// every answer must keep.
func FuzzServer(f *testing.F) {
	for _, seed := range []struct{ method, path, query, prefer, key, contentType, scenario, body string }{
		{"POST", "/operations", "duration=3s&outcome=failed", "respond-async, wait=1", `"k"`, "application/json", "", `{"a":1}`},
		{"PUT", "/x", "", `return="a,b;c"; wait=9`, "k", "text/plain", "completion=status&retention=0", "text"},
		{"GET", "/operations/ID", "", "", "", "", "", ""},
		{"HEAD", "/operations/ID/result", "", "", "", "", "", ""},
		{"DELETE", "/operations/ID", "", "", "", "", "", ""},
		{"PATCH", "/operations/ID", "x=%zz", "", "", "", "", ""},
		{"OPTIONS", "/", "", "", "", "", "", ""},
		{"GET", "/", "", "", "", "", "", ""},
		{"POST", "/", "result-size=1TiB&location=absolute&completion=result", "wait=0", "", "application/json", "duration=0", "{"},
	} {
		f.Add(seed.method, seed.path, seed.query, seed.prefer, seed.key, seed.contentType, seed.scenario, []byte(seed.body), uint16(7))
	}
	f.Fuzz(func(t *testing.T, method, path, query, prefer, key, contentType, scenario string, body []byte, seconds uint16) {
		now := epoch
		var logged []mockserver.Exchange
		server := &mockserver.Server{
			Now: func() time.Time { return now }, Seed: 1, MaxOperations: 3, MaxBody: 1000, MaxWait: time.Microsecond,
			Log: func(x mockserver.Exchange) { logged = append(logged, x) },
		}
		first := httptest.NewRecorder()
		server.ServeHTTP(first, httptest.NewRequest("POST", "/operations", nil))
		path = strings.ReplaceAll(path, "/operations/ID", first.Header().Get("Location"))
		for range 3 {
			request := httptest.NewRequest("POST", "/", strings.NewReader(string(body)))
			request.Method, request.URL = method, &url.URL{Path: path, RawQuery: query}
			request.Header = http.Header{"Prefer": {prefer}, "Content-Type": {contentType}, mockserver.ScenarioHeader: {scenario}}
			if key != "" {
				request.Header["Idempotency-Key"] = []string{key}
			}
			if request.Method == "" {
				request.Method = "GET"
			}
			recorder := httptest.NewRecorder()
			server.ServeHTTP(impatient{recorder}, request)
			checkAnswer(t, request, recorder)
			if location := recorder.Header().Get("Location"); location != "" {
				path, method = strings.TrimPrefix(location, "http://example.com"), "GET"
			}
			now = now.Add(time.Duration(seconds) * time.Second)
		}
		if len(logged) != 4 {
			t.Fatalf("4 requests made %d exchanges", len(logged))
		}
	})
}

// impatient is a reader that hangs up after 64 KiB: results may have a tebibyte.
type impatient struct{ *httptest.ResponseRecorder }

func (w impatient) Write(p []byte) (int, error) {
	if w.Body.Len() > 64<<10 {
		return 0, errors.New("connection closed by the reader")
	}
	return w.ResponseRecorder.Write(p)
}

func checkAnswer(t *testing.T, request *http.Request, answer *httptest.ResponseRecorder) {
	t.Helper()
	code, header, body := answer.Code, answer.Header(), answer.Body.Bytes()
	if code < 200 || code > 499 && code != 503 {
		t.Fatalf("got status %d: %s", code, body)
	}
	if header.Get("Cache-Control") != "no-store" || header.Get("Date") == "" {
		t.Fatalf("status %d without Cache-Control or Date: %v", code, header)
	}
	for name, values := range header {
		for _, value := range values {
			if strings.ContainsAny(value, "\r\n\x00") || len(values) > 1 {
				t.Fatalf("field %s: %q", name, values)
			}
		}
	}
	if code == 204 || code == 304 || request.Method == "HEAD" {
		if len(body) > 0 {
			t.Fatalf("%s %d has a body: %s", request.Method, code, body)
		}
		return
	}
	if needsLocation := code == 202 && request.Method != "DELETE" && request.Method != "GET"; (needsLocation || code == 302 || code == 303) != (header.Get("Location") != "") {
		t.Fatalf("%s %d with Location %q", request.Method, code, header.Get("Location"))
	}
	if header.Get("Retry-After") != "" && code != 200 && code != 202 && code != 503 {
		t.Fatalf("status %d with Retry-After", code)
	}
	if code == 405 && header.Get("Allow") == "" {
		t.Fatal("405 without Allow")
	}
	if code >= 400 {
		var problem struct {
			Status              int
			Title, Type, Detail string
		}
		if err := json.Unmarshal(body, &problem); err != nil || problem.Status != code || problem.Title == "" || problem.Type == "" || problem.Detail == "" {
			t.Fatalf("status %d with the problem %s (%v)", code, body, err)
		}
	}
}
