package follow

import (
	"context"
	"errors"
	"fmt"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Worse combines the exit codes of several operations.
func Worse(a, b, n int) int {
	switch {
	case n == 1, a == app.ExitOK, a == b:
		return b
	case b == app.ExitOK:
		return a
	case a == app.ExitPending || b == app.ExitPending:
		return max(min(a, b), app.ExitNo)
	}
	return app.ExitNo
}

// Status asks for one operation and prints how it stands; the error is for what stops the others too.
func (s *Session) Status(ctx context.Context, arg string) (int, error) {
	s.Waiting.pollRetries, s.Waiting.grace = 0, -1
	op, err := s.handle(arg)
	if err != nil {
		return 0, err
	}
	defer s.view.Close()
	op, err = s.client.Poll(ctx, op)
	var failed *poller.Error
	if errors.As(err, &failed) {
		op = failed.Operation
	}
	code := app.CodeOf(ctx, err)
	if err == nil && op.Phase == lro.Polling {
		code = app.ExitPending
	}
	if s.Output.format == "json" {
		d := s.document(op, s.end, nil, err, failed, code)
		if op.Phase == lro.Fetching {
			d.Outcome = lro.Succeeded.String()
		}
		return code, d.Write(s.World.Stdout)
	}
	fmt.Fprintf(s.World.Stdout, "%s  %s\n", standing(op), op.StatusURL)
	if err != nil {
		fmt.Fprintf(s.World.Stderr, "asyncctl: %s\n", render.Clean(err.Error()))
	}
	return code, nil
}

// standing says in a few words how an operation stands.
func standing(op lro.Operation) string {
	switch {
	case op.Done():
		return op.Outcome.String()
	case op.Phase == lro.Fetching:
		return lro.Succeeded.String()
	}
	text := op.State.String()
	if op.Progress.Known {
		text += fmt.Sprintf(" %.0f%%", op.Progress.Percent)
	}
	return text
}

// pending ends a command that asked once and found the operation not over.
func (s *Session) pending(ctx context.Context, op lro.Operation, err error) error {
	s.view.Close()
	if s.Output.format == "json" {
		s.document(op, s.end, nil, err, nil, app.ExitPending).Write(s.World.Stdout)
	}
	if err != nil {
		fmt.Fprintf(s.World.Stderr, "asyncctl: %s\n", render.Clean(err.Error()))
	}
	fmt.Fprintf(s.World.Stderr, "still %s\n", standing(op))
	return app.Exit(app.ExitPending)
}
