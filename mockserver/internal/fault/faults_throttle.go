package fault

import (
	"net/http"
	"strconv"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// throttleFaults refuse requests that were allowed, and lie about the time.
var throttleFaults = []Kind{
	{
		Name:    "429-storm",
		summary: "polls are answered with 429 and a Retry-After of delay, by default the second to the fourth",
		exposes: "taking 429 for the end of the operation, or not heeding its Retry-After",
		rules:   []string{"retry-after-while-pending"},
		on:      speech.OnPoll, defaults: Fault{From: 2, First: 4, Delay: time.Second},
		params: []faultParam{timeParam("delay", faultDelay)},
		rewrite: func(h *hit) bool {
			h.problem(http.StatusTooManyRequests, "there are too many requests: slow down")
			h.hint(wholeSeconds(h.fault.Delay))
			return true
		},
	},
	{
		Name:    "retry-after-short",
		summary: "Retry-After is 1, and a poll sooner than delay after the last one gets 429",
		exposes: "never waiting longer than the server asks, so that it is throttled for ever",
		rules:   []string{"retry-after-while-pending"},
		on:      speech.OnSubmit | speech.OnPoll, defaults: Fault{Delay: 3 * time.Second},
		params: []faultParam{timeParam("delay", faultDelay)},
		rewrite: func(h *hit) bool {
			if last := h.past.LastGood; h.phase == speech.OnPoll && !last.IsZero() && h.x.Now.Sub(last) < h.fault.Delay {
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
		Name:    "401-expiry",
		summary: "polls are answered with 401 until their Authorization differs from that of the submit, by default from the third on",
		exposes: "no way to renew a token during a long wait; polling a 401 for ever",
		on:      speech.OnPoll, defaults: Fault{From: 3},
		excuses: speech.OnPoll,
		rewrite: func(h *hit) bool {
			if h.x.R.Header.Get("Authorization") != h.past.Auth {
				return false
			}
			h.problem(http.StatusUnauthorized, "the token has expired")
			// RFC 9110, section 15.5.2; RFC 6750, section 3
			h.a.Header.Set("WWW-Authenticate", `Bearer error="invalid_token", error_description="the token has expired"`)
			return true
		},
	},
	{
		Name:    "date-skew",
		summary: "the Date of the server is off by delay, and so are its dates in Retry-After",
		exposes: "measuring a Retry-After date against its own clock instead of Date",
		rules:   []string{"date-header"},
		on:      speech.OnAny, defaults: Fault{Delay: time.Hour},
		params: []faultParam{skewParam("delay", faultDelay)},
		rewrite: func(h *hit) bool {
			h.a.Header.Set("Date", h.date(h.fault.Delay))
			if date, err := http.ParseTime(h.a.Header.Get("Retry-After")); err == nil {
				h.hint(date.Add(h.fault.Delay).UTC().Format(http.TimeFormat))
			}
			return true
		},
	},
}

// wholeSeconds is a duration as Retry-After has it, rounded up.
func wholeSeconds(d time.Duration) string {
	return strconv.FormatInt(int64(work.CeilSecond(d)/time.Second), 10)
}
