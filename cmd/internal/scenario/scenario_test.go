package scenario_test

import (
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/scenario"
	"github.com/asyncctl/asyncctl/mockserver"
)

// TestBuiltin reads every built-in scenario, and serves a request with it.
func TestBuiltin(t *testing.T) {
	names := scenario.Names()
	if len(names) < 8 {
		t.Errorf("there are only %v", names)
	}
	for _, name := range names {
		file, err := scenario.Open(name, nil)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if file.About == "" || strings.HasSuffix(file.About, ".") {
			t.Errorf("%s is about %q", name, file.About)
		}
		server := &mockserver.Server{}
		file.Apply(server)
		if err := server.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, l := range file.Latencies {
			if l.Delay > time.Second {
				t.Errorf("%s: %v is too long for a test", name, l.Delay)
			}
		}
		server.Faults = nil
		recorder := httptest.NewRecorder()
		server.ServeHTTP(recorder, httptest.NewRequest("POST", "/exports/1", strings.NewReader(`{"size":"large"}`)))
		if recorder.Code != 202 {
			t.Errorf("%s: a submit is answered %d", name, recorder.Code)
		}
	}
}

const whole = `
about: all of it
dialect: azure-oploc
workers: 2
max-queue: 3
time-scale: 60
operation: {duration: 5, result: {n: 1, list: [a, true]}}
scenarios:
  file: {result-file: result.csv, duration: 0}
  big: &big {result-size: 1MiB}
rules:
  - name: one
    when: {method: P*, path: /a/*, query: {q: 1}, header: {X-A: null, X-B: b}, body: {/k/0: 2}, probability: 0.5, turn: 1/2}
    scenario: file
    operation: {outcome: failed}
  - operation: *big
latency:
  - {delay: 10ms, distribution: exponential, when: {method: GET}}
faults: ["lost-202:p=0.5"]
`

func TestParse(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "result.csv"), []byte("a,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := scenario.Parse(filepath.Join(dir, "x.yaml"), []byte(whole), url.Values{"retry-after": {"7"}})
	if err != nil {
		t.Fatal(err)
	}
	server := &mockserver.Server{Workers: 9, Faults: []mockserver.Fault{{Name: "stuck"}}}
	f.Apply(server)
	if server.Workers != 9 || server.MaxQueue != 3 || f.TimeScale != 60 || server.Dialect != "azure-oploc" || f.About != "all of it" || len(server.Faults) != 2 {
		t.Errorf("got %+v", f)
	}
	retry := mockserver.RetryAfter{Delay: 7 * time.Second}
	plain := mockserver.Scenario{Duration: 5 * time.Second, Result: `{"list":["a",true],"n":1}`, RetryAfter: retry}
	if server.Scenario != plain {
		t.Errorf("operation: got %+v", server.Scenario)
	}
	file := plain
	file.Result, file.Duration = "a,b\n", mockserver.AtOnce
	if f.Scenarios["file"] != file {
		t.Errorf("file: got %+v", f.Scenarios["file"])
	}
	one, two := f.Rules[0], f.Rules[1]
	file.Outcome = mockserver.OutcomeFailed
	if *one.Scenario != file || one.Name != "one" || two.Scenario.ResultSize != 1<<20 {
		t.Errorf("rules: got %+v, %+v", one, two)
	}
	when := one.When
	if when.Method != "P*" || when.Path != "/a/*" || when.Query["q"] != "1" || when.Header["X-A"] != "" || when.Body["/k/0"] != "2" || when.P != 0.5 || when.Turn != 1 || when.Of != 2 {
		t.Errorf("condition: got %+v", when)
	}
	if l := f.Latencies[0]; l.Delay != 10*time.Millisecond || l.Distribution.Curve != mockserver.CurveExponential || l.When.Method != "GET" {
		t.Errorf("latency: got %+v", l)
	}
	if f, err := scenario.Parse("empty.yaml", []byte("# nothing\n"), nil); err != nil || f.Operation != (mockserver.Scenario{}) {
		t.Errorf("an empty file: got %+v, %v", f, err)
	}
}

func TestErrorsTellThePlace(t *testing.T) {
	for text, want := range map[string]string{
		"operation:\n  duration: soon":                 `x.yaml: line 2: operation.duration: bad value "soon": use a duration`,
		"operation:\n  colour: red":                    `x.yaml: line 2: operation.colour: unknown parameter "colour": the known ones are result-file, duration`,
		"operations: {}":                               "x.yaml: line 1: operations: unknown field: the known ones are about, dialect, faults, latency",
		"about: x\nabout: y":                           "line 2: about: it is there twice",
		"operation: 5":                                 "line 1: operation: it must be a list of fields",
		"rules:\n  a: b":                               "line 2: rules: it must be a list",
		"rules:\n- when: {path: [1]}":                  "line 2: rules[1].when.path: it must be one value",
		"rules:\n- scenario: x":                        `line 2: rules[1].scenario: there is no scenario "x"`,
		"rules:\n- when:\n    probability: 2":          "line 3: rules[1].when.probability: bad value \"2\": use a number above 0, at most 1",
		"rules:\n- {}\n- when: {turn: 3/2}":            "line 3: rules[2].when.turn: bad value \"3/2\": write it like 1/3",
		"rules:\n- when:\n    body: {size: 1}":         `"size" is no JSON pointer`,
		"latency:\n- when: {body: {/a: b}}":            "line 2: latency[1].when.body: unknown field",
		"latency:\n- when: {}":                         "line 2: latency[1]: it has no delay",
		"latency:\n- delay: x":                         "latency[1].delay: bad value",
		"faults:\n- klingon":                           `line 2: faults[1]: unknown fault "klingon"`,
		"dialect: klingon":                             `line 1: dialect: there is no dialect "klingon": the known ones are all, generic`,
		"workers: -1":                                  "line 1: workers: bad value",
		"operation:\n  result: a\n  result-size: 5":    "line 3: operation.result-size: it contradicts result",
		"operation:\n  result-file: missing.csv":       "operation.result-file: open missing.csv",
		"operation: {result: ''}":                      "result-status: 204",
		"a: b\nb: c: d":                                "x.yaml: line 2: not YAML: ",
		"a: {":                                         "not YAML",
		"about: a\n---\nabout: b":                      "several documents",
		"- a":                                          "line 1: it must be a list of fields",
		"operation: {result: {? [a] : b}}":             "operation.result",
		"time-scale: 0":                                "time-scale: bad value",
		"scenarios:\n  a:\n    outcome: perhaps":       `line 3: scenarios.a.outcome: bad value "perhaps"`,
		"operation: &a\n  duration: *a":                "line 1: operation.duration: it must be one value",
		"rules:\n- operation:\n    fail-status: 200\n": "line 3: rules[1].operation.fail-status: bad value",
	} {
		_, err := scenario.Parse("x.yaml", []byte(text), nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q:\n got %v\nwant %s", text, err, want)
		}
	}
	if _, err := scenario.Open("klingon", nil); err == nil || !strings.Contains(err.Error(), "for a file of that name write ./klingon") {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(whole)
	for _, name := range scenario.Names() {
		text, _ := scenario.Source(name)
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "result-file") {
			return // no other files
		}
		file, err := scenario.Parse("x.yaml", []byte(text), nil)
		if err != nil {
			return
		}
		server := &mockserver.Server{}
		file.Apply(server)
		if err := server.Check(); err != nil && !strings.Contains(err.Error(), "other origin") && !strings.Contains(err.Error(), "dialect") {
			t.Errorf("it was read, and means nothing: %v", err)
		}
	})
}
