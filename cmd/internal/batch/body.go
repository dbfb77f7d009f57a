package batch

import (
	"fmt"
	"io"
	"os"
)

// maxBody bounds a content that is read from a file: all those under way are in memory.
const maxBody = 64 << 20

// readBody reads a regular file of a bounded size: a FIFO would wait, and a device may never end.
func readBody(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", path)
	case info.Size() > maxBody:
		return nil, fmt.Errorf("%s is larger than %d MiB", path, maxBody>>20)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxBody))
}
