package load

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	report "github.com/asyncctl/asyncctl/cmd/internal/report/load"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/loadtest/judge"
)

// Advise says what to put into Retry-After.
type Advise struct {
	Command
	Unit   curl.Seconds
	Jitter string
	Worth  string
	Verify bool
}

// ParseShare reads 10%, 0.1.
func ParseShare(flag, text string) (float64, error) {
	number, isPercent := strings.CutSuffix(strings.TrimSpace(text), "%")
	v, err := strconv.ParseFloat(number, 64)
	if isPercent {
		v /= 100
	}
	if err != nil || !(v >= 0 && v <= 1000) {
		return 0, app.Usagef("--%s %q is not a share: write 10%% or 0.1", flag, text)
	}
	return v, nil
}

func (a *Advise) options() (judge.AdviseOptions, error) {
	o := judge.AdviseOptions{Unit: time.Duration(a.Unit)}
	var err error
	if o.Jitter, err = ParseShare("jitter", a.Jitter); err != nil {
		return o, err
	}
	if o.Jitter == 0 {
		o.Jitter = -1
	}
	if o.Jitter > 1 {
		return o, app.Usagef("--jitter %s: it is at most 100%%", a.Jitter)
	}
	if o.Worth, err = ParseShare("worth", a.Worth); err == nil && o.Worth == 0 {
		err = app.Usagef("--worth is more than 0")
	}
	return o, err
}

func (a *Advise) Advise(c *cobra.Command, args []string) error {
	a.ctx = c.Context()
	options, err := a.options()
	if err != nil {
		return err
	}
	format := a.Output.Format
	if err := app.OneOf("--format", format, "text", "json", "svg"); err != nil {
		return err
	}
	defer a.Output.Abandon()
	result, err := a.measured(c, args)
	if err != nil {
		return err
	}
	advice, err := judge.Advise(result, options)
	if errors.Is(err, judge.ErrNothingDone) {
		fmt.Fprintf(a.World.Stderr, "asyncctl: %v\n", err)
		return app.Exit(app.ExitNo)
	}
	if err != nil {
		return err
	}
	v := report.View{Result: result, Advice: advice}
	a.Output.Format = "text"
	if err := a.Output.files(a.ctx, v); err != nil {
		return err
	}
	switch format {
	case "json":
		err = report.AdviceJSON(a.World.Stdout, advice)
	case "svg":
		err = v.SVG(a.World.Stdout)
	default:
		err = report.AdviceText(a.World.Stdout, advice, a.Output.text(a.World))
	}
	if err != nil || !a.Verify {
		return err
	}
	return a.check(result, advice)
}

// measured returns the result to advise on: of files, or of a run.
func (a *Advise) measured(c *cobra.Command, args []string) (*loadtest.Result, error) {
	isTarget := strings.HasPrefix(args[0], "mock:") || app.IsURL(args[0])
	if !isTarget {
		if err := a.Output.Reserve(a.ctx); err != nil {
			return nil, err
		}
		return WholeFiles(a.World, args, loadtest.MergeOptions{AllowMissing: true, AllowSkew: anySkew})
	}
	if len(args) > 1 {
		return nil, app.Usagef("advise takes one URL, or result files")
	}
	url, stop, err := mock.Serve(args[0])
	if err != nil {
		return nil, err
	}
	defer stop()
	if err := a.prepare(url, c.Flags()); err != nil {
		return nil, err
	}
	if err := a.Output.Reserve(a.ctx); err != nil {
		return nil, err
	}
	return a.execute(args[0])
}

// check holds the prediction against a mock that serves the measured completion times.
func (a *Advise) check(r *loadtest.Result, advice *judge.Advice) error {
	if !a.proved(advice) {
		return app.Exit(app.ExitNo)
	}
	trial, err := newTrial(r, advice)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.World.Stderr, "trying %s on a mock, %s times as fast, by clients without jitter\n", advice.Header.Words, strconv.FormatFloat(trial.faster, 'g', 3, 64))
	figures, err := trial.run(a.ctx)
	if err != nil {
		return err
	}
	worst := 0.0
	for _, f := range figures {
		fmt.Fprintf(a.World.Stderr, "  %-20s predicted %-9s measured %-9s %+.1f%%\n", f.name, f.predicted, f.measured, f.off*100)
		if f.decides {
			worst = max(worst, f.off, -f.off)
		}
	}
	if worst > 0.1 {
		return app.Exit(app.ExitNo)
	}
	fmt.Fprintln(a.World.Stderr, render.Clean("the prediction holds"))
	return nil
}

// proved says how the replay compares with what the run measured of its own strategies: a trial on a
// mock rests on the same assumptions as the replay, and cannot find them wrong.
func (a *Advise) proved(advice *judge.Advice) bool {
	holds := true
	for _, p := range advice.Proofs {
		switch {
		case !p.Checked:
			fmt.Fprintf(a.World.Stderr, "%s of the run itself is not replayed: %s\n", render.Clean(p.Strategy), p.Note)
		case p.Holds:
			fmt.Fprintf(a.World.Stderr, "%s of the run itself: replayed %.2f polls an operation, measured %.2f\n", render.Clean(p.Strategy), p.ReplayedPolls, p.MeasuredPolls)
		default:
			fmt.Fprintf(a.World.Stderr, "asyncctl: the replay does not hold for the run itself: %s\n", render.Clean(p.Note))
			holds = false
		}
	}
	return holds
}
