package mockserver

import (
	"bytes"
	"fmt"
	"net/url"
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
	// Kind is the name of a [Kind]: of its submits, and of the requests to its
	// operations; default any.
	Kind   string
	Method Pattern            // default any
	Path   Pattern            // of the URL, unescaped; default any
	Query  map[string]Pattern // by parameter, of its first value
	Header map[string]Pattern // by field name, of its values joined by ", "
	// Body is by JSON pointer (RFC 6901): a string of the body itself, another
	// value as JSON without spaces. A body that is not JSON has no values.
	Body map[string]Pattern
	// Content is the whole body: the same JSON value, or the same bytes; default
	// any.
	Content []byte
	// P is a probability, drawn by [Server].Seed for each request; 0 means 1.
	P float64
	// Turn, if not 0, is which of every Of requests it holds for, from 1. They
	// are counted whether anything else holds for them or not: the submits that
	// name no scenario where a rule says what operations do, else all requests.
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

// circumstances are what conditions are held against: a request, the n-th.
type circumstances struct {
	x        *speech.Exchange
	n        uint64
	query    url.Values
	document *speech.Document
}

// meet reports whether a condition holds, but for its probability.
func (c *circumstances) meet(when *Condition) bool {
	r := c.x.R
	if when.Kind != "" && (c.x.Dialect == nil || when.Kind != c.x.Dialect.Name) {
		return false
	}
	if when.Turn > 0 && int((c.n-1)%uint64(when.Of))+1 != when.Turn {
		return false
	}
	if when.Method != "" && !when.Method.Match(r.Method) || when.Path != "" && !when.Path.Match(r.URL.Path) {
		return false
	}
	if len(when.Query) > 0 && c.query == nil {
		c.query = r.URL.Query()
	}
	for name, pattern := range when.Query {
		if !pattern.Match(c.query.Get(name)) {
			return false
		}
	}
	for name, pattern := range when.Header {
		if !pattern.Match(strings.Join(r.Header.Values(name), ", ")) {
			return false
		}
	}
	if len(when.Body) == 0 && when.Content == nil {
		return true
	}
	if c.document == nil {
		c.document = &speech.Document{Content: c.x.ReadContent()}
	}
	for pointer, pattern := range when.Body {
		if !pattern.Match(c.document.Text(pointer)) {
			return false
		}
	}
	return when.Content == nil || sameContent(when.Content, c.document)
}

// sameContent reports whether a content is that of a condition: the same JSON
// value, or the same bytes.
func sameContent(want []byte, got *speech.Document) bool {
	wanted := speech.Document{Content: want}
	left, ok := wanted.At("")
	if !ok || left == nil {
		return bytes.Equal(want, got.Content)
	}
	right, _ := got.At("")
	return bytes.Equal(speech.Encode(left), speech.Encode(right))
}
