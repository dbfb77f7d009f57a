package shape

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
)

// An endpoint is an Endpoint that requests can be compared with.
type endpoint struct {
	Endpoint
	segments []segment
	query    []parameter
	open     bool   // the rest of the path is open
	id       string // the JSON pointer to the id in the content, or empty
}

// A segment is one of a path, with at most one hole in it.
type segment struct {
	before, after string
	hole          string // its name; empty: the segment is before alone
}

// A parameter is one of a query.
type parameter struct {
	name, value string
	isID        bool
}

// anyRest is the hole that stands for the rest of a path.
const anyRest = "**"

// compileEndpoint reads an endpoint, with the method that it has by default.
func compileEndpoint(e Endpoint, method string) (*endpoint, error) {
	if e.Method == "" {
		e.Method = method
	}
	path, query, _ := strings.Cut(e.Path, "?")
	if !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("the path %q: begin it with /", e.Path)
	}
	ep := &endpoint{Endpoint: e, id: e.ID}
	if e.ID != "" && e.ID[0] != '/' {
		return nil, fmt.Errorf("the place of the id %q: write a JSON pointer such as /id", e.ID)
	}
	for text := range strings.SplitSeq(path[1:], "/") {
		s, err := segmentOf(text)
		if err != nil {
			return nil, fmt.Errorf("the path %q: %w", e.Path, err)
		}
		ep.segments = append(ep.segments, s)
		ep.open = ep.open || s.hole == anyRest
	}
	for text := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(text, "=")
		if name == "" {
			continue
		}
		name, err := url.QueryUnescape(name)
		if err != nil {
			return nil, fmt.Errorf("the query of %q: %w", e.Path, err)
		}
		p := parameter{name: name, isID: value == "{{id}}"}
		if p.value, err = url.QueryUnescape(value); err != nil || !p.isID && strings.Contains(value, "{{") {
			return nil, fmt.Errorf("the query of %q: a value is a text or {{id}}", e.Path)
		}
		ep.query = append(ep.query, p)
	}
	return ep, nil
}

func segmentOf(text string) (segment, error) {
	before, rest, open := strings.Cut(text, "{{")
	if !open {
		plain, err := url.PathUnescape(text)
		return segment{before: plain}, err
	}
	name, after, closed := strings.Cut(rest, "}}")
	if !closed || name == "" || strings.Contains(after, "{{") {
		return segment{}, fmt.Errorf("%q has to be a text with at most one hole", text)
	}
	return segment{before, after, name}, nil
}

// match compares a path below the base. The id is that of the operation, if it
// is in the path or in the query.
func (e *endpoint) match(x *speech.Exchange, path string) (id string, ok bool) {
	if id, ok = e.matchPath(path); !ok || len(e.query) == 0 {
		return id, ok
	}
	query := x.R.URL.Query()
	for _, p := range e.query {
		switch {
		case p.isID:
			id = query.Get(p.name)
		case query.Get(p.name) != p.value:
			return "", false
		}
	}
	return id, true
}

// matchPath is match without the query.
func (e *endpoint) matchPath(path string) (id string, ok bool) {
	rest, more := strings.TrimPrefix(path, "/"), true
	for i := range e.segments {
		s := &e.segments[i]
		if s.hole == anyRest {
			more = false
			break
		}
		if !more {
			return "", false
		}
		text := ""
		text, rest, more = strings.Cut(rest, "/")
		value, fits := s.fit(text)
		if !fits {
			return "", false
		}
		if s.hole == "id" {
			id = value
		}
	}
	if more {
		return "", false // there is more path than segments
	}
	return id, true
}

// fit compares a segment, and returns what its hole stands for.
func (s *segment) fit(text string) (value string, ok bool) {
	if s.hole == "" {
		return "", text == s.before
	}
	if len(text) <= len(s.before)+len(s.after) || !strings.HasPrefix(text, s.before) || !strings.HasSuffix(text, s.after) {
		return "", false
	}
	return text[len(s.before) : len(text)-len(s.after)], true
}

// takes reports whether the endpoint is for a method.
func (e *endpoint) takes(method string) bool {
	return method == e.Method || method == http.MethodHead && e.Method == http.MethodGet
}

// path is the path for an operation, with its query.
func (e *endpoint) path(id string, captured map[string]string) string {
	var b strings.Builder
	for _, s := range e.segments {
		b.WriteByte('/')
		b.WriteString(escapeSegment(s.before))
		switch s.hole {
		case "":
		case "id":
			b.WriteString(url.PathEscape(id))
		default:
			b.WriteString(escapeSegment(captured[s.hole]))
		}
		b.WriteString(escapeSegment(s.after))
	}
	for i, p := range e.query {
		b.WriteByte("?&"[min(i, 1)])
		value := p.value
		if p.isID {
			value = id
		}
		b.WriteString(url.QueryEscape(p.name) + "=" + url.QueryEscape(value))
	}
	return b.String()
}

// escapeSegment escapes what may not stand in a path, and leaves the : and $ of
// custom methods as they are (RFC 3986, section 3.3).
func escapeSegment(text string) string { return (&url.URL{Path: text}).EscapedPath() }

// captures reads the segments that have a name of their own.
func (e *endpoint) captures(path string) map[string]string {
	captured := map[string]string{}
	rest := strings.TrimPrefix(path, "/")
	for _, s := range e.segments {
		text, others, _ := strings.Cut(rest, "/")
		if s.hole == anyRest {
			captured[anyRest] = rest
			break
		}
		if s.hole != "" {
			captured[s.hole], _ = s.fit(text)
		}
		rest = others
	}
	return captured
}

// named reports whether the path has holes that come from the submit.
func (e *endpoint) named() bool {
	return slices.ContainsFunc(e.segments, func(s segment) bool { return s.hole != "" && s.hole != "id" })
}
