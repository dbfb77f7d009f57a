package load

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/loadtest/judge"
)

// TextOptions say how a text is laid out.
type TextOptions struct {
	// Width of the terminal; 0: 80, and 40 at least.
	Width int
	// Color allows bold and the 16 colours; no colour is the only carrier of a meaning.
	Color bool
	// ASCII keeps to ASCII.
	ASCII bool
}

// page writes lines and remembers the first error.
type page struct {
	w   *bufio.Writer
	o   TextOptions
	sum *measure.Series // over all strategies
}

func (p *page) line(format string, args ...any) {
	fmt.Fprintf(p.w, format, args...)
	p.w.WriteByte('\n')
}

// styled puts text into an ANSI style.
func (p *page) styled(style, text string) string {
	if !p.o.Color || text == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[m"
}

const (
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// heading begins a part.
func (p *page) heading(text string) {
	p.line("")
	for _, line := range wrap(text, p.o.Width) {
		p.line("%s", p.styled(bold, line))
	}
}

// prose writes a paragraph with a hanging indent: rest is at least as wide as first.
func (p *page) prose(first, rest, text string) {
	width := p.o.Width - utf8.RuneCountInString(rest)
	indent := first
	for _, line := range wrap(text, max(width, 20)) {
		p.line("%s%s", indent, line)
		indent = rest
	}
}

func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines = append(lines, line)
			line = ""
		}
		line += strings.Repeat(" ", min(len(line), 1)) + word
	}
	return append(lines, line)
}

// Text writes the summary for people: the story first, then the tables.
func (v View) Text(w io.Writer, o TextOptions) error {
	o.Width = max(cmp.Or(o.Width, 80), 40)
	p := &page{w: bufio.NewWriter(w), o: o, sum: total(v.Result)}
	v.story(p)
	v.warnings(p)
	if len(v.Result.Series) > 1 {
		v.strategies(p)
	}
	for i := range v.Result.Series {
		v.latencies(p, &v.Result.Series[i])
	}
	v.fates(p)
	v.errors(p)
	v.thresholds(p)
	return p.w.Flush()
}

// total adds up the series.
func total(r *loadtest.Result) *measure.Series {
	sum := &measure.Series{}
	for i := range r.Series {
		sum.Add(&r.Series[i])
	}
	return sum
}

func (v View) story(p *page) {
	r, sum := v.Result, p.sum
	c := &sum.Counts
	title := "no operation was submitted"
	if c.Submitted > 0 {
		title = fmt.Sprintf("%s, %s a second for %s", plural(c.Submitted, "operation"), rate(float64(c.Submitted)/max(r.Arriving().Seconds(), 1e-9)), span(r.Arriving()))
		if rest := r.Elapsed - r.Arriving(); rest > time.Second {
			title += ", all over after " + span(r.Elapsed)
		}
	}
	for _, line := range wrap(title, p.o.Width) {
		p.line("%s", p.styled(bold, line))
	}
	p.prose("", "", fmt.Sprintf("%s, %s; %s", visible(r.Target), visible(cmp.Or(r.Load, "load not recorded")), visible(cmp.Or(r.Dialect, "generic"))))
	p.line("")
	p.fact("how many", fmt.Sprintf("%s of %s succeeded (%s)%s", number(c.Succeeded), number(c.Submitted), percent(c.Succeeded, c.Submitted), others(c)))
	p.fact("how fast", fmt.Sprintf("accepted in %s, done in %s (p50), %s (p99)", at("accept", sum, 0.5), at("done", sum, 0.5), at("done", sum, 0.99)))
	p.fact("how late", v.lateness(sum))
	if c.PollsSent == 0 {
		p.fact("polling", "no poll was sent")
		return
	}
	p.fact("polling", fmt.Sprintf("%s polls an operation; %s of %s polls were answered \"not yet\"%s", digits(mean(&sum.Polls)), percent(c.PollsWasted, c.PollsSent), number(c.PollsSent), early(c)))
	if sum.Asked.Count() > 0 && sum.Needed.Count() > 0 {
		p.fact("hints", fmt.Sprintf("the server asked for %s (p50); to meet the end of the work it had to be %s (p50), %s (p99)", at("asked", sum, 0.5), at("needed", sum, 0.5), at("needed", sum, 0.99)))
	}
	if v.Advice != nil {
		p.fact("Retry-After", v.recommendation())
	}
}

// fact writes a label and what is to be said about it.
func (p *page) fact(label, text string) {
	indent := strings.Repeat(" ", 15)
	lines := wrap(text, max(p.o.Width-15, 20))
	p.line("  %s%s", p.styled(faint, fmt.Sprintf("%-13s", label)), lines[0])
	for _, line := range lines[1:] {
		p.line("%s%s", indent, line)
	}
}

// others lists the fates that are not success.
func others(c *measure.Counts) string {
	text := ""
	for _, f := range fatesOf(c) {
		if f.n > 0 && f.name != "succeeded" {
			text += fmt.Sprintf(", %s %s", number(f.n), f.name)
		}
	}
	return text
}

func early(c *measure.Counts) string {
	if c.PollsEarly == 0 {
		return ""
	}
	return ", " + number(c.PollsEarly) + " came before the hint allowed it"
}

// lateness tells of detection lag, and how it is known.
func (v View) lateness(sum *measure.Series) string {
	if sum.Lag.Count() == 0 {
		return "not known: no operation was seen to be done"
	}
	bounds := func(share float64) string {
		return fmt.Sprintf("between %s and %s", span(sum.LagLeast.Quantile(share)), at("lag", sum, share))
	}
	text := fmt.Sprintf("the client knew %s (p50), %s (p99) after the server was done", at("lag", sum, 0.5), at("lag", sum, 0.99))
	switch clock := v.Result.Clock; {
	case sum.Truth == measure.TruthMixed:
		text += "; the server tells of some operations only when that was: the others count with the most that the polls leave open"
	case sum.Truth == measure.TruthBounded:
		text = fmt.Sprintf("the client knew %s (p50), %s (p99) after the server was done: the server does not tell when that was, so the polls bound it", bounds(0.5), bounds(0.99))
	case clock.Known && clock.Uncertainty > 0:
		text += fmt.Sprintf("; its clock is read within %s", span(clock.Uncertainty))
	}
	return text
}

// recommendation is the advice in a sentence.
func (v View) recommendation() string {
	h := v.Advice.Header
	text := fmt.Sprintf("send \"Retry-After: %s\": %s polls an operation, noticed after %s (p50), %s (p99)", headerValue(v.Advice, h), digits(h.Polls), span(h.P50), span(h.P99))
	if rule := v.Advice.Rule; rule != nil {
		text += fmt.Sprintf(". Better: %s: %s polls, %s (p50), %s (p99)", rule.Words, digits(rule.Polls), span(rule.P50), span(rule.P99))
	}
	return text
}

// headerValue is what a server would write: whole seconds as Retry-After has them.
func headerValue(a *judge.Advice, p judge.Point) string {
	if a.Unit%time.Second == 0 {
		return fmt.Sprint(int64(p.Schedule.Then / time.Second))
	}
	return p.Words
}

func (v View) warnings(p *page) {
	r := v.Result
	if r.Stopped == "" && len(r.Warnings) == 0 {
		return
	}
	p.line("")
	mark := "! "
	if r.Stopped != "" {
		p.prose(p.styled(yellow, mark), "  ", "the run ended before its plan did: "+visible(r.Stopped))
	}
	for _, w := range v.warned() {
		p.prose(p.styled(yellow, mark), "  ", visible(w))
	}
}

// at is a quantile in words: a dash where nothing was measured, and ">" before what it is more than
// where it is not known.
func at(name string, s *measure.Series, share float64) string {
	f, ok := metric(name).Quantile(s, share)
	return figureText(f, ok)
}

func figureText(f measure.Figure, ok bool) string {
	switch {
	case !ok:
		return "-"
	case f.Known:
		return span(time.Duration(f.Value))
	case f.More > 0:
		return ">" + span(time.Duration(f.More))
	}
	return "?"
}

// mean is that of a histogram of numbers, with its fraction.
func mean(h *measure.Histogram) float64 {
	sum, n := 0.0, 0.0
	for _, b := range h.Bars() {
		sum += (float64(b.From) + float64(b.To)) / 2 * float64(b.Count)
		n += float64(b.Count)
	}
	return sum / max(n, 1)
}
