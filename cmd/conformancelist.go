package cmd

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/conformance"
)

func newConformanceList(w World) *cobra.Command {
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
				return out.Encode(ruleDocuments())
			case format != "text":
				return oneOf("--format", format, "text", "json")
			}
			for _, r := range conformance.Rules() {
				fmt.Fprintf(w.Stdout, "%-4s %-34s %-10s %-7s %s\n", r.Code, r.ID, levelText(r), r.Basis, r.Title)
			}
			return nil
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text, or json: an array with all that is known of each rule")
	return c
}

// ruleDocument is a rule for programs. Fields are only ever added.
type ruleDocument struct {
	ID       string             `json:"id"`
	Code     string             `json:"code,omitempty"`
	Title    string             `json:"title"`
	Level    conformance.Level  `json:"level"`
	Negative bool               `json:"negative,omitempty"`
	Basis    conformance.Basis  `json:"basis"`
	Dialects []string           `json:"dialects,omitempty"`
	Needs    []conformance.Need `json:"needs,omitempty"`
	Why      string             `json:"why"`
	Breaks   string             `json:"breaks"`
	Fix      string             `json:"fix"`
	Sources  []string           `json:"sources"`
	Fault    string             `json:"fault,omitempty"`
}

func ruleDocuments() []ruleDocument {
	var list []ruleDocument
	for _, r := range conformance.Rules() {
		list = append(list, ruleDocument{r.ID, r.Code, r.Title, r.Level, r.Negative, r.Basis, r.Dialects, r.Needs, r.Why, r.Breaks, r.Fix, r.Sources, r.Fault})
	}
	return list
}

func levelText(r *conformance.Rule) string {
	if r.Negative {
		return string(r.Level) + " not"
	}
	return string(r.Level)
}

func newConformanceExplain(w World) *cobra.Command {
	return &cobra.Command{
		Use: "explain RULE", Short: "Explain a rule: why, whom it breaks, how to fix it, where it is written", Args: cobra.ExactArgs(1),
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
			r := ruleNamed(args[0])
			if r == nil {
				return usagef("there is no rule %q; %s", args[0], suggestRule(args[0]))
			}
			explainRule(w, r)
			return nil
		},
	}
}

// ruleNamed finds a rule by its id or its code, in any case.
func ruleNamed(word string) *conformance.Rule {
	for _, r := range conformance.Rules() {
		if strings.EqualFold(r.ID, word) || r.Code != "" && strings.EqualFold(r.Code, word) {
			return r
		}
	}
	return nil
}

// bases say what kind of text a rule rests on.
var bases = map[conformance.Basis]string{
	conformance.BasisRFC: "a published standard", conformance.BasisPattern: "the pattern, which is no standard",
	conformance.BasisDraft: "an Internet-Draft", conformance.BasisAdvice: "experience",
}

// explainRule prints all that is known of a rule.
func explainRule(w World, r *conformance.Rule) {
	name := r.ID
	if r.Code != "" {
		name += " (" + r.Code + ")"
	}
	fmt.Fprintf(w.Stdout, "%s\n\n%s\n", name, render.Wrap(r.Title+".", 80))
	fmt.Fprintf(w.Stdout, "\n%s; it rests on %s.\n", levelText(r), bases[r.Basis])
	for _, part := range []struct{ name, text string }{
		{"Why it matters", r.Why}, {"Which clients break", r.Breaks}, {"How to fix it", r.Fix}, {"Where it is written", strings.Join(r.Sources, "; ")},
		{"Dialects", strings.Join(r.Dialects, ", ")}, {"What it needs", needsText(r)}, {"See it fail", faultCommand(r)},
	} {
		if part.text != "" {
			fmt.Fprintf(w.Stdout, "\n%s\n%s\n", part.name, indent(render.Wrap(part.text, 76)))
		}
	}
}

func needsText(r *conformance.Rule) string {
	var words []string
	for _, n := range r.Needs {
		words = append(words, string(n))
	}
	return strings.Join(words, ", ")
}

// faultCommand shows the violation on the mock.
func faultCommand(r *conformance.Rule) string {
	if r.Fault == "" {
		return ""
	}
	return fmt.Sprintf("asyncctl conformance 'mock:?fault=%s' --rule %s --level may", r.Fault, r.ID)
}
