package cmd

import (
	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/follow"
)

func newInit(w app.World) *cobra.Command {
	s := &follow.Init{Session: follow.Session{World: w}}
	c := &cobra.Command{
		Use:   "init [URL]",
		Short: "Write an API file from a live operation, an OpenAPI document, a recording or a dialect",
		Long: `Write an API file (see "asyncctl help api-file") to stdout, or to a file with -o.

With a URL one operation is submitted, as "asyncctl submit" would, and followed to its end; nothing
else is started unless --observe-cancel, --observe-fail or --observe-invalid ask for it. With --openapi,
--har, --replay or --dialect nothing is sent. --replay takes what "submit --wait --progress json" wrote, and
makes a mock of it that does the same with the same pauses.

What was guessed has a comment that says from what; what was not seen is a line that is commented out.
Credentials become {{secret:NAME}}: no value of theirs is written.`,
		Example: `  asyncctl init https://api.example.com/reports --json '{"year":2026}' -H @headers.txt -o reports.yaml
  asyncctl init --openapi openapi.yaml -o reports.yaml
  asyncctl init --har traffic.har -o reports.yaml
  asyncctl init --replay run.ndjson -o run.yaml
  asyncctl init --dialect azure-oploc https://api.example.com/v1 > mine.yaml`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return s.Run(c, args) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringVarP(&s.Out, "output", "o", "", "write to this `file`; one that is there is left alone")
	fs.BoolVar(&s.Force, "force", false, "replace the file")
	fs.StringVar(&s.OpenAPI, "openapi", "", "make it from this OpenAPI 3 `file`, and those that it refers to; URL says where the API is")
	fs.StringVar(&s.HAR, "har", "", "make it from this recording (HTTP Archive) of a browser or a proxy")
	fs.StringVar(&s.Replay, "replay", "", "make a mock of a run whose events --progress json wrote to this `file`")
	fs.StringVar(&s.Dialect, "dialect", "", "make it from the built-in dialect of this `NAME` (\"asyncctl api list\")")
	fs.StringVar(&s.Name, "name", "", "`name` of the API (default: made of the host or the title)")
	fs.StringVar(&s.Operation, "operation", "", "`name` of the operation; with --openapi, its id or \"POST /path\" (default all)")
	fs.BoolVar(&s.ObserveCancel, "observe-cancel", false, "submit a second operation and cancel it")
	fs.StringVar(&s.ObserveFail, "observe-fail", "", "submit this `JSON`, which is accepted and fails")
	fs.StringVar(&s.ObserveInvalid, "observe-invalid", "", "submit this `JSON`, which is refused")
	s.Request.Bind(fs)
	s.Profile.Bind(fs)
	s.Header.Bind(fs)
	s.Waiting.BindPaces(fs)
	s.Connection.Bind(fs)
	return c
}
