package http2

// fieldReader walks through header blocks (RFC 7541) and writes their fields as lines, as HTTP/1.1 has
// them. It has no memory: the table that a server may fill has no room, because we say so in
// SETTINGS_HEADER_TABLE_SIZE.
type fieldReader struct {
	lines  []byte // "name: value\r\n", without pseudo-header fields
	status int    // 0: there was none
	length int64  // of Content-Length; -1: there was none
	limit  int    // of lines
	name   []byte // of the field at hand
	value  []byte
	buffer []byte // what these two were decoded into
}

// block reads a whole header block. The first error is of the connection where it concerns the coding,
// and of the stream where a field is not allowed (RFC 9113, section 8.1.1).
func (r *fieldReader) block(b []byte, trailers bool) *Error {
	r.status, r.length = 0, -1
	var wrong *Error
	for first := true; len(b) > 0; {
		var err *Error
		update := b[0]&0xe0 == 0x20
		if update {
			b, err = tableSize(b, first)
		} else {
			b, err = r.field(b)
		}
		if err != nil {
			return err
		}
		if first = first && update; !update && wrong == nil {
			wrong = r.keep(trailers)
		}
	}
	if wrong == nil && !trailers && r.status == 0 {
		wrong = malformed(ProtocolError, "an answer without :status")
	}
	return wrong
}

// tableSize takes an update of the size of the dynamic table (RFC 7541, section 6.3). It stands at the
// beginning of a block, and ours is 0.
func tableSize(b []byte, first bool) ([]byte, *Error) {
	n, rest, ok := readInteger(b, 5)
	if !ok || n != 0 || !first {
		return nil, broken(CompressionError, "a size of the header table that was not offered")
	}
	return rest, nil
}

// field reads one field into name and value (RFC 7541, sections 6.1 and 6.2).
func (r *fieldReader) field(b []byte) ([]byte, *Error) {
	bits, literal := 4, true
	switch {
	case b[0]&0x80 != 0:
		bits, literal = 7, false
	case b[0]&0xc0 == 0x40:
		bits = 6 // it asks for a place in the table, which has none
	}
	number, rest, ok := readInteger(b, bits)
	if !ok || number > len(staticFields) || number == 0 && !literal {
		return nil, broken(CompressionError, "a header field that is not in the table")
	}
	r.buffer = r.buffer[:0]
	r.name, r.value = nil, nil
	if number > 0 {
		r.buffer = append(r.buffer, staticFields[number-1].name...)
	} else if rest, ok = r.text(rest); !ok {
		return nil, broken(CompressionError, "a header field whose name cannot be decoded")
	}
	n := len(r.buffer)
	if !literal {
		r.buffer = append(r.buffer, staticFields[number-1].value...)
	} else if rest, ok = r.text(rest); !ok {
		return nil, broken(CompressionError, "a header field whose value cannot be decoded")
	}
	r.name, r.value = r.buffer[:n], r.buffer[n:]
	return rest, nil
}

// text reads a string literal into the buffer (RFC 7541, section 5.2).
func (r *fieldReader) text(b []byte) (rest []byte, ok bool) {
	if len(b) == 0 {
		return nil, false
	}
	coded := b[0]&0x80 != 0
	n, rest, ok := readInteger(b, 7)
	if !ok || n > len(rest) {
		return nil, false
	}
	if !coded {
		r.buffer = append(r.buffer, rest[:n]...)
		return rest[n:], true
	}
	r.buffer, ok = appendHuffman(r.buffer, rest[:n])
	return rest[n:], ok
}

// keep appends the field to the lines.
func (r *fieldReader) keep(trailers bool) *Error {
	if len(r.name) > 0 && r.name[0] == ':' {
		return r.pseudo(trailers)
	}
	if !fieldName(r.name) {
		return malformed(ProtocolError, "a header field whose name is not allowed")
	}
	if !fieldValue(r.value) {
		return malformed(ProtocolError, "a header field whose value is not allowed")
	}
	if string(r.name) == "content-length" {
		n, ok := digits(r.value)
		if !ok || r.length >= 0 && r.length != n {
			return malformed(ProtocolError, "an invalid Content-Length")
		}
		r.length = n
	}
	if len(r.lines)+len(r.name)+len(r.value)+4 > r.limit {
		return malformed(EnhanceYourCalm, "a header section of more than 64 KiB")
	}
	r.lines = append(r.lines, r.name...)
	r.lines = append(r.lines, ": "...)
	r.lines = append(r.lines, r.value...)
	r.lines = append(r.lines, "\r\n"...)
	return nil
}

// pseudo takes :status, the only pseudo-header field of an answer (RFC 9113, section 8.3.2). It stands
// before the others and is not in trailers.
func (r *fieldReader) pseudo(trailers bool) *Error {
	status, ok := digits(r.value)
	if trailers || r.status != 0 || len(r.lines) > 0 || string(r.name) != ":status" || !ok || len(r.value) != 3 || status < 100 {
		return malformed(ProtocolError, "a pseudo-header field that does not belong there")
	}
	r.status = int(status)
	return nil
}

// readInteger reads a number with a prefix of so many bits (RFC 7541, section 5.1), up to 2^28.
func readInteger(b []byte, bits int) (n int, rest []byte, ok bool) {
	if len(b) == 0 {
		return 0, nil, false
	}
	mask := 1<<bits - 1
	n, b = int(b[0])&mask, b[1:]
	if n < mask {
		return n, b, true
	}
	for shift := 0; shift < 28 && len(b) > 0; shift += 7 {
		c := int(b[0])
		n, b = n+c&0x7f<<shift, b[1:]
		if c < 0x80 {
			return n, b, true
		}
	}
	return 0, nil, false
}

// appendInteger appends a number with a prefix of so many bits, whose other bits are in first.
func appendInteger(b []byte, first byte, bits, n int) []byte {
	mask := 1<<bits - 1
	if n < mask {
		return append(b, first|byte(n))
	}
	b = append(b, first|byte(mask))
	for n -= mask; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

// appendField appends a literal that is never indexed (RFC 7541, section 6.2.3). name is in lower case.
func appendField(b, name, value []byte) []byte {
	number := staticName(name)
	b = appendInteger(b, 0x10, 4, number)
	if number == 0 {
		b = appendInteger(b, 0, 7, len(name))
		b = append(b, name...)
	}
	b = appendInteger(b, 0, 7, len(value))
	return append(b, value...)
}

// digits reads a number of decimal digits, up to 18 of them.
func digits(b []byte) (n int64, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, len(b) > 0 && len(b) <= 18
}
