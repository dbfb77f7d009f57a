package cmd

import (
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/cmd/internal/scenario"
	"github.com/asyncctl/asyncctl/mockserver"
)

// mockScenario says what operations of the mock do.
type mockScenario struct {
	set    []string
	name   string
	replay string
}

func (m *mockScenario) bind(fs *pflag.FlagSet) {
	fs.StringArrayVar(&m.set, "set", nil, "`parameter=value` for every operation that does not say otherwise")
	fs.StringVar(&m.name, "scenario", "", "do what this YAML `file`, or built-in scenario, says: see \"asyncctl mockserver scenarios\"")
	fs.StringVar(&m.replay, "replay", "", "do what an operation did whose events --progress json wrote to this `file`, with its timing")
}

// file is what the flags say together.
func (m *mockScenario) file() (*scenario.File, error) {
	values := url.Values{}
	for _, s := range m.set {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return nil, usagef("--set %q: write parameter=value", s)
		}
		values.Add(name, value)
	}
	// First by itself, so that an error says whose it is.
	plain, err := mockserver.ParseScenario(mockserver.Scenario{}, values)
	switch {
	case err != nil:
		return nil, usagef("--set: %v", err)
	case m.name != "" && m.replay != "":
		return nil, usagef("--scenario and --replay both say what operations do: give one of them")
	case m.name != "":
		file, err := scenario.Open(m.name, values)
		if err != nil {
			return nil, usagef("--scenario: %v", err)
		}
		return file, nil
	case m.replay != "":
		return m.recorded(values)
	}
	return &scenario.File{Operation: plain}, nil
}

// recorded is what a recorded stream says, changed by --set.
func (m *mockScenario) recorded(values url.Values) (*scenario.File, error) {
	file, err := record(m.replay)
	if err != nil {
		return nil, usagef("--replay: %v", err)
	}
	change := func(sc *mockserver.Scenario) {
		if changed, err := mockserver.ParseScenario(*sc, values); err == nil { // it was read before
			*sc = changed
		}
	}
	change(&file.Operation)
	for i := range file.Rules {
		change(&file.Rules[i].Scenario)
	}
	return file, nil
}

func record(path string) (*scenario.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return scenario.Record(path, f)
}

func newMockScenarios(w World) *cobra.Command {
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
				return usagef("there is no built-in scenario %q; there are %s", args[0], strings.Join(scenario.Names(), ", "))
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
			file, err := record(args[0])
			if err != nil {
				return usagef("%v", err)
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
		checkUsage(sub)
		c.AddCommand(sub)
	}
	return c
}
