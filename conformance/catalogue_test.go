package conformance_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/poller/dialect"
)

// TestCatalogue checks what every rule must say of itself.
func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	word := regexp.MustCompile(`^([a-z]+(-[a-z]+)*/)?[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, r := range conformance.Rules() {
		if seen[r.ID] || r.Code != "" && seen[r.Code] || !word.MatchString(r.ID) {
			t.Errorf("the id %q or the code %q is there twice, or is no word", r.ID, r.Code)
		}
		seen[r.ID], seen[r.Code] = true, true
		if r.Title == "" || strings.HasSuffix(r.Title, ".") {
			t.Errorf("%s: the title %q is no sentence without a full stop", r.ID, r.Title)
		}
		for _, text := range []string{r.Why, r.Breaks, r.Fix} {
			if !strings.HasSuffix(text, ".") || strings.Contains(text, "  ") {
				t.Errorf("%s: %q is no sentence", r.ID, text)
			}
		}
		if len(r.Sources) == 0 || slices.Contains(r.Sources, "") {
			t.Errorf("%s has no source", r.ID)
		}
		if !slices.Contains([]conformance.Level{conformance.Must, conformance.Should, conformance.May}, r.Level) ||
			!slices.Contains([]conformance.Basis{conformance.BasisRFC, conformance.BasisPattern, conformance.BasisDraft, conformance.BasisAdvice}, r.Basis) {
			t.Errorf("%s: %q, %q", r.ID, r.Level, r.Basis)
		}
		family, _, dialectal := strings.Cut(r.ID, "/")
		if _, ok := dialect.ByName(family); dialectal && (!ok || !slices.Equal(r.Dialects, []string{family})) {
			t.Errorf("%s is of the dialects %q", r.ID, r.Dialects)
		}
		for name, why := range r.Except {
			if _, ok := dialect.ByName(name); !ok || why == "" || strings.HasSuffix(why, ".") {
				t.Errorf("%s: in %s it does not apply because %q", r.ID, name, why)
			}
		}
		byID, _ := conformance.RuleByID(r.ID)
		byCode, _ := conformance.RuleByID(r.Code)
		if byID.Title != r.Title || r.Code != "" && byCode.Title != r.Title {
			t.Errorf("%s is not found by its id or its code", r.ID)
		}
	}
	for letter, n := range map[string]int{"S": 27, "P": 22, "C": 14, "X": 6} {
		for i := 1; i <= n; i++ {
			if code := fmt.Sprintf("%s%02d", letter, i); !seen[code] {
				t.Errorf("there is no %s", code)
			}
		}
	}
}
