package follow

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/config"
	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Submit starts an operation, and with --wait follows it.
type Submit struct {
	Session
	Request     curl.Request
	Pasted      curl.Pasted
	Follow      bool
	Retry       int
	RetryUnsafe bool
	PrintCurl   bool
	DryRun      bool
	Example     string
}

func (s *Submit) Run(c *cobra.Command, target string) error {
	ctx := c.Context()
	s.given = config.GivenFrom(ctx)
	switch {
	case !c.Flags().Changed("retry"):
		s.Retry = 0 // the library's default, which does not knock twice where nobody is
	case s.Retry <= 0:
		s.Retry = -1
	}
	if err := s.pasted(target); err != nil {
		return err
	}
	if s.Dir != "" && !s.Follow {
		return app.Usagef("--output-dir is for results, and without --wait there is none yet: add --wait, or use \"asyncctl wait HANDLE --output-dir DIR\" later")
	}
	if s.Output.file != "" && !s.Follow {
		return app.Usagef("-o writes the result, and without --wait there is none yet: add --wait, or use \"asyncctl wait HANDLE -o FILE\" later")
	}
	begun, stop, err := s.begin(c, target)
	if err != nil {
		return err
	}
	defer stop()
	if err := s.open(begun.URL); err != nil {
		return err
	}
	defer s.view.Close()
	if err := s.Pasted.Header(s.client.Header); err != nil {
		return app.Misused(err)
	}
	s.client.Policy.Resends, s.client.Policy.ResendUnsafe = s.Retry, s.RetryUnsafe
	req, err := s.submit(c, begun)
	if err != nil {
		return err
	}
	if err := s.Pasted.Apply(&req, c.Flags().Changed("request")); err != nil {
		return app.Misused(err)
	}
	s.key = s.Request.Key()
	s.mock = strings.HasPrefix(target, "mock:") || strings.HasPrefix(s.API.URL, "mock:")
	mock.Suit(target, &req, s.client.Header, c.Flags())
	if s.PrintCurl || s.DryRun {
		s.rehearse(req)
		return nil
	}
	if err := s.checkSave(); err != nil {
		return err
	}
	file, err := s.Output.reserve(ctx)
	if err != nil {
		return err
	}
	if err := (&folder{dir: s.Dir}).check(); err != nil {
		return err
	}
	return s.send(c, target, req, file)
}

// send sends the submit, and follows the operation where that was asked for.
func (s *Submit) send(c *cobra.Command, target string, req lro.Request, file *app.File) error {
	ctx := c.Context()
	bounded, cancel := s.Waiting.context(ctx)
	defer cancel()
	if s.following = s.Follow; s.Follow {
		res, err := s.client.Do(bounded, req)
		return s.result(ctx, bounded, res, file, err)
	}
	op, res, err := s.client.Submit(bounded, req)
	if res != nil || err != nil {
		if err == nil {
			fmt.Fprintf(s.World.Stderr, "note: the server answered at once (HTTP %d): this is the result, there is nothing to wait for\n", res.Status)
		}
		return s.result(ctx, bounded, res, file, err)
	}
	if file != nil {
		file.Abandon()
	}
	return s.accept(c, target, op)
}

// pasted takes what a line that was written for curl says beside the request.
func (s *Submit) pasted(target string) error {
	if err := s.Pasted.Check(); err != nil {
		return app.Misused(err)
	}
	s.Output.Verbose = s.Output.Verbose || s.Pasted.Include
	if s.Pasted.RemoteName && s.Output.file == "" {
		name, err := curl.FileOf(target)
		if err != nil {
			return app.Misused(err)
		}
		s.Output.file = name
	}
	return nil
}

// accept prints where the operation can be asked for.
func (s *Submit) accept(c *cobra.Command, target string, op lro.Operation) error {
	if s.mock {
		fmt.Fprintln(s.World.Stderr, "note: this mock ends with this command, and its operations with it; add --wait, or start \"asyncctl mockserver\"")
	}
	if s.Output.format == "text" {
		fmt.Fprintln(s.World.Stdout, op.StatusURL)
	}
	if s.foreign(op) && s.secrets && s.World.WriteFailed() == nil {
		fmt.Fprintf(s.World.Stderr, "note: the status URL is at %s; your headers and credentials are for %s and were not sent there\n  resume: %s\n",
			show.URL(lro.Origin(op.StatusURL)), s.client.Origin, s.resumeLine(op))
	}
	return s.finish(c.Context(), op, nil, nil)
}
