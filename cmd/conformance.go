package cmd

import (
	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/judge"
)

func newConformance(w app.World) *cobra.Command {
	k := &judge.Command{World: w}
	c := &cobra.Command{
		Use:   "conformance [URL | OPERATION...]",
		Short: "Judge an asynchronous API: can any decent client live with it?",
		Long: `Judge a running asynchronous API by rules from the RFCs, from the pattern and from experience.
Probes hold conversations with it, checks judge what was said.

The API is named by URL and curl's flags, or described by an API file (--api, of which OPERATIONs are
named, or all are judged; "asyncctl init" writes one), or by an OpenAPI document (--openapi). What is not
described is not checked, and is listed as skipped. URL may be mock: for a server inside this process.

The probes begin up to fifteen operations, poll politely, cancel only their own, and send bursts only
if the API file allows them; --plan says beforehand what would be sent, and --rate, --parallel and
--methods bound it. Operations that still run in the end are cancelled or listed. Violations of rules below --level are warnings. The exit code is 1
if something fails, 2 if nothing was checked, and 3 to 6 if the target could not be judged at all.

stdout has the report for people, unless another one goes there.`,
		Example: `  asyncctl conformance mock:                                   # see one run, without any server
  asyncctl conformance https://api.example.com/reports --json '{"year":2026}' -H @headers.txt
  asyncctl conformance --api reports.yaml --level should
  asyncctl conformance createReport --api reports.yaml --report junit=junit.xml --report html=report.html
  asyncctl conformance --openapi api.yaml --operation createReport --rule 'retry-after-*'
  asyncctl conformance https://api.example.com/reports --json '{}' --plan       # what would be sent
  asyncctl conformance --api reports.yaml --url mock:
  asyncctl conformance --replay traffic.har                    # judge recorded traffic, without a network
  asyncctl conformance explain retry-after-syntax`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			k.AtOnce = c.Flags().Changed("settle") && k.Settle == 0
			return k.Run(c.Context(), args)
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	k.Subject.BindFiles(fs)
	k.Rules.Bind(fs)
	k.Waivers.Bind(fs)
	k.Reports.Bind(fs)
	k.Limits.Bind(fs)
	fs.BoolVar(&k.Plan, "plan", false, "say what would be sent, and send nothing")
	fs.StringVar(&k.Record, "record", "", "keep the conversations in this `directory`")
	fs.StringVar(&k.Replay, "replay", "", "judge what --record kept in this `directory`, or a HAR file; nothing is sent")
	fs.Var(&k.Timeout, "timeout", "bound the whole run (`seconds` or 1m30s; default 5m)")
	fs.Var(&k.ProbeTimeout, "probe-timeout", "bound each conversation (default 2m)")
	fs.Var(&k.RequestTimeout, "request-timeout", "give up a single request after so long without an answer (default 30s)")
	fs.Var(&k.Interval, "interval", "shortest wait between polls where the server does not say (default 1s)")
	fs.Var(&k.Settle, "settle", "how long after its end an operation is asked for again (default 5s)")
	fs.StringVar(&k.Shape.Progress, "progress", "auto", "auto, tui, plain, json (events, one a line) or none; on stderr")
	fs.StringVar(&k.Shape.Color, "color", "auto", "auto, always or never; auto goes by NO_COLOR, CLICOLOR_FORCE and TERM")
	fs.BoolVarP(&k.Shape.Silent, "silent", "s", false, "no progress; errors are still shown")
	fs.BoolVarP(&k.Shape.Verbose, "verbose", "v", false, "show each request, and list what passes too")
	k.Profile.Bind(fs)
	k.Subject.Bind(fs)
	c.AddCommand(newConformanceList(w), newConformanceExplain(w), newConformanceSelfTest(w))
	return c
}
