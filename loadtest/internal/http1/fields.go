package http1

import (
	"bytes"
	"errors"
	"strings"
	"unsafe"
)

// Fields is the header section of a response as it came over the wire: no map, no copies. It is an
// [lro.Header]. Its strings live as long as the bytes that it was read from.
type Fields struct {
	raw  []byte // the lines, each with its end, without the empty one
	seen uint32 // the known ones that are there, one bit each
	at   [len(knownFields)]span
}

type span struct{ from, to uint32 }

// knownFields are those that the protocol asks for again and again. They are found while the lines
// are read anyway; others are searched for.
var knownFields = [...]string{
	"Retry-After", "Location", "Etag", "Date", "Content-Type", "Content-Location", "Retry-After-Ms",
	"X-Ms-Retry-After-Ms", "Last-Modified", "Link", "Operation-Location", "Azure-Asyncoperation", "Set-Cookie",
}

// known returns the place of a name in knownFields.
func known(name string) (int, bool) {
	switch name {
	case "Retry-After":
		return 0, true
	case "Location":
		return 1, true
	case "Etag":
		return 2, true
	case "Date":
		return 3, true
	case "Content-Type":
		return 4, true
	case "Content-Location":
		return 5, true
	case "Retry-After-Ms":
		return 6, true
	case "X-Ms-Retry-After-Ms":
		return 7, true
	case "Last-Modified":
		return 8, true
	case "Link":
		return 9, true
	case "Operation-Location":
		return 10, true
	case "Azure-Asyncoperation":
		return 11, true
	case "Set-Cookie":
		return 12, true
	}
	return 0, false
}

// Get returns the first value of the field, or "".
func (f *Fields) Get(name string) string {
	if i, ok := known(name); ok {
		if f.seen&(1<<i) == 0 {
			return ""
		}
		return Text(f.raw[f.at[i].from:f.at[i].to])
	}
	for rest := f.raw; len(rest) > 0; {
		var line []byte
		line, rest, _ = bytes.Cut(rest, newline)
		if key, value, _ := bytes.Cut(line, colon); strings.EqualFold(Text(key), name) {
			return Text(trimField(value))
		}
	}
	return ""
}

// Values returns all values of the field.
func (f *Fields) Values(name string) []string {
	var all []string
	for rest := f.raw; len(rest) > 0; {
		var line []byte
		line, rest, _ = bytes.Cut(rest, newline)
		if key, value, _ := bytes.Cut(line, colon); strings.EqualFold(Text(key), name) {
			all = append(all, Text(trimField(value)))
		}
	}
	return all
}

var newline, colon = []byte("\n"), []byte(":")

// framing is what the header section says about the content and the connection.
type framing struct {
	length  int64 // -1: not given
	chunked bool
	close   bool // the server says so
	keep    bool // the server says so
}

var (
	errHeader       = errors.New("the header section of the answer is malformed")
	errLength       = errors.New("the answer contradicts itself about its length")
	errCoding       = errors.New("the answer has a transfer coding other than chunked")
	errHeaderLength = errors.New("the header section of the answer is longer than 64 KiB")
)

// Take reads the lines of a header section that did not come over HTTP/1.1. They are kept, not copied.
func (f *Fields) Take(lines []byte) error {
	_, err := f.read(lines)
	return err
}

// read takes the lines of a header section, from the one after the status line up to the empty one.
func (f *Fields) read(raw []byte) (framing, error) {
	*f = Fields{raw: raw, at: f.at}
	frame := framing{length: -1}
	for from := 0; from < len(raw); {
		n := bytes.IndexByte(raw[from:], '\n')
		if n < 1 || raw[from+n-1] != '\r' {
			return frame, errHeader
		}
		line := raw[from : from+n-1]
		c := bytes.IndexByte(line, ':')
		if c < 1 || !IsToken(line[:c]) {
			return frame, errHeader
		}
		if bytes.IndexByte(line, '\r') >= 0 || bytes.IndexByte(line, 0) >= 0 {
			return frame, errHeader
		}
		value := trimField(line[c+1:])
		if err := f.note(line[:c], value, &frame); err != nil {
			return frame, err
		}
		from += n + 1
	}
	return frame, nil
}

// note keeps where a known field is, and what frames the content.
func (f *Fields) note(name, value []byte, frame *framing) error {
	switch len(name) {
	case len("Content-Length"):
		if fold(name, "Content-Length") {
			return frame.takeLength(value)
		}
	case len("Transfer-Encoding"):
		if fold(name, "Transfer-Encoding") {
			if frame.chunked || !fold(value, "chunked") {
				return errCoding
			}
			frame.chunked = true
			return nil
		}
	case len("Connection"):
		if fold(name, "Connection") {
			frame.takeConnection(value)
			return nil
		}
	}
	for i, candidate := range &knownFields {
		if len(candidate) == len(name) && f.seen&(1<<i) == 0 && fold(name, candidate) {
			start := uint32(0)
			if len(value) > 0 {
				start = uint32(uintptr(unsafe.Pointer(&value[0])) - uintptr(unsafe.Pointer(&f.raw[0])))
			}
			f.seen |= 1 << i
			f.at[i] = span{start, start + uint32(len(value))}
			break
		}
	}
	return nil
}

// takeLength reads a Content-Length (RFC 9110, section 8.6): digits, and the same every time.
func (frame *framing) takeLength(value []byte) error {
	n := int64(0)
	for _, c := range value {
		if c < '0' || c > '9' {
			return errLength
		}
		n = n*10 + int64(c-'0')
	}
	if len(value) == 0 || len(value) > 18 || frame.length >= 0 && frame.length != n {
		return errLength
	}
	frame.length = n
	return nil
}

func (frame *framing) takeConnection(value []byte) {
	for len(value) > 0 {
		var option []byte
		option, value, _ = bytes.Cut(value, []byte(","))
		option = trimField(option)
		frame.close = frame.close || fold(option, "close")
		frame.keep = frame.keep || fold(option, "keep-alive")
	}
}

// fold compares without regard to the case of ASCII letters.
func fold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i := range b {
		if c, d := b[i], s[i]; c != d && (c|0x20 != d|0x20 || c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

func trimField(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t' || b[len(b)-1] == '\r') {
		b = b[:len(b)-1]
	}
	return b
}

// IsToken reports whether a field name is one (RFC 9110, section 5.6.2).
func IsToken(b []byte) bool {
	for _, c := range b {
		if !tokens[c] {
			return false
		}
	}
	return true
}

var tokens = func() (all [256]bool) {
	for c := '0'; c <= '9'; c++ {
		all[c] = true
	}
	for c := 'a'; c <= 'z'; c++ {
		all[c], all[c-'a'+'A'] = true, true
	}
	for _, c := range "!#$%&'*+-.^_`|~" {
		all[c] = true
	}
	return all
}()

// Text is the bytes as a string, without a copy.
func Text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
