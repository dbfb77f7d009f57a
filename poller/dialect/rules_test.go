package dialect_test

import (
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
	Accept: []int{200}, Status: []string{"header:x-job", "{origin}/v2/jobs/{/job/id}", "{submit}/{header:x-id}"},
	State: "/phase", Words: map[string]lro.State{"baked": lro.StateSucceeded, "burnt": lro.StateFailed},
	Statuses: map[int]lro.State{410: lro.StateCancelled}, Result: []string{"/cake", "header:Location"}, Inline: "/crumbs",
	Failure: []string{"/fire"}, Progress: "/done", Scale: 100, Message: "/note",
	Cancel: dialect.Call{Method: "PATCH", URL: "{status}", Body: `{"phase":"cold"}`},
}

func TestRulesTranscripts(t *testing.T) {
	d, err := custom.Dialect()
	if err != nil {
		t.Fatal(err)
	}
	transcript.Run(t, "testdata/rules/*.txtar", d)
	for dir, r := range map[string]dialect.Rules{
		"status": {Name: "status", Result: []string{"{submit}/result"}, Cancel: dialect.Call{Method: "POST", URL: "/cancel"}},
		"words":  {Name: "words", State: "/s", Cancel: dialect.Call{Method: "POST", URL: "ftp://{origin}"}},
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

func TestDestroys(t *testing.T) {
	for name, want := range map[string]bool{"ogc-job": true, "es-async-search": true, "fhir-bulk": true, "azure-oploc": false, "replicate": false, "generic": false} {
		if info, _ := dialect.Describe(name); info.CancelDestroys != want {
			t.Errorf("%s: got %v", name, info.CancelDestroys)
		}
	}
}

func ExampleRules() {
	d, err := dialect.Rules{
		Name: "bakery", Accept: []int{200}, Status: []string{"{submit}/{/id}"}, State: "/state",
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
	for want, d := range map[string]dialect.Rules{
		"name":    {Name: "No Name"},
		"status:": {Name: "x", Status: []string{"Location"}},
		"result:": {Name: "x", Result: []string{"{nonsense}/x"}},
		"cancel:": {Name: "x", Cancel: dialect.Call{Method: "POST"}},
		"header:": {Name: "x", Status: []string{"header:"}},
		"{":       {Name: "x", Status: []string{"{submit}/{/id"}},
		"Pointer": {Name: "x", State: "status"},
		"words":   {Name: "x", Words: map[string]lro.State{"Done": lro.StateSucceeded}},
	} {
		if _, err := d.Dialect(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want something about %q", d, err, want)
		}
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
