package mock_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/cmd/internal/api"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	"github.com/asyncctl/asyncctl/poller/dialect"
)

func TestExamplesAgreeWithThemselves(t *testing.T) {
	files, _ := filepath.Glob("../../../docs/examples/api/*.yaml")
	if len(files) < 6 {
		t.Fatalf("only %d examples", len(files))
	}
	for _, file := range files {
		f, err := api.Read(api.Options{}, file)
		if err != nil {
			t.Fatal(err)
		}
		all, err := mock.Disagreements(f)
		if err != nil || len(all) > 0 {
			t.Errorf("%v\n%s", err, strings.Join(all, "\n"))
		}
	}
}

// TestAFileWithoutAnswersIsAMock: what the file leaves out is made of its dialect, whichever that is.
func TestAFileWithoutAnswersIsAMock(t *testing.T) {
	for _, name := range dialect.Names() {
		rules, whole := dialect.RulesOf(name)
		if !whole || rules.Poll.Repeat || name == "arr-202" || len(rules.Status) == 0 {
			continue
		}
		text, _ := api.BuiltinFile(name)
		f, err := api.Parse(name, []byte(text+"url: https://api.example.com/v1\noperations: {start: {submit: POST /start}}\n"), api.Options{})
		if err != nil {
			t.Errorf("%v\n%s", err, text)
			continue
		}
		all, err := mock.Disagreements(f)
		if err != nil || len(all) > 0 {
			t.Errorf("%s: %v\n%s\n%s", name, err, strings.Join(all, "\n"), text)
		}
	}
}

const good = `asyncctl: 1
name: reports
url: https://api.example.com
dialect:
  job: /id
  status: GET /jobs/{{job}}
  state: {at: /state, words: {Queued: pending, Working: running, Done: succeeded, Failed: failed, Stopped: cancelled}, others: running}
  failure: [/problem]
  result: GET {{/result}}
  cancel: POST {{status}}/cancel
operations:
  create:
    submit: {method: POST, url: /reports, json: {year: 2026}}
    examples: {fail: {json: {year: 1}}, invalid: {json: {year: x}}}
    mock:
      answers:
        accepted: {json: {id: "{{id}}"}}
        running: {json: {state: Working}}
        succeeded: {json: {state: Done, result: "{{result}}"}}
        failed: {json: {state: Failed, problem: {title: broken}}}
        cancelled: {json: {state: Stopped}}
`

func TestContradictionsAreFound(t *testing.T) {
	for _, tt := range []struct{ name, old, new, want string }{
		{"none", "", "", ""},
		{"a success that is read as a failure", "{state: Done, result", "{state: Failed, result", "slow: the mock's answer ends as failed"},
		{"a failure that is read as a success", "state: Failed, problem: {title: broken}", "state: Done, result: \"{{result}}\"", "fail: the mock's answer ends as gone (result-gone)"},
		{"an end in a word that is not listed", "{state: Done, result", "{state: Ready-ish, result", "ends as still running"},
		{"a cancel without a word for cancelled", ", Stopped: cancelled", "", "no word means cancelled"},
		{"no id", `{id: "{{id}}"}`, `{number: "{{id}}"}`, "ends as lost"},
		{"no URL of the result", `result: "{{result}}"}`, `output: "{{result}}"}`, "no answer has the values of the result's URL: {{/result}}"},
		{"a failure that always is there", "json: {state: Done,", "json: {state: Done, problem: {title: none},", "ends as failed"},
		{"a word that another section overrules", "failure: [/problem]", "failure: [/state]", "state.words.done"},
		{"a cancel URL that no answer has", "cancel: POST {{status}}/cancel", "cancel: POST {{/links/cancel}}", ""},
		{"a cancel URL that no answer has, and answers of one's own", "cancel: POST {{status}}/cancel", "cancel: POST /x/{{/token}}", "cancel: "},
	} {
		text := strings.Replace(good, tt.old, tt.new, 1)
		f, err := api.Parse("f", []byte(text), api.Options{})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		all, err := mock.Disagreements(f)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if got := strings.Join(all, "\n"); tt.want == "" && tt.name == "none" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// TestAnswersThatRedirectToTheResult: a file that says the end by a redirect, as init writes what it saw, has
// a result of its own URL, whatever its dialect says of results.
func TestAnswersThatRedirectToTheResult(t *testing.T) {
	f, err := api.Parse("f", []byte(`asyncctl: 1
url: https://api.example.com
dialect:
  status: GET {{header:Location}}
  state: {at: /status, words: {Pending: pending, Running: running}}
operations:
  reports:
    submit: POST /reports
    mock:
      answers:
        accepted: {headers: {Location: "{{status}}"}, json: {status: Pending}}
        running: {json: {status: Running}}
        succeeded: {status: 303, headers: {Location: "{{result}}"}, text: See Other}
        failed: {status: 422, json: {title: wrong}}
        result: {json: {rows: 42}}
`), api.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if all, err := mock.Disagreements(f); err != nil || strings.Contains(strings.Join(all, "\n"), "slow") {
		t.Errorf("%v\n%s", err, strings.Join(all, "\n"))
	}
}
