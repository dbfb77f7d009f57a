package help

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// Manual writes manual pages, in the macros of man(7).
type Manual struct {
	Version string
	Date    time.Time // zero: none
	Exit    string    // the text of EXIT STATUS
	Env     string    // of ENVIRONMENT
	Files   string    // of FILES
}

// PageName is the name of a command's page, without its section.
func PageName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// Write writes the page of a command.
func (m Manual) Write(w io.Writer, c *cobra.Command) error {
	var b strings.Builder
	date := ""
	if !m.Date.IsZero() {
		date = m.Date.UTC().Format("2006-01-02")
	}
	fmt.Fprintf(&b, ".TH %q 1 %q %q \"asyncctl manual\"\n", strings.ToUpper(PageName(c)), date, "asyncctl "+m.Version)
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(PageName(c)), roff(c.Short))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.nf\n%s\n.fi\n", roff(strings.ReplaceAll(usage(c), "\n  ", "\n")))
	text := c.Long
	if text == "" {
		text = c.Short + "."
	}
	section(&b, "DESCRIPTION", text)
	m.below(&b, c)
	_, groups := GroupsOf(c)
	for i, g := range groups {
		if i == 0 {
			b.WriteString(".SH OPTIONS\n")
		}
		if len(groups) > 1 {
			fmt.Fprintf(&b, ".SS %s\n", roff(g.Title))
		}
		for _, f := range g.Flags {
			left, text := FlagUsage(f)
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(strings.TrimSpace(left)), roff(text))
		}
	}
	section(&b, "EXIT STATUS", m.Exit)
	section(&b, "ENVIRONMENT", m.Env)
	section(&b, "FILES", m.Files)
	if c.Example != "" {
		fmt.Fprintf(&b, ".SH EXAMPLES\n.nf\n%s\n.fi\n", roff(strings.TrimRight(c.Example, "\n")))
	}
	also(&b, c)
	_, err := io.WriteString(w, b.String())
	return err
}

// below lists the commands below a command.
func (m Manual) below(b *strings.Builder, c *cobra.Command) {
	first := true
	for _, sub := range c.Commands() {
		if !sub.IsAvailableCommand() || sub.Hidden {
			continue
		}
		if first {
			b.WriteString(".SH COMMANDS\n")
			first = false
		}
		fmt.Fprintf(b, ".TP\n.BR %s (1)\n%s\n", roff(PageName(sub)), roff(sub.Short))
	}
}

func also(b *strings.Builder, c *cobra.Command) {
	var pages []string
	if c.HasParent() {
		pages = append(pages, PageName(c.Parent()))
		for _, sister := range c.Parent().Commands() {
			if sister != c && sister.IsAvailableCommand() {
				pages = append(pages, PageName(sister))
			}
		}
	}
	if len(pages) == 0 {
		return
	}
	b.WriteString(".SH SEE ALSO\n")
	for i, page := range pages {
		end := ","
		if i == len(pages)-1 {
			end = ""
		}
		fmt.Fprintf(b, ".BR %s (1)%s\n", roff(page), end)
	}
}

// section writes a section whose text has paragraphs and lines that stay as they are.
func section(b *strings.Builder, title, text string) {
	if text == "" {
		return
	}
	fmt.Fprintf(b, ".SH %s\n", title)
	fixed := false
	for _, part := range Parts(text) {
		switch {
		case part.Text == "" && !fixed:
			b.WriteString(".PP\n")
			continue
		case part.Fixed && part.Text != "" && !fixed:
			b.WriteString(".nf\n")
			fixed = true
		case !part.Fixed && fixed:
			b.WriteString(".fi\n")
			fixed = false
		}
		fmt.Fprintln(b, roff(part.Text))
	}
	if fixed {
		b.WriteString(".fi\n")
	}
}

// roff writes a text so that it means itself.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
