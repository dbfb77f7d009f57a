package poller

import (
	"context"
	"errors"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// The ends of an operation other than success. An [*Error] is one of them, by errors.Is. Where a deadline or an
// interrupt ended the wait it is context.DeadlineExceeded or context.Canceled as well, also where the wait ended
// early because the server's hint leaves no time for another poll.
var (
	ErrFailed    = errors.New("the operation failed")                    // the server says so
	ErrCancelled = errors.New("the operation was cancelled")             // the server says so
	ErrRefused   = errors.New("the submit was refused")                  // no operation was begun
	ErrNotSent   = errors.New("no request of the submit has left")       // nothing was started
	ErrLost      = errors.New("the operation's fate is not known")       // it may still be running
	ErrGone      = errors.New("the operation or its result is gone")     // 404, 410
	ErrTimeout   = errors.New("the deadline passed before the end")      // it may still be running
	ErrUndecided = errors.New("the answer is neither status nor result") // an ErrLost, too
)

var outcomeErrors = map[lro.Outcome]error{
	lro.Failed: ErrFailed, lro.Cancelled: ErrCancelled, lro.Refused: ErrRefused, lro.Lost: ErrLost, lro.Gone: ErrGone, lro.Timeout: ErrTimeout,
	lro.NotSent: ErrNotSent,
}

// Is reports whether the error is one of the sentinels of this package, or the end of a context.
func (e *Error) Is(target error) bool {
	class := e.Operation.Reason.Class()
	switch target {
	case nil:
		return false
	case context.DeadlineExceeded:
		return class == lro.ClassDeadline
	case context.Canceled:
		return class == lro.ClassInterrupted
	case ErrUndecided:
		return e.Operation.Reason == lro.UndecidedAnswer
	}
	return e.Operation.Done() && outcomeErrors[e.Operation.Outcome] == target
}
