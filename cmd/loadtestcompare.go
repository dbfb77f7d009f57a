package cmd

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/load"
	"github.com/asyncctl/asyncctl/loadtest/judge"
)

func newLoadCompare(w app.World) *cobra.Command {
	out := load.Output{}
	var most string
	options := judge.CompareOptions{}
	c := &cobra.Command{
		Use:   "compare A B | A... -- B...",
		Short: "Hold the result files B against A, with confidence",
		Long: `Compare two result files of loadtest --out, strategy by strategy; or several runs before with several
after, separated by --, which tells more than one run of each. A change is called one only if it is
certain: of comparisons of equal runs 3 in 100 call any figure changed, all figures together. What
operations of one moment, or of one run, have in common is allowed for. It is a regression if besides
it is for the worse by more than --max-regression, and a duration by more than --least-change. Any
regression makes the exit code 1.

By default done, work, lag, polls and the rates of operations can be a regression; --metric says which,
all are shown.`,
		Example: `  asyncctl loadtest compare before.json after.json
  asyncctl loadtest compare before.json after.json --max-regression 5% --format json
  asyncctl loadtest compare before-*.json -- after-*.json
  asyncctl loadtest compare before.json after.json --metric lag --metric 'p99(done)'`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			if err := app.OneOf("--format", out.Format, "text", "json"); err != nil {
				return err
			}
			var err error
			if options.MaxRegression, err = load.ParseShare("max-regression", most); err != nil {
				return err
			}
			if err := options.Check(); err != nil {
				return app.Usagef("--metric: %v", err)
			}
			before, after, err := sides(args, c.ArgsLenAtDash())
			if err != nil {
				return err
			}
			a, err := load.ReadEach(w, before)
			if err != nil {
				return err
			}
			b, err := load.ReadEach(w, after)
			if err != nil {
				return err
			}
			compared, err := judge.Compare(a, b, options)
			if err != nil {
				return app.Misused(err)
			}
			return out.Compared(w, compared)
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringVar(&most, "max-regression", "5%", "let a change for the worse pass up to this `share`")
	fs.DurationVar(&options.LeastChange, "least-change", time.Millisecond, "`duration` by which one has to change to be a regression")
	fs.StringSliceVar(&options.Metrics, "metric", nil, "only this `metric` (lag) or figure (p99(lag)) can be a regression")
	fs.StringVar(&out.Format, "format", "text", "text or json")
	fs.StringVar(&out.Color, "color", "auto", "auto, always or never; auto goes by NO_COLOR, CLICOLOR_FORCE and TERM")
	return c
}

// sides returns the files before and after: those on either side of --, or one and one. dash is where it
// stands, -1 for nowhere.
func sides(args []string, dash int) (before, after []string, err error) {
	at := dash
	if at < 0 {
		at = 1
	}
	before, after = args[:at], args[at:]
	if len(before) == 0 || len(after) == 0 || len(after) > 1 && dash < 0 {
		return nil, nil, app.Usagef("which files are before, and which after? Write them as in: loadtest compare a1.json a2.json -- b1.json b2.json")
	}
	return before, after, nil
}
