package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// The rules of the progress view. State is a symbol and a word, bold and in its colour; labels are faint,
// values are not; what deserves a look is yellow. No colour is the only carrier of a meaning. A bar
// stands only where there is a percentage, an estimate only where it is honest. Every wait says why.
// Nothing moves but the clock and what the server moved: the rows keep their places, and there is no
// spinner. Every server's text is cleaned. No line is wider than the terminal, and the last line
// stays empty: the cursor rests there, visible, so that there is nothing to restore, however the
// program ends.

// screen is the progress view of one operation at one moment.
type screen struct {
	op            operation
	g             glyphs
	title         string
	now           time.Time
	width, height int
}

// view returns the lines and an empty one for the cursor, never more than the terminal shows.
func (s screen) view() string {
	if s.width <= 0 || s.height <= 0 || s.op.began.IsZero() {
		return ""
	}
	return s.g.frame(s.lines, s.width, s.height)
}

// frame fits what lines composes for so many rows into the terminal: indented where there is room, cut
// to its width, and with an empty line at the end for the cursor.
func (g glyphs) frame(compose func(room int) []string, width, height int) string {
	room := max(1, height-1)
	lines := compose(room)
	lines = lines[:min(len(lines), room)]
	for i, line := range lines {
		if line != "" && width >= roomy {
			line = "  " + line
		}
		lines[i] = strings.TrimRight(g.clip(line, width), " ")
	}
	if height > 1 {
		lines = append(lines, "")
	}
	return strings.Join(lines, "\n")
}

// lines composes the parts; the timeline gets what room is left, but not all of a tall terminal.
func (s screen) lines(room int) []string {
	airy := room >= 16
	lines := []string{s.head()}
	if bar := s.bar(); bar != "" {
		lines = append(spaced(lines, airy), bar)
	}
	lines = append(spaced(lines, airy), s.facts()...)
	lines = append(lines, s.notes(max(1, room/6))...)
	rest := room - len(lines) - 1
	t := timeline{g: s.g, width: s.width}
	if s.width >= roomy {
		t.width -= 2
	}
	if rows := t.rows(s.op.exchanges, min(rest, 1+max(4, s.height/3))); len(rows) > 0 {
		lines = append(spaced(lines, true), rows...)
	}
	return lines
}

func spaced(lines []string, space bool) []string {
	if space {
		return append(lines, "")
	}
	return lines
}

func (s screen) head() string {
	text := s.g.state(s.op.state())
	if native := s.op.last.Native; s.op.end == nil && native != "" && !strings.EqualFold(native, s.op.last.State) {
		text += " (" + s.g.clip(s.g.text(native), maxWord) + ")"
	}
	if s.title != "" {
		text += "  " + s.g.text(s.title)
	}
	return text
}

// bar shows the server's percentage, or how much of the result is here; "" where there is neither.
func (s screen) bar() string {
	var percent float64
	switch t := s.op.transfer; {
	case t != nil && t.Total > 0:
		percent = 100 * float64(t.Bytes) / float64(t.Total)
	case t != nil || s.op.end != nil || s.op.last.Percent == nil:
		return ""
	default:
		percent = *s.op.last.Percent
	}
	width := min(100, s.width-5)
	if s.width >= roomy {
		width = min(100, s.width-8)
	}
	if width < 4 {
		return Percent(percent)
	}
	return s.g.bar(percent, width) + fmt.Sprintf("%5s", Percent(percent))
}

// facts are the rows about the operation: those that have something to say.
func (s screen) facts() []string {
	elapsed := Duration(s.op.elapsed(s.now).Truncate(time.Second)) + ", " + Count(s.op.polls(), "poll")
	if left, ok := s.op.progress.left(s.now); ok && s.op.end == nil && s.op.last.Next == lro.Polling.String() {
		elapsed += ", " + about(left)
	}
	said := s.g.text(s.op.last.Message)
	if s.op.end != nil && s.op.end.Problem.String()+s.op.end.Detail != "" {
		if said = s.g.text(s.op.end.Problem.String()); said == "" {
			said = s.g.text(s.op.end.Detail)
		}
	}
	facts := []string{s.fact("elapsed", elapsed)}
	if said != "" {
		facts = append(facts, s.fact("server", said))
	}
	facts = append(facts, s.next())
	if s.op.statusURL != "" && s.width >= roomy && s.height >= 16 {
		facts = append(facts, s.fact("status", s.g.link(s.op.statusURL)))
	}
	return facts
}

func (s screen) fact(label, text string) string {
	if s.width < roomy {
		return s.g.faint(fmt.Sprintf("%-8s", label)) + text
	}
	return s.g.faint(fmt.Sprintf("%-10s", label)) + text
}

// notes are the last ones, each whole if there is room.
func (s screen) notes(most int) []string {
	var lines []string
	for _, n := range s.op.notes {
		label := "note"
		for line := range strings.SplitSeq(ansi.Wrap(s.g.text(noteText(n)), max(10, s.width-14), ""), "\n") {
			lines = append(lines, s.fact(label, s.g.warn(line)))
			label = ""
		}
	}
	return lines[:min(len(lines), most)]
}

// next says what comes next, when, and why not earlier.
func (s screen) next() string {
	switch o := s.op; {
	case o.transfer != nil:
		return s.fact("result", strings.TrimPrefix(transferText(*o.transfer), "receiving the result: ")+" received")
	case o.end != nil && o.end.Outcome != lro.Succeeded.String():
		return s.fact("reason", s.g.text(reasonText(*o.end)))
	case o.end != nil:
		return s.fact("result", "receiving")
	case o.wait != nil && o.wait.Until.After(s.now):
		rest := (o.wait.Until.Sub(s.now) + time.Second - 1).Truncate(time.Second)
		return s.fact("next", "in "+Duration(rest)+": "+s.why())
	case o.request != nil && s.now.Sub(o.sent) >= 2*time.Second:
		return s.fact("next", activity(o.request.Phase)+", no answer for "+Duration(s.now.Sub(o.sent).Truncate(time.Second)))
	case o.request != nil:
		return s.fact("next", activity(o.request.Phase))
	}
	return s.fact("next", "now")
}

// why says what makes the wait as long as it is.
func (s screen) why() string {
	last := s.op.last
	asked := "the server asked for "
	if s.width < roomy {
		asked = "asked for "
	}
	switch {
	case s.op.wait.Why == "server" && last.HintMS > 0 && last.Hint == "capped":
		return asked + "longer"
	case s.op.wait.Why == "server" && last.HintMS > 0:
		return asked + Duration(milliseconds(last.HintMS))
	case s.op.wait.Why == "miss" && s.width < roomy:
		return "the last request failed"
	case s.op.wait.Why == "deadline" && s.width < roomy:
		return "last before the deadline"
	case s.op.wait.Why == "redirect" && s.width < roomy:
		return "before the redirect"
	}
	return whyText(s.op.wait.Why)
}

// activity says what a request in flight is for.
func activity(phase string) string {
	if text, ok := map[string]string{
		"submit": "submitting", "follow": "following a redirect", "fetch": "fetching the result", "cancel": "cancelling",
	}[phase]; ok {
		return text
	}
	return "polling"
}
