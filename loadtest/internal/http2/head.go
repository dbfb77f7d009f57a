package http2

import (
	"bytes"
	"errors"
)

// Template is what the heads of many requests have in common, encoded once: the fields from Host on.
// Its zero value encodes every field of every request.
type Template struct {
	// Secure is whether the scheme is https.
	Secure bool

	text      []byte // the end of the request line and the lines of the common fields
	authority []byte // encoded
	fields    []byte // encoded
}

var errHead = errors.New("the request cannot be written as HTTP/2")

// NewTemplate returns the template of requests whose head goes on, behind the target, with text:
// " HTTP/1.1\r\n", then lines of fields, each with its end, Host among them.
func NewTemplate(text []byte, secure bool) (Template, error) {
	t := Template{Secure: secure, text: bytes.Clone(text)}
	_, lines, ok := bytes.Cut(text, crlf)
	if !ok {
		return t, errHead
	}
	authority, fields, err := appendLines(nil, lines)
	if err != nil || authority == nil {
		return t, errHead
	}
	t.authority, t.fields = appendAuthority(nil, authority), fields
	return t, nil
}

var crlf = []byte("\r\n")

func appendAuthority(b, authority []byte) []byte {
	b = appendInteger(b, 0x10, 4, authorityField)
	b = appendInteger(b, 0, 7, len(authority))
	return append(b, authority...)
}

// appendHead appends the header block of a request whose head is written as HTTP/1.1, without the
// empty line at its end.
func (t *Template) appendHead(b, head []byte) ([]byte, error) {
	blank := bytes.IndexByte(head, ' ')
	if blank < 1 {
		return b, errHead
	}
	method, target := head[:blank], head[blank+1:]
	end := bytes.IndexByte(target, ' ')
	if end < 1 {
		return b, errHead
	}
	target, rest := target[:end], target[end:]
	common := len(t.text) > 0 && bytes.HasPrefix(rest, t.text)
	var authority, lines []byte
	if common {
		lines = rest[len(t.text):]
	} else {
		var ok bool
		if _, lines, ok = bytes.Cut(rest, crlf); !ok {
			return b, errHead
		}
		if authority = hostOf(lines); authority == nil {
			return b, errHead
		}
	}
	b = t.appendPseudo(b, method, target)
	if common {
		b = append(b, t.authority...)
		b = append(b, t.fields...)
	} else {
		b = appendAuthority(b, authority)
	}
	_, b, err := appendLines(b, lines)
	return b, err
}

// appendPseudo appends method, scheme and path (RFC 9113, section 8.3.1).
func (t *Template) appendPseudo(b, method, target []byte) []byte {
	switch string(method) {
	case "GET":
		b = append(b, 0x80|getField)
	case "POST":
		b = append(b, 0x80|postField)
	default:
		b = appendInteger(b, 0x10, 4, getField)
		b = appendInteger(b, 0, 7, len(method))
		b = append(b, method...)
	}
	if t.Secure {
		b = append(b, 0x80|httpsField)
	} else {
		b = append(b, 0x80|httpField)
	}
	b = appendInteger(b, 0x10, 4, pathField)
	b = appendInteger(b, 0, 7, len(target))
	return append(b, target...)
}

// hostOf returns the value of Host among lines.
func hostOf(lines []byte) []byte {
	for len(lines) > 0 {
		var line []byte
		line, lines, _ = bytes.Cut(lines, crlf)
		if name, value, _ := bytes.Cut(line, colon); len(name) == len("host") && bytes.EqualFold(name, []byte("host")) {
			return bytes.TrimSpace(value)
		}
	}
	return nil
}

var colon = []byte(":")

// appendLines appends the fields of lines, without those that HTTP/2 has no place for, and returns the
// value of Host beside them.
func appendLines(b, lines []byte) (authority, block []byte, err error) {
	var small [64]byte
	for len(lines) > 0 {
		var line []byte
		line, lines, _ = bytes.Cut(lines, crlf)
		name, value, ok := bytes.Cut(line, colon)
		if !ok || len(name) == 0 {
			return nil, b, errHead
		}
		lower := small[:0]
		for _, c := range name {
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			lower = append(lower, c)
		}
		value = bytes.Trim(value, " \t")
		switch {
		case string(lower) == "host":
			authority = value
		case isHop(lower), string(lower) == "te" && string(value) != "trailers":
		default:
			b = appendField(b, lower, value)
		}
	}
	return authority, b, nil
}
