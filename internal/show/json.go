package show

import (
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON returns a JSON text that says the same and may be shown: characters that are not [Plain], and what
// begins a command of a CI system, are written as \u escapes within its strings, so that a program reads
// what was there and a terminal sees nothing. It changes nothing outside of strings but bytes that have no
// place in JSON, which become U+FFFD.
func JSON(text []byte) []byte {
	out := make([]byte, 0, len(text))
	inside := false
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			out = append(out, `\ufffd`...)
		case inside && r == '\\' && i+1 < len(text) && text[i+1] < 0x80:
			out = append(out, text[i], text[i+1])
			size = 2
		case r == '"':
			inside = !inside
			out = append(out, '"')
		case !inside && (r == '\n' || r == '\r' || r == '\t'), Plain(r) && !(inside && command(text, i)):
			out = append(out, text[i:i+size]...)
		default:
			out = appendEscape(out, r)
		}
		i += size
	}
	return out
}

// Writer returns a writer for an encoder of JSON: what is written in one call is shown as [JSON] shows it. It
// must not cut a document within a character or an escape, which package encoding/json does not.
func Writer(w io.Writer) io.Writer { return writer{w} }

type writer struct{ to io.Writer }

func (w writer) Write(text []byte) (int, error) {
	if _, err := w.to.Write(JSON(text)); err != nil {
		return 0, err
	}
	return len(text), nil
}

// command reports whether the byte is the one that makes a command of a CI system; see [Commands].
func command(text []byte, i int) bool {
	switch text[i] {
	case ':':
		return i > 0 && text[i-1] == ':' && (i < 2 || text[i-2] == ' ' || text[i-2] == '"') || folds(string(text[max(0, i-16):i]))
	case '[':
		return hashed(string(text[max(0, i-64):i]))
	}
	return false
}

func appendEscape(out []byte, r rune) []byte {
	if r <= 0xffff {
		return fmt.Appendf(out, `\u%04x`, r)
	}
	high, low := utf16.EncodeRune(r)
	return fmt.Appendf(out, `\u%04x\u%04x`, high, low)
}
