package lro_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// fields builds a header section from "Name: value" pairs.
func fields(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

// absurd is what is waited for where a hint is beyond belief.
const absurd = 5 * time.Minute

func TestRetryAfter(t *testing.T) {
	const date = "Fri, 02 Jan 2026 12:00:00 GMT" // noon, by the server's clock and by ours
	tests := []struct {
		name   string
		header http.Header
		want   time.Duration
		note   lro.HintNote
	}{
		{"absent", fields("Date", date), 0, lro.HintAbsent},
		{"empty", fields("Retry-After", ""), 0, lro.HintAbsent},
		{"seconds", fields("Retry-After", "120"), 2 * time.Minute, lro.HintTaken},
		{"zero", fields("Retry-After", "0"), 0, lro.HintTaken},
		{"leading zeros", fields("Retry-After", "0000000000000000000000005"), 5 * time.Second, lro.HintTaken},
		{"a day", fields("Retry-After", "86400"), 24 * time.Hour, lro.HintTaken},
		{"more than a day", fields("Retry-After", "86401"), absurd, lro.HintCapped},
		{"epoch seconds", fields("Retry-After", "1767355200"), absurd, lro.HintCapped},
		{"99999999999", fields("Retry-After", "99999999999"), absurd, lro.HintCapped},
		{"overflows nanoseconds", fields("Retry-After", "9223372037"), absurd, lro.HintCapped},
		{"overflows 64 bits", fields("Retry-After", "18446744073709551621"), absurd, lro.HintCapped},
		{"300 digits", fields("Retry-After", fmt.Sprintf("%0300d", 7)+"7"), 77 * time.Second, lro.HintTaken},
		{"negative", fields("Retry-After", "-1"), 0, lro.HintIgnored},
		{"signed", fields("Retry-After", "+5"), 5 * time.Second, lro.HintTaken},
		{"fraction", fields("Retry-After", "1.5"), 2 * time.Second, lro.HintTaken},
		{"fraction of nothing", fields("Retry-After", "3.0"), 3 * time.Second, lro.HintTaken},
		{"small fraction", fields("Retry-After", "0.001"), time.Second, lro.HintTaken},
		{"a day and a little", fields("Retry-After", "86400.1"), absurd, lro.HintCapped},
		{"a point alone", fields("Retry-After", ".5"), 0, lro.HintIgnored},
		{"exponent", fields("Retry-After", "1e3"), 0, lro.HintIgnored},
		{"parameters", fields("Retry-After", "5; comment"), 5 * time.Second, lro.HintTaken},
		{"unit", fields("Retry-After", "5s"), 5 * time.Second, lro.HintTaken},
		{"unit in words", fields("Retry-After", "5 seconds"), 5 * time.Second, lro.HintTaken},
		{"another unit", fields("Retry-After", "5m"), 0, lro.HintIgnored},
		{"milliseconds by unit", fields("Retry-After", "1500ms"), 1500 * time.Millisecond, lro.HintTaken},
		{"list", fields("Retry-After", "5, 30, 7"), 30 * time.Second, lro.HintTaken},
		{"list with garbage", fields("Retry-After", "soon, 5, -1"), 5 * time.Second, lro.HintTaken},
		{"two fields", fields("Retry-After", "5", "Retry-After", "9"), 9 * time.Second, lro.HintTaken},
		{"list of a date and seconds", fields("Retry-After", "Fri, 02 Jan 2026 12:00:30 GMT, 7", "Date", date), 30 * time.Second, lro.HintTaken},
		{"list of seconds and a date", fields("Retry-After", "45, Fri, 02 Jan 2026 12:00:30 GMT", "Date", date), 45 * time.Second, lro.HintTaken},
		{"list with an absurd wait", fields("Retry-After", "5, 99999999"), absurd, lro.HintCapped},
		{"words", fields("Retry-After", "soon"), 0, lro.HintIgnored},
		{"ISO 8601 duration", fields("Retry-After", "PT5S"), 0, lro.HintIgnored},
		{"ISO 8601 date", fields("Retry-After", "2026-01-02T12:00:05Z"), 0, lro.HintIgnored},
		{"other digits", fields("Retry-After", "٥"), 0, lro.HintIgnored},

		{"IMF-fixdate", fields("Retry-After", "Fri, 02 Jan 2026 12:00:30 GMT", "Date", date), 30 * time.Second, lro.HintTaken},
		{"RFC 850", fields("Retry-After", "Friday, 02-Jan-26 12:00:30 GMT", "Date", date), 30 * time.Second, lro.HintTaken},
		{"asctime", fields("Retry-After", "Fri Jan  2 12:00:30 2026", "Date", date), 30 * time.Second, lro.HintTaken},
		{"RFC 850 in a local zone", fields("Retry-After", "Friday, 02-Jan-26 12:00:30 PST", "Date", date), 0, lro.HintIgnored},
		{"IMF-fixdate in a local zone", fields("Retry-After", "Fri, 02 Jan 2026 12:00:30 CET", "Date", date), 0, lro.HintIgnored},
		{"now", fields("Retry-After", date, "Date", date), 0, lro.HintTaken},
		{"date in the past", fields("Retry-After", "Fri, 02 Jan 2026 11:59:59 GMT", "Date", date), 0, lro.HintIgnored},
		{"server an hour ahead", fields("Retry-After", "Fri, 02 Jan 2026 13:00:10 GMT", "Date", "Fri, 02 Jan 2026 13:00:00 GMT"), 10 * time.Second, lro.HintTaken},
		{"server two years behind", fields("Retry-After", "Tue, 02 Jan 2024 12:00:10 GMT", "Date", "Tue, 02 Jan 2024 12:00:00 GMT"), 10 * time.Second, lro.HintTaken},
		{"without Date", fields("Retry-After", "Fri, 02 Jan 2026 12:00:10 GMT"), 10 * time.Second, lro.HintTaken},
		{"unreadable Date", fields("Retry-After", "Fri, 02 Jan 2026 12:00:10 GMT", "Date", "noon"), 10 * time.Second, lro.HintTaken},
		{"Date from 1970", fields("Retry-After", "Fri, 02 Jan 2026 12:00:10 GMT", "Date", "Thu, 01 Jan 1970 00:00:00 GMT"), 10 * time.Second, lro.HintTaken},
		{"Date from 1970, past by our clock", fields("Retry-After", "Fri, 02 Jan 2026 11:00:00 GMT", "Date", "Thu, 01 Jan 1970 00:00:00 GMT"), absurd, lro.HintCapped},
		{"a week ahead", fields("Retry-After", "Fri, 09 Jan 2026 12:00:00 GMT", "Date", date), absurd, lro.HintCapped},
		{"the year 9999", fields("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"), absurd, lro.HintCapped},

		{"retry-after-ms", fields("Retry-After-Ms", "250", "Retry-After", "9"), 250 * time.Millisecond, lro.HintTaken},
		{"x-ms-retry-after-ms", fields("X-Ms-Retry-After-Ms", "1500", "Retry-After", "9"), 1500 * time.Millisecond, lro.HintTaken},
		{"retry-after-ms goes first", fields("X-Ms-Retry-After-Ms", "1500", "Retry-After-Ms", "0"), 0, lro.HintTaken},
		{"milliseconds of a day", fields("Retry-After-Ms", "86400000"), 24 * time.Hour, lro.HintTaken},
		{"milliseconds beyond belief", fields("Retry-After-Ms", "86400001"), absurd, lro.HintCapped},
		{"fraction of a millisecond", fields("Retry-After-Ms", "1.5"), 2 * time.Millisecond, lro.HintTaken},
		{"unreadable milliseconds", fields("Retry-After-Ms", "soon", "Retry-After", "9"), 9 * time.Second, lro.HintTaken},
		{"unreadable milliseconds alone", fields("Retry-After-Ms", "soon"), 0, lro.HintIgnored},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := lro.Reply{Status: 202, Header: test.header, At: noon}
			got, ok := lro.RetryAfter(r)
			want := test.note == lro.HintTaken || test.note == lro.HintCapped
			if got != test.want || ok != want {
				t.Errorf("RetryAfter: got %v, %v, want %v, %v", got, ok, test.want, want)
			}
			r.Header.(http.Header).Set("Location", "/status")
			op := lro.Next(lro.Generic{}, lro.Begin(lro.Generic{}, lro.Request{URL: "https://api.example.com/"}), r)
			if op.HintNote != test.note {
				t.Errorf("HintNote: got %v, want %v", op.HintNote, test.note)
			}
		})
	}
}

func TestRetryAfterWithoutHeaderOrTime(t *testing.T) {
	if got, ok := lro.RetryAfter(lro.Reply{}); got != 0 || ok {
		t.Errorf("no header: got %v, %v, want 0, false", got, ok)
	}
	r := lro.Reply{Header: fields("Retry-After", "Fri, 02 Jan 2026 12:00:00 GMT")}
	if got, ok := lro.RetryAfter(r); got != absurd || !ok {
		t.Errorf("no time: got %v, %v, want %v, true", got, ok, absurd)
	}
}

func TestRateLimitReset(t *testing.T) {
	const date = "Fri, 02 Jan 2026 12:00:00 GMT"
	soon := fmt.Sprint(noon.Add(40 * time.Second).Unix())
	tests := []struct {
		name   string
		status int
		header http.Header
		want   time.Duration
		ok     bool
	}{
		{"seconds", 429, fields("RateLimit-Reset", "4"), 4 * time.Second, true},
		{"rounded up", 429, fields("RateLimit-Reset", "4.2"), 5 * time.Second, true},
		{"with parameters", 429, fields("RateLimit-Reset", "4;w=60"), 4 * time.Second, true},
		{"a time", 429, fields("X-RateLimit-Reset", soon, "Date", date), 40 * time.Second, true},
		{"a time in milliseconds", 429, fields("X-Rate-Limit-Reset", soon+"000"), 40 * time.Second, true},
		{"a time by a clock that is wrong", 429, fields("X-RateLimit-Reset", soon, "Date", "Fri, 02 Jan 2026 12:00:30 GMT"), 10 * time.Second, true},
		{"a time in the past", 429, fields("X-RateLimit-Reset", "1700000000"), 0, false},
		{"garbage", 429, fields("X-RateLimit-Reset", "soon"), 0, false},
		{"beyond belief", 429, fields("RateLimit-Reset", "90000"), absurd, true},
		{"Retry-After goes first", 429, fields("RateLimit-Reset", "60", "Retry-After", "1"), time.Second, true},
		{"403 with nothing left", 403, fields("X-RateLimit-Reset", soon, "X-RateLimit-Remaining", "0"), 40 * time.Second, true},
		{"403 with much left", 403, fields("X-RateLimit-Reset", soon, "X-RateLimit-Remaining", "4999"), 0, false},
		{"403 that does not say", 403, fields("X-RateLimit-Reset", soon), 0, false},
		{"another status", 200, fields("RateLimit-Reset", "4", "RateLimit-Remaining", "0"), 0, false},
	}
	for _, test := range tests {
		got, ok := lro.RetryAfter(lro.Reply{Status: test.status, Header: test.header, At: noon})
		if got != test.want || ok != test.ok {
			t.Errorf("%s: got %v, %v, want %v, %v", test.name, got, ok, test.want, test.ok)
		}
	}
}

// TestComeBack: a 4xx that says when is asked again, a bounded number of times, and then means what it means.
func TestComeBack(t *testing.T) {
	tests := []struct {
		status int
		want   string // after the budget
	}{
		{400, "lost poll-refused"}, {403, "lost throttled"}, {404, "gone not-found"}, {405, "lost poll-refused"}, {406, "lost poll-refused"},
		{408, "lost server-error"}, {409, "lost poll-refused"}, {410, "gone not-found"}, {422, "lost poll-refused"}, {423, "lost poll-refused"}, {429, "lost throttled"},
	}
	for _, test := range tests {
		op, now := accepted(t, lro.Reply{}), noon
		for tries := 0; !op.Done(); tries++ {
			r := reply(test.status, fields("Retry-After", "2"), `{"error":"busy"}`)
			r.At = now
			op = lro.Next(lro.Generic{}, op, r)
			if now = now.Add(2 * time.Second); !op.Done() && !op.NotBefore.Equal(now) {
				t.Fatalf("%d: the next poll is due at %v, want %v", test.status, op.NotBefore, now)
			}
			if tries < 10 == op.Done() {
				t.Fatalf("%d: over after %d answers: %v", test.status, tries+1, op.Done())
			}
		}
		if got := op.Outcome.String() + " " + string(op.Reason); got != test.want {
			t.Errorf("%d: got %q, want %q", test.status, got, test.want)
		}
	}
	for _, status := range []int{401, 407} {
		op := lro.Next(lro.Generic{}, accepted(t, lro.Reply{}), reply(status, fields("Retry-After", "2"), ""))
		if op.Reason != lro.Unauthorized {
			t.Errorf("%d: got %s, want unauthorized", status, op.Reason)
		}
	}
}
