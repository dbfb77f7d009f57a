package loadtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// submits makes the submit of each operation of a plan.
type submits struct {
	kinds []*submit
	deck  *deck
	fixed bool // all operations submit the same
}

// newSubmits compiles the requests of a plan and checks them with every line of their feeds.
func newSubmits(p *Plan) (*submits, error) {
	all := &submits{deck: p.kindDeck()}
	for _, k := range p.kinds() {
		s, err := newSubmit(k, p.Header, p.Load.Seed)
		if err == nil {
			err = s.check(p.Load.operations())
		}
		if err != nil && k.Name != "" {
			err = fmt.Errorf("kind %q: %w", k.Name, err)
		}
		if err != nil {
			return nil, err
		}
		all.kinds = append(all.kinds, s)
	}
	all.fixed = len(all.kinds) == 1 && all.kinds[0].fixed()
	return all, nil
}

// clone returns one for another worker: the deck remembers where it is.
func (a *submits) clone() *submits {
	d := *a.deck
	d.dealt, d.ranks, d.block = slices.Clone(d.dealt), slices.Clone(d.ranks), -1
	return &submits{kinds: a.kinds, deck: &d, fixed: a.fixed}
}

// at returns the submit of one operation. It depends on nothing but the plan and the index.
func (a *submits) at(index int64) lro.Request {
	kind, before := a.deck.at(index)
	s := a.kinds[kind]
	if s.fixed() {
		return s.base
	}
	// All lines were checked before the run; a file that changed since makes a submit without values.
	req, err := s.at(index, before)
	if err != nil {
		return s.base
	}
	return req
}

// submit makes the submits of one kind of operation.
type submit struct {
	feed   *Feed
	seed   uint64
	base   lro.Request
	url    template
	body   template
	json   bool             // the content has to be JSON
	header []headerTemplate // the values with placeholders
}

type headerTemplate struct {
	name  string
	value template
}

func newSubmit(k Kind, always http.Header, seed uint64) (*submit, error) {
	s := &submit{feed: k.Feed, seed: seed, base: k.Request}
	if s.base.Method == "" {
		s.base.Method = http.MethodPost
	}
	err := checkOrigin(s.base.URL)
	if err == nil {
		s.url, err = compile(s.base.URL, inPath, k.Feed)
	}
	if err != nil {
		return nil, fmt.Errorf("the submit URL: %w", err)
	}
	where := contentPlace(k.Request.Header, string(s.base.Body))
	if s.body, err = compile(string(s.base.Body), where, k.Feed); err != nil {
		return nil, fmt.Errorf("the content of the submit: %w", err)
	}
	s.json = where == inJSON && !s.body.fixed()
	s.base.Header = http.Header{}
	for name, values := range k.Request.Header {
		if name = http.CanonicalHeaderKey(name); len(always.Values(name)) == 0 {
			s.base.Header[name] = values
		}
	}
	if _, err := wire.AppendHeader(nil, s.base.Header); err != nil {
		return nil, err
	}
	for name, values := range s.base.Header {
		for _, v := range values {
			t, err := compile(v, inField, k.Feed)
			if err != nil {
				return nil, fmt.Errorf("the header field %s: %w", name, err)
			}
			if !t.fixed() {
				s.header = append(s.header, headerTemplate{name, t})
			}
		}
	}
	return s, nil
}

// fixed reports whether all operations of the kind submit the same.
func (s *submit) fixed() bool { return s.url.fixed() && s.body.fixed() && len(s.header) == 0 }

// at returns the submit of operation index, the one after so many of its kind.
func (s *submit) at(index, before int64) (lro.Request, error) {
	var line *feedLine
	if s.feed != nil {
		var err error
		if line, err = s.feed.at(before); err != nil {
			return lro.Request{}, err
		}
	}
	req := s.base
	var err error
	if req.URL, err = s.url.expand(s.seed, index, line); err != nil {
		return req, fmt.Errorf("the submit URL: %w", err)
	}
	if !s.body.fixed() {
		content, err := s.body.expand(s.seed, index, line)
		if err != nil {
			return req, fmt.Errorf("the content of the submit: %w", err)
		}
		req.Body = []byte(content)
	}
	if len(s.header) > 0 {
		req.Header = req.Header.Clone()
	}
	for _, h := range s.header {
		text, err := h.value.expand(s.seed, index, line)
		if err != nil {
			return req, fmt.Errorf("the header field %s: %w", h.name, err)
		}
		req.Header.Set(h.name, text)
	}
	return req, nil
}

// mostChecked bounds how many lines of a feed are tried before the run.
const mostChecked = 5_000_000

// check tries the template with each line of the feed that the plan can come to.
func (s *submit) check(operations int64) error {
	lines := int64(1)
	if s.feed != nil {
		lines = min(int64(s.feed.Len()), mostChecked)
		if operations > 0 {
			lines = min(lines, operations)
		}
	}
	if s.fixed() {
		return nil
	}
	for i := range lines {
		req, err := s.at(i, i)
		if err == nil {
			_, err = lro.Resolve(req.URL, req.URL)
		}
		if err == nil && s.json && !json.Valid(req.Body) {
			err = fmt.Errorf("the content of the submit is no JSON: %.80s", req.Body)
		}
		if err != nil && s.feed != nil {
			return fmt.Errorf("line %d of the feed: %w", s.feed.number(i), err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
