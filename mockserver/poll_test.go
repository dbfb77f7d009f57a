package mockserver_test

import (
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

const defaultRetention = 24 * time.Hour

func TestPollThroughALife(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{Queue: s, Duration: 4 * s})
	path := m.submit("")
	steps := []struct {
		after   time.Duration
		status  mockserver.Status
		percent int
		updated string
	}{
		{0, mockserver.Pending, 0, "2026-03-01T12:00:00.250Z"},
		{999 * ms, mockserver.Pending, 0, "2026-03-01T12:00:00.250Z"},
		{1 * ms, mockserver.Running, 0, "2026-03-01T12:00:01.250Z"},
		{1 * s, mockserver.Running, 25, "2026-03-01T12:00:02.250Z"},
		{1 * ms, mockserver.Running, 25, "2026-03-01T12:00:02.250Z"},
		{2999*ms - 1, mockserver.Running, 99, "2026-03-01T12:00:05.210Z"},
	}
	for _, step := range steps {
		r := m.after(step.after).get(path).want(t, 200).wantStatus(t, step.status, step.percent)
		r.wantHeader(t, "Retry-After", "1").wantHeader(t, "Cache-Control", "no-store").wantHeader(t, "Content-Type", "application/json")
		if r.json["createdAt"] != "2026-03-01T12:00:00.250Z" || r.json["lastUpdatedAt"] != step.updated {
			t.Errorf("got %v and %v, want lastUpdatedAt %s", r.json["createdAt"], r.json["lastUpdatedAt"], step.updated)
		}
	}
	m.after(1)
	for range 4 { // the end can be read again and again
		r := m.get(path).want(t, 303).wantHeader(t, "Location", path+"/result")
		r.wantHeader(t, "Retry-After", "").wantHeader(t, "ETag", "").wantStatus(t, mockserver.Succeeded, 100)
	}
	m.get(path+"/result").want(t, 200)
}

func TestPollAtTheEnd(t *testing.T) {
	tests := []struct {
		name     string
		query    string
		code     int
		location bool
		status   any // member of the body
		typ      string
	}{
		{"303", "", 303, true, "Succeeded", "application/json"},
		{"302", "?asyncctl.completion=302", 302, true, "Succeeded", "application/json"},
		{"status", "?asyncctl.completion=status", 200, false, "Succeeded", "application/json"},
		{"result", "?asyncctl.completion=result", 200, false, nil, "application/json"},
		{"result with status 201", "?asyncctl.completion=result&asyncctl.result-status=201", 201, false, nil, "application/json"},
		{"result of another type", "?asyncctl.completion=result&asyncctl.result=a,b&asyncctl.result-type=text/csv", 200, false, nil, "text/csv"},
		{"failed", "?asyncctl.outcome=failed", 422, false, 422.0, "application/problem+json"},
		{"failed as set", "?asyncctl.outcome=failed&asyncctl.fail-status=409", 409, false, 409.0, "application/problem+json"},
		{"failed, 302", "?asyncctl.outcome=failed&asyncctl.completion=302", 422, false, 422.0, "application/problem+json"},
		{"failed, result", "?asyncctl.outcome=failed&asyncctl.completion=result", 422, false, 422.0, "application/problem+json"},
		{"failed, status", "?asyncctl.outcome=failed&asyncctl.completion=status", 200, false, "Failed", "application/json"},
		{"cancelled", "?asyncctl.outcome=cancelled", 200, false, "Cancelled", "application/json"},
		{"cancelled, result", "?asyncctl.outcome=cancelled&asyncctl.completion=result", 200, false, "Cancelled", "application/json"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := withScenario(t, mockserver.Scenario{})
			path := m.submit(test.query)
			m.after(3 * s)
			r := m.get(path).want(t, test.code).wantHeader(t, "Retry-After", "").wantHeader(t, "Cache-Control", "no-store")
			r.wantHeader(t, "Content-Type", test.typ)
			if r.json["status"] != test.status {
				t.Errorf("got status %v, want %v", r.json["status"], test.status)
			}
			if (r.header.Get("Location") != "") != test.location {
				t.Errorf("got Location %q", r.header.Get("Location"))
			}
			if again := m.after(time.Minute).get(path); again.text != r.text || again.code != r.code {
				t.Errorf("read again: %d %s\nwant %d %s", again.code, again.text, r.code, r.text)
			}
			head := m.do("HEAD", path, "").want(t, test.code)
			if head.text != "" {
				t.Errorf("HEAD has a body: %s", head.text)
			}
			for _, name := range []string{"Location", "Content-Type", "Cache-Control", "Retry-After"} {
				head.wantHeader(t, name, r.header.Get(name))
			}
		})
	}
}

func TestPollStatusDocumentAtTheEnd(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{Completion: mockserver.CompletionStatus})
	good, bad := m.submit(""), m.submit(`?asyncctl.outcome=failed&asyncctl.fail-title=Out+of+"stock"&asyncctl.fail-detail=none+left`)
	m.after(3 * s)
	r := m.get(good).wantStatus(t, mockserver.Succeeded, 100)
	if r.json["resourceLocation"] != good+"/result" {
		t.Errorf("got resourceLocation %v", r.json["resourceLocation"])
	}
	r = m.get(bad).wantStatus(t, mockserver.Failed, 99)
	failure, _ := r.json["error"].(map[string]any)
	if failure["code"] != "OperationFailed" || failure["message"] != `Out of "stock": none left` {
		t.Errorf("got error %v", r.json["error"])
	}
}

func TestPollOfAFailure(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{Outcome: mockserver.OutcomeFailed})
	plain, told := m.submit(""), m.submit("?asyncctl.fail-status=409&asyncctl.fail-title=Out+of+stock&asyncctl.fail-detail=none+left")
	m.after(3 * s)
	r := m.get(plain).wantProblem(t, 422, "permanent")
	if r.json["instance"] != plain || r.json["type"] == "about:blank" {
		t.Errorf("got instance %v, type %v", r.json["instance"], r.json["type"])
	}
	r = m.get(told).wantProblem(t, 409, "none left")
	if r.json["title"] != "Out of stock" {
		t.Errorf("got title %v", r.json["title"])
	}
}

func TestPollWithPendingStatus202(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{PendingStatus: 202})
	path := m.submit("")
	m.get(path).want(t, 202).wantStatus(t, mockserver.Running, 0)
	m.after(3*s).get(path).want(t, 303)
}

func TestPollConditionally(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{Queue: 10 * s, Duration: 10 * s})
	path := m.submit("")
	etag := m.get(path).header.Get("ETag")
	if len(etag) < 3 || etag[0] != '"' || etag[len(etag)-1] != '"' {
		t.Fatalf("got ETag %s, want a strong one", etag)
	}
	for _, value := range []string{etag, "W/" + etag, `"x", ` + etag, "*", `"x",` + etag + ` ,"y"`} {
		r := m.get(path, "If-None-Match: "+value).want(t, 304)
		r.wantHeader(t, "ETag", etag).wantHeader(t, "Retry-After", "1").wantHeader(t, "Cache-Control", "no-store").wantHeader(t, "Content-Type", "")
		if r.text != "" {
			t.Errorf("304 with a body: %s", r.text)
		}
	}
	m.get(path, `If-None-Match: "x"`, "If-None-Match: "+etag).want(t, 304)
	m.get(path, `If-None-Match: "x"`).want(t, 200).wantHeader(t, "ETag", etag)
	m.do("HEAD", path, "", "If-None-Match: "+etag).want(t, 304)
	if got := m.Stats().NotModified; got != 7 {
		t.Errorf("got %d counted 304, want 7", got)
	}
	// Each representation has its own: the state, and every percent.
	seen := map[string]string{etag: "pending"}
	for _, step := range []time.Duration{10 * s, 100 * ms, 100 * ms, 5 * s} {
		r := m.after(step).get(path, "If-None-Match: "+etag).want(t, 200)
		etag = r.header.Get("ETag")
		if old, ok := seen[etag]; ok {
			t.Errorf("ETag %s stands for\n%s\nand\n%s", etag, old, r.text)
		}
		seen[etag] = r.text
	}
	m.do("DELETE", path, "")
	for _, value := range []string{etag, "*"} {
		m.get(path, "If-None-Match: "+value).want(t, 200).wantStatus(t, mockserver.Cancelled, 52)
	}
}

func TestPollIsNeverNotModifiedAtTheEnd(t *testing.T) {
	for query, code := range map[string]int{"": 303, "?asyncctl.outcome=failed": 422, "?asyncctl.completion=status": 200, "?asyncctl.completion=result": 200} {
		m := withScenario(t, mockserver.Scenario{})
		path := m.submit(query)
		etag := m.after(3*s - 1).get(path).header.Get("ETag")
		m.after(1)
		m.get(path, "If-None-Match: "+etag).want(t, code)
		m.get(path, "If-None-Match: *").want(t, code)
	}
}

func TestPollingChangesNothing(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{Duration: 10 * s})
	busy, calm := m.submit(""), m.submit("")
	for range 99 {
		m.after(100 * ms).get(busy)
	}
	a, b := m.get(busy), m.get(calm)
	if a.json["percentComplete"] != b.json["percentComplete"] {
		t.Errorf("polled often: %s\npolled once: %s", a.text, b.text)
	}
	m.after(100*ms).get(busy).want(t, 303)
	m.get(calm).want(t, 303)
}

func TestPollsCanDriveAnOperation(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{Duration: mockserver.AtOnce, Polls: 3})
	path := m.submit("")
	m.get(path).want(t, 200).wantStatus(t, mockserver.Running, 99)
	m.after(s).get(path).want(t, 200)
	m.after(s).get(path).want(t, 303)
	m.after(s).get(path).want(t, 303)
	if got := m.Operations()[0]; !got.Done.Equal(epoch.Add(2 * s)) {
		t.Errorf("it was done at %v, want the time of the third poll", got.Done)
	}
}

func TestStatusURLThatNamesNothing(t *testing.T) {
	m := withScenario(t, mockserver.Scenario{})
	path := m.submit("")
	for _, target := range []string{
		"/operations/", "/operations/1", "/operations/00000000000000000000000000000000",
		"/operations/00000000000000000000000000000000/result", path + "/", path + "/results", path + "/result/",
	} {
		for _, method := range []string{"GET", "DELETE", "PUT", "POST", "OPTIONS"} {
			m.do(method, target, "").wantProblem(t, 404, "no such operation")
		}
		m.do("HEAD", target, "").want(t, 404)
	}
}

func TestRetention(t *testing.T) {
	for name, test := range map[string]struct {
		query string
		last  time.Duration // age at which it can still be read
	}{
		"default":        {"", 3*s + defaultRetention - 1},
		"as set":         {"?asyncctl.retention=10s", 13*s - 1},
		"counts failure": {"?asyncctl.retention=10s&asyncctl.outcome=failed", 13*s - 1},
		"none":           {"?asyncctl.retention=0", 3*s - 1},
	} {
		t.Run(name, func(t *testing.T) {
			m := withScenario(t, mockserver.Scenario{})
			path := m.submit(test.query)
			if r := m.after(test.last).get(path); r.code == 404 || r.code == 410 {
				t.Fatalf("got %d within the retention", r.code)
			}
			m.after(1)
			m.get(path).wantProblem(t, 410, "longer ago")
			m.get(path+"/result").wantProblem(t, 410, "longer ago")
			m.do("DELETE", path, "").wantProblem(t, 410, "longer ago")
			m.do("HEAD", path, "").want(t, 410)
		})
	}
	t.Run("never ends, never expires", func(t *testing.T) {
		m := withScenario(t, mockserver.Scenario{Outcome: mockserver.OutcomeNever, Retention: s})
		path := m.submit("")
		m.after(1000*time.Hour).get(path).want(t, 200)
	})
}
