package poller

import "github.com/asyncctl/asyncctl/poller/lro"

// again returns an operation that a wait has given up, as one that can be waited for: after a deadline, an
// interrupt, a broken connection, refused or missing credentials. One that the server has ended, and one without
// a status URL, stays over.
//
// It comes back as from a handle, so that going on in the same process and in another one are the same; what a
// handle does not hold, where the credentials belong and the caller's policy, stays.
func again(op lro.Operation) lro.Operation {
	if !op.Done() || op.StatusURL == "" || op.Outcome != lro.Timeout && op.Outcome != lro.Lost {
		return op
	}
	switch op.Reason.Class() {
	case lro.ClassDeadline, lro.ClassInterrupted, lro.ClassTransport, lro.ClassRefused, lro.ClassServer:
	default:
		return op
	}
	text, err := op.MarshalJSON()
	if err != nil {
		return op
	}
	var fresh lro.Operation
	if fresh.UnmarshalJSON(text) != nil {
		return op
	}
	fresh.Home, fresh.Described, fresh.Policy = op.Home, op.Described, op.Policy
	return fresh
}
