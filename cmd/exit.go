package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// The exit codes. "asyncctl help exit-codes" prints what they mean.
const (
	exitOK          = 0
	exitNo          = 1
	exitUsage       = 2
	exitUnreachable = 3
	exitRefused     = 4
	exitServer      = 5
	exitProtocol    = 6
	exitCancelled   = 7
	exitPending     = 8
	exitGone        = 9
	exitBug         = 70
	exitTimeout     = 124
	exitInterrupted = 130
)

const exitCodesText = `The exit code tells how it ended:

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

func newExitCodes() *cobra.Command {
	return &cobra.Command{Use: "exit-codes", Short: "what the exit code tells", Long: exitCodesText}
}

// codes maps the classes of reasons.
var codes = map[lro.Class]int{
	lro.ClassNone:        exitOK,
	lro.ClassOperation:   exitNo,
	lro.ClassTransport:   exitUnreachable,
	lro.ClassRefused:     exitRefused,
	lro.ClassServer:      exitServer,
	lro.ClassProtocol:    exitProtocol,
	lro.ClassCancelled:   exitCancelled,
	lro.ClassGone:        exitGone,
	lro.ClassDeadline:    exitTimeout,
	lro.ClassInterrupted: exitInterrupted,
}

var cancelCodes = map[lro.CancelAnswer]int{
	lro.CancelTooLate:     exitNo,
	lro.CancelUnsupported: exitRefused,
	lro.CancelGone:        exitGone,
	lro.CancelRefused:     exitRefused,
}

// usageError is a mistake in how the program was called, or in a file that it was given.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// misused makes a usage error of one that a reader of flags returned.
func misused(err error) error { return &usageError{err.Error()} }

// exitError carries an exit code whose text has been said already.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// codeOf returns the exit code for an error.
func codeOf(ctx context.Context, err error) int {
	var usage *usageError
	var said exitError
	var op *poller.Error
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &said):
		return int(said)
	case errors.As(err, &usage), errors.Is(err, poller.ErrNoCancel):
		return exitUsage
	case errors.As(err, &op):
		return operationCode(ctx, op)
	case ctx.Err() != nil:
		return signalCode(ctx)
	case errors.Is(err, context.DeadlineExceeded):
		return exitTimeout
	case errors.Is(err, errTransfer):
		return exitUnreachable
	}
	return exitUsage
}

func operationCode(ctx context.Context, e *poller.Error) int {
	switch {
	case e.Operation.Reason == lro.Interrupted || ctx.Err() != nil:
		return signalCode(ctx)
	case e.Cancel != lro.CancelAccepted:
		return cancelCode(e)
	case !e.Operation.Done():
		return questionCode(e)
	}
	return codes[e.Operation.Reason.Class()]
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
		return exitUnreachable
	case e.Response.Status == 404:
		return exitGone
	case e.Response.Status/100 == 5:
		return exitServer
	}
	return exitRefused
}

// exitCode says what went wrong and returns the code.
func exitCode(ctx context.Context, w World, err error) int {
	code := codeOf(ctx, err)
	var said exitError
	if err != nil && !errors.As(err, &said) {
		fmt.Fprintf(w.Stderr, "asyncctl: %s\n", render.Clean(err.Error()))
	}
	return code
}
