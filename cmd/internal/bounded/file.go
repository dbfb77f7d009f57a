// Package bounded reads files of which somebody else may have made the size:
//
//	text, err := bounded.File(".asyncctl.yaml", 1<<20)
package bounded

import (
	"fmt"
	"io"
	"os"
)

// File returns the content of a file of at most so many bytes. A larger one, such as a link to
// /dev/zero, is an error; its start is not returned.
func File(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
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
	content, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if int64(len(content)) > most {
		return nil, fmt.Errorf("%s is larger than %d bytes", name, most)
	}
	return content, nil
}
