package openapi

import (
	"iter"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// get returns the member of a mapping, or the item of a list; nil if there is none.
func get(n *yaml.Node, name string) *yaml.Node {
	n = target(n)
	switch {
	case n == nil:
	case n.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				return target(n.Content[i+1])
			}
		}
	case n.Kind == yaml.SequenceNode:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.Content) {
			return target(n.Content[i])
		}
	}
	return nil
}

// target follows an alias.
func target(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// members are the members of a mapping in their order.
func members(n *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		n := target(n)
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i].Value, target(n.Content[i+1])) {
				return
			}
		}
	}
}

// items are the items of a list.
func items(n *yaml.Node) []*yaml.Node {
	n = target(n)
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// scalar is a single value as it is written; "" for anything else.
func scalar(n *yaml.Node) string {
	n = target(n)
	if n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

// plain returns a node as JSON has it: dates and times are texts.
func (m *maker) plain(n *yaml.Node, depth int) any {
	n = target(n)
	if m.left--; n == nil || depth > maxDepth || m.left < 0 {
		return nil
	}
	switch n.Kind {
	case yaml.MappingNode:
		o := object{}
		for name, value := range members(n) {
			o = append(o, member{name, m.plain(value, depth+1)})
		}
		return o
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, m.plain(item, depth+1))
		}
		return list
	}
	var v any
	switch n.ShortTag() {
	case "!!int", "!!float", "!!bool", "!!null":
		if n.Decode(&v) == nil {
			return v
		}
	}
	return n.Value
}
