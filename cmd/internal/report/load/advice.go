package load

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/internal/schema"
	"github.com/asyncctl/asyncctl/loadtest/judge"
)

// AdviceText writes the advice for people: the value to send, the curve, and the load that it puts on
// the server.
func AdviceText(w io.Writer, a *judge.Advice, o TextOptions) error {
	o.Width = max(cmp.Or(o.Width, 80), 40)
	p := &page{w: bufio.NewWriter(w), o: o}
	title := "Retry-After: " + headerValue(a, a.Header)
	if a.Unit%time.Second != 0 {
		title = "pause of " + a.Header.Words
	}
	p.line("%s", p.styled(bold, title))
	p.prose("", "", fmt.Sprintf("%s polls an operation; noticed after %s (p50), %s (p90), %s (p99)", digits(a.Header.Polls), span(a.Header.P50), span(a.Header.P90), span(a.Header.P99)))
	if a.Rule != nil {
		p.line("")
		p.prose("", "", p.styled(bold, "Better: "+a.Rule.Words))
		p.prose("", "", fmt.Sprintf("%s polls an operation; noticed after %s (p50), %s (p90), %s (p99)", digits(a.Rule.Polls), span(a.Rule.P50), span(a.Rule.P90), span(a.Rule.P99)))
	}
	p.line("")
	p.prose("", "", fmt.Sprintf("Replayed over %s that took %s (p50), %s (p90), %s (p99), with clients up to %.3g%% later than asked. Beyond this value one more poll an operation shortens the lag by less than %.3g%% of the work's mean time.",
		plural(a.Operations, "operation"), span(a.WorkP50), span(a.WorkP90), span(a.WorkP99), a.Jitter*100, a.Worth*100))
	for _, c := range a.Cautions {
		p.prose("! ", "  ", c)
	}
	p.adviceChoices(a)
	p.advicePlot(a)
	p.adviceLoads(a)
	return p.w.Flush()
}

// adviceChoices holds the recommendation beside its neighbours, and what the run itself did.
func (p *page) adviceChoices(a *judge.Advice) {
	p.heading("what other values would do")
	row := func(name string, polls float64, mean, p50, p90, p99 time.Duration) []string {
		return []string{name, digits(polls), span(mean), span(p50), span(p90), span(p99)}
	}
	var rows [][]string
	for _, point := range neighbours(a) {
		name := point.Words
		if point.Schedule == a.Header.Schedule {
			name += " <"
		}
		rows = append(rows, row(name, point.Polls, point.Mean, point.P50, point.P90, point.P99))
	}
	if a.Rule != nil {
		rows = append(rows, row(a.Rule.Words+" <", a.Rule.Polls, a.Rule.Mean, a.Rule.P50, a.Rule.P90, a.Rule.P99))
	}
	for _, r := range a.Ran {
		rows = append(rows, row("measured: "+visible(r.Strategy), r.Polls, r.Mean, r.P50, r.P90, r.P99))
	}
	p.table([]string{"pause", "polls/op", "lag mean", "lag p50", "lag p90", "lag p99"}, rows)
}

// neighbours picks a few points of the curve around the recommendation, and the recommendation.
func neighbours(a *judge.Advice) []judge.Point {
	var list []judge.Point
	placed := false
	next := 0.0
	for _, point := range a.Fixed {
		if !placed && point.Schedule.Then >= a.Header.Schedule.Then {
			list, placed = append(list, a.Header), true
			next = float64(a.Header.Schedule.Then) * 1.7
		}
		if at := float64(point.Schedule.Then); at >= next && at >= float64(a.Header.Schedule.Then)/12 && at <= float64(a.Header.Schedule.Then)*12 {
			if !placed && at > float64(a.Header.Schedule.Then)*0.75 {
				continue
			}
			list = append(list, point)
			next = at * 1.9
		}
	}
	if !placed {
		list = append(list, a.Header)
	}
	return list
}

func (p *page) advicePlot(a *judge.Advice) {
	p.heading("mean detection lag against polls an operation (log, log)")
	const margin = 10
	height := 14
	points := append(append([]judge.Point(nil), a.Fixed...), a.Growing...)
	plot := newPlot(min(p.o.Width-margin-2, 90), height, p.o.ASCII, points)
	plot.line(a.Growing)
	plot.line(a.Fixed)
	for i, r := range a.Ran {
		plot.mark(r.Polls, float64(r.Mean), rune('a'+i%26))
	}
	if a.Rule != nil {
		plot.mark(a.Rule.Polls, float64(a.Rule.Mean), 'R')
	}
	plot.mark(a.Header.Polls, float64(a.Header.Mean), 'X')
	vertical, horizontal, corner := "│", "─", "└"
	if p.o.ASCII {
		vertical, horizontal, corner = "|", "-", "+"
	}
	for i, line := range plot.lines() {
		label := ""
		if i%4 == 0 || i == height-1 {
			y := plot.y[1] - (float64(i)+0.5)/float64(height)*(plot.y[1]-plot.y[0])
			label = span(time.Duration(math.Exp(y)))
		}
		p.line("%s", strings.TrimRight(fmt.Sprintf("%*s %s%s", margin-1, label, vertical, line), " "))
	}
	p.line("%*s%s%s", margin, "", corner, strings.Repeat(horizontal, plot.width))
	left, right := digits(math.Exp(plot.x[0])), digits(math.Exp(plot.x[1]))+" polls"
	p.line("%*s%s%*s", margin+1, "", left, plot.width-len(left), right)
	legend := "X: " + a.Header.Words
	if a.Rule != nil {
		legend += "; R: " + a.Rule.Words
	}
	for i, r := range a.Ran {
		legend += fmt.Sprintf("; %c: measured with %s", 'a'+i%26, visible(r.Strategy))
	}
	p.prose("  ", "  ", legend+". The lower line is of fixed values, the other of pauses that grow with the age")
}

func (p *page) adviceLoads(a *judge.Advice) {
	p.heading("what \"" + a.Best().Words + "\" puts on the status endpoint")
	var rows [][]string
	for _, l := range a.Loads {
		rows = append(rows, []string{
			number(int64(l.Times)) + "x, " + rate(l.Rate) + "/s", rate(math.Round(l.InFlight)), rate(l.Polls), rate(math.Round(l.PeakTogether)), rate(math.Round(l.PeakJittered)),
		})
	}
	p.table([]string{"operations", "in flight", "polls/s", "worst 0.1s", "with jitter"}, rows)
	p.prose("  ", "  ", "worst 0.1s: the polls in the worst tenth of a second if all in flight had been submitted at one moment, without jitter of the clients and with it")
}

// AdviceJSON writes the advice as one document.
func AdviceJSON(w io.Writer, a *judge.Advice) error {
	return writeJSON(w, struct {
		Schema string `json:"schema"`
		*judge.Advice
	}{schema.Advice, a})
}
