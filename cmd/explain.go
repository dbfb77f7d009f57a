package cmd

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/judge"
	"github.com/asyncctl/asyncctl/cmd/internal/mock"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// topic is one word that can be explained.
type topic struct{ word, kind, text string }

// outcomes explains the outcomes, in the order in which people meet them.
var outcomes = []topic{
	{"succeeded", "outcome", "The server says that the operation is done, and its result, if there is one, was fetched."},
	{"failed", "outcome", "The server says that the operation failed: by a 4xx that is stored at the status URL, or by a word in the status document. Nothing else is called failed."},
	{"cancelled", "outcome", "The operation was called off: the status says so, or the status URL is gone after our own cancellation."},
	{"refused", "outcome", "The server would not take the submit. No operation was begun."},
	{"lost", "outcome", "The operation's fate, or its result, is not known: no status URL, an unreadable answer, a broken connection. The work may be running. The reason tells which."},
	{"gone", "outcome", "The status URL, or the result, is no longer there (404 after the grace, or 410): it has expired, or never was. How the operation ended is not known."},
	{"timeout", "outcome", "We stopped waiting at the deadline. The operation may be running."},
	{"pending", "outcome", "The operation is not over."},
	{"invalid", "outcome", "A line of a batch that is wrong; nothing was sent for it."},
	{"unknown", "outcome", "A line of a batch whose submit an earlier run may have sent before it died. Find out whether the server took it, and run again with --assume taken or --assume lost."},
}

// verdictTexts explains what comes of the rules of a conformance run.
var verdictTexts = []topic{
	{"pass", "outcome of a rule", "The check ran, and nothing is wrong."},
	{"fail", "outcome of a rule", "The rule is broken. The exit code is 1, unless --fail-on never."},
	{"warn", "outcome of a rule", "The rule is broken, but it asks for less than --level, or only mildly. The exit code is not 1, unless --fail-on warn."},
	{"waived", "outcome of a rule", "The rule is broken, and a waiver excuses it until the day that it names. A waiver that is not needed any more, that has expired, or that names no rule fails the run."},
	{"skip", "outcome of a rule", "The rule was not judged: it was not selected, or it needs something that is not known of the target. The reason says what; a target file can tell it."},
	{"n/a", "outcome of a rule", "What the rule speaks of did not occur, and need not."},
	{"inconclusive", "outcome of a rule", "It could not be found out: the operation did not end in the time for it, or no answer came. It fails the run, unless --allow-inconclusive."},
}

func newExplain(w app.World) *cobra.Command {
	return &cobra.Command{
		Use:   "explain WORD",
		Short: "Explain an exit code, an outcome, a reason, a dialect, a fault or a rule, offline",
		Example: `  asyncctl explain 124
  asyncctl explain gone
  asyncctl explain no-status-url
  asyncctl explain azure-oploc`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var words []string
			for _, t := range topics() {
				words = append(words, t.word+"\t"+t.kind)
			}
			for _, r := range conformance.Rules() {
				words = append(words, r.ID+"\trule")
			}
			return words, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				for _, t := range topics() {
					fmt.Fprintf(w.Stdout, "%-26s %s\n", t.word, t.kind)
				}
				for _, r := range conformance.Rules() {
					fmt.Fprintf(w.Stdout, "%-26s rule %s\n", r.ID, r.Code)
				}
				return nil
			}
			return explain(w, args[0])
		},
	}
}

func explain(w app.World, word string) error {
	found := false
	for _, t := range topics() {
		if !strings.EqualFold(t.word, word) {
			continue
		}
		if found {
			fmt.Fprintln(w.Stdout)
		}
		found = true
		t.print(w)
	}
	if r, ok := judge.RuleNamed(word); ok {
		if found {
			fmt.Fprintln(w.Stdout)
		}
		found = true
		judge.ExplainRule(w, r)
	}
	if !found {
		return app.Usagef("there is nothing to explain about %q; \"asyncctl explain\" lists the words", word)
	}
	return nil
}

// print writes a topic, each line of its text as a paragraph. Lines that begin with a blank are an
// example: they stay as they are, together.
func (t topic) print(w app.World) {
	fmt.Fprintf(w.Stdout, "%s (%s)\n", t.word, t.kind)
	example := false
	for _, line := range strings.Split(t.text, "\n") {
		before := example
		example = strings.HasPrefix(line, " ")
		if !example {
			line = render.Wrap(line, 80)
		}
		if !before || !example {
			fmt.Fprintln(w.Stdout)
		}
		fmt.Fprintln(w.Stdout, strings.TrimRight(line, " "))
	}
}

// exitTexts explains the exit codes.
func exitTexts() []topic {
	var all []topic
	for _, c := range app.Codes {
		all = append(all, topic{strconv.Itoa(c.Number), "exit code", c.Long})
	}
	return all
}

// topics lists everything that can be explained.
func topics() []topic {
	all := slices.Concat(exitTexts(), outcomes, verdictTexts)
	for _, r := range lro.Reasons() {
		text := r.Text()
		text = strings.ToUpper(text[:1]) + text[1:] + "."
		all = append(all, topic{string(r), "reason", fmt.Sprintf("%s The exit code is %d.", text, app.ClassCode(r.Class()))})
	}
	for _, name := range dialect.Names() {
		info, _ := dialect.Describe(name)
		all = append(all, topic{name, "dialect", dialectText(info)})
	}
	for _, f := range mockserver.Faults() {
		all = append(all, topic{f.Name, "fault", mock.FaultText(f)})
	}
	return all
}
