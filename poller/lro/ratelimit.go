package lro

import (
	"net/http"
	"time"
)

// The fields that say when a window of a rate limit ends, and how many requests remain in it, by
// draft-ietf-httpapi-ratelimit-headers (up to -07), GitHub, and those who write it in other ways.
var (
	resetFields     = [...]string{"Ratelimit-Reset", "X-Ratelimit-Reset", "X-Rate-Limit-Reset"}
	remainingFields = [...]string{"Ratelimit-Remaining", "X-Ratelimit-Remaining", "X-Rate-Limit-Remaining"}
)

// The numbers from which a reset is a time and not a wait: seconds since 1970, and milliseconds.
const (
	epochSeconds = 1_000_000_000
	epochMillis  = 1_000_000_000_000
)

// resetAfter returns how long a rate limit asks to wait, on a 429, or on a 403 that says that
// nothing remains: a plain 403 carries the same fields and means something else.
func resetAfter(r Reply) (time.Duration, bool) {
	switch r.Status {
	case http.StatusTooManyRequests:
	case http.StatusForbidden:
		if !nothingRemains(r) {
			return 0, false
		}
	default:
		return 0, false
	}
	for _, name := range resetFields {
		n, rest, ok := number(trimBlanks(r.field(name)))
		if !ok || rest != "" && rest[0] != ',' && rest[0] != ';' {
			continue
		}
		d := time.Duration(min(n, epochSeconds)) * time.Second
		switch {
		case n >= epochMillis:
			d = sinceOwn(time.UnixMilli(n), r)
		case n >= epochSeconds:
			d = sinceOwn(time.Unix(n, 0), r)
		}
		if d >= 0 {
			return d, true
		}
	}
	return 0, false
}

func nothingRemains(r Reply) bool {
	for _, name := range remainingFields {
		if n, _, ok := number(trimBlanks(r.field(name))); ok {
			return n == 0
		}
	}
	return false
}
