package lro

import (
	"net/http"
	"strings"
	"time"
)

// MaxHint is the longest wait that is believed. What lies beyond is no wait but a defect: epoch
// seconds or milliseconds in a field that takes seconds. Such a value counts as AbsurdHint.
const MaxHint = 24 * time.Hour

// AbsurdHint is the wait that is taken for a hint beyond [MaxHint].
const AbsurdHint = 5 * time.Minute

// HintNote says what became of a server's hint.
type HintNote uint8

// The notes.
const (
	HintAbsent  HintNote = iota // there was none
	HintTaken                   // it counts as it stands
	HintCapped                  // it was beyond belief, or beyond the cap that the person set
	HintIgnored                 // it is not a Retry-After: negative, fractional, in the past, garbage
)

var hintNames = [...]string{"absent", "taken", "capped", "ignored"}

// String returns the note's word: "capped".
func (n HintNote) String() string {
	if int(n) < len(hintNames) {
		return hintNames[n]
	}
	return hintNames[HintIgnored]
}

// RetryAfter returns how long the server asks to be left alone, counted from reply.At, and whether
// it asks at all. The wait is never negative and never longer than [MaxHint].
//
// It reads, in this order, retry-after-ms, x-ms-retry-after-ms (both milliseconds; Azure) and
// Retry-After (RFC 9110, section 10.2.3). A date is read against the reply's own Date field, so a
// server whose clock is wrong still means what it says. What does not follow the syntax ("1.5",
// "-1", "5s") and a date that has passed count as absent.
func RetryAfter(r Reply) (time.Duration, bool) {
	d, note := readHint(r)
	return d, note == HintTaken || note == HintCapped
}

func readHint(r Reply) (time.Duration, HintNote) {
	none := HintAbsent
	for _, name := range [...]string{"Retry-After-Ms", "X-Ms-Retry-After-Ms"} {
		if v := r.field(name); v != "" {
			if d, note := delta(v, time.Millisecond); note != HintIgnored {
				return d, note
			}
			none = HintIgnored
		}
	}
	v := r.field("Retry-After")
	if v == "" {
		return 0, none
	}
	if v[0] >= '0' && v[0] <= '9' || v[0] == '-' || v[0] == '+' {
		return delta(v, time.Second)
	}
	return untilDate(v, r)
}

// delta reads delay-seconds: 1*DIGIT. It clamps before it multiplies: 9223372037 seconds are a
// negative time.Duration.
func delta(v string, unit time.Duration) (time.Duration, HintNote) {
	var n int64
	for i := 0; i < len(v); i++ {
		if v[i] < '0' || v[i] > '9' {
			return 0, HintIgnored
		}
		if n = n*10 + int64(v[i]-'0'); n > int64(MaxHint/time.Millisecond) {
			n = int64(MaxHint/time.Millisecond) + 1
		}
	}
	return believable(time.Duration(n) * unit)
}

// untilDate reads a date against the server's own clock.
func untilDate(v string, r Reply) (time.Duration, HintNote) {
	then, ok := httpDate(v)
	if !ok {
		return 0, HintIgnored
	}
	d := then.Sub(r.At)
	if own, ok := httpDate(r.field("Date")); ok {
		// A Date from another age (a clock at 1970) says nothing; our clock may.
		if by := then.Sub(own); by <= MaxHint || d < 0 || d > MaxHint {
			d = by
		}
	}
	if d < 0 {
		return 0, HintIgnored
	}
	return believable(d)
}

// httpDate reads an HTTP-date in any of its three forms (RFC 9110, section 5.6.7). In the RFC 850
// form http.ParseTime takes any zone, and knows those of this machine; the date is to be in GMT.
func httpDate(v string) (time.Time, bool) {
	t, err := http.ParseTime(v)
	rfc850 := strings.IndexByte(v, '-') >= 0
	return t, err == nil && (!rfc850 || strings.HasSuffix(v, " GMT"))
}

func believable(d time.Duration) (time.Duration, HintNote) {
	if d > MaxHint {
		return AbsurdHint, HintCapped
	}
	return d, HintTaken
}

// hint reads what the reply asks for, under the person's cap.
func (op *Operation) hint(r Reply) (time.Duration, HintNote) {
	d, note := readHint(r)
	if limit := op.policy().MaxHint; limit > 0 && d > limit {
		return limit, HintCapped
	}
	return d, note
}

// floor sets when the next request may be sent at the earliest: after the wait that this reply asks
// for, else after the fallback, else at once.
func (op *Operation) floor(r Reply, fallback time.Duration) {
	wait, note := op.hint(r)
	op.HintNote = note
	if note == HintAbsent || note == HintIgnored {
		wait = fallback
	}
	op.waitFrom(r.At, wait)
}

// pollFloor does the same for the poll after a status, and remembers the hint: servers forget to
// repeat it.
func (op *Operation) pollFloor(r Reply) {
	wait, note := op.hint(r)
	op.HintNote = note
	if note == HintTaken || note == HintCapped {
		op.Hint, op.Hinted = wait, true
	}
	op.waitFrom(r.At, op.Hint)
}

func (op *Operation) waitFrom(at time.Time, wait time.Duration) {
	op.NotBefore = time.Time{}
	if wait > 0 {
		op.NotBefore = at.Add(wait)
	}
}
