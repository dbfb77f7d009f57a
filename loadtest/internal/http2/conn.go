package http2

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// Config is what a connection is opened with. Its zero value is usable: nothing of contents is kept.
type Config struct {
	// MaxBody bounds what is kept of each content, in bytes. The rest is read and dropped.
	MaxBody int
	// Window is how many bytes of content the server may send ahead, on each stream. 0: 1 MiB. The
	// whole connection has 16 times as much.
	Window int32
	// Streams bounds those that are open at a time, beside what the server says. 0: no bound.
	Streams int
	// First is the number of the first stream, odd. 0: 1.
	First uint32
}

const (
	defaultWindow = 1 << 20
	firstWindow   = 65535 // until a side says something else (RFC 9113, section 6.9.2)
	maxHeads      = 64 << 10
	// maxReplies bounds what answers to PING and SETTINGS may pile up while the server does not read.
	maxReplies = 64 << 10
	// maxCancels is how many streams are given up before the connection takes no more: to many servers
	// more is an attack (CVE-2023-44487).
	maxCancels = 100
)

// preface is the first thing that a client sends (RFC 9113, section 3.4).
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// Conn is the state of one connection. It is made by [New].
type Conn struct {
	config  Config
	next    uint32 // the number of the next stream
	streams streamTable
	greeted bool // the server's first SETTINGS are there
	closing bool // no new streams
	failed  error

	// What the server allows.
	limit       uint32 // streams at a time
	frameSize   int    // of a payload
	streamSend  int64  // the window that a new stream begins with
	send        int64  // of the connection
	blocked     int    // streams with content that no window allows yet
	recv, eaten int64  // as in Stream

	out     []byte    // what Take has not returned yet
	given   int64     // how many bytes it has returned so far
	replies int       // bytes of out that answer PING or SETTINGS
	leaving []*Stream // whose last byte is in out, or was not known to be written yet
	cancels int

	half    []byte // of a frame that came in pieces
	block   []byte // of a header section that came in pieces
	blockOf frameHeader
	inBlock bool
	reader  fieldReader
	done    []*Stream // ended, not returned by Next yet
	first   int       // of done
	spare   []*Stream
	scratch []byte
}

// New returns a connection that has its preface ready to be written.
func New(config Config) *Conn {
	config.Window = cmp.Or(config.Window, defaultWindow)
	c := &Conn{
		config: config, next: cmp.Or(config.First, 1), limit: maxInt31, frameSize: maxFrame,
		streamSend: firstWindow, send: firstWindow, recv: connWindow(config.Window),
	}
	c.reader.limit = maxHeads
	c.out = append(c.out, preface...)
	settings := []struct {
		id    uint16
		value uint32
	}{{tableSizeSetting, 0}, {pushSetting, 0}, {windowSetting, uint32(config.Window)}, {headsSetting, maxHeads}}
	c.out = appendFrame(c.out, frameHeader{length: 6 * len(settings), kind: settingsFrame})
	for _, s := range settings {
		c.out = binary.BigEndian.AppendUint16(c.out, s.id)
		c.out = binary.BigEndian.AppendUint32(c.out, s.value)
	}
	if c.recv > firstWindow {
		c.out = appendWord(c.out, windowFrame, 0, uint32(c.recv-firstWindow))
	}
	return c
}

// connWindow is the window of the connection: the one that it has anyway is the least.
func connWindow(stream int32) int64 { return max(firstWindow, min(16*int64(stream), maxInt31)) }

// Ready reports whether the server has greeted: before that no stream is opened.
func (c *Conn) Ready() bool { return c.greeted }

// Free is how many streams may be opened now.
func (c *Conn) Free() int {
	if !c.greeted || c.Closing() {
		return 0
	}
	return max(0, c.most()-c.streams.count)
}

// most is how many streams may be open at a time.
func (c *Conn) most() int {
	if c.config.Streams > 0 {
		return min(c.config.Streams, int(c.limit))
	}
	return int(c.limit)
}

// Busy is how many streams are open.
func (c *Conn) Busy() int { return c.streams.count }

// Closing reports whether there will be no new streams: the server said GOAWAY, too many streams were
// cancelled, the numbers of streams are used up, or the connection has failed.
func (c *Conn) Closing() bool { return c.closing || c.next > maxInt31 }

// Close has the connection end: no new streams, and a GOAWAY to be written.
func (c *Conn) Close() {
	if !c.closing && c.failed == nil {
		c.goAway(NoError)
	}
	c.closing = true
}

// Open begins a request that is written as HTTP/1.1: its head as the template knows it, an empty line,
// its content. Free must be above 0. The stream belongs to the connection until [Conn.Next] returns it.
func (c *Conn) Open(owner uint32, now int64, request []byte, t *Template) error {
	head, body := splitRequest(request)
	block, err := t.appendHead(c.scratch[:0], head)
	if c.scratch = block; err != nil {
		return err
	}
	s := c.take()
	s.Get = len(head) > 4 && string(head[:4]) == "GET "
	s.Owner, s.Begun, s.id, s.send, s.recv = owner, now, c.next, c.streamSend, int64(c.config.Window)
	c.next += 2
	s.start = c.given + int64(len(c.out))
	c.writeHeaders(s, block, len(body) == 0)
	c.streams.add(s)
	if len(body) == 0 {
		c.wrote(s)
		return nil
	}
	s.rest = append(s.rest, body...)
	c.blocked++
	c.writeBody(s)
	return nil
}

var emptyLine = []byte("\r\n\r\n")

// splitRequest cuts behind the head, whose last line keeps its end.
func splitRequest(b []byte) (head, body []byte) {
	if i := bytes.Index(b, emptyLine); i >= 0 {
		return b[:i+2], b[i+4:]
	}
	return b, nil
}

func (c *Conn) take() *Stream {
	n := len(c.spare)
	if n == 0 {
		s := &Stream{}
		s.reset()
		return s
	}
	s := c.spare[n-1]
	c.spare = c.spare[:n-1]
	return s
}

// Next returns a stream that has ended, and nil if there is none.
func (c *Conn) Next() *Stream {
	if c.first == len(c.done) {
		return nil
	}
	s := c.done[c.first]
	c.done[c.first] = nil
	if c.first++; c.first == len(c.done) {
		c.done, c.first = c.done[:0], 0
	}
	return s
}

// Release gives a stream that Next has returned back.
func (c *Conn) Release(s *Stream) {
	s.reset()
	c.spare = append(c.spare, s)
}

// Take returns what is to be written now, valid until the next call of any method. All of it must be
// written, or the connection given up.
func (c *Conn) Take() []byte {
	b := c.out
	c.given += int64(len(b))
	c.out, c.replies = c.out[:0], 0
	return b
}

// TakeBack says that the n bytes that Take returned last were not written, none of them, and will not be.
func (c *Conn) TakeBack(n int) { c.given -= int64(n) }

// Waiting reports whether Take would return something.
func (c *Conn) Waiting() bool { return len(c.out) > 0 }

// Left says that everything that Take returned was written by now.
func (c *Conn) Left(now int64) {
	kept := c.leaving[:0]
	for _, s := range c.leaving {
		if s.end > c.given {
			kept = append(kept, s)
			continue
		}
		s.Sent = now
	}
	clear(c.leaving[len(kept):])
	c.leaving = kept
}

// Expire gives up the open streams that began before a moment (RFC 9113, section 5.4.2): they end with
// err.
func (c *Conn) Expire(before, now int64, err error) {
	var old []*Stream
	for _, s := range c.streams.places {
		if s != nil && s.Begun < before {
			old = append(old, s)
		}
	}
	for _, s := range old {
		c.reset(s, now, Cancel, err)
		if c.cancels++; c.cancels >= maxCancels {
			c.closing = true
		}
	}
}

// reset ends a stream, and tells the server.
func (c *Conn) reset(s *Stream, now int64, code Code, err error) {
	c.out = appendWord(c.out, resetFrame, s.id, uint32(code))
	c.end(s, now, err)
}

// end makes a stream one that Next returns.
func (c *Conn) end(s *Stream, now int64, err error) {
	c.streams.remove(s.id)
	if len(s.rest) > 0 {
		c.blocked--
	}
	s.Err, s.Last = err, now
	if s.start >= c.given && err != nil {
		s.Unprocessed = true
	}
	if s.Sent == Never && s.ended { // it ends before we heard that it was written
		i := slices.Index(c.leaving, s)
		c.leaving = slices.Delete(c.leaving, i, i+1)
	}
	if s.Sent == Never && !s.Unprocessed {
		s.Sent = s.Begun
	}
	c.done = append(c.done, s)
}

// Fail ends the connection and all its streams with err, which is not nil. Streams whose first byte was
// never taken are unprocessed.
func (c *Conn) Fail(now int64, err error) {
	if c.failed == nil {
		c.failed = err
	}
	c.closing = true
	for _, s := range slices.Clone(c.streams.places) {
		if s != nil {
			c.end(s, now, err)
		}
	}
}

// broke ends the connection because of what the server sent (RFC 9113, section 5.4.1).
func (c *Conn) broke(now int64, err *Error) error {
	c.goAway(err.Code)
	c.Fail(now, err)
	return err
}

// goAway tells the server that the connection ends (RFC 9113, section 6.8). It opened no stream itself.
func (c *Conn) goAway(code Code) {
	c.out = appendFrame(c.out, frameHeader{length: 8, kind: goAwayFrame})
	c.out = binary.BigEndian.AppendUint32(c.out, 0)
	c.out = binary.BigEndian.AppendUint32(c.out, uint32(code))
}
