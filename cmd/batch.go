package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/batch"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// batchCommand submits a list.
type batchCommand struct {
	session
	bounds      manyFlags
	concurrency int
	rate        float64
	url         string
	journal     string
	noJournal   bool
	assume      string
	key         string
	again       bool
	failFast    bool
	retry       int
	records     *records
}

func newBatch(w World) *cobra.Command {
	b := &batchCommand{session: session{w: w}}
	c := &cobra.Command{
		Use:   "batch FILE|-",
		Short: "Submit many operations from a list, journaled and resumable",
		Long: `Submit a list of operations and follow them all. FILE has one JSON object a line:

  {"id":"a1","url":"https://api.example.com/reports","method":"POST","headers":{"X-Trace":"7"},
   "json":{"year":2026}, "idempotency_key":"a1-2026"}

with body (a text) or body_file instead of json; only url is needed. stdout has one record a line,
for each operation as it ends.

A journal (FILE.journal) remembers what became of each line. The same command again, also after
kill -9, submits nothing twice and loses nothing: finished lines are only printed, accepted ones are
gone on with. A submit of which nobody knows whether the server took it is sent again under the
Idempotency-Key that it carried; without one it is reported as unknown, for you to decide:
--assume taken or --assume lost.

Submits that are told to slow down (429, or 503 with a key) make the others wait too.`,
		Example: `  asyncctl batch orders.ndjson --idempotency-key auto --concurrency 50 > records.ndjson
  asyncctl batch orders.ndjson --rate 5 --output-dir reports -H @headers.txt
  seq 20 | sed 's/.*/{"json":{"n":&}}/' | asyncctl batch - --url mock: --no-journal`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return b.run(c.Context(), args[0]) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.IntVar(&b.concurrency, "concurrency", 20, "operations that are not over at the same time")
	fs.Float64Var(&b.rate, "rate", 0, "submits per second; 0 for no bound")
	fs.StringVar(&b.url, "url", "", "`URL` for lines that name none")
	fs.StringVar(&b.journal, "journal", "", "the journal's `file` (default FILE.journal)")
	fs.BoolVar(&b.noJournal, "no-journal", false, "remember nothing")
	fs.StringVar(&b.assume, "assume", "", "take submits whose fate is unknown for `taken|lost`: give up, or send again")
	fs.StringVar(&b.key, "idempotency-key", "", "`auto` makes up an Idempotency-Key for each line that has none")
	fs.BoolVar(&b.again, "retry-failed", false, "run the lines again that ended in any other way than success")
	fs.BoolVar(&b.failFast, "fail-fast", false, "stop at the first line that does not succeed")
	fs.IntVar(&b.retry, "retry", 10, "how often a submit is sent again where that is safe")
	b.bounds.bind(fs)
	b.prof.bind(fs)
	b.head.Bind(fs)
	b.out.bindShape(fs)
	fs.MarkHidden("format")
	b.wait.bind(fs)
	b.wait.timeout = deadline{none: true}
	fs.Lookup("timeout").DefValue = "none"
	b.conn.Bind(fs)
	return c
}

func (b *batchCommand) check(file string) error {
	if err := oneOf("--assume", b.assume, "", "taken", "lost"); err != nil {
		return err
	}
	if err := oneOf("--idempotency-key", b.key, "", "auto"); err != nil {
		return err
	}
	if b.concurrency < 1 || b.rate < 0 {
		return usagef("--concurrency is at least 1, and --rate is not negative")
	}
	if file == "-" && b.journal == "" && !b.noJournal {
		return usagef("a list from stdin has no name: say --journal FILE, or --no-journal")
	}
	return b.bounds.check()
}

func (b *batchCommand) run(ctx context.Context, file string) error {
	if err := b.check(file); err != nil {
		return err
	}
	list, dir, err := b.list(file)
	if err != nil {
		return err
	}
	defer list.Close()
	url, stopMock, err := serveMock(b.url)
	if err != nil {
		return err
	}
	defer stopMock()
	b.names = []string{}
	if err := b.open(url); err != nil {
		return err
	}
	defer b.view.Close()
	b.client.Policy.Resends = b.retry
	run, tally, err := b.prepare(file)
	if err != nil {
		return err
	}
	if run.Journal != nil {
		defer run.Journal.Close()
	}
	bounded, cancel := b.wait.context(ctx)
	defer cancel()
	stopping, stop := context.WithCancel(bounded)
	defer stop()
	if b.failFast {
		run.Stop = stop
	}
	b.ctx = bounded
	source := batch.Source{URL: url, Dir: dir}
	err = run.Do(stopping, source.Lines(list))
	b.view.Close()
	b.records.flush()
	if tally.total > 0 {
		fmt.Fprintln(b.w.Stderr, tally)
	}
	switch {
	case err != nil:
		return usagef("%v", err)
	case ctx.Err() != nil:
		return exitError(signalCode(ctx))
	case bounded.Err() != nil || tally.outcomes[lro.Timeout.String()] > 0:
		return exitError(exitTimeout)
	case tally.total == 0:
		return usagef("%s: there is no line in it", file)
	case tally.succeeded < tally.total:
		return exitError(exitNo)
	}
	return nil
}

func (b *batchCommand) list(file string) (io.ReadCloser, string, error) {
	if file == "-" {
		return io.NopCloser(b.w.Stdin), ".", nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, "", usagef("%v", err)
	}
	if info, err := f.Stat(); err != nil || info.IsDir() {
		f.Close()
		return nil, "", usagef("%s is not a list of submits: it is a directory", file)
	}
	return f, filepath.Dir(file), nil
}

// prepare builds the run; its journal is to be closed by the caller.
func (b *batchCommand) prepare(file string) (*batch.Run, *tally, error) {
	t := &tally{outcomes: map[string]int{}}
	many := b.bounds.many(b.client)
	many.InFlight, many.Rate = b.concurrency, b.rate
	b.records = newRecords(b.w)
	out := json.NewEncoder(b.records)
	out.SetEscapeHTML(false)
	for name, values := range b.submitHeader {
		b.client.Header[name] = values
	}
	run := &batch.Run{
		Many: many, Dialect: b.client.Dialect, Assume: batch.Assume(b.assume), Keys: b.key == "auto", Again: b.again,
		Deliver: func(l batch.Line, res *poller.Result) (*render.Content, error) {
			return b.bounds.deliver(&b.session, l.ID, res)
		},
		Emit: func(r batch.Record) {
			t.add(r)
			out.Encode(r)
			if r.Outcome == batch.Invalid || r.Outcome == batch.Unknown {
				fmt.Fprintf(b.w.Stderr, "line %d: %s\n", r.Line, render.Clean(r.Message))
			}
		},
	}
	if b.noJournal {
		return run, t, nil
	}
	path := b.journal
	if path == "" {
		path = file + ".journal"
	}
	var err error
	if run.Journal, err = batch.Open(path); err != nil {
		return nil, nil, usagef("%v", err)
	}
	return run, t, nil
}

// tally counts the records of a run.
type tally struct {
	total, succeeded int
	outcomes         map[string]int
}

func (t *tally) add(r batch.Record) {
	t.total++
	t.outcomes[r.Outcome]++
	if r.Outcome == lro.Succeeded.String() {
		t.succeeded++
	}
}

// String says how many ended how, the commonest outcomes in the order of their meaning.
func (t *tally) String() string {
	parts := []string{}
	for _, name := range []string{"succeeded", "failed", "cancelled", "refused", "gone", "lost", "timeout", "undecided", batch.Unknown, batch.Invalid} {
		if n := t.outcomes[name]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, name))
		}
	}
	return render.Count(t.total, "operation") + ": " + strings.Join(parts, ", ")
}
