//go:build amd64 || arm64

package engine

// records follows the records of TLS in what crypto/tls reads (RFC 8446, section 5.1), to know when it
// holds nothing back: asking it once more for nothing costs an allocation.
type records struct {
	head  [5]byte
	have  int // of head
	left  int // of the record
	read  int // records that were read whole
	taken int // and handed over
}

// add takes bytes that were read.
func (r *records) add(b []byte) {
	for len(b) > 0 {
		if r.left == 0 {
			n := copy(r.head[r.have:], b)
			b = b[n:]
			if r.have += n; r.have < len(r.head) {
				return
			}
			r.have, r.left = 0, int(r.head[3])<<8|int(r.head[4])
			if r.left > 0 {
				continue
			}
		}
		n := min(r.left, len(b))
		b = b[n:]
		if r.left -= n; r.left == 0 {
			r.read++
		}
	}
}

// empty reports whether all that was read has been handed over.
func (r *records) empty() bool { return r.have == 0 && r.left == 0 && r.taken >= r.read }
