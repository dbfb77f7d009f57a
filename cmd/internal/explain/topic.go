// Package explain finds and prints what asyncctl can explain offline.
package explain

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/internal/near"
)

// Topic is one word that can be explained.
type Topic struct {
	Word, Kind string
	// Text is what is printed: paragraphs, one a line; lines that begin with a blank stay as they are,
	// together.
	Text string
	// Print, if not nil, prints the topic in place of Text.
	Print func(io.Writer)
	// Alias says that the word is a second name of another topic: it is found, but not listed.
	Alias bool
}

const width = 80

func (t Topic) print(w io.Writer) {
	if t.Print != nil {
		t.Print(w)
		return
	}
	fmt.Fprintf(w, "%s (%s)\n", t.Word, t.Kind)
	example := false
	for _, line := range strings.Split(t.Text, "\n") {
		before := example
		example = strings.HasPrefix(line, " ")
		if !example {
			line = render.Wrap(line, width)
		}
		if !before || !example {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

// Word explains a word to w: the topics of that name, or, where there are none, those that contain it.
// It reports whether there was anything; hint is then what may have been meant.
func Word(w io.Writer, topics []Topic, word string) (found bool, hint string) {
	var named, containing []Topic
	var related []string
	wanted := plain(word)
	for _, t := range topics {
		if strings.Contains(plain(t.Word), wanted) && plain(t.Word) != wanted && !t.Alias {
			related = append(related, t.Word)
		}
		switch {
		case plain(t.Word) == wanted:
			named = append(named, t)
		case t.Alias:
		case strings.Contains(plain(t.Word), wanted) || strings.Contains(strings.ToLower(t.Text), strings.ToLower(word)):
			containing = append(containing, t)
		}
	}
	switch {
	case len(named) > 0:
		for i, t := range named {
			if i > 0 {
				fmt.Fprintln(w)
			}
			t.print(w)
		}
		if len(related) > 0 {
			fmt.Fprintf(w, "\n%s\n", render.Wrap("Topics with the word in their name: "+strings.Join(related, ", ")+".", width))
		}
		return true, ""
	case len(containing) > 0 && wanted != "":
		fmt.Fprintf(w, "Topics that contain %q:\n", word)
		list(w, containing, func(t Topic) string { return t.Word + "\t" + firstSentence(t.Text) })
		return true, ""
	}
	var words []string
	for _, t := range topics {
		words = append(words, t.Word)
	}
	return false, near.Word(word, words)
}

// plain makes words of different spelling alike: "Status URL", "status-url" and "status_url".
func plain(word string) string {
	return strings.NewReplacer("-", " ", "_", " ").Replace(strings.ToLower(strings.TrimSpace(word)))
}

func firstSentence(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	sentence, _, more := strings.Cut(line, ". ")
	if more {
		sentence += "."
	}
	return sentence
}

// All lists every topic, by kind.
func All(w io.Writer, topics []Topic) {
	list(w, topics, nil)
	fmt.Fprintln(w, "\n\"asyncctl explain WORD\" explains one of them, or lists what contains the word.")
}

// list prints topics in groups: words alone, side by side, or with what line says of each behind a tab.
func list(w io.Writer, topics []Topic, line func(Topic) string) {
	kinds := map[string][]Topic{}
	var order []string
	for _, t := range topics {
		if t.Alias {
			continue
		}
		if kinds[t.Kind] == nil {
			order = append(order, t.Kind)
		}
		kinds[t.Kind] = append(kinds[t.Kind], t)
	}
	for _, kind := range order {
		group := kinds[kind]
		fmt.Fprintf(w, "\n%s\n", heading(kind, len(group)))
		if line == nil {
			var words []string
			for _, t := range group {
				words = append(words, strings.ReplaceAll(t.Word, " ", "\u00a0")) // no break within a word
			}
			text := render.Wrap(strings.Join(words, ", "), width-2)
			fmt.Fprintln(w, indent(strings.ReplaceAll(text, "\u00a0", " "), "  "))
			continue
		}
		longest := len(slices.MaxFunc(group, func(a, b Topic) int { return cmp.Compare(len(a.Word), len(b.Word)) }).Word)
		for _, t := range group {
			word, text, _ := strings.Cut(line(t), "\t")
			column := "  " + strings.Repeat(" ", longest) + "  "
			wrapped := indent(render.Wrap(text, max(30, width-len(column))), column)
			fmt.Fprintf(w, "  %-*s  %s\n", longest, word, strings.TrimLeft(wrapped, " "))
		}
	}
}

func heading(kind string, n int) string {
	if n > 1 {
		kind += "s"
	}
	kind = strings.Replace(kind, "outcome of a rules", "outcomes of a rule", 1)
	return strings.ToUpper(kind[:1]) + kind[1:]
}

func indent(text, by string) string {
	return by + strings.ReplaceAll(text, "\n", "\n"+by)
}
