package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/mockserver"
)

func newMockFaults(w app.World) *cobra.Command {
	c := &cobra.Command{
		Use: "faults", Short: "List what the mock can do wrong", Args: cobra.NoArgs,
		Example: "  asyncctl mockserver faults",
		RunE: func(*cobra.Command, []string) error {
			for _, f := range mockserver.Faults() {
				fmt.Fprintf(w.Stdout, "%-24s %s\n", f.Name, f.Summary)
			}
			return nil
		},
	}
	return c
}
