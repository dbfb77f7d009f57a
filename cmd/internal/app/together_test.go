package app

import "testing"

func TestTogether(t *testing.T) {
	for _, c := range []struct {
		name  string
		codes []int
		want  int
	}{
		{"none", nil, ExitOK},
		{"all succeeded", []int{0, 0}, ExitOK},
		{"one", []int{ExitGone}, ExitGone},
		{"all unreachable", []int{3, 3}, ExitUnreachable},
		{"all rejected", []int{4, 4, 4}, ExitRefused},
		{"all cancelled", []int{7, 7}, ExitCancelled},
		{"one cancelled", []int{0, 7}, ExitNo},
		{"one gone", []int{9, 0}, ExitNo},
		{"one unreachable", []int{0, 3}, ExitNo},
		{"different ends", []int{3, 4}, ExitNo},
		{"one pending", []int{0, 8}, ExitPending},
		{"one timed out", []int{0, 124}, ExitTimeout},
		{"pending and timed out", []int{8, 124}, ExitTimeout},
		{"pending and failed", []int{8, 1}, ExitNo},
		{"timed out and failed", []int{124, 1, 0}, ExitNo},
	} {
		var all Together
		for _, code := range c.codes {
			all.Add(code)
		}
		if got := all.Code(); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}
