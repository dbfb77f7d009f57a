package load

import (
	"math"
	"strings"

	"github.com/asyncctl/asyncctl/loadtest/judge"
)

// A plot on a terminal: cells of two by four dots in Unicode, of one character in ASCII. Both axes are
// logarithmic.
type plot struct {
	width, height int // in cells
	ascii         bool
	x, y          [2]float64 // logarithms of the ends
	dots          []uint8    // of each cell
	marks         []rune     // instead of the dots, where not 0
}

func newPlot(width, height int, ascii bool, points []judge.Point) *plot {
	p := &plot{width: width, height: height, ascii: ascii, dots: make([]uint8, width*height), marks: make([]rune, width*height)}
	p.x, p.y = [2]float64{math.Inf(1), math.Inf(-1)}, [2]float64{math.Inf(1), math.Inf(-1)}
	for _, q := range points {
		x, y := math.Log(q.Polls), math.Log(float64(q.Mean))
		p.x = [2]float64{min(p.x[0], x), max(p.x[1], x)}
		p.y = [2]float64{min(p.y[0], y), max(p.y[1], y)}
	}
	return p
}

// place returns where a point is, as shares of the plot; false if it is nowhere.
func (p *plot) place(polls, lag float64) (x, y float64, ok bool) {
	if polls <= 0 || lag <= 0 || p.x[1] <= p.x[0] || p.y[1] <= p.y[0] {
		return 0, 0, false
	}
	x = (math.Log(polls) - p.x[0]) / (p.x[1] - p.x[0])
	y = 1 - (math.Log(lag)-p.y[0])/(p.y[1]-p.y[0])
	return x, y, x >= -1e-9 && x <= 1+1e-9 && y >= -1e-9 && y <= 1+1e-9
}

// braille has the dot of each place in a cell: U+2800 and these make the character.
var braille = [4][2]uint8{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

// line joins points.
func (p *plot) line(points []judge.Point) {
	for i := 1; i < len(points); i++ {
		const steps = 60
		a, b := points[i-1], points[i]
		for k := range steps {
			t := float64(k) / steps
			p.dot(math.Exp(math.Log(a.Polls)*(1-t)+math.Log(b.Polls)*t), math.Exp(math.Log(float64(a.Mean))*(1-t)+math.Log(float64(b.Mean))*t))
		}
	}
}

func (p *plot) dot(polls, lag float64) {
	x, y, ok := p.place(polls, lag)
	if !ok {
		return
	}
	column, row := min(int(x*float64(2*p.width)), 2*p.width-1), min(int(y*float64(4*p.height)), 4*p.height-1)
	p.dots[row/4*p.width+column/2] |= braille[row%4][column%2]
}

// mark puts a letter where a point is.
func (p *plot) mark(polls, lag float64, letter rune) {
	x, y, ok := p.place(polls, lag)
	if !ok {
		return
	}
	p.marks[min(int(y*float64(p.height)), p.height-1)*p.width+min(int(x*float64(p.width)), p.width-1)] = letter
}

// lines draws the plot.
func (p *plot) lines() []string {
	lines := make([]string, p.height)
	for row := range p.height {
		var b strings.Builder
		for column := range p.width {
			i := row*p.width + column
			switch {
			case p.marks[i] != 0:
				b.WriteRune(p.marks[i])
			case p.dots[i] == 0:
				b.WriteByte(' ')
			case p.ascii:
				b.WriteByte('.')
			default:
				b.WriteRune(rune(0x2800 + int(p.dots[i])))
			}
		}
		lines[row] = b.String()
	}
	return lines
}
