package dialect_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/internal/transcript"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// custom is a dialect as somebody might describe it, with a bit of everything.
var custom = dialect.Rules{
	Name: "custom", Header: map[string]string{"X-Version": "2", "Prefer": "respond-async"}, Query: map[string]string{"async": "1", "b": "2"},
	Accept: []int{200}, Status: []string{"{{header:x-job}}", "{{origin}}/v2/jobs/{{/job/id}}", "{{submit}}/{{header:x-id}}"},
	State: "/phase", Words: map[string]lro.State{"baked": lro.StateSucceeded, "burnt": lro.StateFailed},
	Statuses: map[int]lro.State{410: lro.StateCancelled}, Result: []string{"{{/cake}}", "{{header:Location}}"}, Inline: "/crumbs",
	Failure: []string{"/fire"}, Progress: "/done", Scale: 100, Message: "/note",
	Cancel: dialect.Call{Method: "PATCH", URL: []string{"{{status}}"}, Body: `{"phase":"cold"}`},
}

func TestRulesTranscripts(t *testing.T) {
	d, err := custom.Dialect()
	if err != nil {
		t.Fatal(err)
	}
	transcript.Run(t, "testdata/rules/*.txtar", d)
	for dir, r := range map[string]dialect.Rules{
		"status": {Name: "status", Result: []string{"{{submit}}/result"}, Cancel: dialect.Call{Method: "POST", URL: []string{"{{/cancel}}"}}},
		"poll": {
			Name: "poll", Status: []string{"{{header:Location}}"}, Job: "/id", Carry: []string{"tenant"}, State: "/state",
			Poll:     dialect.Poll{Method: "PUT", Header: map[string]string{"X-Version": "3"}, Query: map[string]string{"view": "full"}, Body: "id={{job}}", Wait: "hold={{milliseconds}}", MaxWait: 20},
			Handover: []string{"{{/next}}", "{{header:x-next}}"}, Result: []string{"{{/files/*/url}}"}, Gone: []int{422}, Partial: []string{"/skipped"},
			Cancel: dialect.Call{Method: "POST", URL: []string{"{{api}}/cancel/{{job}}"}, Body: `{"id": "{{job}}"}`},
		},
		"numbers": {
			Name: "numbers", Query: map[string]string{"_async": "true"}, Status: []string{"/api/tasks/{{/ID}}"}, State: "/State",
			Words:  map[string]lro.State{"0": lro.StatePending, "1": lro.StateRunning, "2": lro.StateSucceeded, "3": lro.StateFailed},
			Result: []string{"{{status}}/return_value"},
		},
		"words": {Name: "words", State: "/s", Cancel: dialect.Call{Method: "POST", URL: []string{"ftp://{{origin}}"}}},
	} {
		d, err := r.Dialect()
		if err != nil {
			t.Fatal(err)
		}
		transcript.Run(t, "testdata/rules-"+dir+"/*.txtar", d)
	}
}

func TestRulesOf(t *testing.T) {
	r, ok := dialect.RulesOf("replicate")
	if _, err := r.Dialect(); !ok || err != nil || r.State != "/status" {
		t.Errorf("got %+v, %v, %v", r, ok, err)
	}
	for _, name := range []string{"azure-oploc", "generic", "none"} {
		if _, ok := dialect.RulesOf(name); ok {
			t.Errorf("%s is said to be data alone", name)
		}
	}
}

// TestRulesOfBuiltInsReadTheSame: what RulesOf gives, and so an API file, is the whole dialect.
func TestRulesOfBuiltInsReadTheSame(t *testing.T) {
	for key, c := range conversations(t) {
		name, _, _ := strings.Cut(key, "/")
		r, ok := dialect.RulesOf(name)
		if !ok {
			continue
		}
		d, err := r.Dialect()
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range c.Play(d) {
			if !strings.Contains(wrong, "cue: got api-file, want named") {
				t.Errorf("%s: %s", key, wrong)
			}
		}
	}
}

func TestDestroys(t *testing.T) {
	for name, want := range map[string]bool{"ogc-job": true, "azure-oploc": false, "generic": false} {
		if d, _ := dialect.ByName(name); dialect.Destroys(d) != want {
			t.Errorf("%s: got %v", name, !want)
		}
	}
	for name, want := range map[string]bool{"ogc-job": true, "es-async-search": true, "fhir-bulk": true, "azure-oploc": false, "replicate": false, "generic": false} {
		if info, _ := dialect.Describe(name); info.CancelDestroys != want {
			t.Errorf("%s: got %v", name, info.CancelDestroys)
		}
	}
}

func ExampleRules() {
	d, err := dialect.Rules{
		Name: "bakery", Accept: []int{200}, Status: []string{"{{submit}}/{{/id}}"}, State: "/state",
		Words: map[string]lro.State{"baked": lro.StateSucceeded, "burnt": lro.StateFailed}, Inline: "/cake",
	}.Dialect()
	if err != nil {
		fmt.Println(err)
		return
	}
	op := lro.Begin(d, lro.Request{URL: "https://bakery.example/cakes"})
	op = lro.Next(d, op, lro.Reply{Status: 200, Body: []byte(`{"id": 7, "state": "mixing"}`)})
	fmt.Println(op.StatusURL, op.State)
	op = lro.Next(d, op, lro.Reply{Status: 200, Body: []byte(`{"state": "baked", "cake": "apple"}`)})
	fmt.Println(op.Outcome, op.Inline)
	// Output:
	// https://bakery.example/cakes/7 running
	// succeeded /cake
}

func TestRulesThatCannotBeUsed(t *testing.T) {
	good := func(change func(d *dialect.Rules)) dialect.Rules {
		d := dialect.Rules{Name: "x", Status: []string{"{{submit}}/{{/id}}"}, State: "/status"}
		change(&d)
		return d
	}
	words := func(w map[string]lro.State) map[string]lro.State { return w }
	for _, test := range []struct {
		want   string
		change func(d *dialect.Rules)
	}{
		{"name: it must be a word", func(d *dialect.Rules) { d.Name = "No Name" }},
		{"name: it must be a word", func(d *dialect.Rules) { d.Name = "" }},
		{"name: \"auto\" has a meaning", func(d *dialect.Rules) { d.Name = "auto" }},
		{"name: \"generic\" has a meaning", func(d *dialect.Rules) { d.Name = "generic" }},
		{"submit.headers.Bad Name: ", func(d *dialect.Rules) { d.Header = map[string]string{"Bad Name": "x"} }},
		{"submit.headers.authorization: Authorization has no place", func(d *dialect.Rules) { d.Header = map[string]string{"authorization": "x"} }},
		{"status.headers.X: the value holds", func(d *dialect.Rules) { d.Poll.Header = map[string]string{"X": "a\r\nB: c"} }},
		{"submit.query: ", func(d *dialect.Rules) { d.Query = map[string]string{"": "x"} }},
		{"submit.accept[1]: 303 is not a success", func(d *dialect.Rules) { d.Accept = []int{200, 303} }},
		{"submit.accept: with no status url", func(d *dialect.Rules) { d.Accept, d.Status = []int{200}, nil }},
		{"status.url[1]: it is empty", func(d *dialect.Rules) { d.Status = []string{"/a", ""} }},
		{"status.url: \"{{header:}}\": \"header:\" names no", func(d *dialect.Rules) { d.Status = []string{"{{header:}}"} }},
		{"status.url: \"{{header:a b}}\": \"header:a b\" names no", func(d *dialect.Rules) { d.Status = []string{"{{header:a b}}"} }},
		{"status.url: \"{{submit}}/{{/id\"", func(d *dialect.Rules) { d.Status = []string{"{{submit}}/{{/id"} }},
		{"status.url: \"{{submit}}/{{/a~2}}\"", func(d *dialect.Rules) { d.Status = []string{"{{submit}}/{{/a~2}}"} }},
		{"status.url: \"{{/a~}}\": \"/a~\" is no JSON Pointer", func(d *dialect.Rules) { d.Status = []string{"{{/a~}}"} }},
		{"status.carry[0]: ", func(d *dialect.Rules) { d.Carry = []string{"a=b"} }},
		{"job: \"{{/id}}\" is no place", func(d *dialect.Rules) { d.Job = "{{/id}}" }},
		{"job: \"id\" is no place", func(d *dialect.Rules) { d.Job = "id" }},
		{"job: {{job}} is used", func(d *dialect.Rules) { d.Cancel = dialect.Call{Method: "POST", URL: []string{"/x/{{job}}"}} }},
		{"status.method: \"post\" is not", func(d *dialect.Rules) { d.Poll.Method = "post" }},
		{"status.json: a GET has no content", func(d *dialect.Rules) { d.Poll.Body = "{}" }},
		{"status.repeat: ", func(d *dialect.Rules) { d.Poll.Repeat = true }},
		{"status.wait: \"WAIT=30\" does not say", func(d *dialect.Rules) { d.Poll.Wait = "WAIT=30" }},
		{"status.max-wait: -1 is negative", func(d *dialect.Rules) { d.Poll.MaxWait = -1 }},
		{"status.next: ", func(d *dialect.Rules) { d.Handover = []string{"{{x}}"} }},
		{"state.at: \"status\" is no place", func(d *dialect.Rules) { d.State = "status" }},
		{"state.words.Done: ", func(d *dialect.Rules) { d.Words = words(map[string]lro.State{"Done": lro.StateSucceeded}) }},
		{"state.words.: ", func(d *dialect.Rules) { d.Words = words(map[string]lro.State{"": lro.StateSucceeded}) }},
		{"state.words.x: it is no state", func(d *dialect.Rules) { d.Words = words(map[string]lro.State{"x": lro.StateUnknown}) }},
		{"state.words: there are words", func(d *dialect.Rules) { d.State, d.Words = "", words(map[string]lro.State{"x": lro.StateFailed}) }},
		{"state.words: no word is an end", func(d *dialect.Rules) {
			d.Others, d.Words = lro.StateRunning, words(map[string]lro.State{"x": lro.StatePending})
		}},
		{"state.words.x: done says", func(d *dialect.Rules) { d.Words = words(map[string]lro.State{"x": dialect.Done}) }},
		{"outcome: there are words", func(d *dialect.Rules) { d.Outcome.Words = words(map[string]lro.State{"x": lro.StateFailed}) }},
		{"outcome: done is used", func(d *dialect.Rules) { d.Statuses = map[int]lro.State{200: dialect.Done} }},
		{"outcome.at: ", func(d *dialect.Rules) { d.Outcome.At = "conclusion" }},
		{"outcome.words.X: a word is", func(d *dialect.Rules) {
			d.Outcome = dialect.Outcome{At: "/o", Words: words(map[string]lro.State{"X": lro.StateFailed})}
		}},
		{"submit.key: ", func(d *dialect.Rules) { d.Key = "a b" }},
		{"status.json: {{/id}} cannot", func(d *dialect.Rules) { d.Poll = dialect.Poll{Method: "POST", Body: `{"id": "{{/id}}"}`} }},
		{"result: a request, files", func(d *dialect.Rules) { d.Files, d.NoResult = "/f/*", true }},
		{"cancel: a request and none", func(d *dialect.Rules) {
			d.Cancel = dialect.Call{Method: "POST", URL: []string{"{{status}}"}, None: true}
		}},
		{"state.http.99: ", func(d *dialect.Rules) { d.Statuses = map[int]lro.State{99: lro.StateFailed} }},
		{"state.http.409: 409 stands in state.gone", func(d *dialect.Rules) { d.Statuses, d.Gone = map[int]lro.State{409: lro.StateFailed}, []int{409} }},
		{"state.gone[0]: 500 is not a 4xx", func(d *dialect.Rules) { d.Gone = []int{500} }},
		{"result.url: \"{{nonsense}}/x\": {{nonsense}} is none", func(d *dialect.Rules) { d.Result = []string{"{{nonsense}}/x"} }},
		{"result.inline: ", func(d *dialect.Rules) { d.Inline = "output" }},
		{"failure[0]: ", func(d *dialect.Rules) { d.Failure = []string{"error"} }},
		{"partial[0]: ", func(d *dialect.Rules) { d.Partial = []string{"failed"} }},
		{"progress.at: ", func(d *dialect.Rules) { d.Progress = "progress" }},
		{"progress.of: \"total\"", func(d *dialect.Rules) { d.Progress, d.Total = "/n", "total" }},
		{"progress.of: there is a whole", func(d *dialect.Rules) { d.Total = "/total" }},
		{"progress.scale: progress.of makes", func(d *dialect.Rules) { d.Progress, d.Total, d.Scale = "/n", "/total", 100 }},
		{"progress.scale: -1 is negative", func(d *dialect.Rules) { d.Progress, d.Scale = "/n", -1 }},
		{"progress.message: ", func(d *dialect.Rules) { d.Message = "m" }},
		{"progress.queue: ", func(d *dialect.Rules) { d.Queue = "q" }},
		{"cancel.method: it is missing", func(d *dialect.Rules) { d.Cancel = dialect.Call{URL: []string{"{{/x}}"}} }},
		{"cancel.method: \"delete it\"", func(d *dialect.Rules) { d.Cancel = dialect.Call{Method: "delete it", URL: []string{"{{/x}}"}} }},
		{"cancel.url: it is missing", func(d *dialect.Rules) { d.Cancel = dialect.Call{Method: "POST"} }},
	} {
		d := good(test.change)
		_, err := d.Dialect()
		var field *dialect.FieldError
		if !errors.As(err, &field) || !strings.HasPrefix(err.Error(), test.want) || field.Unwrap() == nil {
			t.Errorf("got %v, want %q", err, test.want)
		}
		if found := d.Check(); len(found) != 1 {
			t.Errorf("%s: got %v, want that alone", test.want, found)
		}
	}
	if wrong := good(func(*dialect.Rules) {}).Check(); len(wrong) > 0 {
		t.Errorf("got %v", wrong)
	}
}

func TestEveryBuiltInOfRulesCanBeUsed(t *testing.T) {
	n := 0
	for _, name := range dialect.Names() {
		if r, ok := dialect.RulesOf(name); ok {
			n++
			for _, wrong := range r.Check() {
				t.Errorf("%s: %v", name, wrong.Error())
			}
		}
	}
	if n < 12 {
		t.Errorf("only %d dialects are data alone", n)
	}
}

func TestPrepareLeavesTheRequestAlone(t *testing.T) {
	d, _ := custom.Dialect()
	req := lro.Request{URL: "https://h.example/x?b=7&c", Header: http.Header{"Prefer": {"wait=1"}}}
	got := d.Prepare(req)
	if got.URL != "https://h.example/x?b=7&c&async=1" || got.Header.Get("Prefer") != "wait=1" || got.Header.Get("X-Version") != "2" {
		t.Errorf("got %s, %v", got.URL, got.Header)
	}
	if len(req.Header) != 1 {
		t.Errorf("the request has now %v", req.Header)
	}
	if got := d.Prepare(lro.Request{URL: "::"}); got.URL != "::" {
		t.Errorf("got %q", got.URL)
	}
}
