package measure

import "time"

// Blocks are the operations of a run in up to mostBlocks parts of equal length, by their planned
// moments. What differs from block to block more than chance would have it says how far apart two
// runs may lie that are equal. The zero value is empty and ready.
type Blocks struct {
	// Length of a block; it doubles when there would be more than mostBlocks.
	Length time.Duration `json:"length_ns"`
	List   []Block       `json:"list"`
}

// Block is one part of the run.
type Block struct {
	Submitted int64  `json:"submitted"`
	Succeeded int64  `json:"succeeded"`
	Done      Spread `json:"done"`
	Work      Spread `json:"work"`
	Lag       Spread `json:"lag"`
	// Polls of each operation, as if each were a millisecond.
	Polls Spread `json:"polls"`
}

const (
	mostBlocks  = 32
	blockLength = 500 * time.Millisecond
)

// At returns the block of operations that were planned so long after the start of the run. It is
// valid until the next call.
func (b *Blocks) At(planned time.Duration) *Block {
	if b.Length == 0 {
		b.Length = blockLength
	}
	planned = max(planned, 0)
	for planned >= mostBlocks*b.Length {
		b.fold()
	}
	i := int(planned / b.Length)
	for len(b.List) <= i {
		b.List = append(b.List, Block{})
	}
	return &b.List[i]
}

// fold makes one block of two.
func (b *Blocks) fold() {
	for i := range b.List {
		if i%2 == 1 {
			b.List[i/2].add(&b.List[i])
			continue
		}
		b.List[i/2] = b.List[i]
	}
	b.List = b.List[:(len(b.List)+1)/2]
	b.Length *= 2
}

// Add counts what another counted.
func (b *Blocks) Add(o *Blocks) {
	if len(o.List) == 0 {
		return
	}
	if b.Length == 0 {
		b.Length = o.Length
	}
	for b.Length < o.Length {
		b.fold()
	}
	for i := range o.List {
		b.At(time.Duration(i) * o.Length).add(&o.List[i])
	}
}

func (b *Block) add(o *Block) {
	b.Submitted += o.Submitted
	b.Succeeded += o.Succeeded
	b.Done.Add(&o.Done)
	b.Work.Add(&o.Work)
	b.Lag.Add(&o.Lag)
	b.Polls.Add(&o.Polls)
}
