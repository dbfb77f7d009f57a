package dialect_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

func TestEveryDialectIsDescribed(t *testing.T) {
	names := dialect.Names()
	if names[0] != lro.GenericName || len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(names) {
		t.Errorf("the names are %v", names)
	}
	for _, name := range names {
		info, ok := dialect.Describe(name)
		if _, found := dialect.ByName(name); !ok || !found || info.Name != name {
			t.Errorf("%s: Describe %v, ByName %v", name, ok, found)
		}
		if info.Looks == "" || info.Source == "" || info.Evidence == "" || info.Result == "" {
			t.Errorf("%s: it is not described: %+v", name, info)
		}
		if info.Evidence != dialect.Primary && info.Unverified == "" {
			t.Errorf("%s: what is unverified?", name)
		}
		if len(info.Told) == 0 && name != lro.GenericName && name != "fhir-async-303" && unseen[name] == "" {
			t.Errorf("%s: how is it told apart?", name)
		}
	}
	if _, ok := dialect.Describe("auto"); ok {
		t.Error("auto is described as if it were one")
	}
	if _, ok := dialect.ByName(""); ok {
		t.Error("there is a dialect without a name")
	}
}

func TestANamedDialectIsKeptInTheOperation(t *testing.T) {
	for _, name := range dialect.Names()[1:] {
		d, _ := dialect.ByName(name)
		op, _ := lro.Resume("https://api.example.com/s/1")
		op = lro.Next(d, op, lro.Reply{Status: 202})
		if op.Dialect != name || op.Cue != dialect.CueNamed || !dialect.Sure(op) {
			t.Errorf("%s: got %s, %q", name, op.Dialect, op.Cue)
		}
	}
}

func ExampleDescribe() {
	info, _ := dialect.Describe("azure-oploc")
	fmt.Println(info.Looks)
	fmt.Println(info.Told[0])
	// Output:
	// Operation-Location header; then 200 with status: NotStarted, Running, Succeeded, Failed, Canceled
	// strong: header Operation-Location
}

func ExampleAuto() {
	d := dialect.Auto{}
	op := lro.Begin(d, lro.Request{Method: "POST", URL: "https://api.openai.com/v1/batches"})
	op = lro.Next(d, op, lro.Reply{Status: 200, Body: []byte(`{"id": "batch_1", "object": "batch", "status": "validating"}`)})
	fmt.Println(op.Dialect, op.StatusURL)
	// Output: openai-batch https://api.openai.com/v1/batches/batch_1
}
