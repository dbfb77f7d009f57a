package help

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
)

// few is how many flags are shown without being asked for all.
const few = 20

// Page is the help of a command.
type Page struct {
	Width int    // columns to wrap at; 0: 80
	Show  string // "": the common flags, "all", or the word of a group
}

// Write writes the help of a command.
func (p Page) Write(w io.Writer, c *cobra.Command) error {
	p.Width = max(40, p.Width)
	var b strings.Builder
	text := c.Long
	if text == "" {
		text = c.Short
	}
	b.WriteString(Reflow(text, p.Width))
	if c.IsAdditionalHelpTopicCommand() {
		_, err := io.WriteString(w, b.String())
		return err
	}
	if c.Example != "" && p.Show == "" {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", strings.TrimRight(c.Example, "\n"))
	}
	fmt.Fprintf(&b, "\nUsage:\n  %s\n", usage(c))
	p.commands(&b, c)
	p.flags(&b, c)
	_, err := io.WriteString(w, b.String())
	return err
}

func usage(c *cobra.Command) string {
	switch {
	case c.HasAvailableSubCommands() && !c.HasParent():
		return c.CommandPath() + " COMMAND"
	case c.HasAvailableSubCommands() && c.Args != nil && strings.Contains(c.Use, " "):
		return c.UseLine() + "\n  " + c.CommandPath() + " COMMAND"
	case c.HasAvailableSubCommands():
		return c.CommandPath() + " COMMAND"
	}
	return c.UseLine()
}

// commands lists the commands below, by their groups, and the topics.
func (p Page) commands(b *strings.Builder, c *cobra.Command) {
	var topics []*cobra.Command
	sections := map[string][]*cobra.Command{}
	for _, sub := range c.Commands() {
		switch {
		case sub.IsAdditionalHelpTopicCommand():
			topics = append(topics, sub)
		case sub.IsAvailableCommand() || sub.Name() == "help":
			sections[sub.GroupID] = append(sections[sub.GroupID], sub)
		}
	}
	for _, g := range c.Groups() {
		p.list(b, g.Title, sections[g.ID])
	}
	title := "Commands:"
	if len(c.Groups()) > 0 {
		title = "Other commands:"
	}
	p.list(b, title, sections[""])
	p.list(b, "Topics (asyncctl help TOPIC):", topics)
}

func (p Page) list(b *strings.Builder, title string, commands []*cobra.Command) {
	if len(commands) == 0 {
		return
	}
	wide := 0
	for _, c := range commands {
		wide = max(wide, len(c.Name()))
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for _, c := range commands {
		hang(b, "  "+c.Name(), wide+4, c.Short, p.Width)
	}
}

// FlagText returns all flags of a command by their groups.
func FlagText(c *cobra.Command, width int) string {
	var b strings.Builder
	Page{Width: width, Show: "all"}.flags(&b, c)
	return strings.TrimPrefix(b.String(), "\n")
}

// flags lists the flags: all of them if they are few or if that is asked for.
func (p Page) flags(b *strings.Builder, c *cobra.Command) {
	common, all := GroupsOf(c)
	n := 0
	var words []string
	for _, g := range all {
		n += len(g.Flags)
		words = append(words, g.Word())
	}
	if n == 0 {
		return
	}
	switch i := slices.Index(words, p.Show); {
	case i >= 0:
		p.group(b, all[i])
	case p.Show == "all" || n <= few || len(common.Flags) == 0:
		for _, g := range all {
			p.group(b, g)
		}
	default:
		p.group(b, common)
		more := fmt.Sprintf("%d more: %s --help all, or one of --help %s.", n-len(common.Flags), c.CommandPath(), strings.Join(words, ", "))
		fmt.Fprintf(b, "\n%s\n", render.Wrap(more, p.Width))
	}
}

// column is where the descriptions of flags begin, on a page that is wide enough.
const column = 30

func (p Page) group(b *strings.Builder, g Group) {
	fmt.Fprintf(b, "\n%s:\n", g.Title)
	at := min(column, p.Width/3)
	for _, f := range g.Flags {
		left, text := FlagUsage(f)
		hang(b, left, at, text, p.Width)
	}
}

// FlagUsage returns a flag with its value, and its description with the default.
func FlagUsage(f *pflag.Flag) (left, text string) {
	value, text := pflag.UnquoteUsage(f)
	left = "      --" + f.Name
	if f.Shorthand != "" {
		left = "  -" + f.Shorthand + ", --" + f.Name
	}
	switch {
	case value == "":
	case value == "stringArray", value == "strings":
		left += " value"
	case value == "string":
		left += " word"
	case value == "int", value == "float", value == "uint":
		left += " n"
	case strings.Contains(value, " "):
		left += " VALUE"
	default:
		left += " " + value
	}
	if shown := f.DefValue; shown != "" && shown != "0" && shown != "false" && shown != "[]" && shown != "0s" && !strings.Contains(text, "default") {
		text += " (default " + shown + ")"
	}
	return left, text
}

// hang writes a word and, beside it or below it, a text that is wrapped.
func hang(b *strings.Builder, left string, at int, text string, width int) {
	lines := strings.Split(render.Wrap(text, max(20, width-at)), "\n")
	pad := strings.Repeat(" ", at)
	if n := utf8.RuneCountInString(left); n+2 <= at {
		fmt.Fprintf(b, "%s%s%s\n", left, strings.Repeat(" ", at-n), lines[0])
		lines = lines[1:]
	} else {
		fmt.Fprintln(b, left)
	}
	for _, line := range lines {
		fmt.Fprintf(b, "%s%s\n", pad, line)
	}
}

// Reflow wraps the paragraphs of a text. Lines that begin with a blank stay as they are.
func Reflow(text string, width int) string {
	var b strings.Builder
	for _, part := range Parts(text) {
		if part.Fixed {
			b.WriteString(part.Text + "\n")
		} else {
			b.WriteString(render.Wrap(part.Text, width) + "\n")
		}
	}
	return b.String()
}

// Part is a paragraph, or lines that stay as they are.
type Part struct {
	Text  string
	Fixed bool
}

// Parts splits a text. An empty line is a fixed part.
func Parts(text string) []Part {
	var parts []Part
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n "), "\n") {
		line = strings.TrimRight(line, " ")
		fixed := line == "" || line[0] == ' '
		if n := len(parts) - 1; n >= 0 && !fixed && !parts[n].Fixed {
			parts[n].Text += " " + line
			continue
		}
		parts = append(parts, Part{line, fixed})
	}
	return parts
}
