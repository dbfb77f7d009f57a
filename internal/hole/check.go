package hole

import (
	"errors"
	"fmt"
	"strings"
)

// CheckPlace returns what is wrong with a place: /pointer, "" or header:Name.
func CheckPlace(p string) error {
	switch {
	case p == "":
		return nil
	case strings.HasPrefix(p, "header:"):
		return CheckField(p)
	}
	return CheckPointer(p)
}

// CheckPointer returns what is wrong with a JSON Pointer (RFC 6901, section 3).
func CheckPointer(p string) error {
	if p == "" || p[0] != '/' {
		return fmt.Errorf("%q is no place: one begins with a slash, as in /status, or is header:Name", p)
	}
	for i := 0; i < len(p); i++ {
		if p[i] == '~' && (i+1 == len(p) || p[i+1] != '0' && p[i+1] != '1') {
			return fmt.Errorf("%q is no JSON Pointer: a ~ is written as ~0 (and a slash within a name as ~1)", p)
		}
	}
	return nil
}

// Check returns what is wrong with the template of a URL.
func Check(template string) error {
	if template == "" {
		return errors.New("it is empty")
	}
	for rest := template; ; {
		text, name, after, found := Cut(rest)
		if strings.Contains(text, "{{") && !found && !strings.Contains(rest, `\{{`) {
			return fmt.Errorf("%q: a hole has no end", template)
		}
		if !found {
			return nil
		}
		if err := checkHole(name); err != nil {
			return fmt.Errorf("%q: %w", template, err)
		}
		rest = after
	}
}

// checkHole returns what is wrong with the name of a hole in a URL.
func checkHole(name string) error {
	switch {
	case name == "submit", name == "status", name == "origin", name == "api", name == "job":
		return nil
	case strings.HasPrefix(name, "/"):
		return CheckPointer(name)
	case strings.HasPrefix(name, "header:"):
		return CheckField(name)
	}
	return fmt.Errorf("{{%s}} is none of {{/pointer}}, {{header:Name}}, {{job}}, {{status}}, {{submit}}", name)
}

// CheckField returns what is wrong with "header:Name".
func CheckField(place string) error {
	name, ok := strings.CutPrefix(place, "header:")
	if !ok || name == "" || strings.ContainsFunc(name, func(r rune) bool { return !TokenRune(r) }) {
		return fmt.Errorf("%q names no header field", place)
	}
	return nil
}

// TokenRune reports whether a character may stand in a token (RFC 9110, section 5.6.2).
func TokenRune(r rune) bool {
	return r > ' ' && r < 0x7f && !strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}
