package http2

// writeHeaders appends HEADERS, and CONTINUATION where one frame does not hold the block (RFC 9113,
// sections 6.2 and 6.10).
func (c *Conn) writeHeaders(s *Stream, block []byte, last bool) {
	kind, flags := headersFrame, frameFlags(0)
	if last {
		flags = endStream
	}
	for {
		n := min(len(block), c.frameSize)
		if n == len(block) {
			flags |= endHeaders
		}
		c.out = appendFrame(c.out, frameHeader{length: n, kind: kind, flags: flags, stream: s.id})
		c.out = append(c.out, block[:n]...)
		s.Out += headerLen + n
		if block = block[n:]; len(block) == 0 {
			return
		}
		kind, flags = continuationFrame, 0
	}
}

// writeBody appends as much of the content as the windows allow (RFC 9113, section 6.9.1).
func (c *Conn) writeBody(s *Stream) {
	sent := 0
	for sent < len(s.rest) {
		n := int(min(int64(len(s.rest)-sent), int64(c.frameSize), s.send, c.send))
		if n <= 0 {
			break
		}
		flags := frameFlags(0)
		if sent+n == len(s.rest) {
			flags = endStream
		}
		c.out = appendFrame(c.out, frameHeader{length: n, kind: dataFrame, flags: flags, stream: s.id})
		c.out = append(c.out, s.rest[sent:sent+n]...)
		s.Out += headerLen + n
		s.send -= int64(n)
		c.send -= int64(n)
		sent += n
	}
	if sent == 0 {
		return
	}
	s.rest = append(s.rest[:0], s.rest[sent:]...)
	if len(s.rest) == 0 {
		c.blocked--
		c.wrote(s)
	}
}

// wrote notes that the last byte of a request is in out.
func (c *Conn) wrote(s *Stream) {
	s.end, s.ended = c.given+int64(len(c.out)), true
	c.leaving = append(c.leaving, s)
}

// resume goes on with contents that had to wait for a window.
func (c *Conn) resume() {
	if c.blocked == 0 || c.send <= 0 {
		return
	}
	for _, s := range c.streams.places {
		if s != nil && len(s.rest) > 0 {
			c.writeBody(s)
		}
	}
}

// reply counts bytes that answer the server's own frames. A server that asks and does not read would
// have us keep them without end.
func (c *Conn) reply(before int) *Error {
	if c.replies += len(c.out) - before; c.replies > maxReplies {
		return broken(EnhanceYourCalm, "more PING and SETTINGS than it reads answers to")
	}
	return nil
}
