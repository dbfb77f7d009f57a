package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// The bounds of a file: its size in bytes, the nodes that its aliases make of it, and how deep it nests.
const (
	MaxSize  = 1 << 20
	maxNodes = 100_000
	maxDepth = 64
)

// document returns the root of a file's text: YAML, or JSON.
func (r *reader) document(text []byte) *yaml.Node {
	if len(text) > MaxSize {
		r.fail(nil, "", "it is larger than 1 MiB")
		return nil
	}
	if !utf8.Valid(text) {
		r.fail(nil, "", "it is not UTF-8")
		return nil
	}
	root, err := Tree(text)
	if err == nil && root == nil {
		err = errors.New(`it is empty; "asyncctl init" writes one`)
	}
	if err != nil {
		var at *SyntaxError
		if errors.As(err, &at) {
			r.found = append(r.found, Problem{r.file, at.Line, at.Column, "", at.Text})
		} else {
			r.fail(nil, "", "%v", err)
		}
		return nil
	}
	left := maxNodes
	if !r.walk(root, "", 0, &left, map[*yaml.Node]bool{}) {
		return nil
	}
	return root
}

// hint says what often breaks a line of YAML.
func hint(text []byte, line int) string {
	lines := strings.Split(string(text), "\n")
	for _, i := range []int{line - 1, line, line - 2} {
		if i >= 0 && i < len(lines) && strings.Contains(lines[i], "{{") {
			return `; a text that holds {{...}} needs quotes: "{{status}}"`
		}
		if i >= 0 && i < len(lines) && strings.Contains(lines[i], "\t") {
			return "; YAML is indented by blanks, not tabs"
		}
	}
	return ""
}

// SyntaxError is a text that is neither YAML nor JSON. A line or column of 0 is not known.
type SyntaxError struct {
	Line, Column int
	Text         string
}

func (e *SyntaxError) Error() string { return e.Text }

// Tree returns the document of a text, YAML or JSON, as nodes with lines; nil for an empty text. Nothing is
// bounded but how deeply JSON may be nested.
func Tree(text []byte) (*yaml.Node, error) {
	if trimmed := bytes.TrimSpace(text); len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') && json.Valid(trimmed) {
		return fromJSON(text)
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF) || err == nil && len(doc.Content) == 0:
		return nil, nil
	case err != nil:
		return nil, yamlError(err, text)
	}
	var more yaml.Node
	if err := dec.Decode(&more); err == nil || !errors.Is(err, io.EOF) {
		return nil, errors.New("it holds more than one document")
	}
	return doc.Content[0], nil
}

// yamlError takes the line out of "yaml: line 3: text".
func yamlError(err error, source []byte) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	var line int
	if n, _ := fmt.Sscanf(text, "line %d:", &line); n == 1 {
		_, text, _ = strings.Cut(text, ": ")
	}
	return &SyntaxError{line, 0, "it is not YAML: " + text + hint(source, line)}
}

// walk refuses what no field may hold; false where the file cannot be read any further.
func (r *reader) walk(n *yaml.Node, path string, depth int, left *int, open map[*yaml.Node]bool) bool {
	if *left--; *left < 0 {
		return r.fail(n, path, "its aliases make more than %d values of it", maxNodes)
	}
	if depth > maxDepth {
		return r.fail(n, path, "it is nested deeper than %d levels", maxDepth)
	}
	if n.Kind == yaml.AliasNode {
		if open[n.Alias] {
			return r.fail(n, path, "the alias *%s stands within what it names", n.Value)
		}
		open[n.Alias] = true
		defer delete(open, n.Alias)
		return r.walk(n.Alias, path, depth+1, left, open)
	}
	r.own(n, path)
	if n.Kind != yaml.MappingNode {
		for i, child := range n.Content {
			if !r.walk(child, fmt.Sprintf("%s[%d]", path, i), depth+1, left, open) {
				return false
			}
		}
		return true
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		at := join(path, key.Value)
		switch {
		case key.Kind == yaml.MappingNode:
			return r.fail(key, path, `a value in braces has to be quoted: "{{status}}"`)
		case key.Kind != yaml.ScalarNode:
			return r.fail(key, path, "a name is a text, and not %s", kindOf(key))
		case key.Tag == "!!merge":
			r.fail(key, path, "<< is not part of YAML 1.2: repeat the fields, or use an alias for a whole section")
		case seen[key.Value]:
			r.fail(key, at, "it stands there twice")
		}
		r.own(key, at)
		seen[key.Value] = true
		if !r.walk(n.Content[i+1], at, depth+1, left, open) {
			return false
		}
	}
	return true
}

// own refuses tags, and the words that YAML 1.1 took for true and false.
func (r *reader) own(n *yaml.Node, path string) {
	if n.Style&yaml.TaggedStyle != 0 && n.Tag != "!!str" {
		r.fail(n, path, "the tag %s has no meaning here", n.Tag)
	}
	if n.Kind == yaml.ScalarNode && n.Style == 0 {
		switch strings.ToLower(n.Value) {
		case "yes", "no", "on", "off":
			r.fail(n, path, "%q is true or false to some readers of YAML and a text to others: write true or false, or quote it", n.Value)
		}
	}
	if n.Kind == yaml.ScalarNode && strings.ContainsFunc(n.Value, func(c rune) bool { return c < ' ' && c != '\n' && c != '\t' || c == 0x7f }) && !strings.Contains(n.Value, "\r\n") {
		r.fail(n, path, "it holds a control character")
	}
}

// resolved follows an alias.
func resolved(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// kindOf names what a node holds.
func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "names and values"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case isNull(n):
		return "nothing"
	}
	return "a single value"
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
