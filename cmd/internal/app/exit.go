package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// ErrTransfer marks a result that broke off on its way.
var ErrTransfer = errors.New("the result is incomplete")

// Exit carries an exit code whose text has been said already.
type Exit int

func (e Exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// CodeOf returns the exit code for an error.
func CodeOf(ctx context.Context, err error) int {
	var usage *UsageError
	var said Exit
	var op *poller.Error
	var output *WriteError
	var mine interface {
		error
		NotSent() bool
	}
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &said):
		return int(said)
	case errors.As(err, &output):
		return ExitOutput
	case errors.As(err, &usage), errors.Is(err, poller.ErrNoCancel):
		return ExitUsage
	case errors.As(err, &mine) && mine.NotSent() && (!errors.As(err, &op) || op.Response == nil),
		errors.As(err, &op) && op.Operation.Outcome == lro.NotSent && op.Operation.Reason == lro.BadURL:
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
	case e.Cancel != lro.CancelNotAsked:
		return cancelCode(e)
	case !e.Operation.Done():
		return questionCode(e)
	}
	return classCodes[e.Operation.Reason.Class()]
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
	case errors.Is(e.Err, context.DeadlineExceeded):
		return ExitTimeout
	case e.Err != nil || e.Response == nil:
		return ExitUnreachable
	case e.Response.Status == 404:
		return ExitGone
	case e.Response.Status/100 == 5:
		return ExitServer
	}
	return ExitRefused
}

// ExitCode says what went wrong and returns the code. A command whose output was lost did not succeed,
// whatever it thinks.
func ExitCode(ctx context.Context, w World, err error) int {
	code := CodeOf(ctx, err)
	var said Exit
	if err != nil && !errors.As(err, &said) {
		fmt.Fprintf(w.Stderr, "asyncctl: %s\n", render.CleanText(err.Error()))
	}
	if lost := w.WriteFailed(); lost != nil && code != ExitOutput && ctx.Err() == nil {
		fmt.Fprintf(w.Stderr, "asyncctl: %v\n", lost)
		return ExitOutput
	}
	return code
}
