package judge

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/internal/show"
)

// stepSummary is the most that GitHub takes as a step summary; a larger one is refused whole.
const stepSummary = 1 << 20

// writeMarkdown writes the verdict and the table first and the findings after it, so that what is cut
// off at the limit is the detail; how much was, is said.
func writeMarkdown(b *bytes.Buffer, d *digest) error {
	limit := cmp.Or(d.o.Limit, stepSummary)
	icon := "✅"
	if !d.verdict.Passed() {
		icon = "❌"
	}
	fmt.Fprintf(b, "## %s Conformance of %s\n\n", icon, code(d.Target))
	fmt.Fprintf(b, "**%s**\n\n", markdownText(d.headline()))
	fmt.Fprintf(b, "%s · dialect %s · level %s\n", markdownText(d.counted()), code(cmp.Or(d.Dialect, "not known")), cmp.Or(d.Level, conformance.May))
	pieces := []string{d.markdownStale(), d.markdownTable()}
	for _, e := range d.findings() {
		pieces = append(pieces, d.markdownFinding(e))
	}
	pieces = append(pieces, d.markdownRest())
	const note = "\n> %s of this report left out: it may have %d bytes.\n"
	for i, piece := range pieces {
		if b.Len()+len(piece)+len(note)+40 > limit {
			fmt.Fprintf(b, note, show.Count(len(pieces)-i, "part"), limit)
			break
		}
		b.WriteString(piece)
	}
	return nil
}

func (d *digest) markdownStale() string {
	var b strings.Builder
	for i := range d.Stale {
		fmt.Fprintf(&b, "\n- stale waiver for %s: %s", code(d.Stale[i].Rule), markdownText(staleText(&d.Stale[i])))
	}
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	return b.String()
}

// markdownTable has a row for each finding, and for what could not be concluded.
func (d *digest) markdownTable() string {
	entries := append(d.findings(), d.entries(string(conformance.Inconclusive))...)
	if len(entries) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n| | rule | level | what is wrong |\n|---|---|---|---|\n")
	for _, e := range entries {
		text := e.summary()
		if e.shown == waived {
			text += "; " + e.excuse()
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", e.shown, code(e.label()), e.rule.Level, markdownText(text))
	}
	return b.String()
}

func (d *digest) markdownFinding(e *entry) string {
	var b strings.Builder
	open := ""
	if e.fails {
		open = " open"
	}
	fmt.Fprintf(&b, "\n<details%s>\n<summary><b>%s</b> %s: %s</summary>\n", open, e.shown, markdownText(e.label()), markdownText(e.rule.Title))
	for i := range e.Findings {
		if i == mostFindings {
			fmt.Fprintf(&b, "\nAnd %s.\n", show.Count(len(e.Findings)-i, "more finding"))
			break
		}
		lines := d.evidenceLines(&e.Findings[i])
		fmt.Fprintf(&b, "\n%s\n", markdownText(lines[0]))
		if len(lines) > 1 {
			b.WriteString("\n" + fence(strings.Join(lines[1:], "\n"), "text"))
		}
	}
	for _, part := range [][2]string{{"Why", e.rule.Why}, {"Breaks", e.rule.Breaks}, {"Fix", e.rule.Fix}, {"Source", strings.Join(e.rule.Sources, "; ")}} {
		if part[1] != "" {
			fmt.Fprintf(&b, "\n**%s.** %s\n", part[0], markdownText(part[1]))
		}
	}
	if len(e.Findings) > 0 {
		if commands := d.reproduce(&e.Findings[0]); len(commands) > 0 {
			b.WriteString("\n" + fence(strings.Join(commands, "\n"), "sh"))
		}
	}
	b.WriteString("\n</details>\n")
	return b.String()
}

// markdownRest lists what passed and what was not judged.
func (d *digest) markdownRest() string {
	var b strings.Builder
	b.WriteString("\n<details>\n<summary>all rules</summary>\n\n| rule | outcome | |\n|---|---|---|\n")
	for _, t := range d.themes {
		for _, e := range t.entries {
			text := e.why()
			if text == "" {
				text = visible(e.rule.Title)
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", code(e.label()), e.shown, markdownText(text))
		}
	}
	b.WriteString("\n</details>\n")
	return b.String()
}

// markdownText escapes what Markdown, HTML, and a table would take for more than text, and what
// GitHub would make a mention or a link of.
func markdownText(s string) string {
	return strings.NewReplacer(
		"&", "&amp;", "<", "&lt;", ">", "&gt;", `\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`",
		"[", `\[`, "]", `\]`, "#", `\#`, "~", `\~`, "@", "&#64;", "!", `\!`, "$", `\$`, "://", "&#58;//",
	).Replace(visible(s))
}

// code is a text as code in a line, also one with backticks and bars.
func code(s string) string {
	return "<code>" + strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "&#124;", "`", "&#96;", "*", "&#42;", "_", "&#95;",
		`\`, "&#92;", "[", "&#91;", "]", "&#93;", "~", "&#126;", "@", "&#64;", "$", "&#36;", "://", "&#58;//").Replace(visible(s)) + "</code>"
}

// fence is a block of code, fenced by more backticks than it has.
func fence(s, language string) string {
	most, run := 2, 0
	for _, r := range s {
		if run++; r != '`' {
			run = 0
		}
		most = max(most, run)
	}
	bar := strings.Repeat("`", most+1)
	return bar + language + "\n" + s + "\n" + bar + "\n"
}
