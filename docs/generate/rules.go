package main

import (
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/conformance"
)

// rulesPage is every rule that conformance judges by.
func rulesPage() string {
	var b strings.Builder
	b.WriteString(preface + `# Rules

What ` + "`asyncctl conformance`" + ` judges by. The basis says what kind of text asks for it: most of the pattern is no
standard. ` + "`asyncctl conformance explain ID`" + ` says the same offline.

| rule | level | basis | requirement |
|---|---|---|---|
`)
	for _, r := range conformance.Rules() {
		fmt.Fprintf(&b, "| [`%s`](#%s) %s | %s | %s | %s |\n", r.ID, slug(r.ID), r.Code, levelOf(r), r.Basis, cell(r.Title))
	}
	for _, r := range conformance.Rules() {
		rule(&b, r)
	}
	return b.String()
}

func levelOf(r conformance.Rule) string {
	if r.Negative {
		return string(r.Level) + " not"
	}
	return string(r.Level)
}

func rule(b *strings.Builder, r conformance.Rule) {
	fmt.Fprintf(b, "\n## %s\n\n%s.\n\n", r.ID, strings.TrimRight(r.Title, "."))
	for _, part := range []struct{ label, text string }{
		{"Why", r.Why}, {"Breaks", r.Breaks}, {"Fix", r.Fix}, {"Source", strings.Join(r.Sources, "; ")},
	} {
		if part.text != "" {
			fmt.Fprintf(b, "- %s: %s\n", part.label, strings.ReplaceAll(part.text, "<", "&lt;"))
		}
	}
	if len(r.Needs) > 0 {
		var needs []string
		for _, n := range r.Needs {
			needs = append(needs, string(n))
		}
		fmt.Fprintf(b, "- Needs: %s\n", strings.Join(needs, ", "))
	}
	if r.Fault != "" {
		fmt.Fprintf(b, "- See it fail: `asyncctl conformance 'mock:?fault=%s' --rule %s --level may`\n", r.Fault, r.ID)
	}
}
