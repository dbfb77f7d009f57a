package load

import (
	"bufio"
	"errors"
	"fmt"
	"html"
	"io"
	"math"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/judge"
)

// The picture's size, and the plot in it.
const (
	svgWidth, svgHeight                  = 860, 520
	svgLeft, svgRight, svgTop, svgBottom = 78, 836, 58, 456
	svgStyle                             = `text{font:13px system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:#5a6675}.t{font-size:17px;font-weight:600;fill:#1b2430}.n{font-weight:600}path{fill:none;stroke-width:2.5}@media(prefers-color-scheme:dark){.g{fill:#19202a}.l{stroke:#2c3643}.t{fill:#e6ebf1}text{fill:#98a5b5}}`
)

// SVG writes the curve of detection lag against polls as a picture that needs nothing but itself.
func (v View) SVG(w io.Writer) error {
	if v.Advice == nil {
		return errors.New("there is no curve to draw: " + judge.ErrNothingDone.Error())
	}
	a, out := v.Advice, bufio.NewWriter(w)
	s := newScales(a)
	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img"><title>Detection lag against polls an operation</title><style>%s</style>`+"\n", svgWidth, svgHeight, svgWidth, svgHeight, svgStyle)
	fmt.Fprintf(out, `<rect class="g" width="%d" height="%d" fill="#fff"/><text class="t" x="24" y="32">mean detection lag against polls an operation</text>`+"\n", svgWidth, svgHeight)
	for _, lag := range decades(s.y) {
		fmt.Fprintf(out, `<path class="l" style="stroke-width:1" stroke="#e9edf2" d="M%d %.1fH%d"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", svgLeft, s.atY(lag), svgRight, svgLeft-10, s.atY(lag)+4, span(time.Duration(lag)))
	}
	for _, polls := range decades(s.x) {
		fmt.Fprintf(out, `<text x="%.1f" y="%d" text-anchor="middle">%g</text>`+"\n", s.atX(polls), svgBottom+22, polls)
	}
	fmt.Fprintf(out, `<text x="%d" y="%d" text-anchor="end">polls an operation</text>`+"\n", svgRight, svgBottom+44)
	s.curve(out, a.Growing, "#16866b")
	s.curve(out, a.Fixed, "#0b6fb8")
	for _, r := range a.Ran {
		s.mark(out, r.Polls, r.Mean, "#d1720b", "measured: "+r.Strategy, true)
	}
	if a.Rule != nil {
		s.mark(out, a.Rule.Polls, a.Rule.Mean, "#a8458c", a.Rule.Words, false)
	}
	s.mark(out, a.Header.Polls, a.Header.Mean, "#d1402f", "recommended: "+a.Header.Words, false)
	fmt.Fprintf(out, `<text x="%d" y="%d"><tspan fill="#0b6fb8">━ a fixed value</tspan>  <tspan fill="#16866b">━ growing with the age</tspan></text></svg>`+"\n", svgLeft, svgBottom+44)
	return out.Flush()
}

// scales put logarithms of polls and lags into the picture.
type scales struct {
	x, y   [2]float64
	labels []float64 // where names already are, from the top
}

func newScales(a *judge.Advice) *scales {
	p := newPlot(1, 1, true, append(append([]judge.Point(nil), a.Fixed...), a.Growing...))
	return &scales{x: p.x, y: p.y}
}

func (s *scales) atX(polls float64) float64 {
	return svgLeft + (math.Log(polls)-s.x[0])/max(s.x[1]-s.x[0], 1e-9)*(svgRight-svgLeft)
}

func (s *scales) atY(lag float64) float64 {
	return svgBottom - (math.Log(lag)-s.y[0])/max(s.y[1]-s.y[0], 1e-9)*(svgBottom-svgTop)
}

// decades are round numbers between two logarithms.
func decades(ends [2]float64) []float64 {
	var list []float64
	for e := math.Floor(ends[0] / math.Ln10); e <= ends[1]/math.Ln10; e++ {
		for _, m := range []float64{1, 3} {
			if v := m * math.Pow(10, e); math.Log(v) >= ends[0] && math.Log(v) <= ends[1] {
				list = append(list, v)
			}
		}
	}
	return list
}

func (s *scales) curve(out io.Writer, points []judge.Point, color string) {
	var b strings.Builder
	for i, p := range points {
		if p.Polls <= 0 || p.Mean <= 0 {
			continue
		}
		fmt.Fprintf(&b, "%c%.1f %.1f", "ML"[min(i, 1)], s.atX(p.Polls), s.atY(float64(p.Mean)))
	}
	fmt.Fprintf(out, `<path stroke="%s" d="%s"/>`+"\n", color, b.String())
}

// mark draws a point and its name, which moves up until it is alone.
func (s *scales) mark(out io.Writer, polls float64, lag time.Duration, color, name string, ring bool) {
	if polls <= 0 || lag <= 0 {
		return
	}
	x, y := s.atX(polls), s.atY(float64(lag))
	fill := color
	if ring {
		fill = "#fff"
	}
	at := y - 12
	for i := 0; i < len(s.labels); i++ {
		if math.Abs(s.labels[i]-at) < 17 {
			at, i = s.labels[i]-17.5, -1
		}
	}
	s.labels = append(s.labels, at)
	anchor, shift := "start", 12.0
	if x > svgRight-220 {
		anchor, shift = "end", -12
	}
	fmt.Fprintf(out, `<circle cx="%.1f" cy="%.1f" r="6" fill="%s" stroke="%s" stroke-width="2.5"/><text class="n" x="%.1f" y="%.1f" text-anchor="%s" style="fill:%s">%s</text>`+"\n", x, y, fill, color, x+shift, at, anchor, color, html.EscapeString(visible(name)))
}
