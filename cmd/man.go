package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/help"
)

func newMan(w app.World, root *cobra.Command) *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "man [COMMAND...]",
		Short: "Print the manual page of a command, or write all pages into a directory",
		Example: `  asyncctl man | man -l -
  asyncctl man submit | man -l -
  asyncctl man --dir /usr/local/share/man/man1`,
		RunE: func(c *cobra.Command, args []string) error {
			page, rest, err := root.Find(args)
			switch {
			case err != nil || len(rest) > 0:
				return app.Usagef("there is no manual page of %q: write a command, as in \"asyncctl man submit\", or --dir DIR for all of them", strings.Join(args, " "))
			case dir == "":
				return manual(w).Write(w.Stdout, page)
			case len(args) > 0:
				return app.Usagef("--dir writes all pages: it takes no command")
			}
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return app.Usagef("--dir: %v", err)
			}
			return writePages(c, manual(w), root, dir)
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "write a page for each command into this `directory`")
	return c
}

// writePages writes the page of a command and of those below it.
func writePages(run *cobra.Command, m help.Manual, c *cobra.Command, dir string) error {
	var b bytes.Buffer
	if err := m.Write(&b, c); err != nil {
		return err
	}
	if err := app.WriteFile(run.Context(), filepath.Join(dir, help.PageName(c)+".1"), app.Public, b.Bytes()); err != nil {
		return err
	}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && !sub.Hidden {
			if err := writePages(run, m, sub, dir); err != nil {
				return err
			}
		}
	}
	return nil
}

// manual is what all pages have in common. SOURCE_DATE_EPOCH dates them.
func manual(w app.World) help.Manual {
	m := help.Manual{Version: strings.Trim(app.VersionText(), "()"), Exit: app.CodesText(), Env: environmentText(), Files: filesText}
	if seconds, err := strconv.ParseInt(w.Env("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		m.Date = time.Unix(seconds, 0)
	}
	return m
}

const filesText = `  ~/.config/asyncctl/config.yaml   profiles (below $XDG_CONFIG_HOME, where it is set)
  .asyncctl.yaml                   flags of a project, in the working directory
  ~/.local/state/asyncctl          handles that were kept (below $XDG_STATE_HOME, where it is set)
  ~/.netrc                         with --netrc (or $NETRC)`
