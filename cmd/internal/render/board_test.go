package render

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller"
)

func orders(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("order-%d", i+1)
	}
	return names
}

func TestBoardGoldens(t *testing.T) {
	events := streams(t)["many"]
	for _, tt := range []struct {
		name          string
		g             glyphs
		width, height int
	}{
		{"many.80x24.bars", glyphs{}, 80, 24},
		{"many.80x24.colour.bars", glyphs{color: true}, 80, 24},
		{"many.40x10.ascii.bars", glyphs{ascii: true}, 40, 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBoard(Options{ASCII: tt.g.ascii, Color: tt.g.color, Names: NewRoster(orders(40)...)})
			var out, stays strings.Builder
			for i, e := range events {
				if line := b.apply(e); line != "" {
					stays.WriteString(line + "\n")
				}
				if i == len(events)/3 || i == len(events)-40 || i == len(events)-1 {
					lines := b.lines(e.At.Add(time.Second), tt.width, tt.height)
					fmt.Fprintf(&out, "=== after %d events\n%s\n", i, strings.Join(lines, "\n"))
				}
			}
			golden(t, tt.name, out.String()+"=== what stays above\n"+stays.String())
		})
	}
}

func TestBoardKeepsWithinTheTerminal(t *testing.T) {
	for name, events := range streams(t) {
		b := newBoard(Options{ASCII: true, Names: NewRoster(orders(26)...)})
		for i, e := range events {
			b.apply(e)
			width, height := 1+i*7%130, 1+i%40
			lines := b.lines(e.At, width, height)
			if most := max(1, min(height-2, mostLines+1)); len(lines) > most {
				t.Errorf("%s: %d lines on a terminal of %d", name, len(lines), height)
			}
			checkFrame(t, name, strings.Join(lines, "\n"), b.g, width, max(height, 1))
		}
	}
}

func TestBoardShowsWhatChangedLast(t *testing.T) {
	b := newBoard(Options{})
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for op := range 300 {
		b.apply(poller.Event{At: start.Add(time.Duration(op) * time.Second), Op: op, Request: &poller.Request{Phase: "submit"}})
	}
	percent := 10.0
	b.apply(poller.Event{At: start.Add(time.Hour), Op: 7, Reply: &poller.Reply{Phase: "poll", State: "running", Percent: &percent}})
	if got, want := fmt.Sprint(b.shown(4)), "[7 297 298 299]"; got != want {
		t.Errorf("shown %s, want %s", got, want)
	}
	lines := b.lines(start.Add(time.Hour), 80, 24)
	if got, want := lines[len(lines)-1], "0 of 300 done: 0 succeeded, 0 failed, 300 pending, 1h"; got != want {
		t.Errorf("total %q, want %q", got, want)
	}
}
