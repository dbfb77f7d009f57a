package render

import (
	"slices"
	"strings"
)

// The steps of a sparkline, from nothing to a full cell.
var (
	sparkSteps      = []rune(" ▁▂▃▄▅▆▇█")
	sparkStepsASCII = []rune(" .:-=+*#@")
)

// spark draws the last values as columns, the newest at the right, as high as rows; the largest one
// fills them. What is not nothing is never shown as nothing.
func (g glyphs) spark(values []float64, width, rows int) []string {
	steps := sparkSteps
	if g.ascii {
		steps = sparkStepsASCII
	}
	if width <= 0 || rows <= 0 {
		return nil
	}
	values = values[max(0, len(values)-width):]
	top := 0.0
	if len(values) > 0 {
		top = slices.Max(values)
	}
	lines := make([]string, rows)
	for row := range rows {
		var b strings.Builder
		b.WriteString(strings.Repeat(" ", width-len(values)))
		for _, v := range values {
			eighths := 0
			if v > 0 && top > 0 {
				eighths = max(1, int(v/top*float64(rows*8)+0.5))
			}
			b.WriteRune(steps[min(8, max(0, eighths-8*(rows-1-row)))])
		}
		lines[row] = b.String()
	}
	return lines
}
