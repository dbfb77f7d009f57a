package render

import (
	"fmt"
	"strconv"
	"strings"
)

// timeline draws the last requests, one a row, the newest at the bottom: when each was sent, what
// came back, what the server asked for, and how long the wait was.
type timeline struct {
	g     glyphs
	width int
}

// column is one of its columns.
type column struct {
	title string
	width int
	right bool
	text  func(exchange) string
}

// The widths from which the columns stand apart, and from which there is room for more of them.
const (
	roomy    = 60
	withKind = 78
	withSaid = 110
)

func (t timeline) columns() []column {
	if t.width < roomy {
		return []column{
			{"sent", 8, false, sentCell}, {"HTTP", 4, true, statusCell}, {"state", max(8, t.width-27), false, t.stateCell},
			{"asks", 5, true, askedCell}, {"wait", 5, true, waitCell},
		}
	}
	columns := []column{{"sent", 8, false, sentCell}}
	if t.width >= withKind {
		columns = append(columns, column{"request", 7, false, func(x exchange) string { return t.g.text(x.phase) }})
	}
	columns = append(columns,
		column{"HTTP", 4, true, statusCell}, column{"state", 20, false, t.stateCell},
		column{"server asks", 11, true, askedCell}, column{"waited", 6, true, waitCell})
	if t.width >= withSaid {
		columns = append(columns, column{"message", min(t.width-76, 100), false, func(x exchange) string { return t.g.text(x.reply.Message) }})
	}
	return columns
}

// rows returns the title and the last requests, at most height lines together.
func (t timeline) rows(of []exchange, height int) []string {
	if len(of) == 0 || height < 2 {
		return nil
	}
	of = of[max(0, len(of)-height+1):]
	columns := t.columns()
	lines := []string{t.g.faint(t.row(columns, func(c column) string { return c.title }))}
	for _, x := range of {
		lines = append(lines, t.row(columns, func(c column) string { return c.text(x) }))
	}
	return lines
}

func (t timeline) row(columns []column, text func(column) string) string {
	gap := "  "
	if t.width < roomy {
		gap = " "
	}
	cells := make([]string, len(columns))
	for i, c := range columns {
		cell := t.g.pad(text(c), c.width)
		if c.right {
			bare := strings.TrimRight(cell, " ")
			cell = strings.Repeat(" ", len(cell)-len(bare)) + bare
		}
		cells[i] = cell
	}
	return strings.TrimRight(strings.Join(cells, gap), " ")
}

func sentCell(x exchange) string { return x.sent.Format("15:04:05") }

func statusCell(x exchange) string {
	if x.reply.Status == 0 {
		return "-"
	}
	return strconv.Itoa(x.reply.Status)
}

func (t timeline) stateCell(x exchange) string {
	r := x.reply
	text := t.g.text(r.State)
	switch {
	case r.Error != "":
		text = t.g.warn("no answer")
	case r.Misses > 0:
		text = t.g.warn("retry")
	case r.Percent != nil:
		text += " " + Percent(*r.Percent)
	}
	if r.Misses > 1 {
		text += fmt.Sprintf(" (%d)", r.Misses)
	}
	if x.early {
		text += ", early"
	}
	return text
}

func askedCell(x exchange) string {
	switch {
	case x.reply.Hint == "ignored":
		return "?"
	case x.reply.HintMS > 0:
		return Duration(milliseconds(x.reply.HintMS))
	}
	return "-"
}

func waitCell(x exchange) string {
	if x.why == "" {
		return ""
	}
	return Duration(x.waited)
}
