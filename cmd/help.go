package cmd

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/help"
	"github.com/asyncctl/asyncctl/internal/near"
)

func newHelp(w app.World, root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND|TOPIC] [all|GROUP]",
		Short:   "Print the help of a command, or a topic",
		Example: "  asyncctl help submit\n  asyncctl help submit waiting\n  asyncctl help exit-codes",
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if c, _, err := root.Find(args); err == nil {
				for _, sub := range c.Commands() {
					if !sub.Hidden {
						names = append(names, sub.Name()+"\t"+sub.Short)
					}
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			c, rest, err := root.Find(args)
			show := ""
			if len(rest) == 1 && slices.Contains(shows(c), rest[0]) {
				show, rest = rest[0], nil
			}
			if err != nil || len(rest) > 0 {
				word := strings.Join(args, " ")
				var names []string
				for _, sub := range root.Commands() {
					names = append(names, sub.Name())
				}
				if meant := near.Word(word, names); meant != "" {
					return app.Usagef("there is no help on %q; did you mean \"asyncctl help %s\"?", word, meant)
				}
				return app.Usagef("there is no help on %q; \"asyncctl help\" lists the commands and topics, \"asyncctl explain\" the words", word)
			}
			return writeHelp(w, c, show)
		},
	}
}

// writeHelp prints the help of a command, as wide as the terminal, up to a hundred columns.
func writeHelp(w app.World, c *cobra.Command, show string) error {
	page := help.Page{Width: 80, Show: show}
	if f := app.Terminal(w.Stdout); f != nil {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			page.Width = min(width, 100)
		}
	}
	if show != "" && !slices.Contains(shows(c), show) {
		return app.Usagef("there is no group %q; write --help %s", show, strings.Join(shows(c), ", "))
	}
	return page.Write(w.Stdout, c)
}

// shows lists what may follow --help.
func shows(c *cobra.Command) []string {
	words := []string{"all"}
	_, groups := help.GroupsOf(c)
	for _, g := range groups {
		words = append(words, g.Word())
	}
	return words
}

// shown is the word after --help in a command line.
func shown(args []string) string {
	for i, arg := range args {
		if (arg == "--help" || arg == "-h") && i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") {
			return args[i+1]
		}
	}
	return ""
}
