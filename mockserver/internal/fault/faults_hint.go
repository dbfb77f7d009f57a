package fault

import (
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
)

const hintHuge = "retry-after-huge"

// hintFaults spoil Retry-After where it tells when to poll.
var hintFaults = []Kind{
	hinted("retry-after-absent", "pending answers have no Retry-After",
		"no interval of its own, so that it polls without a pause", []string{"retry-after-present", "retry-after-while-pending"},
		func(*hit) string { return "" }),
	hinted("retry-after-zero", "Retry-After is 0",
		"polling without any pause", nil,
		func(*hit) string { return "0" }),
	hinted("retry-after-date", "Retry-After is a date, 2 seconds on",
		"reading seconds only", nil,
		func(h *hit) string { return h.date(2 * time.Second) }),
	hinted("retry-after-past", "Retry-After is a date of an hour ago",
		"a negative wait: polling without a pause, or a panic", []string{"retry-after-sane"},
		func(h *hit) string { return h.date(-time.Hour) }),
	hinted("retry-after-negative", "Retry-After is -5",
		"a negative wait: polling without a pause", []string{"retry-after-syntax"},
		func(*hit) string { return "-5" }),
	hinted("retry-after-fraction", "Retry-After is 1.5",
		"failing, or not waiting, because of a field it cannot read", []string{"retry-after-syntax"},
		func(*hit) string { return "1.5" }),
	hinted("retry-after-garbage", "Retry-After is no time at all, such as PT5S or soon",
		"failing, or not waiting, because of a field it cannot read", []string{"retry-after-syntax"},
		func(h *hit) string { return []string{"soon", "PT5S", "5s", "1,2", "0x10", "NaN"}[h.pick(6)] }),
	hinted(hintHuge, "Retry-After is 99999999999999999999",
		"an overflow, so that it polls without a pause; or a wait without an end", []string{"retry-after-sane"},
		func(*hit) string { return "99999999999999999999" }),
}

// hinted is a fault that changes the hint of pending answers.
func hinted(name, summary, exposes string, rules []string, value func(*hit) string) Kind {
	excuses := speech.Phase(0)
	if name == hintHuge {
		excuses = speech.OnSubmit | speech.OnPoll // whoever has a time limit may give up at once
	}
	return Kind{
		Name: name, summary: summary, exposes: exposes, rules: rules, on: speech.OnSubmit | speech.OnPoll, excuses: excuses,
		rewrite: func(h *hit) bool {
			if !h.pending() {
				return false
			}
			h.hint(value(h))
			return true
		},
	}
}

// date is a moment of the server's clock, as it goes over the wire.
func (h *hit) date(from time.Duration) string {
	return h.x.Now.Add(from).UTC().Format(http.TimeFormat)
}
