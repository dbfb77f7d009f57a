package show

import (
	"net/http"
	"slices"
	"strings"
)

// HarmlessField reports whether the value of a header field of this name may be shown. Every other field
// may hold a secret, whatever it is called.
func HarmlessField(name string) bool { return harmlessFields[http.CanonicalHeaderKey(name)] }

var harmlessFields = func() map[string]bool {
	m := map[string]bool{}
	for _, name := range strings.Fields(`Accept Accept-Charset Accept-Encoding Accept-Language Accept-Ranges Age
		Allow Cache-Control Connection Content-Disposition Content-Encoding Content-Language Content-Length Content-Range
		Content-Type Date Deprecation Expect Expires Host Idempotency-Key If-Match If-Modified-Since If-None-Match
		If-Unmodified-Since Keep-Alive Last-Modified Mime-Version Preference-Applied Prefer Pragma Range Ratelimit
		Ratelimit-Limit Ratelimit-Policy Ratelimit-Remaining Ratelimit-Reset Retry-After Server Strict-Transport-Security
		Sunset Te Trailer Transfer-Encoding Upgrade User-Agent Vary Via X-Content-Type-Options X-Powered-By
		X-Ratelimit-Limit X-Ratelimit-Remaining X-Ratelimit-Reset`) {
		m[http.CanonicalHeaderKey(name)] = true
	}
	for _, name := range []string{"ETag"} {
		m[http.CanonicalHeaderKey(name)] = true
	}
	return m
}()

// referenceFields hold a URL, of which [URL] shows a part.
var referenceFields = []string{"Location", "Content-Location", "Operation-Location", "Azure-Asyncoperation", "Refresh", "Referer", "Origin"}

// schemes are those of HTTP authentication whose name says nothing secret (the registry of RFC 9110,
// section 16.4.1, and two that are used everywhere).
var schemes = []string{"basic", "bearer", "digest", "dpop", "gnap", "hoba", "mutual", "negotiate", "oauth", "privatetoken", "scram-sha-1", "scram-sha-256", "vapid", "aws4-hmac-sha256", "token", "apikey"}

// Field returns the value of a header field as it may be shown: whole where the field is known to be
// harmless, as a URL in the fields that hold one, and otherwise hidden, with the scheme of an
// authentication and the names of cookies left.
func Field(name, value string) string {
	name = http.CanonicalHeaderKey(name)
	switch {
	case value == "":
		return ""
	case HarmlessField(name):
		return value
	case slices.Contains(referenceFields, name):
		return URL(value)
	case name == "Link":
		return links(value)
	case name == "Cookie":
		return cookies(value)
	case name == "Set-Cookie":
		first, _, _ := strings.Cut(value, ";")
		return cookies(first)
	case name == "Authorization", name == "Proxy-Authorization", name == "Www-Authenticate", name == "Proxy-Authenticate":
		if scheme, rest, ok := strings.Cut(value, " "); ok && rest != "" && slices.Contains(schemes, strings.ToLower(scheme)) {
			return scheme + " " + Hidden
		}
	}
	return Hidden
}

// links redacts each target of a Link field (RFC 8288) and leaves its parameters.
func links(value string) string {
	var b strings.Builder
	for value != "" {
		before, rest, ok := strings.Cut(value, "<")
		b.WriteString(before)
		if !ok {
			break
		}
		target, after, closed := strings.Cut(rest, ">")
		b.WriteString("<" + URL(target))
		if !closed {
			break
		}
		b.WriteByte('>')
		value = after
	}
	return b.String()
}

func cookies(value string) string {
	list := strings.Split(value, ";")
	for i, cookie := range list {
		name, _, ok := strings.Cut(strings.TrimSpace(cookie), "=")
		if !ok || !isWord(name) {
			list[i] = Hidden
			continue
		}
		list[i] = name + "=" + Hidden
	}
	return strings.Join(list, "; ")
}

// Header returns a copy of a header with every value as [Field] shows it.
func Header(h http.Header) http.Header {
	shown := make(http.Header, len(h))
	for name, values := range h {
		for _, value := range values {
			shown[name] = append(shown[name], Field(name, value))
		}
	}
	return shown
}
