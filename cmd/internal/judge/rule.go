package judge

import (
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/conformance"
)

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

func RuleDocuments() []ruleDocument {
	var list []ruleDocument
	for _, r := range conformance.Rules() {
		list = append(list, ruleDocument{r.ID, r.Code, r.Title, r.Level, r.Negative, r.Basis, r.Dialects, r.Needs, r.Why, r.Breaks, r.Fix, r.Sources, r.Fault})
	}
	return list
}

func LevelText(r conformance.Rule) string {
	if r.Negative {
		return string(r.Level) + " not"
	}
	return string(r.Level)
}

// RuleNamed finds a rule by its id or its code, in any case.
func RuleNamed(word string) (conformance.Rule, bool) {
	for _, r := range conformance.Rules() {
		if strings.EqualFold(r.ID, word) || r.Code != "" && strings.EqualFold(r.Code, word) {
			return r, true
		}
	}
	return conformance.Rule{}, false
}

// bases say what kind of text a rule rests on.
var bases = map[conformance.Basis]string{
	conformance.BasisRFC: "a published standard", conformance.BasisPattern: "the pattern, which is no standard",
	conformance.BasisDraft: "an Internet-Draft", conformance.BasisAdvice: "experience",
}

// ExplainRule prints all that is known of a rule.
func ExplainRule(w app.World, r conformance.Rule) {
	name := r.ID
	if r.Code != "" {
		name += " (" + r.Code + ")"
	}
	fmt.Fprintf(w.Stdout, "%s\n\n%s\n", name, render.Wrap(r.Title+".", 80))
	fmt.Fprintf(w.Stdout, "\n%s; it rests on %s.\n", LevelText(r), bases[r.Basis])
	for _, part := range []struct{ name, text string }{
		{"Why it matters", r.Why}, {"Which clients break", r.Breaks}, {"How to fix it", r.Fix}, {"Where it is written", strings.Join(r.Sources, "; ")},
		{"Dialects", strings.Join(r.Dialects, ", ")}, {"What it needs", needsText(r)}, {"See it fail", faultCommand(r)},
	} {
		if part.text != "" {
			fmt.Fprintf(w.Stdout, "\n%s\n%s\n", part.name, app.Indent(render.Wrap(part.text, 76)))
		}
	}
}

func needsText(r conformance.Rule) string {
	var words []string
	for _, n := range r.Needs {
		words = append(words, string(n))
	}
	return strings.Join(words, ", ")
}

// faultCommand shows the violation on the mock.
func faultCommand(r conformance.Rule) string {
	if r.Fault == "" {
		return ""
	}
	return fmt.Sprintf("asyncctl conformance 'mock:?fault=%s' --rule %s --level may", r.Fault, r.ID)
}
