package mockserver

import (
	"net/http"
	"strconv"
	"time"
)

// throttleFaults refuse requests that were allowed, and lie about the time.
var throttleFaults = []kind{
	{
		name:    "429-storm",
		summary: "polls are answered with 429 and a Retry-After of delay, by default the second to the fourth",
		exposes: "taking 429 for the end of the operation, or not heeding its Retry-After",
		rules:   []string{"retry-after-while-pending"},
		on:      onPoll, defaults: Fault{From: 2, First: 4, Delay: time.Second},
		params: []faultParam{timeParam("delay", faultDelay)},
		rewrite: func(h *hit) bool {
			h.problem(http.StatusTooManyRequests, "there are too many requests: slow down")
			h.hint(wholeSeconds(h.fault.Delay))
			return true
		},
	},
	{
		name:    "retry-after-short",
		summary: "Retry-After is 1, and a poll sooner than delay after the last one gets 429",
		exposes: "never waiting longer than it is told, so that it is throttled for ever",
		rules:   []string{"retry-after-while-pending"},
		on:      onSubmit | onPoll, defaults: Fault{Delay: 3 * time.Second},
		params: []faultParam{timeParam("delay", faultDelay)},
		rewrite: func(h *hit) bool {
			if last := h.past.lastGood; h.phase == onPoll && !last.IsZero() && h.x.now.Sub(last) < h.fault.Delay {
				h.problem(http.StatusTooManyRequests, "there are too many requests: slow down")
				h.hint("1")
				return true
			}
			if !h.pending() {
				return false
			}
			h.hint("1")
			return true
		},
	},
	{
		name:    "401-expiry",
		summary: "polls are answered with 401 until their Authorization differs from that of the submit, by default from the third on",
		exposes: "no way to renew a token during a long wait; polling a 401 for ever",
		on:      onPoll, defaults: Fault{From: 3},
		excuses: onPoll,
		rewrite: func(h *hit) bool {
			if h.x.r.Header.Get("Authorization") != h.past.auth {
				return false
			}
			h.problem(http.StatusUnauthorized, "the token has expired")
			// RFC 9110, section 15.5.2; RFC 6750, section 3
			h.a.header.Set("WWW-Authenticate", `Bearer error="invalid_token", error_description="the token has expired"`)
			return true
		},
	},
	{
		name:    "date-skew",
		summary: "the Date of the server is off by delay, and so are its dates in Retry-After",
		exposes: "measuring a Retry-After date against its own clock instead of Date",
		rules:   []string{"date-header"},
		on:      onAny, defaults: Fault{Delay: time.Hour},
		params: []faultParam{skewParam("delay", faultDelay)},
		rewrite: func(h *hit) bool {
			h.a.header.Set("Date", h.date(h.fault.Delay))
			if date, err := http.ParseTime(h.a.header.Get("Retry-After")); err == nil {
				h.hint(date.Add(h.fault.Delay).UTC().Format(http.TimeFormat))
			}
			return true
		},
	},
}

// wholeSeconds is a duration as Retry-After has it, rounded up.
func wholeSeconds(d time.Duration) string {
	return strconv.FormatInt(int64(ceilSecond(d)/time.Second), 10)
}
