package main

import (
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver"
)

// faultsPage is the catalogue of what the mock can do wrong.
func faultsPage() string {
	var b strings.Builder
	b.WriteString(preface + `# Faults

What ` + "`asyncctl mockserver --fault NAME[:p=0.1,nth=3,first=2,after=5s,...]`" + ` does wrong, and which mistake of a client
that brings to light. The conditions that every fault takes: ` + "`p`, `nth`, `first`, `from`, `after`, `until`" + `.

| fault | what the server does | the mistake that it exposes | affects | breaks |
|---|---|---|---|---|
`)
	for _, f := range mockserver.Faults() {
		var rules []string
		for _, id := range f.Rules {
			rules = append(rules, fmt.Sprintf("[`%s`](rules.md#%s)", id, slug(id)))
		}
		name := f.Name
		if f.Default != f.Name {
			name = f.Default
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", name, cell(f.Summary), cell(f.Exposes), f.Affects, strings.Join(rules, ", "))
	}
	b.WriteString("\n## Parameters of their own\n\n| fault | parameter | value |\n|---|---|---|\n")
	for _, f := range mockserver.Faults() {
		for _, p := range f.Parameters {
			fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", f.Name, p.Name, cell(p.Allowed))
		}
	}
	return b.String()
}

// cell makes a text fit into a table.
func cell(text string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ", "<", "&lt;").Replace(text)
}
