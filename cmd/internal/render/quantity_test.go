package render

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	for in, want := range map[time.Duration]string{
		0:                                     "0s",
		time.Microsecond:                      "0s",
		350 * time.Millisecond:                "350ms",
		999 * time.Millisecond:                "999ms",
		4230 * time.Millisecond:               "4.2s",
		4 * time.Second:                       "4s",
		59940 * time.Millisecond:              "59.9s",
		time.Minute:                           "1m",
		200 * time.Second:                     "3m20s",
		time.Hour:                             "1h",
		time.Hour + time.Minute:               "1h1m",
		10 * time.Minute:                      "10m",
		time.Hour + time.Second:               "1h0m1s",
		26*time.Hour + 3*time.Minute:          "26h3m",
		10 * time.Hour:                        "10h",
		61*time.Second + 400*time.Millisecond: "1m1s",
	} {
		if got := Duration(in); got != want {
			t.Errorf("Duration(%v) = %q, want %q", in, got, want)
		}
	}
}

func TestCountAndBytes(t *testing.T) {
	for n, want := range map[int]string{0: "0 polls", 1: "1 poll", 2: "2 polls", 1000: "1000 polls"} {
		if got := Count(n, "poll"); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{
		0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1.0 kB", 1500: "1.5 kB", 999_949: "999.9 kB", 1_500_000: "1.5 MB",
		2_000_000_000: "2.0 GB", 3e12: "3.0 TB", 4e15: "4.0 PB", math.MaxInt64: "9223.4 PB", 999_999: "1.0 MB",
	} {
		if got := Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name, text string
		width      int
		want       string
	}{
		{"nothing", "", 10, ""},
		{"fits", "a b", 3, "a b"},
		{"breaks at the blank", "aa bb", 4, "aa\nbb"},
		{"a word that is too long stands alone", "a bbbbbb c", 3, "a\nbbbbbb\nc"},
		{"blanks and line breaks are blanks", " a\n\n b\tc ", 80, "a b c"},
		{"characters, not bytes", "éé éé", 5, "éé éé"},
		{"no width", "a b", 0, "a\nb"},
	} {
		if got := Wrap(c.text, c.width); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("a bb ccc", 4)
	f.Fuzz(func(t *testing.T, text string, width int) {
		got := Wrap(text, width)
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(text), " ") {
			t.Errorf("Wrap(%q, %d) = %q", text, width, got)
		}
		for line := range strings.SplitSeq(got, "\n") {
			if len([]rune(line)) > width && strings.Contains(line, " ") {
				t.Errorf("the line %q is longer than %d", line, width)
			}
		}
	})
}
