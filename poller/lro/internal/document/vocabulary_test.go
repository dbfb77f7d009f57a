package document

import (
	"os"
	"strings"
	"testing"
)

// TestEachWordHasASource: docs/reference/vocabulary.md names an API for each word of the vocabulary.
func TestEachWordHasASource(t *testing.T) {
	page, err := os.ReadFile("../../../../docs/reference/vocabulary.md")
	if err != nil {
		t.Fatal(err)
	}
	_, sources, ok := strings.Cut(string(page), "## Where the words come from")
	if !ok {
		t.Fatal("there is no list of sources")
	}
	folded := strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "", "\n", "").Replace(sources))
	var missing []string
	for word := range vocabulary() {
		if !strings.Contains(folded, word) {
			missing = append(missing, word)
		}
	}
	if len(missing) > 0 {
		t.Errorf("%d words have no source: %v", len(missing), missing)
	}
}
