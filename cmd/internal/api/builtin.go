package api

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/poller/dialect"
)

// BuiltinFile returns a built-in dialect as a file to start from; false if there is no such dialect. One
// that is partly code is named by like.
func BuiltinFile(name string) (string, bool) {
	info, ok := dialect.Describe(name)
	if !ok {
		return "", false
	}
	n := mapping(false)
	put(n, "asyncctl", plain("1"))
	put(n, "name", textNode(name))
	put(n, "about", textNode(info.Looks))
	section, note := BuiltinSection(name)
	put(n, "dialect", section)
	head := "# The dialect " + name + " as an API file. Give it a name of its own, a url and operations; see\n" +
		"# \"asyncctl help api-file\" for what the fields mean.\n# Source: " + info.Source + "\n"
	if note != "" {
		head += "# " + note + "\n"
	}
	return head + encode(n), true
}

// BuiltinSection returns the section dialect for a built-in one, and what has to be said about it.
func BuiltinSection(name string) (*yaml.Node, string) {
	rules, whole := dialect.RulesOf(name)
	if !whole {
		return textNode(name), "It is partly code: sections of your own go under {like: " + name + "}."
	}
	note := ""
	if len(rules.Carry) > 0 {
		note = "Give the file query: {" + strings.Join(rules.Carry, ": ..., ") + ": ...}: the API wants it in every request."
	}
	rules.Carry = nil
	fix := func(list []string) []string {
		fixed := make([]string, len(list))
		for i, t := range list {
			fixed[i] = underURL(t)
		}
		return fixed
	}
	rules.Status, rules.Handover, rules.Result, rules.Cancel.URL = fix(rules.Status), fix(rules.Handover), fix(rules.Result), fix(rules.Cancel.URL)
	return dialectNode(rules), note
}

// underURL returns a template of a built-in dialect as a file has it, where paths are appended to its url.
func underURL(t string) string {
	for _, base := range []string{"{{api}}", "{{origin}}", "{{submit}}/.."} {
		if rest, ok := strings.CutPrefix(t, base); ok {
			return rest
		}
	}
	if !strings.HasPrefix(t, "/") && !strings.HasPrefix(t, "{{") {
		return "/" + t
	}
	return t
}
