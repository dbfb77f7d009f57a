package cmd

import (
	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/cmd/internal/follow"
)

func newSubmit(w app.World) *cobra.Command {
	s := &follow.Submit{Session: follow.Session{World: w}}
	c := &cobra.Command{
		Use:   "submit URL|OPERATION",
		Short: "Start an operation; with --wait follow it and print its result",
		Long: `Start an operation. stdout is its status URL, on one line; with --wait it is the result.

The submit is never sent twice by accident: only after a 429, or where the method is idempotent or
an Idempotency-Key is sent. URL may be mock: for a server inside this process, with parameters as
in mock:?duration=5s&outcome=failed, and with the name of a dialect as in mock:fhir-bulk (see
"asyncctl mockserver --help"); what the dialect wants to see in a submit is then added.

OPERATION is the name of one in the API file (--api); -d, --json, -H and -X replace what it says, as an
example does.`,
		Example: `  asyncctl submit mock: --wait
  asyncctl submit https://api.example.com/reports --json '{"year":2026}' --wait -o report.pdf
  asyncctl submit https://api.example.com/reports -d @order.json --save order.handle
  asyncctl submit https://api.example.com/reports -H @headers.txt --json @order.json --save order.handle
  asyncctl submit createReport --api reports.yaml --example large --wait`,
		Args: func(c *cobra.Command, args []string) error {
			if err := s.Pasted.Check(); err != nil {
				return app.Misused(err)
			}
			named, err := submitTarget(s, args)
			switch {
			case err != nil:
				return app.Misused(err)
			case named == "":
				return cobra.ExactArgs(1)(c, args)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			named, _ := submitTarget(s, args)
			return s.Run(c, named)
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.BoolVar(&s.Follow, "wait", false, "wait for the end and print the result")
	fs.StringVar(&s.Save, "save", "", "write the operation's handle to this `file`, for \"asyncctl wait FILE\"")
	s.Request.Bind(fs)
	s.Pasted.Bind(fs)
	fs.IntVar(&s.Retry, "retry", 3, "how often the submit is sent again where that is safe")
	fs.BoolVar(&s.RetryUnsafe, "retry-unsafe", false, "send the submit again also where that may start a second operation")
	fs.BoolVar(&s.PrintCurl, "print-curl", false, "print the curl command for the submit, without secrets, and send nothing")
	fs.BoolVar(&s.DryRun, "dry-run", false, "print what would be sent, to whom, and when it would be polled; send nothing")
	s.API.Bind(fs)
	fs.StringVar(&s.Example, "example", "", "submit this `example` of the operation")
	s.Profile.Bind(fs)
	s.Header.Bind(fs)
	s.Output.Bind(fs)
	follow.BindDir(fs, &s.Dir)
	s.Waiting.Bind(fs)
	s.Connection.Bind(fs)
	return c
}

// submitTarget returns what is submitted to: the argument, or, without an API file, curl's --url.
func submitTarget(s *follow.Submit, args []string) (string, error) {
	if s.API.Given() { // --url is then where the API is
		return curl.Target(args, "")
	}
	return curl.Target(args, s.API.URL)
}
