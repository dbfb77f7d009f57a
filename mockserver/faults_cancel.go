package mockserver

// cancelFaults spoil the calling off of an operation.
var cancelFaults = []kind{
	{
		name:    "cancel-ignored",
		summary: "a cancellation is accepted, and the operation goes on",
		exposes: "taking the answer to a cancellation for the cancellation",
		rules:   []string{"cancelled-visible"},
		on:      onCancel,
		before: func(h *hit) bool {
			return h.pretend()
		},
	},
	{
		name:    "cancel-race",
		summary: "a cancellation is accepted, and the operation has just succeeded",
		exposes: "calling an operation cancelled that was done: the cancellation lost the race",
		rules:   []string{"cancelled-visible"},
		on:      onCancel,
		before: func(h *hit) bool {
			return h.pretend() && h.s.store.visit(h.v.id, func(op *operation) { op.end(h.x.now, Succeeded) })
		},
	},
	{
		name:    "cancel-overwritten",
		summary: "after count polls that say Cancelled, the status URL says Succeeded",
		exposes: "asking again after the end, and believing the newer answer",
		rules:   []string{"no-success-after-cancel", "state-monotonic"},
		on:      onPoll, defaults: Fault{Count: 1}, params: []faultParam{countParam("count", faultCount)},
		rewrite: func(h *hit) bool {
			if !h.done() || h.v.snap.Status != Cancelled || h.past.ends < h.fault.Count {
				return false
			}
			h.status(Succeeded, 100)
			return true
		},
	},
}

// pretend answers a cancellation as if it called the operation off. It reports false
// if it could not be called off anyway.
func (h *hit) pretend() bool {
	if h.v.gone || h.v.scenario.NoCancel || h.v.snap.Status.Done() {
		return false
	}
	h.x.about(h.v)
	v := h.as(Cancelling, h.v.snap.Percent, h.v.scenario.Completion)
	h.again(func(x *exchange) { x.d.cancel(x, v, true) })
	return true
}
