package explain

import (
	"io"
	"strings"
	"testing"
)

var topics = []Topic{
	{Word: "status url", Kind: "term", Text: "What is polled. More of it."},
	{Word: "no-status-url", Kind: "reason", Text: "Nothing to poll."},
	{Word: "S11", Kind: "rule", Text: "Secret text.", Alias: true, Print: func(w io.Writer) { io.WriteString(w, "the rule\n") }},
	{Word: "retry", Kind: "term", Text: "To ask again after a poll."},
}

func TestWord(t *testing.T) {
	tests := []struct {
		name, word string
		found      bool
		hint       string
		want, not  []string
	}{
		{"a name, however it is spelled", "Status_URL", true, "", []string{"status url (term)", "What is polled. More of it.", "in their name: no-status-url."}, []string{"retry"}},
		{"a second name", "s11", true, "", []string{"the rule"}, []string{"in their name"}},
		{"a word in a text", "poll", true, "", []string{`contain "poll"`, "no-status-url  Nothing to poll.", "status url  What is polled.", "\nTerms\n", "\nReason\n"}, []string{"More of it"}},
		{"a word in the text of a second name alone", "secret", false, "", nil, []string{"rule"}},
		{"nearly a name", "retri", false, "retry", nil, nil},
		{"nothing", "", false, "", nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			found, hint := Word(&out, topics, test.word)
			if found != test.found || hint != test.hint {
				t.Errorf("got %v, %q; want %v, %q", found, hint, test.found, test.hint)
			}
			for _, w := range test.want {
				if !strings.Contains(out.String(), w) {
					t.Errorf("%q is not in\n%s", w, out.String())
				}
			}
			for _, n := range test.not {
				if strings.Contains(out.String(), n) {
					t.Errorf("%q is in\n%s", n, out.String())
				}
			}
		})
	}
}

func TestAllLeavesSecondNamesOut(t *testing.T) {
	var out strings.Builder
	All(&out, topics)
	if strings.Contains(out.String(), "S11") || !strings.Contains(out.String(), "Terms\n  status url, retry\n") {
		t.Errorf("got\n%s", out.String())
	}
}

// TestListsFit: no line of a list is wider than the page, and as much stands on it as fits.
func TestListsFit(t *testing.T) {
	var many []Topic
	for range 40 {
		many = append(many, Topic{Word: "abc", Kind: "term", Text: "Words words words words words words words words words words words words words."})
	}
	widest := func(text string) (most int) {
		for line := range strings.Lines(text) {
			most = max(most, len(strings.TrimRight(line, "\n")))
		}
		return most
	}
	var all, found strings.Builder
	list(&all, many, nil)
	list(&found, many[:2], func(t Topic) string { return t.Word + "\t" + t.Text })
	if got := widest(all.String()); got > width || got < width-len(", abc") {
		t.Errorf("the widest of the words has %d columns of %d:\n%s", got, width, all.String())
	}
	if got := widest(found.String()); got > width || got < width-len("words ") {
		t.Errorf("the widest of the sentences has %d columns of %d:\n%s", got, width, found.String())
	}
}
