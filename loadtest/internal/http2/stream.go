package http2

import "math"

// Never is the moment that was not.
const Never = math.MinInt64

// Stream is one request and its answer. The caller may read it once [Conn.Next] has returned it, and
// must not use it after [Conn.Release].
type Stream struct {
	// Owner is what the caller gave to [Conn.Open].
	Owner uint32
	// Get reports whether the request is a GET.
	Get bool
	// Begun is when the stream was opened, Sent when the last byte of the request was written, First
	// when the head of the answer was there and Last when the stream ended; Never where it did not.
	Begun, Sent, First, Last int64
	// Status is 0 unless the head of an answer came.
	Status int
	// Head is the fields of the answer, as lines of HTTP/1.1.
	Head []byte
	// Body is the content, up to Config.MaxBody; More reports whether there was more of it.
	Body []byte
	More bool
	// In and Out are the bytes of the frames of this stream.
	In, Out int
	// Err is nil if the answer is whole.
	Err error
	// Unprocessed reports that the server cannot have acted on the request: nothing of it was written,
	// or the server says so (RFC 9113, section 8.7).
	Unprocessed bool

	id     uint32
	start  int64 // where in what the connection wrote its first byte is
	end    int64 // where its last one is, if it is there yet
	rest   []byte
	send   int64 // what we may still send
	recv   int64 // what the server may still send
	eaten  int64 // of its content, since it was last allowed more
	length int64 // by Content-Length; -1: it does not say
	got    int64 // of the content
	ended  bool  // the last byte of the request is in what the connection wrote
}

// maxKept bounds the memory that a stream keeps for the next request.
const maxKept = 16 << 10

// reset makes the stream ready for the next request.
func (s *Stream) reset() {
	head, body, rest := s.Head[:0], s.Body[:0], s.rest[:0]
	if cap(head)+cap(body)+cap(rest) > maxKept {
		head, body, rest = nil, nil, nil
	}
	*s = Stream{Sent: Never, First: Never, Last: Never, Head: head, Body: body, rest: rest, length: -1}
}

// streamTable finds streams by their number. It is an open hash table, because a map would allocate now
// and then.
type streamTable struct {
	places []*Stream // their number is a power of 2, and at most half of them are taken
	count  int
}

func (t *streamTable) home(id uint32) int { return int(id>>1) & (len(t.places) - 1) }

// find returns nil if there is none.
func (t *streamTable) find(id uint32) *Stream {
	if t.count == 0 {
		return nil
	}
	for i := t.home(id); t.places[i] != nil; i = (i + 1) & (len(t.places) - 1) {
		if t.places[i].id == id {
			return t.places[i]
		}
	}
	return nil
}

func (t *streamTable) add(s *Stream) {
	if 2*(t.count+1) > len(t.places) {
		old := t.places
		t.places, t.count = make([]*Stream, max(64, 2*len(old))), 0
		for _, each := range old {
			if each != nil {
				t.add(each)
			}
		}
	}
	i := t.home(s.id)
	for t.places[i] != nil {
		i = (i + 1) & (len(t.places) - 1)
	}
	t.places[i] = s
	t.count++
}

// remove closes the gap, so that what was pushed on by the removed one is found at its place.
func (t *streamTable) remove(id uint32) {
	mask := len(t.places) - 1
	i := t.home(id)
	for t.places[i].id != id {
		i = (i + 1) & mask
	}
	t.count--
	for j := i; ; {
		t.places[i] = nil
		for {
			j = (j + 1) & mask
			if t.places[j] == nil {
				return
			}
			if home := t.home(t.places[j].id); (j-home)&mask >= (j-i)&mask {
				break
			}
		}
		t.places[i], i = t.places[j], j
	}
}
