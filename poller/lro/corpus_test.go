package lro

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// corpusLine is one document of a real API.
type corpusLine struct {
	source, truth, reading, doc string
	line                        int
}

// corpus reads a file of testdata/reading.
func corpus(tb testing.TB, file string) []corpusLine {
	tb.Helper()
	text, err := os.ReadFile("testdata/reading/" + file)
	if err != nil {
		tb.Fatal(err)
	}
	var all []corpusLine
	for n, line := range strings.Split(string(text), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		parts := strings.SplitN(line, " | ", 4)
		if len(parts) != 4 {
			tb.Fatalf("%s:%d: %q is not \"source | truth | reading | document\"", file, n+1, line)
		}
		all = append(all, corpusLine{parts[0], parts[1], parts[2], strings.ReplaceAll(parts[3], `\n`, "\n"), n + 1})
	}
	return all
}

// claimed says what a reading claims of an operation whose truth is known: right, undecided (6, a
// guess), hang (it goes on and has ended), false success, false failure.
func claimed(truth, reading string) string {
	switch {
	case reading == "6" || reading == "guess" || reading == "back" || reading == "miss" || reading == "long":
		return "undecided"
	case reading == "on" && (truth == "on"), reading == truth, reading == "success" && truth == "succeeded", truth == "result" && reading == "success":
		return "right"
	case reading == "on":
		return "hang"
	case reading == "result" || reading == "success":
		if truth == "succeeded" || truth == "result" {
			return "right"
		}
		return "false success"
	}
	return "false failure"
}

// tally reads a corpus in a situation and counts what is claimed, by the row of the table.
func tally(tb testing.TB, file string, situation int) map[string]map[string]int {
	counts := map[string]map[string]int{"all": {}}
	for _, c := range corpus(tb, file) {
		row, reading := read(tb, situation, c.doc)
		what := claimed(c.truth, reading)
		if situation == 0 && reading != c.reading {
			tb.Errorf("%s:%d: %s: row %s: got %s, want %s", file, c.line, c.source, row, reading, c.reading)
		}
		if counts[row] == nil {
			counts[row] = map[string]int{}
		}
		counts[row][what]++
		counts["all"][what]++
	}
	return counts
}

func printed(tb testing.TB, label string, counts map[string]map[string]int) {
	for _, row := range slices.Sorted(maps.Keys(counts)) {
		tb.Logf("%s, row %-8s %v", label, row, counts[row])
	}
}

// TestStatusCorpus reads status documents of real APIs, most of them at their first poll.
func TestStatusCorpus(t *testing.T) {
	if n := len(corpus(t, "statuses.txt")); n < 100 {
		t.Errorf("there are %d documents", n)
	}
	for situation, label := range situations[:3] {
		counts := tally(t, "statuses.txt", situation)
		printed(t, "status documents, "+label, counts)
		all := counts["all"]
		most := 2 // those that speak of no state at all; each is named in the file as "result"
		if situation == 1 {
			most = 1
		}
		if all["false success"] > most || all["false failure"] > 0 {
			t.Errorf("%s: %v", label, all)
		}
	}
}

// TestResultCorpus reads results of real APIs as if they were delivered by a 200 at the status URL.
// Many of them have a member that is named like a state: that is what they were chosen for.
func TestResultCorpus(t *testing.T) {
	if n := len(corpus(t, "results.txt")); n < 200 {
		t.Errorf("there are %d documents", n)
	}
	open, byHTTP := tally(t, "results.txt", 0), tally(t, "results.txt", 3)
	printed(t, "results, open", open)
	printed(t, "results, byHTTP", byHTTP)
	if right, n := open["all"]["right"], len(corpus(t, "results.txt")); right < n*84/100 || open["all"]["false failure"] > 0 || open["all"]["hang"] > 5 {
		t.Errorf("only %d of %d are taken for results at the first poll: %v", right, n, open["all"])
	}
	if all := byHTTP["all"]; all["hang"] > 4 || all["undecided"]+all["false failure"] > 0 {
		t.Errorf("after a 202: %v", all)
	}
}
