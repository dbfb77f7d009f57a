package work

import "sync"

// chunkSize is how many operations share a chunk of the order.
const chunkSize = 1024

// MaxScan bounds how many places of the order are looked at for one page.
const MaxScan = 50_000

// An Order is the stored operations by their ordinals, so that a page of a
// million is no search among them. The zero value is ready to use.
type Order struct {
	mu     sync.Mutex
	chunks map[uint64]*chunk // by ordinal / chunkSize
	last   uint64            // the highest ordinal
}

type chunk struct {
	operations [chunkSize]*Operation
	stored     int
}

func (o *Order) add(op *Operation) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.chunks == nil {
		o.chunks = map[uint64]*chunk{}
	}
	c := o.chunks[op.Ordinal/chunkSize]
	if c == nil {
		c = &chunk{}
		o.chunks[op.Ordinal/chunkSize] = c
	}
	c.operations[op.Ordinal%chunkSize] = op
	c.stored++
	o.last = max(o.last, op.Ordinal)
}

func (o *Order) remove(op *Operation) {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := o.chunks[op.Ordinal/chunkSize]
	if c == nil || c.operations[op.Ordinal%chunkSize] == nil {
		return
	}
	c.operations[op.Ordinal%chunkSize] = nil
	if c.stored--; c.stored == 0 {
		delete(o.chunks, op.Ordinal/chunkSize)
	}
}

// Walk returns up to limit operations from an ordinal on, in the direction of
// step, 1 or -1, and where to go on; 0 if there is nothing more.
func (o *Order) Walk(from uint64, step, limit int) (found []*Operation, next uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	at := from
	for scanned := 0; at > 0 && at <= o.last; scanned++ {
		if len(found) == limit || scanned == MaxScan {
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

// Newest is the highest ordinal.
func (o *Order) Newest() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.last
}

// reset forgets all of them.
func (o *Order) reset() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.chunks, o.last = nil, 0
}
