package loadtest

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// place is where in a request a placeholder stands: it decides how its value is escaped, so that a
// value stays one value.
type place uint8

const (
	inText       place = iota // as it is
	inPath                    // RFC 3986, section 3.3
	inQuery                   // as in a form
	inField                   // of the header: no line ends, no NUL
	inJSONString              // between quotes
	inJSON                    // a whole JSON value
)

// template is a text with placeholders: "{{.Index}}", "{{.UUID}}", "{{.}}" and "{{.name}}" of a feed,
// each also as "{{json .name}}": as a JSON value, with quotes if it is text.
type template struct {
	literals []string // one more than there are slots
	slots    []slotOf
}

// slotOf is one placeholder.
type slotOf struct {
	name  string // "" for the whole line
	place place
	json  bool
}

var placeholder = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{\{\s*(?:([A-Za-z]+)\s+)?\.([^{}\s]*)\s*\}\}`) })

// compile reads a template. Braces that are no placeholder are text.
func compile(text string, start place, feed *Feed) (template, error) {
	var t template
	scan, at := &scanner{place: start}, 0
	for _, m := range placeholder().FindAllStringSubmatchIndex(text, -1) {
		literal := text[at:m[0]]
		at = m[1]
		g := slotOf{name: text[m[4]:m[5]], place: scan.after(literal)}
		if m[2] >= 0 {
			if word := text[m[2]:m[3]]; word != "json" {
				return t, fmt.Errorf("%s: there is no function %q; there is json", text[m[0]:m[1]], word)
			}
			g.json = true
		}
		if err := feed.has(g.name); err != nil {
			return t, err
		}
		t.literals, t.slots = append(t.literals, literal), append(t.slots, g)
	}
	t.literals = append(t.literals, text[at:])
	return t, nil
}

// scanner follows in which part of a URL or of a JSON text it is.
type scanner struct {
	place   place
	escaped bool
}

func (s *scanner) after(literal string) place {
	for i := range len(literal) {
		c := literal[i]
		switch {
		case s.place == inPath && c == '?':
			s.place = inQuery
		case s.place == inJSON && c == '"':
			s.place = inJSONString
		case s.place == inJSONString && s.escaped:
			s.escaped = false
		case s.place == inJSONString && c == '\\':
			s.escaped = true
		case s.place == inJSONString && c == '"':
			s.place = inJSON
		}
	}
	return s.place
}

func (t *template) fixed() bool { return len(t.slots) == 0 }

// value is what stands for a placeholder: a text, or a JSON value that is none.
type value struct {
	text  string
	plain bool // the text is JSON as it is
}

// expand fills the placeholders in for one operation. line is its line of the feed; nil: there is none.
func (t *template) expand(seed uint64, index int64, line *feedLine) (string, error) {
	if t.fixed() {
		return t.literals[0], nil
	}
	var b strings.Builder
	for i, g := range t.slots {
		b.WriteString(t.literals[i])
		v, err := g.value(seed, index, line)
		if err != nil {
			return "", err
		}
		text, err := g.escape(v)
		if err != nil {
			return "", fmt.Errorf("{{.%s}}: %w", g.name, err)
		}
		b.WriteString(text)
	}
	b.WriteString(t.literals[len(t.slots)])
	return b.String(), nil
}

func (g slotOf) value(seed uint64, index int64, line *feedLine) (value, error) {
	if line != nil {
		if v, ok, err := line.value(g.name); ok || err != nil {
			return v, err
		}
	}
	switch g.name {
	case "Index":
		return value{strconv.FormatInt(index, 10), true}, nil
	case "UUID":
		return value{uuid(seed, index), false}, nil
	}
	return value{}, fmt.Errorf("the line has no %q", g.name)
}

func (g slotOf) escape(v value) (string, error) {
	text := v.text
	if g.json && !v.plain {
		text = quoted(text)
	}
	switch g.place {
	case inPath:
		return url.PathEscape(text), nil
	case inQuery:
		return url.QueryEscape(text), nil
	case inField:
		if strings.ContainsAny(text, "\r\n\x00") {
			return "", fmt.Errorf("%.40q has a line end, which no header field can have", text)
		}
	case inJSONString:
		escaped := quoted(text)
		return escaped[1 : len(escaped)-1], nil
	case inJSON:
		if !json.Valid([]byte(text)) {
			return "", fmt.Errorf("%.40q is no JSON value: write {{json .%s}}, or quotes around it", text, g.name)
		}
	}
	return text, nil
}

// quoted is a text as a JSON string.
func quoted(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(strings.ToValidUTF8(text, string(utf8.RuneError))) // a string can always be written
	return strings.TrimSuffix(b.String(), "\n")
}

// uuid returns a UUID of version 8 (RFC 9562, section 5.8) made of seed and index.
func uuid(seed uint64, index int64) string {
	dice := rand.NewPCG(seed, uint64(index))
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], dice.Uint64())
	binary.BigEndian.PutUint64(b[8:], dice.Uint64())
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// contentPlace is how values are escaped in the content of a submit, by what that says it is.
func contentPlace(header http.Header, content string) place {
	kind, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	switch {
	case kind == "application/json", strings.HasSuffix(kind, "+json"), kind == "" && strings.HasPrefix(strings.TrimSpace(content), "{"):
		return inJSON
	case kind == "application/x-www-form-urlencoded":
		return inQuery
	}
	return inText
}

// checkOrigin refuses a placeholder in the origin of a URL, which is the same for all operations.
func checkOrigin(text string) error {
	if at := placeholder().FindStringIndex(text); at != nil && lro.Origin(text[:at[0]]+"x") != lro.Origin(text) {
		return fmt.Errorf("%s stands in the origin of the URL, which is the same for all operations", text[at[0]:at[1]])
	}
	return nil
}
