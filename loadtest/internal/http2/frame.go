package http2

import "encoding/binary"

// frameKind is the type of a frame (RFC 9113, section 6).
type frameKind uint8

const (
	dataFrame frameKind = iota
	headersFrame
	priorityFrame
	resetFrame
	settingsFrame
	pushFrame
	pingFrame
	goAwayFrame
	windowFrame
	continuationFrame
)

// frameFlags are the flags of a frame; a bit means something else in each kind.
type frameFlags uint8

const (
	endStream  frameFlags = 0x1
	ack        frameFlags = 0x1
	endHeaders frameFlags = 0x4
	padded     frameFlags = 0x8
	priority   frameFlags = 0x20
)

const (
	headerLen = 9
	// maxFrame is the longest payload that either side may send unasked (RFC 9113, section 4.2). We
	// do not allow the server more.
	maxFrame = 16 << 10
	maxInt31 = 1<<31 - 1
)

// frameHeader is the head of a frame (RFC 9113, section 4.1).
type frameHeader struct {
	length int
	kind   frameKind
	flags  frameFlags
	stream uint32
}

// parseFrame reads the first headerLen bytes.
func parseFrame(b []byte) frameHeader {
	_ = b[headerLen-1]
	return frameHeader{
		length: int(b[0])<<16 | int(b[1])<<8 | int(b[2]),
		kind:   frameKind(b[3]), flags: frameFlags(b[4]),
		stream: binary.BigEndian.Uint32(b[5:]) & maxInt31,
	}
}

// appendFrame appends the head of a frame.
func appendFrame(b []byte, h frameHeader) []byte {
	b = append(b, byte(h.length>>16), byte(h.length>>8), byte(h.length), byte(h.kind), byte(h.flags))
	return binary.BigEndian.AppendUint32(b, h.stream)
}

// appendWord appends a frame whose payload is one number: RST_STREAM and WINDOW_UPDATE.
func appendWord(b []byte, kind frameKind, stream, word uint32) []byte {
	b = appendFrame(b, frameHeader{length: 4, kind: kind, stream: stream})
	return binary.BigEndian.AppendUint32(b, word)
}

// unpad returns the payload of DATA or HEADERS without padding and priority (RFC 9113, sections 6.1
// and 6.2).
func unpad(h frameHeader, p []byte) ([]byte, *Error) {
	pad := 0
	if h.flags&padded != 0 {
		if len(p) == 0 {
			return nil, broken(FrameSizeError, "a padded frame without a length of the padding")
		}
		pad, p = int(p[0]), p[1:]
	}
	if h.kind == headersFrame && h.flags&priority != 0 {
		if len(p) < 5 {
			return nil, broken(FrameSizeError, "a HEADERS frame that is shorter than its priority")
		}
		p = p[5:]
	}
	if pad > len(p) {
		return nil, broken(ProtocolError, "more padding than the frame is long")
	}
	return p[:len(p)-pad], nil
}
