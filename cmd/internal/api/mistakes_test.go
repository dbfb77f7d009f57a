package api

import (
	"strings"
	"testing"
)

// TestMistakesOfAWholeFile: whatever a file holds, the error says where, and never in the words of Go.
func TestMistakesOfAWholeFile(t *testing.T) {
	laugh := "asyncctl: 1\nx-a: &a [1,1,1,1,1,1,1,1,1,1]\n"
	for _, pair := range []string{"ba", "cb", "dc", "ed", "fe"} {
		laugh += "x-" + pair[:1] + ": &" + pair[:1] + " [" + strings.Repeat("*"+pair[1:]+",", 9) + "*" + pair[1:] + "]\n"
	}
	for _, tt := range []struct{ name, text, want string }{
		{"a byte order mark", "\xef\xbb\xbfasyncctl: 1\ndialct: auto", "f:2:1: dialct: there is no such field; did you mean dialect?"},
		{"lines of Windows", "asyncctl: 1\r\ndialct: auto\r\n", "f:2:1: dialct: there is no such field; did you mean dialect?"},
		{"JSON", `{"asyncctl": 1, "dialct": "auto"}`, "f:1:17: dialct: there is no such field; did you mean dialect?"},
		{"a tab", "asyncctl: 1\noperations:\n\ta: 1", "f:3: it is not YAML: found character that cannot start any token; YAML is indented by blanks, not tabs"},
		{"twice", "asyncctl: 1\nname: a\nname: b", "f:3:1: name: it stands there twice"},
		{"aliases of aliases", laugh, "its aliases make more than 100000 values of it"},
		{"two documents", "asyncctl: 1\n---\nasyncctl: 1", "f: it holds more than one document"},
		{"nothing", "", "f: it is empty"},
		{"too large", strings.Repeat("a", MaxSize+1), "f: it is larger than 1 MiB"},
		{"too deep", "asyncctl: 1\nx-a: " + strings.Repeat("[", 200) + strings.Repeat("]", 200), "...: it is nested deeper than 64 levels"},
		{"another version", "asyncctl: 2", `f:1:11: asyncctl: this asyncctl reads version 1, and not "2"; a newer asyncctl may`},
		{"one thing once", "asyncctl: 1\nmock: {cors: yes}", `f:2:14: mock.cors: "yes" is true or false to some readers of YAML and a text to others: write true or false, or quote it`},
		{"names in place of a list", "asyncctl: 1\noperations: {a: {submit: {url: {b: 1}}}}", "operations.a.submit.url: it holds names and values; wanted is a list of URL, or one"},
		{"a header that only an answer could fill", "asyncctl: 1\nheaders: {X: '{{/id}}'}", "f:2:14: headers.X: {{/id}} is not known here: it is for every request, and only {{secret:NAME}} is filled in"},
	} {
		_, err := Parse("f", []byte(tt.text), Options{})
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "yaml.") || strings.Contains(err.Error(), "map[") {
			t.Errorf("%s: got  %v\nwant %s", tt.name, err, tt.want)
		}
		if tt.name == "one thing once" && err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
