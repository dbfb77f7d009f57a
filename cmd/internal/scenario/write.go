package scenario

import (
	"bytes"
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/mockserver"
)

// YAML writes what the file says of operations and latencies, such as [Record] makes it, for people to
// read and to change, and for [Parse].
func (f *File) YAML() ([]byte, error) {
	root := mapping()
	add(root, "about", text(f.About))
	if len(f.Rules) == 0 {
		add(root, "operation", operation(f.Operation))
	}
	rules := &yaml.Node{Kind: yaml.SequenceNode}
	for _, rule := range f.Rules {
		when, item := mapping(), mapping()
		add(when, "turn", text(fmt.Sprintf("%d/%d", rule.When.Turn, rule.When.Of)))
		add(item, "when", when)
		add(item, "operation", operation(*rule.Scenario))
		rules.Content = append(rules.Content, item)
	}
	if len(f.Rules) > 0 {
		add(root, "rules", rules)
	}
	latencies := &yaml.Node{Kind: yaml.SequenceNode}
	for _, l := range f.Latencies {
		when, item := mapping(), mapping()
		add(when, "method", text(string(l.When.Method)))
		if l.When.Path != "" {
			add(when, "path", text(string(l.When.Path)))
		}
		add(item, "when", when)
		add(item, "delay", text(l.Delay.Round(time.Millisecond).String()))
		latencies.Content = append(latencies.Content, item)
	}
	if len(f.Latencies) > 0 {
		add(root, "latency", latencies)
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	err := encoder.Encode(root)
	return b.Bytes(), err
}

// operation has the parameters in the order of their vocabulary.
func operation(sc mockserver.Scenario) *yaml.Node {
	n, values := mapping(), sc.Values()
	for _, p := range mockserver.Parameters() {
		if values.Has(p.Name) {
			add(n, p.Name, text(values.Get(p.Name)))
		}
	}
	return n
}

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

// text is a scalar that is read as the text that it is.
func text(value string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: value} }

func add(to *yaml.Node, key string, value *yaml.Node) {
	to.Content = append(to.Content, text(key), value)
}
