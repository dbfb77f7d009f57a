package mock_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/api"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	"github.com/asyncctl/asyncctl/mockserver"
)

func secret(name string) (string, error) { return "s3cret", nil }

// TestBuiltinMocks reads every built-in file, and serves a request with it.
func TestBuiltinMocks(t *testing.T) {
	names := api.MockNames()
	if len(names) < 8 {
		t.Errorf("there are only %v", names)
	}
	for _, name := range names {
		f, err := api.Read(api.Options{}, name)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if f.About == "" || strings.HasSuffix(f.About, ".") {
			t.Errorf("%s is about %q", name, f.About)
		}
		server, err := mock.Imitate(f, secret)
		if err == nil {
			err = server.Check()
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, rule := range server.Rules {
			if rule.Delay > time.Second {
				t.Errorf("%s: %v is too long for a test", name, rule.Delay)
			}
			server.Rules[i].Delay = 0
		}
		server.Faults = nil
		recorder := httptest.NewRecorder()
		server.ServeHTTP(recorder, httptest.NewRequest("POST", "/exports/1", strings.NewReader(`{"size":"large"}`)))
		if recorder.Code != 202 {
			t.Errorf("%s: a submit is answered %d", name, recorder.Code)
		}
	}
}

const whole = `asyncctl: 1
about: all of it
dialect: azure-oploc
mock:
  workers: 2
  max-queue: 3
  time-scale: 60
  duration: 5
  retry-after: 7
  cancel: "off"
  result: {n: 1, list: [a, true]}
  scenarios:
    file: &file {result-file: result.csv, duration: 0}
    big: &big {result-size: 1MiB}
  rules:
    - name: one
      when: {method: P*, path: /a/*, query: {q: 1, r: null}, header: {X-A: null, X-B: b}, body: {/k/0: 2}, probability: 0.5, turn: 1/2}
      set: *file
    - set: *big
    - {delay: 10ms, distribution: exponential, when: {method: GET}}
  faults: ["lost-202:p=0.5"]
`

func TestWhatAFileWithoutOperationsSays(t *testing.T) {
	dir := t.TempDir()
	large := strings.Repeat("a,b\n", 5000)
	if err := os.WriteFile(filepath.Join(dir, "result.csv"), []byte(large), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := api.Parse(filepath.Join(dir, "x.yaml"), []byte(whole), api.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server, err := mock.Imitate(f, secret)
	if err != nil {
		t.Fatal(err)
	}
	if server.Workers != 2 || server.MaxQueue != 3 || f.Mock.TimeScale != 60 || server.Dialect != "azure-oploc" || f.About != "all of it" || len(server.Faults) != 1 {
		t.Errorf("got %+v", f)
	}
	plain := mockserver.Scenario{Duration: 5 * time.Second, Result: `{"n":1,"list":["a",true]}`, RetryAfter: mockserver.RetryAfter{Delay: 7 * time.Second}, NoCancel: true}
	if server.Scenario != plain {
		t.Errorf("operation: got %+v", server.Scenario)
	}
	file := plain
	file.Result, file.Duration = large, mockserver.AtOnce
	if server.Scenarios["file"] != file {
		t.Errorf("file: got %+v", server.Scenarios["file"])
	}
	one, two, three := server.Rules[0], server.Rules[1], server.Rules[2]
	if one.Name != "one" || one.Result != large || one.Set.Get("duration") != "0" || two.Set.Get("result-size") != "1MiB" {
		t.Errorf("rules: got %+v, %+v", one, two)
	}
	when := one.When
	_, absent := when.Header["X-A"]
	if when.Method != "P*" || when.Path != "/a/*" || when.Query["q"] != "1" || when.Query["r"] != "" || !absent || when.Header["X-A"] != "" || when.Body["/k/0"] != "2" || when.P != 0.5 || when.Turn != 1 || when.Of != 2 {
		t.Errorf("condition: got %+v", when)
	}
	if three.Delay != 10*time.Millisecond || three.Distribution.Curve != mockserver.CurveExponential || three.When.Method != "GET" {
		t.Errorf("latency: got %+v", three)
	}
}

func TestErrorsOfAMockTellThePlace(t *testing.T) {
	for text, want := range map[string]string{
		"mock:\n  duration: soon":                           `x.yaml:3:13: mock.duration: bad value "soon": use a duration`,
		"mock:\n  colour: red":                              `x.yaml:3:3: mock.colour: there is no such field`,
		"mock:\n  rules:\n    a: b":                         "x.yaml:4:5: mock.rules: it holds names and values; wanted is a list",
		"mock:\n  rules:\n  - when: {path: [1]}":            "x.yaml:4:18: mock.rules[0].when.path: it holds",
		"mock:\n  rules:\n  - when: {probability: 2}":       "mock.rules[0].when.probability: \"2\" is not a probability",
		"mock:\n  rules:\n  - {when: {turn: 3/2}}":          "mock.rules[0].when.turn: \"3/2\" is not a turn: write 1/3",
		"mock:\n  rules:\n  - {delay: x}":                   "mock.rules[0].delay: \"x\" is not a duration",
		"mock:\n  rules:\n  - {}":                           "mock.rules[0]: it says nothing",
		"mock:\n  rules:\n  - set: {fail-status: 200}":      "mock.rules[0].set.fail-status: bad value \"200\"",
		"mock:\n  rules:\n  - {faults: [klingon]}":          "mock.rules[0].faults[0]: unknown fault \"klingon\"",
		"mock:\n  faults:\n  - klingon":                     `x.yaml:4:5: mock.faults[0]: unknown fault "klingon"`,
		"dialect: klingon":                                  `x.yaml:2:10: dialect: there is no built-in dialect "klingon"`,
		"mock: {workers: -1}":                               `mock.workers: "-1" is not a whole number`,
		"mock:\n  result: a\n  result-size: 5":              "x.yaml:4:16: mock.result-size: result, result-file and result-size exclude each other",
		"mock: {result-file: missing.csv}":                  `mock.result-file: "missing.csv": there is no such file`,
		"mock: {result: ''}":                                "result-status: 204",
		"mock:\n  scenarios:\n    a:\n      outcome: maybe": `x.yaml:5:16: mock.scenarios.a.outcome: bad value "maybe"`,
		"mock: {answers: {running: {json: {}}}}":            "mock.answers: it needs operations",
		"mock: {auth: true}":                                "mock.auth: it needs operations",
		"mock: {id: number}":                                "mock.id: it needs operations",
		"mock: {cancel: off}":                               "quote it",
		"dialect: {state: {at: /s}}\nmock: {duration: 1s}":  "a mock of a dialect of its own needs at least one submit",
	} {
		f, err := api.Parse("x.yaml", []byte("asyncctl: 1\n"+text), api.Options{})
		if err == nil {
			_, err = mock.Imitate(f, secret)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q:\n got %v\nwant %s", text, err, want)
		}
	}
}

// TestRulesOfAnOperation: what an operation's section says counts for all requests to it, and for no others.
func TestRulesOfAnOperation(t *testing.T) {
	f, err := api.Parse("x.yaml", []byte(`asyncctl: 1
operations:
  one:
    submit: POST /one
    examples:
      fail: {method: PUT, url: /elsewhere}
    mock:
      faults: ["status:code=503,on=poll"]
      rules: [{when: {method: GET, header: {X-Tea: "1"}}, answer: {status: 418}}]
  two: {submit: POST /two}
`), api.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server, err := mock.Imitate(f, secret)
	if err == nil {
		err = server.Check()
	}
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path, tea string) *httptest.ResponseRecorder {
		recorder := httptest.NewRecorder()
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("X-Tea", tea)
		server.ServeHTTP(recorder, r)
		return recorder
	}
	for _, tt := range []struct {
		path      string
		poll, tea int
	}{{"/one", 503, 418}, {"/two", 200, 200}} {
		accepted := ask("POST", tt.path, "")
		status := accepted.Header().Get("Location")
		if poll, tea := ask("GET", status, "").Code, ask("GET", status, "1").Code; accepted.Code != 202 || poll != tt.poll || tea != tt.tea {
			t.Errorf("%s: submit %d, poll %d (want %d), with tea %d (want %d)", tt.path, accepted.Code, poll, tt.poll, tea, tt.tea)
		}
	}
	if code := ask("PUT", "/elsewhere", "").Code; code != 202 {
		t.Errorf("an example elsewhere is answered %d", code)
	}
}

// TestCallbackOfAFile: its query and its form are sent, and states that are no ends are refused.
func TestCallbackOfAFile(t *testing.T) {
	text := `asyncctl: 1
operations:
  one:
    submit: POST /one
    mock:
      callback: {url: "{{request:/notify}}", query: {v: "1 2"}, form: {id: "{{id}}", state: "{{state}}"}, times: 3}
`
	f, err := api.Parse("x.yaml", []byte(text), api.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server, err := mock.Imitate(f, secret)
	if err == nil {
		err = server.Check()
	}
	if err != nil {
		t.Fatal(err)
	}
	c := server.Shape.Kinds[0].Callback
	if c.URL != "{{request:/notify}}?v=1%202" || c.Text != "id={{id}}&state={{state}}" || c.Header["Content-Type"] != "application/x-www-form-urlencoded" || c.Times != 3 {
		t.Errorf("got %+v", c)
	}
	for wrong, want := range map[string]string{"times: 3": "times: 101", "form:": "states: [running], form:"} {
		if _, err := api.Parse("x.yaml", []byte(strings.Replace(text, wrong, want, 1)), api.Options{}); err == nil {
			t.Errorf("%s is taken", want)
		}
	}
}
