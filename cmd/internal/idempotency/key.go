// Package idempotency writes Idempotency-Keys:
//
//	idempotency.Quote("a1-2026") // "a1-2026", in its quotes
package idempotency

import "strings"

// Quote returns an Idempotency-Key as the structured string that its draft asks for. A key that is one
// already stays as it is.
func Quote(key string) string {
	if quoted(key) {
		return key
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(key) + `"`
}

// quoted reports whether a text is a string of RFC 8941, section 3.3.3, in its quotes and escapes.
func quoted(s string) bool {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return false
	}
	inner := strings.NewReplacer(`\\`, "", `\"`, "").Replace(s[1 : len(s)-1])
	return !strings.ContainsAny(inner, `"\`)
}
