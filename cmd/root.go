// Package cmd is the command line: one file a command. A command binds flags to structs, calls a
// library, and maps what comes back to an exit code; the work is done in the packages that it calls.
package cmd

import (
	"bytes"
	"context"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/config"
)

// World is what a run of the program touches. Tests make their own.
type World = app.World

// Process is the real world.
func Process() World { return app.Process() }

// Main runs one command and returns the exit code of the process.
func Main(w World) (code int) {
	defer func() {
		if bug := recover(); bug != nil {
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
	root.SetIn(w.Stdin)
	root.SetOut(w.Stdout)
	root.SetErr(w.Stderr)
	return app.ExitCode(ctx, w, root.ExecuteContext(ctx))
}

// Tree returns all commands, for those that write about them.
func Tree() *cobra.Command { return newRoot(app.Process()) }

func newRoot(w app.World) *cobra.Command {
	root := &cobra.Command{
		Use:   "asyncctl",
		Short: "Follow, imitate, judge and load HTTP endpoints that answer 202 and \"ask again later\"",
		Long: `asyncctl works with HTTP endpoints that answer "202 Accepted, ask again later".

Every short flag that curl has means what it means in curl. stdout carries only data; what is said
to a person goes to stderr. "asyncctl help exit-codes" lists what the exit code tells.`,
		Example: `  asyncctl submit mock: --wait                                # see one run, without any server
  asyncctl submit https://api.example.com/reports --json '{"year":2026}' --wait -o report.pdf
  op=$(asyncctl submit https://api.example.com/reports --json @order.json)
  asyncctl wait "$op" --timeout 30m
  asyncctl mockserver --fault 429-storm --grade report.md       # what does my client do wrong?
  asyncctl conformance https://api.example.com/reports          # is my API a good one?
  asyncctl loadtest http://127.0.0.1:8080/reports --rate 50/s   # and what belongs into Retry-After?`,
		SilenceErrors:              true,
		SilenceUsage:               true,
		DisableAutoGenTag:          true,
		SuggestionsMinimumDistance: 2,
		Args:                       unknownCommand,
		RunE:                       func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetHelpTemplate(helpTemplate)
	root.SetUsageTemplate(usageTemplate)
	render := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		var text bytes.Buffer // what cobra says about a stdout that fails is said already
		c.SetOut(&text)
		render(c, args)
		text.WriteTo(w.Stdout)
	})
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return app.Usagef("%v; see \"%s --help\"", err, c.CommandPath())
	})
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error { return config.Apply(w, c) }
	root.AddCommand(newSubmit(w), newWait(w), newStatus(w), newCancel(w), newBatch(w), newMockserver(w), newConformance(w), newLoadtest(w),
		newAPI(w), newReplay(w), newExplain(w), newMan(w, root), newVersion(w), newExitCodes(), newAPIFile(), newEnvironment(), newFormats())
	for _, c := range root.Commands() {
		checkUsage(c)
	}
	return root
}

func unknownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		return app.Usagef("there is no command %q; did you mean %q?", args[0], near[0])
	}
	return app.Usagef("there is no command %q; see \"asyncctl --help\"", args[0])
}

// checkUsage makes a command's wrong arguments a matter of usage.
func checkUsage(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return app.Usagef("%v; see \"%s --help\"", err, c.CommandPath())
			}
			return nil
		}
	}
}

// Help begins with examples: that is what people look for.
const helpTemplate = `{{with (or .Long .Short)}}{{. | trimTrailingWhitespaces}}

{{end}}{{if or .Runnable .HasSubCommands}}{{.UsageString}}{{end}}`

const usageTemplate = `{{if .HasExample}}Examples:
{{.Example}}

{{end}}Usage:
{{if or (not .HasAvailableSubCommands) (and .HasParent .Runnable)}}  {{.UseLine}}
{{end}}{{if .HasAvailableSubCommands}}  {{.CommandPath}} COMMAND
{{end}}{{if .HasAvailableSubCommands}}
Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{end}}{{if .HasAvailableLocalFlags}}
Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if .HasHelpSubCommands}}
Topics:{{range .Commands}}{{if .IsAdditionalHelpTopicCommand}}
  {{rpad .CommandPath .CommandPathPadding}} {{.Short}}{{end}}{{end}}
{{end}}`
