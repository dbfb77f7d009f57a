package render

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller"
)

// at returns the screen after some events, a moment later.
func at(events []poller.Event, later time.Duration, g glyphs, width, height int) screen {
	s := screen{g: g, title: "POST api.example.com/orders", width: width, height: height}
	for _, e := range events {
		if e.Start == nil {
			s.op = s.op.apply(e)
		}
	}
	s.now = s.op.latest().Add(later)
	return s
}

// richest is how many events lead up to the moment at which there is most to see.
func richest(events []poller.Event) int {
	for i := len(events); i > 0; i-- {
		if e := events[i-1]; e.Wait != nil || e.Transfer != nil && e.Transfer.Bytes < e.Transfer.Total {
			return i
		}
	}
	return len(events)
}

func TestScreenGoldens(t *testing.T) {
	for name, events := range streams(t) {
		if name == "many" {
			continue
		}
		var b strings.Builder
		n := richest(events)
		show := func(title string, s screen) { fmt.Fprintf(&b, "=== %s\n%s\n", title, s.view()) }
		for _, size := range [][2]int{{40, 10}, {80, 24}, {200, 60}} {
			show(fmt.Sprintf("%dx%d", size[0], size[1]), at(events[:n], 1300*time.Millisecond, glyphs{}, size[0], size[1]))
		}
		show("80x24 in colour, at the end", at(events, 0, glyphs{color: true}, 80, 24))
		show("40x10 in ASCII, early", at(events[:min(8, n)], 300*time.Millisecond, glyphs{ascii: true}, 40, 10))
		show("80x24 in ASCII", at(events[:n], 1300*time.Millisecond, glyphs{ascii: true}, 80, 24))
		view := &TUI{op: at(events, 0, glyphs{}, 80, 24).op}
		fmt.Fprintf(&b, "=== what stays\n%s\n", view.farewell(view.op))
		t.Run(name, func(t *testing.T) { golden(t, name+".tui", b.String()) })
	}
}

var colour = regexp.MustCompile("\x1b\\[((1;)?3[0-7]|2)?m")

func TestScreenKeepsWithinTheTerminal(t *testing.T) {
	sizes := []int{1, 2, 3, 5, 8, 10, 16, 24, 39, 40, 59, 60, 61, 74, 80, 110, 200}
	for name, events := range streams(t) {
		var s screen
		for i, e := range events[1:] {
			s.op = s.op.apply(e)
			s.now = s.op.latest().Add(time.Duration(i) * 300 * time.Millisecond)
			for n, width := range sizes {
				if len(events) > 100 && (n+i)%7 != 0 {
					continue
				}
				s.g, s.width, s.height = glyphs{ascii: i%2 == 0, color: i%3 == 0}, width, sizes[(n*7+i)%len(sizes)]
				checkFrame(t, fmt.Sprintf("%s after %d events", name, i), s.view(), s.g, s.width, s.height)
			}
		}
	}
}

func checkFrame(t *testing.T, where, view string, g glyphs, width, height int) {
	t.Helper()
	lines := strings.Split(view, "\n")
	if len(lines) > height {
		t.Errorf("%s: %d lines on a terminal of %d", where, len(lines), height)
	}
	for _, line := range lines {
		bare := line
		if g.color {
			bare = colour.ReplaceAllString(line, "")
		}
		if wide(bare) > width {
			t.Errorf("%s: %d columns on a terminal of %d: %q", where, wide(bare), width, line)
		}
		if strings.ContainsFunc(bare, func(r rune) bool { return !show.Plain(r) && r != '\ufe0f' }) {
			t.Errorf("%s: not clean: %q", where, line)
		}
		if g.ascii && strings.ContainsFunc(bare, func(r rune) bool { return r >= 0x80 }) {
			t.Errorf("%s: not ASCII: %q", where, line)
		}
	}
}

func TestModelShowsWhatItIsTold(t *testing.T) {
	events := streams(t)["success"]
	whole := at(events[:12], 0, glyphs{}, 0, 0)
	view := &TUI{panel: panel{o: Options{Title: whole.title}}}
	var m tea.Model = model{}
	if got := m.View().Content; got != "" {
		t.Errorf("before anything is known it shows %q", got)
	}
	for _, msg := range []tea.Msg{view.drawing(whole.op), tea.WindowSizeMsg{Width: 80, Height: 24}, whole.now.Add(2 * time.Second), whole.now} {
		m, _ = m.Update(msg)
	}
	want := at(events[:12], 2*time.Second, glyphs{}, 80, 24).view()
	if got := m.View().Content; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	v := m.View()
	if v.Cursor == nil || v.Cursor.Y != strings.Count(want, "\n") || v.AltScreen || !v.DisableBracketedPasteMode {
		t.Errorf("the terminal is not left alone: %+v", v)
	}
	m, _ = m.Update(leave{})
	if got := m.View().Content; got != "" {
		t.Errorf("after leave it shows %q", got)
	}
}

func TestEveryStateHasItsMark(t *testing.T) {
	for word, m := range marks {
		if wide(m.unicode) != 1 || len(m.ascii) != 1 {
			t.Errorf("the symbols of %s are %q and %q; want one column each", word, m.unicode, m.ascii)
		}
	}
	if got, want := (glyphs{ascii: true}).state("\x1bnew"), `? \x1bnew`; got != want {
		t.Errorf("a state that is not known: %q, want %q", got, want)
	}
}
