package follow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/batch"
	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/cmd/internal/shard"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Batch submits a list.
type Batch struct {
	Session
	Bounds      manyFlags
	Concurrency int
	Rate        float64
	URL         string
	Journal     string
	NoJournal   bool
	Assume      string
	Key         string
	Again       bool
	FailFast    bool
	Retry       int
	Shard       string
	RunID       string
	records     *app.Records

	shard, shards int // of Shard; 0, 0: all

	stop context.CancelFunc
	mu   sync.Mutex
	lost error // the first output that could not be written
}

func (b *Batch) check(file string) error {
	if err := app.OneOf("--assume", b.Assume, "", "taken", "lost"); err != nil {
		return err
	}
	if err := app.OneOf("--idempotency-key", b.Key, "", "auto"); err != nil {
		return err
	}
	if b.Concurrency < 1 || b.Rate < 0 {
		return app.Usagef("--concurrency is at least 1, and --rate is not negative")
	}
	if file == "-" && b.Journal == "" && !b.NoJournal {
		return app.Usagef("a list from stdin has no name: say --journal FILE, or --no-journal")
	}
	if err := b.split(); err != nil {
		return err
	}
	return b.Bounds.check()
}

// split reads --shard, and takes this part's share of the bounds, which are on all parts together.
func (b *Batch) split() (err error) {
	if b.Shard == "" {
		return nil
	}
	if b.shard, b.shards, err = shard.Parse(b.Shard, b.World.Env); err != nil {
		return err
	}
	if b.Key == "auto" && b.RunID == "" {
		return app.Usagef("--idempotency-key auto with --shard needs --run-id NAME, the same for all parts: keys are derived from it, so that a machine that lost its journal submits nothing twice")
	}
	if b.Concurrency < b.shards {
		return app.Usagef("--concurrency %d is less than one for each of %d parts: it bounds all parts together", b.Concurrency, b.shards)
	}
	b.Concurrency = shard.Share(b.Concurrency, b.shard, b.shards)
	b.Rate /= float64(b.shards)
	return nil
}

func (b *Batch) Run(ctx context.Context, file string) error {
	if err := b.check(file); err != nil {
		return err
	}
	list, dir, err := b.list(file)
	if err != nil {
		return err
	}
	defer list.Close()
	url, stopMock, err := b.target()
	if err != nil {
		return err
	}
	defer stopMock()
	b.names = render.NewRoster()
	b.names.Expect(countLines(file))
	if err := b.open(url); err != nil {
		return err
	}
	defer b.view.Close()
	b.client.Policy.Resends = b.Retry
	run, tally, err := b.prepare(file)
	if err != nil {
		return err
	}
	if run.Journal != nil {
		defer run.Journal.Close()
	}
	within, cancel := b.Waiting.context(ctx)
	defer cancel()
	stopping, stop := context.WithCancel(within)
	defer stop()
	b.stop = stop
	if b.FailFast {
		run.Stop = stop
	}
	b.ctx = within
	source := b.source(ctx, url, dir)
	err = run.Do(stopping, b.named(source.Lines(bounded.Until(stopping, list))))
	b.view.Close()
	b.records.Flush()
	return b.finish(ctx, file, tally, err)
}

// source says how the lines of the list become submits.
func (b *Batch) source(ctx context.Context, url, dir string) batch.Source {
	source := batch.Source{URL: url, Given: b.URL, Dir: dir, Shard: b.shard, Shards: b.shards}
	if b.API.Given() {
		source.URL, source.Operation = "", b.described(ctx)
	}
	if b.secrets {
		keys := b.keys()
		source.Keys = &keys
	}
	return source
}

// finish says what became of the lines, and returns the exit code for it.
func (b *Batch) finish(ctx context.Context, file string, tally *tally, err error) error {
	if tally.total > 0 {
		fmt.Fprintln(b.World.Stderr, tally)
	}
	if n := tally.outcomes[batch.Pending]; n > 0 {
		fmt.Fprintln(b.World.Stderr, b.goingOn(n))
	}
	switch {
	case err != nil:
		return app.Usagef("%v", err)
	case ctx.Err() != nil:
		return app.Exit(app.SignalCode(ctx))
	case b.lost != nil:
		return b.lost
	case tally.total == 0 && b.ctx.Err() != nil:
		return app.Exit(app.ExitTimeout) // nothing was sent in time
	case tally.total == 0 && b.shards > 0:
		fmt.Fprintf(b.World.Stderr, "part %d of %d has no line\n", b.shard, b.shards)
		return nil
	case tally.total == 0:
		return app.Usagef("%s: there is no line in it", file)
	}
	if code := tally.codes.Code(); code != app.ExitOK {
		return app.Exit(code)
	}
	return nil
}

func (b *Batch) list(file string) (io.ReadCloser, string, error) {
	if file == "-" {
		return io.NopCloser(b.World.Stdin), ".", nil
	}
	f, err := bounded.Open(file, 0)
	if err != nil {
		return nil, "", app.Usagef("%v", err)
	}
	if info, err := f.Stat(); err != nil || info.IsDir() {
		f.Close()
		return nil, "", app.Usagef("%s is not a list of submits: it is a directory", file)
	}
	return f, filepath.Dir(file), nil
}

// prepare builds the run; its journal is to be closed by the caller.
func (b *Batch) prepare(file string) (*batch.Run, *tally, error) {
	t := &tally{outcomes: map[string]int{}}
	many := b.Bounds.many(b.client)
	many.InFlight, many.Rate = b.API.Concurrency(b.Concurrency), b.Rate
	b.records = app.NewRecords(b.World)
	out := json.NewEncoder(show.Writer(b.records))
	out.SetEscapeHTML(false)
	for name, values := range b.submitHeader {
		b.client.Header[name] = values
	}
	run := &batch.Run{
		Many: many, Dialect: b.client.Dialect, Assume: batch.Assume(b.Assume), Keys: b.Key == "auto", RunID: b.RunID, Again: b.Again,
		Deliver: func(l batch.Line, res *poller.Result) (*render.Content, error) {
			content, err := b.Bounds.deliver(&b.Session, strconv.Itoa(l.Number), l.ID, res)
			b.failedWrite(err)
			return content, err
		},
		Emit: func(r batch.Record) {
			t.add(r)
			if err := out.Encode(r); err != nil {
				b.failedWrite(err)
				b.stop()
			}
			if r.Outcome == batch.Invalid || r.Outcome == batch.Unknown {
				fmt.Fprintf(b.World.Stderr, "line %d: %s\n", r.Line, render.Clean(r.Message))
			}
		},
	}
	if b.NoJournal {
		return run, t, nil
	}
	path := b.Journal
	if path == "" {
		path = file + ".journal"
		if b.shards > 0 {
			path = fmt.Sprintf("%s.%d-of-%d.journal", file, b.shard, b.shards)
		}
	}
	if sameFile(path, file) {
		return nil, nil, app.Usagef("--journal %s is the list itself; name another file", path)
	}
	var err error
	if run.Journal, err = batch.Open(path); err != nil {
		return nil, nil, app.Usagef("%v", err)
	}
	return run, t, nil
}

// sameFile reports whether two names lead to one file.
func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// goingOn says what an interrupted run leaves behind.
func (b *Batch) goingOn(n int) string {
	if b.NoJournal {
		return fmt.Sprintf("%s still running; the records' handles go on with %s: asyncctl wait HANDLE", show.Count(n, "operation"), them(n))
	}
	return fmt.Sprintf("%s still running; the same command again goes on with %s", show.Count(n, "operation"), them(n))
}

func them(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// tally counts the records of a run.
type tally struct {
	total    int
	outcomes map[string]int
	codes    app.Together
}

func (t *tally) add(r batch.Record) {
	t.total++
	t.outcomes[r.Outcome]++
	t.codes.Add(recordCode(r))
}

// recordCode is the exit code that the operation would have had by itself.
func recordCode(r batch.Record) int {
	switch r.Outcome {
	case lro.Succeeded.String():
		return app.ExitOK
	case batch.Invalid:
		return app.ExitUsage
	case batch.Unknown:
		return app.ExitNo
	case batch.Pending:
		return app.ExitPending
	}
	return app.ClassCode(r.Reason.Class())
}

// failedWrite remembers the first output that could not be written.
func (b *Batch) failedWrite(err error) {
	var output *app.WriteError
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lost == nil && errors.As(err, &output) {
		b.lost = output
	}
}

// String says how many ended how, the commonest outcomes in the order of their meaning.
func (t *tally) String() string {
	parts := []string{}
	for _, name := range []string{"succeeded", "failed", "cancelled", "refused", "gone", "lost", "timeout", "undecided", "not-sent", batch.Pending, batch.Unknown, batch.Invalid} {
		if n := t.outcomes[name]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, name))
		}
	}
	return render.Count(t.total, "operation") + ": " + strings.Join(parts, ", ")
}
