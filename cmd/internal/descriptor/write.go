package descriptor

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// YAML returns the descriptor as a file that [Parse] reads to the same.
func (d *Descriptor) YAML() ([]byte, error) {
	root := &yaml.Node{Kind: yaml.MappingNode}
	put(root, versionField, &yaml.Node{Kind: yaml.ScalarNode, Value: strconv.Itoa(Version)})
	for _, f := range fields {
		value := nodeOf(f.at(d))
		if value == nil {
			continue
		}
		to, name := root, f.Path
		if group, member, ok := strings.Cut(f.Path, "."); ok {
			to, name = groupOf(root, group), member
		}
		put(to, name, value)
	}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// put appends a member. The name is quoted if it would not be read as a text.
func put(to *yaml.Node, name string, value *yaml.Node) {
	key := &yaml.Node{}
	key.SetString(name)
	to.Content = append(to.Content, key, value)
}

// groupOf returns the mapping of a group, which is made when it is not there.
func groupOf(root *yaml.Node, name string) *yaml.Node {
	if i := slices.IndexFunc(root.Content, func(n *yaml.Node) bool { return n.Value == name }); i >= 0 {
		return root.Content[i+1]
	}
	group := &yaml.Node{Kind: yaml.MappingNode}
	put(root, name, group)
	return group
}

// nodeOf returns the node of a value; nil for one that is left out.
func nodeOf(value any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode}
	switch v := value.(type) {
	case *string:
		if *v == "" {
			return nil
		}
		n.SetString(*v)
	case *bool:
		if !*v {
			return nil
		}
		n.Value = "true"
	case *int:
		if *v == 0 {
			return nil
		}
		n.Value = strconv.Itoa(*v)
	case *float64:
		if *v == 0 {
			return nil
		}
		n.Value = strconv.FormatFloat(*v, 'f', -1, 64)
	case *lro.State:
		if *v == lro.StateUnknown {
			return nil
		}
		n.Value = v.String()
	case *[]string:
		n.Kind, n.Style = yaml.SequenceNode, yaml.FlowStyle
		for _, s := range *v {
			element := &yaml.Node{}
			element.SetString(s)
			n.Content = append(n.Content, element)
		}
	case *[]int:
		n.Kind, n.Style = yaml.SequenceNode, yaml.FlowStyle
		for _, i := range *v {
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: strconv.Itoa(i)})
		}
	default:
		n.Kind = yaml.MappingNode
		members(n, value)
	}
	if n.Kind != yaml.ScalarNode && len(n.Content) == 0 {
		return nil
	}
	return n
}

// members appends the members of a map in order.
func members(n *yaml.Node, value any) {
	switch v := value.(type) {
	case *map[string]string:
		for _, key := range sortedKeys(*v) {
			text := &yaml.Node{}
			text.SetString((*v)[key])
			put(n, key, text)
		}
	case *map[string]lro.State:
		for _, key := range sortedKeys(*v) {
			put(n, key, &yaml.Node{Kind: yaml.ScalarNode, Value: (*v)[key].String()})
		}
	case *map[int]lro.State:
		for _, key := range sortedNumbers(*v) {
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: strconv.Itoa(key)}, &yaml.Node{Kind: yaml.ScalarNode, Value: (*v)[key].String()})
		}
	}
}

func sortedNumbers(m map[int]lro.State) []int {
	keys := make([]int, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
