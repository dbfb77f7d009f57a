package pending

import (
	"math"
	"unsafe"
)

// Slot is one operation that is not over, in as little as it takes. It holds no pointer: the slab
// lies outside of what the garbage collector looks at. Moments are nanoseconds since the start of
// the run; Never stands for none.
type Slot struct {
	Index    int64 // of the arrival
	Planned  int64 // when the submit was to leave
	Accepted int64 // when its answer came
	Due      int64 // when the next request is to leave
	Floor    int64 // lro.Operation.NotBefore
	hint     int64 // lro.Operation.Hint
	missed   int64 // lro.Operation.MissedSince
	Seen     int64 // when the last request left that was answered "not yet", or the submit; once IsTold, when the end was known
	Picked   int64 // when the request began to wait for a connection
	percent  float64
	spoken   uint64 // lro.Operation.Spoken

	Next   uint32 // in the list that it is in: due, waiting, free
	blob   uint32 // its texts
	polls  uint32
	Sends  uint32 // polls sent, for the operation's own count
	queue  int32  // lro.Progress.Queue
	cookie uint32 // a blob: what the server set, as it is sent back
	crumbs uint16 // the length of that
	length uint16 // of the blob
	Prefix uint16 // of the status URL
	kin    uint16 // what it shares with others
	native uint16
	misses uint16
	moves  uint8
	resend uint8
	Series uint8
	state  uint8
	style  uint8
	note   uint8
	Keys   uint8 // the version of the credentials that the last request carried
	Stage  slotStage
	Flags  slotFlags
}

// Never is the moment that was not.
const Never = math.MinInt64

type slotStage uint8

const (
	Unsent  slotStage = iota // the submit has not left
	Compact                  // everything is in the slot and its blob
	Whole                    // the operation is in worker.whole
)

type slotFlags uint16

const (
	isHinted slotFlags = 1 << iota
	isCancelSent
	isPercentKnown
	isInQueue
	isJobNumber
	isDoubtful
	isSent
	IsInFlight // a request is on its way
	IsTold     // its end is known; only the result is missing
	IsRepeated // the request is on its second connection
	IsLive     // there is an operation in the slot
	IsAnswered // the submit was answered
	IsFetching // the result has been asked for
	IsFetched  // and is there
	IsRenewed  // the request is sent again because the credentials had expired
)

const (
	SlabShift = 14
	slabChunk = 1 << SlabShift
	SlotSize  = int(unsafe.Sizeof(Slot{}))
)

// Slab holds slots in chunks that never move. Slot 0 is none.
type Slab struct {
	Chunks [][]Slot
	memory [][]byte
	free   uint32
	fresh  uint32 // the first that was never used
	Used   int
}

func (s *Slab) At(id uint32) *Slot { return &s.Chunks[id>>SlabShift][id&(slabChunk-1)] }

// Take returns an empty slot.
func (s *Slab) Take() uint32 {
	s.Used++
	if id := s.free; id != 0 {
		at := s.At(id)
		s.free = at.Next
		*at = Slot{Flags: IsLive}
		return id
	}
	if s.fresh == 0 {
		s.fresh = 1
	}
	if int(s.fresh>>SlabShift) == len(s.Chunks) {
		b := reserve(slabChunk * SlotSize)
		s.memory = append(s.memory, b)
		s.Chunks = append(s.Chunks, unsafe.Slice((*Slot)(unsafe.Pointer(&b[0])), slabChunk))
	}
	id := s.fresh
	s.fresh++
	s.At(id).Flags = IsLive
	return id
}

func (s *Slab) Give(id uint32) {
	s.Used--
	at := s.At(id)
	at.Next, at.Flags, s.free = s.free, 0, id
}

func (s *Slab) Close() {
	for _, b := range s.memory {
		release(b)
	}
	*s = Slab{}
}

// blobs holds texts of up to maxBlob bytes in pieces of a multiple of 16. Blob 0 is none.
type blobs struct {
	chunks [][]byte
	free   [maxBlob/blobUnit + 1]uint32 // by size in units; the next one is in the first 4 bytes
	fresh  uint32                       // the first unit that was never used
}

const (
	blobUnit  = 16
	maxBlob   = 2048
	blobShift = 16 // units in a chunk
)

// at returns the n bytes of a blob.
func (b *blobs) at(ref uint32, n int) []byte {
	from := int(ref&(1<<blobShift-1)) * blobUnit
	return b.chunks[ref>>blobShift][from : from+n : from+units(n)*blobUnit]
}

func units(n int) int { return (n + blobUnit - 1) / blobUnit }

// take returns a blob for n bytes, more than 0.
func (b *blobs) take(n int) uint32 {
	size := units(n)
	if ref := b.free[size]; ref != 0 {
		b.free[size] = *(*uint32)(unsafe.Pointer(&b.at(ref, 4)[0]))
		return ref
	}
	if b.fresh == 0 {
		b.fresh = 1
	}
	if left := 1<<blobShift - int(b.fresh&(1<<blobShift-1)); left < size {
		b.fresh = (b.fresh>>blobShift + 1) << blobShift
	}
	if int(b.fresh>>blobShift) == len(b.chunks) {
		b.chunks = append(b.chunks, reserve(blobUnit<<blobShift))
	}
	ref := b.fresh
	b.fresh += uint32(size)
	return ref
}

// give takes back a blob of n bytes.
func (b *blobs) give(ref uint32, n int) {
	if n == 0 {
		return
	}
	*(*uint32)(unsafe.Pointer(&b.at(ref, 4)[0])) = b.free[units(n)]
	b.free[units(n)] = ref
}

func (b *blobs) Close() {
	for _, c := range b.chunks {
		release(c)
	}
	*b = blobs{}
}

// Line is slots in the order in which they came, linked by next.
type Line struct {
	Head, Tail uint32
	Count      int
}

func (l *Line) Push(slots *Slab, id uint32) {
	slots.At(id).Next = 0
	if l.Tail == 0 {
		l.Head = id
	} else {
		slots.At(l.Tail).Next = id
	}
	l.Tail = id
	l.Count++
}

// Pop returns 0 if there is none.
func (l *Line) Pop(slots *Slab) uint32 {
	id := l.Head
	if id == 0 {
		return 0
	}
	if l.Head = slots.At(id).Next; l.Head == 0 {
		l.Tail = 0
	}
	l.Count--
	return id
}
