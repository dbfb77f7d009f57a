package shape

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A template is a text with holes, ready to be filled.
type template []part

// A part is a piece of text, or a hole.
type part struct {
	text string
	hole *hole // nil: text
}

// A hole is a place for a value.
type hole struct {
	name string // such as "id" or "request"
	arg  string // behind the colon
	as   mode
}

// A mode is how the value of a hole is written.
type mode int

const (
	asText   mode = iota // as it is
	asJSON               // as a JSON value
	asString             // inside a JSON string
)

// parse reads a text with holes. \{{ is {{.
func parse(text string, as mode) (template, error) {
	var t template
	plain := ""
	for {
		at := strings.Index(text, "{{")
		if at < 0 {
			break
		}
		if at > 0 && text[at-1] == '\\' {
			plain += text[:at-1] + "{{"
			text = text[at+2:]
			continue
		}
		end := strings.Index(text[at:], "}}")
		if end < 0 {
			return nil, fmt.Errorf("%q has a {{ without }}: write \\{{ for the characters themselves", text)
		}
		h, err := holeNamed(strings.TrimSpace(text[at+2 : at+end]))
		if err != nil {
			return nil, err
		}
		if plain += text[:at]; plain != "" {
			t = append(t, part{text: plain})
			plain = ""
		}
		h.as = as
		t = append(t, part{hole: h})
		text = text[at+end+2:]
	}
	if plain += text; plain != "" {
		t = append(t, part{text: plain})
	}
	return t, nil
}

// parseJSON reads JSON whose texts have holes.
func parseJSON(text json.RawMessage) (template, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		return nil, fmt.Errorf("the content is not JSON: %w", err)
	}
	var t template
	rest := compact.String()
	for {
		at := strings.IndexByte(rest, '"')
		if at < 0 {
			break
		}
		end := stringEnd(rest, at)
		literal := rest[at:end]
		if !strings.Contains(literal, "{{") {
			t = t.plain(rest[:end])
			rest = rest[end:]
			continue
		}
		var value string
		if err := json.Unmarshal([]byte(literal), &value); err != nil {
			return nil, err
		}
		inner, err := parse(value, asString)
		if err != nil {
			return nil, err
		}
		t = t.plain(rest[:at])
		rest = rest[end:]
		if name := strings.HasPrefix(rest, ":"); len(inner) == 1 && inner[0].hole != nil && !name {
			inner[0].hole.as = asJSON
			t = append(t, inner[0])
			continue
		}
		t = t.plain(`"`)
		for _, p := range inner {
			if p.hole == nil {
				t = t.plain(string(appendEscaped(nil, p.text)))
				continue
			}
			t = append(t, p)
		}
		t = t.plain(`"`)
	}
	return t.plain(rest), nil
}

// plain adds a piece of text.
func (t template) plain(text string) template {
	if text == "" {
		return t
	}
	if n := len(t); n > 0 && t[n-1].hole == nil {
		t[n-1].text += text
		return t
	}
	return append(t, part{text: text})
}

// stringEnd is where the JSON string that begins at a place ends.
func stringEnd(text string, at int) int {
	for i := at + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// has reports whether a hole is in the template.
func (t template) has(names ...string) bool {
	return slices.ContainsFunc(t, func(p part) bool { return p.hole != nil && slices.Contains(names, p.hole.name) })
}

// fill writes the template.
func (t template) fill(b []byte, s *scene) []byte {
	for i := range t {
		if t[i].hole == nil {
			b = append(b, t[i].text...)
			continue
		}
		b = s.write(b, t[i].hole)
	}
	return b
}

var errControl = errors.New("a value for a header field has a line break or another control character")

// field writes the template as the value of a header field, in which control
// characters are refused (RFC 9110, section 5.5).
func (t template) field(s *scene) (string, error) {
	value := string(t.fill(nil, s))
	if strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
		return "", errControl
	}
	return value, nil
}

// appendEscaped writes a text as the inside of a JSON string.
func appendEscaped(b []byte, text string) []byte {
	quoted := appendQuoted(nil, text)
	return append(b, quoted[1:len(quoted)-1]...)
}

// appendQuoted writes a text as a JSON string, with < and & as they are.
func appendQuoted(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			var out bytes.Buffer
			encoder := json.NewEncoder(&out)
			encoder.SetEscapeHTML(false)
			encoder.Encode(text) // a text cannot fail
			return append(b, bytes.TrimRight(out.Bytes(), "\n")...)
		}
	}
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"')
}
