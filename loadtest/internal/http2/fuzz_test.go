package http2

import (
	"bytes"
	"testing"
)

// FuzzFeed has a server send anything: every stream ends once, windows and counts stay within their
// bounds, memory does not grow with what was sent, and pieces do not matter.
func FuzzFeed(f *testing.F) {
	f.Add(bytes.Join([][]byte{settingsOf(), headersOf(1, 0, ":status= 200", "content-length= 5"), dataOf(1, endStream, "hello"), goAwayOf(3, NoError)}, nil), byte(3))
	f.Add(bytes.Join([][]byte{settingsOf(4, 5, 3, 2), headersOf(3, 0, ":status= 103"), headersOf(3, endStream, ":status= 413"), word(windowFrame, 1, 9)}, nil), byte(1))
	f.Add(bytes.Join([][]byte{settingsOf(), word(resetFrame, 5, 7), frame(pingFrame, 0, 0, make([]byte, 8)...), frame(headersFrame, 0, 1, 0x88), frame(continuationFrame, endHeaders|endStream, 1)}, nil), byte(9))
	f.Fuzz(func(t *testing.T, wire []byte, piece byte) {
		whole := play(t, append(settingsOf(), wire...), 1<<20)
		pieces := play(t, append(settingsOf(), wire...), int(piece)+1)
		if whole != pieces {
			t.Errorf("in one piece %+v, in pieces %+v", whole, pieces)
		}
	})
}

// played is what came of a conversation.
type played struct {
	failed      bool
	ended, good int
	statuses    int
	content     int
}

// play opens four streams behind the first SETTINGS, and feeds the rest.
func play(t *testing.T, wire []byte, piece int) (p played) {
	c := New(Config{MaxBody: 100, Window: 5000})
	c.Take()
	first := len(settingsOf())
	if err := c.Feed(wire[:first], 0); err != nil {
		t.Fatal(err)
	}
	owners := map[uint32]bool{}
	for owner := uint32(1); owner <= 4; owner++ {
		request := getRequest
		if owner%2 == 0 {
			request = postRequest
		}
		if err := c.Open(owner, 0, []byte(request), &testTemplate); err != nil {
			t.Fatal(err)
		}
		owners[owner] = true
	}
	take := func() {
		for s := c.Next(); s != nil; s = c.Next() {
			if !owners[s.Owner] {
				t.Fatalf("stream of %d ends twice", s.Owner)
			}
			delete(owners, s.Owner)
			p.ended++
			p.statuses += s.Status
			p.content += len(s.Body)
			if s.Err == nil {
				p.good++
				if s.Status < 200 {
					t.Fatalf("a good answer of status %d", s.Status)
				}
			}
			if len(s.Body) > 100 || len(s.Head) > maxHeads || s.Last == Never || bytes.Contains(s.Head, []byte("\n\n")) {
				t.Fatalf("%+v", s)
			}
			c.Release(s)
		}
	}
	for rest := wire[first:]; len(rest) > 0 && !p.failed; {
		n := min(piece, len(rest))
		p.failed = c.Feed(rest[:n], 1) != nil
		rest = rest[n:]
		take()
		if c.recv < 0 && !p.failed || c.blocked < 0 || c.streams.count != len(owners) || len(c.half) > maxFrame+headerLen || len(c.block) > maxHeads || len(c.out) > maxReplies+1<<20 {
			t.Fatalf("window %d, %d wait, %d of %d streams, %d and %d bytes held, %d to be written", c.recv, c.blocked, c.streams.count, len(owners), len(c.half), len(c.block), len(c.out))
		}
	}
	c.Fail(2, errTest)
	take()
	if len(owners) != 0 || c.Busy() != 0 {
		t.Fatalf("%d streams have not ended", len(owners))
	}
	return p
}

// FuzzHuffman decodes anything, and reads back what it wrote.
func FuzzHuffman(f *testing.F) {
	f.Add([]byte("www.example.com"))
	f.Add([]byte{0xff, 0xfe, 0x00})
	f.Fuzz(func(t *testing.T, text []byte) {
		if got, ok := appendHuffman(nil, encodeHuffman(text)); !ok || !bytes.Equal(got, text) {
			t.Errorf("%q is read as %q, %v", text, got, ok)
		}
		got, ok := appendHuffman(nil, text)
		if ok && !bytes.Equal(encodeHuffman(got), text) {
			t.Errorf("%x is read as %q, which is written as %x", text, got, encodeHuffman(got))
		}
	})
}

// FuzzBlock reads any header block; its lines are always fields of HTTP/1.1.
func FuzzBlock(f *testing.F) {
	f.Add(block(":status= 200", "etag= x"))
	f.Add([]byte{0x20, 0x88, 0x3f})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := fieldReader{limit: maxHeads}
		err := r.block(b, false)
		if err == nil && (r.status < 100 || r.status > 999) {
			t.Errorf("status %d", r.status)
		}
		for line := range bytes.Lines(r.lines) {
			if name, _, ok := bytes.Cut(line, colon); !ok || !fieldName(name) || !bytes.HasSuffix(line, crlf) || bytes.Count(line, []byte("\r")) != 1 {
				t.Errorf("the line %q", line)
			}
		}
	})
}
