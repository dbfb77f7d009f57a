// Package hole is the syntax of what an API file leaves to be filled in: templates with holes,
// "{{submit}}/{{/id}}", and the places in an answer that a hole names.
package hole

import "strings"

// Whole returns the name of the hole that a template consists of, and whether it is nothing but one.
func Whole(template string) (name string, whole bool) {
	inner, ok := strings.CutPrefix(template, "{{")
	name, rest, closed := strings.Cut(inner, "}}")
	return name, ok && closed && rest == ""
}

// Cut returns the text before the first hole of a template, the name of that hole and what follows
// it; found is false where there is no hole. A hole written \{{ is text.
func Cut(template string) (text, name, rest string, found bool) {
	from := 0
	for {
		i := strings.Index(template[from:], "{{")
		if i < 0 {
			return unescaped(template), "", "", false
		}
		i += from
		if i > 0 && template[i-1] == '\\' {
			from = i + 2
			continue
		}
		name, rest, closed := strings.Cut(template[i+2:], "}}")
		if !closed {
			return unescaped(template), "", "", false
		}
		return unescaped(template[:i]), name, rest, true
	}
}

func unescaped(text string) string { return strings.ReplaceAll(text, `\{{`, "{{") }

// Names returns the names of the holes of a template in order.
func Names(template string) []string {
	var names []string
	for {
		_, name, rest, found := Cut(template)
		if !found {
			return names
		}
		names, template = append(names, name), rest
	}
}
