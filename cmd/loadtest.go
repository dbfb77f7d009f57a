package cmd

import (
	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/load"
)

func newLoadtest(w app.World) *cobra.Command {
	l := &load.Command{World: w}
	c := &cobra.Command{
		Use:   "loadtest URL",
		Short: "Load an asynchronous endpoint: how fast, how many, how late, and what to put into Retry-After",
		Long: `Submit operations, follow each to its end, and say how long that took, how late their clients
noticed, what the polling cost, and which Retry-After is right. stdout is the report.

Latency counts from the planned moment, for submits and for polls: a server that stalls cannot hide
it. Arrivals do not wait for the server (--rate, --stages), or the end of one operation begins the
next (--concurrency). Without any of them it is 10/s for 10 seconds.

Only this machine may be loaded, and mock:, a server inside this process. Any other origin is refused
unless --allow-target names it: it has to be yours.

--threshold makes the exit code 1 where it is missed, --abort-on ends the run when it becomes true:

  p99(done)<30s      a statistic (p50, p99.9, mean, max, count) of accept, done, work, lag, poll,
                     result, server, connection, late, asked, needed or polls
  rate(failed)<0.1%  the share of a count: failed, lost, refused, gone, timed_out, pending, shed,
                     wasted_polls, early_polls, throttled, resent, errors ...
  early_polls==0     a count itself; per_second(succeeded)>=40 is over the time of the arrivals
  p99(lag){fixed:1s}<2s   of one poll strategy; without it each has to meet it

In the URL, headers and content, {{.Index}} is the number of the operation, {{.UUID}} a new UUID, and
with --feed {{.name}} a member of the feed's line.`,
		Example: `  asyncctl loadtest mock:
  asyncctl loadtest http://127.0.0.1:8080/reports --json '{"n":{{.Index}}}' --rate 50/s --duration 60s
  asyncctl loadtest 'mock:?duration=8s&distribution=lognormal:0.7' --compare server,fixed:1s,decorrelated --out run.json
  asyncctl loadtest http://127.0.0.1:8080/reports --rate 50/s --duration 60s --threshold 'p99(done)<30s' --threshold 'rate(failed)<0.1%'
  asyncctl loadtest https://staging.example.com/reports --allow-target https://staging.example.com --stages 30s:50/s,2m:50/s,10s:0
  asyncctl loadtest createReport --api reports.yaml --url mock:
  asyncctl loadtest advise run.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return l.Run(c, args) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	l.Load.Bind(fs)
	fs.StringVar(&l.Metrics, "listen-metrics", "", "serve Prometheus metrics on this `address` while it runs; without a host on loopback")
	fs.BoolVar(&l.Remote, "allow-remote", false, "let --listen-metrics name an address that other machines reach")
	l.Output.Bind(fs)
	l.Request.Bind(fs)
	l.API.Bind(fs)
	fs.BoolVar(&l.NoLimits, "no-limits", false, "load an API beyond the limits of its file")
	l.Profile.Bind(fs)
	l.Header.Bind(fs)
	l.Waiting.BindPatience(fs)
	l.Waiting.BindQuestion(fs)
	fs.StringArrayVar(&l.Waiting.SuccessWhen, "success-when", nil, "a state `WORD` (or /pointer=WORD) that means success, besides the known ones")
	fs.StringArrayVar(&l.Waiting.FailureWhen, "failure-when", nil, "a state `WORD` (or /pointer=WORD) that means failure, besides the known ones")
	l.Connection.Bind(fs)
	c.AddCommand(newLoadAdvise(w), newLoadCompare(w), newLoadMerge(w), newLoadReport(w))
	return c
}
