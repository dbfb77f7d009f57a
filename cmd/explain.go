package cmd

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/explain"
	"github.com/asyncctl/asyncctl/cmd/internal/judge"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/internal/glossary"
	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// outcomes explains the outcomes, in the order in which people meet them.
var outcomes = []explain.Topic{
	{Word: "succeeded", Kind: "outcome", Text: "The server says that the operation is done, and its result, if there is one, was fetched."},
	{Word: "failed", Kind: "outcome", Text: "The server says that the operation failed: by a 4xx that is stored at the status URL, or by a word in the status document. Nothing else is called failed."},
	{Word: "cancelled", Kind: "outcome", Text: "The operation was cancelled: the status says so, or the status URL is gone after our own cancellation."},
	{Word: "refused", Kind: "outcome", Text: "The server would not take the submit. No operation was begun."},
	{Word: "lost", Kind: "outcome", Text: "The operation's fate, or its result, is not known: no status URL, an unreadable answer, a broken connection. The work may still be running. The reason tells which."},
	{Word: "gone", Kind: "outcome", Text: "The status URL, or the result, is no longer there (404 after the grace, or 410): it has expired, or never was. How the operation ended is not known."},
	{Word: "timeout", Kind: "outcome", Text: "We stopped waiting at the deadline. The operation may still be running."},
	{Word: "not-sent", Kind: "outcome", Text: "No request of the submit has left this machine (no address, no connection, no credentials, no time): nothing was started. The same command starts it."},
	{Word: "pending", Kind: "outcome", Text: "The operation is not over."},
	{Word: "invalid", Kind: "outcome", Text: "A line of a batch that is wrong; nothing was sent for it."},
	{Word: "unknown", Kind: "outcome", Text: "A line of a batch whose submit an earlier run may have sent before it died. Find out whether the server took it, and run again with --assume taken or --assume lost."},
}

// verdictTexts explains what comes of the rules of a conformance run.
var verdictTexts = []explain.Topic{
	{Word: "pass", Kind: "outcome of a rule", Text: "The check ran, and nothing is wrong."},
	{Word: "fail", Kind: "outcome of a rule", Text: "The rule is broken. The exit code is 1, unless --fail-on never."},
	{Word: "warn", Kind: "outcome of a rule", Text: "The rule is broken, but it asks for less than --level, or only mildly. The exit code is not 1, unless --fail-on warn."},
	{Word: "waived", Kind: "outcome of a rule", Text: "The rule is broken, and a waiver excuses it until the day that it names. A waiver that is not needed any more, that has expired, or that names no rule fails the run."},
	{Word: "skip", Kind: "outcome of a rule", Text: "The rule was not judged: it was not selected, or it needs something that is not known of the target. The reason says what; an API file can tell it."},
	{Word: "n/a", Kind: "outcome of a rule", Text: "What the rule speaks of did not occur, and need not."},
	{Word: "inconclusive", Kind: "outcome of a rule", Text: "It could not be found out: the operation did not end in the time for it, or no answer came. It fails the run, unless --allow-inconclusive."},
}

func newExplain(w app.World) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [WORD]",
		Short: "Explain an exit code, an outcome, a reason, a term, a dialect, a fault or a rule, offline",
		Long: `Explain a word, offline. A word that is not the name of anything lists the topics that contain it.
Without a word, all names are listed.`,
		Example: `  asyncctl explain 124
  asyncctl explain lag
  asyncctl explain retry-after
  asyncctl explain azure-oploc`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var words []string
			for _, t := range topics(w) {
				words = append(words, t.Word+"\t"+t.Kind)
			}
			return words, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				explain.All(w.Stdout, topics(w))
				return nil
			}
			found, meant := explain.Word(w.Stdout, topics(w), args[0])
			switch {
			case found:
				return nil
			case meant != "":
				return app.Usagef("no topic contains %q; did you mean %s?", args[0], meant)
			}
			return app.Usagef("no topic contains %q; \"asyncctl explain\" lists all topics", args[0])
		},
	}
}

// exitTexts explains the exit codes.
func exitTexts() []explain.Topic {
	var all []explain.Topic
	for _, c := range app.Codes {
		all = append(all, explain.Topic{Word: strconv.Itoa(c.Number), Kind: "exit code", Text: c.Long})
	}
	return all
}

// terms explains the words of the program.
func terms() []explain.Topic {
	var all []explain.Topic
	for _, e := range glossary.Entries() {
		text := e.Text
		if len(e.See) > 0 {
			text += "\nSee also: " + strings.Join(e.See, ", ") + "."
		}
		all = append(all, explain.Topic{Word: e.Word, Kind: "term", Text: text})
	}
	return all
}

// rules explains the rules of conformance, by their id and by their code.
func rules(w app.World) []explain.Topic {
	var all []explain.Topic
	for _, r := range conformance.Rules() {
		print := func(io.Writer) { judge.ExplainRule(w, r) }
		all = append(all, explain.Topic{Word: r.ID, Kind: "rule", Text: r.Title + ".", Print: print})
		if r.Code != "" {
			all = append(all, explain.Topic{Word: r.Code, Kind: "rule", Text: r.Title + ".", Print: print, Alias: true})
		}
	}
	return all
}

// topics lists everything that can be explained.
func topics(w app.World) []explain.Topic {
	all := slices.Concat(exitTexts(), outcomes, verdictTexts)
	for _, r := range lro.Reasons() {
		text := r.Text()
		text = strings.ToUpper(text[:1]) + text[1:] + "."
		all = append(all, explain.Topic{Word: string(r), Kind: "reason", Text: fmt.Sprintf("%s The exit code is %d.", text, app.ClassCode(r.Class()))})
	}
	all = append(all, terms()...)
	for _, name := range dialect.Names() {
		info, _ := dialect.Describe(name)
		all = append(all, explain.Topic{Word: name, Kind: "dialect", Text: dialectText(info)})
	}
	for _, f := range mockserver.Faults() {
		all = append(all, explain.Topic{Word: f.Name, Kind: "fault", Text: mock.FaultText(f)})
	}
	return append(all, rules(w)...)
}
