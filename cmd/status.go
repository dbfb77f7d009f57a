package cmd

import (
	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/follow"
)

func newStatus(w app.World) *cobra.Command {
	s := &follow.Status{Session: follow.Session{World: w}}
	c := &cobra.Command{
		Use:   "status HANDLE...",
		Short: "Ask once how operations stand",
		Long: `Ask each status URL once, now, and print one line for each: the state, the progress, the URL.

The exit code is 0 if all have succeeded, 8 if the others are pending; see "asyncctl help exit-codes".`,
		Example: `  asyncctl status https://api.example.com/operations/7f3a
  asyncctl status order.handle --format json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return s.Run(c.Context(), args) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	s.API.Bind(fs)
	s.Profile.Bind(fs)
	s.Header.Bind(fs)
	s.Output.BindShape(fs)
	fs.Lookup("progress").DefValue = "none"
	s.Output.Progress = "none"
	s.Waiting.BindQuestion(fs)
	s.Connection.Bind(fs)
	return c
}
