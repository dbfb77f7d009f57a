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

// Status asks once how operations stand.
type Status struct{ Session }

// Run asks for each operation and prints a line or a document for it.
func (s *Status) Run(ctx context.Context, args []string) error {
	s.Waiting.pollRetries, s.Waiting.grace = 0, -1
	args, err := s.Expand(args)
	if err != nil {
		return err
	}
	ops, err := s.handles(args)
	if err != nil {
		return err
	}
	defer s.view.Close()
	var all app.Together
	for _, op := range ops {
		all.Add(s.ask(ctx, op))
		if s.World.WriteFailed() != nil || ctx.Err() != nil {
			break
		}
	}
	if code := all.Code(); code != app.ExitOK {
		return app.Exit(code)
	}
	return nil
}

// ask polls one operation, prints how it stands, and returns its exit code.
func (s *Status) ask(ctx context.Context, op lro.Operation) int {
	s.end = poller.End{}
	op, err := s.client.Poll(ctx, op)
	var failed *poller.Error
	if errors.As(err, &failed) {
		op = failed.Operation
	}
	code := app.CodeOf(ctx, err)
	if err == nil && op.Phase == lro.Polling {
		code = pendingCode(op)
	}
	if s.Output.format == "json" {
		d := s.document(op, s.end, nil, err, failed, code)
		if op.Phase == lro.Fetching {
			d.Outcome = lro.Succeeded.String()
		}
		d.Write(s.World.Stdout) // which remembers its error
		return code
	}
	fmt.Fprintf(s.World.Stdout, "%s  %s\n", standing(op), op.StatusURL)
	if err != nil {
		fmt.Fprintf(s.World.Stderr, "asyncctl: %s\n", render.Clean(err.Error()))
	}
	if op.Doubtful || op.Reason == lro.UndecidedAnswer {
		if failed != nil {
			explainFailure(s.World, failed)
		}
		fmt.Fprintln(s.World.Stderr, waysOn)
	}
	return code
}

// pendingCode is the code of an operation that was asked for once and is not over. Where that is a
// guess, "still pending" would be a claim.
func pendingCode(op lro.Operation) int {
	if op.Doubtful {
		return app.ExitProtocol
	}
	return app.ExitPending
}

// standing says in a few words how an operation stands.
func standing(op lro.Operation) string {
	switch {
	case op.Done():
		return op.Outcome.String()
	case op.Phase == lro.Fetching:
		return lro.Succeeded.String()
	}
	if op.Doubtful {
		if op.Native == "" {
			return string(lro.UndecidedAnswer)
		}
		return fmt.Sprintf("%s (%q)", lro.UndecidedAnswer, render.Clean(op.Native))
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
		s.document(op, s.end, nil, err, nil, pendingCode(op)).Write(s.World.Stdout)
	}
	if err != nil {
		fmt.Fprintf(s.World.Stderr, "asyncctl: %s\n", render.Clean(err.Error()))
	}
	if op.Doubtful {
		fmt.Fprintf(s.World.Stderr, "%s\n%s\n", standing(op), waysOn)
		return app.Exit(pendingCode(op))
	}
	fmt.Fprintf(s.World.Stderr, "still %s\n", standing(op))
	return app.Exit(app.ExitPending)
}
