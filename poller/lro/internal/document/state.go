package document

// State is what a word says about an operation. The states are those of package lro, in the same order.
type State uint8

// The states.
const (
	Unknown State = iota
	Pending
	Running
	Waiting
	Cancelling
	Succeeded
	Failed
	Partial
	Cancelled
)
