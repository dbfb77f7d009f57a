package jsontext_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/internal/jsontext"
)

func TestJSONAt(t *testing.T) {
	const doc = "\ufeff \n" + `{
		"a": {"b": [10, {"c": "deep"}, [], "x"]}, "": {"": 1}, "a/b": 2, "m~n": 3, "k": 4, "k": 5,
		"\u0065sc\"aped": 6, "brackets": "}]{[\",:", "\\": 7, "null": null, "t":true,"n":-1.5e3 , "last" : "\\" } `
	tests := []struct {
		pointer, want string // "": not there
	}{
		{"/a/b/0", "10"}, {"/a/b/1/c", `"deep"`}, {"/a/b/2", "[]"}, {"/a/b", `[10, {"c": "deep"}, [], "x"]`},
		{"/", `{"": 1}`}, {"//", "1"}, {"/a~1b", "2"}, {"/m~0n", "3"}, {"/k", "4"}, {`/esc"aped`, "6"},
		{"/brackets", `"}]{[\",:"`}, {`/\`, "7"}, {"/null", "null"}, {"/t", "true"}, {"/n", "-1.5e3"}, {"/last", `"\\"`},
		{"/a/b/4", ""}, {"/a/b/-1", ""}, {"/a/b/+1", ""}, {"/a/b/01", ""}, {"/a/b/x", ""}, {"/a/b/", ""},
		{"/missing", ""}, {"/k/x", ""}, {"/t/0", ""}, {"k", ""}, {"/a/b/1/c/0", ""}, {"/esc", ""},
	}
	for _, test := range tests {
		got, ok := jsontext.Value(doc).At(test.pointer)
		if string(got) != test.want || ok != (test.want != "") {
			t.Errorf("At(%q): got %s, %v, want %s", test.pointer, got, ok, test.want)
		}
	}
	if got, ok := jsontext.Value(doc).At(""); !ok || !json.Valid(got) {
		t.Errorf("the whole: got %s, %v", got, ok)
	}
}

func TestJSONCutOff(t *testing.T) {
	const doc = `{"id": 1, "status": "running", "list": [1, {"x": "y"}], "n": 42}`
	for cut := range len(doc) {
		text := jsontext.Value(doc[:cut])
		for pointer, whole := range map[string]string{"/id": "1", "/status": `"running"`, "/list": `[1, {"x": "y"}]`, "/n": "42"} {
			if got, ok := text.At(pointer); ok && string(got) != whole {
				t.Errorf("%s: At(%q): got %s, which is a part of %s", text, pointer, got, whole)
			}
		}
	}
}

func TestJSONGarbage(t *testing.T) {
	for _, text := range []string{
		"", " ", "\ufeff", "{", "[", "}", `"`, `{"`, `{"a`, `{"a"`, `{"a":`, `{"a":}`, `{"a" 1}`, `{a:1}`, `{1:1}`, `{"a":1,}`, "[,]", `["a`,
		`{"a":"\`, "<html>", "null", "[1", `{"b":[}`, `{"b":{"a":1}`,
	} {
		if got, ok := jsontext.Value(text).At("/a/b"); ok {
			t.Errorf("%s: At: got %s", text, got)
		}
		if got, ok := jsontext.Value(text).At("/7"); ok {
			t.Errorf("%s: At: got %s", text, got)
		}
	}
}

func TestJSONValues(t *testing.T) {
	tests := []struct {
		text     string
		str      string
		isString bool
		number   float64
		isNumber bool
		empty    bool
		isObject bool
	}{
		{text: `"abc"`, str: "abc", isString: true},
		{text: ` "a\u00e4\n\"" `, str: "aä\n\"", isString: true},
		{text: `""`, isString: true, empty: true},
		{text: `"\"`}, {text: `"`}, {text: `"a" "b"`}, {text: `"\x"`}, {text: `"a`},
		{text: `0`, isNumber: true, empty: true},
		{text: `-0.5e1`, number: -5, isNumber: true},
		{text: `42`, number: 42, isNumber: true},
		{text: `1e999`}, {text: `-`}, {text: `0x10`}, {text: `-inf`}, {text: `1_0`}, {text: `nan`}, {text: `42 17`},
		{text: `null`, empty: true}, {text: `false`, empty: true}, {text: `true`}, {text: ``, empty: true},
		{text: `{}`, empty: true, isObject: true}, {text: `{ }`, empty: true, isObject: true},
		{text: `{"a":null}`, isObject: true}, {text: `[]`, empty: true}, {text: `[ 0 ]`},
	}
	for _, test := range tests {
		v := jsontext.Value(test.text)
		text, isString := v.Text()
		if string(text) != test.str || isString != test.isString || v.String() != test.str {
			t.Errorf("%s: Text: got %q, %v, want %q, %v", test.text, text, isString, test.str, test.isString)
		}
		if number, isNumber := v.Number(); isNumber != test.isNumber || isNumber && number != test.number {
			t.Errorf("%s: Number: got %v, %v, want %v, %v", test.text, number, isNumber, test.number, test.isNumber)
		}
		if got := v.Empty(); got != test.empty {
			t.Errorf("%s: Empty: got %v", test.text, got)
		}
		if got := v.IsObject(); got != test.isObject {
			t.Errorf("%s: IsObject: got %v", test.text, got)
		}
	}
}

// agree compares what At finds in a valid document with what encoding/json makes of it. Members of
// the same name are left out: At takes the first, encoding/json the last.
func agree(t *testing.T, doc jsontext.Value, want any, pointer string, depth int) {
	t.Helper()
	got, ok := doc.At(pointer)
	var back any
	if !ok || json.Unmarshal(got, &back) != nil || !reflect.DeepEqual(back, want) {
		t.Fatalf("%s: At(%q): got %s, %v, want %v", doc, pointer, got, ok, want)
	}
	if s, isString := want.(string); isString && got.String() != s {
		t.Fatalf("%s: At(%q): got the text %q, want %q", doc, pointer, got.String(), s)
	}
	if n, isNumber := want.(float64); isNumber {
		if f, ok := got.Number(); !ok || f != n {
			t.Fatalf("%s: At(%q): got the number %v, %v, want %v", doc, pointer, f, ok, n)
		}
	}
	if depth == 0 {
		return
	}
	switch w := want.(type) {
	case map[string]any:
		for name, v := range w {
			token := strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
			agree(t, doc, v, pointer+"/"+token, depth-1)
		}
	case []any:
		for i, v := range w[:min(len(w), 12)] {
			agree(t, doc, v, pointer+"/"+itoa(i), depth-1)
		}
	}
}

func itoa(i int) string {
	text, _ := json.Marshal(i)
	return string(text)
}

func TestJSONAgreesWithEncodingJSON(t *testing.T) {
	doc := `{"a":[1,"two",{"three":[[],{}]},null,true,-0.25],"b":{"~":{"/":"x"}},"ü":"\u00fc\ud83d\ude00","":0}`
	var want any
	if err := json.Unmarshal([]byte(doc), &want); err != nil {
		t.Fatal(err)
	}
	agree(t, jsontext.Value(doc), want, "", 9)
}

func TestMembers(t *testing.T) {
	for text, want := range map[string]int{`{"a": 1, "b": {"c": 2}}`: 2, ` [1, [2, 3], 4]`: 3, `{}`: 0, `"x"`: 0, ``: 0} {
		if got := jsontext.Value(text).Members(); got != want {
			t.Errorf("%s: got %d, want %d", text, got, want)
		}
	}
}
