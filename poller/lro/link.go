package lro

import "strings"

// monitorLinkOf returns the monitor link of a reply. Links are often spread over several lines.
func monitorLinkOf(r Reply) string {
	if h, ok := r.Header.(interface{ Values(name string) []string }); ok {
		return monitorLink(strings.Join(h.Values("Link"), ","))
	}
	return monitorLink(r.field("Link"))
}

// monitorLink returns the target of the first link whose relation is "monitor" (RFC 5989) or
// "status" (RFC 8631) in a Link field (RFC 8288, section 3), and "" if there is none.
func monitorLink(field string) string {
	for field != "" {
		target, rest, ok := linkTarget(field)
		if !ok {
			return ""
		}
		params, next := cutUnquoted(rest, ',')
		for _, rel := range strings.Fields(linkRelation(params)) {
			if strings.EqualFold(rel, "monitor") || strings.EqualFold(rel, "status") {
				return target
			}
		}
		field = next
	}
	return ""
}

func linkTarget(s string) (target, rest string, ok bool) {
	s = strings.TrimLeft(s, ", \t")
	if !strings.HasPrefix(s, "<") {
		return "", "", false
	}
	return strings.Cut(s[1:], ">")
}

// cutUnquoted cuts s at the first separator outside of quotes (RFC 9110, section 5.6.4).
func cutUnquoted(s string, separator byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == separator && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

func linkRelation(params string) string {
	for params != "" {
		var p string
		p, params = cutUnquoted(params, ';')
		name, value, ok := strings.Cut(p, "=")
		if ok && strings.EqualFold(strings.TrimSpace(name), "rel") {
			return strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return ""
}
