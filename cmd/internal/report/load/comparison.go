package load

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/asyncctl/asyncctl/internal/schema"
	"github.com/asyncctl/asyncctl/loadtest/judge"
)

// ComparisonText writes a comparison for people: the verdict first, then each figure of both runs with
// the interval of the difference.
func ComparisonText(w io.Writer, c *judge.Comparison, o TextOptions) error {
	o.Width = max(cmp.Or(o.Width, 80), 40)
	p := &page{w: bufio.NewWriter(w), o: o}
	tally := map[string]int{}
	for _, change := range c.Changes {
		tally[change.Verdict]++
	}
	title := "no regression"
	if n := tally["regression"]; n > 0 {
		title = plural(int64(n), "regression")
	}
	p.line("%s", p.styled(bold, fmt.Sprintf("%s; %d better, %d worse within the bound, %d without a significant difference", title, tally["better"], tally["worse"], tally["same"])))
	p.prose("A  ", "   ", visible(c.A))
	p.prose("B  ", "   ", visible(c.B))
	for _, caution := range c.Cautions {
		p.prose("! ", "  ", visible(caution))
	}
	for _, name := range c.Only {
		p.prose("! ", "  ", "only one of the runs has the strategy "+visible(name))
	}
	strategy := ""
	var rows [][]string
	flush := func() {
		if len(rows) > 0 {
			p.heading(visible(strategy))
			p.table([]string{"", "A", "B", "change", "", "99% between", "chance"}, rows)
			rows = nil
		}
	}
	for _, change := range c.Changes {
		if change.Strategy != strategy {
			flush()
			strategy = change.Strategy
		}
		rows = append(rows, []string{
			change.Figure, figure(change.Kind, change.A.Value), figure(change.Kind, change.B.Value),
			relative(change), word(change.Verdict), signed(change.Kind, change.Difference.Low) + " " + signed(change.Kind, change.Difference.High),
			chance(change.Chance),
		})
	}
	flush()
	p.line("")
	p.prose("", "", "Intervals of 99% confidence for the difference of each figure alone. Chance is how probable a difference like it is between equal runs, corrected for the number of figures that can be a regression: below 3% it is taken for a change. Operations of one moment and of one run may be slow together; that is allowed for as far as the runs show it.")
	return p.w.Flush()
}

func word(verdict string) string {
	if verdict == "regression" {
		return "REGRESSION"
	}
	return verdict
}

// figure writes a value in its kind.
func figure(kind string, v float64) string {
	switch kind {
	case "duration":
		return span(time.Duration(v))
	case "share":
		return strconv.FormatFloat(v*100, 'f', 2, 64) + "%"
	}
	return digits(v)
}

func signed(kind string, v float64) string {
	if v > 0 {
		return "+" + figure(kind, v)
	}
	return figure(kind, v)
}

func relative(c judge.Change) string {
	switch {
	case c.A.Value == 0 && c.B.Value == 0:
		return "0%"
	case c.A.Value == 0:
		return "new"
	case math.Abs(c.Relative) >= 10:
		return fmt.Sprintf("x%.0f", c.Relative+1)
	}
	return fmt.Sprintf("%+.1f%%", c.Relative*100)
}

// ComparisonJSON writes a comparison as one document; durations are in nanoseconds.
func ComparisonJSON(w io.Writer, c *judge.Comparison) error {
	return writeJSON(w, struct {
		Schema      string `json:"schema"`
		Regressions int    `json:"regressions"`
		*judge.Comparison
	}{schema.Comparison, len(c.Regressions()), c})
}

// chance is a probability; nothing for figures that cannot be a regression.
func chance(p float64) string {
	switch {
	case p >= 0.3:
		return ""
	case p < 0.001:
		return "<0.1%"
	}
	return strconv.FormatFloat(p*100, 'g', 2, 64) + "%"
}
