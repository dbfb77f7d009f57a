package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

func newDialect(w World) *cobra.Command {
	c := &cobra.Command{
		Use:   "dialect",
		Short: "List and show the API families that asyncctl knows",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	list := &cobra.Command{
		Use: "list", Short: "List the dialects", Args: cobra.NoArgs,
		Example: "  asyncctl dialect list",
		RunE: func(*cobra.Command, []string) error {
			for _, name := range dialect.Names() {
				info, _ := dialect.Describe(name)
				fmt.Fprintf(w.Stdout, "%-20s %-13s %s\n", name, info.Evidence, info.Source)
			}
			return nil
		},
	}
	show := &cobra.Command{
		Use: "show NAME", Short: "Show what a dialect looks like", Args: cobra.ExactArgs(1),
		Example:   "  asyncctl dialect show azure-oploc",
		ValidArgs: dialect.Names(),
		RunE: func(_ *cobra.Command, args []string) error {
			info, ok := dialect.Describe(args[0])
			if !ok {
				return usagef("there is no dialect %q; \"asyncctl dialect list\" has the names", args[0])
			}
			topic{info.Name, "dialect", dialectText(info)}.print(w)
			return nil
		},
	}
	checkUsage(list)
	checkUsage(show)
	c.AddCommand(list, show)
	return c
}

// asked is dialect.Auto for a person who has said that something is to be called off: where nothing
// gave a family away, that is the pattern's own way, DELETE.
type asked struct{ dialect.Auto }

// Cancel is the dialect's own where that is sure, and the pattern's where there is no other.
func (a asked) Cancel(op lro.Operation) (lro.Request, bool) {
	if op.Dialect == lro.GenericName {
		return lro.Generic{}.Cancel(op)
	}
	return a.Auto.Cancel(op)
}

// dialectText describes a dialect, a paragraph a line.
func dialectText(info dialect.Info) string {
	parts := []string{strings.Join(strings.Fields(info.Looks), " "), "Source: " + info.Source + " (" + string(info.Evidence) + ")."}
	if info.Unverified != "" {
		parts = append(parts, "Not verified: "+info.Unverified)
	}
	if info.CancelDestroys {
		parts = append(parts, "To cancel takes away more than the work: it needs --yes.")
	}
	return strings.Join(parts, "\n")
}
