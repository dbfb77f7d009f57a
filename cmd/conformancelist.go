package cmd

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/judge"
	"github.com/asyncctl/asyncctl/conformance"
)

func newConformanceList(w app.World) *cobra.Command {
	format := "text"
	c := &cobra.Command{
		Use: "list", Short: "List the rules", Args: cobra.NoArgs,
		Example: `  asyncctl conformance list
  asyncctl conformance list --format json | jq -r '.[] | select(.level == "must") | .id'`,
		RunE: func(*cobra.Command, []string) error {
			switch {
			case format == "json":
				out := json.NewEncoder(w.Stdout)
				out.SetEscapeHTML(false)
				out.SetIndent("", "  ")
				return out.Encode(judge.RuleDocuments())
			case format != "text":
				return app.OneOf("--format", format, "text", "json")
			}
			for _, r := range conformance.Rules() {
				fmt.Fprintf(w.Stdout, "%-4s %-34s %-10s %-7s %s\n", r.Code, r.ID, judge.LevelText(r), r.Basis, r.Title)
			}
			return nil
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text, or json: an array with all that is known of each rule")
	return c
}

func newConformanceExplain(w app.World) *cobra.Command {
	return &cobra.Command{
		Use: "explain RULE", Short: "Explain a rule: why, which clients break, how to fix it, and its sources", Args: cobra.ExactArgs(1),
		Example: `  asyncctl conformance explain retry-after-syntax
  asyncctl conformance explain S11`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var words []string
			for _, r := range conformance.Rules() {
				words = append(words, r.ID+"\t"+r.Title)
			}
			return words, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			r, ok := judge.RuleNamed(args[0])
			if !ok {
				return app.Usagef("there is no rule %q; %s", args[0], judge.SuggestRule(args[0]))
			}
			judge.ExplainRule(w, r)
			return nil
		},
	}
}
