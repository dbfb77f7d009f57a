package http1

import (
	"bytes"
	"errors"
	"io"
)

// Response reads one HTTP/1.1 response from pieces of any size (RFC 9112). What arrives in one piece
// is not copied: head and content then are parts of that piece. The zero value reads the first
// response of a connection; reset makes it ready for the next.
type Response struct {
	Limit int // of the content that is kept

	Status  int
	Head    Fields
	Body    []byte
	More    bool // the content is longer than body
	Last    bool // the connection ends with this response
	Started bool // a byte has been read

	Stage    stage
	chunks   chunks
	left     int64  // of the content, where its length is known
	saved    []byte // head and content that came in pieces
	scanned  int    // of saved, without the end of the head
	split    int    // where the content begins in saved
	detached bool   // the head is in saved
}

type stage uint8

const (
	InHead stage = iota
	inLength
	inChunks
	inRest // until the connection ends
	complete
)

const maxHead = 64 << 10

var (
	errStatusLine = errors.New("the answer is not HTTP/1.1")
	errUpgrade    = errors.New("the answer changes the protocol, which was not requested")
)

// Reset forgets the response and keeps the memory, unless that is large.
func (r *Response) Reset() {
	if cap(r.saved) > 16<<10 {
		r.saved = nil
	}
	r.saved, r.scanned, r.split, r.detached = r.saved[:0], 0, 0, false
	r.Status, r.Body, r.More, r.Last, r.Started = 0, nil, false, false, false
	r.Stage, r.left = InHead, 0
	r.chunks = chunks{}
}

// Feed takes the next piece and returns what of it lies behind the response. Once done, the response
// is to be used before the piece is overwritten.
func (r *Response) Feed(p []byte) (rest []byte, done bool, err error) {
	if len(p) > 0 {
		r.Started = true
	}
	for r.Stage == InHead {
		if p, err = r.takeHead(p); err != nil || r.Stage == InHead {
			return nil, false, err
		}
	}
	return r.takeBody(p)
}

// End says that the connection has ended, and whether that completes the response.
func (r *Response) End() (done bool, err error) {
	switch {
	case r.Stage == inRest:
		r.finish()
		return true, nil
	case !r.Started:
		return false, io.EOF
	}
	return false, io.ErrUnexpectedEOF
}

// takeHead reads the head if it is whole by now, and returns what follows it.
func (r *Response) takeHead(p []byte) ([]byte, error) {
	from := p
	if len(r.saved) > 0 {
		r.saved = append(r.saved, p...)
		from = r.saved
	}
	n := headLen(from, r.scanned)
	if n < 0 {
		if len(from) > maxHead {
			return nil, errHeaderLength
		}
		if len(r.saved) == 0 {
			r.saved = append(r.saved, p...)
		}
		r.scanned = max(0, len(from)-3)
		return nil, nil
	}
	if n > maxHead {
		return nil, errHeaderLength
	}
	rest := from[n:]
	frame, version, err := r.parseHead(from[:n])
	if err != nil {
		return nil, err
	}
	if r.Status/100 == 1 { // an interim response (RFC 9110, section 15.2)
		if r.Status == 101 {
			return nil, errUpgrade
		}
		rest = bytes.Clone(rest)
		r.saved, r.scanned = r.saved[:0], 0
		if len(rest) == 0 {
			r.Stage = InHead
			return nil, nil
		}
		return r.takeHead(rest)
	}
	if len(r.saved) > 0 {
		// The content is appended behind the head; what is left of the piece stays where it is.
		rest = p[len(p)-len(rest):]
		r.saved, r.split, r.detached = r.saved[:n], n, true
	}
	r.Last = frame.close || version == 0 && !frame.keep
	r.frame(frame)
	return rest, nil
}

// headLen returns the length of a head with its empty line, and -1 if it is not whole.
func headLen(b []byte, from int) int {
	i := bytes.Index(b[from:], []byte("\r\n\r\n"))
	if i < 0 {
		return -1
	}
	return from + i + 4
}

// parseHead reads status line and fields. version is the minor one.
func (r *Response) parseHead(b []byte) (frame framing, version byte, err error) {
	// "HTTP/1.1 200 OK\r\n"; the reason may be missing, with or without the blank before it.
	if len(b) < 16 || string(b[:7]) != "HTTP/1." || b[7] != '0' && b[7] != '1' || b[8] != ' ' {
		return frame, 0, errStatusLine
	}
	r.Status = 0
	for _, c := range b[9:12] {
		if c < '0' || c > '9' {
			return frame, 0, errStatusLine
		}
		r.Status = r.Status*10 + int(c-'0')
	}
	line := bytes.IndexByte(b, '\n')
	if r.Status < 100 || b[12] != ' ' && b[12] != '\r' || line < 13 || bytes.IndexByte(b[:line], '\r') != line-1 {
		return frame, 0, errStatusLine
	}
	frame, err = r.Head.read(b[line+1 : len(b)-2])
	if err == nil && frame.chunked && b[7] == '0' {
		err = errCoding
	}
	return frame, b[7] - '0', err
}

// frame decides where the content ends (RFC 9112, section 6.3).
func (r *Response) frame(f framing) {
	switch {
	case r.Status == 204 || r.Status == 304:
		r.Stage, r.left = inLength, 0
	case f.chunked:
		r.Stage = inChunks
		r.Last = r.Last || f.length >= 0 // somebody tries to smuggle, or does not know what it does
	case f.length >= 0:
		r.Stage, r.left = inLength, f.length
	default:
		r.Stage, r.Last = inRest, true
	}
}

func (r *Response) takeBody(p []byte) (rest []byte, done bool, err error) {
	switch r.Stage {
	case inLength:
		n := int(min(int64(len(p)), r.left))
		if !r.detached && int64(n) == r.left { // all of it in one piece
			r.Body, r.More, r.Stage = p[:min(n, r.Limit)], n > r.Limit, complete
			return p[n:], true, nil
		}
		r.keep(p[:n])
		if r.left -= int64(n); r.left > 0 {
			return nil, false, nil
		}
		r.finish()
		return p[n:], true, nil
	case inRest:
		r.keep(p)
		return nil, false, nil
	}
	r.detach()
	n, done, err := r.chunks.read(p, r.keep)
	if done {
		r.finish()
	}
	return p[n:], done, err
}

// detach copies the head out of a piece that will be overwritten, to where the content can follow it.
// When saved grows beyond its array, the head stays valid in the old one.
func (r *Response) detach() {
	if r.detached {
		return
	}
	r.saved = append(r.saved[:0], r.Head.raw...)
	r.Head.raw = r.saved
	r.split, r.detached = len(r.saved), true
}

// keep takes a part of the content, up to the limit.
func (r *Response) keep(p []byte) {
	r.detach()
	if room := r.Limit - (len(r.saved) - r.split); len(p) > room {
		p, r.More = p[:max(room, 0)], true
	}
	r.saved = append(r.saved, p...)
}

func (r *Response) finish() {
	r.detach()
	r.Body, r.Stage = r.saved[r.split:], complete
}
