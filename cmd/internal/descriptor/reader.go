package descriptor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// versionField marks a file as a descriptor.
const versionField = "asyncctl_dialect"

// reader fills a Descriptor from nodes, and remembers on which lines the fields stand.
type reader struct {
	file  string
	d     Descriptor
	lines map[string]int
	wrong Errors
}

func (r *reader) add(line int, field, format string, args ...any) {
	r.wrong = append(r.wrong, &Error{File: r.file, Line: line, Field: field, Text: fmt.Sprintf(format, args...)})
}

// lineOf returns the line of a field, or of what it stands in.
func (r *reader) lineOf(field string) int {
	for field != "" {
		if line, ok := r.lines[field]; ok {
			return line
		}
		field = field[:max(strings.LastIndexAny(field, ".["), 0)]
	}
	return 1
}

func (r *reader) root(n *yaml.Node) {
	versioned := false
	r.mapping("", n, func(key string, v *yaml.Node) {
		if key != versionField {
			r.member(key, v)
			return
		}
		versioned = true
		if v.Kind != yaml.ScalarNode || v.Value != strconv.Itoa(Version) {
			r.add(v.Line, key, "this asyncctl reads version %d, and not %.20q", Version, v.Value)
		}
	})
	if n.Kind == yaml.MappingNode && !versioned {
		r.add(n.Line, versionField, "it is missing: a descriptor begins with \"%s: %d\"", versionField, Version)
	}
}

// member reads one field, or the fields of a group.
func (r *reader) member(path string, n *yaml.Node) {
	if i := slices.IndexFunc(fields, func(f Field) bool { return f.Path == path }); i >= 0 {
		r.field(fields[i], n)
		return
	}
	if !slices.ContainsFunc(fields, func(f Field) bool { return strings.HasPrefix(f.Path, path+".") }) {
		r.add(r.lineOf(path), path, "there is no such field%s", suggestion(path))
		return
	}
	r.mapping(path, n, func(key string, v *yaml.Node) { r.member(path+"."+key, v) })
}

// mapping calls f for each member of a mapping.
func (r *reader) mapping(path string, n *yaml.Node, f func(key string, v *yaml.Node)) {
	n = resolve(n)
	if n.Kind != yaml.MappingNode {
		r.add(n.Line, path, "it holds %s; wanted are names and values", kindOf(n))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i], resolve(n.Content[i+1])
		switch {
		case key.Kind != yaml.ScalarNode:
			r.add(key.Line, path, "a name is a text, and not %s", kindOf(key))
		case seen[key.Value]:
			r.add(key.Line, join(path, key.Value), "it stands there twice")
		default:
			seen[key.Value] = true
			r.lines[join(path, key.Value)] = key.Line
			f(key.Value, v)
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// resolve follows a YAML alias.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

// field reads the value of one field into its place.
func (r *reader) field(f Field, n *yaml.Node) {
	switch to := f.at(&r.d).(type) {
	case *string:
		*to, _ = r.scalar(f.Path, n)
	case *bool:
		v, ok := r.scalar(f.Path, n)
		if *to = v == "true"; ok && v != "true" && v != "false" {
			r.add(n.Line, f.Path, "%.40q is neither true nor false", v)
		}
	case *int:
		*to = r.number(f.Path, n)
	case *float64:
		v, ok := r.scalar(f.Path, n)
		var err error
		if *to, err = strconv.ParseFloat(v, 64); ok && (err != nil || *to != *to) {
			r.add(n.Line, f.Path, "%.40q is not a number", v)
		}
	case *[]string:
		r.elements(f.Path, n, func(path string, e *yaml.Node) {
			if v, ok := r.scalar(path, e); ok {
				*to = append(*to, v)
			}
		})
	case *[]int:
		r.elements(f.Path, n, func(path string, e *yaml.Node) { *to = append(*to, r.number(path, e)) })
	case *map[string]string:
		*to = map[string]string{}
		r.mapping(f.Path, n, func(key string, v *yaml.Node) {
			(*to)[key], _ = r.scalar(join(f.Path, key), v)
		})
	case *lro.State:
		*to = r.state(f.Path, n)
	case *map[string]lro.State:
		*to = r.words(f.Path, n)
	case *map[int]lro.State:
		*to = r.codes(f.Path, n)
	}
}

// elements calls f for each element of a list; a single value is a list of one.
func (r *reader) elements(path string, n *yaml.Node, f func(path string, e *yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		f(path, n)
		return
	}
	for i, e := range n.Content {
		at := fmt.Sprintf("%s[%d]", path, i)
		r.lines[at] = e.Line
		f(at, resolve(e))
	}
}

// scalar returns a text.
func (r *reader) scalar(path string, n *yaml.Node) (string, bool) {
	switch {
	case n.Kind != yaml.ScalarNode:
		r.add(n.Line, path, "it holds %s; wanted is a single value", kindOf(n))
	case n.Tag == "!!null":
		r.add(n.Line, path, "it has no value; leave it out")
	default:
		return n.Value, true
	}
	return "", false
}

func (r *reader) number(path string, n *yaml.Node) int {
	v, ok := r.scalar(path, n)
	whole, err := strconv.Atoi(v)
	if ok && err != nil {
		r.add(n.Line, path, "%.40q is not a whole number", v)
	}
	return whole
}

// stateNames are what a word can mean.
var stateNames = map[string]lro.State{
	"pending": lro.StatePending, "running": lro.StateRunning, "waiting": lro.StateWaiting, "cancelling": lro.StateCancelling,
	"succeeded": lro.StateSucceeded, "failed": lro.StateFailed, "partial": lro.StatePartial, "cancelled": lro.StateCancelled,
}

func (r *reader) state(path string, n *yaml.Node) lro.State {
	v, ok := r.scalar(path, n)
	state, known := stateNames[v]
	if ok && !known {
		r.add(n.Line, path, "%.40q is not a state%s; they are pending, running, waiting, cancelling, succeeded, failed, partial, cancelled", v, nearest(v, sortedKeys(stateNames)))
	}
	return state
}

// words reads what the words mean; two spellings of one word may not contradict each other.
func (r *reader) words(path string, n *yaml.Node) map[string]lro.State {
	all := map[string]lro.State{}
	r.mapping(path, n, func(key string, v *yaml.Node) {
		at, folded := join(path, key), strings.ToLower(key)
		r.lines[join(path, folded)] = r.lines[at]
		state := r.state(at, v)
		if had, ok := all[folded]; ok && had != state {
			r.add(v.Line, at, "it means %s here and %s above: case makes no difference", state, had)
		}
		all[folded] = state
	})
	return all
}

func (r *reader) codes(path string, n *yaml.Node) map[int]lro.State {
	all := map[int]lro.State{}
	r.mapping(path, n, func(key string, v *yaml.Node) {
		status, err := strconv.Atoi(key)
		if err != nil {
			r.add(v.Line, join(path, key), "%.40q is not an HTTP status", key)
			return
		}
		all[status] = r.state(join(path, key), v)
	})
	return all
}

// kindOf names what a node holds.
func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "names and values"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null":
		return "nothing"
	}
	return "a single value"
}
