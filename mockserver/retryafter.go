package mockserver

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A RetryForm is the way a hint is worded.
type RetryForm int

// The forms of a hint. The zero RetryForm is RetrySeconds.
const (
	RetrySeconds   RetryForm = iota // Delay as a number of seconds
	RetryDate                       // the moment Delay from now, as an HTTP-date
	RetryRemaining                  // the seconds until the operation is done; Delay if nobody knows
	RetryNone                       // no hint
)

// MaxRetryAfter bounds the hint of a [RetryAfter].
const MaxRetryAfter = 24 * time.Hour

// A RetryAfter makes the Retry-After header of answers about an operation that
// is not done. The zero value is a hint of 1 second.
type RetryAfter struct {
	Form RetryForm
	// Delay is rounded up to whole seconds; 0 means 1 s, AtOnce means 0 s.
	Delay time.Duration
}

// hint returns the field value for an answer at now, and the moment from which
// a poll that keeps to it may come. An empty value means no hint.
func (ra RetryAfter) hint(snap Snapshot, now time.Time) (value string, from time.Time) {
	if snap.Status.Done() {
		return "", now
	}
	delay := ceilSecond(min(orDefault(ra.Delay, time.Second), MaxRetryAfter))
	switch ra.Form {
	case RetryNone:
		return "", now
	case RetryDate:
		// RFC 9110, sections 5.6.7 and 10.2.3. A date has whole seconds:
		// rounded up, so that it is never earlier than the delay.
		from = now.Add(delay)
		if whole := from.Truncate(time.Second); whole.Before(from) {
			from = whole.Add(time.Second)
		}
		return from.UTC().Format(http.TimeFormat), from
	case RetryRemaining:
		if snap.Remaining >= 0 {
			delay = min(max(ceilSecond(snap.Remaining), time.Second), MaxRetryAfter)
		}
	}
	// RFC 9110, section 10.2.3: delay-seconds = 1*DIGIT.
	return strconv.FormatInt(int64(delay/time.Second), 10), now.Add(delay)
}

func ceilSecond(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}

// String returns ra as the parameter retry-after takes it: "2", "date:2",
// "remaining:2" or "none".
func (ra RetryAfter) String() string {
	seconds := strconv.FormatInt(int64(ceilSecond(orDefault(ra.Delay, time.Second))/time.Second), 10)
	switch ra.Form {
	case RetryNone:
		return "none"
	case RetryDate:
		return "date:" + seconds
	case RetryRemaining:
		return "remaining:" + seconds
	}
	return seconds
}

const allowedRetryAfter = "whole seconds from 0 to 86400, date, date:SECONDS, remaining, remaining:SECONDS or none"

// parseRetryAfter reads what String writes. The seconds after date and
// remaining may be left out.
func parseRetryAfter(text string) (RetryAfter, bool) {
	ra := RetryAfter{}
	word, seconds, counted := strings.Cut(text, ":")
	switch word {
	case "none":
		return RetryAfter{Form: RetryNone}, !counted
	case "date":
		ra.Form = RetryDate
	case "remaining":
		ra.Form = RetryRemaining
	default:
		seconds, counted = text, true
	}
	if !counted {
		return ra, true
	}
	n := 0
	if !parseInt(strings.TrimSuffix(seconds, "s"), 0, int(MaxRetryAfter/time.Second), &n) {
		return RetryAfter{}, false
	}
	ra.Delay = time.Duration(n) * time.Second
	if n == 0 {
		ra.Delay = AtOnce
	}
	return ra, true
}
