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
type waitCommand struct{ session }

func newWait(w World) *cobra.Command {
	s := &waitCommand{session{w: w}}
	c := &cobra.Command{
		Use:   "wait HANDLE",
		Short: "Wait for an operation and print its result",
		Long: `Wait for an operation to end, and print its result on stdout.

HANDLE is a status URL, a handle file (from submit --save), or - for either on stdin. A handle file
names no origin on your behalf: headers and credentials go to its origin only with --trust-origin.`,
		Example: `  asyncctl wait https://api.example.com/operations/7f3a
  asyncctl wait order.handle -o report.pdf --timeout 30m
  asyncctl wait order.handle --token-command 'vault read -field=token api' --trust-origin https://api.example.com`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return s.run(c, args[0]) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringVar(&s.save, "save", "", "write the operation's handle to this `file`")
	s.head.bind(fs)
	s.out.bind(fs)
	s.wait.bind(fs)
	s.conn.bind(fs)
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

// handle reads the argument and builds the client for it.
func (s *session) handle(arg string) (lro.Operation, error) {
	op, err := readHandle(arg, s.w.Stdin)
	if err != nil {
		return op, err
	}
	if op.Dialect != "" && op.Dialect != lro.GenericName {
		return op, usagef("%s: its dialect %.40q is not known to this version of asyncctl", arg, op.Dialect)
	}
	if err := s.open(op.StatusURL); err != nil {
		return op, err
	}
	return op, checkTrust(op, arg, s.secrets, s.client.Policy)
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
