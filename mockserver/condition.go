package mockserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// A Pattern is a text in which * stands for any text, also none. The empty
// Pattern holds for what is absent or empty.
type Pattern string

// Match reports whether a text is what p says. It takes time in proportion to
// the product of their lengths at most.
func (p Pattern) Match(text string) bool {
	head, rest, starred := strings.Cut(string(p), "*")
	if !starred {
		return text == head
	}
	if !strings.HasPrefix(text, head) {
		return false
	}
	text = text[len(head):]
	for {
		part, others, more := strings.Cut(rest, "*")
		if !more {
			return strings.HasSuffix(text, part)
		}
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text, rest = text[i+len(part):], others
	}
}

// A Condition chooses requests. All that is set must hold; the zero Condition
// holds for every request.
type Condition struct {
	Method Pattern            // default any
	Path   Pattern            // of the URL, unescaped; default any
	Query  map[string]Pattern // by parameter, of its first value
	Header map[string]Pattern // by field name, of its values joined by ", "
	// Body is by JSON pointer (RFC 6901): a string of the body itself, another
	// value as JSON without spaces. A body that is not JSON has no values.
	Body map[string]Pattern
	// P is a probability, thrown by [Server].Seed for each request; 0 means 1.
	P float64
	// Turn, if not 0, is which of every Of requests it holds for, from 1. They
	// are counted whether anything else holds for them or not: the submits that
	// name no scenario for the rules, all requests for the latencies.
	Turn, Of int
}

// check reports what makes no sense in a condition.
func (c *Condition) check() error {
	if !(c.P >= 0 && c.P <= 1) {
		return fmt.Errorf("a probability of %v: use a number above 0, at most 1", c.P)
	}
	if c.Turn < 0 || c.Turn > c.Of {
		return fmt.Errorf("turn %d of %d: use 1 to %d", c.Turn, c.Of, max(c.Of, 1))
	}
	for pointer := range c.Body {
		if pointer != "" && !strings.HasPrefix(pointer, "/") {
			return fmt.Errorf("body pointer %q: write it like /order/kind", work.Clip(pointer))
		}
	}
	return nil
}

// holds reports whether the condition holds for the n-th request, but for the
// probability.
func (c *Condition) holds(n uint64, r *http.Request, query url.Values, body *document) bool {
	if c.Turn > 0 && int((n-1)%uint64(c.Of))+1 != c.Turn {
		return false
	}
	if c.Method != "" && !c.Method.Match(r.Method) || c.Path != "" && !c.Path.Match(r.URL.Path) {
		return false
	}
	for name, pattern := range c.Query {
		if !pattern.Match(query.Get(name)) {
			return false
		}
	}
	for name, pattern := range c.Header {
		if !pattern.Match(strings.Join(r.Header.Values(name), ", ")) {
			return false
		}
	}
	for pointer, pattern := range c.Body {
		if !pattern.Match(body.text(pointer)) {
			return false
		}
	}
	return true
}

// A document is a body that is read as JSON when the first pointer asks for it.
type document struct {
	body []byte
	read bool
	root any
}

// text is the value at a JSON pointer, or empty if there is none.
func (d *document) text(pointer string) string {
	if !d.read {
		d.read = true
		decoder := json.NewDecoder(bytes.NewReader(d.body))
		decoder.UseNumber()
		if decoder.Decode(&d.root) != nil {
			d.root = nil
		}
	}
	value, err := at6901(d.root, pointer)
	if err != nil || value == nil {
		return ""
	}
	if text, ok := value.(string); ok {
		return text
	}
	return string(speech.Encode(value))
}

var errNoValue = errors.New("there is no such value")

// at6901 follows a JSON pointer (RFC 6901, section 4).
func at6901(value any, pointer string) (any, error) {
	if pointer == "" {
		return value, nil
	}
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		switch inner := value.(type) {
		case map[string]any:
			member, ok := inner[token]
			if !ok {
				return nil, errNoValue
			}
			value = member
		case []any:
			i, err := strconv.ParseUint(token, 10, 31)
			if err != nil || int(i) >= len(inner) || token != strconv.FormatUint(i, 10) {
				return nil, errNoValue
			}
			value = inner[i]
		default:
			return nil, errNoValue
		}
	}
	return value, nil
}
