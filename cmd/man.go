package cmd

import (
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
)

func newMan(w app.World, root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "man [DIR]",
		Short: "Print the man page, or write one for each command into a directory",
		Example: `  asyncctl man | man -l -
  asyncctl man /usr/local/share/man/man1`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			header := &doc.GenManHeader{Title: "ASYNCCTL", Section: "1", Source: "asyncctl", Manual: "asyncctl"}
			if len(args) == 0 {
				return doc.GenMan(root, header, w.Stdout)
			}
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return app.Usagef("%v", err)
			}
			return doc.GenManTree(root, header, args[0])
		},
	}
}
