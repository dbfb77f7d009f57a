package mockserver_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

const admin = mockserver.AdminPrefix

func TestAdminOperations(t *testing.T) {
	m := newMock(t, &mockserver.Server{Journal: 100, Scenario: mockserver.Scenario{Duration: 10 * s}})
	api := m.Admin()
	if r := do(t, api, "GET", admin+"operations", "").want(t, 200); r.text != "[]\n" {
		t.Errorf("got %s", r.text)
	}
	path := m.submit("")
	other := m.submit("?asyncctl.duration=0")
	m.get(path)
	r := do(t, api, "GET", admin+"operations/"+id(path), "").want(t, 200).wantHeader(t, "Cache-Control", "no-store")
	history, _ := r.json["history"].([]any)
	if r.json["status"] != "Running" || r.json["polls"] != 1.0 || r.json["early"] != 1.0 || len(history) != 1 || history[0].(map[string]any)["lateness"] != float64(-s) {
		t.Errorf("got %s", r.text)
	}
	if r := do(t, api, "GET", admin+"operations?status=Succeeded", ""); strings.Count(r.text, `"id"`) != 1 || !strings.Contains(r.text, id(other)) {
		t.Errorf("got %s", r.text)
	}
	for _, step := range []struct {
		verb string
		code int
		says string
	}{
		{"freeze", 200, `"frozen":true`}, {"thaw", 200, `"Running"`}, {"fail", 200, `"Failed"`}, {"complete", 409, "has ended"},
		{"expire", 200, `"expired":true`}, {"explode", 404, "complete, fail, expire, freeze and thaw"},
	} {
		if r := do(t, api, "POST", admin+"operations/"+id(path)+"/"+step.verb, "").want(t, step.code); !strings.Contains(r.text, step.says) {
			t.Errorf("%s: got %s", step.verb, r.text)
		}
	}
	do(t, api, "POST", admin+"operations/none/fail", "").wantProblem(t, 404, "no such operation")
	do(t, api, "GET", admin+"operations/none", "").wantProblem(t, 404, "none")
	do(t, api, "GET", admin+"nonsense", "").wantProblem(t, 404, "no such page")
}

func TestAdminClock(t *testing.T) {
	m := newMock(t, &mockserver.Server{Scenario: mockserver.Scenario{Duration: 2 * time.Hour}})
	api, path := m.Admin(), ""
	path = m.submit("")
	do(t, api, "POST", admin+"clock", `{"advance":"1h"}`).want(t, 200)
	m.get(path).wantStatus(t, mockserver.Running, 50)
	r := do(t, api, "POST", admin+"clock", `{"scale":3600}`).want(t, 200)
	if r.json["scale"] != 3600.0 || r.json["now"] != "2026-03-01T13:00:00.25Z" {
		t.Errorf("got %s", r.text)
	}
	m.after(s).get(path).want(t, 303).wantHeader(t, "Date", "Sun, 01 Mar 2026 14:00:00 GMT")
	if r := do(t, api, "GET", admin+"clock", "").want(t, 200); r.json["scale"] != 3600.0 {
		t.Errorf("got %s", r.text)
	}
	for _, body := range []string{"", "[]", `{"advance":1}`, `{"advance":"soon"}`, `{"advance":"-1s"}`, `{"scale":0}`, `{"speed":1}`} {
		do(t, api, "POST", admin+"clock", body).want(t, 400)
	}
}

func TestAdminReports(t *testing.T) {
	m := faulty(t, 5, "stuck")
	api := m.Admin()
	m.get(m.submit(""))
	for _, test := range []struct{ path, mediaType, says string }{
		{admin + "stats", "application/json", `"submits":1,`},
		{admin + "faults", "application/json", `{"seed":"5","on":["stuck"],"catalogue":[{"name":"latency"`},
		{admin + "requests", "application/json", "[]"},
		{admin + "grade", "application/json", `"polled-early"`},
		{admin + "grade?format=xml", "application/xml", "<testsuite"},
		{admin + "grade?format=md", "text/markdown; charset=utf-8", "# How the client did"},
		{admin + "metrics", "text/plain; version=0.0.4; charset=utf-8", "\nasyncctl_mock_polls_total 1\n"},
		{"/metrics", "text/plain; version=0.0.4; charset=utf-8", "# TYPE asyncctl_mock_polls_total counter\n"},
		{"/healthz", "text/plain; charset=utf-8", "ok"},
		{admin + "healthz", "text/plain; charset=utf-8", "ok"},
	} {
		r := do(t, api, "GET", test.path, "").want(t, 200).wantHeader(t, "Content-Type", test.mediaType)
		if !strings.Contains(r.text, test.says) {
			t.Errorf("%s: got %.300s", test.path, r.text)
		}
	}
	do(t, api, "GET", admin+"grade?format=pdf", "").wantProblem(t, 400, "json, xml or md")
}

func TestAdminToken(t *testing.T) {
	server := &mockserver.Server{AdminToken: "s3cret"}
	api := server.Admin()
	for _, line := range []string{"Accept: */*", "Authorization: Bearer wrong", "Authorization: s3cret", "Authorization: Bearer "} {
		r := do(t, api, "GET", admin+"stats", "", line).want(t, 401)
		if !strings.HasPrefix(r.header.Get("WWW-Authenticate"), "Bearer") || strings.Contains(r.text, "s3cret") {
			t.Errorf("got %v %s", r.header, r.text)
		}
	}
	do(t, api, "GET", "/metrics", "").want(t, 401)
	do(t, api, "GET", "/healthz", "").want(t, 200)
	do(t, api, "GET", admin+"stats", "", "Authorization: Bearer s3cret").want(t, 200)
}

func TestAdminRefusesOtherWebPages(t *testing.T) {
	api := (&mockserver.Server{}).Admin()
	do(t, api, "POST", admin+"clock", `{"advance":"1h"}`, "Sec-Fetch-Site: cross-site").want(t, 403)
	do(t, api, "POST", admin+"clock", `{"advance":"1h"}`, "Sec-Fetch-Site: same-origin").want(t, 200)
}

func FuzzAdmin(f *testing.F) {
	f.Add("POST", "clock", `{"advance":"1h","scale":60}`)
	f.Add("POST", "operations/ID/freeze", "")
	f.Add("GET", "operations/ID", "")
	f.Add("GET", "grade?format=xml", "")
	f.Add("DELETE", "requests", "")
	f.Fuzz(func(t *testing.T, method, path, body string) {
		server := &mockserver.Server{Workers: 1, Journal: 5}
		first := httptest.NewRecorder()
		server.ServeHTTP(first, httptest.NewRequest("POST", "/", nil))
		request := httptest.NewRequest("POST", admin, strings.NewReader(body))
		path, query, _ := strings.Cut(strings.ReplaceAll(path, "ID", id(first.Header().Get("Location"))), "?")
		request.Method, request.URL.Path, request.URL.RawQuery = method, admin+path, query
		for range 3 {
			recorder := httptest.NewRecorder()
			server.Admin().ServeHTTP(recorder, request)
			if !slices.Contains([]int{200, 301, 307, 400, 403, 404, 405, 409}, recorder.Code) {
				t.Fatalf("%s %s: got %d %s", method, path, recorder.Code, recorder.Body)
			}
		}
		if truths := server.Truths(); len(truths) != 1 {
			t.Fatalf("got %d operations", len(truths))
		}
	})
}
