package follow

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/config"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Wait follows an operation that was started elsewhere.
type Wait struct {
	Session
	Bounds  manyFlags
	Until   Quorum
	records *app.Records
}

// Run waits for what the handles stand for.
func (s *Wait) Run(c *cobra.Command, args []string) error {
	s.given = config.GivenFrom(c.Context())
	args, err := s.Expand(args)
	if err != nil {
		return err
	}
	if len(args) > 1 {
		return s.many(c.Context(), args)
	}
	if _, err := s.Until.Of(len(args)); err != nil {
		return err
	}
	return s.single(c.Context(), args[0])
}

func (s *Wait) single(ctx context.Context, arg string) error {
	op, err := s.handle(arg)
	if err != nil {
		return err
	}
	defer s.view.Close()
	if err := s.checkSave(); err != nil {
		return err
	}
	file, err := s.Output.reserve(ctx)
	if err != nil {
		return err
	}
	s.Dir = s.Bounds.dir
	if err := s.Bounds.check(); err != nil {
		return err
	}
	if s.Waiting.Timeout.atOnce() {
		return s.once(ctx, op, file)
	}
	bounded, cancel := s.Waiting.context(ctx)
	defer cancel()
	res, err := s.client.Wait(bounded, op)
	return s.result(ctx, bounded, res, file, err)
}

// handle reads one argument and builds the client for it.
func (s *Session) handle(arg string) (lro.Operation, error) {
	ops, err := s.handles([]string{arg})
	if err != nil {
		return lro.Operation{}, err
	}
	return ops[0], nil
}

// handles reads the arguments and builds one client for all of them.
func (s *Session) handles(args []string) ([]lro.Operation, error) {
	ops := make([]lro.Operation, len(args))
	for i, arg := range args {
		var err error
		if ops[i], err = readHandle(arg, s.World.Stdin); err != nil {
			return nil, err
		}
		if err := s.describe(&ops[i]); err != nil {
			return nil, err
		}
		if err := s.Waiting.checkDialect(ops[i], arg); err != nil {
			return nil, err
		}
	}
	s.rows = rowNames(args, ops)
	if s.several {
		s.names = render.NewRoster(s.rows...)
	}
	if err := s.open(ops[0].StatusURL); err != nil {
		return nil, err
	}
	for i, op := range ops {
		if err := s.checkTrust(op, args[i]); err != nil {
			return nil, err
		}
	}
	return ops, nil
}

// once is --timeout 0: one poll, and the result if it is there already.
func (s *Wait) once(ctx context.Context, op lro.Operation, file *app.File) error {
	op.NotBefore, s.client.Policy.Misses = time.Time{}, -1 // one question, and no second one
	asked, err := s.client.Poll(ctx, op)
	var failed *poller.Error
	switch {
	case errors.As(err, &failed) && !failed.Operation.Done(), err == nil && asked.Phase == lro.Polling:
		if file != nil {
			file.Abandon()
		}
		return s.pending(ctx, asked, err)
	case err != nil:
		return s.result(ctx, ctx, nil, file, err)
	}
	bounded, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	res, err := s.client.Wait(bounded, op)
	return s.result(ctx, bounded, res, file, err)
}
