//go:build amd64 || arm64

package engine

import "testing"

// TestRecords finds where records end, whatever the pieces.
func TestRecords(t *testing.T) {
	record := func(n int) []byte { return append([]byte{23, 3, 3, byte(n >> 8), byte(n)}, make([]byte, n)...) }
	for _, test := range []struct {
		name  string
		wire  []byte
		whole int
		ends  bool // at the end of a record
	}{
		{"one", record(300), 1, true},
		{"two", append(record(20), record(17000)...), 2, true},
		{"an empty one", record(0), 1, true},
		{"one and a part of a head", append(record(20), 23, 3), 1, false},
		{"one and a head", append(record(20), 23, 3, 3, 0, 9), 1, false},
		{"one and a part", append(record(20), record(9)[:8]...), 1, false},
	} {
		for _, piece := range []int{1, 3, 1 << 20} {
			var r records
			for b := test.wire; len(b) > 0; b = b[min(piece, len(b)):] {
				r.add(b[:min(piece, len(b))])
			}
			if r.read != test.whole || r.empty() {
				t.Errorf("%s in pieces of %d: %+v", test.name, piece, r)
			}
			if r.taken = test.whole; r.empty() != test.ends {
				t.Errorf("%s in pieces of %d, taken: %+v", test.name, piece, r)
			}
		}
	}
}
