package cmd

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/api"
	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/follow"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/internal/exchange"
	"github.com/asyncctl/asyncctl/internal/schema"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

func newAPI(w app.World) *cobra.Command {
	c := &cobra.Command{
		Use:   "api",
		Short: "List the API families that asyncctl knows, and check files that describe others",
		Long: `asyncctl knows how many families of APIs say "accepted, ask again later". One that it does not know,
and everything else about an API, is described in an API file: see "asyncctl help api-file".`,
		Example: `  asyncctl api list
  asyncctl api show replicate > mine.yaml
  asyncctl api check mine.yaml
  asyncctl api schema > asyncctl-api-1.schema.json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	for _, sub := range []*cobra.Command{newAPIList(w), newAPIShow(w), newAPICheck(w), newAPISchema(w)} {
		c.AddCommand(sub)
	}
	return c
}

func newAPIFile() *cobra.Command {
	return &cobra.Command{Use: "api-file", Short: "how an API is described in a file", Long: api.Help()}
}

func newAPISchema(w app.World) *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of API files", Args: cobra.NoArgs,
		Long:    "Print the JSON Schema (draft 2020-12) of API files, for editors and validators.",
		Example: "  asyncctl api schema > asyncctl-api-1.schema.json",
		RunE: func(*cobra.Command, []string) error {
			_, err := w.Stdout.Write(api.Schema())
			return err
		},
	}
}

func newAPIList(w app.World) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use: "list", Short: "List the dialects, and the files for mocks", Args: cobra.NoArgs,
		Long: `List the dialects that are built in, and files for mocks.

DETECTED is how an API is recognized: by a strong or weak cue in the answer to the submit, or by
--dialect alone (named). CANCEL is yes where an operation can be cancelled, and destroys where that
removes more than the work. FILE is yes where "asyncctl api show NAME" prints the dialect as a section
of an API file. EVIDENCE is where its facts come from: the specification or source code (primary),
documentation, or unverified.

A MOCK is a file that says how a mock behaves: "asyncctl mockserver --api NAME" serves it, and "asyncctl
api show NAME" prints it to start from.`,
		Example: "  asyncctl api list\n  asyncctl api list --format json",
		RunE: func(*cobra.Command, []string) error {
			if err := app.OneOf("--format", format, "text", "json"); err != nil {
				return err
			}
			if format == "json" {
				return listJSON(w)
			}
			fmt.Fprintf(w.Stdout, "%-19s %-8s %-9s %-5s %-14s %s\n", "NAME", "DETECTED", "CANCEL", "FILE", "EVIDENCE", "SOURCE")
			for _, name := range dialect.Names() {
				info, _ := dialect.Describe(name)
				source, _, _ := strings.Cut(info.Source, "; ")
				fmt.Fprintf(w.Stdout, "%-19s %-8s %-9s %-5s %-14s %s\n", name, told(info), cancelWord(info), yes(info.Data), info.Evidence, source)
			}
			fmt.Fprintf(w.Stdout, "\n%-19s %s\n", "MOCK", "WHAT IT DOES")
			for _, name := range api.MockNames() {
				fmt.Fprintf(w.Stdout, "%-19s %s\n", name, aboutMock(name))
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
	Told           []string `json:"detected_by"`
	Cancel         string   `json:"cancel,omitempty"`
	CancelDestroys bool     `json:"cancel_destroys,omitempty"`
	Result         string   `json:"result"`
	File           bool     `json:"file"`
	Source         string   `json:"source"`
	Evidence       string   `json:"evidence"`
	Unverified     string   `json:"unverified,omitempty"`
	Exchange       string   `json:"exchange"`
}

// about is one file for a mock in the JSON list.
type about struct {
	Name  string `json:"name"`
	About string `json:"about"`
}

// aboutMock says what a built-in file for a mock is about.
func aboutMock(name string) string {
	f, err := api.Read(api.Options{}, name)
	if err != nil {
		panic(err) // a test reads them all
	}
	return f.About
}

func listJSON(w app.World) error {
	document := struct {
		Schema   string   `json:"schema"`
		Dialects []listed `json:"dialects"`
		Mocks    []about  `json:"mocks"`
	}{Schema: schema.Dialects}
	for _, name := range dialect.Names() {
		info, _ := dialect.Describe(name)
		document.Dialects = append(document.Dialects, listed{
			name, info.Looks, append([]string{}, info.Told...), info.Cancel, info.CancelDestroys, info.Result, info.Data,
			info.Source, string(info.Evidence), info.Unverified, exchange.In(name),
		})
	}
	for _, name := range api.MockNames() {
		document.Mocks = append(document.Mocks, about{name, aboutMock(name)})
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

func newAPIShow(w app.World) *cobra.Command {
	return &cobra.Command{
		Use: "show NAME", Short: "Print a built-in dialect or mock as an API file to start from", Args: cobra.ExactArgs(1),
		Long: `Print a built-in dialect, or the file of a built-in mock, as an API file to start from.

Some dialects are partly code and are named by it; "asyncctl api list" says which. "asyncctl explain
NAME" describes every one of them.`,
		Example:   "  asyncctl api show replicate > mine.yaml\n  asyncctl api show unreliable > mock.yaml",
		ValidArgs: append(dialect.Names(), api.MockNames()...),
		RunE: func(_ *cobra.Command, args []string) error {
			if text, ok := api.MockFile(args[0]); ok {
				_, err := w.Stdout.Write(text)
				return err
			}
			text, ok := api.BuiltinFile(args[0])
			if !ok {
				return follow.UnknownDialect(args[0])
			}
			fmt.Fprint(w.Stdout, text)
			return nil
		},
	}
}

func newAPICheck(w app.World) *cobra.Command {
	return &cobra.Command{
		Use: "check FILE...", Short: "Check API files", Args: cobra.MinimumNArgs(1),
		Long: `Check API files without sending anything, and tell every mistake with its line and field. - stands for
stdin.

A file that can be read is then compared with itself: the mock that it describes is followed by the
dialect that it describes, for each operation and each way to end. That proves a file consistent, not
true. The exit code is 2 if a file cannot be used, and 1 if it contradicts itself.`,
		Example: "  asyncctl api check mine.yaml",
		RunE:    func(_ *cobra.Command, args []string) error { return checkFiles(w, args) },
	}
}

func checkFiles(w app.World, paths []string) error {
	var wrong, inconsistent []string
	for _, path := range paths {
		f, err := api.Read(api.Options{Stdin: w.Stdin}, path)
		if err != nil {
			wrong = append(wrong, err.Error())
			continue
		}
		all, err := mock.Disagreements(f)
		if err != nil {
			wrong = append(wrong, err.Error())
			continue
		}
		if inconsistent = append(inconsistent, all...); len(all) > 0 {
			continue
		}
		fmt.Fprintf(w.Stdout, "%s: it can be used: %s\n", path, f.Summary())
	}
	switch {
	case len(wrong) > 0:
		return app.Usagef("%s", strings.Join(append(wrong, inconsistent...), "\n"))
	case len(inconsistent) > 0:
		fmt.Fprintln(w.Stderr, render.CleanText(strings.Join(inconsistent, "\n")))
		return app.Exit(app.ExitNo)
	}
	return nil
}

// dialectText describes a dialect: paragraphs in lines, and an exchange that stays as it is.
func dialectText(info dialect.Info) string {
	parts := []string{strings.Join(strings.Fields(info.Looks), " ")}
	if shown := exchange.In(info.Name); shown != "" {
		parts = append(parts, "    "+strings.ReplaceAll(strings.TrimRight(shown, "\n"), "\n", "\n    "))
	}
	switch {
	case info.Name == lro.GenericName:
		parts = append(parts, "Detection: the default, when no other dialect is recognised.")
	case len(info.Told) == 0:
		parts = append(parts, "Detection: not possible from the answer to the submit; name it with --dialect "+info.Name+".")
	default:
		parts = append(parts, "Detected by: "+strings.Join(info.Told, "; or ")+".")
	}
	parts = append(parts, "Result: "+info.Result+".")
	switch {
	case info.Cancel == "":
		parts = append(parts, "Cancel: no request cancels an operation.")
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
		parts = append(parts, "\"asyncctl api show "+info.Name+"\" prints it as an API file.")
	}
	return strings.Join(parts, "\n")
}
