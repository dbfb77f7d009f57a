package work

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
	RetrySeconds    RetryForm = iota // Delay as a number of seconds
	RetryDate                        // the moment Delay from now, as an HTTP-date
	RetryRemaining                   // the seconds until the operation is done, the queue included; Delay if nobody knows
	RetryNone                        // no hint
	RetryDecreasing                  // Delay at first, less the further the operation is, and at least 1 s
)

// MaxRetryAfter bounds the hint of a [RetryAfter].
const MaxRetryAfter = 24 * time.Hour

// A RetryAfter makes the Retry-After header of answers about an operation that
// is not done. The zero value is a hint of 1 second.
type RetryAfter struct {
	Form RetryForm
	// Delay is rounded up to whole seconds; 0 means 1 s, and 10 s for
	// RetryDecreasing; AtOnce means 0 s.
	Delay time.Duration
}

// delay is Delay in whole seconds, with its default and its bound.
func (ra RetryAfter) delay() time.Duration {
	ifZero := time.Second
	if ra.Form == RetryDecreasing {
		ifZero = 10 * time.Second
	}
	return CeilSecond(min(orDefault(ra.Delay, ifZero), MaxRetryAfter))
}

// HintOf returns the field value for an answer at now, and the moment from which
// a poll that keeps to it may come. An empty value means no hint. The value is
// in the time of the client, of which a second is scale seconds here.
func HintOf(ra RetryAfter, snap Snapshot, now time.Time, scale float64) (value string, from time.Time) {
	if snap.Status.Done() {
		return "", now
	}
	delay := ra.delay()
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
		return from.UTC().Format(http.TimeFormat), now.Add(Times(from.Sub(now), scale))
	case RetryRemaining:
		if snap.Remaining >= 0 {
			delay = min(max(CeilSecond(Times(snap.Remaining, 1/scale)), time.Second), MaxRetryAfter)
		}
	case RetryDecreasing:
		delay = max(CeilSecond(delay*time.Duration(100-snap.Percent)/100), time.Second)
	}
	// RFC 9110, section 10.2.3: delay-seconds = 1*DIGIT.
	return strconv.FormatInt(int64(delay/time.Second), 10), now.Add(Times(delay, scale))
}

func CeilSecond(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}

// String returns ra as the parameter retry-after takes it: "2", "date:2",
// "remaining:2", "decreasing:10" or "none".
func (ra RetryAfter) String() string {
	seconds := strconv.FormatInt(int64(ra.delay()/time.Second), 10)
	switch ra.Form {
	case RetryNone:
		return "none"
	case RetryDate:
		return "date:" + seconds
	case RetryRemaining:
		return "remaining:" + seconds
	case RetryDecreasing:
		return "decreasing:" + seconds
	}
	return seconds
}

const allowedRetryAfter = "whole seconds from 0 to 86400, date, date:SECONDS, remaining, remaining:SECONDS, decreasing, decreasing:SECONDS or none"

// parseRetryAfter reads what String writes. The seconds after a word may be
// left out.
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
	case "decreasing":
		ra.Form = RetryDecreasing
	default:
		seconds, counted = text, true
	}
	if !counted {
		return ra, true
	}
	n := 0
	if !ParseInt(strings.TrimSuffix(seconds, "s"), 0, int(MaxRetryAfter/time.Second), &n) {
		return RetryAfter{}, false
	}
	ra.Delay = time.Duration(n) * time.Second
	if n == 0 {
		ra.Delay = AtOnce
	}
	return ra, true
}
