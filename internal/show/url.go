package show

import (
	"net/url"
	"slices"
	"strings"
)

// URL returns a URL, or a reference as in a Location field, as it may be shown: without user name,
// password and fragment, and without the values of its query and of its path parameters (";name=value"),
// except those that are known to be harmless ([Parameter]). A piece of a query without "=" is a value.
// A whole URL that is percent-encoded into the path counts like one in plain text.
//
// Nothing is parsed strictly: a URL that no server would take is redacted all the same.
func URL(raw string) string {
	rest, _, _ := strings.Cut(raw, "#")
	rest, query, asked := strings.Cut(rest, "?")
	if misplaced(rest, raw) {
		// A password with "/", "?" or "#" in it, or a port that is none: where the host is cannot be told.
		scheme, _, _ := strings.Cut(raw, "//")
		return scheme + "//" + Hidden
	}
	shown := address(rest)
	if asked {
		shown += "?" + Query(query)
	}
	return shown
}

// misplaced reports whether the authority ends within a user name and password: what stands behind its
// colon is no port, and an "@" follows later.
func misplaced(rest, raw string) bool {
	_, authority, ok := strings.Cut(rest, "//")
	if !ok {
		return false
	}
	authority, _, _ = strings.Cut(authority, "/")
	i := strings.LastIndexByte(authority, ':')
	if i < 0 || strings.ContainsAny(authority, "@[]") || !strings.Contains(raw, "@") {
		return false
	}
	return strings.Trim(authority[i+1:], "0123456789") != ""
}

// address returns what stands before the query.
func address(s string) string {
	scheme, rest, absolute := strings.Cut(s, "//")
	if !absolute || strings.Trim(scheme, schemeBytes) != "" {
		return opaque(s)
	}
	end := strings.IndexAny(rest, `/\`)
	if end < 0 {
		end = len(rest)
	}
	authority, path := rest[:end], rest[end:]
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		authority = Hidden + authority[i:]
	}
	return scheme + "//" + authority + pathOf(path)
}

const schemeBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.:"

// opaque returns what has no "//": a path, "user:password@host/path", or a scheme with something that is
// no address ("data:...").
func opaque(s string) string {
	end := strings.IndexAny(s, "/;")
	if end < 0 {
		end = len(s)
	}
	if i := strings.LastIndexByte(s[:end], '@'); i >= 0 {
		return Hidden + s[i:end] + pathOf(s[end:])
	}
	if i := strings.IndexByte(s[:end], ':'); i > 0 && slices.Contains(opaqueSchemes, strings.ToLower(s[:i])) {
		return s[:i+1] + Hidden
	}
	return pathOf(s)
}

var opaqueSchemes = []string{"data", "javascript", "mailto", "blob", "urn", "tel", "about"}

// pathOf hides the values of path parameters, and what a URL that is encoded within the path hides.
func pathOf(path string) string {
	if !strings.ContainsAny(path, ";%@") {
		return path
	}
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		segments[i] = segmentOf(segment)
	}
	return strings.Join(segments, "/")
}

func segmentOf(segment string) string {
	segment, matrix, has := strings.Cut(segment, ";")
	if i := strings.LastIndexByte(segment, '@'); i >= 0 && strings.Contains(segment[:i], ":") {
		segment = Hidden + segment[i:] // of a URL within the path
	}
	if plain, err := url.PathUnescape(segment); err == nil && plain != segment && strings.ContainsAny(plain, "?#@;%") {
		if shown := URL(plain); shown != plain {
			segment = url.PathEscape(shown)
		}
	}
	if !has {
		return segment
	}
	return segment + ";" + pairs(matrix, ";")
}

// Query returns a query, without its "?", as it may be shown.
func Query(query string) string { return pairs(query, "&") }

func pairs(text, separator string) string {
	if text == "" {
		return ""
	}
	list := strings.Split(text, separator)
	for i, pair := range list {
		list[i] = pairOf(pair)
	}
	return strings.Join(list, separator)
}

// pairOf returns one piece of a query. A name that could be a secret itself, as a token that ends in the
// "=" of base64, is hidden too.
func pairOf(pair string) string {
	name, value, valued := strings.Cut(pair, "=")
	plain, err := url.QueryUnescape(name)
	switch {
	case pair == "":
		return ""
	case err != nil || !isWord(plain):
		return Hidden
	case !valued && Parameter(plain, ""):
		return name
	case !valued:
		return Hidden
	case value == "" && Parameter(plain, ""):
		return pair
	case strings.Trim(value, "=") == "":
		return Hidden + "="
	case Parameter(plain, value):
		return pair
	}
	return name + "=" + Hidden
}

// isWord reports whether a parameter's name looks like one: short, and made of the letters of names.
func isWord(s string) bool {
	return s != "" && len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.$[]:") == ""
}
