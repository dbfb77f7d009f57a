package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// A reader turns the nodes of a file into what it says.
type reader struct {
	file *File
	dir  string // where the files that it names are
}

// A setter takes the value of a field.
type setter func(value *yaml.Node, field string) error

// fault is an error at a place in the file.
func (r *reader) fault(n *yaml.Node, field, format string, args ...any) error {
	place := fmt.Sprintf("%s: line %d: ", r.file.Name, n.Line)
	if field != "" {
		place += field + ": "
	}
	return errors.New(place + fmt.Sprintf(format, args...))
}

// yamlLine is how the YAML reader tells a line.
var yamlLine = regexp.MustCompile(`^yaml: (line \d+: )?`)

// root is the one document of the file; nil if it is empty.
func (r *reader) root(text []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var doc, second yaml.Node
	if err := decoder.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("%s: %s", r.file.Name, yamlLine.ReplaceAllString(err.Error(), "${1}not YAML: "))
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: it holds several documents: leave one", r.file.Name)
	}
	return doc.Content[0], nil
}

// fields reads a mapping, whose fields may only be those of the setters.
func (r *reader) fields(n *yaml.Node, field string, known map[string]setter) error {
	return r.each(n, field, func(key, value *yaml.Node, name string) error {
		set, ok := known[key.Value]
		if !ok {
			return r.fault(key, name, "unknown field: the known ones are %s", names(known))
		}
		return set(value, name)
	})
}

// each reads a mapping with any fields.
func (r *reader) each(n *yaml.Node, field string, set func(key, value *yaml.Node, name string) error) error {
	n = resolve(n)
	if n.Kind != yaml.MappingNode {
		return r.fault(n, field, "it must be a list of fields, a line each, such as name: value")
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], resolve(n.Content[i+1])
		name := key.Value
		if field != "" {
			name = field + "." + name
		}
		if seen[key.Value] {
			return r.fault(key, name, "it is there twice")
		}
		seen[key.Value] = true
		if err := set(key, value, name); err != nil {
			return err
		}
	}
	return nil
}

// items reads a list.
func (r *reader) items(n *yaml.Node, field string, set setter) error {
	if n.Kind != yaml.SequenceNode {
		return r.fault(n, field, "it must be a list, an item a line that begins with -")
	}
	for i, item := range n.Content {
		if err := set(resolve(item), fmt.Sprintf("%s[%d]", field, i+1)); err != nil {
			return err
		}
	}
	return nil
}

// scalar is the text of a value.
func (r *reader) scalar(n *yaml.Node, field string) (string, error) {
	if n.Kind != yaml.ScalarNode {
		return "", r.fault(n, field, "it must be one value")
	}
	return n.Value, nil
}

// text takes a value as it is written.
func (r *reader) text(to *string) setter {
	return func(n *yaml.Node, field string) (err error) {
		*to, err = r.scalar(n, field)
		return err
	}
}

// whole takes a number from 0 on.
func (r *reader) whole(to *int) setter {
	return func(n *yaml.Node, field string) error {
		v, err := strconv.ParseUint(n.Value, 10, 31)
		if err != nil || n.Kind != yaml.ScalarNode {
			return r.fault(n, field, "bad value %q: use a whole number from 0", n.Value)
		}
		*to = int(v)
		return nil
	}
}

// number takes a number above 0.
func (r *reader) number(to *float64, limit float64) setter {
	return func(n *yaml.Node, field string) error {
		v, err := strconv.ParseFloat(n.Value, 64)
		if err != nil || n.Kind != yaml.ScalarNode || !(v > 0 && v <= limit) {
			return r.fault(n, field, "bad value %q: use a number above 0, at most %v", n.Value, limit)
		}
		*to = v
		return nil
	}
}

// resolve follows an alias.
func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}
