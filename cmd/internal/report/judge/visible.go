package judge

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/asyncctl/asyncctl/internal/show"
)

// visible returns foreign text in one line in which every character only shows itself: line breaks
// are spaces, and control characters, bytes that are no UTF-8, and marks that reorder or hide text are
// written as escapes. What begins a command in the log of a CI system is broken up.
func visible(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteByte(' ')
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x7f || plain(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += size
	}
	return show.Commands(b.String())
}

func plain(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Zs, r)
}

// visibleLines returns foreign text as lines, at most so many of at most so many characters; the last
// one says what was left out.
func visibleLines(s string, most, width int) []string {
	lines := strings.Split(strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n"), "\n")
	left := 0
	if len(lines) > most {
		left = len(lines) - most
		lines = lines[:most]
	}
	for i, line := range lines {
		lines[i] = show.Clip(visible(strings.ReplaceAll(line, "\t", "    ")), width)
	}
	if left > 0 {
		lines = append(lines, fmt.Sprintf("(%s more)", show.Count(left, "line")))
	}
	return lines
}

// wrap breaks a text at its blanks into lines of at most width characters.
func wrap(text string, width int) []string {
	var lines []string
	line, n := "", 0
	for _, word := range strings.Fields(text) {
		size := utf8.RuneCountInString(word)
		switch {
		case line == "":
			line, n = word, size
		case n+1+size > width:
			lines = append(lines, line)
			line, n = word, size
		default:
			line += " " + word
			n += 1 + size
		}
	}
	return append(lines, line)
}
