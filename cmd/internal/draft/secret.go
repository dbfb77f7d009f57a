package draft

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// withheld stands in a draft where a secret was seen.
const withheld = "REDACTED"

// tokens are JSON Web Tokens (RFC 7519), wherever they stand.
var tokens = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*`)
})

// secretive reports whether a header field, a parameter or a member of that name holds a secret.
func secretive(name string) bool {
	lower := strings.ToLower(name)
	if strings.Contains(lower, "idempotency") || strings.HasPrefix(lower, "repeatability-") {
		return false
	}
	for _, part := range []string{"session", "csrf", "xsrf", "signature", "credential", "passwd", "apikey", "set-cookie"} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	return lower == "sig" || lower == "auth" || lower == "x-auth" || credential(lower)
}

// secrets returns the values of credentials in what was said, the longest first: none of them may stand in
// what is written, wherever else it was sent.
func secrets(all []Exchange) []string {
	var found []string
	add := func(value string) {
		if len(value) >= 4 && !slices.Contains(found, value) {
			found = append(found, value)
		}
	}
	for i := range all {
		x := &all[i]
		ofHeader(x.Header, add)
		ofHeader(x.Response, add)
		if u, err := url.Parse(x.URL); err == nil {
			for name, values := range u.Query() {
				if secretive(name) {
					add(values[0])
					add(url.QueryEscape(values[0]))
				}
			}
		}
		for _, text := range [][]byte{x.Body, x.Content} {
			var doc any
			if json.Unmarshal(text, &doc) == nil {
				ofMembers(doc, add)
			}
		}
	}
	slices.SortFunc(found, func(a, b string) int { return len(b) - len(a) })
	return found
}

// ofHeader adds the credentials of a header: those of a scheme without its name, and each cookie.
func ofHeader(h http.Header, add func(string)) {
	for name, values := range h {
		if !secretive(name) {
			continue
		}
		for _, value := range values {
			if strings.HasSuffix(strings.ToLower(name), "cookie") {
				pairs := strings.Split(value, ";")
				if strings.EqualFold(name, "Set-Cookie") {
					pairs = pairs[:1] // what follows are attributes
				}
				for _, pair := range pairs {
					_, v, _ := strings.Cut(strings.TrimSpace(pair), "=")
					add(strings.Trim(v, `"`))
				}
				continue
			}
			if _, rest, ok := strings.Cut(value, " "); ok {
				add(rest)
			}
			add(value)
		}
	}
}

// ofMembers adds the texts of members whose name says that they are secret.
func ofMembers(doc any, add func(string)) {
	switch v := doc.(type) {
	case map[string]any:
		for name, member := range v {
			// A member such as key or token may be a plain word; a secret is longer.
			if text, ok := member.(string); ok && len(text) >= 12 && secretive(name) {
				add(text)
			}
			ofMembers(member, add)
		}
	case []any:
		for _, element := range v {
			ofMembers(element, add)
		}
	}
}

// without returns a text in which no secret stands.
func without(text string, secrets []string) string {
	for _, secret := range secrets {
		text = strings.ReplaceAll(text, secret, withheld)
	}
	return tokens().ReplaceAllString(text, withheld)
}
