package lro

import "net/http"

// CancelAnswer is what the server made of the request to cancel an operation.
type CancelAnswer uint8

// The answers.
const (
	CancelNotAsked    CancelAnswer = iota // no cancellation was sent
	CancelAccepted                        // it will try; polls tell whether it did
	CancelTooLate                         // 409: finished already, or past the point
	CancelUnsupported                     // 405, 501: this server does not cancel operations
	CancelGone                            // 404, 410: it knows no such operation
	CancelRefused                         // another 4xx: credentials, or a request it does not take
	CancelFailed                          // 5xx, 429, no answer: nobody knows
)

var cancelNames = [...]string{"not-asked", "accepted", "too-late", "unsupported", "gone", "refused", "failed"}

// String returns the answer's word: "too-late".
func (c CancelAnswer) String() string {
	if int(c) < len(cancelNames) {
		return cancelNames[c]
	}
	return cancelNames[CancelFailed]
}

// AfterCancel returns the operation after the reply to the request that [Dialect].Cancel gave, and
// what the reply means. An accepted cancellation is not yet a cancelled operation: go on polling.
func AfterCancel(op Operation, r Reply) (Operation, CancelAnswer) {
	answer := readCancel(r)
	if answer != CancelAccepted || op.Done() {
		return op, answer
	}
	op.CancelSent = true
	op.ETag = "" // what comes next must not be answered by "not modified"
	if !op.State.Terminal() {
		op.State, op.Native = StateCancelling, ""
	}
	if op.Phase == Polling {
		op.poll()
	}
	return op, answer
}

func readCancel(r Reply) CancelAnswer {
	switch {
	case r.Status == 0, r.Status == http.StatusTooManyRequests, r.Status/100 == 5 && r.Status != http.StatusNotImplemented:
		return CancelFailed
	case r.Status/100 == 2, r.Status == http.StatusSeeOther:
		return CancelAccepted
	case r.Status == http.StatusConflict:
		return CancelTooLate
	case r.Status == http.StatusNotFound, r.Status == http.StatusGone:
		return CancelGone
	case r.Status == http.StatusMethodNotAllowed, r.Status == http.StatusNotImplemented:
		return CancelUnsupported
	}
	return CancelRefused
}
