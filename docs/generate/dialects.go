package main

import (
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/poller/dialect"
)

// dialectsPage is what is known of each built-in dialect.
func dialectsPage() string {
	var b strings.Builder
	b.WriteString(preface + `# Dialects

The ways in which API families say "202, ask again later". ` + "`--dialect auto`" + `, the default, tells them apart by the
answer to the submit; ` + "`--dialect NAME`" + ` names one, and an API file (` + "`--api FILE`" + `) describes one of your own (start from
` + "`asyncctl api show NAME`" + `). Where a row says documentation or unverified, nobody here has read the
specification itself.

| dialect | what it looks like | source | evidence |
|---|---|---|---|
`)
	for _, name := range dialect.Names() {
		info, _ := dialect.Describe(name)
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s | %s | %s |\n", name, slug(name), cell(info.Looks), cell(info.Source), info.Evidence)
	}
	for _, name := range dialect.Names() {
		info, _ := dialect.Describe(name)
		describe(&b, info)
	}
	return b.String()
}

func describe(b *strings.Builder, info dialect.Info) {
	fmt.Fprintf(b, "\n## %s\n\n%s.\n\n", info.Name, strings.TrimRight(info.Looks, "."))
	if len(info.Told) > 0 {
		fmt.Fprintf(b, "Told by:\n\n")
		for _, cue := range info.Told {
			fmt.Fprintf(b, "- %s\n", cue)
		}
		b.WriteString("\n")
	}
	if info.CancelDestroys {
		b.WriteString("To cancel takes away more than the work: `asyncctl cancel` asks for `--yes`.\n\n")
	}
	if info.Unverified != "" {
		fmt.Fprintf(b, "Not verified: %s\n\n", info.Unverified)
	}
	fmt.Fprintf(b, "Source: %s (%s).\n", info.Source, info.Evidence)
}
