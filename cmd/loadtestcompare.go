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
		Use:   "compare A B",
		Short: "Hold the result file B against A, with confidence",
		Long: `Compare two result files of loadtest --out, strategy by strategy. A change is called one only if the
interval of 99 % confidence of the difference excludes none; a regression, if besides it is for the
worse by more than --max-regression, and a duration by more than --least-change. Any regression makes
the exit code 1; --metric says which figures can be one, all are shown.`,
		Example: `  asyncctl loadtest compare before.json after.json
  asyncctl loadtest compare before.json after.json --max-regression 5% --format json
  asyncctl loadtest compare before.json after.json --metric lag --metric 'p99(done)'`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
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
			a, err := load.ReadResult(w, args[0])
			if err != nil {
				return err
			}
			b, err := load.ReadResult(w, args[1])
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
	fs.StringVar(&most, "max-regression", "10%", "let a change for the worse pass up to this `share`")
	fs.DurationVar(&options.LeastChange, "least-change", time.Millisecond, "`duration` by which one has to change to be a regression")
	fs.StringSliceVar(&options.Metrics, "metric", nil, "only this `metric` (lag) or figure (p99(lag)) can be a regression")
	fs.StringVar(&out.Format, "format", "text", "text or json")
	fs.StringVar(&out.Color, "color", "auto", "auto, always or never; auto goes by NO_COLOR, CLICOLOR_FORCE and TERM")
	return c
}
