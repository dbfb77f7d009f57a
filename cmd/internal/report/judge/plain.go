package judge

import (
	"strings"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/internal/show"
)

// explanation is a finding in full as lines of plain text, for the formats that have one place for
// all of it.
func (d *digest) explanation(e *entry) string {
	var lines []string
	add := func(label, text string) {
		if text != "" {
			lines = append(lines, label+visible(text))
		}
	}
	add("", e.rule.Title)
	if tags := e.tags(); tags != "" {
		add("", "("+tags+")")
	}
	add("", e.excuse())
	if len(e.Findings) == 0 { // whose first says the same
		add("", e.why())
	}
	for i := range e.Findings {
		if i == mostFindings {
			lines = append(lines, "", "and "+show.Count(len(e.Findings)-i, "more finding"))
			break
		}
		lines = append(lines, "")
		lines = append(lines, d.evidenceLines(&e.Findings[i])...)
	}
	lines = append(lines, "")
	add("why: ", e.rule.Why)
	add("breaks: ", e.rule.Breaks)
	add("fix: ", e.rule.Fix)
	add("source: ", strings.Join(e.rule.Sources, "; "))
	if len(e.Findings) > 0 {
		for _, command := range d.reproduce(&e.Findings[0]) {
			lines = append(lines, "again: "+command)
		}
	}
	lines = append(lines, "more: asyncctl explain "+visible(e.ID))
	return strings.Join(lines, "\n")
}

// evidenceLines are a finding with its exchange.
func (d *digest) evidenceLines(f *conformance.Finding) []string {
	_, x := d.exchange(f)
	lines := []string{visible(f.Message)}
	if p := place(f, x); p != "" {
		lines[0] += "; " + p
	}
	if x == nil {
		for _, line := range f.Lines {
			lines = append(lines, "! "+show.Clip(visible(line), lineWidth))
		}
		return lines
	}
	for _, l := range wire(x, f.Lines) {
		mark := "  "
		if l.Hit {
			mark = "! "
		}
		lines = append(lines, mark+string(l.Side)+" "+l.Text)
	}
	return lines
}

// summary is what is wrong with one rule, in a sentence.
func (e *entry) summary() string {
	switch n := len(e.Findings); {
	case n == 1:
		return visible(e.Findings[0].Message)
	case n > 1:
		return visible(e.Findings[0].Message) + "; and " + show.Count(n-1, "more finding")
	case e.why() != "":
		return e.why()
	}
	return visible(e.rule.Title)
}
