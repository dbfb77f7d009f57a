package near

import (
	"strings"
	"testing"
)

func TestWord(t *testing.T) {
	words := []string{"fail", "status", "status-404", "retry-after", "p99"}
	tests := []struct{ word, want string }{
		{"fail", "fail"}, {"FAIL", "fail"}, {"fial", "fail"}, {"fai", "fail"}, {"faill", "fail"}, {"fxxl", ""},
		{"statsu", "status"}, {"stxxus", "status"}, {"stxxxs", ""}, {"status404", "status-404"}, {"retryafter", "retry-after"},
		{"p9", "p99"}, {"x", ""}, {"", ""}, {strings.Repeat("a", 1000), ""},
	}
	for _, test := range tests {
		if got := Word(test.word, words); got != test.want {
			t.Errorf("Word(%q): got %q, want %q", test.word, got, test.want)
		}
	}
	if got := Word("a", []string{"b"}); got != "" {
		t.Errorf("nothing in common: got %q", got)
	}
}

func TestHint(t *testing.T) {
	tests := []struct {
		word string
		list []string
		want string
	}{
		{"fial", []string{"fail", "slow"}, "did you mean fail?"},
		{"nonsense", []string{"fail", "slow"}, "use one of fail, slow"},
		{"nonsense", nil, ""},
	}
	for _, test := range tests {
		if got := Hint(test.word, test.list); got != test.want {
			t.Errorf("Hint(%q): got %q, want %q", test.word, got, test.want)
		}
	}
}

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"abc", "abd", 1}, {"abc", "acb", 1}, {"abcd", "badc", 2}, {"kitten", "sitting", 3},
		{strings.Repeat("a", longest), strings.Repeat("a", longest), 0}, {strings.Repeat("a", longest), strings.Repeat("a", longest-1) + "b", 1},
		{strings.Repeat("a", 65), strings.Repeat("a", 65), 64}, {"a", strings.Repeat("a", 65), 64}, // not compared
	}
	for _, test := range tests {
		if got, back := distance(test.a, test.b), distance(test.b, test.a); got != test.want || back != test.want {
			t.Errorf("distance(%q, %q): got %d and %d, want %d", test.a, test.b, got, back, test.want)
		}
	}
}
