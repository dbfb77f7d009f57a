package http1

import (
	"bytes"
	"errors"
)

// chunks reads the chunked transfer coding (RFC 9112, section 7.1) from pieces of any size.
type chunks struct {
	stage chunkStage
	left  int64  // of the chunk
	line  []byte // a line that came in pieces
	spare int    // bytes of trailer that are still allowed
}

type chunkStage uint8

const (
	inSize chunkStage = iota
	inData
	afterData
	inTrailer
)

const (
	maxChunkLine = 4096
	maxTrailer   = 16 << 10
)

var errChunk = errors.New("the chunked coding of the answer is malformed")

// read takes a piece, passes content on, and returns how much of the piece it used.
func (c *chunks) read(p []byte, content func([]byte)) (n int, done bool, err error) {
	for n < len(p) {
		if c.stage == inData {
			m := int(min(c.left, int64(len(p)-n)))
			content(p[n : n+m])
			n += m
			if c.left -= int64(m); c.left == 0 {
				c.stage = afterData
			}
			continue
		}
		line, used, whole, err := c.takeLine(p[n:])
		n += used
		if err != nil || !whole {
			return n, false, err
		}
		if done, err := c.handle(line); done || err != nil {
			return n, done, err
		}
	}
	return n, false, nil
}

// handle takes a line that is not content.
func (c *chunks) handle(line []byte) (done bool, err error) {
	switch c.stage {
	case afterData:
		if len(line) > 0 {
			return false, errChunk
		}
		c.stage = inSize
	case inSize:
		if c.left, err = chunkSize(line); err != nil {
			return false, err
		}
		c.stage = inData
		if c.left == 0 {
			c.stage, c.spare = inTrailer, maxTrailer
		}
	case inTrailer:
		if len(line) == 0 {
			return true, nil
		}
		name, _, ok := bytes.Cut(line, colon)
		if c.spare -= len(line); c.spare < 0 || !ok || len(name) == 0 || !IsToken(name) {
			return false, errChunk
		}
	}
	return false, nil
}

// takeLine returns the next line without its end, if it is whole, and how much of p it used. It is
// valid until the next call.
func (c *chunks) takeLine(p []byte) (line []byte, used int, whole bool, err error) {
	i := bytes.IndexByte(p, '\n')
	used = i + 1
	if i < 0 {
		used = len(p)
	}
	if len(c.line)+used > maxChunkLine {
		return nil, used, false, errChunk
	}
	line = p[:used]
	if i < 0 || len(c.line) > 0 {
		c.line = append(c.line, line...)
		line = c.line
	}
	if i < 0 {
		return nil, used, false, nil
	}
	c.line = c.line[:0]
	if len(line) < 2 || line[len(line)-2] != '\r' || bytes.IndexByte(line[:len(line)-2], '\r') >= 0 {
		return nil, used, false, errChunk
	}
	return line[:len(line)-2], used, true, nil
}

// chunkSize reads hexadecimal digits; extensions behind a semicolon are ignored.
func chunkSize(line []byte) (int64, error) {
	digits, _, _ := bytes.Cut(line, []byte(";"))
	digits = trimField(digits)
	n := int64(0)
	for _, c := range digits {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, errChunk
		}
		n = n<<4 | int64(c)
	}
	if len(digits) == 0 || len(digits) > 15 {
		return 0, errChunk
	}
	return n, nil
}
