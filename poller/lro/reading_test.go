package lro

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro/internal/document"
)

var eleven = time.Date(2026, 1, 2, 11, 0, 0, 0, time.UTC)

// situations are what may be known of a server when its 200 is read: the columns of the table.
var situations = [...]string{"open", "asked", "docs", "byHTTP"}

// at returns an operation in a situation, and what the header of the next answer holds.
func at(tb testing.TB, situation int) (Operation, http.Header) {
	tb.Helper()
	op := Begin(Generic{}, Request{URL: "https://api.example.com/v1/jobs"})
	op = Next(Generic{}, op, Reply{Status: 202, Header: http.Header{"Location": {"/v1/jobs/1"}}, At: eleven})
	header := http.Header{}
	switch situation {
	case 1:
		header.Set("Retry-After", "2")
	case 2:
		op = Next(Generic{}, op, Reply{Status: 200, Body: []byte(`{"status":"running"}`), At: eleven})
	case 3:
		op = Next(Generic{}, op, Reply{Status: 202, At: eleven})
	}
	if op.Phase != Polling {
		tb.Fatalf("it is not being polled: %+v", op)
	}
	return op, header
}

// read returns the row that decides about a document in a situation, and what becomes of the operation.
func read(tb testing.TB, situation int, doc string) (row, became string) {
	tb.Helper()
	op, header := at(tb, situation)
	r := Reply{Status: 200, Header: header, Body: []byte(doc), At: eleven.Add(time.Minute)}
	got, err := Generic{}.Read(op, r)
	if err != nil {
		tb.Fatal(err)
	}
	return got.row.String(), outcomeOfReading(got, Next(Generic{}, op, r))
}

// outcomeOfReading names what became of an operation after one reading.
func outcomeOfReading(got Reading, op Operation) string {
	switch {
	case op.Reason == UndecidedAnswer:
		return "6"
	case op.Reason == OperationPartial:
		return "partial"
	case op.Outcome == Succeeded && got.State == StateUnknown:
		return "result"
	case op.Outcome == Succeeded:
		return "success"
	case op.Done():
		return op.Outcome.String()
	case op.Misses > 0:
		return "miss"
	case !op.Doubtful:
		return "on"
	case got.guess == 0:
		return "back"
	case got.patient:
		return "long"
	}
	return "guess"
}

// TestRows reads each document of testdata/reading/rows.txt in each situation.
func TestRows(t *testing.T) {
	text, err := os.ReadFile("testdata/reading/rows.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for n, line := range strings.Split(string(text), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		parts := strings.SplitN(line, " | ", 3)
		if len(parts) != 3 || len(strings.Fields(parts[1])) != len(situations) {
			t.Fatalf("line %d: %q is not \"row | four words | document\"", n+1, line)
		}
		doc := strings.ReplaceAll(parts[2], `\n`, "\n")
		for i, want := range strings.Fields(parts[1]) {
			row, got := read(t, i, doc)
			if row != parts[0] || got != want {
				t.Errorf("line %d, %s: %s: got row %s, %s, want row %s, %s", n+1, situations[i], doc, row, got, parts[0], want)
			}
		}
		seen[parts[0]]++
	}
	for _, row := range document.Rows() {
		if seen[row.String()] == 0 {
			t.Errorf("row %s has no example", row)
		}
	}
}

// TestTableIsDescribed: docs/reference/reading-a-200.md has the table as it is.
func TestTableIsDescribed(t *testing.T) {
	page, err := os.ReadFile("../../docs/reference/reading-a-200.md")
	if err != nil {
		t.Fatal(err)
	}
	names := map[document.Act]string{
		document.AsResult: "result", document.GoOn: "goes on", document.Guess: "guess", document.LongGuess: "long guess", document.ComeBack: "comes back", document.AsSuccess: "success",
		document.AsFailure: "no success", document.CannotTell: "undecided", document.Passing: "unread", document.SettledWord: "long guess",
	}
	var got []string
	for _, line := range strings.Split(string(page), "\n") {
		cells := strings.Split(line, " | ")
		if len(cells) == 6 && strings.HasPrefix(line, "| ") && cells[0] != "| row" {
			got = append(got, strings.TrimPrefix(cells[0], "| ")+": "+strings.TrimSuffix(strings.Join(cells[2:], ", "), " |"))
		}
	}
	rows := document.Rows()
	for i, row := range rows {
		var acts []string
		for known := document.Open; known <= document.ByStatus; known++ {
			acts = append(acts, names[row.Act(known)])
		}
		if want := row.String() + ": " + strings.Join(acts, ", "); i >= len(got) || got[i] != want {
			t.Errorf("row %d of the page: got %q, want %q", i+1, append(got, make([]string, len(rows))...)[i], want)
		}
	}
}
