package lro

import "strings"

// Most URLs that servers name need no parser: lower-case host, no escapes, no dots to resolve. What
// is recognised here gives the same as package net/url would, without its allocations; everything
// else is left to that.

// plainOrigin returns the length of the origin that a plain absolute URL begins with, and 0 for a URL
// that is not plain.
func plainOrigin(absolute string) int {
	host := len("http://")
	switch {
	case strings.HasPrefix(absolute, "http://"):
	case strings.HasPrefix(absolute, "https://"):
		host++
	default:
		return 0
	}
	i := host
	for i < len(absolute) && plainHost(absolute[i]) {
		i++
	}
	if i == host {
		return 0
	}
	if i < len(absolute) && absolute[i] == ':' {
		port := i + 1
		for i = port; i < len(absolute) && absolute[i] >= '0' && absolute[i] <= '9'; i++ {
		}
		// The default ports are not a part of the origin.
		if p := absolute[port:i]; p == "" || p[0] == '0' || len(p) > 5 || p == "80" || p == "443" {
			return 0
		}
	}
	if i < len(absolute) && absolute[i] != '/' && absolute[i] != '?' || !plainRest(absolute[i:]) {
		return 0
	}
	return i
}

func plainHost(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-'
}

// plainRest reports whether path and query hold nothing that a parser would change.
func plainRest(s string) bool {
	query := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '~', c == '=', c == '&', c == '.':
		case c == '?':
			query = true
		case c == '/':
			if !query && i+1 < len(s) && (s[i+1] == '/' || s[i+1] == '.') {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// plainResolve is [Resolve] for an absolute path; false if base or ref is not plain.
func plainResolve(base, ref string) (string, bool) {
	n := plainOrigin(base)
	if n == 0 || ref[0] != '/' || !plainRest(ref) || n+len(ref) > maxURL {
		return "", false
	}
	return base[:n] + ref, true
}
