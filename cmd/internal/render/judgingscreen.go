package render

import (
	"fmt"
	"time"
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
	facts := fmt.Sprintf("%d of %s through, %s, %s", j.through(), Count(len(j.probes), "probe"), Count(j.requests, "request"),
		Duration(max(0, s.now.Sub(j.began)).Truncate(time.Second)))
	if verdicts := j.verdicts(); verdicts != "" {
		facts = "judged: " + verdicts
	}
	lines = append(spaced(lines, room >= 16), facts)
	if rest := room - len(lines) - 1; rest > 0 && len(j.probes) > 0 {
		lines = append(append(lines, ""), s.rows(rest)...)
	}
	return lines
}

// rows are the probes; where there is no room for all of them, those that are at work come before
// those that are through, and what is left out is counted.
func (s judgingScreen) rows(most int) []string {
	shown := s.run.probes
	left := 0
	if len(shown) > most {
		var working, through []probing
		for _, p := range shown {
			if p.running() {
				working = append(working, p)
			} else {
				through = append(through, p)
			}
		}
		shown = append(working, through...)
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
	symbol := s.g.symbol(word) + " " + s.g.pad(s.g.text(p.name), 12)
	text := s.doing(p)
	if s.width >= 100 && p.purpose != "" {
		return symbol + " " + s.g.pad(s.g.text(p.purpose), 52) + "  " + text
	}
	return symbol + " " + text
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
		return Clean(string(p.asked.Role)) + ": no answer"
	}
	return fmt.Sprintf("%s %d", Clean(string(p.asked.Role)), p.asked.Status)
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
