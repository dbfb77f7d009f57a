package reports_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/docs/examples/server/files"
	"github.com/asyncctl/asyncctl/docs/examples/server/reports"
)

// house is a server with its store, and workers where a test starts them.
type house struct {
	t     *testing.T
	api   *reports.API
	store *files.Store
	url   string
	token string
}

func newHouse(t *testing.T, change func(*reports.API)) *house {
	t.Helper()
	store, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	results := httptest.NewServer(store.Handler())
	t.Cleanup(results.Close)
	store.ResultsURL = results.URL
	api := &reports.API{Store: store, RetryAfter: time.Second, MaxQueue: 100, Retention: time.Hour, MaxWait: 10 * time.Second}
	if change != nil {
		change(api)
	}
	server := httptest.NewServer(api.Handler(true, true))
	t.Cleanup(server.Close)
	return &house{t: t, api: api, store: store, url: server.URL}
}

// work starts a worker, which ends with the test.
func (h *house) work(change func(*reports.Worker)) {
	w := &reports.Worker{Store: h.store, Slots: 2, Lease: 3 * time.Second, Attempts: 3, Retention: h.api.Retention}
	if change != nil {
		change(w)
	}
	ctx, stop := context.WithCancel(h.t.Context())
	var running sync.WaitGroup
	running.Go(func() { w.Run(ctx) })
	h.t.Cleanup(func() { stop(); running.Wait() })
}

// ask sends a request; header is "Name: value" lines. Redirects are not followed.
func (h *house) ask(method, path, body string, header ...string) (*http.Response, string) {
	h.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = h.url + path
	}
	req, err := http.NewRequestWithContext(h.t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if h.token != "" {
		req.Header.Set("Authorization", "Bearer "+h.token)
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	content, _ := io.ReadAll(resp.Body)
	return resp, string(content)
}

// submit sends an order that must be accepted, and returns the path of its status.
func (h *house) submit(body string, header ...string) string {
	h.t.Helper()
	resp, content := h.ask("POST", "/reports", body, header...)
	if resp.StatusCode != http.StatusAccepted || resp.Header.Get("Retry-After") != "1" {
		h.t.Fatalf("submit: %d %v %s", resp.StatusCode, resp.Header, content)
	}
	return resp.Header.Get("Location")
}

// end polls until the operation has ended.
func (h *house) end(status string) (*http.Response, string) {
	h.t.Helper()
	for range 600 {
		resp, content := h.ask("GET", status, "")
		if resp.StatusCode != http.StatusOK || resp.Header.Get("Retry-After") == "" {
			return resp, content
		}
		time.Sleep(50 * time.Millisecond)
	}
	h.t.Fatal("the operation does not end")
	return nil, ""
}

func TestSubmitIsRefused(t *testing.T) {
	h := newHouse(t, nil)
	tests := []struct {
		name, method, path, body string
		header                   []string
		status                   int
		field, value             string
	}{
		{"no content type", "POST", "/reports", `{}`, []string{"Content-Type: text/plain"}, 415, "Accept-Post", "application/json"},
		{"too large", "POST", "/reports", `{"fail":"` + strings.Repeat("x", 65<<10) + `"}`, nil, 413, "", ""},
		{"not JSON", "POST", "/reports", `{`, nil, 400, "", ""},
		{"two orders", "POST", "/reports", `{}{}`, nil, 400, "", ""},
		{"an unknown member", "POST", "/reports", `{"secs":1}`, nil, 400, "", ""},
		{"a negative time", "POST", "/reports", `{"seconds":-1}`, nil, 422, "", ""},
		{"an hour and more", "POST", "/reports", `{"seconds":3600.5}`, nil, 422, "", ""},
		{"PUT", "PUT", "/reports", `{}`, nil, 405, "Allow", "POST"},
		{"POST to a status", "POST", "/status/X", `{}`, nil, 405, "Allow", "GET, HEAD, DELETE"},
		{"an unknown status", "GET", "/status/X", "", nil, 404, "", ""},
		{"a path as ID", "GET", "/status/..%2fsecret", "", nil, 404, "", ""},
		{"an unknown resource", "GET", "/else", "", nil, 404, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			resp, content := h.ask(test.method, test.path, test.body, test.header...)
			if resp.StatusCode != test.status {
				t.Fatalf("status %d, want %d: %s", resp.StatusCode, test.status, content)
			}
			if test.field != "" && resp.Header.Get(test.field) != test.value {
				t.Errorf("%s: %q, want %q", test.field, resp.Header.Get(test.field), test.value)
			}
			var p reports.Problem
			if err := json.Unmarshal([]byte(content), &p); err != nil || p.Status != test.status || resp.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("not a problem document: %v, %s", err, content)
			}
		})
	}
	if n, _ := h.store.Length(t.Context()); n != 0 {
		t.Errorf("%d refused orders are queued", n)
	}
}

func TestSuccess(t *testing.T) {
	h := newHouse(t, nil)
	status := h.submit(`{"seconds":0.5,"pages":3}`)
	first, content := h.ask("GET", status, "")
	if first.StatusCode != http.StatusOK || !strings.Contains(content, `"status":"NotStarted"`) {
		t.Fatalf("before a worker: %d %s", first.StatusCode, content)
	}
	if again, _ := h.ask("GET", status, "", "If-None-Match: "+first.Header.Get("ETag")); again.StatusCode != http.StatusNotModified || again.Header.Get("Retry-After") == "" {
		t.Errorf("unchanged: %d, Retry-After %q", again.StatusCode, again.Header.Get("Retry-After"))
	}
	h.work(nil)
	resp, content := h.end(status)
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("end: %d %s", resp.StatusCode, content)
	}
	if !strings.HasPrefix(resp.Header.Get("Location"), h.store.ResultsURL+"/results/") {
		t.Errorf("Location %q is not on the store's origin", resp.Header.Get("Location"))
	}
	result, content := h.ask("GET", resp.Header.Get("Location"), "")
	if result.StatusCode != http.StatusOK || !strings.Contains(content, `"pages":3`) {
		t.Errorf("result: %d %s", result.StatusCode, content)
	}
	if resp, _ := h.ask("DELETE", status, ""); resp.StatusCode != http.StatusConflict {
		t.Errorf("cancel after the end: %d, want 409", resp.StatusCode)
	}
}

func TestFailureStandsAtTheStatus(t *testing.T) {
	h := newHouse(t, nil)
	h.work(nil)
	resp, content := h.end(h.submit(`{"fail":"no data"}`))
	if resp.StatusCode != 422 || resp.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(content, "no data") {
		t.Errorf("%d %s", resp.StatusCode, content)
	}
}

func TestCancel(t *testing.T) {
	h := newHouse(t, nil)
	queued := h.submit(`{"seconds":3}`)
	for range 2 { // idempotent
		if resp, content := h.ask("DELETE", queued, ""); resp.StatusCode != 200 || !strings.Contains(content, "Cancelled") {
			t.Fatalf("cancel in the queue: %d %s", resp.StatusCode, content)
		}
	}
	running := h.submit(`{"seconds":4}`)
	h.work(nil)
	for range 200 {
		if _, content := h.ask("GET", running, ""); strings.Contains(content, "Running") {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if resp, _ := h.ask("DELETE", running, ""); resp.StatusCode != 200 {
		t.Fatalf("cancel while it runs: %d", resp.StatusCode)
	}
	// The worker finds out with its next step, and the queue empties.
	for range 400 {
		if n, _ := h.store.Length(t.Context()); n == 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	for _, status := range []string{queued, running} {
		if _, content := h.ask("GET", status, ""); !strings.Contains(content, `"status":"Cancelled"`) {
			t.Errorf("a cancelled operation became %s", content)
		}
	}
}

func TestKeys(t *testing.T) {
	h := newHouse(t, nil)
	first := h.submit(`{"pages":1}`, "Idempotency-Key: k1")
	if again := h.submit(`{"pages": 1}`, "Idempotency-Key: k1"); again != first {
		t.Errorf("the same key gave %s and %s", first, again)
	}
	if other := h.submit(`{"pages":1}`, "Idempotency-Key: k2"); other == first {
		t.Error("two keys gave one operation")
	}
	if resp, _ := h.ask("POST", "/reports", `{"pages":2}`, "Idempotency-Key: k1"); resp.StatusCode != 422 {
		t.Errorf("the same key with another order: %d, want 422", resp.StatusCode)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	places := map[string]bool{}
	for range 16 {
		all.Go(func() {
			resp, _ := h.ask("POST", "/reports", `{"pages":9}`, "Idempotency-Key: k3")
			mu.Lock()
			places[fmt.Sprint(resp.StatusCode, resp.Header.Get("Location"))] = true
			mu.Unlock()
		})
	}
	all.Wait()
	if len(places) != 1 {
		t.Errorf("16 requests with one key gave %v", places)
	}
}

func TestOwners(t *testing.T) {
	h := newHouse(t, func(a *reports.API) { a.Tokens = map[string]string{"t1": "alice", "t2": "bob"} })
	if resp, _ := h.ask("POST", "/reports", `{}`); resp.StatusCode != 401 || resp.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("without a token: %d, WWW-Authenticate %q", resp.StatusCode, resp.Header.Get("WWW-Authenticate"))
	}
	h.token = "t1"
	mine := h.submit(`{}`, "Idempotency-Key: k")
	h.token = "t2"
	if theirs := h.submit(`{}`, "Idempotency-Key: k"); theirs == mine {
		t.Error("two owners share a key")
	}
	for _, method := range []string{"GET", "DELETE"} {
		if resp, _ := h.ask(method, mine, ""); resp.StatusCode != 404 {
			t.Errorf("%s of somebody else's operation: %d, want 404", method, resp.StatusCode)
		}
	}
}

func TestBackPressure(t *testing.T) {
	full := newHouse(t, func(a *reports.API) { a.MaxQueue = 2 })
	full.submit(`{}`)
	full.submit(`{}`)
	if resp, _ := full.ask("POST", "/reports", `{}`); resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("a full queue: %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	limited := newHouse(t, func(a *reports.API) { a.Rate, a.Burst = 0.1, 2 })
	limited.submit(`{}`)
	limited.submit(`{}`)
	if resp, _ := limited.ask("POST", "/reports", `{}`); resp.StatusCode != 429 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("over the rate: %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
}

func TestPreferWait(t *testing.T) {
	h := newHouse(t, nil)
	h.work(nil)
	resp, content := h.ask("POST", "/reports", `{}`, "Prefer: respond-async, wait=10")
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Preference-Applied") != "wait=10" {
		t.Errorf("an order that is done in time: %d %v %s", resp.StatusCode, resp.Header, content)
	}
	status := h.submit(`{"seconds":20}`, "Prefer: wait=1")
	if resp, _ := h.ask("GET", status, "", "Prefer: wait=1"); resp.StatusCode != 200 {
		t.Errorf("a status that is not over in time: %d", resp.StatusCode)
	}
}

func TestHeldRequestsEndWithTheServer(t *testing.T) {
	closing := make(chan struct{})
	h := newHouse(t, func(a *reports.API) { a.Closing = closing; a.MaxWait = time.Hour })
	status := h.submit(`{}`)
	time.AfterFunc(200*time.Millisecond, func() { close(closing) })
	if resp, _ := h.ask("GET", status, "", "Prefer: wait=3600"); resp.StatusCode != 200 {
		t.Errorf("a held status: %d, want 200", resp.StatusCode)
	}
}
