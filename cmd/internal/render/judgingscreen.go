package render

import (
	"fmt"
	"time"

	"github.com/asyncctl/asyncctl/conformance"
)

// judgingScreen is the view of a conformance run at one moment. It keeps the rules of the view of an
// operation (screen.go): each probe keeps its row, and nothing moves but the clock and what the server
// moved. How many probes there will be is not known, so there is no bar.
type judgingScreen struct {
	run           judging
	g             glyphs
	title         string
	now           time.Time
	width, height int
}

func (s judgingScreen) view() string {
	if s.width <= 0 || s.height <= 0 || s.run.began.IsZero() {
		return ""
	}
	return s.g.frame(s.lines, s.width, s.height)
}

func (s judgingScreen) lines(room int) []string {
	j := s.run
	lines := []string{"judging  " + s.g.text(s.title)}
	facts := fmt.Sprintf("%d of %s done, %s, %s", j.done(), Count(len(j.probes), "probe"), Count(j.requests, "request"),
		Duration(max(0, s.now.Sub(j.began)).Truncate(time.Second)))
	if verdicts := j.verdicts(); verdicts != "" {
		facts = "judged: " + verdicts
	}
	lines = append(spaced(lines, room >= 16), facts)
	for _, note := range j.notes {
		lines = append(lines, s.g.warn(s.g.text(note)))
	}
	found := s.findings(max(1, (room-len(lines))/2))
	if rest := room - len(lines) - len(found) - 1; rest > 0 && len(j.probes) > 0 {
		lines = append(append(lines, ""), s.rows(rest)...)
	}
	return append(lines, found...)
}

// findings are what was found so far, the latest last; where there is no room for all of them the first
// are counted.
func (s judgingScreen) findings(most int) []string {
	shown := s.run.found
	if len(shown) == 0 || most < 2 {
		return nil
	}
	lines := []string{"", ""}[:min(1, most-1)]
	if left := len(shown) - (most - 1); left > 0 {
		shown = shown[left+1:]
		lines = append(lines, fmt.Sprintf("%s more, and", Count(left+1, "finding")))
	}
	for _, f := range shown {
		symbol := s.g.symbol("failed")
		if f.Outcome == conformance.Warn {
			symbol = s.g.symbol("timeout")
		}
		lines = append(lines, symbol+" "+s.g.text(f.Message)+"  ("+s.g.text(f.Rule)+")")
	}
	return lines
}

// rows are the probes; where there is no room for all of them, those that are at work come before
// those that are done, and what is left out is counted.
func (s judgingScreen) rows(most int) []string {
	shown := s.run.probes
	left := 0
	if len(shown) > most {
		var working, ended []probing
		for _, p := range shown {
			if p.running() {
				working = append(working, p)
			} else {
				ended = append(ended, p)
			}
		}
		shown = append(working, ended...)
		left = len(shown) - most + 1
		shown = shown[:most-1]
	}
	var rows []string
	for i := range shown {
		rows = append(rows, s.row(&shown[i]))
	}
	if left > 0 {
		rows = append(rows, fmt.Sprintf("and %d more", left))
	}
	return rows
}

func (s judgingScreen) row(p *probing) string {
	word := "running"
	switch {
	case p.running():
	case p.why != "":
		word = "timeout"
	default:
		word = "succeeded"
	}
	purpose := p.purpose
	if purpose == "" {
		purpose = p.name
	}
	return s.g.symbol(word) + " " + s.g.pad(s.g.text(purpose), min(48, max(12, s.width/2))) + "  " + s.doing(p)
}

// doing says what a probe does, or did.
func (s judgingScreen) doing(p *probing) string {
	requests := Count(p.requests, "request")
	if !p.running() {
		text := fmt.Sprintf("%s in %s", requests, Duration(p.ended.Sub(p.began)))
		if p.why != "" {
			text += ", " + s.g.text(endedText(p.why))
		}
		return text
	}
	switch {
	case p.waiting != nil && p.waiting.Until.After(s.now):
		rest := (p.waiting.Until.Sub(s.now) + time.Second - 1).Truncate(time.Second)
		return fmt.Sprintf("%s, next in %s: %s", s.g.text(askedText(p)), Duration(rest), s.g.text(p.waiting.Why))
	case p.requests == 0:
		return "asking"
	}
	return askedText(p) + ", " + requests
}

// askedText is the last question with its answer.
func askedText(p *probing) string {
	switch {
	case p.asked.Role == "":
		return "begun"
	case p.asked.Status == 0:
		return Clean(p.asked.Method) + ": no answer"
	}
	return fmt.Sprintf("%s %d", Clean(p.asked.Method), p.asked.Status)
}

// endedText says why a conversation ended early.
func endedText(why string) string {
	switch why {
	case "budget":
		return "the time was up"
	case "interrupted":
		return "interrupted"
	}
	return Clean(why)
}
