package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// The exit codes. "asyncctl help exit-codes" prints what they mean.
const (
	ExitOK          = 0
	ExitNo          = 1
	ExitUsage       = 2
	ExitUnreachable = 3
	ExitRefused     = 4
	ExitServer      = 5
	exitProtocol    = 6
	exitCancelled   = 7
	ExitPending     = 8
	exitGone        = 9
	ExitBug         = 70
	ExitTimeout     = 124
	exitInterrupted = 130
)

const ExitCodesText = `The exit code tells how it ended:

    0  succeeded
    1  the answer is no: the operation failed; cancel: it was not called off; of many, some failed
    2  wrong usage, an unusable file, nothing selected
    3  could not ask: DNS, connect, TLS, reset, after the allowed retries
    4  refused: a 4xx that is not the operation's own failure (401, 403, 400 on submit, ...)
    5  server error: 5xx after the allowed retries
    6  protocol: the pattern is broken (202 with nothing to poll, redirect loop, forbidden hop, ...)
    7  cancelled
    8  still pending (status; wait --timeout 0)
    9  gone: expired, or unknown to the server (404 after the grace, 410)
   70  a bug in asyncctl
  124  the deadline passed; the fate of the operation is unknown
  130  interrupted (Ctrl-C); 143 terminated. The operation goes on

Only 1 says that the operation failed. 3, 4, 5, 6 and 9 say that its fate, or its result, is not
known: it may be running. The reason in --format json tells more.
`

// codes maps the classes of reasons.
var Codes = map[lro.Class]int{
	lro.ClassNone:        ExitOK,
	lro.ClassOperation:   ExitNo,
	lro.ClassTransport:   ExitUnreachable,
	lro.ClassRefused:     ExitRefused,
	lro.ClassServer:      ExitServer,
	lro.ClassProtocol:    exitProtocol,
	lro.ClassCancelled:   exitCancelled,
	lro.ClassGone:        exitGone,
	lro.ClassDeadline:    ExitTimeout,
	lro.ClassInterrupted: exitInterrupted,
}

var cancelCodes = map[lro.CancelAnswer]int{
	lro.CancelTooLate:     ExitNo,
	lro.CancelUnsupported: ExitRefused,
	lro.CancelGone:        exitGone,
	lro.CancelRefused:     ExitRefused,
}

// Exit carries an exit code whose text has been said already.
type Exit int

func (e Exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// CodeOf returns the exit code for an error.
func CodeOf(ctx context.Context, err error) int {
	var usage *UsageError
	var said Exit
	var op *poller.Error
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &said):
		return int(said)
	case errors.As(err, &usage), errors.Is(err, poller.ErrNoCancel):
		return ExitUsage
	case errors.As(err, &op):
		return operationCode(ctx, op)
	case ctx.Err() != nil:
		return SignalCode(ctx)
	case errors.Is(err, context.DeadlineExceeded):
		return ExitTimeout
	case errors.Is(err, ErrTransfer):
		return ExitUnreachable
	}
	return ExitUsage
}

func operationCode(ctx context.Context, e *poller.Error) int {
	switch {
	case e.Operation.Reason == lro.Interrupted || ctx.Err() != nil:
		return SignalCode(ctx)
	case e.Cancel != lro.CancelAccepted:
		return cancelCode(e)
	case !e.Operation.Done():
		return questionCode(e)
	}
	return Codes[e.Operation.Reason.Class()]
}

func cancelCode(e *poller.Error) int {
	if code, ok := cancelCodes[e.Cancel]; ok {
		return code
	}
	return questionCode(e)
}

// questionCode is for a single question that got no answer.
func questionCode(e *poller.Error) int {
	switch {
	case e.Err != nil || e.Response == nil:
		return ExitUnreachable
	case e.Response.Status == 404:
		return exitGone
	case e.Response.Status/100 == 5:
		return ExitServer
	}
	return ExitRefused
}

// ExitCode says what went wrong and returns the code.
func ExitCode(ctx context.Context, w World, err error) int {
	code := CodeOf(ctx, err)
	var said Exit
	if err != nil && !errors.As(err, &said) {
		fmt.Fprintf(w.Stderr, "asyncctl: %s\n", render.Clean(err.Error()))
	}
	return code
}

// errTransfer marks a result that broke off on its way.
var ErrTransfer = errors.New("the result is incomplete")
