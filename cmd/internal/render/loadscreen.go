package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
)

// The rules of the dashboard. Each figure keeps its row: a label, the figure of this moment, its last
// minutes as a sparkline, and what it has come to. A row is calm unless something is wrong; what is
// wrong has a mark and a word besides its colour. Taller terminals get higher sparklines, wider ones
// longer ones.

// loadScreen is the dashboard at one moment.
type loadScreen struct {
	frame         loadFrame
	g             glyphs
	width, height int
}

// loadFrame is what a dashboard of any size shows of one snapshot.
type loadFrame struct {
	begun       bool
	load, title string
	phase       string
	snap        loadtest.Snapshot
	counts      measure.Counts
	share       float64
	known       bool // the share is
	rows        []row
}

// frame makes a frame of what is known now.
func (s loadState) frame(g glyphs) loadFrame {
	f := loadFrame{begun: s.begun, load: g.text(s.o.Load), title: g.text(s.o.Title), phase: s.phase(), snap: s.follow.Last(), counts: s.counts()}
	f.share, f.known = s.share()
	if s.begun {
		f.rows = s.rows()
	}
	return f
}

// row is one figure of the dashboard.
type row struct {
	label, figure string
	values        []float64
	text          string
	alarm         bool
}

// view returns the lines and an empty one for the cursor, never more than the terminal shows.
func (v loadScreen) view() string {
	if v.width <= 0 || v.height <= 0 || !v.frame.begun {
		return ""
	}
	return v.g.frame(v.lines, v.width, v.height)
}

func (v loadScreen) lines(room int) []string {
	rows := v.frame.rows
	airy := room >= 20
	lines := []string{v.head(), v.bar()}
	strategies := v.strategies()
	if len(strategies) > room-len(lines)-len(rows)-1 {
		strategies = nil
	}
	left := room - len(lines) - len(strategies)
	if airy {
		left -= 2 // blank lines
		lines = append(lines, "")
	}
	high := 1
	if v.width >= roomy {
		high = max(1, min(4, left/(len(rows)+1)-1))
	}
	for i, r := range rows {
		if i > 0 && high > 1 {
			lines = append(lines, "")
		}
		lines = append(lines, v.row(r, high)...)
	}
	if airy && len(strategies) > 0 {
		lines = append(lines, "")
	}
	return append(lines, strategies...)
}

func (v loadScreen) head() string {
	snap := v.frame.snap
	word := map[string]string{"running": "running", "waiting": "draining", "pending": "beginning"}[v.frame.phase]
	mark := v.g.state(v.frame.phase)
	text := strings.Replace(mark, v.frame.phase, word, 1) + "  " + Duration(snap.Elapsed.Truncate(time.Second))
	if snap.Until > 0 && !snap.Draining {
		text += " of " + Duration(snap.Until)
	}
	if v.width < roomy {
		return text
	}
	return text + "  " + v.frame.load + "  " + v.frame.title
}

func (v loadScreen) bar() string {
	share, known, c := v.frame.share, v.frame.known, v.frame.counts
	ended := fmt.Sprintf("%s of %s ended", Thousands(c.Submitted-c.Pending), Thousands(c.Submitted))
	if !known {
		return ended
	}
	width := min(50, v.width-wide(ended)-11)
	if width < 4 {
		return Percent(share) + "  " + ended
	}
	return v.g.bar(share, width) + fmt.Sprintf("%5s  ", Percent(share)) + ended
}

// rows are the figures, the most important first.
func (s loadState) rows() []row {
	sum, c := s.follow.Sum(), s.counts()
	r := s.follow.Result()
	all := &r.Series[len(r.Series)-1]
	snap := s.follow.Last()
	arrivals := s.values(func(x *measure.Sample) float64 { return float64(x.Submitted) }, true)
	ends := s.values(func(x *measure.Sample) float64 { return float64(x.Ended) }, true)
	flight := s.values(func(x *measure.Sample) float64 { return float64(x.InFlight) }, false)
	polls := s.values(func(x *measure.Sample) float64 { return float64(x.Polls) }, true)
	wrong := s.values(func(x *measure.Sample) float64 { return float64(x.Errors + x.Throttled) }, true)
	median := func(of func(*measure.Sample) *measure.Spread, q float64) []float64 {
		return s.values(func(x *measure.Sample) float64 { return float64(of(x).Quantile(q)) }, false)
	}
	at := func(values []float64) string { return brief(time.Duration(lastSeen(values))) }
	done := median(func(x *measure.Sample) *measure.Spread { return &x.DoneIn }, 0.5)
	lag := median(func(x *measure.Sample) *measure.Spread { return &x.LagIn }, 0.5)
	poll := median(func(x *measure.Sample) *measure.Spread { return &x.Latency }, 0.99)
	late := median(func(x *measure.Sample) *measure.Spread { return &x.Late }, 0.99)
	tail := func(h *measure.Histogram) string {
		return "p50 " + brief(h.Quantile(0.5)) + "  p99 " + brief(h.Quantile(0.99))
	}
	highest := 0.0
	if len(flight) > 0 {
		highest = slices.Max(flight)
	}
	lateNow := time.Duration(lastSeen(late))
	lateText, isLate := "on time", false
	if lateNow > 10*time.Millisecond {
		lateText, isLate = "this machine is too slow", true
	}
	lagText := tail(&all.Lag)
	if all.Lag.Count() == 0 && all.Done.Count() > 0 {
		lagText = "known when the run ends"
	}
	bad := sum.Errors + sum.Throttled
	return []row{
		{"arrivals", perSecond(latest(arrivals)) + "/s", arrivals, Thousands(c.Submitted) + " submitted", false},
		{"in flight", Thousands(snap.InFlight), flight, "at most " + Thousands(int64(highest)), false},
		{"ended", perSecond(latest(ends)) + "/s", ends, fate(c), c.Submitted-c.Pending > c.Succeeded},
		{"done", at(done), done, tail(&all.Done), false},
		{"lag", at(lag), lag, lagText, false},
		{"polls", perSecond(latest(polls)) + "/s", polls, fmt.Sprintf("%s an operation, %s not yet", pollsEach(c), portion(c.PollsWasted, c.PollsSent)), false},
		{"errors", perSecond(latest(wrong)) + "/s", wrong, fmt.Sprintf("%s errors, %s times 429", Thousands(sum.Errors), Thousands(sum.Throttled)), bad > 0},
		{"late p99", at(late), late, lateText, isLate},
		{"poll p99", at(poll), poll, tail(&all.Poll), false},
	}
}

// lastSeen is the newest value that is not nothing.
func lastSeen(values []float64) float64 {
	for i := len(values) - 1; i >= 0; i-- {
		if values[i] > 0 {
			return values[i]
		}
	}
	return 0
}

// row draws one figure: with little room without its sparkline.
func (v loadScreen) row(r row, high int) []string {
	mark := " "
	if r.alarm {
		mark = "!"
	}
	text := v.g.text(r.text)
	if r.alarm {
		text = v.g.warn(text)
		mark = v.g.warn(mark)
	}
	if v.width < roomy {
		return []string{fmt.Sprintf("%s %-9s%7s  ", mark, r.label, r.figure) + text}
	}
	const words = 36
	width := max(8, min(120, v.width-2-22-words))
	lines := v.g.spark(r.values, width, high)
	for i := range lines {
		lines[i] = strings.Repeat(" ", 21) + v.g.tint(lines[i])
	}
	last := len(lines) - 1
	lines[last] = fmt.Sprintf("%s %-9s%8s  ", mark, r.label, r.figure) + strings.TrimPrefix(lines[last], strings.Repeat(" ", 21)) + "  " + text
	return lines
}

// strategies compare what each has come to; nil if there is only one.
func (v loadScreen) strategies() []string {
	series := v.frame.snap.Series
	if len(series) < 2 {
		return nil
	}
	name := 10
	for _, s := range series {
		name = max(name, min(24, wide(v.g.text(s.Strategy))))
	}
	lines := []string{fmt.Sprintf("  %-*s %9s %9s %9s %9s", name, "strategy", "submitted", "ended", "polls/op", "not yet")}
	for _, s := range series {
		c := s.Counts
		ended := c.Succeeded + c.Failed + c.Cancelled + c.Refused + c.Lost + c.Gone + c.TimedOut
		lines = append(lines, fmt.Sprintf("  %s %9s %9s %9s %9s", v.g.pad(v.g.text(s.Strategy), name), Thousands(c.Submitted), Thousands(ended), pollsEach(c), portion(c.PollsWasted, c.PollsSent)))
	}
	return lines
}
