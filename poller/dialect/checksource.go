package dialect

import (
	"errors"
	"fmt"
	"strings"
)

// pointer checks a JSON Pointer (RFC 6901, section 3); empty is none.
func (c *check) pointer(field, p string) {
	if err := checkPointer(p); p != "" && err != nil {
		c.found = append(c.found, FieldError{field, err})
	}
}

// pointers checks a list of them: none of it is empty.
func (c *check) pointers(field string, list []string) {
	for i, p := range list {
		if err := checkPointer(p); err != nil {
			c.found = append(c.found, FieldError{index(field, i), err})
		}
	}
}

func checkPointer(p string) error {
	if p == "" || p[0] != '/' {
		return fmt.Errorf("%q is no JSON Pointer: one begins with a slash, as in /status", p)
	}
	for i := 0; i < len(p); i++ {
		if p[i] == '~' && (i+1 == len(p) || p[i+1] != '0' && p[i+1] != '1') {
			return fmt.Errorf("%q is no JSON Pointer: a ~ is written as ~0 (and a slash within a name as ~1)", p)
		}
	}
	return nil
}

// checkSource says what is wrong with a source.
func checkSource(source string) error {
	switch {
	case source == "":
		return errors.New("it is empty")
	case strings.HasPrefix(source, "header:"):
		return checkField(source)
	case !strings.Contains(source, "{"):
		if source[0] != '/' {
			return fmt.Errorf("%q is neither header:Name nor a JSON Pointer nor a template", source)
		}
		return checkPointer(source)
	}
	for rest := source; strings.ContainsAny(rest, "{}"); {
		_, after, open := strings.Cut(rest, "{")
		name, after, closed := strings.Cut(after, "}")
		known := name == "submit" || name == "status" || name == "origin" || name == "api" || name == "job" || checkPointer(name) == nil || checkField(name) == nil
		if !open || !closed || !known {
			return fmt.Errorf("%q: {%s} is none of {submit}, {status}, {origin}, {api}, {job}, {/pointer}, {header:Name}", source, name)
		}
		rest = after
	}
	return nil
}

// checkField says what is wrong with "header:Name".
func checkField(source string) error {
	name, ok := strings.CutPrefix(source, "header:")
	if !ok || name == "" || strings.ContainsFunc(name, func(r rune) bool { return !tokenRune(r) }) {
		return fmt.Errorf("%q names no header field", source)
	}
	return nil
}

// tokenRune says whether a character may stand in a token (RFC 9110, section 5.6.2).
func tokenRune(r rune) bool {
	return r > ' ' && r < 0x7f && !strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}
