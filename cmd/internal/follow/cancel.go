package follow

import (
	"context"
	"errors"
	"fmt"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Cancel calls operations off.
type Cancel struct {
	Follow bool
	Force  bool
	Yes    bool
}

func (k *Cancel) Run(ctx context.Context, s *Session, arg string) error {
	op, err := s.handle(arg)
	if err != nil {
		return err
	}
	defer s.view.Close()
	bounded, stop := s.Waiting.context(ctx)
	defer stop()
	if !k.Force {
		switch op, err = s.client.Poll(bounded, op); {
		case op.Outcome == lro.Cancelled:
			fmt.Fprintln(s.World.Stderr, "the operation is cancelled already")
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
	case !k.Follow:
		fmt.Fprintln(s.World.Stderr, "the server has taken the cancellation; whether it succeeds, \"asyncctl status\" tells")
		return s.finish(ctx, op, nil, nil)
	}
	return k.confirm(ctx, bounded, s, op)
}

// spare refuses a cancellation that destroys more than the work, unless the person said yes to that.
func (k *Cancel) spare(s *Session, op lro.Operation) error {
	if s.destroys(op) && !k.Yes {
		return app.Usagef("with %s, to cancel takes away more than the work, such as results; --yes does it", op.Dialect)
	}
	return nil
}

// destroys says whether to call op off takes away more than the work.
func (s *Session) destroys(op lro.Operation) bool {
	d := s.Waiting.named
	if _, auto := d.(Asked); auto {
		d, _ = dialect.ByName(op.Dialect)
	}
	return dialect.Destroys(d)
}

// callable says whether the answer to a poll was that of an operation that can still be called off.
func callable(op lro.Operation) bool {
	return op.Phase == lro.Polling && op.State != lro.StateUnknown
}

// over ends a cancellation that came too late, or that was aimed at something else.
func (s *Session) over(ctx context.Context, op lro.Operation) error {
	if op.Phase == lro.Fetching || op.State.Terminal() && op.Style != lro.StyleUnknown {
		return s.finish(ctx, op, nil, &poller.Error{Operation: op, Cancel: lro.CancelTooLate, Err: errors.New("it is over already")})
	}
	return s.finish(ctx, op, nil, app.Usagef("%s does not answer like the status of a pending operation; nothing was sent to call it off (--force sends it all the same)", poller.Redact(op.StatusURL)))
}

// confirm waits for the end: here being cancelled is success.
func (k *Cancel) confirm(ctx, bounded context.Context, s *Session, op lro.Operation) error {
	res, err := s.client.Wait(bounded, op)
	if err == nil {
		res.Body.Close()
		return s.finish(ctx, res.Operation, nil, &poller.Error{Operation: res.Operation, Cancel: lro.CancelTooLate, Err: errors.New("it succeeded before")})
	}
	var failed *poller.Error
	if errors.As(err, &failed) && failed.Operation.Outcome == lro.Cancelled {
		fmt.Fprintln(s.World.Stderr, "the operation is cancelled")
		return s.finish(ctx, failed.Operation, nil, nil)
	}
	return s.finish(ctx, s.latest, nil, err)
}
