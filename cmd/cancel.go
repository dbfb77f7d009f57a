package cmd

import (
	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/follow"
)

func newCancel(w app.World) *cobra.Command {
	s := &follow.Cancel{Session: follow.Session{World: w}}
	c := &cobra.Command{
		Use:   "cancel HANDLE...",
		Short: "Ask the server to cancel operations",
		Long: `Ask the server to cancel operations: as the dialect has it, where that is sure (it was named, or a
strong cue gave it away), else by DELETE on the status URL, as the pattern has it.

Before that the status URL is asked once: what does not answer like a pending operation is not
deleted, unless --force says so. The exit code is 0 once the server has taken the wish; with --wait,
once the operation is cancelled (1 if it ended otherwise).`,
		Example: `  asyncctl cancel https://api.example.com/operations/7f3a
  asyncctl cancel order.handle --wait --timeout 1m`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return s.Run(c.Context(), args) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.BoolVar(&s.Follow, "wait", false, "wait until the operation is over")
	fs.BoolVar(&s.Force, "force", false, "send the request without asking first whether there is anything to cancel")
	fs.BoolVar(&s.Yes, "yes", false, "cancel also where that takes away more than the work, such as results")
	s.API.Bind(fs)
	s.Profile.Bind(fs)
	s.Header.Bind(fs)
	s.Output.BindShape(fs)
	s.Waiting.Bind(fs)
	s.Connection.Bind(fs)
	return c
}
