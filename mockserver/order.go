package mockserver

import "sync"

// chunkSize is how many operations share a chunk of the order.
const chunkSize = 1024

// maxScan bounds how many places of the order are looked at for one page.
const maxScan = 50_000

// An order is the stored operations by their ordinals, so that a page of a
// million is no search among them. The zero value is ready to use.
type order struct {
	mu     sync.Mutex
	chunks map[uint64]*chunk // by ordinal / chunkSize
	last   uint64            // the highest ordinal
}

type chunk struct {
	operations [chunkSize]*operation
	stored     int
}

func (o *order) add(op *operation) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.chunks == nil {
		o.chunks = map[uint64]*chunk{}
	}
	c := o.chunks[op.ordinal/chunkSize]
	if c == nil {
		c = &chunk{}
		o.chunks[op.ordinal/chunkSize] = c
	}
	c.operations[op.ordinal%chunkSize] = op
	c.stored++
	o.last = max(o.last, op.ordinal)
}

func (o *order) remove(op *operation) {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := o.chunks[op.ordinal/chunkSize]
	if c == nil || c.operations[op.ordinal%chunkSize] == nil {
		return
	}
	c.operations[op.ordinal%chunkSize] = nil
	if c.stored--; c.stored == 0 {
		delete(o.chunks, op.ordinal/chunkSize)
	}
}

// walk returns up to limit operations from an ordinal on, in the direction of
// step, 1 or -1, and where to go on; 0 if there is nothing more.
func (o *order) walk(from uint64, step, limit int) (found []*operation, next uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	at := from
	for scanned := 0; at > 0 && at <= o.last; scanned++ {
		if len(found) == limit || scanned == maxScan {
			return found, at
		}
		c := o.chunks[at/chunkSize]
		switch {
		case c == nil && step > 0:
			at = (at/chunkSize + 1) * chunkSize
		case c == nil:
			at = at / chunkSize * chunkSize
			if at > 0 {
				at--
			}
		default:
			if op := c.operations[at%chunkSize]; op != nil {
				found = append(found, op)
			}
			at += uint64(step)
		}
	}
	return found, 0
}

// newest is the highest ordinal.
func (o *order) newest() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.last
}
