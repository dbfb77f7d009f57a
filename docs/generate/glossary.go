package main

import (
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/internal/glossary"
)

// glossaryPage says what the words mean.
func glossaryPage() string {
	var b strings.Builder
	b.WriteString(preface + "# Glossary\n\nThe words of this program and of its pages. `asyncctl explain WORD` has them, too.\n\n| word | meaning |\n|---|---|\n")
	for _, e := range glossary.Entries() {
		text := cell(e.Text)
		if len(e.See) > 0 {
			text += " See " + strings.Join(e.See, ", ") + "."
		}
		fmt.Fprintf(&b, "| %s | %s |\n", e.Word, text)
	}
	return b.String()
}
