package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// submitCommand starts an operation, and with --wait follows it.
type submitCommand struct {
	session
	request     curl.Request
	follow      bool
	retry       int
	retryUnsafe bool
	printCurl   bool
	dryRun      bool
}

func newSubmit(w World) *cobra.Command {
	s := &submitCommand{session: session{w: w}}
	c := &cobra.Command{
		Use:   "submit URL",
		Short: "Start an operation; with --wait follow it and print its result",
		Long: `Start an operation. stdout is its status URL, on one line; with --wait it is the result.

The submit is never sent twice by accident: only after a 429, or where the method is idempotent or
an Idempotency-Key is sent. URL may be mock: for a server inside this process, with parameters as
in mock:?duration=5s&outcome=failed, and with the name of a dialect as in mock:fhir-bulk (see
"asyncctl mockserver --help"); what the dialect wants to see in a submit is then added.`,
		Example: `  asyncctl submit mock: --wait
  asyncctl submit https://api.example.com/reports --json '{"year":2026}' --wait -o report.pdf
  asyncctl submit https://api.example.com/reports -d @order.json --save order.handle
  op=$(asyncctl submit https://api.example.com/reports -H @headers.txt --json @order.json)`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return s.run(c, args[0]) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.BoolVar(&s.follow, "wait", false, "wait for the end and print the result")
	fs.StringVar(&s.save, "save", "", "write the operation's handle to this `file`, for \"asyncctl wait FILE\"")
	s.request.Bind(fs)
	fs.IntVar(&s.retry, "retry", 3, "how often the submit is sent again where that is safe")
	fs.BoolVar(&s.retryUnsafe, "retry-unsafe", false, "send the submit again also where that may start a second operation")
	fs.BoolVar(&s.printCurl, "print-curl", false, "print the curl command for the submit, without secrets, and send nothing")
	fs.BoolVar(&s.dryRun, "dry-run", false, "print what would be sent, to whom, and when it would be polled; send nothing")
	s.prof.bind(fs)
	s.head.Bind(fs)
	s.out.bind(fs)
	s.wait.bind(fs)
	s.conn.Bind(fs)
	return c
}

func (s *submitCommand) run(c *cobra.Command, target string) error {
	ctx := c.Context()
	switch {
	case !c.Flags().Changed("retry"):
		s.retry = 0 // the library's default, which does not knock twice where nobody is
	case s.retry <= 0:
		s.retry = -1
	}
	url, stop, err := serveMock(target)
	if err != nil {
		return err
	}
	defer stop()
	if lro.Origin(url) == "" {
		return usagef("%q is not a URL to submit to: write http://host, https://host or mock:", poller.Redact(target))
	}
	if err := s.open(url); err != nil {
		return err
	}
	defer s.view.Close()
	s.client.Policy.Resends, s.client.Policy.ResendUnsafe = s.retry, s.retryUnsafe
	req, err := s.request.Build(url, s.in)
	if err != nil {
		return misused(err)
	}
	for name, values := range s.submitHeader {
		req.Header[name] = values
	}
	s.mock = strings.HasPrefix(target, "mock:")
	suitMock(target, &req, s.client.Header, c.Flags())
	if s.printCurl || s.dryRun {
		s.rehearse(req)
		return nil
	}
	if err := s.checkSave(); err != nil {
		return err
	}
	file, err := s.out.reserve()
	if err != nil {
		return err
	}
	bounded, cancel := s.wait.context(ctx)
	defer cancel()
	if s.follow {
		res, err := s.client.Do(bounded, req)
		return s.result(ctx, bounded, res, file, err)
	}
	op, res, err := s.client.Submit(bounded, req)
	if res != nil || err != nil {
		if err == nil {
			fmt.Fprintf(s.w.Stderr, "note: the server answered at once (HTTP %d): this is the result, there is nothing to wait for\n", res.Status)
		}
		return s.result(ctx, bounded, res, file, err)
	}
	if file != nil {
		file.abandon()
	}
	return s.accept(c, target, op)
}

// accept prints where the operation can be asked for.
func (s *submitCommand) accept(c *cobra.Command, target string, op lro.Operation) error {
	if s.mock {
		fmt.Fprintln(s.w.Stderr, "note: this mock ends with this command, and its operations with it; add --wait, or start \"asyncctl mockserver\"")
	}
	if s.out.format == "text" {
		fmt.Fprintln(s.w.Stdout, op.StatusURL)
	}
	return s.finish(c.Context(), op, nil, nil)
}
