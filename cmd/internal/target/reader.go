package target

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/internal/near"
)

// maxFile bounds a file, and maxDepth how deeply it may be nested.
const (
	maxFile  = 4 << 20
	maxDepth = 50
)

// reader reads one document; its errors say where.
type reader struct{ path string }

// document returns the root of a file.
func (r *reader) document() (*yaml.Node, error) {
	info, err := os.Stat(r.path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a directory", r.path)
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s is larger than %d bytes", r.path, maxFile)
	}
	text, err := os.ReadFile(r.path)
	if err != nil {
		return nil, err
	}
	return r.parse(text)
}

func (r *reader) parse(text []byte) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("%s: %s", r.path, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(doc.Content) == 0 {
		return nil, fmt.Errorf("%s: there is nothing in it", r.path)
	}
	return doc.Content[0], nil
}

// at is an error at a node.
func (r *reader) at(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", r.path, n.Line, fmt.Sprintf(format, args...))
}

// fields are the readers of what may stand in a mapping, by name.
type fields map[string]func(*yaml.Node) error

// mapping reads a mapping; where is its name, "" for the whole document. All that is wrong with it is
// reported, not only the first thing.
func (r *reader) mapping(n *yaml.Node, where string, f fields) error {
	n = resolved(n)
	if n.Kind != yaml.MappingNode {
		return r.at(n, "%s is %s; write fields in it: %s", named(where), kind(n), strings.Join(names(f), ", "))
	}
	var wrong []error
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		read, ok := f[key.Value]
		switch {
		case seen[key.Value]:
			wrong = append(wrong, r.at(key, "%s is there twice", join(where, key.Value)))
		case !ok:
			wrong = append(wrong, r.at(key, "there is no field %s; %s", join(where, key.Value), suggest(key.Value, names(f))))
		default:
			if err := read(value); err != nil {
				wrong = append(wrong, err)
			}
		}
		seen[key.Value] = true
	}
	return errors.Join(wrong...)
}

// resolved follows an alias.
func resolved(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func named(where string) string {
	if where == "" {
		return "the file"
	}
	return where
}

func join(where, name string) string {
	if where == "" {
		return name
	}
	return where + "." + name
}

func names(f fields) []string {
	var list []string
	for name := range f {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

func kind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode:
		if n.Tag == "!!null" {
			return "empty"
		}
		return "a single value"
	}
	return "something else"
}

// text reads a single value as it is written.
func (r *reader) text(where string, to *string) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		n = resolved(n)
		if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
			return r.at(n, "%s is %s; write a text", where, kind(n))
		}
		*to = n.Value
		return nil
	}
}

// flag reads true or false.
func (r *reader) flag(where string, to *bool) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		n = resolved(n)
		if n.Kind != yaml.ScalarNode || n.Decode(to) != nil {
			return r.at(n, "%s is %s; write true or false", where, shown(n))
		}
		return nil
	}
}

// shown is a value as an error may show it.
func shown(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
		return fmt.Sprintf("%q", n.Value)
	}
	return kind(n)
}

// list reads a list, each item with a reader.
func (r *reader) list(where string, item func(*yaml.Node) error) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		n = resolved(n)
		if n.Kind != yaml.SequenceNode {
			return r.at(n, "%s is %s; write a list", where, kind(n))
		}
		var wrong []error
		for _, each := range n.Content {
			if err := item(each); err != nil {
				wrong = append(wrong, err)
			}
		}
		return errors.Join(wrong...)
	}
}

// suggest says which of the names was meant, or which there are.
func suggest(word string, list []string) string {
	if meant := near.Word(word, list); meant != "" {
		return fmt.Sprintf("did you mean %s?", meant)
	}
	return "there are " + strings.Join(list, ", ")
}
