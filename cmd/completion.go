package cmd

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/config"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	"github.com/asyncctl/asyncctl/cmd/internal/report/judge"
	"github.com/asyncctl/asyncctl/cmd/internal/report/load"
	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller/dialect"
)

// values lists, by the name of a flag, what it can be set to. A word that ends in = or : goes on.
func values(w app.World) map[string]func(command string) []string {
	words := func(text string) func(string) []string { return func(string) []string { return strings.Fields(text) } }
	return map[string]func(string) []string{
		"progress":     words("auto tui bars plain json none"),
		"color":        words("auto always never"),
		"on-interrupt": words("keep cancel"),
		"result-from":  words("auto status location original none"),
		"until":        words("all any"),
		"level":        words("must should may"),
		"fail-on":      words("fail warn never"),
		"assume":       words("taken lost"),
		"arrivals":     words("constant poisson"),
		"request":      words("POST PUT PATCH DELETE GET"),
		"tls":          words("auto"),
		"auth":         words("bearer:@ basic:@"),
		"timeout":      words("none 30s 5m 30m"),
		"strategy":     words("server fixed: exponential: decorrelated"),
		"profile":      func(string) []string { return config.Profiles(w.Env) },
		"rule":         func(string) []string { return ruleIDs() },
		"skip-rule":    func(string) []string { return ruleIDs() },
		"fault":        func(string) []string { return faultNames() },
		"set":          func(string) []string { return mock.Parameters() },
		"dialect":      dialectNames,
		"format":       formatNames,
		"report":       reportNames,
	}
}

func ruleIDs() []string {
	var ids []string
	for _, r := range conformance.Rules() {
		ids = append(ids, r.ID+"\t"+r.Title)
	}
	return ids
}

func faultNames() []string {
	var names []string
	for _, f := range mockserver.Faults() {
		names = append(names, f.Name+"\t"+f.Summary)
	}
	return names
}

func dialectNames(command string) []string {
	if command != "asyncctl mockserver" {
		return append([]string{"auto"}, dialect.Names()...)
	}
	names := []string{"all"}
	for _, d := range mockserver.Dialects() {
		names = append(names, d.Name)
	}
	return names
}

func formatNames(command string) []string {
	switch command {
	case "asyncctl mockserver":
		return []string{"url", "json"}
	case "asyncctl loadtest", "asyncctl loadtest report":
		return append([]string{"text"}, load.Formats()...)
	}
	return []string{"text", "json"}
}

func reportNames(command string) []string {
	var names []string
	if command == "asyncctl conformance" {
		for _, f := range judge.Formats() {
			names = append(names, string(f)+"=")
		}
		return names
	}
	for _, f := range load.Formats() {
		names = append(names, f+"=")
	}
	return names
}

// completeValues teaches the completion the values of all flags, and mock: for URLs.
func completeValues(w app.World, c *cobra.Command) {
	known := values(w)
	c.Flags().VisitAll(func(f *pflag.Flag) {
		list, ok := known[f.Name]
		if !ok || f.Value.Type() == "bool" {
			return
		}
		c.RegisterFlagCompletionFunc(f.Name, func(c *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
			return complete(list(c.CommandPath()), begun)
		})
	})
	if takesURL := strings.Contains(c.Use, "URL"); takesURL && c.ValidArgsFunction == nil {
		c.ValidArgsFunction = func(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			urls := []string{"http://", "https://", "mock:"}
			for _, d := range mockserver.Dialects() {
				urls = append(urls, "mock:"+d.Name)
			}
			words, directive := complete(urls, begun)
			return words, directive | cobra.ShellCompDirectiveNoSpace
		}
	}
	for _, sub := range c.Commands() {
		completeValues(w, sub)
	}
}

// complete returns the words that begin like what was typed.
func complete(words []string, begun string) ([]string, cobra.ShellCompDirective) {
	directive := cobra.ShellCompDirectiveNoFileComp
	words = slices.DeleteFunc(words, func(word string) bool { return !strings.HasPrefix(word, begun) })
	if len(words) == 1 && strings.HasSuffix(words[0], "=") || len(words) == 1 && strings.HasSuffix(words[0], ":") {
		directive |= cobra.ShellCompDirectiveNoSpace
	}
	if len(words) == 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return words, directive
}
