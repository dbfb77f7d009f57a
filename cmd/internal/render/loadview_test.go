package render

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
)

// snapshots are those of a run of 40 s at 50/s with two strategies, whose server stalls at 20 s.
func snapshots(n int) []loadtest.Snapshot {
	var list []loadtest.Snapshot
	counts := measure.Counts{}
	var done, lag, poll measure.Histogram
	for i := range n {
		s := loadtest.Snapshot{Elapsed: time.Duration(i+1) * time.Second, Until: 40 * time.Second, Draining: i >= 40, Connections: 12}
		x := &s.Sample
		x.At = s.Elapsed
		ended, latency := int64(max(0, min(50, 8*(i-3)))), 10
		if i < 40 {
			x.Planned, x.Submitted = 50, 50
		}
		if i >= 20 && i < 23 {
			ended, latency = 0, 21
			x.Errors, x.Throttled = 2, 3
		}
		ended = min(ended, counts.Submitted-counts.Succeeded-counts.Lost)
		x.Polls, x.Wasted, x.Ended = ended*4, ended*3, ended
		spread := func(to *measure.Spread, d time.Duration, n int64) {
			for range n {
				to.Record(int64(d))
			}
		}
		spread(&x.Latency, time.Microsecond<<latency*3/4, ended*4+1)
		spread(&x.DoneIn, 6*time.Second, ended)
		spread(&x.LagIn, 800*time.Millisecond, ended)
		spread(&x.Late, time.Microsecond<<(8+latency/3)*3/4, ended+1)
		done.RecordN(time.Duration(5000+40*i)*time.Millisecond, ended)
		lag.RecordN(time.Duration(400+10*i)*time.Millisecond, ended)
		poll.RecordN(time.Microsecond<<latency, ended*4+1)
		s.Done.Merge(&done)
		s.Lag.Merge(&lag)
		s.Poll.Merge(&poll)
		counts.Submitted += x.Submitted
		counts.Succeeded += ended
		counts.PollsSent += x.Polls
		counts.PollsWasted += x.Wasted
		if x.Errors > 0 {
			counts.Succeeded--
			counts.Lost++
		}
		s.InFlight = counts.Submitted - counts.Succeeded - counts.Lost
		x.InFlight = s.InFlight
		half := counts
		half.Submitted, half.Succeeded, half.PollsSent, half.PollsWasted = half.Submitted/2, half.Succeeded/2, half.PollsSent/3, half.PollsWasted/3
		rest := measure.Counts{Submitted: counts.Submitted - half.Submitted, Succeeded: counts.Succeeded - half.Succeeded, PollsSent: counts.PollsSent - half.PollsSent, PollsWasted: counts.PollsWasted - half.PollsWasted}
		s.Series = []loadtest.Live{{Strategy: "server", Counts: half}, {Strategy: "exponential:1s,2,30s", Counts: rest}}
		list = append(list, s)
	}
	return list
}

func loadAfter(n int, o Options) loadState {
	o.Title = "127.0.0.1:8202/operations"
	s := newLoadState(LoadOptions{Options: o, Load: "50/s for 40s, Poisson, seed 7"})
	for _, snap := range snapshots(n) {
		s = s.apply(snap)
	}
	return s
}

func loadScreenOf(n int, g glyphs, width, height int) loadScreen {
	return loadScreen{frame: loadAfter(n, Options{}).frame(g), g: g, width: width, height: height}
}

func TestDashboardGoldens(t *testing.T) {
	var b strings.Builder
	show := func(title string, s loadScreen) { fmt.Fprintf(&b, "=== %s\n%s\n", title, s.view()) }
	for _, size := range [][2]int{{40, 10}, {80, 24}, {200, 60}} {
		show(fmt.Sprintf("%dx%d", size[0], size[1]), loadScreenOf(23, glyphs{}, size[0], size[1]))
	}
	show("80x24 in colour, draining", loadScreenOf(43, glyphs{color: true}, 80, 24))
	show("80x24 in ASCII, early", loadScreenOf(3, glyphs{ascii: true}, 80, 24))
	fmt.Fprintf(&b, "=== bars\n%s\n", strings.Join(loadAfter(23, Options{}).bars(glyphs{}, 80), "\n"))
	fmt.Fprintf(&b, "=== bars, 40 columns in ASCII\n%s\n", strings.Join(loadAfter(43, Options{}).bars(glyphs{ascii: true}, 40), "\n"))
	golden(t, "load.tui", b.String())
}

func TestDashboardKeepsWithinTheTerminal(t *testing.T) {
	sizes := []int{1, 2, 3, 5, 8, 10, 16, 24, 39, 40, 59, 60, 61, 74, 80, 110, 200}
	for n, width := range sizes {
		for i := range 46 {
			if (n+i)%5 != 0 {
				continue
			}
			g := glyphs{ascii: i%2 == 0, color: i%3 == 0}
			s := loadScreenOf(i, g, width, sizes[(n*7+i)%len(sizes)])
			checkFrame(t, fmt.Sprintf("after %d snapshots", i), s.view(), g, s.width, s.height)
		}
	}
}

func TestLoadPlainBeatsEverMoreSeldom(t *testing.T) {
	var b strings.Builder
	p := NewLoadPlain(&b, LoadOptions{})
	for _, s := range snapshots(60) {
		p.Snapshot(s)
	}
	p.Close()
	p.Snapshot(snapshots(61)[60])
	golden(t, "load.plain", b.String())
}

func TestLoadModelShowsWhatItIsTold(t *testing.T) {
	var m tea.Model = loadModel{}
	if got := m.View().Content; got != "" {
		t.Errorf("before anything is known it shows %q", got)
	}
	want := loadScreenOf(10, glyphs{}, 80, 24)
	for _, msg := range []tea.Msg{want.frame, tea.WindowSizeMsg{Width: 80, Height: 24}} {
		m, _ = m.Update(msg)
	}
	if got := m.View().Content; got != want.view() {
		t.Errorf("got\n%s\nwant\n%s", got, want.view())
	}
	if m, _ = m.Update(leave{}); m.View().Content != "" {
		t.Error("after leave it shows something")
	}
}

func TestLoadViewsLeaveTheTerminalAsItWas(t *testing.T) {
	for name, open := range map[string]func(*os.File) LoadView{
		"tui": func(f *os.File) LoadView {
			return NewLoadTUI(f, LoadOptions{Options: Options{Color: true, Term: "xterm-256color"}})
		},
		"bars": func(f *os.File) LoadView { return NewLoadBars(f, LoadOptions{Options: Options{Color: true}}) },
	} {
		t.Run(name, func(t *testing.T) {
			term := openTerminal(t, 80, 24)
			before := term.settings(t)
			v := open(term.slave)
			for _, s := range snapshots(20) {
				v.Snapshot(s)
			}
			term.wait(t, "in flight")
			v.(interface{ Suspend() }).Suspend()
			v.Snapshot(snapshots(21)[20])
			term.slave.WriteString("the shell\n")
			got := term.wait(t, "the shell")
			if !strings.HasSuffix(strings.TrimRight(got, "\r\n"), "\x1b[Jthe shell") {
				t.Errorf("while it is suspended it draws %q", got[max(0, len(got)-60):])
			}
			v.(interface{ Resume() }).Resume()
			v.Snapshot(snapshots(22)[21])
			term.waitAgain(t, "the shell", "in flight")
			v.Close()
			v.Close()
			v.Snapshot(snapshots(21)[20])
			term.slave.WriteString("the report\n")
			got = term.wait(t, "the report")
			checkHarmless(t, got)
			if !strings.HasSuffix(strings.TrimRight(got, "\r\n"), "\x1b[Jthe report") {
				t.Errorf("the last thing before the report is %q", got[max(0, len(got)-60):])
			}
			if term.settings(t) != before {
				t.Error("the settings of the terminal have changed")
			}
		})
	}
	term := openTerminal(t, 80, 24)
	for _, v := range []LoadView{NewLoadTUI(term.slave, LoadOptions{}), NewLoadBars(term.slave, LoadOptions{})} {
		v.Close()
	}
	if term.slave.WriteString("end"); term.wait(t, "end") != "end" {
		t.Errorf("unused views sent %q", term.text.String())
	}
}

func TestSparkDrawsInProportion(t *testing.T) {
	for _, tt := range []struct {
		values []float64
		rows   int
		want   string
	}{
		{[]float64{0, 1, 4, 8}, 1, " ▁▄█"},
		{[]float64{0, 0.001, 8}, 1, "  ▁█"},
		{[]float64{4, 8}, 2, "   █|  ██"},
		{nil, 1, "    "},
		{[]float64{9, 9, 9, 9, 2, 2, 2, 2}, 1, "████"},
	} {
		if got := strings.Join(glyphs{}.spark(tt.values, 4, tt.rows), "|"); got != tt.want {
			t.Errorf("%v is %q, want %q", tt.values, got, tt.want)
		}
	}
	if got := (glyphs{ascii: true}).spark([]float64{1, 2}, 2, 1)[0]; got != "=@" {
		t.Errorf("in ASCII it is %q", got)
	}
}
