package judge

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/render"
	"github.com/asyncctl/asyncctl/conformance"
	"github.com/asyncctl/asyncctl/internal/mutants"
)

// rowText says how one mutant did.
func rowText(r *mutants.Row) string {
	switch {
	case r.Err != "":
		return render.Clean(r.Err)
	case len(r.Missed) > 0:
		return "not found: " + strings.Join(r.Missed, ", ")
	case len(r.Wrong) > 0:
		return "found, but not there: " + strings.Join(r.Wrong, ", ")
	case r.Broken != "":
		return "ok, not to be judged"
	case len(r.Found)+len(r.Withheld) == 0:
		return "ok, nothing found"
	}
	return "ok, " + strings.Join(slices.Concat(r.Found, r.Withheld), ", ")
}

// printMatrix prints a row for each mutant with a column for each rule that has a code; the rules of
// dialects, which have none, are named at the end of the row.
func printMatrix(w io.Writer, m *mutants.Matrix, unseen []string) {
	var coded, named []conformance.Rule
	for _, r := range conformance.Rules() {
		if r.Code != "" {
			coded = append(coded, r)
		} else {
			named = append(named, r)
		}
	}
	width, good := len("mutant"), 0
	for i := range m.Rows {
		width = max(width, len(m.Rows[i].Mutant))
		if m.Rows[i].OK() {
			good++
		}
	}
	for i, label := range []string{"", "", "mutant"} { // the codes stand upright
		codes := ""
		for _, r := range coded {
			codes += fmt.Sprintf("%-3s", r.Code)[i : i+1]
		}
		fmt.Fprintf(w, "%-*s  %s\n", width, label, codes)
	}
	for i := range m.Rows {
		row := &m.Rows[i]
		cells := ""
		for _, r := range coded {
			cells += cell(row, r.ID)
		}
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%-*s  %s  %s", width, row.Mutant, cells, rowRest(row, named)), " "))
	}
	fmt.Fprintf(w, "\nx fails  w warns  i inconclusive, as it should be  ! found, but not there  ? there, but not found\n")
	fmt.Fprintf(w, "%d of %s as they should be", good, render.Count(len(m.Rows), "mutant"))
	if len(unseen) > 0 {
		fmt.Fprintf(w, "; these rules fail on none: %s", strings.Join(unseen, ", "))
	}
	fmt.Fprintln(w)
}

// rowRest is what has no column.
func rowRest(row *mutants.Row, named []conformance.Rule) string {
	var rest []string
	for _, r := range named {
		if mark := cell(row, r.ID); mark != "." {
			rest = append(rest, mark+" "+r.ID)
		}
	}
	switch {
	case row.Err != "":
		rest = append(rest, render.Clean(row.Err))
	case row.Broken != "":
		rest = append(rest, "not to be judged")
	}
	return strings.Join(rest, ", ")
}

// cell is what came of one rule in one mutant.
func cell(row *mutants.Row, id string) string {
	switch {
	case slices.Contains(row.Missed, id):
		return "?"
	case slices.Contains(row.Wrong, id):
		return "!"
	case slices.Contains(row.Failed, id):
		return "x"
	case slices.Contains(row.Found, id):
		return "w"
	case slices.Contains(row.Withheld, id):
		return "i"
	}
	return "."
}
