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

func newStatus(w World) *cobra.Command {
	var prototype session
	c := &cobra.Command{
		Use:   "status HANDLE...",
		Short: "Ask once how operations stand",
		Long: `Ask each status URL once, now, and print one line for each: the state, the progress, the URL.

The exit code is 0 if all have succeeded, 8 if one is pending, 1 if one has failed; for a single
operation see "asyncctl help exit-codes".`,
		Example: `  asyncctl status https://api.example.com/operations/7f3a
  asyncctl status order.handle --format json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			worst := exitOK
			for _, arg := range args {
				s := prototype
				s.w = w
				code, err := s.status(c.Context(), arg)
				if err != nil {
					return err
				}
				worst = worse(worst, code, len(args))
			}
			if worst != exitOK {
				return exitError(worst)
			}
			return nil
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	prototype.prof.bind(fs)
	prototype.head.Bind(fs)
	prototype.out.bindShape(fs)
	fs.Lookup("progress").DefValue = "none"
	prototype.out.progress = "none"
	prototype.wait.bindQuestion(fs)
	prototype.conn.Bind(fs)
	return c
}

// worse combines the exit codes of several operations.
func worse(a, b, n int) int {
	switch {
	case n == 1, a == exitOK, a == b:
		return b
	case b == exitOK:
		return a
	case a == exitPending || b == exitPending:
		return max(min(a, b), exitNo)
	}
	return exitNo
}

// status asks for one operation and prints how it stands; the error is for what stops the others too.
func (s *session) status(ctx context.Context, arg string) (int, error) {
	s.wait.pollRetries, s.wait.grace = 0, -1
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
	code := codeOf(ctx, err)
	if err == nil && op.Phase == lro.Polling {
		code = exitPending
	}
	if s.out.format == "json" {
		d := s.document(op, s.end, nil, err, failed, code)
		if op.Phase == lro.Fetching {
			d.Outcome = lro.Succeeded.String()
		}
		return code, d.Write(s.w.Stdout)
	}
	fmt.Fprintf(s.w.Stdout, "%s  %s\n", standing(op), op.StatusURL)
	if err != nil {
		fmt.Fprintf(s.w.Stderr, "asyncctl: %s\n", render.Clean(err.Error()))
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
func (s *session) pending(ctx context.Context, op lro.Operation, err error) error {
	s.view.Close()
	if s.out.format == "json" {
		s.document(op, s.end, nil, err, nil, exitPending).Write(s.w.Stdout)
	}
	if err != nil {
		fmt.Fprintf(s.w.Stderr, "asyncctl: %s\n", render.Clean(err.Error()))
	}
	fmt.Fprintf(s.w.Stderr, "still %s\n", standing(op))
	return exitError(exitPending)
}
