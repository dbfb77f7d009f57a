package load

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	"github.com/asyncctl/asyncctl/cmd/internal/curl"
	"github.com/asyncctl/asyncctl/loadtest"
)

// words opens --feed for a plan that is complete but for it.
func (f *loadFlags) words(in *curl.Input, p *loadtest.Plan) (*loadtest.Feed, error) {
	if f.feed == "" {
		return nil, nil
	}
	open, from, size := loadtest.OpenNDJSON, io.ReaderAt(nil), int64(0)
	if strings.EqualFold(filepath.Ext(f.feed), ".csv") {
		open = loadtest.OpenCSV
	}
	if f.feed == "-" {
		stream, err := in.Stream()
		if err != nil {
			return nil, app.Usagef("--feed: %v", err)
		}
		if from, size, err = spool(bounded.Stream(stream), linesFor(p)); err != nil {
			return nil, app.Usagef("--feed -: %v", err)
		}
	} else {
		file, err := bounded.Open(f.feed, 0) // it is read as long as the process runs
		if err != nil {
			return nil, app.Usagef("--feed: %v", err)
		}
		about, err := file.Stat()
		if err != nil || !about.Mode().IsRegular() {
			return nil, app.Usagef("--feed %s: it is not a file that can be read by the line; - reads stdin", f.feed)
		}
		from, size = file, about.Size()
	}
	feed, err := open(from, size)
	if err != nil {
		return nil, app.Usagef("--feed %s: %v", f.feed, err)
	}
	return feed, nil
}

// linesFor is how many lines a plan can need at most; 0 where only its end bounds them. Arrivals that are
// drawn may be some more than their mean.
func linesFor(p *loadtest.Plan) int64 {
	n := p.Bounds().Operations * int64(max(1, p.Shards))
	if n == 0 {
		return 0
	}
	return n + int64(8*math.Sqrt(float64(n))) + 10
}

const (
	inMemory = 16 << 20 // of a feed on stdin; the rest is in a temporary file
	mostFeed = 16 << 30
)

// spool keeps what comes on stdin, as far as it is needed: an endless stream is read no further.
func spool(in io.Reader, lines int64) (io.ReaderAt, int64, error) {
	var kept bytes.Buffer
	var out io.Writer = &kept
	var file *os.File
	size, read := int64(0), bufio.NewReaderSize(in, 1<<20)
	for n := int64(0); lines == 0 || n < lines; {
		part, err := read.ReadSlice('\n')
		if _, err := out.Write(part); err != nil {
			return nil, 0, fmt.Errorf("it is kept in a temporary file: %w", err)
		}
		if size += int64(len(part)); size > mostFeed {
			return nil, 0, fmt.Errorf("it is longer than %d GiB: bound the run with --operations", mostFeed>>30)
		}
		switch {
		case err == nil && len(bytes.TrimSpace(part)) > 0:
			n++
		case err == io.EOF:
			lines, n = 1, 1
		case err != nil && err != bufio.ErrBufferFull:
			return nil, 0, err
		}
		if file == nil && size > inMemory {
			if file, err = temporary(); err != nil {
				return nil, 0, fmt.Errorf("it is kept in a temporary file: %w", err)
			}
			if _, err := kept.WriteTo(file); err != nil {
				return nil, 0, fmt.Errorf("it is kept in a temporary file: %w", err)
			}
			out = file
		}
	}
	if file != nil {
		return file, size, nil
	}
	return bytes.NewReader(kept.Bytes()), size, nil
}

// temporary is a file without a name, where the system allows that.
func temporary() (*os.File, error) {
	file, err := os.CreateTemp("", "asyncctl-feed-*")
	if err == nil {
		_ = os.Remove(file.Name())
	}
	return file, err
}
