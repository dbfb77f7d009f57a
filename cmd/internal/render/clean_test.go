package render

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain text":                "plain text",
		"\x1b[2J\x1b]0;title\x07":   `\x1b[2J\x1b]0;title\x07`,
		"two\nlines\r\n\ttab":       "two lines   tab",
		"\u202egnp.exe":             `\u202egnp.exe`,
		"\u2066a\u2069\u200b\ufeff": `\u2066a\u2069\u200b\ufeff`,
		"C1: \u009b2J":              `C1: \u009b2J`,
		"broken: \xff\x9b":          `broken: \xff\x9b`,
		"\x00\x7f":                  `\x00\x7f`,
		"Grüße 漢字 ✓":                "Grüße 漢字 ✓",
		"a\u00a0b\u2028c":           `a\u00a0b\u2028c`,
		"tag \U000e0041":            `tag \U000e0041`,
		"":                          "",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got, want := CleanText("a\r\nb\tc\x1b[m\n"), "a\nb\tc\\x1b[m\n"; got != want {
		t.Errorf("CleanText = %q, want %q", got, want)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "\x1b[31mred\x1b[m", "a\nb\r\tc", "\u202e\u2066\u200d", "\xc3\x28\x9b", "\u009bH", "z\u0301\u0302", "\U000e0001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, forbidden) {
			t.Errorf("Clean(%q) = %q", s, got)
		}
		if again := Clean(got); again != got {
			t.Errorf("cleaned twice, %q becomes %q", got, again)
		}
		if text := CleanText(s); strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && forbidden(r) }) {
			t.Errorf("CleanText(%q) = %q", s, text)
		}
	})
}

// forbidden are the characters that do something other than show themselves.
func forbidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Cf, r) ||
		unicode.In(r, unicode.Zl, unicode.Zp, unicode.Co)
}
