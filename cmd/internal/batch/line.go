package batch

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/idempotency"
	"github.com/asyncctl/asyncctl/internal/reach"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// maxLine bounds one line of the list.
const maxLine = 16 << 20

// Line is one submit of the list.
type Line struct {
	Number  int    // from 1
	ID      string // the person's own name for it; the number where there is none
	Request lro.Request
	// Described is the description of the line's operation in an API file; nil for none. KeyField is
	// where that API takes an idempotency key; empty: Idempotency-Key.
	Described *lro.Described
	KeyField  string
	// Sum tells whether the line is still the one that an earlier run has seen.
	Sum string
	// Err says what is wrong with the line; the other fields but Number and ID are then of no use.
	Err error
}

// form is a line as it is written.
type form struct {
	ID        string `json:"id"`
	Operation string `json:"operation"`
	Example   string `json:"example"`

	URL      string            `json:"url"`
	Method   string            `json:"method"`
	Headers  map[string]string `json:"headers"`
	JSON     json.RawMessage   `json:"json"`
	Body     *string           `json:"body"`
	BodyFile string            `json:"body_file"`
	Key      string            `json:"idempotency_key"`
}

// Source says how lines are read.
type Source struct {
	// URL is for lines that name none, and Given how the person named it: a journal is bound to that. Empty: URL.
	URL, Given string
	// Dir is where relative body files are.
	Dir string
	// Shard of Shards is the part of the list to read, from 0: line l belongs to part (l-1) mod Shards.
	// Shards 0: all of it.
	Shard, Shards int
	// Keys says which origins the credentials of the run are for: a line for any other is wrong. Without a
	// home, the first line that is right has it. Nil: there are no credentials.
	Keys *reach.Keys
	// Operation builds the submit of an operation of the API file, or of an example of it. Nil: there is
	// no file.
	Operation func(name, example string, number int) (Line, error)
}

// Lines reads the list, one JSON object a line; empty lines are passed over. A line that is wrong
// is yielded with its Err, and does not end the list. An error of reading does: it is yielded as
// the last line's.
func (s Source) Lines(r io.Reader) iter.Seq[Line] {
	return func(yield func(Line) bool) {
		s := s
		s.Keys = s.Keys.Clone() // the first line of this reading may give it a home
		in := bufio.NewScanner(r)
		in.Buffer(make([]byte, 64<<10), maxLine)
		number := 0
		for in.Scan() {
			number++
			text := bytes.TrimSpace(in.Bytes())
			if number == 1 {
				text = bytes.TrimPrefix(text, []byte("\ufeff")) // some editors begin files with it
			}
			mine := s.Shards == 0 || (number-1)%s.Shards == s.Shard
			// The credentials of all parts are for one origin: that of the list's first line.
			if len(text) == 0 || !mine && (s.Keys == nil || s.Keys.Home != "") {
				continue
			}
			if l := s.line(number, text); mine && !yield(l) {
				return
			}
		}
		if err := in.Err(); err != nil {
			yield(Line{Number: number + 1, Err: fmt.Errorf("cannot be read: %w", err)})
		}
	}
}

func (s Source) line(number int, text []byte) Line {
	l := Line{Number: number, ID: fmt.Sprint(number), Sum: sumOf(text)}
	var f form
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	if l.Err = strict.Decode(&f); l.Err != nil {
		l.Err = explainJSON(l.Err)
		return l
	}
	if strict.More() {
		l.Err = errors.New("there is something behind the object: write one object a line")
		return l
	}
	if f.ID != "" {
		l.ID = f.ID
	}
	if l.Err = s.fill(&l, f); l.Err == nil {
		l.Err = s.admit(l.Request.URL)
	}
	if f.URL == "" || f.BodyFile != "" { // the line alone does not say what is sent
		var content []byte
		if f.BodyFile != "" {
			content = l.Request.Body
		}
		url := cmp.Or(f.URL, s.Given, s.URL)
		l.Sum = sumOf(text, []byte(url), content)
	}
	return l
}

// fill reads the submit of a line: what it says replaces what the API file says of its operation.
func (s Source) fill(l *Line, f form) error {
	if f.Operation == "" {
		var err error
		l.Request, err = s.request(f)
		return err
	}
	if s.Operation == nil {
		return errors.New("operation: there is no API file; add --api FILE")
	}
	if f.URL != "" {
		return errors.New("url and operation exclude each other")
	}
	made, err := s.Operation(f.Operation, f.Example, l.Number)
	if err != nil {
		return err
	}
	f.URL = made.Request.URL
	said, err := s.request(f)
	if err != nil {
		return err
	}
	if f.Method != "" {
		made.Request.Method = said.Method
	}
	if len(f.JSON) > 0 || f.Body != nil || f.BodyFile != "" {
		made.Request.Body = said.Body
		made.Request.Header.Del("Content-Type")
	}
	for name, values := range said.Header {
		made.Request.Header[name] = values
	}
	l.Request, l.Described, l.KeyField = made.Request, made.Described, made.KeyField
	return nil
}

// sumOf tells one line, and what is sent beside what it says, from another.
func sumOf(line []byte, more ...[]byte) string {
	h := sha256.New()
	h.Write(line)
	for _, part := range more {
		fmt.Fprintf(h, "\n%d:", len(part))
		h.Write(part)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// admit refuses a line that would take the credentials of the run to another origin: a list grants no trust.
func (s Source) admit(url string) error {
	origin := lro.Origin(url)
	switch {
	case s.Keys == nil:
		return nil
	case s.Keys.Home == "":
		s.Keys.Home = origin
	case !s.Keys.Opens(origin):
		return fmt.Errorf("url is at %s, and the headers and credentials of this run are for %s; to send them there too, add --trust-origin %s", origin, s.Keys.Home, origin)
	}
	return nil
}

// explainJSON adds what the line may hold to an error about a member that it may not.
func explainJSON(err error) error {
	if strings.Contains(err.Error(), "unknown field") {
		return fmt.Errorf("%w; known are id, url, method, headers, json, body, body_file, idempotency_key, operation, example", err)
	}
	return fmt.Errorf("not a JSON object of the right form: %w", err)
}

func (s Source) request(f form) (lro.Request, error) {
	req := lro.Request{Method: f.Method, URL: f.URL, Header: http.Header{}}
	if req.Method == "" {
		req.Method = http.MethodPost
	}
	if req.URL == "" {
		req.URL = s.URL
	}
	if lro.Origin(req.URL) == "" {
		return req, fmt.Errorf("url %q is not an http or https URL", show.URL(req.URL))
	}
	if strings.ContainsAny(req.Method, " \t\r\n") {
		return req, fmt.Errorf("unknown method %q", req.Method)
	}
	if err := s.content(&req, f); err != nil {
		return req, err
	}
	for name, value := range f.Headers {
		if name == "" || strings.ContainsAny(name, " :\r\n") || strings.ContainsAny(value, "\r\n") {
			return req, fmt.Errorf("headers: %q is not the name of one, or its value holds a line break", name)
		}
		req.Header.Set(name, value)
	}
	if f.Key != "" {
		req.Header.Set("Idempotency-Key", idempotency.Quote(f.Key))
	}
	return req, nil
}

func (s Source) content(req *lro.Request, f form) error {
	given := 0
	for _, there := range []bool{len(f.JSON) > 0, f.Body != nil, f.BodyFile != ""} {
		if there {
			given++
		}
	}
	switch {
	case given > 1:
		return errors.New("json, body and body_file exclude each other")
	case len(f.JSON) > 0:
		req.Body = f.JSON
		req.Header.Set("Content-Type", "application/json")
	case f.Body != nil:
		req.Body = []byte(*f.Body)
	case f.BodyFile != "":
		path := f.BodyFile
		if !filepath.IsAbs(path) {
			path = filepath.Join(s.Dir, path)
		}
		var err error
		if req.Body, err = readBody(path); err != nil {
			return fmt.Errorf("body_file: %w", err)
		}
	}
	return nil
}
