package lro

import (
	"net/url"
	"slices"
	"strings"
)

// carried returns a status URL with the query parameters of the submit's URL that the dialect, or
// the person, wants in every request, where it lacks them. A URL of another origin gets none.
func (op *Operation) carried(target string, names []string) string {
	also := op.policy().Carry
	if len(names)+len(also) == 0 || !SameOrigin(target, op.SubmitURL) {
		return target
	}
	submit, _ := url.Parse(op.SubmitURL) // both have an origin, so they can be read
	status, _ := url.Parse(target)
	given, has := submit.Query(), status.Query()
	for _, name := range slices.Concat(names, also) {
		if !given.Has(name) || has.Has(name) {
			continue
		}
		has.Set(name, given.Get(name))
		status.RawQuery = strings.TrimPrefix(status.RawQuery+"&"+url.Values{name: {given.Get(name)}}.Encode(), "&")
	}
	return status.String()
}

// versionNames are the query parameters that name the version of an API. Without it the original URL,
// where some families leave the result, is refused.
var versionNames = []string{"api-version", "api_version", "apiversion", "version"}

// longestVersion is that of a version: "2024-10-01-preview".
const longestVersion = 24

// versionOf returns what a handle keeps of a query: the version, if it looks like one. A number or a
// date is no credential.
func versionOf(u *url.URL) string {
	kept := url.Values{}
	for name, values := range u.Query() {
		if namesVersion(name, values[0]) {
			kept.Set(name, values[0])
		}
	}
	return kept.Encode()
}

// namesVersion reports whether a query parameter names the version of an API, "api-version=2024-10-01",
// and so is no secret: a handle keeps it, and it may be shown. Names are compared without regard to
// case; a value that does not look like a version is none.
func namesVersion(name, value string) bool {
	return slices.Contains(versionNames, strings.ToLower(name)) && isVersion(value)
}

func isVersion(s string) bool {
	if digits := strings.TrimPrefix(s, "v"); digits == "" || digits[0] < '0' || digits[0] > '9' {
		return false
	}
	return len(s) <= longestVersion && !strings.ContainsFunc(s, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '.' && c != '-'
	})
}
