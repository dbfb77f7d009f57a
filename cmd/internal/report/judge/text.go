package judge

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/internal/show"
)

// The rules of the text: what is wrong comes first and whole, what is right is a number. A word says
// what a colour says. Each line of an exchange begins with who said it, so that nothing that a server
// wrote stands at the beginning of a line.

// mostNames is how many rules are named that were not judged for one reason.
const mostNames = 10

// textWriter writes one report.
type textWriter struct {
	*bytes.Buffer
	d     *digest
	width int
}

func writeText(b *bytes.Buffer, d *digest) error {
	t := &textWriter{b, d, cmp.Or(d.o.Width, 100)}
	t.head()
	if d.Broken != "" {
		t.broken()
	} else {
		for i := range d.themes {
			t.theme(&d.themes[i])
		}
		t.unjudged()
	}
	t.stale()
	t.left()
	t.foot()
	return nil
}

// broken shows the exchange that says why nothing could be judged, instead of a long list of rules that
// were not.
func (t *textWriter) broken() {
	x := t.d.decisive()
	if x == nil {
		return
	}
	t.Buffer.WriteByte('\n')
	for _, line := range wire(x, nil) {
		fmt.Fprintf(t, "      %s\n", t.faint(string(line.Side)+" "+line.Text))
	}
	t.Buffer.WriteByte('\n')
	t.fact("again", Curl(&x.Request))
}

func (t *textWriter) head() {
	d := t.d
	fmt.Fprintf(t, "%s\n", t.bold("Conformance of "+visible(d.Target)))
	facts := []string{"dialect " + visible(cmp.Or(d.Dialect, "not known"))}
	if d.Cue != "" {
		facts[0] += " (" + visible(d.Cue) + ")"
	}
	facts = append(facts, "level "+string(cmp.Or(d.Level, conformance.May)))
	if d.TargetFile != "" {
		facts = append(facts, "target "+visible(d.TargetFile))
	}
	fmt.Fprintf(t, "%s\n", strings.Join(facts, ", "))
	for _, note := range d.Notes {
		t.paragraph("", "note: "+visible(note))
	}
}

// left lists the operations that the run leaves behind.
func (t *textWriter) left() {
	if len(t.d.LeftRunning) == 0 {
		return
	}
	fmt.Fprintf(t, "\n%s\n", t.bold("Left running: the server was not seen to cancel these"))
	for i, url := range t.d.LeftRunning {
		if i == mostNames {
			fmt.Fprintf(t, "  and %d more\n", len(t.d.LeftRunning)-i)
			break
		}
		fmt.Fprintf(t, "  %s\n", visible(url))
	}
}

// theme writes the findings of a theme; with nothing wrong it is one line.
func (t *textWriter) theme(th *theme) {
	fmt.Fprintf(t, "\n%s  %s\n", t.bold(visible(th.name)), tally(th.entries))
	for _, e := range th.entries {
		switch {
		case e.shown == string(conformance.Fail):
			t.finding(e, true)
		case e.shown == waived || e.shown == string(conformance.Warn):
			t.finding(e, false)
		case t.d.o.Verbose && e.shown == string(conformance.Pass):
			fmt.Fprintf(t, "  %s %s  %s\n", t.mark(e.shown), e.label(), visible(e.rule.Title))
		}
	}
}

// finding writes what is wrong with one rule; whole, with the exchange, the reasons and the way out.
func (t *textWriter) finding(e *entry, whole bool) {
	fmt.Fprintf(t, "\n  %s  %s  %s\n", t.mark(e.shown), t.bold(e.ID), t.faint("("+e.tags()+")"))
	t.paragraph("    ", visible(e.rule.Title))
	if e.Waiver != nil {
		t.paragraph("    ", e.excuse())
	}
	for i := range e.Findings {
		if i == mostFindings {
			fmt.Fprintf(t, "\n    and %d more of the kind\n", len(e.Findings)-i)
			break
		}
		t.evidence(&e.Findings[i], whole)
	}
	if len(e.Findings) == 0 && e.why() != "" {
		t.paragraph("    ", e.why())
	}
	t.Buffer.WriteByte('\n')
	if whole {
		t.fact("why", visible(e.rule.Why))
		t.fact("breaks", visible(e.rule.Breaks))
	}
	t.fact("fix", visible(e.rule.Fix))
	t.fact("source", visible(strings.Join(e.rule.Sources, "; ")))
	if len(e.Findings) > 0 && whole {
		for _, command := range t.d.reproduce(&e.Findings[0]) {
			t.fact("again", command)
		}
	}
	t.fact("more", "asyncctl explain "+e.ID)
}

func (t *textWriter) evidence(f *conformance.Finding, whole bool) {
	_, x := t.d.exchange(f)
	text := visible(f.Message)
	if p := place(f, x); p != "" {
		text += "; " + p
	}
	t.Buffer.WriteByte('\n')
	t.paragraph("    ", text)
	if x == nil || !whole {
		for _, line := range f.Lines {
			fmt.Fprintf(t, "    %s\n", t.accent("! "+show.Clip(visible(line), lineWidth)))
		}
		return
	}
	for _, line := range wire(x, f.Lines) {
		row := string(line.Side) + " " + line.Text
		if line.Hit {
			fmt.Fprintf(t, "    %s\n", t.accent("! "+row))
			continue
		}
		fmt.Fprintf(t, "      %s\n", t.faint(row))
	}
}

// fact writes a labelled paragraph. A command stays one line: it is there to be copied.
func (t *textWriter) fact(label, text string) {
	if text == "" {
		return
	}
	lines := []string{text}
	if label != "again" {
		lines = wrap(text, t.width-12)
	}
	for i, line := range lines {
		if i > 0 {
			label = ""
		}
		fmt.Fprintf(t, "    %-7s %s\n", label, line)
	}
}

// marked writes a paragraph behind the mark of an outcome.
func (t *textWriter) marked(shown, text string) {
	for i, line := range wrap(text, t.width-8) {
		if i == 0 {
			fmt.Fprintf(t, "  %s %s\n", t.mark(shown), line)
			continue
		}
		fmt.Fprintf(t, "        %s\n", line)
	}
}

func (t *textWriter) paragraph(indent, text string) {
	for _, line := range wrap(text, t.width-len(indent)) {
		fmt.Fprintf(t, "%s%s\n", indent, line)
	}
}

// unjudged lists what came to no verdict, by the reason: what did not run is never silent.
func (t *textWriter) unjudged() {
	for _, kind := range []conformance.Outcome{conformance.Inconclusive, conformance.Skip, conformance.NotApplicable} {
		entries := t.d.entries(string(kind))
		if len(entries) == 0 {
			continue
		}
		fmt.Fprintf(t, "\n%s\n", t.bold(map[conformance.Outcome]string{
			conformance.Inconclusive: "Inconclusive", conformance.Skip: "Skipped", conformance.NotApplicable: "Not applicable",
		}[kind]))
		var reasons []string
		by := map[string][]string{}
		for _, e := range entries {
			why := cmp.Or(e.why(), "no reason was given")
			if by[why] == nil {
				reasons = append(reasons, why)
			}
			by[why] = append(by[why], e.ID)
		}
		for _, why := range reasons {
			t.marked(string(kind), show.Clip(why, 4*t.width))
			ids := by[why]
			if why == conformance.NotSelected && !t.d.o.Verbose {
				t.paragraph("        ", show.Count(len(ids), "rule")) // the person knows which
				continue
			}
			more := ""
			if len(ids) > mostNames+2 && !t.d.o.Verbose {
				ids, more = ids[:mostNames], fmt.Sprintf(", and %d more", len(ids)-mostNames)
			}
			t.paragraph("        ", strings.Join(ids, ", ")+more)
		}
	}
}

func (t *textWriter) stale() {
	if len(t.d.Stale) == 0 {
		return
	}
	fmt.Fprintf(t, "\n%s\n", t.bold("Stale waivers"))
	for i := range t.d.Stale {
		s := &t.d.Stale[i]
		t.marked(string(conformance.Fail), visible(s.Rule)+": "+staleText(s))
	}
}

func (t *textWriter) foot() {
	d := t.d
	word, color := strings.ToUpper(d.verdict.Word), red
	if d.verdict.Passed() {
		color = green
	}
	text := word
	if len(d.verdict.Reasons) > 0 {
		text += ": " + visible(strings.Join(d.verdict.Reasons, ", "))
	}
	fmt.Fprintf(t, "\n%s%s\n%s\n", t.paint(color, word), strings.TrimPrefix(text, word), d.counted()) // each a line to search for
}

// The colours of the text.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

func (t *textWriter) paint(color, text string) string {
	if !t.d.o.Color {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func (t *textWriter) bold(text string) string   { return t.paint("1", text) }
func (t *textWriter) faint(text string) string  { return t.paint("2", text) }
func (t *textWriter) accent(text string) string { return t.paint("1;"+red, text) }

// outcomeMarks are the symbols, the words and the colours of the outcomes.
var outcomeMarks = map[string]struct{ symbol, ascii, word, color string }{
	"fail":         {"✗", "x", "FAIL", red},
	"warn":         {"!", "!", "WARN", yellow},
	waived:         {"~", "~", "WAIVED", yellow},
	"pass":         {"✓", "+", "pass", green},
	"skip":         {"-", "-", "skip", cyan},
	"n/a":          {"·", ".", "n/a ", ""},
	"inconclusive": {"?", "?", "inconclusive", yellow},
}

func (t *textWriter) mark(shown string) string {
	m := outcomeMarks[shown]
	symbol := m.symbol
	if t.d.o.ASCII {
		symbol = m.ascii
	}
	if m.color == "" {
		return symbol + " " + m.word
	}
	return t.paint(m.color, symbol+" "+m.word)
}
