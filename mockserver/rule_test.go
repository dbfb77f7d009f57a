package mockserver_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/mockserver"
)

func TestPattern(t *testing.T) {
	for _, test := range []struct {
		pattern mockserver.Pattern
		text    string
		want    bool
	}{
		{"", "", true}, {"", "x", false}, {"x", "x", true}, {"x", "X", false}, {"*", "", true}, {"*", "any", true},
		{"/reports/*", "/reports/1", true}, {"/reports/*", "/report", false}, {"*.csv", "a.csv", true}, {"*.csv", "a.csv.gz", false},
		{"a*b*c", "a-b-c", true}, {"a*b*c", "a-c-b", false}, {"a*a", "a", false}, {"**", "x", true}, {"*a*a", "a", false},
	} {
		if got := test.pattern.Match(test.text); got != test.want {
			t.Errorf("%q on %q: got %v", test.pattern, test.text, got)
		}
	}
}

func FuzzPattern(f *testing.F) {
	f.Add("a*b", "axxb")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		p := mockserver.Pattern(pattern)
		if !p.Match(strings.ReplaceAll(pattern, "*", text)) {
			t.Errorf("%q does not hold for itself with %q in place of *", pattern, text)
		}
		if p.Match(text) && !mockserver.Pattern("*"+pattern).Match("x"+text) {
			t.Errorf("%q holds for %q, and not with a * before it", pattern, text)
		}
	})
}

// failing is a scenario that can be told from others by its fail-title.
func failing(title string) *mockserver.Scenario {
	return &mockserver.Scenario{Duration: mockserver.AtOnce, Outcome: mockserver.OutcomeFailed, FailTitle: title}
}

func TestRules(t *testing.T) {
	type patterns = map[string]mockserver.Pattern
	rules := []mockserver.Rule{
		{When: mockserver.Condition{Method: "PUT"}, Scenario: failing("method")},
		{When: mockserver.Condition{Path: "/reports/*"}, Scenario: failing("path")},
		{When: mockserver.Condition{Header: patterns{"x-kind": "big*"}}, Scenario: failing("header")},
		{When: mockserver.Condition{Body: patterns{"/order/items/1/size": "7", "/order/gift": ""}}, Scenario: failing("body")},
		{When: mockserver.Condition{Body: patterns{"/a~1b": "true"}, Path: "/jobs"}, Scenario: failing("escaped")},
	}
	m := newMock(t, &mockserver.Server{Rules: rules, Scenario: *failing("server"), Scenarios: map[string]mockserver.Scenario{"named": *failing("named")}})
	for _, test := range []struct{ method, target, body, header, want string }{
		{"POST", "/operations", "", "", "server"},
		{"PUT", "/reports/1", "", "", "method"},
		{"POST", "/reports/1", "", "", "path"},
		{"POST", "/operations", "", "X-Kind: bigger", "header"},
		{"POST", "/operations", `{"order":{"items":[1,{"size":7}]}}`, "", "body"},
		{"POST", "/operations", `{"order":{"items":[1,{"size":7}],"gift":true}}`, "", "server"},
		{"POST", "/operations", `{"order":{"items":[1]}}`, "", "server"},
		{"POST", "/operations", `not JSON`, "", "server"},
		{"POST", "/jobs", `{"a/b":true}`, "", "escaped"},
		{"POST", "/reports/1?asyncctl.scenario=named", "", "", "named"},
		{"POST", "/reports/1", "", "Asyncctl-Scenario: scenario=named", "named"},
		{"POST", "/reports/1?asyncctl.fail-title=query", "", "", "query"},
	} {
		var lines []string
		if test.header != "" {
			lines = append(lines, test.header)
		}
		r := m.do(test.method, test.target, test.body, lines...)
		r.want(t, 202)
		m.get(r.header.Get("Location")).wantProblem(t, 422, test.want)
	}
	m.do("POST", "/?asyncctl.scenario=other", "").wantProblem(t, 400, `the known ones are named`)
	newMock(t, &mockserver.Server{}).do("POST", "/?asyncctl.scenario=other", "").wantProblem(t, 400, "has none with a name")
}

func TestTurns(t *testing.T) {
	var rules []mockserver.Rule
	for i, title := range []string{"first", "second"} {
		rules = append(rules, mockserver.Rule{When: mockserver.Condition{Turn: i + 1, Of: 3}, Scenario: failing(title)})
	}
	m := newMock(t, &mockserver.Server{Rules: rules, Scenario: *failing("other")})
	for _, want := range []string{"first", "second", "other", "first", "second"} {
		m.get(m.do("POST", "/", "").header.Get("Location")).wantProblem(t, 422, want)
	}
}

func TestRuleProbability(t *testing.T) {
	outcomes := func(seed uint64) string {
		m := newMock(t, &mockserver.Server{Seed: seed, Rules: []mockserver.Rule{{When: mockserver.Condition{P: 0.25}, Scenario: failing("unlucky")}}})
		var b strings.Builder
		for range 200 {
			b.WriteString(m.do("POST", "/", "").text[45:60])
		}
		return b.String()
	}
	one := outcomes(1)
	if failed := strings.Count(one, "Failed"); failed < 30 || failed > 70 {
		t.Errorf("%d of 200 were unlucky, want about 50", failed)
	}
	if outcomes(1) != one || outcomes(2) == one {
		t.Error("the chances do not follow from the seed")
	}
}

func TestLatency(t *testing.T) {
	server := &mockserver.Server{Rules: []mockserver.Rule{
		{When: mockserver.Condition{Method: "GET", Path: "/operations/*"}, Delay: 40 * ms},
	}}
	took := func(method, path string) time.Duration {
		start := time.Now()
		server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, path, nil))
		return time.Since(start)
	}
	if got := took("GET", "/operations/1"); got < 40*ms {
		t.Errorf("a poll took %v", got)
	}
	slow := 0
	for range 20 {
		if took("POST", "/operations") > 40*ms {
			slow++
		}
	}
	if slow > 10 {
		t.Errorf("%d of 20 submits were delayed, which none should be", slow)
	}
}

func TestRuleErrors(t *testing.T) {
	for want, server := range map[string]*mockserver.Server{
		"rule 1: a probability of 2": {Rules: []mockserver.Rule{{When: mockserver.Condition{P: 2}}}},
		"rule 1: body pointer":       {Rules: []mockserver.Rule{{When: mockserver.Condition{Body: map[string]mockserver.Pattern{"a": "b"}}}}},
		"rule 1: turn 3 of 2":        {Rules: []mockserver.Rule{{When: mockserver.Condition{Turn: 3, Of: 2}}}},
		"rule 1: a delay of":         {Rules: []mockserver.Rule{{Delay: -1}}},
		"rule 1: unknown parameter":  {Rules: []mockserver.Rule{{Set: url.Values{"lasts": {"3s"}}}}},
		"rule 1: unknown fault":      {Rules: []mockserver.Rule{{Faults: []mockserver.Fault{{Name: "no"}}}}},
		"rule 1: unknown hole":       {Rules: []mockserver.Rule{{Answer: &mockserver.Answer{Text: "{{no}}"}}}},
	} {
		if err := server.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to say %q", err, want)
		}
	}
}
