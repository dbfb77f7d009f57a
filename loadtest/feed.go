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

	"github.com/asyncctl/asyncctl/internal/show"
)

// Feed is lines of words for the submits: an operation takes the line of its number, beginning again
// at the end. In the URL, the header values and the content of a submit, "{{.name}}" stands for a
// member or column of the line and "{{.}}" for the line as it is; "{{.Index}}" for the number of the
// operation and "{{.UUID}}" for a UUID of its own, with or without a feed. Values are escaped by their
// place: in the path and the query of a URL, in a JSON string, in a form. "{{json .name}}" is the value
// as JSON, with quotes if it is text.
//
// A feed of a file is read while the load runs, and is not held in memory; the file must not change.
type Feed struct {
	from    io.ReaderAt
	names   []string // that the lines have, the first line's first
	csv     bool
	offsets []int64 // of each everyLine-th line
	numbers []int32 // their numbers in the file, from 1
	lines   int
	end     int64
}

// everyLine is how many lines lie between two whose place is known.
const everyLine = 32

// maxLine bounds a line of a feed.
const maxLine = 16 << 20

// maxFeed bounds what is held in memory.
const maxFeed = 256 << 20

// ReadNDJSON reads a feed of one JSON object a line into memory. A member that is a string gives its
// text, any other its JSON. Blank lines are skipped.
func ReadNDJSON(in io.Reader) (*Feed, error) { return readFeed(in, OpenNDJSON) }

// ReadCSV reads a feed of comma-separated values (RFC 4180) whose first line names the columns.
func ReadCSV(in io.Reader) (*Feed, error) { return readFeed(in, OpenCSV) }

func readFeed(in io.Reader, open func(io.ReaderAt, int64) (*Feed, error)) (*Feed, error) {
	text, err := io.ReadAll(io.LimitReader(in, maxFeed+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the feed: %w", err)
	case len(text) > maxFeed:
		return nil, fmt.Errorf("the feed is longer than %d MiB: give it as a file", maxFeed>>20)
	}
	return open(bytes.NewReader(text), int64(len(text)))
}

// byteOrderMark begins files of some editors.
var byteOrderMark = []byte("\xef\xbb\xbf")

// OpenNDJSON is [ReadNDJSON] for a file of any size: it is read once, and then by the line.
func OpenNDJSON(from io.ReaderAt, size int64) (*Feed, error) {
	f := &Feed{from: from, end: size}
	in := bufio.NewReaderSize(io.NewSectionReader(from, 0, size), 1<<20)
	at := int64(0)
	for n := int32(1); ; n++ {
		line, err := readLine(in)
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("line %d of the feed: %w", n, err)
		}
		start := at
		at += int64(len(line))
		if n == 1 {
			line = bytes.TrimPrefix(line, byteOrderMark)
		}
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 {
			if e := f.take(trimmed, start, n); e != nil {
				return nil, e
			}
		}
		if err == io.EOF {
			break
		}
	}
	if f.lines == 0 {
		return nil, errors.New("the feed has no lines")
	}
	return f, nil
}

func readLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if err != bufio.ErrBufferFull {
		return line, err
	}
	whole := bytes.Clone(line)
	for err == bufio.ErrBufferFull {
		line, err = in.ReadSlice('\n')
		if whole = append(whole, line...); len(whole) > maxLine {
			return nil, fmt.Errorf("it is longer than %d MiB", maxLine>>20)
		}
	}
	return whole, err
}

// take notes a line of NDJSON.
func (f *Feed) take(line []byte, at int64, number int32) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(line, &members); err != nil || members == nil {
		return fmt.Errorf("line %d of the feed is not a JSON object", number)
	}
	if len(f.names) < 1000 {
		for name := range members {
			if !slices.Contains(f.names, name) {
				f.names = append(f.names, name)
			}
		}
	}
	f.note(at, number)
	return nil
}

func (f *Feed) note(at int64, number int32) {
	if f.lines%everyLine == 0 {
		f.offsets, f.numbers = append(f.offsets, at), append(f.numbers, number)
	}
	f.lines++
}

// OpenCSV is [ReadCSV] for a file of any size.
func OpenCSV(from io.ReaderAt, size int64) (*Feed, error) {
	f := &Feed{from: from, end: size, csv: true}
	mark := make([]byte, len(byteOrderMark))
	skip := int64(0)
	if n, _ := from.ReadAt(mark, 0); bytes.Equal(mark[:n], byteOrderMark) {
		skip = int64(n)
	}
	row := &rowReader{from: io.NewSectionReader(from, skip, size-skip)}
	in := csv.NewReader(row)
	in.ReuseRecord = true
	for {
		row.left = maxLine
		at := skip + in.InputOffset()
		cells, err := in.Read()
		switch {
		case err == io.EOF && f.names == nil:
			return nil, errors.New("the feed is empty: its first line names the columns")
		case err == io.EOF && f.lines == 0:
			return nil, errors.New("the feed has no lines")
		case err == io.EOF:
			return f, nil
		case err != nil:
			return nil, fmt.Errorf("the feed: %w", err)
		case f.names == nil:
			f.names = slices.Clone(cells)
			continue
		}
		line, _ := in.FieldPos(0)
		f.note(at, int32(line))
	}
}

// rowReader reads no more than a row may have.
type rowReader struct {
	from io.Reader
	left int
}

// Read implements io.Reader.
func (r *rowReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, fmt.Errorf("a row is longer than %d MiB", maxLine>>20)
	}
	n, err := r.from.Read(p)
	r.left -= n
	return n, err
}

// Len is the number of lines.
func (f *Feed) Len() int { return f.lines }

// has returns an error if a placeholder of that name stands for nothing; f may be nil.
func (f *Feed) has(name string) error {
	if f != nil && (name == "" || slices.Contains(f.names, name)) || name == "Index" || name == "UUID" {
		return nil
	}
	if f == nil {
		return fmt.Errorf("{{.%s}} stands for nothing: there is no feed, and without one there are {{.Index}} and {{.UUID}}", name)
	}
	return fmt.Errorf("{{.%s}} stands for nothing: the feed has %s", name, show.Clip(strings.Join(slices.Sorted(slices.Values(f.names)), ", "), 200))
}

// number is about where in the file a line stands, from 1: blank lines between two known ones may
// shift it.
func (f *Feed) number(i int64) int64 { return int64(f.numbers[i/everyLine]) + i%everyLine }

// feedLine is one line, and its values.
type feedLine struct {
	feed    *Feed
	text    string
	columns []string                   // of CSV
	members map[string]json.RawMessage // of NDJSON
}

// at reads the line of an operation's number.
func (f *Feed) at(number int64) (*feedLine, error) {
	i := number % int64(f.lines)
	from, until := f.offsets[i/everyLine], f.end
	if next := i/everyLine + 1; next < int64(len(f.offsets)) {
		until = f.offsets[next]
	}
	block := make([]byte, until-from)
	if n, err := f.from.ReadAt(block, from); n < len(block) {
		return nil, fmt.Errorf("the feed cannot be read again: %w", err)
	}
	if from == 0 {
		block = bytes.TrimPrefix(block, byteOrderMark)
	}
	if f.csv {
		return f.row(block, i%everyLine)
	}
	for left := i % everyLine; ; {
		line, rest, _ := bytes.Cut(block, []byte("\n"))
		block = rest
		if line = bytes.TrimSpace(line); len(line) == 0 {
			if len(block) == 0 {
				return nil, errors.New("the feed has changed since it was read first")
			}
			continue
		}
		if left == 0 {
			l := &feedLine{feed: f, text: string(line)}
			return l, json.Unmarshal(line, &l.members)
		}
		left--
	}
}

func (f *Feed) row(block []byte, skip int64) (*feedLine, error) {
	in := csv.NewReader(bytes.NewReader(block))
	in.FieldsPerRecord = -1
	for {
		from := in.InputOffset()
		row, err := in.Read()
		if err != nil {
			return nil, fmt.Errorf("the feed has changed since it was read first: %w", err)
		}
		if skip == 0 {
			return &feedLine{feed: f, text: strings.TrimSpace(string(block[from:in.InputOffset()])), columns: row}, nil
		}
		skip--
	}
}

// value returns what a placeholder stands for; false if the line has nothing of that name.
func (l *feedLine) value(name string) (value, bool, error) {
	if name == "" {
		return value{l.text, !l.feed.csv}, true, nil
	}
	if l.feed.csv {
		i := slices.Index(l.feed.names, name)
		if i < 0 || i >= len(l.columns) {
			return value{}, false, nil
		}
		return value{l.columns[i], false}, true, nil
	}
	raw, ok := l.members[name]
	if !ok {
		return value{}, false, nil
	}
	var text string
	if raw[0] == '"' {
		err := json.Unmarshal(raw, &text)
		return value{text, false}, true, err
	}
	return value{string(raw), true}, true, nil
}
