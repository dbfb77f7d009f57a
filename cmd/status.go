package cmd

import (
	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/follow"
)

func newStatus(w app.World) *cobra.Command {
	var prototype follow.Session
	c := &cobra.Command{
		Use:   "status HANDLE...",
		Short: "Ask once how operations stand",
		Long: `Ask each status URL once, now, and print one line for each: the state, the progress, the URL.

The exit code is 0 if all have succeeded, 8 if one is pending, 1 if one has failed; for a single
operation see "asyncctl help exit-codes".`,
		Example: `  asyncctl status https://api.example.com/operations/7f3a
  asyncctl status order.handle --format json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			worst := app.ExitOK
			for _, arg := range args {
				s := prototype
				s.World = w
				code, err := s.Status(c.Context(), arg)
				if err != nil {
					return err
				}
				worst = follow.Worse(worst, code, len(args))
			}
			if worst != app.ExitOK {
				return app.Exit(worst)
			}
			return nil
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	prototype.Profile.Bind(fs)
	prototype.Header.Bind(fs)
	prototype.Output.BindShape(fs)
	fs.Lookup("progress").DefValue = "none"
	prototype.Output.Progress = "none"
	prototype.Waiting.BindQuestion(fs)
	prototype.Connection.Bind(fs)
	return c
}
