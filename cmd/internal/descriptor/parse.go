package descriptor

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// MaxSize is the largest descriptor that is read, in bytes.
const MaxSize = 64 << 10

// Error is one thing that is wrong with a descriptor.
type Error struct {
	File  string
	Line  int    // 0: it is not known
	Field string // "state.words.done"; empty: none
	Text  string
}

// Error returns "file:line: field: text".
func (e *Error) Error() string {
	at := e.File
	if e.Line > 0 {
		at = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	if e.Field != "" {
		at += ": " + e.Field
	}
	return at + ": " + e.Text
}

// Errors is everything that is wrong with a descriptor, by line.
type Errors []*Error

// Error returns a line for each of them.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Parse reads a descriptor from the text of the file of that name, in YAML or JSON. The error is of the
// type [Errors].
func Parse(file string, text []byte) (*Descriptor, error) {
	r := reader{file: file, lines: map[string]int{}}
	root, err := tree(text)
	if err != nil {
		var at *lineError
		if errors.As(err, &at) {
			return nil, Errors{{File: file, Line: at.line, Text: at.text}}
		}
		return nil, Errors{{File: file, Text: err.Error()}}
	}
	r.root(root)
	if len(r.wrong) == 0 {
		for _, e := range r.d.Rules.Check() {
			r.add(r.lineOf(e.Field), e.Field, "%v", e.Err)
		}
	}
	if len(r.wrong) > 0 {
		slices.SortStableFunc(r.wrong, func(a, b *Error) int { return a.Line - b.Line })
		return nil, r.wrong
	}
	return &r.d, nil
}

// lineError is a mistake of syntax.
type lineError struct {
	line int
	text string
}

func (e *lineError) Error() string { return e.text }

// tree returns the document as nodes with lines.
func tree(text []byte) (*yaml.Node, error) {
	if len(text) > MaxSize {
		return nil, fmt.Errorf("it is larger than %d bytes", MaxSize)
	}
	if trimmed := bytes.TrimSpace(text); len(trimmed) > 0 && trimmed[0] == '{' {
		return fromJSON(text)
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF) || err == nil && len(doc.Content) == 0:
		return nil, errors.New("it is empty; \"asyncctl dialect show NAME\" prints one to start from")
	case err != nil:
		return nil, yamlError(err)
	}
	var more yaml.Node
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, errors.New("it holds more than one document")
	}
	return doc.Content[0], nil
}

// yamlError takes the line out of "yaml: line 3: text".
func yamlError(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	var line int
	if n, _ := fmt.Sscanf(text, "line %d:", &line); n == 1 {
		_, text, _ = strings.Cut(text, ": ")
	}
	return &lineError{line, "it is no YAML: " + text}
}
