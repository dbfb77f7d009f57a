package loadtest

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Feed is lines of words for the submits: operation i takes line i, beginning again at the end. In
// the URL, the header values and the body of [Plan].Request, "{{.name}}" stands for a member or
// column of the line and "{{.}}" for the line as it is; "{{.Index}}" for the number of the operation
// and "{{.UUID}}" for a UUID of its own, with or without a feed.
type Feed struct {
	names []string
	rows  [][]string
	lines []string // as they stand in the file
}

// maxFeed bounds what is held in memory.
const maxFeed = 256 << 20

// ReadNDJSON reads a feed of one JSON object a line. A member that is a string gives its text, any
// other its JSON. Blank lines are skipped.
func ReadNDJSON(in io.Reader) (*Feed, error) {
	f, column := &Feed{}, map[string]int{}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	size := 0
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		if size += len(line); size > maxFeed {
			return nil, fmt.Errorf("the feed is longer than %d MiB", maxFeed>>20)
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(line, &members); err != nil || members == nil {
			return nil, fmt.Errorf("line %d of the feed is not a JSON object", n)
		}
		row := make([]string, len(f.names), max(len(f.names), len(members)))
		for name, value := range members {
			i, ok := column[name]
			if !ok {
				i = len(f.names)
				column[name] = i
				f.names = append(f.names, name)
			}
			for len(row) <= i {
				row = append(row, "")
			}
			if json.Unmarshal(value, &row[i]) != nil || value[0] != '"' {
				row[i] = string(value)
			}
		}
		f.rows, f.lines = append(f.rows, row), append(f.lines, string(line))
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("the feed: %w", err)
	}
	return f, f.check()
}

// ReadCSV reads a feed of comma-separated values (RFC 4180) whose first line names the columns.
func ReadCSV(in io.Reader) (*Feed, error) {
	limited := &io.LimitedReader{R: in, N: maxFeed + 1}
	all, err := csv.NewReader(limited).ReadAll()
	switch {
	case limited.N <= 0:
		return nil, fmt.Errorf("the feed is longer than %d MiB", maxFeed>>20)
	case err != nil:
		return nil, fmt.Errorf("the feed: %w", err)
	case len(all) == 0:
		return nil, errors.New("the feed is empty: its first line names the columns")
	}
	f := &Feed{names: all[0], rows: all[1:]}
	for _, row := range f.rows {
		f.lines = append(f.lines, strings.Join(row, ","))
	}
	return f, f.check()
}

func (f *Feed) check() error {
	if len(f.rows) == 0 {
		return errors.New("the feed has no lines")
	}
	return nil
}

// Len is the number of lines.
func (f *Feed) Len() int { return len(f.rows) }

// column finds what a placeholder stands for; f may be nil.
func (f *Feed) column(name string) (int, error) {
	if f != nil {
		if i := slices.Index(f.names, name); i >= 0 {
			return i, nil
		}
		if name == "" {
			return lineColumn, nil
		}
	}
	switch {
	case name == "Index":
		return indexColumn, nil
	case name == "UUID":
		return uuidColumn, nil
	case f == nil:
		return 0, fmt.Errorf("{{.%s}} stands for nothing: there is no feed, and without one there are {{.Index}} and {{.UUID}}", name)
	}
	return 0, fmt.Errorf("{{.%s}} stands for nothing: the feed has %s", name, strings.Join(f.names, ", "))
}

func (f *Feed) line(index int64) string { return f.lines[index%int64(len(f.lines))] }

func (f *Feed) value(index int64, column int) string {
	row := f.rows[index%int64(len(f.rows))]
	if column >= len(row) {
		return ""
	}
	return row[column]
}
