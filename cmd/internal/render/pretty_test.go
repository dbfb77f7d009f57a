package render

import (
	"bytes"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestPrettyJSON(t *testing.T) {
	const text = `{"a b":[1,-2.5e3,true,null,"x:\"y\"","\u009b31m"],"c":{}}`
	const want = "{\n  \"a b\": [\n    1,\n    -2.5e3,\n    true,\n    null,\n    \"x:\\\"y\\\"\",\n    \"\\u009b31m\"\n  ],\n  \"c\": {}\n}\n"
	var plain, colored bytes.Buffer
	if ok, err := PrettyJSON(&plain, []byte(text), false); !ok || err != nil || plain.String() != want {
		t.Errorf("%v, %v: got\n%q, want\n%q", ok, err, plain.String(), want)
	}
	PrettyJSON(&colored, []byte(text), true)
	if got := ansi.Strip(colored.String()); got != want || colored.String() == want {
		t.Errorf("in colour: got\n%q, want\n%q", got, want)
	}
	if ok, _ := PrettyJSON(&plain, []byte("not JSON"), false); ok {
		t.Error("what is no JSON counts as JSON")
	}
}
