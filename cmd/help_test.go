package cmd

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/help"
)

// every visits all commands that people can call.
func every(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		if !sub.Hidden {
			every(sub, visit)
		}
	}
}

func TestHelpFitsTheTerminal(t *testing.T) {
	for _, width := range []int{40, 80, 100} {
		every(Tree(), func(c *cobra.Command) {
			var b bytes.Buffer
			if err := (help.Page{Width: width, Show: "all"}).Write(&b, c); err != nil {
				t.Fatal(err)
			}
			fixed := map[string]bool{}
			for _, part := range help.Parts(c.Long) {
				fixed[part.Text] = part.Fixed
			}
			for line := range strings.Lines(b.String()) {
				line = strings.TrimRight(line, "\n")
				words := strings.Fields(line)
				long := len(words) == 0 || len(words[len(words)-1]) > width/2 || fixed[line] || strings.HasPrefix(strings.TrimSpace(line), "-") || strings.HasPrefix(line, "  asyncctl")
				if utf8.RuneCountInString(line) > width && !long {
					t.Errorf("%s --help at %d columns: %q", c.CommandPath(), width, line)
				}
			}
		})
	}
}

// A flag that several commands have is in a group, so that people find it in the same place.
func TestSharedFlagsAreGrouped(t *testing.T) {
	owners, grouped := map[string]int{}, map[string]bool{}
	every(Tree(), func(c *cobra.Command) {
		common, groups := help.GroupsOf(c)
		for _, f := range common.Flags {
			grouped[f.Name] = true
		}
		for _, g := range groups {
			for _, f := range g.Flags {
				if g.Title == "Options" {
					owners[f.Name]++
				} else {
					grouped[f.Name] = true
				}
			}
		}
	})
	for _, name := range strings.Fields("no-descriptions allow-remote seed url threshold shard concurrency rate idempotency-key target openapi operation unit") {
		delete(owners, name) // what it means depends on the command
	}
	for name, n := range owners {
		if n > 3 && !grouped[name] {
			t.Errorf("--%s is a flag of %d commands, and in no group", name, n)
		}
	}
}

func TestEveryCommandHasAnExample(t *testing.T) {
	every(Tree(), func(c *cobra.Command) {
		if c.Runnable() && c.Parent() != nil && c.Parent().Name() != "completion" && c.Name() != "completion" && !c.HasSubCommands() && c.Example == "" {
			t.Errorf("%s has no example", c.CommandPath())
		}
	})
}
