package scenario

import (
	"encoding/json"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/mockserver"
)

// top reads the whole file. What every operation does is read first, and the scenarios with a name
// before the rules that use them, wherever they stand.
func (r *reader) top(root *yaml.Node, set url.Values) error {
	var operation, scenarios, rules *yaml.Node
	keep := func(to **yaml.Node) setter {
		return func(n *yaml.Node, _ string) error {
			*to = n
			return nil
		}
	}
	f := r.file
	if root != nil {
		if err := r.fields(root, "", map[string]setter{
			"about": r.text(&f.About), "dialect": r.dialect, "operation": keep(&operation), "scenarios": keep(&scenarios), "rules": keep(&rules),
			"latency": r.latencies, "faults": r.faults, "workers": r.whole(&f.Workers), "max-queue": r.whole(&f.MaxQueue),
			"time-scale": r.number(&f.TimeScale, mockserver.MaxTimeScale),
		}); err != nil {
			return err
		}
	}
	if operation != nil {
		if err := r.scenario(&f.Operation)(operation, "operation"); err != nil {
			return err
		}
	}
	var err error
	if f.Operation, err = mockserver.ParseScenario(f.Operation, set); err != nil {
		return err
	}
	if scenarios != nil {
		if err := r.each(scenarios, "scenarios", r.named); err != nil {
			return err
		}
	}
	if rules == nil {
		return nil
	}
	return r.items(rules, "rules", r.rule)
}

func (r *reader) named(key, value *yaml.Node, field string) error {
	sc := r.file.Operation
	if err := r.scenario(&sc)(value, field); err != nil {
		return err
	}
	r.file.Scenarios[key.Value] = sc
	return nil
}

// dialect reads the name of a dialect of the mock, or all of them.
func (r *reader) dialect(n *yaml.Node, field string) error {
	name, err := r.scalar(n, field)
	if err != nil {
		return err
	}
	r.file.Dialect = name
	known := []string{mockserver.AllDialects}
	for _, info := range mockserver.Dialects() {
		known = append(known, info.Name)
	}
	if !slices.Contains(known, name) {
		return r.fault(n, field, "there is no dialect %q: the known ones are %s", name, strings.Join(known, ", "))
	}
	return nil
}

// scenario reads parameters, and those that only a file has: a result that is a structure, or in a
// file of its own.
func (r *reader) scenario(to *mockserver.Scenario) setter {
	return func(n *yaml.Node, field string) error {
		from := "" // what set the result
		return r.each(n, field, func(key, value *yaml.Node, name string) error {
			var err error
			switch key.Value {
			case "result", "result-file", "result-size":
				if from != "" {
					return r.fault(key, name, "it contradicts %s: give one of them", from)
				}
				from = key.Value
			}
			switch key.Value {
			case "result":
				to.Result, err = r.result(value, name)
			case "result-file":
				to.Result, err = r.resultFile(value, name)
			default:
				return r.parameter(to, key, value, name)
			}
			to.ResultSize = 0
			return err
		})
	}
}

// parameter sets one word of the mock's vocabulary.
func (r *reader) parameter(to *mockserver.Scenario, key, value *yaml.Node, field string) error {
	text, err := r.scalar(value, field)
	if err != nil {
		return err
	}
	sc, err := mockserver.ParseScenario(*to, url.Values{key.Value: {text}})
	if err != nil {
		problem := strings.TrimPrefix(err.Error(), "parameter "+strconv.Quote(key.Value)+": ")
		return r.fault(value, field, "%s", strings.Replace(problem, "duration, queue", "result-file, duration, queue", 1))
	}
	*to = sc
	return nil
}

// result is a text as it is, and a structure as JSON.
func (r *reader) result(n *yaml.Node, field string) (string, error) {
	if n.Kind == yaml.ScalarNode {
		if n.Value == "" {
			return "", r.fault(n, field, "it is empty: for a result without a body write result-status: 204")
		}
		return n.Value, nil
	}
	var value any
	if err := n.Decode(&value); err != nil {
		return "", r.fault(n, field, "%s", yamlLine.ReplaceAllString(err.Error(), ""))
	}
	text, err := json.Marshal(value)
	if err != nil {
		return "", r.fault(n, field, "it cannot be written as JSON: its keys must be texts")
	}
	return string(text), nil
}

func (r *reader) resultFile(n *yaml.Node, field string) (string, error) {
	path, err := r.scalar(n, field)
	if err != nil {
		return "", err
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.dir, path)
	}
	text, err := readFile(path)
	switch {
	case err != nil:
		return "", r.fault(n, field, "%v", err)
	case len(text) == 0:
		return "", r.fault(n, field, "%s is empty: for a result without a body write result-status: 204", path)
	}
	return string(text), nil
}

func (r *reader) rule(n *yaml.Node, field string) error {
	does := r.file.Operation
	rule := mockserver.Rule{Scenario: &does}
	var operation *yaml.Node
	err := r.fields(n, field, map[string]setter{
		"name": r.text(&rule.Name),
		"when": r.condition(&rule.When, true),
		"scenario": func(n *yaml.Node, field string) error {
			sc, ok := r.file.Scenarios[n.Value]
			if !ok {
				return r.fault(n, field, "there is no scenario %q: the known ones are %s", n.Value, names(r.file.Scenarios))
			}
			does = sc
			return nil
		},
		"operation": func(n *yaml.Node, _ string) error {
			operation = n
			return nil
		},
	})
	if err == nil && operation != nil {
		err = r.scenario(&does)(operation, field+".operation")
	}
	r.file.Rules = append(r.file.Rules, rule)
	return err
}

func (r *reader) latencies(n *yaml.Node, field string) error {
	return r.items(n, field, func(n *yaml.Node, field string) error {
		var l mockserver.Rule
		// A delay has the words of a duration.
		parse := func(parameter string, take func(mockserver.Scenario)) setter {
			return func(n *yaml.Node, field string) error {
				var sc mockserver.Scenario
				err := r.parameter(&sc, &yaml.Node{Value: parameter}, n, field)
				take(sc)
				return err
			}
		}
		err := r.fields(n, field, map[string]setter{
			"when":         r.condition(&l.When, false),
			"delay":        parse("duration", func(sc mockserver.Scenario) { l.Delay = max(sc.Duration, 0) }),
			"distribution": parse("distribution", func(sc mockserver.Scenario) { l.Distribution = sc.Distribution }),
		})
		if err == nil && l.Delay == 0 {
			err = r.fault(n, field, "it has no delay: write delay: 50ms")
		}
		r.file.Latencies = append(r.file.Latencies, l)
		return err
	})
}

func (r *reader) faults(n *yaml.Node, field string) error {
	return r.items(n, field, func(n *yaml.Node, field string) error {
		text, err := r.scalar(n, field)
		if err != nil {
			return err
		}
		fault, err := mockserver.ParseFault(text)
		if err != nil {
			return r.fault(n, field, "%v", err)
		}
		r.file.Faults = append(r.file.Faults, fault)
		return nil
	})
}

// condition reads what a request must be. Bodies are for those that have one.
func (r *reader) condition(to *mockserver.Condition, body bool) setter {
	known := map[string]setter{
		"method": r.text((*string)(&to.Method)), "path": r.text((*string)(&to.Path)),
		"query": r.patterns(&to.Query), "header": r.patterns(&to.Header), "probability": r.number(&to.P, 1),
		"turn": func(n *yaml.Node, field string) error {
			turn, of, ok := strings.Cut(n.Value, "/")
			t, err := strconv.ParseUint(turn, 10, 16)
			o, errOf := strconv.ParseUint(of, 10, 16)
			if !ok || err != nil || errOf != nil || t < 1 || t > o {
				return r.fault(n, field, "bad value %q: write it like 1/3, the first of every three", n.Value)
			}
			to.Turn, to.Of = int(t), int(o)
			return nil
		},
	}
	if body {
		known["body"] = r.pointers(&to.Body)
	}
	return func(n *yaml.Node, field string) error { return r.fields(n, field, known) }
}

// patterns reads texts by name; nothing, or null, means that there must be none.
func (r *reader) patterns(to *map[string]mockserver.Pattern) setter {
	return func(n *yaml.Node, field string) error {
		*to = map[string]mockserver.Pattern{}
		return r.each(n, field, func(key, value *yaml.Node, name string) error {
			text, err := r.scalar(value, name)
			if value.Tag == "!!null" {
				text = ""
			}
			(*to)[key.Value] = mockserver.Pattern(text)
			return err
		})
	}
}

// pointers reads texts by JSON pointer.
func (r *reader) pointers(to *map[string]mockserver.Pattern) setter {
	return func(n *yaml.Node, field string) error {
		if err := r.patterns(to)(n, field); err != nil {
			return err
		}
		for pointer := range *to {
			if !strings.HasPrefix(pointer, "/") {
				return r.fault(n, field, "%q is no JSON pointer: write it like /order/kind", pointer)
			}
		}
		return nil
	}
}
