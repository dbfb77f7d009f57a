package show_test

import (
	"testing"

	"github.com/asyncctl/asyncctl/internal/show"
)

func TestClip(t *testing.T) {
	tests := []struct {
		text  string
		width int
		want  string
	}{
		{"abcdef", 6, "abcdef"}, {"abcdefg", 6, "abc..."}, {"äöüäöüä", 6, "äöü..."}, {"abcdef", 3, "abc"}, {"abcdef", 4, "a..."},
		{"abc", 0, ""}, {"abc", -1, ""}, {"", 0, ""},
	}
	for _, test := range tests {
		if got := show.Clip(test.text, test.width); got != test.want {
			t.Errorf("Clip(%q, %d): got %q, want %q", test.text, test.width, got, test.want)
		}
	}
}

func TestCount(t *testing.T) {
	tests := []struct {
		n          int
		noun, want string
	}{
		{0, "poll", "0 polls"}, {1, "poll", "1 poll"}, {2, "poll", "2 polls"}, {-1, "poll", "-1 polls"},
		{2, "entry", "2 entries"}, {1, "entry", "1 entry"}, {2, "delay", "2 delays"}, {2, "batch", "2 batches"},
		{2, "class", "2 classes"}, {2, "status URL", "2 status URLs"}, {2, "", "2 "}, {2, "y", "2 ys"},
	}
	for _, test := range tests {
		if got := show.Count(test.n, test.noun); got != test.want {
			t.Errorf("Count(%d, %q): got %q, want %q", test.n, test.noun, got, test.want)
		}
	}
}
