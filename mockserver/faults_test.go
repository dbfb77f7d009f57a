package mockserver_test

import (
	"encoding/json"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

// observed has a test for each fault: what it does, seen from the other end of
// a connection.
var observed = map[string]struct {
	fault string // with parameters
	see   func(t *testing.T, c *caller)
}{
	"latency": {"latency:delay=30ms,jitter=5ms", func(t *testing.T, c *caller) {
		start := time.Now()
		c.submit()
		if took := time.Since(start); took < 20*ms {
			t.Errorf("the answer came after %v", took)
		}
	}},
	"bandwidth": {"bandwidth:bytes=2000", func(t *testing.T, c *caller) {
		start := time.Now()
		r := c.submit()
		if took, least := time.Since(start), time.Duration(len(r.text))*s/2000; took < least {
			t.Errorf("%d bytes came in %v, want %v at least", len(r.text), took, least)
		}
	}},
	"slow_close": {"slow_close:delay=30ms", func(t *testing.T, c *caller) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(c.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		start := time.Now()
		io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		if _, err := io.ReadAll(conn); err != nil || time.Since(start) < 30*ms {
			t.Errorf("got the end after %v, %v", time.Since(start), err)
		}
	}},
	"timeout":    {"timeout:delay=10ms", seeNothing},
	"reset_peer": {"reset_peer", seeNothing},
	"slicer": {"slicer:bytes=8,delay=1ms", func(t *testing.T, c *caller) {
		if r := c.submit(); !json.Valid([]byte(r.text)) {
			t.Errorf("got %s", r.text)
		}
	}},
	"limit_data": {"limit_data:bytes=10", func(t *testing.T, c *caller) {
		if r, err := c.ask("POST", "/operations"); err == nil || len(r.text) != 10 {
			t.Errorf("got %q, %v", r.text, err)
		}
	}},

	"lost-202": {"lost-202", func(t *testing.T, c *caller) {
		if r, err := c.ask("POST", "/operations"); err == nil {
			t.Errorf("got %d %s", r.code, r.text)
		}
		c.get(c.path()).want(t, 200)
		if r, err := c.ask("POST", "/operations?asyncctl.x=1"); err != nil || r.code != 400 {
			t.Errorf("a refusal: got %d, %v", r.code, err)
		}
	}},
	"no-status-url": {"no-status-url", func(t *testing.T, c *caller) { c.submit().wantHeader(t, "Location", "") }},
	"location-relative": {"location-relative", func(t *testing.T, c *caller) {
		r, _ := c.ask("POST", "/a/b/c")
		base, _ := url.Parse("/a/b/c")
		target, err := base.Parse(r.header.Get("Location"))
		if strings.HasPrefix(r.header.Get("Location"), "/") || err != nil || target.Path != c.path() {
			t.Errorf("got Location %q, which is %v, want %s", r.header.Get("Location"), target, c.path())
		}
	}},
	"location-absolute": {"location-absolute", func(t *testing.T, c *caller) {
		c.submit().wantHeader(t, "Location", c.url+c.path())
	}},
	"location-cross-origin": {"location-cross-origin", func(t *testing.T, c *caller) {
		status := c.begin()
		if status != c.stranger+c.path() {
			t.Fatalf("got %s, want it at %s", status, c.stranger)
		}
		c.get(status).want(t, 200)
		seeSightings(t, c, status)
	}},
	"location-loop": {"location-loop", func(t *testing.T, c *caller) {
		status := c.begin()
		c.get(status).want(t, 302).wantHeader(t, "Location", status)
	}},
	"location-not-http": {"location-not-http", func(t *testing.T, c *caller) {
		target, err := url.Parse(c.begin())
		if err != nil || target.Scheme == "" || strings.HasPrefix(target.Scheme, "http") {
			t.Errorf("got %v, %v", target, err)
		}
	}},
	"duplicate-job": {"duplicate-job", func(t *testing.T, c *caller) {
		if one, other := c.begin("Idempotency-Key: k"), c.begin("Idempotency-Key: k"); one == other {
			t.Errorf("got %s twice", one)
		}
		c.submit()
	}},

	"status-404": {"status-404:until=4s", func(t *testing.T, c *caller) {
		path := c.begin()
		c.get(path).want(t, 404)
		c.after(4 * s)
		c.get(path).want(t, 303)
	}},
	"status-flapping": {"status-flapping", func(t *testing.T, c *caller) {
		path := c.begin()
		for _, want := range []string{"Running", "Pending", "Running", "Pending"} {
			c.get(path).want(t, 200).says(t, want)
		}
		c.after(4 * s)
		c.get(path).want(t, 303)
		c.get(path).want(t, 303)
	}},
	"progress-backwards": {"progress-backwards", func(t *testing.T, c *caller) {
		path := c.begin()
		for _, want := range []string{"90", "80", "70"} {
			c.get(path).says(t, `"percentComplete":`+want+"}").wantHeader(t, "Retry-After", "1")
		}
		c.after(4 * s)
		c.get(path).want(t, 303)
	}},
	"terminal-reverts": {"terminal-reverts:count=1", func(t *testing.T, c *caller) {
		path := c.finished()
		for _, want := range []int{303, 200, 303, 303} {
			c.get(path).want(t, want)
		}
	}},
	"stuck": {"stuck", func(t *testing.T, c *caller) {
		path := c.finished()
		c.get(path).want(t, 200).says(t, `"status":"Running"`).wantHeader(t, "Retry-After", "1")
		if got := c.Operations()[0].Status; got != mockserver.Succeeded {
			t.Errorf("in truth it is %s", got)
		}
	}},
	"error-200": {"error-200", func(t *testing.T, c *caller) {
		path := c.begin()
		c.get(path).want(t, 200).says(t, "Running")
		c.after(4 * s)
		c.get(path).want(t, 200).says(t, `"error":{"code"`).wantHeader(t, "Location", "")
	}},
	"escape-message": {"escape-message", func(t *testing.T, c *caller) {
		var document struct{ ID, Message string }
		if r := c.get(c.begin()); json.Unmarshal([]byte(r.text), &document) != nil || !strings.Contains(document.Message, "\x1b[2J") || document.ID == "" {
			t.Errorf("got %q", r.text)
		}
	}},

	"retry-after-absent":   seeHint("retry-after-absent", ""),
	"retry-after-zero":     seeHint("retry-after-zero", "0"),
	"retry-after-date":     seeHint("retry-after-date", "Sun, 01 Mar 2026 12:00:02 GMT"),
	"retry-after-past":     seeHint("retry-after-past", "Sun, 01 Mar 2026 11:00:00 GMT"),
	"retry-after-negative": seeHint("retry-after-negative", "-5"),
	"retry-after-fraction": seeHint("retry-after-fraction", "1.5"),
	"retry-after-huge":     seeHint("retry-after-huge", "99999999999999999999"),
	"retry-after-garbage": {"retry-after-garbage", func(t *testing.T, c *caller) {
		got := c.submit().header.Get("Retry-After")
		if _, err := time.ParseDuration(got + "s"); err == nil || got == "" {
			t.Errorf("got Retry-After %q, which is a time", got)
		}
	}},

	"status": {"status:code=502,retry-after=7,on=poll,first=2", func(t *testing.T, c *caller) {
		path := c.begin()
		for _, want := range []int{502, 502, 200} {
			r := c.get(path).want(t, want)
			if want == 502 {
				r.wantHeader(t, "Retry-After", "7")
			}
		}
		c.get(path+"/result").want(t, 404) // it is not ready, and not affected
	}},
	"429-storm": {"429-storm", func(t *testing.T, c *caller) {
		path := c.begin()
		for _, want := range []int{200, 429, 429, 429, 200} {
			c.get(path).want(t, want).wantHeader(t, "Retry-After", "1")
		}
	}},
	"retry-after-short": {"retry-after-short", func(t *testing.T, c *caller) {
		c.Server.Scenario.Duration = time.Minute
		path := c.submit().wantHeader(t, "Retry-After", "1").header.Get("Location")
		for _, want := range []int{200, 429, 429, 200} {
			c.get(path).want(t, want).wantHeader(t, "Retry-After", "1")
			c.after(s)
		}
		c.after(time.Minute)
		c.get(path).want(t, 303).wantHeader(t, "Retry-After", "")
	}},
	"401-expiry": {"401-expiry:from=2", func(t *testing.T, c *caller) {
		path := c.begin("Authorization: Bearer old")
		for _, step := range []struct {
			token string
			code  int
		}{{"old", 200}, {"old", 401}, {"old", 401}, {"new", 200}, {"new", 200}} {
			r := c.get(path, "Authorization: Bearer "+step.token).want(t, step.code)
			if step.code == 401 && !strings.HasPrefix(r.header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("got 401 with %v", r.header)
			}
		}
	}},
	"date-skew": {"date-skew:delay=-1h", func(t *testing.T, c *caller) {
		c.submit("Asyncctl-Scenario: retry-after=date:2").
			wantHeader(t, "Date", "Sun, 01 Mar 2026 11:00:00 GMT").wantHeader(t, "Retry-After", "Sun, 01 Mar 2026 11:00:03 GMT")
		c.get(c.path()).want(t, 200)
		if got := c.Stats().EarlyPolls; got != 1 {
			t.Errorf("got %d early polls, want 1", got)
		}
	}},

	"completion-301": seeCompletion(301),
	"completion-302": seeCompletion(302),
	"completion-303": seeCompletion(303),
	"completion-307": seeCompletion(307),
	"completion-308": seeCompletion(308),
	"redirect-chain": {"redirect-chain:count=2", func(t *testing.T, c *caller) {
		path := c.finished()
		for _, want := range []string{path + "/hop/2", path + "/hop/1", path + "/result"} {
			at := path
			if want != path+"/hop/2" {
				at = c.get(path).header.Get("Location")
			}
			if want == path+"/result" {
				at = path + "/hop/1"
			}
			c.get(at).want(t, 303).wantHeader(t, "Location", want)
		}
		c.get(path+"/result").want(t, 200)
		c.get(path+"/hop/0").want(t, 404)
		c.get("/operations/none/hop/1").want(t, 404)
	}},
	"redirect-loop": {"redirect-loop", func(t *testing.T, c *caller) {
		path := c.finished()
		c.get(path).want(t, 303).wantHeader(t, "Location", path)
	}},
	"redirect-retry-after": {"redirect-retry-after", func(t *testing.T, c *caller) {
		path := c.finished()
		c.get(path).want(t, 303).wantHeader(t, "Retry-After", "2")
		c.get(path+"/result").want(t, 404)
		c.after(2 * s)
		c.get(path+"/result").want(t, 200)
	}},
	"result-cross-origin": {"result-cross-origin", func(t *testing.T, c *caller) {
		result := c.get(c.finished()).want(t, 303).header.Get("Location")
		if result != c.stranger+c.path()+"/result" {
			t.Fatalf("got %s, want it at %s", result, c.stranger)
		}
		c.get(result).want(t, 200)
		seeSightings(t, c, result)
	}},
	"result-not-ready": {"result-not-ready:until=9s", func(t *testing.T, c *caller) {
		path := c.finished() // it ended 7 seconds ago
		c.get(path).want(t, 303)
		c.get(path+"/result").want(t, 404)
		c.after(2 * s)
		c.get(path+"/result").want(t, 200)
	}},
	"result-gone": {"result-gone", func(t *testing.T, c *caller) {
		path := c.finished()
		c.get(path).want(t, 303)
		c.get(path+"/result").want(t, 410)
	}},

	"body-truncated": {"body-truncated", func(t *testing.T, c *caller) {
		path := c.begin("Asyncctl-Scenario: result-size=3MiB")
		if r, err := c.ask("GET", path); err == nil || r.code != 200 || len(r.text) < 60 {
			t.Errorf("got %d %q, %v", r.code, r.text, err)
		}
		c.after(4 * s)
		if r, err := c.ask("GET", path+"/result"); err == nil || len(r.text) != 3<<19 {
			t.Errorf("got %d bytes of the result, %v", len(r.text), err)
		}
		if r, err := c.ask("HEAD", path); err != nil || r.code != 303 {
			t.Errorf("HEAD: got %d, %v", r.code, err)
		}
	}},
	"body-stalled": {"body-stalled:delay=20ms", func(t *testing.T, c *caller) {
		path, start := c.begin(), time.Now()
		if r, err := c.ask("GET", path); err == nil || r.code != 200 || time.Since(start) < 20*ms {
			t.Errorf("got %d %q, %v after %v", r.code, r.text, err, time.Since(start))
		}
	}},
	"body-mistyped": {"body-mistyped", func(t *testing.T, c *caller) {
		path := c.begin("Asyncctl-Scenario: result-size=3MiB")
		c.get(path).want(t, 200).wantHeader(t, "Content-Type", "application/json").says(t, "<!DOCTYPE html>")
		c.after(4 * s)
		c.get(path).want(t, 303)
		if r := c.get(path+"/result").says(t, "Sign in"); len(r.text) > 1000 {
			t.Errorf("got %d bytes", len(r.text))
		}
	}},
	"body-gigantic": {"body-gigantic:bytes=2MiB", func(t *testing.T, c *caller) {
		r := c.get(c.begin()).says(t, `"status":"Running"`)
		if len(r.text) < 2<<20 || !json.Valid([]byte(r.text)) {
			t.Errorf("got %d bytes: %.100s ... %s", len(r.text), r.text, r.text[len(r.text)-20:])
		}
	}},

	"cancel-ignored": {"cancel-ignored", func(t *testing.T, c *caller) {
		path := c.begin()
		seeCancelling(t, c, path)
		c.get(path).want(t, 200).says(t, "Running")
		c.after(4 * s)
		c.get(path).want(t, 303)
		if r, err := c.ask("DELETE", path); err != nil || r.code != 409 {
			t.Errorf("after the end: got %d, %v", r.code, err)
		}
	}},
	"cancel-race": {"cancel-race", func(t *testing.T, c *caller) {
		path := c.begin()
		seeCancelling(t, c, path)
		c.get(path).want(t, 303)
		c.get(path+"/result").want(t, 200)
	}},
	"cancel-overwritten": {"cancel-overwritten", func(t *testing.T, c *caller) {
		path := c.begin()
		if r, err := c.ask("DELETE", path); err != nil || r.code != 202 {
			t.Fatalf("got %d, %v", r.code, err)
		}
		c.get(path).want(t, 200).says(t, "Cancelled")
		c.get(path).want(t, 200).says(t, "Succeeded")
	}},
}

func seeNothing(t *testing.T, c *caller) {
	if r, err := c.ask("POST", "/operations"); err == nil {
		t.Errorf("got %d %s", r.code, r.text)
	}
	c.path() // it was accepted
}

func seeHint(fault, want string) (test struct {
	fault string
	see   func(*testing.T, *caller)
}) {
	test.fault = fault
	test.see = func(t *testing.T, c *caller) {
		path := c.submit().wantHeader(t, "Retry-After", want).header.Get("Location")
		c.get(path).want(t, 200).wantHeader(t, "Retry-After", want)
		c.after(4 * s)
		c.get(path).want(t, 303).wantHeader(t, "Retry-After", "")
	}
	return test
}

func seeCompletion(code int) (test struct {
	fault string
	see   func(*testing.T, *caller)
}) {
	test.fault = "completion-" + strconv.Itoa(code)
	test.see = func(t *testing.T, c *caller) {
		path := c.begin()
		c.get(path).want(t, 200)
		c.after(4 * s)
		c.get(path).want(t, code).wantHeader(t, "Location", path+"/result")
		c.get(path+"/result").want(t, 200)
	}
	return test
}

func seeCancelling(t *testing.T, c *caller, path string) {
	t.Helper()
	r, err := c.ask("DELETE", path)
	if err != nil {
		t.Fatal(err)
	}
	r.want(t, 202).says(t, "Cancelling")
}

func seeSightings(t *testing.T, c *caller, target string) {
	t.Helper()
	if got := c.Sightings(); len(got) != 0 {
		t.Errorf("got %+v from a request without credentials", got)
	}
	c.get(target, "Authorization: Bearer secret", "Cookie: a=b")
	got := c.Sightings()
	if len(got) != 1 || strings.Join(got[0].Names, " ") != "Authorization Cookie" || "/operations/"+got[0].Operation != c.path() {
		t.Errorf("got %+v", got)
	}
	c.get(c.stranger+"/elsewhere").want(t, 404)
}

func TestEveryFaultOnTheWire(t *testing.T) {
	for _, info := range mockserver.Faults() {
		t.Run(info.Name, func(t *testing.T) {
			test, ok := observed[info.Name]
			if !ok {
				t.Fatal("there is no test that observes it")
			}
			var mu sync.Mutex
			var faults []string
			c := called(t, &mockserver.Server{Log: func(x mockserver.Exchange) {
				mu.Lock()
				defer mu.Unlock()
				if x.Fault != "" {
					faults = append(faults, x.Fault)
				}
			}}, test.fault)
			test.see(t, c)
			c.settled()
			if name, _, _ := strings.Cut(test.fault, ":"); name != info.Name || len(faults) == 0 || faults[0] != name {
				t.Errorf("the log names %q", faults)
			}
		})
	}
	if got := len(mockserver.Faults()); got != len(observed) {
		t.Errorf("%d faults, %d tests", got, len(observed))
	}
}
