package mockserver_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

// TestReset makes a server what it was before its first request.
func TestReset(t *testing.T) {
	stuck, _ := mockserver.ParseFault("stuck")
	m := newMock(t, &mockserver.Server{Seed: 3, Journal: 10, Workers: 1, Faults: []mockserver.Fault{stuck}, Scenario: mockserver.Scenario{Duration: time.Hour}})
	first := m.submit("", "Idempotency-Key: k")
	m.submit("")
	m.get(first)
	if err := m.SetFaults(nil); err != nil {
		t.Fatal(err)
	}
	if err := m.SetScenario(mockserver.Scenario{Duration: mockserver.AtOnce}); err != nil {
		t.Fatal(err)
	}
	do(t, m.Server.Admin(), "POST", admin+"reset", "").want(t, 200)
	if got := m.Stats(); got != (mockserver.Stats{}) || len(m.Requests()) != 0 || len(m.Operations()) != 0 || len(m.FaultCounts()) != 0 {
		t.Errorf("got %+v, %d requests, %d operations", got, len(m.Requests()), len(m.Operations()))
	}
	m.get(first).want(t, 404)
	r := m.do("POST", "/operations", "other", "Idempotency-Key: k") // the key is free
	if again := r.want(t, 202).header.Get("Location"); again != first {
		t.Errorf("with one seed the first id is %s, and after a reset %s", first, again)
	}
	if got := m.Truths()[0]; got.Number != 1 || got.Status != mockserver.Running {
		t.Errorf("got %+v", got)
	}
	if on := m.FaultsOn(); len(on) != 1 || on[0].Name != "stuck" {
		t.Errorf("got the faults %v", on)
	}
}

func TestSetupWhileServing(t *testing.T) {
	m := newMock(t, &mockserver.Server{Journal: 20, JournalBodies: true})
	api := m.Server.Admin()
	do(t, api, "PUT", admin+"scenario", `{"duration": 0, "outcome": "failed"}`).want(t, 200)
	m.get(m.submit("")).want(t, 422)
	if r := do(t, api, "GET", admin+"scenario", ""); !strings.Contains(r.text, `{"duration":"0s","outcome":"failed"}`) {
		t.Errorf("got %s", r.text)
	}
	do(t, api, "PUT", admin+"scenario", `{"lasts": "1s"}`).wantProblem(t, 400, "unknown parameter")
	do(t, api, "PUT", admin+"scenario", `{"duration": ["1s"]}`).wantProblem(t, 400, "a text or a number")
	rules := `[{"name":"old","when":{"method":"POST","path":"/reports","body":{"/year":"1066"}},"answer":{"status":400,"json":{"code":"too_old"}}},{"when":{"path":"/reports"},"set":{"outcome":"succeeded"},"delay":"1ms"}]`
	do(t, api, "PUT", admin+"rules", rules).want(t, 200)
	if r := m.do("POST", "/reports", `{"year":1066}`); r.code != 400 || !strings.Contains(r.text, "too_old") {
		t.Errorf("got %d %s", r.code, r.text)
	}
	m.get(m.do("POST", "/reports", `{"year":2026}`).header.Get("Location")).want(t, 303)
	if r := do(t, api, "GET", admin+"rules", ""); !strings.Contains(r.text, `"name":"old"`) || !strings.Contains(r.text, `"delay":"1ms"`) {
		t.Errorf("got %s", r.text)
	}
	do(t, api, "PUT", admin+"rules", `[{"when":{"turn":3,"of":2}}]`).wantProblem(t, 400, "rule 1: turn 3 of 2")
	do(t, api, "PUT", admin+"rules", `[{"wen":{}}]`).wantProblem(t, 400, "send JSON such as")

	for body, code := range map[string]int{
		`{"when":{"method":"POST","path":"/reports"},"count":2}`:                        200,
		`{"when":{"method":"POST","body":{"/year":"2026"}},"count":1}`:                  200,
		`{"when":{"content":{"year":1066}},"atLeast":1,"atMost":1}`:                     200,
		`{"when":{"method":"DELETE"},"count":0}`:                                        200,
		`{"when":{"method":"POST","path":"/reports"},"count":1}`:                        409,
		`{"when":{"method":"POST","path":"/reports"},"atLeast":3}`:                      409,
		`{"when":{"method":"POST","path":"/reports"},"atMost":1}`:                       409,
		`{"when":{"method":"POST","path":"/reports","header":{"X-No":"*?"}},"count":0}`: 200,
	} {
		if r := do(t, api, "POST", admin+"verify", body); r.code != code {
			t.Errorf("%s: got %d %s, want %d", body, r.code, r.text, code)
		}
	}
	bare := newMock(t, &mockserver.Server{Journal: 5})
	do(t, bare.Server.Admin(), "POST", admin+"verify", `{"when":{"body":{"/year":"2026"}}}`).wantProblem(t, 409, "keeps no contents")
	do(t, (&mockserver.Server{}).Admin(), "POST", admin+"verify", `{"when":{}}`).wantProblem(t, 409, "there is no journal")
}

func TestWantRequests(t *testing.T) {
	l := mockserver.NewServer(t, &mockserver.Server{Journal: 10, JournalBodies: true})
	response, err := l.Client().Post(l.URL+"/reports", "application/json", strings.NewReader(`{"year":2026}`))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	l.WantRequests(t, mockserver.Condition{Path: "/reports", Content: []byte(`{ "year": 2026 }`)}, 1)
	var r record
	l.WantRequests(&r, mockserver.Condition{Path: "/reports"}, 2)
	if !r.said("1 requests meet the condition") {
		t.Errorf("got %q", r.failures)
	}
}

// TestAdminMethods are 405 where a resource is, and 404 elsewhere.
func TestAdminMethods(t *testing.T) {
	api := (&mockserver.Server{}).Admin()
	do(t, api, "POST", admin+"faults", "").wantProblem(t, 405, "does not take POST").wantHeader(t, "Allow", "GET, PUT")
	do(t, api, "GET", admin+"reset", "").wantProblem(t, 405, "use one of POST")
	do(t, api, "GET", admin+"nothing", "").wantProblem(t, 404, "no such page")
}

// TestAdminHosts lets the administration be asked for by the addresses that no web
// page can have for a name.
func TestAdminHosts(t *testing.T) {
	l := mockserver.NewServer(t, &mockserver.Server{AdminHosts: []string{"mock.example.com"}})
	for host, want := range map[string]int{
		"": 200, "localhost:1": 200, "LOCALHOST": 200, "[::1]:80": 200, "10.1.2.3": 200, "mock.example.com:99": 200,
		"attacker.example": 421, "localhost.attacker.example": 421, "127.0.0.1.nip.io": 421,
	} {
		r, err := http.NewRequest("GET", l.AdminURL+admin+"stats", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		answer, err := l.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%q: got %d, want %d", host, answer.StatusCode, want)
		}
	}
}

// TestCORS lets web pages of chosen origins read the answers, and asks no
// preflight for credentials.
func TestCORS(t *testing.T) {
	auth := &mockserver.Auth{Accepts: func(string) bool { return true }}
	for _, test := range []struct {
		allowed       []string
		origin, want  string
		preflightCode int
	}{
		{[]string{"*"}, "https://a.example", "*", 204},
		{[]string{"https://a.example"}, "https://a.example", "https://a.example", 204},
		{[]string{"https://a.example"}, "https://b.example", "", 401},
		{nil, "https://a.example", "", 401},
	} {
		m := newMock(t, &mockserver.Server{CORS: test.allowed, Auth: auth})
		r := m.do("OPTIONS", "/operations", "", "Origin: "+test.origin, "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization,content-type")
		r.want(t, test.preflightCode).wantHeader(t, "Access-Control-Allow-Origin", test.want)
		if test.preflightCode == 204 {
			r.wantHeader(t, "Access-Control-Allow-Methods", "POST").wantHeader(t, "Access-Control-Allow-Headers", "authorization,content-type")
		}
		r = m.do("POST", "/operations", "", "Origin: "+test.origin, "Authorization: Bearer x").want(t, 202)
		r.wantHeader(t, "Access-Control-Allow-Origin", test.want)
		if exposed := r.header.Get("Access-Control-Expose-Headers"); (exposed == "*") != (test.want != "") {
			t.Errorf("%v: exposed is %q", test.allowed, exposed)
		}
	}
}

// TestBasePath is where the server is mounted, with or without StripPrefix.
func TestBasePath(t *testing.T) {
	for name, dialect := range map[string]string{"generic": "", "fhir": "fhir-bulk", "all": "all"} {
		server := &mockserver.Server{BasePath: "/api/v1", Dialect: dialect, Scenario: mockserver.Scenario{Duration: mockserver.AtOnce}}
		for _, handler := range []http.Handler{server, http.StripPrefix("/api/v1", server)} {
			path := map[string]string{"generic": "/operations", "fhir": "/fhir/$export", "all": "/replicate/v1/predictions"}[name]
			method := map[string]string{"fhir": "GET"}[name]
			if method == "" {
				method = "POST"
			}
			r := do(t, handler, method, "/api/v1"+path, "{}", "Prefer: respond-async", "Content-Type: application/json")
			status := r.header.Get("Location") + r.header.Get("Content-Location")
			if name == "all" {
				if !strings.Contains(r.text, "/api/v1/replicate/v1/predictions/") {
					t.Errorf("%s: got %s", name, r.text)
				}
				continue
			}
			status = strings.TrimPrefix(status, "http://example.com")
			if !strings.HasPrefix(status, "/api/v1/") {
				t.Errorf("%s: got the status URL %q", name, status)
			}
			if got := do(t, handler, "GET", status, ""); got.code >= 400 {
				t.Errorf("%s: %s: got %d", name, status, got.code)
			}
		}
	}
}

// TestRanges are parts of results, with a validator.
func TestRanges(t *testing.T) {
	m := newMock(t, &mockserver.Server{Scenario: mockserver.Scenario{Duration: mockserver.AtOnce, Result: "0123456789"}})
	big := newMock(t, &mockserver.Server{Scenario: mockserver.Scenario{Duration: mockserver.AtOnce, ResultSize: 1 << 30}})
	small, large := m.submit("")+"/result", big.submit("")+"/result"
	r := m.get(small).want(t, 200).wantHeader(t, "Accept-Ranges", "bytes")
	etag := r.header.Get("Etag")
	if got := m.get(small, "Range: bytes=2-4").want(t, 206); got.text != "234" || got.header.Get("Content-Range") != "bytes 2-4/10" {
		t.Errorf("got %q %v", got.text, got.header)
	}
	m.get(small, "Range: bytes=99-").want(t, 416)
	m.get(small, "If-None-Match: "+etag).want(t, 304)
	m.get(small, "If-Match: \"other\"").want(t, 412)
	if got := m.get(small, "Range: bytes=2-4", `If-Range: "other"`).want(t, 200); got.text != "0123456789" {
		t.Errorf("got %q", got.text)
	}
	if got := big.get(large, "Range: bytes=1073741820-").want(t, 206); got.text != "1234" {
		t.Errorf("got %q", got.text) // digit i of the file is i+1, modulo 10
	}
}

// TestCloseAnswersHeldRequests ends a submit that waits, a poll that is held and
// those that come later.
func TestCloseAnswersHeldRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := mockserver.NewInMemory(t, &mockserver.Server{Scenario: mockserver.Scenario{Duration: time.Hour}})
		codes := make(chan int, 1)
		ask := func() {
			r, _ := http.NewRequest("POST", l.URL+"/operations", nil)
			r.Header.Set("Prefer", "wait=20")
			answer, err := l.Client().Do(r)
			if err != nil {
				t.Error(err)
				codes <- 0
				return
			}
			io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
			codes <- answer.StatusCode
		}
		start := time.Now()
		go ask()
		time.Sleep(3 * time.Second)
		l.Server.Close()
		if code := <-codes; code != 202 || time.Since(start) != 3*time.Second {
			t.Errorf("got %d after %v", code, time.Since(start))
		}
		ask()
		if code := <-codes; code != 202 || time.Since(start) != 3*time.Second {
			t.Errorf("later: got %d after %v", code, time.Since(start))
		}
	})
}

// TestImpossibleFaults have conditions that no request can meet.
func TestImpossibleFaults(t *testing.T) {
	for text, want := range map[string]string{
		"stuck:from=5,first=2": "from and first", "stuck:nth=3,first=2": "nth and first", "stuck:nth=1,from=2": "nth and from",
		"stuck:after=2s,until=2s": "after and until", "stuck:from=2,first=2": "", "stuck:after=1s,until=2s": "", "stuck:nth=2,from=2,first=2": "",
	} {
		_, err := mockserver.ParseFault(text)
		if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", text, err)
		}
	}
	if err := (&mockserver.Server{Faults: []mockserver.Fault{{Name: "stuck", From: 2, First: 1}}}).Check(); err == nil {
		t.Error("Check lets it pass")
	}
}
