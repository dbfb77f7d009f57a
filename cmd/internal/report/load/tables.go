package load

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
)

// table writes rows under a head; the first column is text, the others are numbers. Columns that do
// not fit are left out, from the right.
func (p *page) table(head []string, rows [][]string) {
	widths := make([]int, len(head))
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	shown, room := 1, p.o.Width-2-widths[0]
	for shown < len(head) && room >= widths[shown]+2 {
		room -= widths[shown] + 2
		shown++
	}
	render := func(row []string) string {
		var b strings.Builder
		b.WriteString("  " + row[0] + strings.Repeat(" ", widths[0]-utf8.RuneCountInString(row[0])))
		for i := 1; i < shown; i++ {
			b.WriteString(strings.Repeat(" ", 2+widths[i]-utf8.RuneCountInString(row[i])) + row[i])
		}
		return strings.TrimRight(b.String(), " ")
	}
	p.line("%s", p.styled(faint, render(head)))
	for _, row := range rows {
		p.line("%s", render(row))
	}
}

// strategies holds the poll strategies against each other.
func (v View) strategies(p *page) {
	p.heading("strategies side by side")
	var rows [][]string
	for i := range v.Result.Series {
		s := &v.Result.Series[i]
		rows = append(rows, []string{
			visible(s.Name()), digits(mean(&s.Polls)), at("lag", s, 0.5), at("lag", s, 0.99), at("done", s, 0.5), at("done", s, 0.99),
			percent(s.Counts.PollsWasted, s.Counts.PollsSent), percent(s.Counts.PollsEarly, s.Counts.PollsSent),
		})
	}
	p.table([]string{"", "polls/op", "lag p50", "lag p99", "done p50", "done p99", "wasted", "early"}, rows)
}

// latencies is the table of one series.
func (v View) latencies(p *page, s *measure.Series) {
	title := "latency from the planned moment"
	if len(v.Result.Series) > 1 {
		title = "latency: " + visible(s.Name())
	}
	p.heading(title)
	var rows [][]string
	for _, m := range measure.Metrics() {
		h := m.Of(s)
		if h.Count()+m.Open(s) == 0 || m.Plain || m.Name == "asked" || m.Name == "needed" {
			continue
		}
		rows = append(rows, []string{
			m.Name, at(m.Name, s, 0.5), at(m.Name, s, 0.9), at(m.Name, s, 0.99), at(m.Name, s, 0.999), figureText(m.Max(s)), figureText(m.Mean(s)), number(h.Count()),
		})
		if least := m.Least(s); least != h && s.Truth != measure.TruthServer && least.Count() > 0 {
			q := func(share float64) string { return span(least.Quantile(share)) }
			rows = append(rows, []string{"  at least", q(0.5), q(0.9), q(0.99), q(0.999), span(least.Max()), span(least.Mean()), number(least.Count())})
		}
	}
	if len(rows) == 0 {
		p.line("  nothing was measured")
		return
	}
	p.table([]string{"", "p50", "p90", "p99", "p99.9", "max", "mean", "count"}, rows)
}

type fate struct {
	name string
	n    int64
}

func fatesOf(c *measure.Counts) []fate {
	return []fate{
		{"succeeded", c.Succeeded}, {"failed", c.Failed}, {"cancelled", c.Cancelled}, {"refused", c.Refused},
		{"lost", c.Lost}, {"gone", c.Gone}, {"timed out", c.TimedOut}, {"pending", c.Pending},
	}
}

// fates accounts for every operation, and for the requests.
func (v View) fates(p *page) {
	c := &p.sum.Counts
	p.heading("every operation accounted for")
	var parts []string
	for _, f := range fatesOf(c) {
		if f.n > 0 {
			parts = append(parts, number(f.n)+" "+f.name)
		}
	}
	balance := fmt.Sprintf("%s submitted = %s", number(c.Submitted), strings.Join(parts, " + "))
	if len(parts) == 0 {
		balance = "none was submitted"
	}
	if !c.Balanced() {
		balance += p.styled(red, "  (does not balance: a bug of the generator)")
	}
	p.prose("  ", "    ", balance)
	if c.Planned > c.Submitted {
		arrivals := fmt.Sprintf("%s planned = %s submitted", number(c.Planned), number(c.Submitted))
		for _, f := range []fate{{"shed", c.Shed}, {"missed", c.Missed}, {"unreached", c.Unreached}} {
			if f.n > 0 {
				arrivals += fmt.Sprintf(" + %s %s", number(f.n), f.name)
			}
		}
		p.prose("  ", "    ", arrivals)
	}
	if w := &v.Result.Warmed; w.Planned > 0 {
		p.prose("  ", "    ", fmt.Sprintf("before that %s in the warm-up of %s, not counted: %s submitted", plural(w.Planned, "arrival"), span(v.Result.Warmup), number(w.Submitted)))
	}
	p.prose("  ", "    ", fmt.Sprintf("%s: %s, %s of them sent again, %s answered 429; %s in, %s out",
		plural(c.Requests, "request"), polled(c), number(c.Resent), number(c.Throttled), size(c.BytesIn), sent(c)))
	if l := littles(v.Result, p.sum); l != "" {
		p.prose("  ", "    ", l)
	}
}

// sent is how many bytes the requests had. net/http does not tell.
// polled says how many polls there were and what became of each.
func polled(c *measure.Counts) string {
	text := plural(c.PollsSent, "poll")
	var parts []string
	for _, f := range []fate{{"\"not yet\"", c.PollsWasted}, {"reported the end", c.PollsTold}, {"failed", c.PollsFailed}, {"under way", c.PollsOpen}} {
		if f.n > 0 {
			parts = append(parts, number(f.n)+" "+f.name)
		}
	}
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, " + ") + ")"
	}
	return text
}

func sent(c *measure.Counts) string {
	if c.BytesOut == 0 && c.Requests > 0 {
		return "an unknown number"
	}
	return size(c.BytesOut)
}

// littles checks the samples by Little's law: what is in flight is the rate times the time.
func littles(r *loadtest.Result, sum *measure.Series) string {
	if len(r.Samples) < 5 || sum.Done.Count() == 0 || sum.Counts.Pending > 0 {
		return ""
	}
	f := r.Flow()
	return fmt.Sprintf("%s in flight on average; by Little's law it is %s", rate(f.InFlight), rate(f.Little))
}

func (v View) errors(p *page) {
	all := p.sum.Errors
	if len(all) == 0 {
		return
	}
	p.heading("what went wrong")
	for _, e := range all {
		of := plural(e.Count, "request")
		if e.Operations { // how an operation ended; its requests are counted apart
			of = plural(e.Count, "operation")
		}
		p.prose(fmt.Sprintf("  %16s  ", of), strings.Repeat(" ", 20), visible(e.Reason)+": "+visible(e.Example))
	}
}

func (v View) thresholds(p *page) {
	if len(v.Verdicts) == 0 {
		return
	}
	p.heading("thresholds")
	yes, no := "✓", "✗"
	if p.o.ASCII {
		yes, no = "+", "x"
	}
	for _, t := range v.Verdicts {
		if t.Met {
			p.marked(green, yes+" met", fmt.Sprintf("%s: it is %s (%s)", visible(t.Threshold), t.Value, visible(t.Strategy)))
			continue
		}
		p.marked(red, no+" missed", visible(t.Reason))
	}
}

// marked writes a mark in colour, and a text beside it.
func (p *page) marked(style, mark, text string) {
	const column = 12
	for i, line := range wrap(text, max(p.o.Width-column, 20)) {
		if i == 0 {
			p.line("  %s%s", p.styled(style, fmt.Sprintf("%-*s", column-2, mark)), line)
			continue
		}
		p.line("%*s%s", column, "", line)
	}
}
