package http1

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// answers are responses as servers send them, whole and broken.
var answers = []string{
	"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nRetry-After: 3\r\n\r\nhello",
	"HTTP/1.1 202 Accepted\r\nLocation: /operations/1\r\nretry-after:  5 \r\nContent-Length: 0\r\n\r\n",
	"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
	"HTTP/1.1 304 Not Modified\r\nEtag: \"a\"\r\nContent-Length: 300\r\n\r\n",
	"HTTP/1.1 204 No Content\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=\"y\"\r\n world\r\n0\r\nDigest: x\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\n\r\nuntil the end",
	"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
	"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx",
	"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
	"HTTP/1.1 101 Switching Protocols\r\n\r\n",
	"HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
	"HTTP/1.1 200 OK\r\nX: y\r\n folded\r\n\r\n",
	"HTTP/2 200\r\n\r\n",
	"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
	"",
	"HTTP/1.1 2",
}

// read reads one response from the pieces that cut makes of wire.
func read(wire []byte, cut func(left int) int) (r *Response, err error) {
	r = &Response{Limit: 1 << 20}
	for len(wire) > 0 {
		n := min(max(cut(len(wire)), 1), len(wire))
		piece := bytes.Clone(wire[:n])
		wire = wire[n:]
		_, done, err := r.Feed(piece)
		if done || err != nil {
			return r, err
		}
		if r.Stage != InHead || len(wire) > 0 {
			clearPiece(r, piece)
		}
	}
	_, err = r.End()
	return r, err
}

// clearPiece overwrites a piece as the next read would: what the response still needs of it must have
// been copied.
func clearPiece(_ *Response, piece []byte) {
	for i := range piece {
		piece[i] = '#'
	}
}

// same says what differs between two readings.
func same(t *testing.T, name string, a, b *Response, aErr, bErr error) {
	t.Helper()
	if (aErr == nil) != (bErr == nil) {
		t.Fatalf("%s: in one piece the error is %v, in several %v", name, aErr, bErr)
	}
	if aErr != nil {
		return
	}
	if a.Status != b.Status || string(a.Body) != string(b.Body) || a.Last != b.Last || a.More != b.More || string(a.Head.raw) != string(b.Head.raw) {
		t.Fatalf("%s: it differs:\n%d %q %q\n%d %q %q", name, a.Status, a.Head.raw, a.Body, b.Status, b.Head.raw, b.Body)
	}
	for _, field := range knownFields {
		if a.Head.Get(field) != b.Head.Get(field) {
			t.Fatalf("%s: %s is %q in one piece, %q in several", name, field, a.Head.Get(field), b.Head.Get(field))
		}
	}
}

// reference reads it as net/http does, skipping interim responses as its transport does.
func reference(wire []byte) (*http.Response, []byte, error) {
	in := bufio.NewReader(bytes.NewReader(wire))
	for {
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			return nil, nil, err
		}
		if resp.StatusCode/100 == 1 && resp.StatusCode != 101 {
			continue
		}
		body, err := io.ReadAll(resp.Body)
		return resp, body, err
	}
}

func checkResponse(t *testing.T, wire []byte, step int) {
	whole, err := read(wire, func(left int) int { return left })
	for _, cut := range []func(int) int{
		func(int) int { return 1 },
		func(left int) int { return left - 1 },
		func(int) int { return step },
	} {
		pieces, piecesErr := read(wire, cut)
		same(t, "pieces", whole, pieces, err, piecesErr)
	}
	if err != nil {
		return
	}
	// We are stricter than net/http in places; what we take it must take too, and alike.
	resp, body, refErr := reference(wire)
	if refErr != nil {
		t.Fatalf("taken, though net/http says %v: %q", refErr, wire)
	}
	if resp.StatusCode != whole.Status || !bytes.Equal(body, whole.Body) {
		t.Fatalf("read %d %q, net/http reads %d %q", whole.Status, whole.Body, resp.StatusCode, body)
	}
	for name, values := range resp.Header {
		if got := whole.Head.Get(name); got != values[0] {
			t.Fatalf("%s is %q, net/http reads %q of %q", name, got, values[0], wire)
		}
		if got := whole.Head.Values(name); !slices.Equal(got, values) {
			t.Fatalf("%s has %q, net/http reads %q", name, got, values)
		}
	}
}

// FuzzResponse splits anywhere, and compares with net/http.
func FuzzResponse(f *testing.F) {
	for _, a := range answers {
		f.Add([]byte(a), 3)
	}
	f.Fuzz(func(t *testing.T, wire []byte, step int) {
		checkResponse(t, wire, step&0xff)
	})
}

// TestResponseOutcomes says which of the answers can be used.
func TestResponseOutcomes(t *testing.T) {
	for i, a := range answers {
		r, err := read([]byte(a), func(left int) int { return left })
		if good := i < 10 || i == 15; (err == nil) != good {
			t.Errorf("%q: error %v", a, err)
		}
		if i == 15 && !r.Last {
			t.Error("a response with two lengths leaves the connection in use")
		}
		if i == 9 && (r.Status != 201 || string(r.Body) != "x") {
			t.Errorf("behind interim responses stands %d %q", r.Status, r.Body)
		}
	}
}

// TestResponseLimit checks that a large content is read to its end and kept in part.
func TestResponseLimit(t *testing.T) {
	wire := "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("x", 100000)
	for _, step := range []int{1 << 20, 1000} {
		r := &Response{Limit: 10}
		var done bool
		rest := []byte(wire)
		for len(rest) > 0 && !done {
			n := min(step, len(rest))
			_, done, _ = r.Feed(rest[:n])
			rest = rest[n:]
		}
		if !done || string(r.Body) != "xxxxxxxxxx" || !r.More {
			t.Errorf("in pieces of %d: done %v, more %v, %d bytes kept", step, done, r.More, len(r.Body))
		}
	}
}
