package cmd

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/loadtest/report"
)

func newLoadCompare(w World) *cobra.Command {
	out := loadOutput{}
	var most string
	options := loadtest.CompareOptions{}
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
			if err := oneOf("--format", out.format, "text", "json"); err != nil {
				return err
			}
			var err error
			if options.MaxRegression, err = parseShare("max-regression", most); err != nil {
				return err
			}
			if err := options.Check(); err != nil {
				return usagef("--metric: %v", err)
			}
			a, err := readResult(w, args[0])
			if err != nil {
				return err
			}
			b, err := readResult(w, args[1])
			if err != nil {
				return err
			}
			compared, err := loadtest.Compare(a, b, options)
			if err != nil {
				return misused(err)
			}
			return out.compared(w, compared)
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringVar(&most, "max-regression", "10%", "let a change for the worse pass up to this `share`")
	fs.DurationVar(&options.LeastChange, "least-change", time.Millisecond, "`duration` by which one has to change to be a regression")
	fs.StringSliceVar(&options.Metrics, "metric", nil, "only this `metric` (lag) or figure (p99(lag)) can be a regression")
	fs.StringVar(&out.format, "format", "text", "text or json")
	fs.StringVar(&out.color, "color", "auto", "auto, always or never; auto goes by NO_COLOR, CLICOLOR_FORCE and TERM")
	return c
}

// compared prints a comparison and makes the exit code.
func (o *loadOutput) compared(w World, c *loadtest.Comparison) error {
	write := func() error { return report.ComparisonText(w.Stdout, c, o.text(w)) }
	if o.format == "json" {
		write = func() error { return report.ComparisonJSON(w.Stdout, c) }
	}
	if err := write(); err != nil {
		return err
	}
	const told = 5
	worse := c.Regressions()
	for i, change := range worse {
		if i == told {
			fmt.Fprintf(w.Stderr, "asyncctl: and %d more regressions\n", len(worse)-told)
			break
		}
		fmt.Fprintf(w.Stderr, "asyncctl: regression: %s of %s\n", change.Figure, render.Clean(change.Strategy))
	}
	if len(worse) > 0 {
		return exitError(exitNo)
	}
	return nil
}
