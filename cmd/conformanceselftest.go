package cmd

import (
	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/judge"
)

func newConformanceSelfTest(w app.World) *cobra.Command {
	s := &judge.SelfTest{World: w}
	c := &cobra.Command{
		Use: "self-test", Short: "Judge servers whose faults are known, and print what was found as a matrix", Args: cobra.NoArgs,
		Long: `Run the suite against the faultless mock and against mutants, servers with one known fault each, and
print which rules fail on which. All of them run inside this process. The exit code is 1 if a fault is
not found, if something is found that is not there, or, with all mutants, if a rule fails on none. A mutant
whose row is wrong is judged again when nothing else runs, and the second row counts: on a busy machine
answers come late.`,
		Example: `  asyncctl conformance self-test
  asyncctl conformance self-test --mutant 'faultless*' --mutant 'retry-after-*'
  asyncctl conformance self-test --format json > matrix.json`,
		RunE: func(c *cobra.Command, _ []string) error { return s.Run(c.Context()) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringArrayVar(&s.Only, "mutant", nil, "judge only the mutants of this name, or `pattern`")
	fs.IntVar(&s.Parallel, "parallel", 32, "mutants that are judged at the same time")
	fs.StringVar(&s.Format, "format", "text", "text, or json")
	fs.BoolVarP(&s.Silent, "silent", "s", false, "no progress")
	return c
}
