package glossary

import (
	"slices"
	"strings"
	"testing"
)

func TestEntries(t *testing.T) {
	all := Entries()
	var words []string
	for _, e := range all {
		words = append(words, e.Word)
	}
	if !slices.IsSorted(words) || len(slices.Compact(slices.Clone(words))) != len(words) {
		t.Errorf("the words are not in order, or stand twice: %q", words)
	}
	for _, e := range all {
		if e.Word != strings.ToLower(e.Word) || !strings.HasSuffix(e.Text, ".") {
			t.Errorf("%q: words are lower case, texts are sentences", e.Word)
		}
		for _, other := range e.See {
			if !slices.Contains(words, other) || other == e.Word {
				t.Errorf("%q points to %q", e.Word, other)
			}
		}
	}
	all[0].Word = "changed"
	if Entries()[0].Word == "changed" {
		t.Error("the caller can change the table")
	}
}
