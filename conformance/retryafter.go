package conformance

import (
	"net/http"
	"strings"
)

// retryAfterRules speak about the field Retry-After, wherever it stands.
var retryAfterRules = []Rule{{
	ID: "retry-after-syntax", Code: "S11", Level: Must, Basis: BasisRFC,
	Title:   "Retry-After is a whole number of seconds or an HTTP date, in one line",
	Why:     "The grammar has two forms and no others. What is neither is no hint: each client makes something else of it.",
	Breaks:  "Clients that parse strictly fall back to their own interval and hammer; clients that parse loosely read \"5000\" meant as milliseconds as 83 minutes, or \"-1\" as now.",
	Fix:     "Send whole seconds, such as \"Retry-After: 5\"; round up.",
	Sources: []string{"RFC 9110, section 10.2.3", "RFC 9110, section 5.6.7", "RFC 9110, section 2.2"},
	Fault:   "retry-after-fraction",
	Check:   checkRetryAfterSyntax,
}}

func checkRetryAfterSyntax(e *Evidence) Verdict {
	var found []Finding
	seen := 0
	for _, c := range e.talks() {
		for i := range c.Exchanges {
			values := c.Exchanges[i].Response.Header.Values("Retry-After")
			if len(values) > 0 {
				seen++
			}
			if len(values) > 1 {
				found = append(found, c.finding(i, values, "there are %d lines of Retry-After", len(values)))
			}
			for _, value := range values {
				if !delaySeconds(value) && !fixdate(value) {
					found = append(found, c.finding(i, []string{"Retry-After: " + value}, "Retry-After is neither whole seconds nor an HTTP date: %q", value))
				}
			}
		}
	}
	if seen == 0 {
		return notApplicable("no answer has a Retry-After")
	}
	return judged(found, pass("%d answers with a Retry-After that can be read", seen))
}

// delaySeconds says whether a value is delay-seconds: digits alone (RFC 9110, section 10.2.3).
func delaySeconds(value string) bool {
	return value != "" && strings.Trim(value, "0123456789") == ""
}

// fixdate says whether a value is an HTTP date in the one form that a sender may use (RFC 9110,
// section 5.6.7).
func fixdate(value string) bool {
	at, err := http.ParseTime(value)
	return err == nil && at.UTC().Format(http.TimeFormat) == value
}
