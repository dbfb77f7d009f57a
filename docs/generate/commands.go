package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd"
)

// preface is the line that generated pages begin with.
const preface = "<!-- Written by go run ./docs/generate: change the program, not this page. -->\n\n"

// commandsPage is the help of every command, and the topics.
func commandsPage() string {
	var b strings.Builder
	b.WriteString(preface + "# Commands\n\n")
	root := cmd.Tree()
	var commands, topics []*cobra.Command
	walk(root, func(c *cobra.Command) {
		if c.IsAdditionalHelpTopicCommand() {
			topics = append(topics, c)
		} else {
			commands = append(commands, c)
		}
	})
	for _, c := range commands {
		fmt.Fprintf(&b, "- [`%s`](#%s): %s\n", c.CommandPath(), slug(c.CommandPath()), c.Short)
	}
	for _, c := range topics {
		fmt.Fprintf(&b, "- [`asyncctl help %s`](#%s): %s\n", c.Name(), slug(c.CommandPath()), c.Short)
	}
	for _, c := range commands {
		command(&b, c)
	}
	for _, c := range topics {
		fmt.Fprintf(&b, "\n## %s\n\n```\n%s\n```\n", c.CommandPath(), strings.TrimSpace(c.Long))
	}
	return b.String()
}

// walk visits what a person can call: not the hidden, not cobra's own help.
func walk(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		if !sub.Hidden && sub.Name() != "help" && sub.Name() != "completion" {
			walk(sub, visit)
		}
	}
}

func command(b *strings.Builder, c *cobra.Command) {
	text := c.Long
	if text == "" {
		text = c.Short
	}
	fmt.Fprintf(b, "\n## %s\n\n```\n%s\n```\n", c.CommandPath(), strings.TrimSpace(text))
	if c.Example != "" {
		fmt.Fprintf(b, "\n```sh\n%s\n```\n", unindent(c.Example))
	}
	if c.HasAvailableLocalFlags() {
		fmt.Fprintf(b, "\n```\n%s\n\n%s```\n", c.UseLine(), cmd.FlagText(c, 100))
	}
}

// unindent takes away the two blanks that examples begin with.
func unindent(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], "  ")
	}
	return strings.Join(lines, "\n")
}
