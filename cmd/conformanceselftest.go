package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/conformance/mutants"
	"github.com/asyncctl/asyncctl/poller/dialect"
)

// selfTestCommand judges servers whose faults are known.
type selfTestCommand struct {
	w        World
	only     []string
	parallel int
	format   string
	silent   bool
}

func newConformanceSelfTest(w World) *cobra.Command {
	s := &selfTestCommand{w: w}
	c := &cobra.Command{
		Use: "self-test", Short: "Judge servers whose faults are known, and print what was found as a matrix", Args: cobra.NoArgs,
		Long: `Run the suite against the faultless mock and against mutants, servers with one known fault each, and
print which rules fail on which. All of them run inside this process. The exit code is 1 if a fault is
not found, if something is found that is not there, or, with all mutants, if a rule fails on none.`,
		Example: `  asyncctl conformance self-test
  asyncctl conformance self-test --mutant 'faultless*' --mutant 'retry-after-*'
  asyncctl conformance self-test --format json > matrix.json`,
		RunE: func(c *cobra.Command, _ []string) error { return s.run(c.Context()) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringArrayVar(&s.only, "mutant", nil, "judge only the mutants of this name, or `pattern`")
	fs.IntVar(&s.parallel, "parallel", 32, "mutants that are judged at the same time")
	fs.StringVar(&s.format, "format", "text", "text, or json")
	fs.BoolVarP(&s.silent, "silent", "s", false, "no progress")
	return c
}

func (s *selfTestCommand) run(ctx context.Context) error {
	if err := oneOf("--format", s.format, "text", "json"); err != nil {
		return err
	}
	if s.parallel < 1 {
		return usagef("--parallel is at least 1")
	}
	chosen, err := s.choose(mutants.All(mutants.Loopback(dialect.ByName)))
	if err != nil {
		return err
	}
	n := 0
	matrix := conformance.SelfTest(ctx, chosen, s.parallel, func(row conformance.Row) {
		if n++; !s.silent {
			fmt.Fprintf(s.w.Stderr, "%d of %d: %s: %s\n", n, len(chosen), row.Mutant, rowText(&row))
		}
	})
	unseen := matrix.Unseen()
	if len(s.only) > 0 {
		unseen = nil
	}
	if s.format == "json" {
		out := json.NewEncoder(s.w.Stdout)
		out.SetIndent("", "  ")
		out.Encode(struct {
			Schema string            `json:"schema"`
			OK     bool              `json:"ok"`
			Unseen []string          `json:"unseen_rules"` // that fail on no mutant
			Rows   []conformance.Row `json:"rows"`
		}{"asyncctl.selftest/1", matrix.OK() && len(unseen) == 0, append([]string{}, unseen...), matrix.Rows})
	} else {
		printMatrix(s.w.Stdout, matrix, unseen)
	}
	switch {
	case ctx.Err() != nil:
		return exitError(signalCode(ctx))
	case !matrix.OK() || len(unseen) > 0:
		return exitError(exitNo)
	}
	return nil
}

// choose returns the mutants that --mutant names, in their order.
func (s *selfTestCommand) choose(all []conformance.Mutant) ([]conformance.Mutant, error) {
	if len(s.only) == 0 {
		return all, nil
	}
	chosen := map[string]bool{}
	for _, pattern := range s.only {
		found := false
		for _, m := range all {
			match, err := path.Match(pattern, m.Name)
			if err != nil {
				return nil, usagef("--mutant %q is no pattern", pattern)
			}
			if match {
				chosen[m.Name], found = true, true
			}
		}
		if !found {
			return nil, usagef("--mutant %q names no mutant", pattern)
		}
	}
	return slices.DeleteFunc(all, func(m conformance.Mutant) bool { return !chosen[m.Name] }), nil
}
