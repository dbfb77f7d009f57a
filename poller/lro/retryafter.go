package lro

import (
	"net/http"
	"strings"
	"time"
)

// MaxHint is the longest wait that is believed. What lies beyond is no wait but a defect: epoch
// seconds or milliseconds in a field that takes seconds. Such a value counts as 5 minutes.
const MaxHint = 24 * time.Hour

// absurdHint is the wait that is taken for a hint beyond [MaxHint].
const absurdHint = 5 * time.Minute

// HintNote says what became of a server's hint.
type HintNote uint8

// The notes.
const (
	HintAbsent  HintNote = iota // there was none
	HintTaken                   // it counts
	HintCapped                  // it was beyond belief, or beyond the cap that the person set
	HintIgnored                 // nobody can tell what it asks for: negative, in the past, garbage
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
// It reads, in this order, retry-after-ms, x-ms-retry-after-ms (both milliseconds; Azure),
// Retry-After (RFC 9110, section 10.2.3) and, on a 429 or a 403 that says that nothing remains,
// RateLimit-Reset and X-RateLimit-Reset. A date is read against the reply's own Date field, so a
// server whose clock is wrong still means what it says.
//
// What breaks the syntax but not the meaning counts: "4.5" and "5s" are five seconds (a poll is never
// early), and of several values ("1, 30", two fields) the longest counts. "-1", "soon" and a date that
// has passed count as absent.
func RetryAfter(r Reply) (time.Duration, bool) {
	d, note := readHint(r)
	return d, note == HintTaken || note == HintCapped
}

func readHint(r Reply) (time.Duration, HintNote) {
	none := HintAbsent
	for _, name := range [...]string{"Retry-After-Ms", "X-Ms-Retry-After-Ms"} {
		if v := r.field(name); v != "" {
			if d, note := delay(v, time.Millisecond); note != HintIgnored {
				return d, note
			}
			none = HintIgnored
		}
	}
	d, note := longestHint(r)
	if note == HintTaken || note == HintCapped {
		return d, note
	}
	if d, ok := resetAfter(r); ok {
		return believable(d)
	}
	return 0, max(note, none)
}

// longestHint returns the longest of all waits that the Retry-After fields of a reply ask for.
func longestHint(r Reply) (wait time.Duration, found HintNote) {
	if h, ok := r.Header.(http.Header); ok {
		for _, v := range h["Retry-After"] {
			if d, note := longestOf(v, r); better(d, note, wait, found) {
				wait, found = d, note
			}
		}
		return wait, found
	}
	return longestOf(r.field("Retry-After"), r)
}

// better reports whether a hint goes before the one that was found.
func better(d time.Duration, note HintNote, had time.Duration, found HintNote) bool {
	switch {
	case found == HintAbsent, found == HintIgnored && note != HintAbsent:
		return true
	}
	return (note == HintTaken || note == HintCapped) && d > had
}

// longestOf reads one field: a wait, a date, or a list of both. A date of the usual form holds a comma.
func longestOf(v string, r Reply) (wait time.Duration, found HintNote) {
	if n, rest, ok := number(v); ok && rest == "" { // nearly all of them
		return units(n, time.Second)
	}
	for v = trimBlanks(v); v != ""; {
		first, rest, _ := strings.Cut(v, ",")
		d, note := time.Duration(0), HintIgnored
		if c := v[0]; c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' {
			d, note = delay(first, time.Second)
		} else if d, note = untilDate(trimBlanks(first), r); note == HintIgnored && rest != "" {
			second, more, _ := strings.Cut(rest, ",")
			if d, note = untilDate(trimBlanks(v[:len(first)+1+len(second)]), r); note != HintIgnored {
				rest = more
			}
		}
		if better(d, note, wait, found) {
			wait, found = d, note
		}
		v = trimBlanks(rest)
	}
	return wait, found
}

func trimBlanks(v string) string { return strings.Trim(v, " \t") }

// delay reads delay-seconds (1*DIGIT), and what people write for them: a fraction, which is rounded
// up, a sign, a unit, parameters.
func delay(v string, unit time.Duration) (time.Duration, HintNote) {
	v, _, _ = strings.Cut(v, ";")
	n, rest, ok := number(trimBlanks(v))
	if !ok {
		return 0, HintIgnored
	}
	switch strings.ToLower(trimBlanks(rest)) {
	case "":
	case "s", "sec", "secs", "second", "seconds":
		unit = time.Second
	case "ms":
		unit = time.Millisecond
	default:
		return 0, HintIgnored
	}
	return units(n, unit)
}

// units returns so many units of time, as far as they can be believed.
func units(n int64, unit time.Duration) (time.Duration, HintNote) {
	return believable(time.Duration(min(n, int64(MaxHint/time.Millisecond)+1)) * unit)
}

// maxNumber bounds what is read of a number: nothing that it counts may overflow.
const maxNumber = int64(1) << 52

// number reads the decimal number that a text begins with, rounded up.
func number(v string) (n int64, rest string, ok bool) {
	i := 0
	if i < len(v) && v[i] == '+' {
		i++
	}
	start, up := i, false
	for ; i < len(v) && v[i] >= '0' && v[i] <= '9'; i++ {
		n = min(n*10+int64(v[i]-'0'), maxNumber)
		ok = true
	}
	if i < len(v) && v[i] == '.' && i > start {
		for i++; i < len(v) && v[i] >= '0' && v[i] <= '9'; i++ {
			up = up || v[i] != '0'
		}
	}
	if up {
		n++
	}
	return n, v[i:], ok
}

// untilDate reads a date against the server's own clock.
func untilDate(v string, r Reply) (time.Duration, HintNote) {
	then, ok := httpDate(v)
	if !ok {
		return 0, HintIgnored
	}
	if d := sinceOwn(then, r); d >= 0 {
		return believable(d)
	}
	return 0, HintIgnored
}

// sinceOwn returns how far off a time is, by the server's own clock where that can be believed.
func sinceOwn(then time.Time, r Reply) time.Duration {
	d := then.Sub(r.At)
	if own, ok := httpDate(r.field("Date")); ok {
		// A Date from another age (a clock at 1970) says nothing; our clock may.
		if by := then.Sub(own); by <= MaxHint || d < 0 || d > MaxHint {
			d = by
		}
	}
	return d
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
		return absurdHint, HintCapped
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
