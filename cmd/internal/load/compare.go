package load

import (
	"fmt"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	report "github.com/asyncctl/asyncctl/cmd/internal/report/load"
	"github.com/asyncctl/asyncctl/loadtest/judge"
)

// Compared prints a comparison and makes the exit code.
func (o *Output) Compared(w app.World, c *judge.Comparison) error {
	write := func() error { return report.ComparisonText(w.Stdout, c, o.text(w)) }
	if o.Format == "json" {
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
		return app.Exit(app.ExitNo)
	}
	return nil
}
