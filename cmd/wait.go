package cmd

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// waitCommand follows an operation that was started elsewhere.
type waitCommand struct {
	session
	bounds  manyFlags
	until   quorum
	records *records
}

func newWait(w World) *cobra.Command {
	s := &waitCommand{session: session{w: w}, until: quorum{"all"}}
	c := &cobra.Command{
		Use:   "wait HANDLE...",
		Short: "Wait for operations and print their results",
		Long: `Wait for an operation to end, and print its result on stdout.

With several, stdout has one line for each as it ends, or one JSON document a line with --format
json, results included; --output-dir writes the results to files.

HANDLE is a status URL, a handle file (from submit --save), or - for either on stdin. A handle file
names no origin on your behalf: headers and credentials go to its origin only with --trust-origin.`,
		Example: `  asyncctl wait https://api.example.com/operations/7f3a
  asyncctl wait order.handle -o report.pdf --timeout 30m
  asyncctl wait order.handle --token-command 'vault read -field=token api' --trust-origin https://api.example.com
  asyncctl wait *.handle --until any --timeout 5m`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := s.until.of(len(args)); err != nil {
				return err
			}
			if len(args) > 1 {
				return s.many(c.Context(), args)
			}
			return s.run(c, args[0])
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringVar(&s.save, "save", "", "write the operation's handle to this `file`")
	fs.Var(&s.until, "until", "of several, wait until all, any, or `N` have succeeded")
	s.bounds.bind(fs)
	s.prof.bind(fs)
	s.head.Bind(fs)
	s.out.bind(fs)
	s.wait.bind(fs)
	s.conn.Bind(fs)
	return c
}

func (s *waitCommand) run(c *cobra.Command, arg string) error {
	ctx := c.Context()
	op, err := s.handle(arg)
	if err != nil {
		return err
	}
	defer s.view.Close()
	if err := s.checkSave(); err != nil {
		return err
	}
	file, err := s.out.reserve()
	if err != nil {
		return err
	}
	if s.wait.timeout.after == 0 && !s.wait.timeout.none {
		return s.once(ctx, op, file)
	}
	bounded, cancel := s.wait.context(ctx)
	defer cancel()
	res, err := s.client.Wait(bounded, op)
	return s.result(ctx, bounded, res, file, err)
}

// handle reads one argument and builds the client for it.
func (s *session) handle(arg string) (lro.Operation, error) {
	ops, err := s.handles([]string{arg})
	if err != nil {
		return lro.Operation{}, err
	}
	return ops[0], nil
}

// handles reads the arguments and builds one client for all of them.
func (s *session) handles(args []string) ([]lro.Operation, error) {
	ops := make([]lro.Operation, len(args))
	for i, arg := range args {
		var err error
		if ops[i], err = readHandle(arg, s.w.Stdin); err != nil {
			return nil, err
		}
		if err := s.wait.checkDialect(ops[i], arg); err != nil {
			return nil, err
		}
		if s.head.UsesNetrc() && !lro.SameOrigin(ops[0].StatusURL, ops[i].StatusURL) {
			return nil, usagef("--netrc is for one origin; %s has another", arg)
		}
	}
	if len(args) > 1 {
		for _, op := range ops {
			s.names = append(s.names, poller.Redact(op.StatusURL))
		}
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
func (s *waitCommand) once(ctx context.Context, op lro.Operation, file *atomicFile) error {
	op.NotBefore = time.Time{}
	asked, err := s.client.Poll(ctx, op)
	var failed *poller.Error
	switch {
	case errors.As(err, &failed) && !failed.Operation.Done(), err == nil && asked.Phase == lro.Polling:
		if file != nil {
			file.abandon()
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
