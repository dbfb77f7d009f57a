// Package bounded reads files of which somebody else may have made the size, and which may never come to
// an end:
//
//	text, err := bounded.File(".asyncctl.yaml", 1<<20)
//
// All files that a person or a project names are opened here. The open of a FIFO that nobody writes to and the read
// of a pipe cannot be broken off, so the package says (Waiting) whether one is under way: the first signal ends the
// process then.
package bounded

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
)

// waiting counts the calls that last as long as somebody else likes.
var waiting atomic.Int64

// Waiting reports whether a file is being opened or read that is not a regular one.
func Waiting() bool { return waiting.Load() > 0 }

// Open opens a file to be read as a stream. A regular one of more than so many bytes is an error; 0 is for what is
// read by the line. Waiting is true until a FIFO has a writer.
func Open(path string, most int64) (*os.File, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil: // opening it has the better error
	case !info.Mode().IsRegular():
		waiting.Add(1)
		defer waiting.Add(-1)
	case most > 0 && info.Size() > most:
		return nil, tooLarge(path, most)
	}
	return os.Open(path)
}

// Stream returns a reader of which Waiting knows until it has come to its end, or to an error. It is for what is
// read before anything is sent.
func Stream(r io.Reader) io.Reader {
	waiting.Add(1)
	return &stream{from: r}
}

type stream struct {
	from io.Reader
	done bool
}

// Read implements io.Reader.
func (s *stream) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	if err != nil && !s.done {
		s.done = true
		waiting.Add(-1)
	}
	return n, err
}

// File returns the content of a file of at most so many bytes. A larger one, such as a link to
// /dev/zero, is an error; its start is not returned.
func File(path string, most int64) ([]byte, error) {
	f, err := Open(path, most)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Read(f, path, most)
}

// Regular is File for one that nobody named on the command line: anything but a regular file, such as a
// FIFO that never ends, is an error.
func Regular(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	return File(path, most)
}

// Read reads all of a reader that has at most so many bytes; name is what an error calls it.
func Read(r io.Reader, name string, most int64) ([]byte, error) {
	if !regular(r) {
		waiting.Add(1)
		defer waiting.Add(-1)
	}
	content, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if int64(len(content)) > most {
		return nil, tooLarge(name, most)
	}
	return content, nil
}

// Line reads one line with its end, of at most so many bytes. What a text ends with, without a line end, is returned
// with io.EOF.
func Line(in *bufio.Reader, most int) (text []byte, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if text = append(text, part...); len(text) > most {
			return nil, fmt.Errorf("a line is longer than %d bytes", most)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return text, err
		}
	}
}

// Until returns a reader whose reads end with ctx: for what is read while requests go out. What is read beyond that
// is lost.
func Until(ctx context.Context, r io.Reader) io.Reader {
	if regular(r) {
		return r
	}
	u := &until{ctx: ctx, parts: make(chan part)}
	go u.read(r)
	return u
}

type part struct {
	text []byte
	err  error
}

type until struct {
	ctx   context.Context
	parts chan part
	rest  part
}

// read ends with ctx, or after the read that does not end before the process.
func (u *until) read(from io.Reader) {
	for {
		text := make([]byte, 32<<10)
		n, err := from.Read(text)
		select {
		case u.parts <- part{text[:n], err}:
		case <-u.ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// Read implements io.Reader.
func (u *until) Read(p []byte) (int, error) {
	if len(u.rest.text) == 0 {
		if u.rest.err != nil {
			return 0, u.rest.err
		}
		select {
		case u.rest = <-u.parts:
		case <-u.ctx.Done():
			u.rest.err = context.Cause(u.ctx)
			return 0, u.rest.err
		}
	}
	n := copy(p, u.rest.text)
	u.rest.text = u.rest.text[n:]
	return n, nil
}

func regular(r io.Reader) bool {
	f, ok := r.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

func tooLarge(name string, most int64) error {
	unit := "bytes"
	for _, larger := range []string{"KiB", "MiB", "GiB"} {
		if most < 1<<10 || most%(1<<10) != 0 {
			break
		}
		most, unit = most>>10, larger
	}
	return fmt.Errorf("%s is larger than %d %s", name, most, unit)
}
