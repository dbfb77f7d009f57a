package descriptor

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// everything uses each field.
const everything = `asyncctl_dialect: 1
name: bakery
about: 202 with a cake in the oven
source: https://bakery.example/docs
submit:
  header: {Prefer: respond-async, X-Version: 2}
  query: {async: "true"}
  accept: [200, 201]
status:
  url: ["{{submit}}/{{job}}", "{{header:X-Oven}}"]
  carry: [api-version]
  job: /id
poll:
  method: POST
  header: {Accept: application/json}
  query: {view: full}
  body: '{"id": "{{job}}"}'
  wait: wait={{seconds}}
  max-wait: 60
  handover: ["{{/next}}"]
state:
  at: /phase
  words: {Baked: succeeded, burnt: failed, "yes": running, true: pending}
  others: running
  http: {410: cancelled}
  gone: [409]
result:
  url: "{{/cake}}"
  inline: /crumbs
  failure: [/fire]
  partial: [/half]
progress: {at: /done, of: /total, message: /note, queue: /ahead}
cancel: {method: PATCH, url: "{{status}}", body: '{"phase": "cold"}', destroys: true}
`

func TestParse(t *testing.T) {
	got, err := Parse("bakery.yaml", []byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	want := dialect.Rules{
		Name: "bakery", Header: map[string]string{"Prefer": "respond-async", "X-Version": "2"}, Query: map[string]string{"async": "true"},
		Accept: []int{200, 201}, Status: []string{"{{submit}}/{{job}}", "{{header:X-Oven}}"}, Carry: []string{"api-version"}, Job: "/id",
		Poll: dialect.Poll{
			Method: "POST", Header: map[string]string{"Accept": "application/json"}, Query: map[string]string{"view": "full"},
			Body: `{"id": "{{job}}"}`, Wait: "wait={{seconds}}", MaxWait: 60,
		},
		Handover: []string{"{{/next}}"}, State: "/phase",
		Words:  map[string]lro.State{"baked": lro.StateSucceeded, "burnt": lro.StateFailed, "yes": lro.StateRunning, "true": lro.StatePending},
		Others: lro.StateRunning, Statuses: map[int]lro.State{410: lro.StateCancelled}, Gone: []int{409},
		Result: []string{"{{/cake}}"}, Inline: "/crumbs", Failure: []string{"/fire"}, Partial: []string{"/half"},
		Progress: "/done", Total: "/total", Message: "/note", Queue: "/ahead",
		Cancel: dialect.Call{Method: "PATCH", URL: []string{"{{status}}"}, Body: `{"phase": "cold"}`, Destroys: true},
	}
	if !reflect.DeepEqual(got.Rules, want) {
		t.Errorf("got  %+v\nwant %+v", got.Rules, want)
	}
	if got.About != "202 with a cake in the oven" || got.Source == "" {
		t.Errorf("got %q, %q", got.About, got.Source)
	}
	text, err := got.YAML()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("again.yaml", text)
	if err != nil || !reflect.DeepEqual(again, got) {
		t.Errorf("written and read again: %+v, %v\n%s", again, err, text)
	}
}

func TestEveryBuiltInOfRulesCanBeWrittenAndRead(t *testing.T) {
	n := 0
	for _, name := range dialect.Names() {
		rules, ok := dialect.RulesOf(name)
		if !ok {
			continue
		}
		n++
		info, _ := dialect.Describe(name)
		text, err := (&Descriptor{About: info.Looks, Source: info.Source, Rules: rules}).YAML()
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse(name, text)
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
			continue
		}
		if !reflect.DeepEqual(got.Rules, rules) {
			t.Errorf("%s: got  %+v\nwant %+v", name, got.Rules, rules)
		}
	}
	if n < 18 {
		t.Errorf("only %d dialects are data alone", n)
	}
}

func TestParseJSON(t *testing.T) {
	got, err := Parse("x.json", []byte("{\n\t\"asyncctl_dialect\": 1,\n\t\"name\": \"x\",\n\t\"state\": {\"at\": \"/ok\", \"words\": {\"true\": \"succeeded\"}},\n\t\"submit\": {\"accept\": 200}, \"status\": {\"url\": [\"/u\\u0072l\"]}, \"cancel\": {\"method\": \"POST\", \"url\": \"/c\", \"destroys\": true}, \"progress\": {\"at\": \"/p\", \"scale\": 1e2}\n}\n"))
	if err != nil {
		t.Fatal(err)
	}
	r := got.Rules
	if r.Name != "x" || r.Words["true"] != lro.StateSucceeded || r.Status[0] != "/url" || r.Accept[0] != 200 || !r.Cancel.Destroys || r.Scale != 100 {
		t.Errorf("got %+v", r)
	}
}

const head = "asyncctl_dialect: 1\nname: x\n"

func TestParseRefuses(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", "f: it is empty"},
		{"# nothing\n", "f: it is empty"},
		{"- a\n", "f:1: it holds a list; wanted are names and values"},
		{"name: x\n", "f:1: asyncctl_dialect: it is missing"},
		{"asyncctl_dialect: 2\nname: x\n", `f:1: asyncctl_dialect: this asyncctl reads version 1, and not "2"`},
		{"asyncctl_dialect: 1\n", "f:1: name: it must be a word"},
		{head + "  bad: indent\n", "f:3: it is no YAML: mapping values are not allowed"},
		{head + "---\n" + head, "f: it holds more than one document"},
		{head + "stat:\n  at: /x\n", "f:3: stat: there is no such field; did you mean state?"},
		{head + "state:\n  pointer: /x\n", "f:4: state.pointer: there is no such field; state has at, gone, http, others, words"},
		{head + "state:\n  word: {}\n", "f:4: state.word: there is no such field; did you mean words?"},
		{head + "state:\n  inline: /x\n", "f:4: state.inline: there is no such field; did you mean result.inline?"},
		{head + "at: /x\n", "f:3: at: there is no such field; did you mean state.at or progress.at?"},
		{head + "nonsense: 1\n", "f:3: nonsense: there is no such field; the fields are about, cancel, name"},
		{head + "name: y\n", "f:3: name: it stands there twice"},
		{head + "[a]: y\n", "f:3: a name is a text, and not a list"},
		{head + "state: /status\n", "f:3: state: it holds a single value; wanted are names and values"},
		{head + "state:\n", "f:3: state: it holds nothing; wanted"},
		{head + "state:\n  at: [/a]\n", "f:4: state.at: it holds a list; wanted is a single value"},
		{head + "state:\n  at:\n", "f:4: state.at: it has no value; leave it out"},
		{head + "state:\n  at: status\n", `f:4: state.at: "status" is no place`},
		{head + "state:\n  at: /s\n  words:\n    done: suceeded\n", `f:6: state.words.done: "suceeded" is not a state; did you mean succeeded?; they are`},
		{head + "state:\n  at: /s\n  words:\n    Done: succeeded\n    done: failed\n", "f:7: state.words.done: it means failed here and succeeded above"},
		{head + "state:\n  others: finished\n", `f:4: state.others: "finished" is not a state; they`},
		{head + "state:\n  http: {gone: failed}\n", `f:4: state.http.gone: "gone" is not an HTTP status`},
		{head + "state:\n  http:\n    99: failed\n", "f:5: state.http.99: 99 is not"},
		{head + "submit:\n  accept: [200, many]\nstatus: {url: /u}\n", `f:4: submit.accept[1]: "many" is not a whole number`},
		{head + "status:\n  url: [{a: b}]\n", "f:4: status.url[0]: it holds names and values; wanted is a single value"},
		{head + "cancel:\n  method: POST\n", "f:3: cancel.url: it is missing"},
		{head + "cancel: {method: POST, url: /c, destroys: maybe}\n", `f:3: cancel.destroys: "maybe" is neither true nor false`},
		{head + "progress: {at: /p, scale: much}\n", `f:3: progress.scale: "much" is not a number`},
		{head + "poll: {max-wait: 1.5}\n", `f:3: poll.max-wait: "1.5" is not a whole number`},
		{"{\n\"a\": }", "f:2: it is no JSON: "},
		{"{\"asyncctl_dialect\": 1,\n\"name\": \"x\",\n\"state\": {\"at\": 3,\n\"wrods\": null}}", "f:4: state.wrods: there is no such field; did you mean words?"},
		{"{\"a\": 1} {}", "f:1: it is no JSON: something follows the document"},
		{"{\"a\": [1", "f:1: it is no JSON: "},
		{"{", "f:1: it is no JSON: "},
		{`{"a":` + strings.Repeat("[", 30), "f:1: it is no JSON: it is nested too deep"},
		{strings.Repeat("# x\n", 20000), "f: it is larger than 65536 bytes"},
	} {
		_, err := Parse("f", []byte(test.text))
		var all Errors
		if !errors.As(err, &all) || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%.80q: got %v, want %q", test.text, err, test.want)
		}
	}
}

func TestParseTellsEverythingAtOnce(t *testing.T) {
	_, err := Parse("f", []byte(head+"state:\n  at: status\nresult:\n  inline: out\n  failure: [a, /b]\n"))
	if got := strings.Count(err.Error(), "\n"); got != 2 {
		t.Errorf("got %v", err)
	}
}

func TestAliases(t *testing.T) {
	got, err := Parse("f", []byte(head+"about: &a /error\nresult:\n  failure: [*a]\n  inline: *a\n"))
	if err != nil || got.Rules.Failure[0] != "/error" || got.Rules.Inline != "/error" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestFieldsAreDescribed(t *testing.T) {
	for _, f := range Fields() {
		if f.Path == "" || f.Type == "" || !strings.HasSuffix(f.Doc, ".") {
			t.Errorf("%+v", f)
		}
	}
	for _, word := range []string{"{{submit}}", "asyncctl_dialect: 1", "status.url", "progress.queue"} {
		if !strings.Contains(Help(), word) {
			t.Errorf("the help does not speak of %s", word)
		}
	}
	i, j := strings.Index(Help(), "    asyncctl_dialect: 1"), strings.Index(Help(), "Fields")
	var example strings.Builder
	for line := range strings.Lines(Help()[i:j]) {
		example.WriteString(strings.TrimPrefix(line, "    "))
	}
	if _, err := Parse("the example of the help", []byte(example.String())); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(everything))
	f.Add([]byte(`{"asyncctl_dialect": 1, "name": "x", "status": {"url": ["{{submit}}/{{/id}}"]}, "state": {"at": "/s", "words": {"a": "succeeded"}}}`))
	f.Add([]byte(head + "about: &a [*a]\n"))
	f.Add([]byte(head + "submit: {header: {A: \"b\\x01\"}}\n"))
	for _, name := range dialect.Names() {
		if rules, ok := dialect.RulesOf(name); ok {
			text, _ := (&Descriptor{Rules: rules}).YAML()
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := Parse("f", text)
		if err != nil {
			var all Errors
			if !errors.As(err, &all) || len(all) == 0 || d != nil {
				t.Fatalf("got %v beside %v", d, err)
			}
			for _, one := range all {
				if one.Text == "" || one.Line < 0 || one.Line > 2+strings.Count(string(text), "\n")+strings.Count(string(text), "\r") {
					t.Fatalf("%+v", one)
				}
			}
			return
		}
		if _, err := d.Rules.Dialect(); err != nil {
			t.Fatalf("it was read, but cannot be used: %v", err)
		}
		written, err := d.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse("f", written)
		if err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		third, _ := again.YAML()
		if string(third) != string(written) {
			t.Fatalf("written: %s\nread and written again: %s", written, third)
		}
	})
}
