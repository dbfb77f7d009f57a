package cmd

import (
	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/follow"
)

func newBatch(w app.World) *cobra.Command {
	b := &follow.Batch{Session: follow.Session{World: w}}
	c := &cobra.Command{
		Use:   "batch FILE|-",
		Short: "Submit many operations from a list, journaled and resumable",
		Long: `Submit a list of operations and follow them all. FILE has one JSON object a line:

  {"id":"a1","url":"https://api.example.com/reports","method":"POST","headers":{"X-Trace":"7"},
   "json":{"year":2026}, "idempotency_key":"a1-2026"}

with body (a text) or body_file instead of json; only url is needed. With an API file (--api) a line
names one of its operations, {"operation":"createReport","example":"large"}, and what it says besides
replaces what the file says. stdout has one record a line,
for each operation as it ends.

A journal (FILE.journal) remembers what became of each line. The same command again, also after
kill -9, submits nothing twice and loses nothing: finished lines are only printed, accepted ones are
gone on with. A submit of which nobody knows whether the server took it is sent again under the
Idempotency-Key that it carried; without one it is reported as unknown, for you to decide:
--assume taken or --assume lost.

A submit that is throttled (429, or 503 with a key) delays the others too.

A long list can be split over machines: --shard 0/3, 1/3 and 2/3 submit each line once together, each
with a journal of its own, and share --concurrency and --rate. With --run-id NAME the keys that
--idempotency-key auto makes up follow from the name, the line and its content: a machine that lost
its disk begins again and submits nothing twice.`,
		Example: `  asyncctl batch orders.ndjson --idempotency-key auto --concurrency 50 > records.ndjson
  asyncctl batch orders.ndjson --rate 5 --output-dir reports -H @headers.txt
  asyncctl batch orders.ndjson --shard auto/3 --run-id monday --idempotency-key auto
  seq 20 | sed 's/.*/{"json":{"n":&}}/' | asyncctl batch - --url mock: --no-journal`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return b.Run(c.Context(), args[0]) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.IntVar(&b.Concurrency, "concurrency", 5000, "operations that are not over at the same time; --requests-per-host bounds what the server sees at once")
	fs.Float64Var(&b.Rate, "rate", 0, "submits per second; 0 for no bound")
	fs.StringVar(&b.URL, "url", "", "`URL` for lines that name none; with --api, that of the API in place of the file's")
	fs.StringVar(&b.Journal, "journal", "", "the journal's `file` (default FILE.journal)")
	fs.BoolVar(&b.NoJournal, "no-journal", false, "remember nothing")
	fs.StringVar(&b.Assume, "assume", "", "take submits whose fate is unknown for `taken|lost`: give up, or send again")
	fs.StringVar(&b.Key, "idempotency-key", "", "`auto` makes up an Idempotency-Key for each line that has none")
	fs.StringVar(&b.Shard, "shard", "", "submit part `i/n` of the list, i from 0; auto[/n] where an engine numbers its tasks")
	fs.StringVar(&b.RunID, "run-id", "", "`name` of the run, the same for all parts and when it is repeated: keys are derived from it")
	fs.BoolVar(&b.Again, "retry-failed", false, "run the lines again that ended in any other way than success")
	fs.BoolVar(&b.FailFast, "fail-fast", false, "stop at the first line that does not succeed")
	fs.IntVar(&b.Retry, "retry", 10, "how often a submit is sent again where that is safe")
	b.Bounds.Bind(fs)
	b.API.Bind(fs)
	b.Profile.Bind(fs)
	b.Header.Bind(fs)
	b.Output.BindShape(fs)
	fs.MarkHidden("format")
	b.Waiting.Bind(fs)
	b.Waiting.Timeout = follow.Deadline{None: true}
	fs.Lookup("timeout").DefValue = "none"
	b.Connection.Bind(fs)
	return c
}
