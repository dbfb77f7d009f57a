package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// cancelCommand calls operations off.
type cancelCommand struct {
	follow bool
	force  bool
	yes    bool
}

func newCancel(w World) *cobra.Command {
	var prototype session
	cancel := &cancelCommand{}
	c := &cobra.Command{
		Use:   "cancel HANDLE...",
		Short: "Ask the server to call operations off",
		Long: `Ask the server to call operations off: as the dialect has it, where that is sure (it was named, or a
strong cue gave it away), else by DELETE on the status URL, as the pattern has it.

Before that the status URL is asked once: what does not answer like a pending operation is not
deleted, unless --force says so. The exit code is 0 once the server has taken the wish; with --wait,
once the operation is cancelled (1 if it ended otherwise).`,
		Example: `  asyncctl cancel https://api.example.com/operations/7f3a
  asyncctl cancel order.handle --wait --timeout 1m`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			worst := exitOK
			for _, arg := range args {
				s := prototype
				s.w = w
				var said exitError
				switch err := cancel.run(c.Context(), &s, arg); {
				case errors.As(err, &said):
					worst = worse(worst, int(said), len(args))
				case err != nil:
					return err
				}
			}
			if worst != exitOK {
				return exitError(worst)
			}
			return nil
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.BoolVar(&cancel.follow, "wait", false, "wait until the operation is over")
	fs.BoolVar(&cancel.force, "force", false, "send the request without asking first whether there is anything to call off")
	fs.BoolVar(&cancel.yes, "yes", false, "cancel also where that takes away more than the work, such as results")
	prototype.prof.bind(fs)
	prototype.head.Bind(fs)
	prototype.out.bindShape(fs)
	prototype.wait.bind(fs)
	prototype.conn.Bind(fs)
	return c
}

func (k *cancelCommand) run(ctx context.Context, s *session, arg string) error {
	op, err := s.handle(arg)
	if err != nil {
		return err
	}
	defer s.view.Close()
	bounded, stop := s.wait.context(ctx)
	defer stop()
	if !k.force {
		switch op, err = s.client.Poll(bounded, op); {
		case op.Outcome == lro.Cancelled:
			fmt.Fprintln(s.w.Stderr, "the operation is cancelled already")
			return s.finish(ctx, op, nil, nil)
		case err != nil:
			return s.finish(ctx, op, nil, err)
		}
		if !callable(op) {
			return s.over(ctx, op)
		}
	}
	if err := k.spare(s, op); err != nil {
		return s.finish(ctx, op, nil, err)
	}
	op, _, err = s.client.Cancel(bounded, op)
	switch {
	case err != nil:
		return s.finish(ctx, op, nil, err)
	case !k.follow:
		fmt.Fprintln(s.w.Stderr, "the server has taken the cancellation; whether it succeeds, \"asyncctl status\" tells")
		return s.finish(ctx, op, nil, nil)
	}
	return k.confirm(ctx, bounded, s, op)
}

// spare refuses a cancellation that destroys more than the work, unless the person said yes to that.
func (k *cancelCommand) spare(s *session, op lro.Operation) error {
	if s.destroys(op) && !k.yes {
		return usagef("with %s, to cancel takes away more than the work, such as results; --yes does it", op.Dialect)
	}
	return nil
}

// destroys says whether to call op off takes away more than the work.
func (s *session) destroys(op lro.Operation) bool {
	d := s.wait.named
	if _, auto := d.(asked); auto {
		d, _ = dialect.ByName(op.Dialect)
	}
	return dialect.Destroys(d)
}

// callable says whether the answer to a poll was that of an operation that can still be called off.
func callable(op lro.Operation) bool {
	return op.Phase == lro.Polling && op.State != lro.StateUnknown
}

// over ends a cancellation that came too late, or that was aimed at something else.
func (s *session) over(ctx context.Context, op lro.Operation) error {
	if op.Phase == lro.Fetching || op.State.Terminal() && op.Style != lro.StyleUnknown {
		return s.finish(ctx, op, nil, &poller.Error{Operation: op, Cancel: lro.CancelTooLate, Err: errors.New("it is over already")})
	}
	return s.finish(ctx, op, nil, usagef("%s does not answer like the status of a pending operation; nothing was sent to call it off (--force sends it all the same)", poller.Redact(op.StatusURL)))
}

// confirm waits for the end: here being cancelled is success.
func (k *cancelCommand) confirm(ctx, bounded context.Context, s *session, op lro.Operation) error {
	res, err := s.client.Wait(bounded, op)
	if err == nil {
		res.Body.Close()
		return s.finish(ctx, res.Operation, nil, &poller.Error{Operation: res.Operation, Cancel: lro.CancelTooLate, Err: errors.New("it succeeded before")})
	}
	var failed *poller.Error
	if errors.As(err, &failed) && failed.Operation.Outcome == lro.Cancelled {
		fmt.Fprintln(s.w.Stderr, "the operation is cancelled")
		return s.finish(ctx, failed.Operation, nil, nil)
	}
	return s.finish(ctx, s.latest, nil, err)
}
