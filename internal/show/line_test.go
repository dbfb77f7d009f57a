package show_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/internal/show"
)

func TestLine(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain", "running: 5 of 10", "running: 5 of 10"},
		{"beyond ASCII", "Größe 漢字 😀", "Größe 漢字 😀"},
		{"combining", "e\u0301", "e\u0301"},
		{"lines", "a\nb\r\nc\td", "a b  c d"},
		{"ESC", "a\x1b[31mb", `a\x1b[31mb`},
		{"NUL, BEL and DEL", "\x00\x07\x7f", `\x00\x07\x7f`},
		{"C1", "a\u009b31m", `a\u009b31m`},
		{"invalid UTF-8", "a\xff\xfeb", `a\xff\xfeb`},
		{"a cut rune", "a\xe6\xbc", `a\xe6\xbc`},
		{"bidi override", "a\u202eb\u2066c", `a\u202eb\u2066c`},
		{"marks of direction", "\u200e\u200f\u061c", `\u200e\u200f\u061c`},
		{"zero width", "a\u200bb\u200dc\ufeff\u2060", `a\u200bb\u200dc\ufeff\u2060`},
		{"soft hyphen", "a\u00adb", `a\u00adb`},
		{"Hangul fillers", "\u115f\u1160\u3164\uffa0", `\u115f\u1160\u3164\uffa0`},
		{"other fillers", "\u034f\u17b4\u2800\u180b\ufe0f", `\u034f\u17b4\u2800\u180b\ufe0f`},
		{"an emoji", "❤\ufe0f a\ufe0f", `❤` + "\ufe0f" + ` a\ufe0f`},
		{"tags", "\U000e0041\U000e0100", `\U000e0041\U000e0100`},
		{"other blanks", "a\u00a0b\u2003c\u3000d", `a\u00a0b\u2003c\u3000d`},
		{"line separators", "a\u2028b\u2029c\u0085d", `a\u2028b\u2029c\u0085d`},
		{"private use", "\ue000", `\ue000`},
		{"the replacement character", "\ufffd", "\ufffd"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := show.Line(test.text); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if got := show.Line(show.Line(test.text)); got != test.want {
				t.Errorf("twice: got %q, want %q", got, test.want)
			}
		})
	}
}

func TestText(t *testing.T) {
	got := show.Text("a\r\n\tb\x1b\n    ::error::c\n")
	want := "a\n\tb\\x1b\n    :\\x3aerror::c\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCommands(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"GitHub", "::set-output name=a::b", `:\x3aset-output name=a::b`},
		{"indented", "    ::set-output name=a::b", `    :\x3aset-output name=a::b`},
		{"behind a word", "note ::error::x", `note :\x3aerror::x`},
		{"three colons", ":::x", `:\x3a:x`},
		{"behind a tab", "\t::error::x", ` :\x3aerror::x`},
		{"behind a line break", "a\n::error::x", `a :\x3aerror::x`},
		{"within a word", "std::vector http://[::1]/", "std::vector http://[::1]/"},
		{"GitHub, the old way", "a ##[add-path]/x", `a ##\x5badd-path]/x`},
		{"Azure Pipelines", "a##vso[task.setvariable]b", `a##vso\x5btask.setvariable]b`},
		{"Azure in capitals", "##VSO[x]", `##VSO\x5bx]`},
		{"TeamCity", " ##teamcity[message]", ` ##teamcity\x5bmessage]`},
		{"three hashes", "###[x]", `###\x5bx]`},
		{"no command", "## [x] a[0] #[y]", "## [x] a[0] #[y]"},
		{"GitLab", "section_start:1:a", `section_start\x3a1:a`},
		{"Travis", "travis_fold:start:a", `travis_fold\x3astart:a`},
		{"Buildkite", "--- a", `\x2d-- a`},
		{"Buildkite, indented", "  +++ a", `  \x2b++ a`},
		{"dashes alone", "---", "---"},
		{"dashes later", "a --- b", "a --- b"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := show.Line(test.text); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	tests := []struct{ name, value, hidden string }{
		{"C1", "a\u009b31m", "\u009b"},
		{"bidi", "a\u202eb", "\u202e"},
		{"zero width", "a\u200bb", "\u200b"},
		{"a filler", "\u3164", "\u3164"},
		{"beyond 16 bits", "\U000e0041", "\U000e0041"},
		{"DEL", "\x7f", "\x7f"},
		{"GitHub", "::set-output::x", `"::`},
		{"GitHub, later", "a ::x", " ::"},
		{"Azure Pipelines", "a ##vso[x]", "vso["},
		{"the old way", "##[x]", "##["},
		{"TeamCity", `\"##teamcity[x]`, "city["},
		{"GitLab", "section_end:1:a", "end:"},
		{"quotes and backslashes", `a\"b\\ 漢 <&>`, "\x00"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			if err := e.Encode(map[string]any{"k": test.value, "n": []int{1}}); err != nil {
				t.Fatal(err)
			}
			got := string(show.JSON([]byte(b.String())))
			if strings.Contains(got, test.hidden) {
				t.Errorf("%q still holds %q", got, test.hidden)
			}
			var back struct{ K string }
			if err := json.Unmarshal([]byte(got), &back); err != nil || back.K != test.value {
				t.Errorf("got %q (%v) back from %s, want %q", back.K, err, got, test.value)
			}
		})
	}
	if got := string(show.JSON([]byte("{\"a\":\"\xff\"}"))); got != `{"a":"\ufffd"}` {
		t.Errorf("invalid UTF-8: got %s", got)
	}
}

// FuzzLine checks that whatever comes, the line is one and holds only characters that show themselves.
func FuzzLine(f *testing.F) {
	f.Add("a\x1b]8;;x\x07 ::error::b ##vso[c]")
	f.Fuzz(func(t *testing.T, s string) {
		got := show.Line(s)
		for _, r := range got {
			if !show.Plain(r) && r != '\ufe0f' {
				t.Fatalf("%q holds %q", got, r)
			}
		}
		if strings.HasPrefix(strings.TrimSpace(got), "::") || strings.Contains(got, "##[") || strings.Contains(got, "##vso[") {
			t.Errorf("%q is a command", got)
		}
		if encoded, err := json.Marshal(s); err == nil {
			var before, after string
			json.Unmarshal(encoded, &before)
			if err := json.Unmarshal(show.JSON(encoded), &after); err != nil || before != after {
				t.Errorf("JSON changed %q into %q (%v)", before, after, err)
			}
		}
	})
}
