package load

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/loadtest"
)

// endless is a stream of numbered lines.
type endless struct {
	n    int
	rest []byte
	read int
}

func (e *endless) Read(b []byte) (int, error) {
	if len(e.rest) == 0 {
		e.n++
		e.rest = fmt.Appendf(nil, "{\"n\":%d,\"fill\":%q}\n", e.n, strings.Repeat("x", 1000))
	}
	n := copy(b, e.rest)
	e.rest = e.rest[n:]
	e.read += n
	return n, nil
}

// TestSpool reads as many lines of stdin as a plan needs, in memory or beyond it.
func TestSpool(t *testing.T) {
	for _, test := range []struct {
		name  string
		in    io.Reader
		lines int64
		want  int
	}{
		{"all of a short one", strings.NewReader("{}\n{}\n{}\n"), 0, 3},
		{"all that there is", strings.NewReader("{}\n{}\n"), 7, 2},
		{"without a newline at its end", strings.NewReader("{}\n{}"), 7, 2},
		{"blank lines do not count", strings.NewReader("{}\n\n \n{}\n{}\n{}\n"), 3, 3},
		{"an endless one", &endless{}, 100, 100},
		{"an endless one, beyond what is held in memory", &endless{}, 20_000, 20_000},
	} {
		t.Run(test.name, func(t *testing.T) {
			from, size, err := spool(test.in, test.lines)
			if err != nil {
				t.Fatal(err)
			}
			feed, err := loadtest.OpenNDJSON(from, size)
			if err != nil || feed.Len() != test.want {
				t.Errorf("%v; %d lines, want %d", err, feed.Len(), test.want)
			}
			if _, memory := from.(*bytes.Reader); memory != (size <= inMemory) {
				t.Errorf("%d bytes in %T", size, from)
			}
			if e, ok := test.in.(*endless); ok && int64(e.read) > size+2<<20 {
				t.Errorf("%d bytes were read for %d", e.read, size)
			}
		})
	}
}

// TestLinesFor bounds the operations of a plan, its other parts' included.
func TestLinesFor(t *testing.T) {
	for _, test := range []struct {
		load        loadtest.Load
		shards      int
		least, most int64
	}{
		{loadtest.Load{Rate: 10, Operations: 50}, 0, 50, 150},
		{loadtest.Load{Rate: 10, Operations: 50}, 3, 50, 150},
		{loadtest.Load{Concurrency: 3, Operations: 1000}, 0, 1000, 1300},
		{loadtest.Load{Concurrency: 3, Duration: 1e9}, 0, 0, 0},
	} {
		if got := linesFor(&loadtest.Plan{Load: test.load, Shards: test.shards}); got < test.least || got > test.most {
			t.Errorf("%+v: %d", test.load, got)
		}
	}
}
