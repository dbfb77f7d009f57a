package mockserver_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

type answers = map[string]mockserver.Answer

func asJSON(text string) mockserver.Answer { return mockserver.Answer{JSON: json.RawMessage(text)} }

// company is an API of the kind that people have: its own paths, words and
// documents.
func company() *mockserver.Shape {
	return &mockserver.Shape{
		Name: "reports", Base: "/api",
		Routes: []mockserver.Route{{Endpoint: mockserver.Endpoint{Path: "/ping"}, Answer: asJSON(`{"ok":true}`)}},
		Kinds: []mockserver.Kind{{
			Submit: []mockserver.Endpoint{{Path: "/v2/reports"}},
			Status: []mockserver.Endpoint{{Path: "/v2/jobs/{{id}}"}},
			Result: []mockserver.Endpoint{{Path: "/v2/reports/{{id}}"}},
			Cancel: []mockserver.Endpoint{{Path: "/v2/jobs/{{id}}/cancel"}},
			List:   []mockserver.Endpoint{{Path: "/v2/jobs"}},
			Forget: []mockserver.Endpoint{{Path: "/v2/jobs/{{id}}"}},
			Words:  map[string]string{"pending": "Queued", "running": "Working", "cancelled": "Stopped"},
			Check:  []mockserver.Check{{Missing: "/year", Detail: "year must be there"}},
			Answers: answers{
				"running":   asJSON(`{"id":"{{id}}","state":"{{word}}","pct":"{{percent}}","at":"{{percent}} of 100","startedAt":"{{started}}"}`),
				"succeeded": asJSON(`{"id":"{{id}}","state":"Done","pct":100,"_links":{"result":{"href":"{{result}}"}}}`),
				"failed":    {Status: 200, Header: map[string]string{"X-Year": "{{request:/year}}"}, JSON: json.RawMessage(`{"state":"Failed","problem":"{{error.title}}"}`)},
				"result":    asJSON(`{"year":"{{request:/year}}","big":"{{request:/big}}","none":"{{request:/none}}","who":"{{request.header:X-Who}}/{{request.query:q}}","literal":"\\{{id}}"}`),
				"invalid":   {Status: 422, JSON: json.RawMessage(`{"detail":"{{detail}}"}`)},
				"missing":   asJSON(`{"code":"no such job"}`),
			},
		}},
	}
}

func TestShape(t *testing.T) {
	m := newMock(t, &mockserver.Server{Shape: company(), Seed: 1, Scenario: mockserver.Scenario{Queue: s, Duration: 10 * s}})
	r := m.do("POST", "/api/v2/reports?q=a%20b", `{"year":2026,"big":9007199254740993}`, "X-Who: me")
	r.want(t, 202)
	r.wantHeader(t, "Retry-After", "1")
	status := strings.TrimPrefix(r.header.Get("Location"), "http://example.com")
	if !strings.HasPrefix(status, "/api/v2/jobs/") {
		t.Fatalf("got the Location %q", r.header.Get("Location"))
	}
	id := strings.TrimPrefix(status, "/api/v2/jobs/")
	for _, step := range []struct {
		after time.Duration
		want  string
	}{
		{0, `{"id":"` + id + `","state":"Queued","pct":0,"at":"0 of 100","startedAt":null}`},
		{6 * s, `{"id":"` + id + `","state":"Working","pct":50,"at":"50 of 100","startedAt":"2026-03-01T12:00:01.250Z"}`},
		{5 * s, `{"id":"` + id + `","state":"Done","pct":100,"_links":{"result":{"href":"http://example.com/api/v2/reports/` + id + `"}}}`},
	} {
		if got := m.after(step.after).get(status); strings.TrimSpace(got.text) != step.want {
			t.Errorf("got %s, want %s", got.text, step.want)
		}
	}
	want := `{"year":2026,"big":9007199254740993,"none":null,"who":"me/a b","literal":"{{id}}"}`
	if got := m.get("/api/v2/reports/" + id); strings.TrimSpace(got.text) != want {
		t.Errorf("got %s, want %s", got.text, want)
	}
	for _, test := range []struct {
		method, path, body string
		code               int
		want               string
	}{
		{"GET", "/api/ping", "", 200, `{"ok":true}`},
		{"HEAD", "/api/ping", "", 200, ""},
		{"POST", "/api/ping", "", 405, "does not take POST"},
		{"GET", "/ping", "", 404, "no such job"},
		{"POST", "/api/v2/report", "{}", 404, "no such job"},
		{"GET", "/api/v2/reports", "", 405, "does not take GET"},
		{"GET", "/api/v2/jobs/x", "", 404, "no such job"},
		{"GET", "/api/v2/jobs/" + id + "/x", "", 404, "no such job"},
		{"POST", "/api/v2/reports", `{"month":1}`, 422, "year must be there"},
		{"GET", "/api/v2/jobs", "", 200, `{"items":[{"id":"` + id + `","state":"Done"`},
		{"POST", "/api/v2/jobs/" + id + "/cancel", "", 409, "cannot be cancelled any more"},
		{"DELETE", "/api/v2/jobs/" + id, "", 204, ""},
		{"GET", "/api/v2/jobs/" + id, "", 404, "no such job"},
	} {
		got := m.do(test.method, test.path, test.body)
		if got.code != test.code || !strings.Contains(got.text, test.want) {
			t.Errorf("%s %s: got %d %s, want %d %s", test.method, test.path, got.code, got.text, test.code, test.want)
		}
	}
	m.do("GET", "/api/v2/reports", "").wantHeader(t, "Allow", "OPTIONS, POST")
	m.do("OPTIONS", "/api/v2/jobs/x", "").want(t, 204)
}

func TestShapeCancels(t *testing.T) {
	m := newMock(t, &mockserver.Server{Shape: company(), Scenario: mockserver.Scenario{Duration: time.Hour}})
	status := m.do("POST", "/api/v2/reports", `{"year":1}`).header.Get("Location")
	m.do("POST", status+"/cancel", "").want(t, 202)
	if got := m.get(status); !strings.Contains(got.text, "Stopped") {
		t.Errorf("got %s", got.text)
	}
}

// TestShapeHeaderValues come from requests, and may not end the field.
func TestShapeHeaderValues(t *testing.T) {
	m := newMock(t, &mockserver.Server{Shape: company(), Scenario: mockserver.Scenario{Duration: mockserver.AtOnce, Outcome: mockserver.OutcomeFailed}})
	good := m.do("POST", "/api/v2/reports", `{"year":"twenty"}`).header.Get("Location")
	m.get(good).wantHeader(t, "X-Year", "twenty")
	bad := m.do("POST", "/api/v2/reports", `{"year":"a\r\nSet-Cookie: b"}`).header.Get("Location")
	if r := m.get(bad); r.code != 400 || r.header.Get("Set-Cookie") != "" || r.header.Get("X-Year") != "" {
		t.Errorf("got %d %v", r.code, r.header)
	}
}

// TestShapePlaces finds the id in a query, in the content, and within a segment;
// two kinds share a status path.
func TestShapePlaces(t *testing.T) {
	e := func(method, path, id string) []mockserver.Endpoint {
		return []mockserver.Endpoint{{Method: method, Path: path, ID: id}}
	}
	shape := &mockserver.Shape{Numbers: true, Kinds: []mockserver.Kind{
		{Name: "run", Submit: e("POST", "/run-now", ""), Status: e("GET", "/runs/get?run_id={{id}}", ""), Cancel: e("POST", "/runs/cancel", "/run_id"), Inline: true,
			Answers: answers{"accepted": {Status: 200, JSON: json.RawMessage(`{"run_id":"{{id}}","url":"{{status}}"}`)}, "cancel": {Status: 200, JSON: json.RawMessage(`{}`)}}},
		{Name: "export", Submit: e("POST", "/projects/{{p}}/exports", ""), Status: e("GET", "/projects/{{p}}/jobs/job-{{id}}", ""),
			Answers: answers{"running": asJSON(`{"p":"{{path:p}}","kind":"export","self":"{{status}}"}`)}},
		{Name: "import", Submit: e("PUT", "/projects/{{p}}/imports", ""), Status: e("GET", "/projects/{{p}}/jobs/job-{{id}}", ""),
			Answers: answers{"running": asJSON(`{"p":"{{path:p}}","kind":"import","submit":"{{submit}}"}`)}},
	}}
	m := newMock(t, &mockserver.Server{Shape: shape, Scenario: mockserver.Scenario{Duration: time.Hour}})
	for _, test := range []struct{ method, path, body, want string }{
		{"POST", "/run-now", "{}", `{"run_id":1,"url":"http://example.com/runs/get?run_id=1"}`},
		{"GET", "/runs/get?run_id=1", "", `"status":"running"`},
		{"POST", "/runs/cancel", `{"run_id":1}`, `{}`},
		{"GET", "/runs/get?run_id=1", "", `"status":"cancelled"`},
		{"POST", "/projects/a%20b/exports", "{}", `"id":2`},
		{"PUT", "/projects/c/imports", "{}", `"id":3`},
		{"GET", "/projects/a%20b/jobs/job-2", "", `{"p":"a b","kind":"export","self":"http://example.com/projects/a%20b/jobs/job-2"}`},
		{"GET", "/projects/c/jobs/job-3", "", `{"p":"c","kind":"import","submit":"http://example.com/projects/c/imports"}`},
	} {
		if got := m.do(test.method, test.path, test.body); got.code >= 300 || !strings.Contains(got.text, test.want) {
			t.Errorf("%s %s: got %d %s, want %s", test.method, test.path, got.code, got.text, test.want)
		}
	}
	m.get("/runs/get?run_id=7").want(t, 404)
	m.get("/runs/get").want(t, 404)
}

// TestShapeByDefault has nothing but a path to submit to.
func TestShapeByDefault(t *testing.T) {
	shape := &mockserver.Shape{Kinds: []mockserver.Kind{{Submit: []mockserver.Endpoint{{Method: "PUT", Path: "/index"}}}}}
	m := newMock(t, &mockserver.Server{Shape: shape, Scenario: mockserver.Scenario{Duration: 2 * s, Result: "done"}})
	r := m.do("PUT", "/index", "")
	status := r.header.Get("Location")
	if got := m.after(s).get(status); !strings.Contains(got.text, `"status":"running","percentComplete":50`) {
		t.Errorf("got %s", got.text)
	}
	if got := m.after(2 * s).get(status); !strings.Contains(got.text, `"status":"succeeded"`) || !strings.Contains(got.text, status+"/result") {
		t.Errorf("got %s", got.text)
	}
	if got := m.get(status + "/result"); got.text != "done" {
		t.Errorf("got %s", got.text)
	}
	m.do("POST", "/index", "").want(t, 405)
	m.do("DELETE", status, "").want(t, 405)
}

// TestShapeRequires the fields that hold secrets.
func TestShapeRequires(t *testing.T) {
	shape := company()
	shape.Required = []string{"Authorization"}
	m := newMock(t, &mockserver.Server{Shape: shape})
	m.do("POST", "/api/v2/reports", `{"year":1}`).want(t, 401)
	m.do("POST", "/api/v2/reports", `{"year":1}`, "Authorization: Bearer any").want(t, 202)
}

func TestRuleAnswers(t *testing.T) {
	type patterns = map[string]mockserver.Pattern
	fault, _ := mockserver.ParseFault("status-404:first=1000000")
	rules := []mockserver.Rule{
		{When: mockserver.Condition{Method: "GET", Path: "/api/v2/jobs/*"}, Faults: []mockserver.Fault{fault}},
		{When: mockserver.Condition{Body: patterns{"/format": "xml"}}, Answer: &mockserver.Answer{Status: 400, JSON: json.RawMessage(`{"code":"unsupported_format","format":"{{request:/format}}"}`)}},
		{When: mockserver.Condition{Content: []byte(`{"rows": 1, "year": 2026}`)}, Set: map[string][]string{"duration": {"0"}}},
		{When: mockserver.Condition{Path: "/anywhere"}, Answer: &mockserver.Answer{Text: "here"}},
	}
	m := newMock(t, &mockserver.Server{Shape: company(), Rules: rules})
	if got := m.do("POST", "/api/v2/reports", `{"year":1,"format":"xml"}`); got.code != 400 || !strings.Contains(got.text, `{"code":"unsupported_format","format":"xml"}`) {
		t.Errorf("got %d %s", got.code, got.text)
	}
	if got := m.do("POST", "/anywhere", ""); got.text != "here" || got.header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("got %q %v", got.text, got.header)
	}
	fast := m.do("POST", "/api/v2/reports", `{"year":2026,"rows":1}`).header.Get("Location")
	m.get(fast).want(t, 404)
	if ops := m.Operations(); len(ops) != 1 || ops[0].Status != mockserver.Succeeded {
		t.Errorf("got %+v", ops)
	}
	if err := m.SetRules(nil); err != nil {
		t.Fatal(err)
	}
	m.get(fast).want(t, 200)
}

// TestCallbacks are sent when an operation ends, and signed.
func TestCallbacks(t *testing.T) {
	var got []string
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mac := hmac.New(sha256.New, []byte("secret"))
		mac.Write(body)
		if r.Header.Get("X-Signature") != "sha256="+hex.EncodeToString(mac.Sum(nil)) {
			t.Errorf("the signature is %q", r.Header.Get("X-Signature"))
		}
		got = append(got, r.Method+" "+string(body))
		w.WriteHeader(204)
	}))
	defer receiver.Close()
	shape := company()
	shape.Kinds[0].Callback = &mockserver.Callback{
		URL: "{{request:/notify}}", JSON: json.RawMessage(`{"event":"report.{{state}}","id":"{{id}}"}`), Times: 2,
		States: []string{"succeeded"}, Sign: &mockserver.Sign{Header: "X-Signature", Prefix: "sha256=", Secret: []byte("secret")},
	}
	server := &mockserver.Server{Shape: shape, Scenario: mockserver.Scenario{Duration: 50 * ms}}
	l := mockserver.NewServer(t, server)
	for _, body := range []string{`{"year":1,"notify":"` + receiver.URL + `/hook"}`, `{"year":1,"notify":null}`, `{"year":1,"notify":"http://192.0.2.1/hook"}`} {
		response, err := http.Post(l.URL+"/api/v2/reports", "application/json", strings.NewReader(body))
		if err != nil || response.StatusCode != 202 {
			t.Fatal(err, response)
		}
		response.Body.Close()
	}
	deadline := time.Now().Add(30 * time.Second)
	for len(l.Callbacks()) < 4 && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	sent, refused := 0, 0
	for _, d := range l.Callbacks() {
		switch {
		case d.Status == 204 && strings.Contains(d.Body, `"event":"report.succeeded"`):
			sent++
		case strings.Contains(d.Error, "no loopback address"):
			refused++
		}
	}
	if sent != 2 || refused != 2 || len(got) != 2 {
		t.Errorf("%d were sent, %d were refused, %d came: %+v", sent, refused, len(got), l.Callbacks())
	}
}

// TestCallbackBefore comes before the answer to the submit.
func TestCallbackBefore(t *testing.T) {
	came := false
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came = true }))
	defer receiver.Close()
	shape := company()
	shape.Kinds[0].Callback = &mockserver.Callback{URL: receiver.URL, Text: "{{state}}", Before: true}
	m := newMock(t, &mockserver.Server{Shape: shape, Scenario: mockserver.Scenario{Duration: time.Hour, Outcome: mockserver.OutcomeFailed}})
	m.do("POST", "/api/v2/reports", `{"year":1}`).want(t, 202)
	if d := m.Callbacks(); !came || len(d) != 1 || d[0].Body != "failed" {
		t.Errorf("came: %v, %+v", came, d)
	}
}

// TestCallbackDelay waits as long as it says, in the time of the server.
func TestCallbackDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shape := company()
		shape.Kinds[0].Callback = &mockserver.Callback{URL: "http://127.0.0.1:1/", Delay: time.Minute}
		l := mockserver.NewInMemory(t, &mockserver.Server{Shape: shape, Scenario: mockserver.Scenario{Duration: time.Minute}})
		response, err := l.Client().Post(l.URL+"/api/v2/reports", "application/json", strings.NewReader(`{"year":1}`))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		time.Sleep(119 * time.Second)
		if n := len(l.Callbacks()); n != 0 {
			t.Errorf("%d came too soon", n)
		}
		l.Close()
	})
}

func TestShapeErrors(t *testing.T) {
	submit := []mockserver.Endpoint{{Path: "/x"}}
	for want, kind := range map[string]mockserver.Kind{
		"has no submit":                    {},
		"begin it with /":                  {Submit: []mockserver.Endpoint{{Path: "x"}}},
		"at most one hole":                 {Submit: submit, Status: []mockserver.Endpoint{{Path: "/{{a}}{{b}}"}}},
		"unknown hole {{idd}}":             {Submit: submit, Answers: answers{"running": asJSON(`{"a":"{{idd}}"}`)}},
		"has a {{ without }}":              {Submit: submit, Answers: answers{"running": asJSON(`{"a":"{{id"}`)}},
		`unknown answer "runing"`:          {Submit: submit, Answers: answers{"runing": asJSON(`{}`)}},
		"the content is not JSON":          {Submit: submit, Answers: answers{"running": asJSON(`{`)}},
		"give one of them":                 {Submit: submit, Answers: answers{"running": {Text: "a", Body: []byte("b")}}},
		"line break":                       {Submit: submit, Answers: answers{"running": {Header: map[string]string{"X-A": "a\r\nb"}}}},
		"no name of a header field":        {Submit: submit, Answers: answers{"running": {Header: map[string]string{"X A": "a"}}}},
		"the HTTP status 99":               {Submit: submit, Answers: answers{"running": {Status: 99}}},
		"{{request:name}}":                 {Submit: submit, Answers: answers{"running": asJSON(`{"a":"{{request:name}}"}`)}},
		"callback: it has no URL":          {Submit: submit, Callback: &mockserver.Callback{}},
		`callback: the state "running"`:    {Submit: submit, Callback: &mockserver.Callback{URL: "http://127.0.0.1/", States: []string{"running"}}},
		"a signature needs":                {Submit: submit, Callback: &mockserver.Callback{URL: "http://127.0.0.1/", Sign: &mockserver.Sign{Header: "X"}}},
		`check: there is no answer "nope"`: {Submit: submit, Check: []mockserver.Check{{Missing: "/a", Answer: "nope"}}},
	} {
		err := (&mockserver.Server{Shape: &mockserver.Shape{Kinds: []mockserver.Kind{kind}}}).Check()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to say %q", err, want)
		}
	}
}
