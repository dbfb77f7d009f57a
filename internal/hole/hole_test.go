package hole

import (
	"fmt"
	"testing"
)

func TestCut(t *testing.T) {
	for template, want := range map[string]string{
		"a{{b}}c{{d}}":     `"a" "b" "c{{d}}" true`,
		"{{/id}}":          `"" "/id" "" true`,
		"plain":            `"plain" "" "" false`,
		`a\{{b}}{{c}}`:     `"a{{b}}" "c" "" true`,
		`a\{{b}}`:          `"a{{b}}" "" "" false`,
		"no {{end":         `"no {{end" "" "" false`,
		`{{a}} and \{{b}}`: `"" "a" " and \\{{b}}" true`,
		"":                 `"" "" "" false`,
	} {
		text, name, rest, found := Cut(template)
		if got := fmt.Sprintf("%q %q %q %v", text, name, rest, found); got != want {
			t.Errorf("%s: got %s, want %s", template, got, want)
		}
	}
}

func TestWholeAndNames(t *testing.T) {
	for template, want := range map[string]string{
		"{{job}}":          "job true [job]",
		"{{job}}/":         "job false [job]",
		"/{{a}}{{b}}":      " false [a b]",
		"{{job":            "job false []",
		`\{{job}}{{also}}`: " false [also]",
	} {
		name, whole := Whole(template)
		if !whole && name != "job" {
			name = ""
		}
		if got := fmt.Sprint(name, " ", whole, " ", Names(template)); got != want {
			t.Errorf("%s: got %s, want %s", template, got, want)
		}
	}
}

func TestChecks(t *testing.T) {
	tests := []struct {
		check func(string) error
		text  string
		good  bool
	}{
		{CheckPlace, "", true}, {CheckPlace, "/a/0", true}, {CheckPlace, "header:X-Job", true},
		{CheckPlace, "a", false}, {CheckPlace, "header:", false}, {CheckPlace, "header:a b", false}, {CheckPlace, "/a~", false},
		{CheckPointer, "/~0~1", true}, {CheckPointer, "/~2", false}, {CheckPointer, "", false},
		{Check, "{{submit}}/{{/id}}?x={{header:X-Job}}", true}, {Check, "{{origin}}{{api}}{{job}}{{status}}", true},
		{Check, "", false}, {Check, "{{id}}", false}, {Check, "{{/id", false}, {Check, `\{{/id`, true}, {Check, "{{header:}}", false},
	}
	for _, test := range tests {
		if err := test.check(test.text); (err == nil) != test.good {
			t.Errorf("%q: %v", test.text, err)
		}
	}
}
