package follow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/config"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Cancel cancels operations.
type Cancel struct {
	Session
	Follow bool
	Force  bool
	Yes    bool
}

// Run cancels one operation after the other. All of them are read before the first is asked for.
func (k *Cancel) Run(ctx context.Context, args []string) error {
	k.given = config.GivenFrom(ctx)
	args, err := k.Expand(args)
	if err != nil {
		return err
	}
	ops, err := k.handles(args)
	if err != nil {
		return err
	}
	defer k.view.Close()
	var all app.Together
	for i, op := range ops {
		one := *k
		if err := one.renew(i); err != nil {
			return err
		}
		all.Add(app.CodeOf(ctx, one.cancel(ctx, op)))
		if ctx.Err() != nil {
			break
		}
	}
	if code := all.Code(); code != app.ExitOK {
		return app.Exit(code)
	}
	return nil
}

// renew gives a copy of a session a view of its own, where it is not the first one.
func (s *Session) renew(i int) error {
	s.client.Observe = s.observe // one after the other
	s.began, s.end = time.Now(), poller.End{}
	if i == 0 {
		return nil
	}
	var err error
	s.view, err = s.Output.View(s.World, s.title, nil)
	return err
}

func (k *Cancel) cancel(ctx context.Context, op lro.Operation) error {
	defer k.view.Close()
	bounded, stop := k.Waiting.context(ctx)
	defer stop()
	var err error
	if !k.Force {
		switch op, err = k.client.Poll(bounded, op); {
		case op.Outcome == lro.Cancelled:
			fmt.Fprintln(k.World.Stderr, "the operation is cancelled already")
			return k.finish(ctx, op, nil, nil)
		case err != nil:
			return k.finish(ctx, op, nil, err)
		}
		if !callable(op) {
			return k.over(ctx, op)
		}
	}
	if err := k.spare(op); err != nil {
		return k.finish(ctx, op, nil, err)
	}
	op, _, err = k.client.Cancel(bounded, op)
	switch {
	case err != nil:
		return k.finish(ctx, op, nil, err)
	case !k.Follow:
		fmt.Fprintln(k.World.Stderr, "the server accepted the cancellation; \"asyncctl status\" reports whether it succeeds")
		return k.finish(ctx, op, nil, nil)
	}
	return k.confirm(ctx, bounded, op)
}

// spare refuses a cancellation that destroys more than the work, unless the person said yes to that.
func (k *Cancel) spare(op lro.Operation) error {
	if k.destroys(op) && !k.Yes {
		return app.Usagef("with %s, cancelling removes more than the work, such as results; --yes does it", op.Dialect)
	}
	return nil
}

// destroys reports whether cancelling op removes more than the work.
func (s *Session) destroys(op lro.Operation) bool {
	d := plainOf(s.client.Dialect, op)
	if _, auto := d.(Asked); auto {
		d, _ = dialect.ByName(op.Dialect)
	}
	return dialect.Destroys(d)
}

// callable reports whether the answer to a poll was surely that of an operation that goes on: a guess
// licenses no write.
func callable(op lro.Operation) bool {
	return op.Phase == lro.Polling && op.State != lro.StateUnknown && !op.Doubtful
}

// over ends a cancellation that came too late, or that was aimed at something else.
func (s *Session) over(ctx context.Context, op lro.Operation) error {
	if op.Phase == lro.Fetching || op.State.Terminal() && op.Style != lro.StyleUnknown {
		return s.finish(ctx, op, nil, &poller.Error{Operation: op, Cancel: lro.CancelTooLate, Err: errors.New("it is over already")})
	}
	return s.finish(ctx, op, nil, app.Usagef("%s does not answer like the status of a pending operation; nothing was sent (--force cancels it all the same)", show.URL(op.StatusURL)))
}

// confirm waits for the end: here being cancelled is success.
func (k *Cancel) confirm(ctx, bounded context.Context, op lro.Operation) error {
	res, err := k.client.Wait(bounded, op)
	if err == nil {
		res.Body.Close()
		return k.finish(ctx, res.Operation, nil, &poller.Error{Operation: res.Operation, Cancel: lro.CancelTooLate, Err: errors.New("it succeeded before")})
	}
	var failed *poller.Error
	if errors.As(err, &failed) && failed.Operation.Outcome == lro.Cancelled {
		fmt.Fprintln(k.World.Stderr, "the operation is cancelled")
		return k.finish(ctx, failed.Operation, nil, nil)
	}
	return k.finish(ctx, k.latest, nil, err)
}
