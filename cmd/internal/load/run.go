package load

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	report "github.com/asyncctl/asyncctl/cmd/internal/report/load"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/loadtest/judge"
)

// aborted is why --abort-on ended a run.
type aborted struct{ reason string }

func (a aborted) Error() string { return "abort-on " + a.reason }

func (l *Command) Run(c *cobra.Command, args []string) error {
	l.ctx = c.Context()
	url, stop, err := l.target(args, c.Flags())
	if err != nil {
		return err
	}
	target := l.title(args, url)
	defer stop()
	if err := l.prepare(url, c.Flags()); err != nil {
		return err
	}
	defer l.Output.Abandon()
	if err := l.Output.Reserve(l.ctx); err != nil {
		return err
	}
	result, err := l.execute(target)
	if result == nil {
		return err
	}
	v := ViewOf(result, l.until)
	failed := l.Output.Deliver(l.ctx, l.World, v)
	if err != nil {
		return errors.Join(failed, err) // the figures do not add up
	}
	if l.ctx.Err() != nil {
		fmt.Fprintln(l.World.Stderr, "asyncctl: interrupted: the report is of what was done by then")
		return errors.Join(failed, app.Exit(app.SignalCode(l.ctx)))
	}
	return errors.Join(failed, Verdict(l.World, v, l.until))
}

// title is how the target is named: by its URL, as it was written, or by that of the API file.
func (l *Command) title(args []string, url string) string {
	switch {
	case strings.HasPrefix(l.API.URL, "mock:"):
		return l.API.URL
	case l.API.Given():
		return url
	}
	return args[0]
}

// ViewOf puts a result, the advice that it allows, and the verdicts together.
func ViewOf(r *loadtest.Result, thresholds []judge.Threshold) report.View {
	v := report.View{Result: r}
	if advice, err := judge.Advise(r, judge.AdviseOptions{}); err == nil {
		v.Advice = advice
	}
	for _, t := range thresholds {
		v.Verdicts = append(v.Verdicts, t.Judge(r)...)
	}
	return v
}

// spare gives each worker a processor of the runtime beside those that there are, until it is undone: a
// worker that waits keeps its processor, and the rest of the program, a mock among it, needs others.
func (l *Command) spare() (undo func()) {
	before := runtime.GOMAXPROCS(0)
	l.plan.Workers = cmp.Or(l.plan.Workers, before)
	runtime.GOMAXPROCS(before + l.plan.Workers)
	return func() { runtime.GOMAXPROCS(before) }
}

// execute runs the plan and shows its progress.
func (l *Command) execute(target string) (*loadtest.Result, error) {
	ctx, cancel := context.WithCancelCause(l.ctx)
	defer cancel(nil)
	defer l.spare()()
	view, err := l.Output.view(l.World, render.LoadOptions{
		Options: render.Options{Title: loadTitle(target)}, Load: l.plan.Load.String(), Bounds: l.plan.Bounds(),
	})
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(target, "mock:") {
		l.plan.SameClock, l.plan.Target = true, target // its port is another one each time
	}
	follow := &followed{labels: labelsOf(&l.plan)}
	stop, err := l.serveMetrics(follow)
	if err != nil {
		return nil, err
	}
	defer stop()
	records, err := l.openRecords()
	if err != nil {
		return nil, err
	}
	defer records.close()
	if l.Output.progress == "json" && !l.Output.silent {
		l.say(report.Record{Start: &report.StreamStart{Version: report.StreamVersion, Target: loadTitle(target), Load: l.plan.Load.String(), Started: time.Now()}})
	} else if !l.Output.silent && l.Output.progress != "none" {
		fmt.Fprintln(l.World.Stderr, l.stateBounds())
	}
	l.plan.Observe = l.observer(follow, records, view, cancel)
	if view != nil {
		defer view.Close()
	}
	result, err := loadtest.Run(ctx, l.plan)
	if result != nil {
		result.Version = app.VersionText()
		follow.finish(result)
		if l.Output.progress == "json" && !l.Output.silent {
			end := ViewOf(result, l.until).Summary()
			l.say(report.Record{End: &end})
		}
	}
	if failed := records.commit(); failed != nil {
		err = errors.Join(err, failed)
	}
	follow.linger(ctx)
	return result, err
}

// observer takes what happens in the run: to the files, the views, and the conditions that end it.
func (l *Command) observer(follow *followed, records *recordsFile, view render.LoadView, cancel context.CancelCauseFunc) func(loadtest.Event) {
	return func(e loadtest.Event) {
		records.write(e.Records)
		if e.Snapshot == nil {
			return
		}
		s := *e.Snapshot
		so := follow.observe(s)
		for _, t := range l.aborts {
			if reason, holds := t.Holds(so); holds {
				cancel(aborted{reason})
			}
		}
		if view != nil {
			view.Snapshot(s)
		}
		if l.Output.progress == "json" && !l.Output.silent {
			sample := report.RecordOf(&s.Sample)
			l.say(report.Record{Sample: &sample})
		}
	}
}

// loadTitle names a target; a mock's port says nothing to anybody.
func loadTitle(target string) string {
	if strings.HasPrefix(target, "mock:") {
		return target
	}
	return app.Title(target)
}

// say writes one record of the stream of samples.
func (l *Command) say(r report.Record) {
	e := json.NewEncoder(l.World.Stderr)
	e.SetEscapeHTML(false)
	e.Encode(r) // nobody can be told that stderr is gone
}
