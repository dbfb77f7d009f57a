package fault

import (
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
)

// wireFaults have the names that toxiproxy gives them.
var wireFaults = []Kind{
	{
		Name:    "latency",
		summary: "the answer begins late, by delay plus or minus jitter",
		exposes: "no time limit for a single request, or one that is taken for the end of the operation",
		rules:   []string{"accepts-promptly"},
		on:      speech.OnAny, defaults: Fault{Delay: time.Second},
		params: []faultParam{timeParam("delay", faultDelay), timeParam("jitter", faultJitter)},
		rewrite: func(h *hit) bool {
			share := 2*h.x.Host.Store.Dice.Float(h.dice...) - 1
			h.w.delay += max(h.fault.Delay+time.Duration(share*float64(h.fault.Jitter)), 0)
			return true
		},
	},
	{
		Name:    "bandwidth",
		summary: "the body comes with bytes a second",
		exposes: "a time limit that counts from the last byte only, or from the first",
		on:      speech.OnAny, defaults: Fault{Bytes: 1 << 10},
		params: []faultParam{sizeParam("bytes")},
		rewrite: func(h *hit) bool {
			h.w.rate = h.fault.Bytes
			return true
		},
	},
	{
		Name:    "slow_close",
		summary: "the answer is whole, and the connection stays open for delay before it ends",
		exposes: "waiting for the end of the connection instead of the end of the answer",
		on:      speech.OnAny, defaults: Fault{Delay: time.Second},
		params: []faultParam{timeParam("delay", faultDelay)},
		rewrite: func(h *hit) bool {
			h.w.linger = h.fault.Delay
			return true
		},
	},
	{
		Name:    "timeout",
		summary: "nothing is answered, and the connection ends after delay",
		exposes: "no time limit for a single request; giving up an operation because of one lost poll",
		rules:   []string{"status-url-present", "status-url-resolves"},
		on:      speech.OnAny, defaults: Fault{Delay: 30 * time.Second},
		params:  []faultParam{timeParam("delay", faultDelay)},
		excuses: speech.OnSubmit,
		rewrite: func(h *hit) bool {
			h.w.drop, h.w.hold = true, h.fault.Delay
			return true
		},
	},
	{
		Name:    "reset_peer",
		summary: "nothing is answered, and the connection is reset",
		exposes: "giving up an operation because of one lost poll; submitting again after an answer that was lost",
		rules:   []string{"status-url-present", "status-url-resolves"},
		on:      speech.OnAny,
		excuses: speech.OnSubmit,
		rewrite: func(h *hit) bool {
			h.w.drop, h.w.reset = true, true
			return true
		},
	},
	{
		Name:    "slicer",
		summary: "the body comes in pieces of about bytes, delay apart",
		exposes: "taking what one read returns for the whole answer",
		on:      speech.OnAny, defaults: Fault{Bytes: 16, Delay: 10 * time.Millisecond},
		params: []faultParam{sizeParam("bytes"), timeParam("delay", faultDelay)},
		rewrite: func(h *hit) bool {
			h.w.slice, h.w.gap = int(min(h.fault.Bytes, 1<<20)), h.fault.Delay
			h.w.vary(h.x.Host.Store.Dice.Throw(h.dice...))
			return true
		},
	},
	{
		Name:    "limit_data",
		summary: "the connection ends after bytes of the body",
		exposes: "reading an answer that is cut off as if it were whole",
		rules:   []string{"content-type-declared"},
		on:      speech.OnAny, defaults: Fault{Bytes: 64},
		params:  []faultParam{sizeParam("bytes")},
		excuses: speech.OnSubmit,
		rewrite: func(h *hit) bool {
			h.w.limit = h.fault.Bytes
			return true
		},
	},
}
