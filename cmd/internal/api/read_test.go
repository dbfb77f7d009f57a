package api

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// examples are the files of the guide.
func examples(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../../docs/examples/api/*.yaml")
	if err != nil || len(files) < 6 {
		t.Fatalf("only %d examples: %v", len(files), err)
	}
	return files
}

func TestExamplesCanBeRead(t *testing.T) {
	for _, file := range examples(t) {
		f, err := Read(Options{}, file)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		for _, op := range f.Operations {
			if _, err := op.Dialect(); err != nil {
				t.Errorf("%s: %s: %v", file, op.Name, err)
			}
		}
	}
}

func TestWhatAFileSays(t *testing.T) {
	f, err := Read(Options{}, "../../../docs/examples/api/github.yaml")
	if err != nil {
		t.Fatal(err)
	}
	got := f.Operations[0].Rules
	want := dialect.Rules{
		Name: "github-runs", Accept: []int{200}, Job: "/workflow_run_id", Status: []string{"https://api.github.com/repos/acme/shop/actions/runs/{{job}}"},
		State: "/status", Words: map[string]lro.State{
			"queued": lro.StatePending, "requested": lro.StatePending, "pending": lro.StatePending, "waiting": lro.StateWaiting,
			"in_progress": lro.StateRunning, "completed": dialect.Done,
		},
		Outcome: dialect.Outcome{At: "/conclusion", Others: lro.StateFailed, Words: map[string]lro.State{
			"success": lro.StateSucceeded, "neutral": lro.StateSucceeded, "skipped": lro.StateSucceeded, "cancelled": lro.StateCancelled,
		}},
		Result: []string{"{{/artifacts_url}}"}, Cancel: dialect.Call{Method: "POST", URL: []string{"{{status}}/cancel"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if f.Limits.Rate != 1 || f.Limits.Parallel != 2 || f.Operations[0].Mock.Values.Get("retry-after") != "none" {
		t.Errorf("got %+v, %+v", f.Limits, f.Operations[0].Mock.Values)
	}
}

// TestRulesSurviveAHandle: what a handle holds reads as the file does.
func TestRulesSurviveAHandle(t *testing.T) {
	for _, file := range examples(t) {
		f, err := Read(Options{}, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, op := range f.Operations {
			text := RulesJSON(f.Name, f.URL, f.Query, op.Rules)
			if strings.Contains(string(text), "secret") || !json.Valid(text) {
				t.Errorf("%s", text)
			}
			again, err := Parse("handle", text, Options{})
			if err != nil {
				t.Errorf("%s: %s: %v\n%s", file, op.Name, err, text)
				continue
			}
			if !reflect.DeepEqual(again.Rules, op.Rules) {
				t.Errorf("%s: got  %+v\nwant %+v", file, again.Rules, op.Rules)
			}
		}
	}
}

func TestBuiltinsAsFiles(t *testing.T) {
	for _, name := range dialect.Names() {
		text, ok := BuiltinFile(name)
		if !ok {
			t.Errorf("%s has no file", name)
		}
		f, err := Parse(name, []byte(strings.Replace(text, "name: generic", "name: own", 1)), Options{})
		if err != nil {
			t.Errorf("%v\n%s", err, text)
			continue
		}
		rules, whole := dialect.RulesOf(name)
		if whole && (f.Rules.State != rules.State || !reflect.DeepEqual(f.Rules.Words, rules.Words) || !reflect.DeepEqual(f.Rules.Poll, rules.Poll) && len(rules.Poll.Query) == 0) {
			t.Errorf("%s: got  %+v\nwant %+v", name, f.Rules, rules)
		}
	}
}

// TestSchemaAgreesWithTheReader: each example fits the schema, and what the schema refuses the reader
// refuses too.
func TestSchemaAgreesWithTheReader(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	for _, file := range examples(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if wrong := validate(schema, asJSON(t, string(text)), ""); len(wrong) > 0 {
			t.Errorf("%s: %s", file, strings.Join(wrong, "\n"))
		}
	}
	for _, text := range []string{
		"{}", "asyncctl: 2", "asyncctl: 1\nnmae: x", "asyncctl: 1\nname: X", "asyncctl: 1\ndialect: {state: {at: status}}",
		"asyncctl: 1\ndialect: {state: {at: /s, words: {x: success}}}", "asyncctl: 1\ndialect: {outcome: {at: /s, others: running}}",
		"asyncctl: 1\ndialect: {result: [x]}", "asyncctl: 1\ndialect: {cancel: post it}", "asyncctl: 1\ndialect: {state: {http: {x: running}}}",
		"asyncctl: 1\noperations: {1a: {submit: GET /x}}", "asyncctl: 1\noperations: {a: {submit: GET}}", "asyncctl: 1\nlimits: {rate: fast}",
		"asyncctl: 1\nlimits: {parallel: 0}", "asyncctl: 1\nlimits: {interval: soon}", "asyncctl: 1\nmock: {id: random}", "asyncctl: 1\nmock: {answers: {done: {}}}",
		"asyncctl: 1\nmock: {cors: 7}", "asyncctl: 1\nmock: {answers: {result: {status: 99}}}", "asyncctl: 1\nload: {mix: [1]}", "asyncctl: 1\nchecks: {burst: maybe}",
	} {
		if wrong := validate(schema, asJSON(t, text), ""); len(wrong) == 0 {
			t.Errorf("the schema takes %s", text)
		}
		if _, err := Parse("f", []byte(text), Options{}); err == nil {
			t.Errorf("the reader takes %s", text)
		}
	}
}

// asJSON returns a document as encoding/json would.
func asJSON(t *testing.T, text string) any {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal([]byte(jsonText(n.Content[0])), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

const head = "asyncctl: 1\nurl: https://api.example.com/v1\n"

func TestRefusals(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "f: it is empty"},
		{"not YAML", "asyncctl: [", "f:"},
		{"a list", "- 1", "wanted are names and values"},
		{"no version", "name: x", `asyncctl: it is missing`},
		{"old descriptor", "asyncctl_dialect: 1\nname: x", "the section dialect of an API file now"},
		{"version 2", "asyncctl: 2", "f:1:11: asyncctl: this asyncctl reads version 1"},
		{"two documents", "asyncctl: 1\n---\nasyncctl: 1", "more than one document"},
		{"state word", head + "dialect:\n  state:\n    at: /s\n    words: {Done: success}", `f:6:19: dialect.state.words.Done: "success" is not a state; did you mean succeeded?`},
		{"unknown field", head + "dialetc: {}", "f:3:1: dialetc: there is no such field; did you mean dialect?"},
		{"elsewhere", head + "words: {}", "did you mean dialect.state.words?"},
		{"flag", head + "timeout: 10s", "timeout: it is a flag of the command line and not a field"},
		{"dashes", head + "--name: x", "a field is written without dashes: name"},
		{"trust", head + "trust-origin: https://x", "grants no trust"},
		{"allow", head + "mock: {allow-callback: https://x}", "grants no trust"},
		{"insecure", head + "insecure: true", "grants no trust"},
		{"twice", head + "name: a\nname: b", "name: it stands there twice"},
		{"yes", head + "mock: {cors: yes}", `"yes" is true or false to some readers`},
		{"on as a field", head + "dialect: {state: {at: /s, words: {on: running}}}", `"on" is true or false to some readers`},
		{"unquoted hole", head + "dialect:\n  result: {{/x}}", `a value in braces has to be quoted: "{{status}}"`},
		{"unquoted hole in a list", head + "dialect: {status: {url: [{{/x}}]}}", `has to be quoted`},
		{"unquoted request in braces", head + "dialect: {status: GET {{status}}}", `needs quotes: "{{status}}"`},
		{"place without slash", head + "dialect: {state: {at: status}}", `"status" is not a place; did you mean /status?`},
		{"place with dots", head + "dialect: {failure: [$.error.message]}", `did you mean /error/message?`},
		{"place in braces", head + `dialect: {job: "{{/id}}"}`, "a place is written without braces: /id"},
		{"fragment", head + "dialect:\n  status: GET /jobs/1 #x", `in YAML " #" begins a comment`},
		{"fragment, quoted", head + `dialect: {status: "GET /jobs/1 #x"}`, `" #" has no place in a request line`},
		{"method alone", head + "dialect: {status: GET}", `"GET" has no url: write GET /path`},
		{"no method", head + "dialect: {status: /jobs/1}", `is not a request line: write METHOD url`},
		{"unknown hole", head + `dialect: {status: "GET /jobs/{{id}}"}`, "{{id}} is not known here"},
		{"open hole", head + `dialect: {status: "GET /jobs/{{job"}`, "a hole has no end"},
		{"job without place", head + `dialect: {status: "GET /jobs/{{job}}"}`, "job: {{job}} is used, and nothing says where"},
		{"secret in a url", head + `operations: {a: {submit: "GET /x?k={{secret:K}}"}}`, "secrets stand in the headers"},
		{"secret name", head + `headers: {A: "{{secret:key}}"}`, "is not the name of a secret"},
		{"literal token", head + "headers: {Authorization: Bearer abc}", "headers.Authorization: a file holds no secret"},
		{"literal key", head + "operations: {a: {submit: {url: /x, headers: {X-Api-Key: abc}}}}", "operations.a.submit.headers.X-Api-Key: a file holds no secret"},
		{"literal key in the query", head + "query: {api_key: abc}", "query.api_key: a file holds no secret"},
		{"second identity", head + "checks: {other: {Cookie: a=b}}", "checks.other.Cookie: a file holds no secret"},
		{"JWT", head + "about: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdef", "it holds a token"},
		{"userinfo", "asyncctl: 1\nurl: https://u:p@api.example.com", "user name or password"},
		{"query in url", "asyncctl: 1\nurl: https://api.example.com/?a=1", "it has a query"},
		{"foreign origin", head + "dialect: {status: GET https://evil.example/x}", "it names another origin"},
		{"foreign submit", head + "operations: {a: {submit: POST https://evil.example/x}}", "it names another origin"},
		{"userinfo in a request", head + "dialect: {status: GET https://u:p@api.example.com/x}", "is not a URL that a file may name"},
		{"dots", head + "dialect: {status: GET /a/../b}", `a segment is ".."`},
		{"encoded dots", head + "dialect: {status: GET /a/%2e%2E/b}", `a segment is ".."`},
		{"two slashes", head + "dialect: {status: GET //evil.example/x}", `it holds "//"`},
		{"backslash", head + `dialect: {status: 'GET /a\b'}`, `it holds "\"`},
		{"encoded backslash", head + `dialect: {status: 'GET /a%5Cb'}`, `it holds "\"`},
		{"relative", head + "operations: {a: {submit: POST reports}}", `write /reports`},
		{"two contents", head + "operations: {a: {submit: {url: /x, json: {}, text: a}}}", "json and text exclude each other"},
		{"GET with content", head + "operations: {a: {submit: {method: GET, url: /x, json: {}}}}", "a GET has no content"},
		{"no submit", head + "operations: {a: {about: x}}", "operations.a.submit: it is missing"},
		{"absolute file", head + "operations: {a: {submit: {url: /x, file: /etc/passwd}}}", "it is an absolute path"},
		{"file outside", head + "operations: {a: {submit: {url: /x, file: ../../go.mod}}}", "no such file"},
		{"done without outcome", head + "dialect: {state: {at: /s, words: {x: done}}}", "dialect.state.words.x: done says that it is over and not how"},
		{"contradiction", head + "dialect: {state: {at: /s, words: {Done: succeeded, done: failed}}}", "it has another meaning above"},
		{"dialect name", head + "dialect: azure-opcloc", `did you mean azure-oploc?`},
		{"like generic", head + "dialect: {like: generic}", "is not a built-in dialect to start from"},
		{"mix", head + "operations: {a: {submit: GET /x}}\nload: {mix: {b: 1}}", "load.mix.b: there is no such operation"},
		{"null", head + "about:", "about: it has no value"},
		{"leading zero", head + "operations: {a: {submit: {url: /x, json: {n: 007}}}}", "quote it, or leave the zero out"},
		{"tag", head + "about: !mine x", "the tag !mine has no meaning"},
		{"merge key", head + "x-a: &a {b: 1}\nlimits: {<<: *a}", "<< is not part of YAML 1.2"},
		{"alias of itself", head + "x-a: &a [*a]", "stands within what it names"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("f", []byte(tt.text), Options{})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestAllMistakesAtOnceAndAtMostTwenty(t *testing.T) {
	text := head
	for _, letter := range "abcdefghijklmnopqrstuvwxy" {
		text += "zz" + string(letter) + ": 1\n"
	}
	_, err := Parse("f", []byte(text), Options{})
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 21 || lines[20] != "and 5 more" || !strings.HasPrefix(lines[0], "f:3:1: zza: ") {
		t.Errorf("got %v", err)
	}
}

func TestAliasBombsAreBounded(t *testing.T) {
	text := head + "x-a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'j'; c++ {
		text += "x-" + string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+", ", 9) + "x]\n"
	}
	if _, err := Parse("f", []byte(text), Options{}); err == nil || !strings.Contains(err.Error(), "its aliases make more than 100000 values") {
		t.Errorf("got %v", err)
	}
	large := head + "about: " + strings.Repeat("x", MaxSize)
	if _, err := Parse("f", []byte(large), Options{}); err == nil || !strings.Contains(err.Error(), "larger than 1 MiB") {
		t.Errorf("got %.200v", err)
	}
}

func TestFilesStayInTheFolder(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "secret.txt")
	for path, text := range map[string]string{outside: "secret", filepath.Join(dir, "body.json"): "{}"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link.txt")); err != nil {
		t.Skip(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"body.json": "", "link.txt": "outside the folder", "folder": "not a regular file", "none": "no such file"} {
		path := filepath.Join(dir, "api.yaml")
		text := head + "operations: {a: {submit: {url: /x, file: " + name + "}}}"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Read(Options{}, path)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}

// TestTextsAreTakenAsTheyAreWritten: no reader makes a number of a version, or a day of a date.
func TestTextsAreTakenAsTheyAreWritten(t *testing.T) {
	f, err := Parse("f", []byte(head+"query: {api-version: 2024-11-30, v: 1.10, x: true}\noperations: {a: {submit: {url: /x, json: {year: 2026, since: 2026-01-01, big: 12345678901234567890, f: 1.50, t: \"007\"}}}}"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := (map[string]string{"api-version": "2024-11-30", "v": "1.10", "x": "true"}); !reflect.DeepEqual(f.Query, want) {
		t.Errorf("got %v", f.Query)
	}
	if want := `{"year": 2026, "since": "2026-01-01", "big": 12345678901234567890, "f": 1.50, "t": "007"}`; f.Operations[0].Submit.Content.JSON != want {
		t.Errorf("got  %s\nwant %s", f.Operations[0].Submit.Content.JSON, want)
	}
}

func TestSeveralFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	one := write("one.yaml", head+"limits: {rate: 5/s, parallel: 2}\noperations: {a: {submit: GET /a}, b: {submit: GET /b}}")
	two := write("two.yaml", "asyncctl: 1\nlimits: {rate: 1/s}\noperations: {b: {submit: GET /c}}")
	f, err := Read(Options{URL: "https://staging.example.com/x"}, one, two)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := f.Operation("b")
	if f.Limits.Rate != 1 || f.Limits.Parallel != 0 || len(f.Operations) != 2 || b.Submit.URL[0] != "https://staging.example.com/x/c" {
		t.Errorf("got %+v, %v, %v", f.Limits, f.Names(), b.Submit.URL)
	}
}

func TestJSONFiles(t *testing.T) {
	_, err := Parse("f.json", []byte("{\n\t\"asyncctl\": 1,\n\t\"nmae\": \"x\"\n}"), Options{})
	if err == nil || err.Error() != "f.json:3:2: nmae: there is no such field; did you mean name?" {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{head, "x-a: &a [*a]", "{\"asyncctl\": 1}", head + "dialect: {state: {at: /s}}", head + "operations: {a: {submit: GET /x}}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Parse("f", []byte(text), Options{})
		if (got == nil) == (err == nil) {
			t.Fatalf("got %v and %v", got, err)
		}
	})
}

// TestSharedSubmit: what all submits have in common goes with a submit by its URL alone, too.
func TestSharedSubmit(t *testing.T) {
	f, err := Parse("shared.yaml", []byte(`asyncctl: 1
name: shared
url: https://api.example.com
dialect:
  submit: {query: {_async: "true"}, headers: {Prefer: respond-async, X-Trace: "{{uuid}}"}}
  state: {at: /state}
`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Rules; got.Query["_async"] != "true" || got.Header["Prefer"] != "respond-async" || got.Header["X-Trace"] != "" {
		t.Errorf("got query %v, header %v", got.Query, got.Header)
	}
}
