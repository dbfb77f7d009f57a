// Package message reads the HTTP message that the content of another one holds (application/http).
package message

import (
	"bytes"
	"net/http"
	"strconv"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// The bounds of the head of a message within a message.
const (
	maxHead   = 64 << 10
	maxFields = 200
)

// Enclosed returns the HTTP response that the content of a reply holds (application/http, RFC 9112,
// section 10.2; OData 4.01 answers so), and how many bytes its status line and header section take:
// what follows is its content. It returns false for content that is no such message, or one whose
// content is in a transfer coding.
//
// The content that is returned is a part of r.Body, and cut to the message's own Content-Length.
func Enclosed(r lro.Reply) (inner lro.Reply, head int, ok bool) {
	rest := r.Body
	line, rest, ok := cutLine(rest)
	if !ok {
		return lro.Reply{}, 0, false
	}
	inner = lro.Reply{Status: statusLine(line), At: r.At, More: r.More}
	if inner.Status == 0 {
		return lro.Reply{}, 0, false
	}
	header := http.Header{}
	for fields := 0; ; fields++ {
		if line, rest, ok = cutLine(rest); !ok || fields > maxFields || len(r.Body)-len(rest) > maxHead {
			return lro.Reply{}, 0, false
		}
		if len(line) == 0 {
			break
		}
		name, value, ok := bytes.Cut(line, []byte{':'})
		if !ok || len(name) == 0 || bytes.ContainsAny(name, " \t") { // RFC 9112, section 5.1: no blank before the colon
			return lro.Reply{}, 0, false
		}
		header.Add(string(name), string(bytes.TrimSpace(value)))
	}
	if header.Get("Transfer-Encoding") != "" {
		return lro.Reply{}, 0, false
	}
	inner.Header, inner.Body = header, rest
	if n, err := strconv.Atoi(header.Get("Content-Length")); err == nil && n >= 0 && n <= len(rest) {
		inner.Body, inner.More = rest[:n], false
	}
	return inner, len(r.Body) - len(rest), true
}

// cutLine cuts a line off, without its end: CR LF, or LF alone (RFC 9112, section 2.2).
func cutLine(text []byte) (line, rest []byte, ok bool) {
	line, rest, ok = bytes.Cut(text, []byte{'\n'})
	return bytes.TrimSuffix(line, []byte{'\r'}), rest, ok
}

// statusLine reads "HTTP/1.1 200 OK"; 0: it is none.
func statusLine(line []byte) int {
	version, rest, _ := bytes.Cut(line, []byte{' '})
	code, _, _ := bytes.Cut(rest, []byte{' '})
	if !bytes.HasPrefix(version, []byte("HTTP/")) || len(code) != 3 {
		return 0
	}
	status, err := strconv.Atoi(string(code))
	if err != nil || status < 100 {
		return 0
	}
	return status
}
