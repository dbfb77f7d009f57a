package loadtest

import (
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/internal/jsontext"
)

// endPointers are the members of a finished status document that may say when the work ended, the
// plainest first; the last ones say when it changed last, which in a finished one is the same.
var endPointers = []string{
	"/endTime", "/completedAt", "/completed_at", "/finishedAt", "/finished_at", "/endedAt", "/ended_at",
	"/completionTime", "/completed", "/finished", "/endDateTime", "/metadata/endTime", "/properties/endTime",
	"/lastUpdatedAt", "/lastUpdatedTime", "/lastActionDateTime", "/lastUpdated", "/updatedAt", "/updated_at",
}

// serverEnd returns when the server says that the work ended, by its own clock, with how much the
// figure is rounded down by at most.
func serverEnd(body []byte) (end time.Time, rounded time.Duration, ok bool) {
	doc := jsontext.Value(body)
	if !doc.IsObject() {
		return time.Time{}, 0, false
	}
	for _, pointer := range endPointers {
		v, ok := doc.At(pointer)
		if !ok {
			continue
		}
		if end, rounded, ok := readMoment(v); ok {
			return end, rounded, true
		}
	}
	return time.Time{}, 0, false
}

// readMoment reads RFC 3339, with or without a zone, and Unix seconds or milliseconds.
func readMoment(v jsontext.Value) (time.Time, time.Duration, bool) {
	if n, ok := v.Number(); ok {
		switch {
		case n >= 1e9 && n < 1e11:
			if whole := int64(n); float64(whole) == n {
				return time.Unix(whole, 0), time.Second, true
			}
			return time.Unix(0, int64(n*1e9)), time.Millisecond, true
		case n >= 1e12 && n < 1e14:
			return time.UnixMilli(int64(n)), time.Millisecond, true
		}
		return time.Time{}, 0, false
	}
	text, ok := v.Text()
	if !ok || len(text) < len("2026-01-02T15:04:05") || len(text) > 40 {
		return time.Time{}, 0, false
	}
	s := string(text)
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		if t, err = time.Parse("2006-01-02T15:04:05.999999999", s); err != nil {
			return time.Time{}, 0, false
		}
	}
	return t, resolution(s), true
}

// resolution is what one step of the last digit of the seconds is worth.
func resolution(s string) time.Duration {
	_, fraction, ok := strings.Cut(s, ".")
	if !ok {
		return time.Second
	}
	step := time.Second
	for _, c := range fraction {
		if c < '0' || c > '9' {
			break
		}
		step /= 10
	}
	return step
}
