package show

import "strings"

// Parameter reports whether a parameter of a query, with this value, is known to be harmless. The name and
// the value are both judged: "api-version=2024-10-01" is, "api-version=sk-live-1234567890" is not. Names
// are compared without regard to case; the value is as it stands in the URL, "" where there is none.
func Parameter(name, value string) bool {
	name = strings.ToLower(name)
	if value == "" {
		return flagNames[name]
	}
	switch {
	case versionNames[name]:
		return isVersion(value)
	case numberNames[name]:
		return len(value) <= 9 && strings.Trim(value, "0123456789.smh") == ""
	case wordNames[name]:
		return len(value) <= 12 && strings.Trim(value, "abcdefghijklmnopqrstuvwxyz-") == ""
	}
	return value == "true" || value == "false"
}

func set(names string) map[string]bool {
	m := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		m[name] = true
	}
	return m
}

var (
	versionNames = set("api-version api_version apiversion version")
	numberNames  = set("wait timeout page per_page page_size pagesize limit offset size top $top $skip skip count retry delay duration year month day")
	wordNames    = set("format alt output respond async mode fields-set order sort outcome lang locale")
	flagNames    = set("wait async sync pretty watch follow verbose refresh list comp restype") // stand alone, or before an empty value
)

// isVersion reports whether a text looks like the version of an API: a number or a date, perhaps behind a
// "v", and no longer than "2024-10-01-preview" and a little.
func isVersion(s string) bool {
	digits := strings.TrimPrefix(s, "v")
	if digits == "" || digits[0] < '0' || digits[0] > '9' || len(s) > 24 {
		return false
	}
	return strings.Trim(s, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-") == ""
}
