package fault

import (
	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// cancelFaults spoil the cancellation of an operation.
var cancelFaults = []Kind{
	{
		Name:    "cancel-ignored",
		summary: "a cancellation is accepted, and the operation goes on",
		exposes: "taking the answer to a cancellation for the cancellation",
		rules:   []string{"cancelled-visible"},
		on:      speech.OnCancel,
		before: func(h *hit) bool {
			return h.pretend()
		},
	},
	{
		Name:    "cancel-race",
		excuses: speech.OnCancel,
		summary: "a cancellation is accepted, and the operation has just succeeded",
		exposes: "calling an operation cancelled that was done: the cancellation lost the race",
		rules:   []string{"cancelled-visible"},
		on:      speech.OnCancel,
		before: func(h *hit) bool {
			return h.pretend() && h.x.Host.Store.Visit(h.v.ID, func(op *work.Operation) { op.End(h.x.Now, work.Succeeded) })
		},
	},
	{
		Name:    "cancel-overwritten",
		summary: "after count polls that say Cancelled, the status URL says Succeeded",
		exposes: "asking again after the end, and believing the newer answer",
		rules:   []string{"no-success-after-cancel", "state-monotonic"},
		on:      speech.OnPoll, defaults: Fault{Count: 1}, params: []faultParam{countParam("count", faultCount)},
		rewrite: func(h *hit) bool {
			if !h.done() || h.v.Snap.Status != work.Cancelled || h.past.Ends < h.fault.Count {
				return false
			}
			h.status(work.Succeeded, 100)
			return true
		},
	},
}

// pretend answers a cancellation as if it cancelled the operation. It reports false
// if it could not be cancelled anyway.
func (h *hit) pretend() bool {
	if h.v.Gone || h.v.Scenario.NoCancel || h.v.Snap.Status.Done() {
		return false
	}
	h.x.About(h.v)
	v := h.as(work.Cancelling, h.v.Snap.Percent, h.v.Scenario.Completion)
	h.again(func(x *speech.Exchange) { x.Dialect.Cancel(x, v, true) })
	return true
}
