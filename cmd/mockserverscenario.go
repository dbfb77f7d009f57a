package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/cmd/internal/scenario"
)

func newMockScenarios(w app.World) *cobra.Command {
	c := &cobra.Command{
		Use: "scenarios", Short: "List and show what the mock's operations can be made to do", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	list := &cobra.Command{
		Use: "list", Short: "List the built-in scenarios", Args: cobra.NoArgs,
		Example: "  asyncctl mockserver scenarios list",
		RunE: func(*cobra.Command, []string) error {
			for _, name := range scenario.Names() {
				file, err := scenario.Open(name, nil)
				if err != nil {
					return err
				}
				fmt.Fprintf(w.Stdout, "%-14s %s\n", name, file.About)
			}
			return nil
		},
	}
	show := &cobra.Command{
		Use: "show NAME", Short: "Print a built-in scenario, to start from", Args: cobra.ExactArgs(1),
		Example: `  asyncctl mockserver scenarios show by-request > mine.yaml
  asyncctl mockserver --scenario mine.yaml`,
		ValidArgs: scenario.Names(),
		RunE: func(_ *cobra.Command, args []string) error {
			text, ok := scenario.Source(args[0])
			if !ok {
				return app.Usagef("there is no built-in scenario %q; there are %s", args[0], strings.Join(scenario.Names(), ", "))
			}
			_, err := w.Stdout.Write(text)
			return err
		},
	}
	recorded := &cobra.Command{
		Use: "record FILE", Short: "Print the scenario of a recorded run", Args: cobra.ExactArgs(1),
		Example: `  asyncctl submit https://api.example/reports --wait --progress json 2> run.ndjson
  asyncctl mockserver scenarios record run.ndjson > run.yaml`,
		RunE: func(_ *cobra.Command, args []string) error {
			file, err := mock.Record(args[0])
			if err != nil {
				return app.Usagef("%v", err)
			}
			text, err := file.YAML()
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(w.Stdout, render.CleanText(string(text)))
			return err
		},
	}
	for _, sub := range []*cobra.Command{list, show, recorded} {
		c.AddCommand(sub)
	}
	return c
}
