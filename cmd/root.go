// Package cmd is the command line: one file a command. A command binds flags to structs, calls a
// library, and maps what comes back to an exit code; the work is done in the packages that it calls.
package cmd

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/config"
	"github.com/asyncctl/asyncctl/cmd/internal/help"
)

// World is what a run of the program touches. Tests make their own.
type World = app.World

// Process is the real world.
func Process() World { return app.Process() }

// Main runs one command and returns the exit code of the process.
func Main(w World) (code int) {
	defer func() {
		if bug := recover(); bug != nil {
			app.GiveBack()
			fmt.Fprintf(w.Stderr, "asyncctl: this is a bug in asyncctl: %v\n%s", bug, debug.Stack())
			code = app.ExitBug
		}
	}()
	w.Stdout = app.NewStdout(w.Stdout)
	ctx, stop := app.Interruptible(context.Background())
	defer stop()
	root := newRoot(w)
	root.SetArgs(w.Args)
	if w.Args == nil {
		root.SetArgs([]string{})
	}
	err := root.ExecuteContext(ctx)
	if wrong := root.Annotations[helpError]; err == nil && wrong != "" {
		err = app.Usagef("%s", wrong)
	}
	return app.ExitCode(ctx, w, err)
}

// FlagText returns the flags of a command by their groups, at a width.
func FlagText(c *cobra.Command, width int) string { return help.FlagText(c, width) }

// Tree returns all commands, for those that write about them.
func Tree() *cobra.Command { return newRoot(app.Process()) }

// helpError is the annotation of what is wrong with a request for help, of which cobra takes no error.
const helpError = "help-error"

func newRoot(w app.World) *cobra.Command {
	root := &cobra.Command{
		Use:   "asyncctl",
		Short: "Follow, imitate, judge and load HTTP endpoints that answer 202 and \"ask again later\"",
		Long: `asyncctl works with HTTP endpoints that answer "202 Accepted, ask again later".

Every short flag that curl has means what it means in curl. stdout carries only data; what is said
to a person goes to stderr. "asyncctl help exit-codes" lists what the exit code tells.`,
		Example: `  asyncctl submit mock: --wait                                # see one run, without any server
  asyncctl submit https://api.example.com/reports --json '{"year":2026}' --wait -o report.pdf
  asyncctl submit https://api.example.com/reports --json @order.json --save order.handle
  asyncctl wait order.handle --timeout 30m
  asyncctl mockserver --fault 429-storm --grade report.md       # what does my client do wrong?
  asyncctl conformance https://api.example.com/reports          # is my API a good one?
  asyncctl loadtest http://127.0.0.1:8080/reports --rate 50/s   # and which Retry-After is right?`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		Args:              unknownCommand,
		RunE: func(c *cobra.Command, _ []string) error {
			if version, _ := c.Flags().GetBool("version"); version {
				return printVersion(w)
			}
			return c.Help()
		},
	}
	root.SetIn(w.Stdin)
	root.SetOut(w.Stdout)
	root.SetErr(w.Stderr)
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		if err := writeHelp(w, c, shown(args)); err != nil && w.WriteFailed() == nil {
			root.Annotations = map[string]string{helpError: err.Error()}
		}
	})
	root.SetFlagErrorFunc(flagError)
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error { return config.Apply(w, c) }
	root.Flags().BoolP("version", "V", false, "print the version")
	root.AddGroup(&cobra.Group{ID: "follow", Title: "Operations:"}, &cobra.Group{ID: "test", Title: "Testing:"}, &cobra.Group{ID: "describe", Title: "APIs:"})
	addCommands(w, root)
	checkArguments(root)
	if len(w.Args) > 0 && strings.HasPrefix(w.Args[0], cobra.ShellCompRequestCmd) {
		completeValues(w, root)
	}
	return root
}

// command makes a command of a group.
type command struct {
	name, group string
	make        func(app.World) *cobra.Command
}

// commands are the commands that people call, but for those that need the others.
var commands = []command{
	{"submit", "follow", newSubmit},
	{"wait", "follow", newWait},
	{"status", "follow", newStatus},
	{"cancel", "follow", newCancel},
	{"batch", "follow", newBatch},
	{"mockserver", "test", newMockserver},
	{"conformance", "test", newConformance},
	{"loadtest", "test", newLoadtest},
	{"init", "describe", newInit},
	{"api", "describe", newAPI},
	{"replay", "", newReplay},
	{"explain", "", newExplain},
	{"version", "", newVersion},
}

// addCommands makes only the command that the command line names, where it names one: making all of them
// takes as long as everything else that happens before a request is sent.
func addCommands(w app.World, root *cobra.Command) {
	made := commands
	if len(w.Args) > 0 {
		if i := slices.IndexFunc(commands, func(c command) bool { return c.name == w.Args[0] }); i >= 0 {
			made = commands[i : i+1]
		}
	}
	for _, entry := range made {
		c := entry.make(w)
		c.GroupID = entry.group
		root.AddCommand(c)
	}
	if len(made) == 1 {
		root.SetHelpCommand(&cobra.Command{Hidden: true})
		root.CompletionOptions.DisableDefaultCmd = true
		return
	}
	root.AddCommand(newMan(w, root), newExitCodes(), newAPIFile(), newEnvironment(), newFormats())
	root.SetHelpCommand(newHelp(w, root))
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
}
