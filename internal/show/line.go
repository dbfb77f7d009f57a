package show

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line returns foreign text as one line in which every character only shows itself, for a terminal or a
// log: line breaks and tabs are blanks; control characters, bytes that are no UTF-8, and characters that
// hide, reorder or imitate a blank are written as escapes (\x1b, \u202e). What begins a command in the log
// of a CI system is broken up, wherever it stands in the line; see [Commands].
func Line(s string) string {
	if quiet(s) {
		return s
	}
	var b strings.Builder
	var before rune
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\ufe0f' && unicode.Is(unicode.So, before):
			b.WriteRune(r) // an emoji as it is usually written
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteByte(' ')
		case Plain(r):
			b.WriteRune(r)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		before = r
		i += size
	}
	return Commands(b.String())
}

// Text is [Line] for text of several lines: line breaks and tabs stay.
func Text(s string) string {
	if quiet(s) {
		return s
	}
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, line := range lines {
		cells := strings.Split(line, "\t")
		for j, cell := range cells {
			cells[j] = Line(cell)
		}
		lines[i] = strings.Join(cells, "\t")
	}
	return strings.Join(lines, "\n")
}

// quiet reports whether there is nothing to do: printable ASCII without what begins a command.
func quiet(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f || s[i] == '#' || s[i] == ':' && (i == 0 || s[i-1] == ' ') {
			return false
		}
	}
	return !begins(s) && !strings.Contains(s, "section_") && !strings.Contains(s, "travis_")
}

// Plain reports whether a character only shows itself: it is neither a control character, nor one that
// reorders, joins or hides (category Cf, Default_Ignorable_Code_Point as the Hangul fillers, variation
// selectors), nor a blank that is not the ordinary one.
func Plain(r rune) bool {
	switch {
	case r < 0x7f:
		return r >= 0x20
	case r == utf8.RuneError, r == '\u2800': // a braille pattern without a dot
		return r == utf8.RuneError
	}
	return unicode.IsGraphic(r) && !unicode.In(r, unicode.Cf, unicode.Zs, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
