package batch

import (
	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
)

// maxBody bounds a content that is read from a file: all those under way are in memory.
const maxBody = 64 << 20

// readBody reads a regular file of a bounded size: a FIFO would wait, and a device may never end.
func readBody(path string) ([]byte, error) {
	return bounded.Regular(path, maxBody)
}
