package follow

import (
	"iter"
	"os"

	"github.com/asyncctl/asyncctl/cmd/internal/batch"
	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
)

// named yields the lines, and calls the operations by the lines' ids.
func (b *Batch) named(lines iter.Seq[batch.Line]) iter.Seq[batch.Line] {
	return func(yield func(batch.Line) bool) {
		for l := range lines {
			b.names.Add(l.Number, l.ID)
			if !yield(l) {
				return
			}
		}
	}
}

// mostCounted is the largest list whose lines are counted beforehand, in bytes: more would be waited for.
const mostCounted = 256 << 20

// countLines counts the lines of a list that are not empty; 0 where that cannot be known.
func countLines(file string) int {
	info, err := os.Stat(file)
	if file == "-" || err != nil || !info.Mode().IsRegular() {
		return 0
	}
	f, err := bounded.Open(file, mostCounted)
	if err != nil {
		return 0
	}
	defer f.Close()
	n, empty := 0, true
	chunk := make([]byte, 256<<10)
	for {
		read, err := f.Read(chunk)
		for _, c := range chunk[:read] {
			switch {
			case c == '\n' && !empty:
				n++
				empty = true
			case c != '\n' && c != ' ' && c != '\t' && c != '\r':
				empty = false
			}
		}
		if err != nil {
			break
		}
	}
	if !empty {
		n++
	}
	return n
}
