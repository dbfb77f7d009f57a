package loadtest

import (
	"math"
	"unsafe"
)

// slot is one operation that is not over, in as little as it takes. It holds no pointer: the slab
// lies outside of what the garbage collector looks at. Moments are nanoseconds since the start of
// the run; never stands for none.
type slot struct {
	index    int64 // of the arrival
	planned  int64 // when the submit was to leave
	accepted int64 // when its answer came
	due      int64 // when the next request is to leave
	floor    int64 // lro.Operation.NotBefore
	hint     int64 // lro.Operation.Hint
	missed   int64 // lro.Operation.MissedSince
	seen     int64 // when the last answer came that said "not yet", or the 202
	picked   int64 // when the request began to wait for a connection
	percent  float64

	next   uint32 // in the list that it is in: due, waiting, free
	blob   uint32 // its texts
	polls  uint32
	sends  uint32 // polls sent, for the operation's own count
	queue  int32  // lro.Progress.Queue
	length uint16 // of the blob
	prefix uint16 // of the status URL
	kin    uint16 // what it shares with others
	native uint16
	misses uint16
	moves  uint8
	resend uint8
	series uint8
	state  uint8
	style  uint8
	note   uint8
	stage  slotStage
	flags  slotFlags
}

// never is the moment that was not.
const never = math.MinInt64

type slotStage uint8

const (
	unsent  slotStage = iota // the submit has not left
	compact                  // everything is in the slot and its blob
	whole                    // the operation is in worker.whole
)

type slotFlags uint16

const (
	isHinted slotFlags = 1 << iota
	isCancelSent
	isPercentKnown
	isInQueue
	isInFlight // a request is on its way
	isTold     // its end is known; only the result is missing
	isRepeated // the request is on its second connection
	isLive     // there is an operation in the slot
)

const (
	slabShift = 14
	slabChunk = 1 << slabShift
	slotSize  = int(unsafe.Sizeof(slot{}))
)

// slab holds slots in chunks that never move. Slot 0 is none.
type slab struct {
	chunks [][]slot
	memory [][]byte
	free   uint32
	fresh  uint32 // the first that was never used
	used   int
}

func (s *slab) at(id uint32) *slot { return &s.chunks[id>>slabShift][id&(slabChunk-1)] }

// take returns an empty slot.
func (s *slab) take() uint32 {
	s.used++
	if id := s.free; id != 0 {
		at := s.at(id)
		s.free = at.next
		*at = slot{flags: isLive}
		return id
	}
	if s.fresh == 0 {
		s.fresh = 1
	}
	if int(s.fresh>>slabShift) == len(s.chunks) {
		b := reserve(slabChunk * slotSize)
		s.memory = append(s.memory, b)
		s.chunks = append(s.chunks, unsafe.Slice((*slot)(unsafe.Pointer(&b[0])), slabChunk))
	}
	id := s.fresh
	s.fresh++
	s.at(id).flags = isLive
	return id
}

func (s *slab) give(id uint32) {
	s.used--
	at := s.at(id)
	at.next, at.flags, s.free = s.free, 0, id
}

func (s *slab) close() {
	for _, b := range s.memory {
		release(b)
	}
	*s = slab{}
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

func (b *blobs) close() {
	for _, c := range b.chunks {
		release(c)
	}
	*b = blobs{}
}
