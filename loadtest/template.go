package loadtest

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// template is a text with placeholders: "{{.Index}}", "{{.UUID}}", "{{.}}" and "{{.name}}" of a feed.
type template struct {
	literals []string // one more than there are columns
	columns  []int    // of a feed, or one of those below
}

const (
	indexColumn = -1 - iota // the number of the operation, from 0
	uuidColumn              // a UUID made of seed and index: the same in every run of the plan
	lineColumn              // the whole line of the feed
)

// compile reads a template. Braces that are not "{{.name}}" are text.
func compile(text string, feed *Feed) (template, error) {
	var t template
	literal := ""
	for {
		before, rest, open := strings.Cut(text, "{{.")
		name, after, closed := strings.Cut(rest, "}}")
		if !open || !closed {
			t.literals = append(t.literals, literal+text)
			return t, nil
		}
		column, err := feed.column(name)
		if err != nil {
			return t, err
		}
		t.literals = append(t.literals, literal+before)
		t.columns = append(t.columns, column)
		literal, text = "", after
	}
}

func (t *template) fixed() bool { return len(t.columns) == 0 }

// expand fills the placeholders in for one operation.
func (t *template) expand(feed *Feed, seed uint64, index int64) string {
	if t.fixed() {
		return t.literals[0]
	}
	var b strings.Builder
	for i, column := range t.columns {
		b.WriteString(t.literals[i])
		switch column {
		case indexColumn:
			b.WriteString(strconv.FormatInt(index, 10))
		case uuidColumn:
			b.WriteString(uuid(seed, index))
		case lineColumn:
			b.WriteString(feed.line(index))
		default:
			b.WriteString(feed.value(index, column))
		}
	}
	b.WriteString(t.literals[len(t.columns)])
	return b.String()
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

// requests makes the submit of each operation from the plan's request.
type requests struct {
	feed   *Feed
	seed   uint64
	base   lro.Request
	url    template
	body   template
	header []headerTemplate // the values with placeholders
}

type headerTemplate struct {
	name  string
	value template
}

func newRequests(p *Plan) (*requests, error) {
	r := &requests{feed: p.Feed, seed: p.Load.Seed, base: p.Request}
	if r.base.Method == "" {
		r.base.Method = http.MethodPost
	}
	var err error
	if r.url, err = compile(r.base.URL, p.Feed); err != nil {
		return nil, fmt.Errorf("the submit URL: %w", err)
	}
	if r.body, err = compile(string(r.base.Body), p.Feed); err != nil {
		return nil, fmt.Errorf("the content of the submit: %w", err)
	}
	r.base.Header = http.Header{}
	for name, values := range p.Request.Header {
		if name = http.CanonicalHeaderKey(name); len(p.Header.Values(name)) == 0 {
			r.base.Header[name] = values
		}
	}
	if _, err := wire.AppendHeader(nil, r.base.Header); err != nil {
		return nil, err
	}
	for name, values := range r.base.Header {
		for _, v := range values {
			t, err := compile(v, p.Feed)
			if err != nil {
				return nil, fmt.Errorf("the header field %s: %w", name, err)
			}
			if !t.fixed() {
				r.header = append(r.header, headerTemplate{name, t})
			}
		}
	}
	return r, nil
}

// fixed says whether all operations submit the same.
func (r *requests) fixed() bool { return r.url.fixed() && r.body.fixed() && len(r.header) == 0 }

// at returns the submit of one operation. It depends on nothing but the plan and the index.
func (r *requests) at(index int64) lro.Request {
	if r.fixed() {
		return r.base
	}
	req := r.base
	req.URL = r.url.expand(r.feed, r.seed, index)
	if !r.body.fixed() {
		req.Body = []byte(r.body.expand(r.feed, r.seed, index))
	}
	if len(r.header) > 0 {
		req.Header = req.Header.Clone()
		for _, h := range r.header {
			req.Header.Set(h.name, h.value.expand(r.feed, r.seed, index))
		}
	}
	return req
}
