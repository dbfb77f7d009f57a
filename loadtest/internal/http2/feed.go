package http2

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// Feed takes bytes that the server has sent, in pieces of any size. An error ends the connection: its
// streams have ended with it, and what Take returns may still be written.
func (c *Conn) Feed(p []byte, now int64) error {
	if c.failed != nil {
		return c.failed
	}
	if !c.greeted && len(c.half) == 0 && bytes.HasPrefix(p, []byte("HTTP/1.")) {
		return c.broke(now, broken(HTTP11Required, "it answers in HTTP/1.1"))
	}
	whole := len(c.half) == 0
	if !whole {
		c.half = append(c.half, p...)
		p = c.half
	}
	for len(p) >= headerLen {
		h := parseFrame(p)
		if h.length > maxFrame {
			return c.broke(now, broken(FrameSizeError, "a frame of more than 16 KiB"))
		}
		if len(p) < headerLen+h.length {
			break
		}
		if err := c.frame(h, p[headerLen:headerLen+h.length], now); err != nil {
			return c.broke(now, err)
		}
		p = p[headerLen+h.length:]
	}
	if whole {
		c.half = append(c.half, p...)
	} else {
		c.half = c.half[:copy(c.half, p)]
	}
	return nil
}

// frame handles one frame.
func (c *Conn) frame(h frameHeader, p []byte, now int64) *Error {
	if !c.greeted && h.kind != settingsFrame { // RFC 9113, section 3.4
		return broken(ProtocolError, "it did not begin with SETTINGS")
	}
	if c.inBlock && (h.kind != continuationFrame || h.stream != c.blockOf.stream) { // RFC 9113, section 6.10
		return broken(ProtocolError, "a frame in the middle of a header section")
	}
	switch h.kind {
	case dataFrame:
		return c.data(h, p, now)
	case headersFrame:
		return c.headers(h, p, now)
	case continuationFrame:
		return c.continuation(h, p, now)
	case resetFrame:
		return c.wasReset(h, p, now)
	case settingsFrame:
		return c.settings(h, p)
	case pingFrame:
		return c.ping(h, p)
	case goAwayFrame:
		return c.wentAway(h, p, now)
	case windowFrame:
		return c.windowUpdate(h, p, now)
	case pushFrame: // RFC 9113, section 8.4: we said that we want none
		return broken(ProtocolError, "a PUSH_PROMISE, which was not allowed")
	case priorityFrame:
		if h.length != 5 {
			return broken(FrameSizeError, "a PRIORITY frame of the wrong length")
		}
	}
	return nil // unknown kinds are ignored (RFC 9113, section 5.5)
}

// stream finds the stream of a frame: nil if it is over. A stream that was never opened is an error
// (RFC 9113, section 5.1).
func (c *Conn) stream(h frameHeader) (*Stream, *Error) {
	if h.stream&1 == 0 || h.stream >= c.next {
		return nil, broken(ProtocolError, "a frame on a stream that was not opened")
	}
	s := c.streams.find(h.stream)
	if s != nil {
		s.In += headerLen + h.length
	}
	return s, nil
}

// headers takes a HEADERS frame (RFC 9113, section 6.2).
func (c *Conn) headers(h frameHeader, p []byte, now int64) *Error {
	s, err := c.stream(h)
	if err != nil {
		return err
	}
	if p, err = unpad(h, p); err != nil {
		return err
	}
	if h.flags&endHeaders != 0 {
		return c.section(s, h, p, now)
	}
	c.inBlock, c.blockOf, c.block = true, h, append(c.block[:0], p...)
	return nil
}

// continuation takes the next part of a header section.
func (c *Conn) continuation(h frameHeader, p []byte, now int64) *Error {
	if !c.inBlock {
		return broken(ProtocolError, "a CONTINUATION of nothing")
	}
	s, err := c.stream(h)
	if err != nil {
		return err
	}
	if len(c.block)+len(p) > maxHeads {
		return broken(EnhanceYourCalm, "a header section of more than 64 KiB")
	}
	c.block = append(c.block, p...)
	if h.flags&endHeaders == 0 {
		return nil
	}
	c.inBlock = false
	return c.section(s, c.blockOf, c.block, now)
}

// section takes a whole header section: an interim answer, a head or trailers (RFC 9113, section 8.1).
func (c *Conn) section(s *Stream, h frameHeader, block []byte, now int64) *Error {
	last := h.flags&endStream != 0
	if s == nil { // it was cancelled; the coding must be right all the same
		c.reader.lines = c.reader.lines[:0]
		if err := c.reader.block(block, false); err != nil && err.Connection {
			return err
		}
		return nil
	}
	trailers := s.Status != 0
	c.reader.lines = c.reader.lines[:0]
	if !trailers {
		c.reader.lines = s.Head[:0]
	}
	err := c.reader.block(block, trailers)
	if !trailers {
		s.Head = c.reader.lines
		c.reader.lines = nil
	}
	switch {
	case err != nil && err.Connection:
		return err
	case err == nil && trailers && !last:
		err = malformed(ProtocolError, "trailers that do not end the answer")
	case err == nil && !trailers && (c.reader.status == 101 || c.reader.status < 200 && last):
		err = malformed(ProtocolError, "an invalid interim answer")
	}
	switch {
	case err != nil:
		c.reset(s, now, err.Code, err)
	case trailers:
		c.finish(s, now)
	case c.reader.status < 200: // RFC 9110, section 15.2
		s.Head = s.Head[:0]
	default:
		s.Status, s.length, s.First = c.reader.status, c.reader.length, now
		if last {
			c.finish(s, now)
		}
	}
	return nil
}

// data takes a DATA frame (RFC 9113, section 6.1).
func (c *Conn) data(h frameHeader, p []byte, now int64) *Error {
	s, err := c.stream(h)
	if err != nil {
		return err
	}
	if c.recv -= int64(h.length); c.recv < 0 {
		return broken(FlowControlError, "more content than the connection's window allows")
	}
	if c.eaten += int64(h.length); c.eaten >= connWindow(c.config.Window)/2 {
		c.out = appendWord(c.out, windowFrame, 0, uint32(c.eaten))
		c.recv, c.eaten = c.recv+c.eaten, 0
	}
	if p, err = unpad(h, p); err != nil || s == nil {
		return err
	}
	switch s.recv -= int64(h.length); {
	case s.recv < 0:
		err = malformed(FlowControlError, "more content than the stream's window allows")
	case s.Status == 0:
		err = malformed(ProtocolError, "content before the head of the answer")
	}
	if err != nil {
		c.reset(s, now, err.Code, err)
		return nil
	}
	s.got += int64(len(p))
	if room := c.config.MaxBody - len(s.Body); len(p) > room {
		p, s.More = p[:room], true
	}
	s.Body = append(s.Body, p...)
	if h.flags&endStream != 0 {
		c.finish(s, now)
		return nil
	}
	if s.eaten += int64(h.length); s.eaten >= (int64(c.config.Window)+1)/2 {
		c.out = appendWord(c.out, windowFrame, s.id, uint32(s.eaten))
		s.recv, s.eaten = s.recv+s.eaten, 0
	}
	return nil
}

// finish ends a stream whose answer is whole.
func (c *Conn) finish(s *Stream, now int64) {
	var err error
	if s.length >= 0 && s.length != s.got && s.Status != 304 { // RFC 9113, section 8.1.1
		err = malformed(ProtocolError, "an answer whose content is not as long as it says")
	}
	if !s.ended { // it answers before it has the whole request, and will not read the rest
		c.reset(s, now, Cancel, err)
		return
	}
	c.end(s, now, err)
}

// wasReset takes RST_STREAM (RFC 9113, section 6.4).
func (c *Conn) wasReset(h frameHeader, p []byte, now int64) *Error {
	if h.length != 4 {
		return broken(FrameSizeError, "an RST_STREAM frame of the wrong length")
	}
	s, err := c.stream(h)
	if err != nil || s == nil {
		return err
	}
	code := Code(binary.BigEndian.Uint32(p))
	s.Unprocessed = code == RefusedStream // RFC 9113, section 8.7
	c.end(s, now, &Error{Code: code, Server: true})
	return nil
}

// wentAway takes GOAWAY (RFC 9113, section 6.8): streams above the last one were not processed, and
// those up to it end in their own time.
func (c *Conn) wentAway(h frameHeader, p []byte, now int64) *Error {
	if h.stream != 0 {
		return broken(ProtocolError, "GOAWAY on a stream")
	}
	if h.length < 8 {
		return broken(FrameSizeError, "a GOAWAY frame that is too short")
	}
	last, code := binary.BigEndian.Uint32(p)&maxInt31, Code(binary.BigEndian.Uint32(p[4:]))
	c.closing = true
	for _, s := range slices.Clone(c.streams.places) {
		if s != nil && s.id > last {
			s.Unprocessed = true
			c.end(s, now, &Error{Code: code, Server: true, Connection: true})
		}
	}
	return nil
}

// ping answers PING (RFC 9113, section 6.7).
func (c *Conn) ping(h frameHeader, p []byte) *Error {
	switch {
	case h.stream != 0:
		return broken(ProtocolError, "PING on a stream")
	case h.length != 8:
		return broken(FrameSizeError, "a PING frame of the wrong length")
	case h.flags&ack != 0:
		return nil
	}
	before := len(c.out)
	c.out = appendFrame(c.out, frameHeader{length: 8, kind: pingFrame, flags: ack})
	c.out = append(c.out, p...)
	return c.reply(before)
}
