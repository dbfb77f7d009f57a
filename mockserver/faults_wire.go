package mockserver

import "time"

// wireFaults have the names that toxiproxy gives them.
var wireFaults = []kind{
	{
		name:    "latency",
		summary: "the answer begins late, by delay plus or minus jitter",
		exposes: "no time limit for a single request, or one that is taken for the end of the operation",
		rules:   []string{"accepts-promptly"},
		on:      onAny, defaults: Fault{Delay: time.Second},
		params: []faultParam{timeParam("delay", faultDelay), timeParam("jitter", faultJitter)},
		rewrite: func(h *hit) bool {
			share := 2*h.s.store.dice.float(h.dice...) - 1
			h.w.delay += max(h.fault.Delay+time.Duration(share*float64(h.fault.Jitter)), 0)
			return true
		},
	},
	{
		name:    "bandwidth",
		summary: "the body comes with bytes a second",
		exposes: "a time limit that counts from the last byte only, or from the first",
		on:      onAny, defaults: Fault{Bytes: 1 << 10},
		params: []faultParam{sizeParam("bytes")},
		rewrite: func(h *hit) bool {
			h.w.rate = h.fault.Bytes
			return true
		},
	},
	{
		name:    "slow_close",
		summary: "the answer is whole, and the connection stays open for delay before it ends",
		exposes: "waiting for the end of the connection instead of the end of the answer",
		on:      onAny, defaults: Fault{Delay: time.Second},
		params: []faultParam{timeParam("delay", faultDelay)},
		rewrite: func(h *hit) bool {
			h.w.linger = h.fault.Delay
			return true
		},
	},
	{
		name:    "timeout",
		summary: "nothing is answered, and the connection ends after delay",
		exposes: "no time limit for a single request; giving up an operation because of one lost poll",
		rules:   []string{"status-url-present", "status-url-resolves"},
		on:      onAny, defaults: Fault{Delay: 30 * time.Second},
		params:  []faultParam{timeParam("delay", faultDelay)},
		excuses: onSubmit,
		rewrite: func(h *hit) bool {
			h.w.drop, h.w.hold = true, h.fault.Delay
			return true
		},
	},
	{
		name:    "reset_peer",
		summary: "nothing is answered, and the connection is reset",
		exposes: "giving up an operation because of one lost poll; submitting again after an answer that was lost",
		rules:   []string{"status-url-present", "status-url-resolves"},
		on:      onAny,
		excuses: onSubmit,
		rewrite: func(h *hit) bool {
			h.w.drop, h.w.reset = true, true
			return true
		},
	},
	{
		name:    "slicer",
		summary: "the body comes in pieces of about bytes, delay apart",
		exposes: "taking what one read returns for the whole answer",
		on:      onAny, defaults: Fault{Bytes: 16, Delay: 10 * time.Millisecond},
		params: []faultParam{sizeParam("bytes"), timeParam("delay", faultDelay)},
		rewrite: func(h *hit) bool {
			h.w.slice, h.w.gap = int(min(h.fault.Bytes, 1<<20)), h.fault.Delay
			h.w.vary(h.s.store.dice.throw(h.dice...))
			return true
		},
	},
	{
		name:    "limit_data",
		summary: "the connection ends after bytes of the body",
		exposes: "reading an answer that is cut off as if it were whole",
		rules:   []string{"content-type-declared"},
		on:      onAny, defaults: Fault{Bytes: 64},
		params:  []faultParam{sizeParam("bytes")},
		excuses: onSubmit,
		rewrite: func(h *hit) bool {
			h.w.limit = h.fault.Bytes
			return true
		},
	},
}
