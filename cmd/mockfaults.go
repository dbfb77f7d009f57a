package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/mockserver"
)

func newMockFaults(w World) *cobra.Command {
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
	checkUsage(c)
	return c
}

// faultText describes a fault, a paragraph a line.
func faultText(f mockserver.FaultInfo) string {
	parts := []string{f.Summary, "It exposes: " + f.Exposes, "It befalls: " + f.Befalls + ". As written: --fault " + f.Default}
	for _, p := range f.Parameters {
		parts = append(parts, p.Name+": "+p.Allowed)
	}
	if len(f.Rules) > 0 {
		parts = append(parts, "It breaks the rules: "+strings.Join(f.Rules, ", "))
	}
	return strings.Join(parts, "\n")
}
