package follow

import (
	"fmt"
	"strings"
	"testing"
)

func TestFileNamesNeverCollide(t *testing.T) {
	ids := []string{"a", "A", "a b", "a_b", "a/b", "a\\b", "a:b", "../a", "a.", "a..", ".a", "_a", "-rf", "", "con", "CON", "con.txt", "nul", "Com1.log",
		"é", "e", "日本", "日", strings.Repeat("x", 300), strings.Repeat("x", 301), "a", "a b", "a_b-" + "00000000"}
	var n fileNames
	seen := map[string]string{}
	for i, id := range ids {
		name := n.of(fmt.Sprint(i), id)
		if other, ok := seen[strings.ToLower(name)]; ok {
			t.Errorf("%q and %q are both written to %q", id, other, name)
		}
		seen[strings.ToLower(name)] = id
		if strings.ContainsAny(name, `/\:`) || name[0] == '.' || name[0] == '-' || strings.HasSuffix(name, ".") || len(name) > 240 || reserved(name) {
			t.Errorf("%q becomes %q", id, name)
		}
	}
}

func TestFileNamesAreTheIDsWhereTheyCanBe(t *testing.T) {
	var n fileNames
	for _, id := range []string{"INV-2026-001", "a1", "report.pdf", "b_c"} {
		if got := n.of(id, id); got != id {
			t.Errorf("%q becomes %q", id, got)
		}
		if got := n.of(id, id); got != id {
			t.Errorf("%q, again, becomes %q", id, got)
		}
	}
	var other fileNames
	if a, b := n.of("7", "a b"), other.of("7", "a b"); a != b {
		t.Errorf("another run writes %q to %q, not %q", "a b", b, a)
	}
}
