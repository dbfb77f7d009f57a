package load

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/loadtest"
)

// MaxFile bounds a result file: a day of samples is about 60 MB.
const MaxFile = 512 << 20

// Write writes a result file: one JSON document with everything that was measured, its schema first.
// Histograms are in HdrHistogram's V2 compressed form, in base64; durations in nanoseconds.
func Write(w io.Writer, r *loadtest.Result) error {
	out := *r
	out.Schema = loadtest.Schema
	e := json.NewEncoder(show.Writer(w))
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(&out)
}

// Read reads one result as [Write] writes it, and refuses what could not have been measured.
func Read(from io.Reader) (*loadtest.Result, error) {
	all, err := ReadAll(from)
	if err != nil {
		return nil, err
	}
	if len(all) > 1 {
		return nil, fmt.Errorf("there are %d results in it", len(all))
	}
	return all[0], nil
}

// ReadAll reads all results of a text, one after the other. Between them may stand lines of another
// kind, as in the logs of several machines: what does not begin with a brace is no result.
func ReadAll(from io.Reader) ([]*loadtest.Result, error) {
	text, err := io.ReadAll(io.LimitReader(from, MaxFile+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > MaxFile:
		return nil, fmt.Errorf("not a result file: it is larger than %d MB", MaxFile>>20)
	case len(bytes.TrimSpace(text)) == 0:
		return nil, errors.New("not a result file: it is empty")
	}
	var all []*loadtest.Result
	for rest := text; ; {
		at := document(rest)
		if at < 0 && len(all) == 0 {
			return nil, errors.New("not a result file: there is no JSON object in it")
		}
		if at < 0 {
			return all, nil
		}
		rest = rest[at:]
		decoder := json.NewDecoder(bytes.NewReader(rest))
		var one json.RawMessage
		if err := decoder.Decode(&one); err != nil {
			return nil, where(rest, err)
		}
		r, err := parse(one)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
		rest = rest[decoder.InputOffset():]
	}
}

// document is where the next line begins that may be a result; -1 if there is none.
func document(text []byte) int {
	for at := 0; ; {
		line, _, more := bytes.Cut(text[at:], []byte("\n"))
		if trimmed := bytes.TrimLeft(line, " \t\r"); len(trimmed) > 0 && trimmed[0] == '{' {
			return at + len(line) - len(trimmed)
		}
		if !more {
			return -1
		}
		at += len(line) + 1
	}
}

func parse(text []byte) (*loadtest.Result, error) {
	var schema struct{ Schema *string }
	if err := json.Unmarshal(text, &schema); err != nil {
		return nil, where(text, err)
	}
	switch {
	case schema.Schema == nil:
		return nil, errors.New(`not a result file: it has no "schema"`)
	case *schema.Schema != loadtest.Schema:
		return nil, fmt.Errorf("a file of schema %q; this program reads %q", *schema.Schema, loadtest.Schema)
	}
	r := &loadtest.Result{}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, where(text, err)
	}
	if err := check(r); err != nil {
		return nil, fmt.Errorf("not a result file: %w", err)
	}
	return r, nil
}

// where adds line and column to an error of package json.
func where(text []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	offset := int64(-1)
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		offset = int64(len(text))
	}
	if offset < 0 || offset > int64(len(text)) {
		return fmt.Errorf("not a result file: %w", err)
	}
	before := string(text[:offset])
	line := 1 + strings.Count(before, "\n")
	column := len(before) - strings.LastIndexByte(before, '\n') - 1
	if strings.Contains(err.Error(), "unexpected end") || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the result file is cut off in line %d: the run that wrote it did not end, or the disk was full", line)
	}
	return fmt.Errorf("not a result file: line %d, column %d: %w", line, column, err)
}

// check finds what cannot have been measured.
func check(r *loadtest.Result) error {
	if len(r.Series) == 0 {
		return errors.New("it has no series")
	}
	if len(r.Part.Parts) == 0 || r.Part.Of < len(r.Part.Parts) {
		return errors.New("it does not say which parts of which plan it holds")
	}
	if r.Elapsed < 0 {
		return errors.New("elapsed_ns is negative")
	}
	seen := map[string]bool{}
	for i := range r.Series {
		s := &r.Series[i]
		if s.Strategy == "" || seen[s.Name()] {
			return fmt.Errorf("series %d: its strategy %q is not a name of its own", i+1, s.Name())
		}
		seen[s.Name()] = true
		if err := checkSeries(s); err != nil {
			return fmt.Errorf("series %q: %w", s.Strategy, err)
		}
	}
	last := time.Duration(-1)
	for i, s := range r.Samples {
		if s.At <= last {
			return fmt.Errorf("sample %d is not after the one before", i+1)
		}
		last = s.At
		if name := negative(reflect.ValueOf(s)); name != "" {
			return fmt.Errorf("sample %d: %s is negative", i+1, name)
		}
	}
	return nil
}

func checkSeries(s *measure.Series) error {
	if name := negative(reflect.ValueOf(s.Counts)); name != "" {
		return fmt.Errorf("%s is negative", name)
	}
	if !s.Counts.Balanced() {
		return fmt.Errorf("%d operations were submitted, but their fates, arrivals or polls do not add up to that", s.Counts.Submitted)
	}
	if !slices.Contains([]string{"", measure.TruthServer, measure.TruthBounded, measure.TruthMixed}, s.Truth) {
		return fmt.Errorf("truth is %q; there are server, bounded and mixed", s.Truth)
	}
	if n := s.Done.Count(); n > s.Counts.Submitted {
		return fmt.Errorf("done has %d operations of %d submitted", n, s.Counts.Submitted)
	}
	for _, e := range s.Errors {
		if e.Count < 0 {
			return fmt.Errorf("the errors of class %q are negative", e.Reason)
		}
	}
	return nil
}

// negative names a number of a struct, or of an array in it, that is below zero.
func negative(v reflect.Value) string {
	for field, x := range v.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if x.Kind() == reflect.Int64 && x.Int() < 0 {
			return name
		}
	}
	return ""
}
