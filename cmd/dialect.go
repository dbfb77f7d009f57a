package cmd

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/descriptor"
	"github.com/asyncctl/asyncctl/cmd/internal/follow"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

func newDialect(w app.World) *cobra.Command {
	c := &cobra.Command{
		Use:   "dialect",
		Short: "List the API families that asyncctl knows, and check descriptors of others",
		Long: `asyncctl knows how many families of APIs say "accepted, ask again later". One that it does not know is
described in a file: see "asyncctl help descriptors".`,
		Example: `  asyncctl dialect list
  asyncctl dialect show replicate > mine.yaml
  asyncctl dialect check mine.yaml
  asyncctl explain azure-oploc`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	for _, sub := range []*cobra.Command{newDialectList(w), newDialectShow(w), newDialectCheck(w)} {
		checkUsage(sub)
		c.AddCommand(sub)
	}
	return c
}

func newDescriptors() *cobra.Command {
	return &cobra.Command{Use: "descriptors", Short: "how a dialect is described in a file", Long: descriptor.Help()}
}

func newDialectList(w app.World) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use: "list", Short: "List the dialects", Args: cobra.NoArgs,
		Long: `List the dialects that are built in.

TOLD is how: strong and weak are cues in the answer to the submit, named is by --dialect alone. CANCEL
says whether an operation can be called off, and destroys, that this takes more away than the work.
FILE says that "asyncctl dialect show NAME" prints it as a descriptor. EVIDENCE is how its facts came
to us: from the specification or source code (primary), from documentation, or unverified.`,
		Example: "  asyncctl dialect list\n  asyncctl dialect list --format json",
		RunE: func(*cobra.Command, []string) error {
			if err := app.OneOf("--format", format, "text", "json"); err != nil {
				return err
			}
			if format == "json" {
				return listJSON(w)
			}
			fmt.Fprintf(w.Stdout, "%-19s %-7s %-9s %-5s %-14s %s\n", "NAME", "TOLD", "CANCEL", "FILE", "EVIDENCE", "SOURCE")
			for _, name := range dialect.Names() {
				info, _ := dialect.Describe(name)
				source, _, _ := strings.Cut(info.Source, "; ")
				fmt.Fprintf(w.Stdout, "%-19s %-7s %-9s %-5s %-14s %s\n", name, told(info), cancelWord(info), yes(info.Data), info.Evidence, source)
			}
			return nil
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text, or json: one document")
	return c
}

// listed is one dialect of the JSON list.
type listed struct {
	Name           string   `json:"name"`
	Looks          string   `json:"looks"`
	Told           []string `json:"told"`
	Cancel         string   `json:"cancel,omitempty"`
	CancelDestroys bool     `json:"cancel_destroys,omitempty"`
	Result         string   `json:"result"`
	File           bool     `json:"file"`
	Source         string   `json:"source"`
	Evidence       string   `json:"evidence"`
	Unverified     string   `json:"unverified,omitempty"`
	Exchange       string   `json:"exchange"`
}

func listJSON(w app.World) error {
	document := struct {
		Schema   string   `json:"schema"`
		Dialects []listed `json:"dialects"`
	}{Schema: "asyncctl.dialects/1"}
	for _, name := range dialect.Names() {
		info, _ := dialect.Describe(name)
		document.Dialects = append(document.Dialects, listed{
			name, info.Looks, append([]string{}, info.Told...), info.Cancel, info.CancelDestroys, info.Result, info.Data,
			info.Source, string(info.Evidence), info.Unverified, dialect.Exchange(name),
		})
	}
	to := json.NewEncoder(w.Stdout)
	to.SetIndent("", "  ")
	to.SetEscapeHTML(false)
	return to.Encode(document)
}

// told says how a dialect is told apart, in a word.
func told(info dialect.Info) string {
	switch {
	case info.Name == lro.GenericName:
		return "else"
	case len(info.Told) == 0:
		return "named"
	}
	word, _, _ := strings.Cut(info.Told[0], ":")
	return word
}

func cancelWord(info dialect.Info) string {
	switch {
	case info.Cancel == "":
		return "no"
	case info.CancelDestroys:
		return "destroys"
	}
	return "yes"
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func newDialectShow(w app.World) *cobra.Command {
	return &cobra.Command{
		Use: "show NAME", Short: "Print a built-in dialect as a descriptor to start from", Args: cobra.ExactArgs(1),
		Long: `Print a built-in dialect as a descriptor, the file that --dialect takes.

Some dialects are partly code and have none; "asyncctl dialect list" says which. "asyncctl explain
NAME" describes every one of them.`,
		Example:   "  asyncctl dialect show replicate > mine.yaml",
		ValidArgs: dialect.Names(),
		RunE: func(_ *cobra.Command, args []string) error {
			info, ok := dialect.Describe(args[0])
			if !ok {
				return follow.UnknownDialect(args[0])
			}
			rules, ok := dialect.RulesOf(args[0])
			if !ok {
				return app.Usagef("%s is partly code and cannot be printed as a descriptor; \"asyncctl explain %[1]s\" describes it, \"asyncctl dialect list\" says which can be", args[0])
			}
			text, err := (&descriptor.Descriptor{About: info.Looks, Source: info.Source, Rules: rules}).YAML()
			if err != nil {
				return err
			}
			fmt.Fprintf(w.Stdout, "# The dialect %s as a descriptor. Give it a name of its own, and see\n# \"asyncctl help descriptors\" for what the fields mean.\n%s", args[0], text)
			return nil
		},
	}
}

func newDialectCheck(w app.World) *cobra.Command {
	return &cobra.Command{
		Use: "check FILE...", Short: "Check descriptors", Args: cobra.MinimumNArgs(1),
		Long: `Check descriptors, and tell every mistake with its line and field. - stands for stdin.

The exit code is 2 if one of them cannot be used.`,
		Example: "  asyncctl dialect check mine.yaml",
		RunE: func(_ *cobra.Command, args []string) error {
			var wrong []string
			for _, file := range args {
				d, err := follow.ReadDescriptor(file, w.Stdin)
				if err != nil {
					wrong = append(wrong, err.Error())
					continue
				}
				fmt.Fprintf(w.Stdout, "%s: the dialect %s can be used\n", file, d.Rules.Name)
				if _, builtIn := dialect.ByName(d.Rules.Name); builtIn {
					fmt.Fprintf(w.Stderr, "note: %s: there is a built-in dialect of the name %s; another name keeps the two apart\n", file, d.Rules.Name)
				}
			}
			if len(wrong) > 0 {
				return app.Usagef("%s", strings.Join(wrong, "\n"))
			}
			return nil
		},
	}
}

// dialectText describes a dialect: paragraphs in lines, and an exchange that stays as it is.
func dialectText(info dialect.Info) string {
	parts := []string{strings.Join(strings.Fields(info.Looks), " ")}
	if exchange := dialect.Exchange(info.Name); exchange != "" {
		parts = append(parts, "    "+strings.ReplaceAll(strings.TrimRight(exchange, "\n"), "\n", "\n    "))
	}
	switch {
	case info.Name == lro.GenericName:
		parts = append(parts, "How it is told apart: it is what is left when no other dialect is recognised.")
	case len(info.Told) == 0:
		parts = append(parts, "How it is told apart: by nothing in the answer to the submit; name it with --dialect "+info.Name+".")
	default:
		parts = append(parts, "How it is told apart: "+strings.Join(info.Told, "; or ")+".")
	}
	parts = append(parts, "Result: "+info.Result+".")
	switch {
	case info.Cancel == "":
		parts = append(parts, "Cancel: no request calls an operation off.")
	case info.CancelDestroys:
		parts = append(parts, "Cancel: "+info.Cancel+". It takes away more than the work: it needs --yes.")
	default:
		parts = append(parts, "Cancel: "+info.Cancel+".")
	}
	parts = append(parts, "Source: "+info.Source+" ("+string(info.Evidence)+").")
	if info.Unverified != "" {
		parts = append(parts, "Not verified, or left out: "+info.Unverified+".")
	}
	if info.Data {
		parts = append(parts, "\"asyncctl dialect show "+info.Name+"\" prints it as a descriptor.")
	}
	return strings.Join(parts, "\n")
}
