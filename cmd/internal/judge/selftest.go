package judge

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/internal/mutants"
	"github.com/asyncctl/asyncctl/internal/schema"
	"github.com/asyncctl/asyncctl/poller/dialect"
)

// SelfTest judges servers whose faults are known.
type SelfTest struct {
	World    app.World
	Only     []string
	Parallel int
	Format   string
	Silent   bool
}

func (s *SelfTest) Run(ctx context.Context) error {
	if err := app.OneOf("--format", s.Format, "text", "json"); err != nil {
		return err
	}
	if s.Parallel < 1 {
		return app.Usagef("--parallel is at least 1")
	}
	chosen, err := s.choose(mutants.All(mutants.Loopback(dialect.ByName)))
	if err != nil {
		return err
	}
	n := 0
	matrix := mutants.SelfTest(ctx, chosen, s.Parallel, func(row mutants.Row) {
		if n++; !s.Silent {
			fmt.Fprintf(s.World.Stderr, "%d of %d: %s: %s\n", n, len(chosen), row.Mutant, rowText(&row))
		}
	})
	unseen := matrix.Unseen()
	if len(s.Only) > 0 {
		unseen = nil
	}
	if s.Format == "json" {
		out := json.NewEncoder(s.World.Stdout)
		out.SetIndent("", "  ")
		out.Encode(struct {
			Schema string        `json:"schema"`
			OK     bool          `json:"ok"`
			Unseen []string      `json:"unseen_rules"` // that fail on no mutant
			Rows   []mutants.Row `json:"rows"`
		}{schema.SelfTest, matrix.OK() && len(unseen) == 0, append([]string{}, unseen...), matrix.Rows})
	} else {
		printMatrix(s.World.Stdout, matrix, unseen)
	}
	switch {
	case ctx.Err() != nil:
		return app.Exit(app.SignalCode(ctx))
	case !matrix.OK() || len(unseen) > 0:
		return app.Exit(app.ExitNo)
	}
	return nil
}

// choose returns the mutants that --mutant names, in their order.
func (s *SelfTest) choose(all []mutants.Mutant) ([]mutants.Mutant, error) {
	if len(s.Only) == 0 {
		return all, nil
	}
	chosen := map[string]bool{}
	for _, pattern := range s.Only {
		found := false
		for _, m := range all {
			match, err := path.Match(pattern, m.Name)
			if err != nil {
				return nil, app.Usagef("--mutant %q is no pattern", pattern)
			}
			if match {
				chosen[m.Name], found = true, true
			}
		}
		if !found {
			return nil, app.Usagef("--mutant %q names no mutant", pattern)
		}
	}
	return slices.DeleteFunc(all, func(m mutants.Mutant) bool { return !chosen[m.Name] }), nil
}
