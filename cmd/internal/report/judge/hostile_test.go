package judge_test

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	report "github.com/asyncctl/asyncctl/cmd/internal/report/judge"
	"github.com/asyncctl/asyncctl/conformance"
)

func TestNoFormatLetsForeignTextOut(t *testing.T) {
	for name, sample := range samples {
		for _, format := range report.Formats() {
			got := write(t, format, sample(), report.Options{})
			if !utf8.ValidString(got) {
				t.Errorf("%s of %s is not UTF-8", format, name)
			}
			for _, bad := range []string{"\x1b", "\x00", "\x07", "\u202e", "\r"} {
				if strings.Contains(got, bad) {
					if format == report.JSON || format == report.NDJSON {
						continue // evidence as it was; the escapes are JSON's
					}
					t.Errorf("%s of %s holds %q", format, name, bad)
				}
			}
			for line := range strings.Lines(got) {
				trimmed := strings.TrimSpace(line)
				if format != report.GitHub && strings.HasPrefix(trimmed, "::") || format != report.JSON && format != report.NDJSON && strings.Contains(line, "##[") {
					t.Errorf("%s of %s has a command of a CI system: %q", format, name, line)
				}
			}
		}
	}
}

func TestGitHubKeepsItsLimits(t *testing.T) {
	r := mixed()
	for i := range 30 {
		for _, o := range []conformance.Outcome{conformance.Fail, conformance.Warn} {
			r.Results = append(r.Results, result(rule(fmt.Sprintf("more-%s-%d", o, i), "P50", conformance.Must, "More"), o, "",
				conformance.Finding{Message: "100% wrong:\n" + hostile}))
		}
	}
	counts := map[string]int{}
	command := regexp.MustCompile(`^::(error|warning) file=api/target.yaml,line=1,title=([^:,\n]*)::([^\n]+)\n$`)
	for line := range strings.Lines(write(t, report.GitHub, r, report.Options{})) {
		m := command.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("not a command: %q", line)
		}
		counts[m[1]]++
		if left := regexp.MustCompile(`%(25|0A|3A|2C)`).ReplaceAllString(m[2]+m[3], ""); strings.Contains(left, "%") {
			t.Errorf("an unescaped %% in %q", line)
		}
	}
	if counts["error"] != 10 || counts["warning"] != 10 {
		t.Errorf("got %v annotations, want 10 of each kind", counts)
	}
	if got := write(t, report.GitHub, r, report.Options{}); !strings.Contains(got, "title=and 26 more::") {
		t.Errorf("what is left out is not counted:\n%s", got)
	}
	if got := write(t, report.GitHub, clean(), report.Options{}); got != "" {
		t.Errorf("a clean run is annotated: %q", got)
	}
}

func TestMarkdownKeepsItsLimit(t *testing.T) {
	r := mixed()
	for i := range 3000 {
		r.Results = append(r.Results, result(rule(fmt.Sprintf("more-%d", i), "P50", conformance.Must, "More"), conformance.Fail, "",
			conformance.Finding{Message: hostile, Probe: "slow", Exchange: 1}))
	}
	for _, limit := range []int{0, 700, 20000} {
		got := write(t, report.Markdown, r, report.Options{Limit: limit})
		most := limit
		if limit == 0 {
			most = 1 << 20
		}
		if len(got) > most || !strings.Contains(got, "of this report left out") {
			t.Errorf("limit %d: %d bytes, ending in %q", limit, len(got), got[len(got)-100:])
		}
		if strings.Count(got, "<details") != strings.Count(got, "</details>") || strings.Count(got, "\n````")%2 != 0 {
			t.Errorf("limit %d: cut in the middle of a block", limit)
		}
	}
}

func TestPageIsClosed(t *testing.T) {
	for name, sample := range samples {
		got := write(t, report.HTML, sample(), report.Options{})
		if n := strings.Count(strings.ToLower(got), "<script"); n != 1 {
			t.Errorf("%s: %d scripts", name, n)
		}
		if m := regexp.MustCompile(`(?i)\s(on[a-z]+|style|src|href)=`).FindString(regexp.MustCompile(`(?s)<pre.*?</pre>`).ReplaceAllString(got, "")); m != "" {
			t.Errorf("%s: there is an attribute %q", name, m)
		}
		if !strings.Contains(got, `content="default-src &#39;none&#39;;`) {
			t.Errorf("%s: there is no policy", name)
		}
	}
}

func TestTAPKeepsItsPlan(t *testing.T) {
	point := regexp.MustCompile(`^(not )?ok (\d+) - [^#]*(\\#[^#]*)*( # (SKIP|TODO) .*)?$`)
	for name, sample := range samples {
		r := sample()
		lines := bufio.NewScanner(strings.NewReader(write(t, report.TAP, r, report.Options{})))
		n, failed, block := 0, 0, false
		for lines.Scan() {
			line := lines.Text()
			switch {
			case line == "  ---" || line == "  ...":
				block = line == "  ---"
			case block && strings.HasPrefix(line, "  "), strings.HasPrefix(line, "# "), strings.HasPrefix(line, "Bail out! "):
			case line == "TAP version 14", strings.HasPrefix(line, "1.."):
				if n > 0 {
					t.Errorf("%s: %q in the middle", name, line)
				}
			case point.MatchString(line):
				n++
				if m := point.FindStringSubmatch(line); m[2] != strconv.Itoa(n) {
					t.Errorf("%s: point %d is numbered %s", name, n, m[2])
				} else if m[1] != "" && m[5] == "" {
					failed++
				}
			default:
				t.Errorf("%s: not TAP: %q", name, line)
			}
		}
		want := 0
		for _, res := range r.Results {
			if res.Waiver == nil && (res.Outcome == conformance.Fail || res.Outcome == conformance.Inconclusive) {
				want++
			}
		}
		if n != len(r.Results)+len(r.Stale) || failed != want+len(r.Stale) {
			t.Errorf("%s: %d points, %d of them failed", name, n, failed)
		}
	}
}

func TestRecordsBeginAndEnd(t *testing.T) {
	for name, sample := range samples {
		lines := strings.Split(strings.TrimSuffix(write(t, report.NDJSON, sample(), report.Options{}), "\n"), "\n")
		for i, line := range lines {
			var record map[string]json.RawMessage
			if err := json.Unmarshal([]byte(line), &record); err != nil || len(record) != 1 {
				t.Fatalf("%s: line %d: %v, %s", name, i, err, line)
			}
			if (record["start"] != nil) != (i == 0) || (record["end"] != nil) != (i == len(lines)-1) {
				t.Errorf("%s: line %d is %s", name, i, line)
			}
		}
	}
}

// element is one element of an XML document.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []element  `xml:",any"`
}

func (e *element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// grammar is what the schema of Jenkins' xUnit plugin (junit-10.xsd) allows of what we use: the
// attributes of each element, those with a ! are required, and the elements in it.
var grammar = map[string]struct{ attrs, children string }{
	"testsuites": {"name time tests failures errors", "testsuite"},
	"testsuite":  {"!name !tests !failures !errors skipped time timestamp", "properties testcase system-out"},
	"properties": {"", "property"},
	"property":   {"!name !value", ""},
	"testcase":   {"!name classname time", "skipped error failure system-out"},
	"skipped":    {"type message", ""},
	"error":      {"type message", ""},
	"failure":    {"type message", ""},
	"system-out": {"", ""},
}

func checkGrammar(t *testing.T, e *element) {
	t.Helper()
	name := e.XMLName.Local
	rule, ok := grammar[name]
	if !ok {
		t.Errorf("there is no element %s", name)
	}
	for _, a := range e.Attrs {
		if !strings.Contains(" "+strings.ReplaceAll(rule.attrs, "!", "")+" ", " "+a.Name.Local+" ") {
			t.Errorf("%s may not have %s", name, a.Name.Local)
		}
		if a.Name.Local == "time" && !regexp.MustCompile(`^[0-9]{1,3}\.[0-9]+$`).MatchString(a.Value) {
			t.Errorf("%s: time %q", name, a.Value)
		}
	}
	for _, a := range strings.Fields(rule.attrs) {
		if required, ok := strings.CutPrefix(a, "!"); ok && e.attr(required) == "" {
			t.Errorf("%s has no %s", name, required)
		}
	}
	for i := range e.Children {
		child := &e.Children[i]
		if !strings.Contains(" "+rule.children+" ", " "+child.XMLName.Local+" ") {
			t.Errorf("%s may not have a %s in it", name, child.XMLName.Local)
		}
		checkGrammar(t, child)
	}
}

func TestJUnitKeepsTheSchema(t *testing.T) {
	for name, sample := range samples {
		var doc element
		if err := xml.Unmarshal([]byte(write(t, report.JUnit, sample(), report.Options{})), &doc); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		checkGrammar(t, &doc)
		seen, tests, failures, errors := map[string]bool{}, 0, 0, 0
		for _, suite := range doc.Children {
			for _, c := range suite.Children {
				if c.XMLName.Local != "testcase" {
					continue
				}
				tests++
				key := c.attr("classname") + "\x00" + c.attr("name")
				if seen[key] {
					t.Errorf("%s: two cases are called %q: GitLab drops one", name, key)
				}
				seen[key] = true
				for _, verdict := range c.Children {
					switch verdict.XMLName.Local {
					case "failure":
						failures++
						if strings.TrimSpace(verdict.Text) == "" {
							t.Errorf("%s: %q fails without a text", name, key)
						}
					case "error":
						errors++
					}
				}
			}
		}
		if got := fmt.Sprint(tests, failures, errors); got != strings.Join([]string{doc.attr("tests"), doc.attr("failures"), doc.attr("errors")}, " ") {
			t.Errorf("%s: counted %s", name, got)
		}
		if passed := (report.Gate{}).Judge(sample()).Passed(); passed != (failures+errors == 0) {
			t.Errorf("%s: %d failures and %d errors, but passed is %v", name, failures, errors, passed)
		}
	}
}

func TestSARIFIsAnchored(t *testing.T) {
	for name, sample := range samples {
		var log struct {
			Runs []struct {
				Tool struct {
					Driver struct {
						Rules []struct{ ID string } `json:"rules"`
					}
				}
				Results []struct {
					RuleID       string `json:"ruleId"`
					RuleIndex    int    `json:"ruleIndex"`
					Suppressions []any
					Locations    []struct {
						PhysicalLocation struct{ ArtifactLocation struct{ URI string } }
					}
				}
				Invocations []struct {
					ExecutionSuccessful        bool
					ToolExecutionNotifications []any
				}
			}
		}
		r := sample()
		if err := json.Unmarshal([]byte(write(t, report.SARIF, r, report.Options{Anchor: "./api/my target.yaml"})), &log); err != nil {
			t.Fatal(err)
		}
		run := log.Runs[0]
		for _, res := range run.Results {
			if run.Tool.Driver.Rules[res.RuleIndex].ID != res.RuleID || len(res.Locations) != 1 || res.Locations[0].PhysicalLocation.ArtifactLocation.URI != "api/my%20target.yaml" {
				t.Errorf("%s: %+v", name, res)
			}
			if (len(res.Suppressions) > 0) != (res.RuleID == "status-url-same-origin") {
				t.Errorf("%s: suppressions of %s: %v", name, res.RuleID, res.Suppressions)
			}
		}
		word := (report.Gate{}).Judge(r).Word
		if ok := run.Invocations[0].ExecutionSuccessful; ok != (word == "passed" || word == "failed") || !ok && len(run.Invocations[0].ToolExecutionNotifications) == 0 {
			t.Errorf("%s: %+v", name, run.Invocations)
		}
	}
}

func TestCurl(t *testing.T) {
	r := conformance.Request{
		Method: "DELETE", URL: "https://u:p@api.example.com/a'b?x=$(id)", Body: []byte("a\nb"),
		Header: conformance.Fields{{Name: "X-Key`id`", Value: "[redacted]"}, {Name: "Accept", Value: "it's"}, {Name: "Host", Value: "h"}, {Name: "Cookie", Value: "c=1"}},
	}
	want := `curl -i -X DELETE -H "X-Key_id_: $X_KEY_ID_" -H 'Accept: it'\''s' -H "Cookie: $COOKIE" --data-binary @content 'https://api.example.com/a'\''b?x=$(id)'`
	if got := report.Curl(&r); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, tt := range []struct{ method, body, want string }{
		{"", "", "curl -i https://e.example/"}, {"GET", "", "curl -i https://e.example/"}, {"HEAD", "", "curl -I https://e.example/"},
		{"POST", "{\n  \"a\": \"it's\"\n}\n", `curl -i -X POST --data-raw '{"a":"it'\''s"}' https://e.example/`},
		{"POST", "\x00\x01", "curl -i -X POST --data-binary @content https://e.example/"},
	} {
		if got := report.Curl(&conformance.Request{Method: tt.method, URL: "https://e.example/", Body: []byte(tt.body)}); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}
