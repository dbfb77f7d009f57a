package http2

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// TestPreface holds what a client says first (RFC 9113, section 3.4).
func TestPreface(t *testing.T) {
	first := New(Config{Window: 1 << 20}).Take()
	want := preface +
		"\x00\x00\x18\x04\x00\x00\x00\x00\x00" + "\x00\x01\x00\x00\x00\x00" + "\x00\x02\x00\x00\x00\x00" + "\x00\x04\x00\x10\x00\x00" + "\x00\x06\x00\x01\x00\x00" +
		"\x00\x00\x04\x08\x00\x00\x00\x00\x00" + "\x00\xff\x00\x01"
	if string(first) != want {
		t.Errorf("%q, want\n%q", first, want)
	}
	// A window that the connection has anyway is not raised.
	if last := New(Config{Window: 100}).Take(); bytes.HasSuffix(last[:len(last)-4], []byte{0, 0, 4, 8, 0, 0, 0, 0, 0}) {
		t.Errorf("%q", last)
	}
}

// TestExchange is the ordinary case: two requests, answered in the other order.
func TestExchange(t *testing.T) {
	p := connect(t, Config{MaxBody: 100})
	get := p.open(70, getRequest)
	if len(get) != 1 || get[0].kind != headersFrame || get[0].flags != endHeaders|endStream || get[0].stream != 1 {
		t.Fatalf("%+v", get)
	}
	post := p.open(71, postRequest)
	if len(post) != 2 || post[0].flags != endHeaders || post[0].stream != 3 || post[1].kind != dataFrame || post[1].flags != endStream || string(post[1].payload) != "0123456789" {
		t.Fatalf("%+v", post)
	}
	if p.c.Busy() != 2 {
		t.Errorf("%d streams", p.c.Busy())
	}
	p.must(headersOf(3, endStream, ":status= 202", "location= /operations/7", "retry-after= 2"))
	p.must(headersOf(1, 0, ":status= 200", "content-length= 5"), dataOf(1, 0, "he"), dataOf(1, endStream, "llo"))
	s := p.ended()
	if s.Owner != 71 || s.Status != 202 || string(s.Head) != "location: /operations/7\r\nretry-after: 2\r\n" || len(s.Body) > 0 || s.Err != nil || s.Unprocessed {
		t.Errorf("%+v", s)
	}
	if s.Begun != 3 || s.Sent != 3 || s.First != 4 || s.Last != 4 || s.Out != 9+post[0].length+9+10 || s.In != 9+len(block(":status= 202", "location= /operations/7", "retry-after= 2")) {
		t.Errorf("%+v", s)
	}
	p.c.Release(s)
	if s = p.ended(); s.Owner != 70 || s.Status != 200 || string(s.Body) != "hello" || s.More || s.Err != nil {
		t.Errorf("%+v", s)
	}
	p.c.Release(s)
	if p.c.Next() != nil || p.c.Busy() != 0 {
		t.Error("there is another")
	}
}

// TestAnswers gives one request an answer and looks at what becomes of it.
func TestAnswers(t *testing.T) {
	status := func(flags frameFlags, lines ...string) []byte {
		return headersOf(1, flags, append([]string{":status= 200"}, lines...)...)
	}
	hello := dataOf(1, endStream, "hello")
	for _, test := range []struct {
		name   string
		frames [][]byte
		code   Code   // of the stream's error; NoError: none
		body   string // of an answer without error
	}{
		{"content", [][]byte{status(0), hello}, NoError, "hello"},
		{"no content", [][]byte{status(endStream)}, NoError, ""},
		{"an empty last frame", [][]byte{status(0), dataOf(1, 0, "hello"), dataOf(1, endStream, "")}, NoError, "hello"},
		{"interim answers (RFC 9113, section 8.1)", [][]byte{headersOf(1, 0, ":status= 103", "link= </x>"), headersOf(1, 0, ":status= 100"), status(0), hello}, NoError, "hello"},
		{"trailers", [][]byte{status(0), dataOf(1, 0, "hello"), headersOf(1, endStream, "etag= x")}, NoError, "hello"},
		{"a padded answer", [][]byte{frame(headersFrame, endHeaders|padded, 1, append(append([]byte{3}, block(":status= 200")...), 0, 0, 0)...), frame(dataFrame, endStream|padded, 1, 2, 'h', 'i', 0, 0)}, NoError, "hi"},
		{"a head with a priority", [][]byte{frame(headersFrame, endHeaders|priority, 1, append([]byte{0, 0, 0, 0, 9}, block(":status= 200")...)...), hello}, NoError, "hello"},
		{"a head in three frames", [][]byte{frame(headersFrame, 0, 1, block(":status= 200")...), frame(continuationFrame, 0, 1), frame(continuationFrame, endHeaders, 1, block("etag= x")...), hello}, NoError, "hello"},
		{"a length that holds", [][]byte{status(0, "content-length= 5"), hello}, NoError, "hello"},
		{"an unknown frame between (RFC 9113, section 5.5)", [][]byte{status(0), frame(0xfa, 0xff, 1, 1, 2, 3), hello}, NoError, "hello"},
		{"PRIORITY between", [][]byte{status(0), frame(priorityFrame, 0, 1, 0, 0, 0, 0, 1), hello}, NoError, "hello"},
		{"RST_STREAM behind the answer", [][]byte{status(endStream), word(resetFrame, 1, uint32(NoError))}, NoError, ""},
		{"a 304 that says how long it would be", [][]byte{headersOf(1, endStream, ":status= 304", "content-length= 99")}, NoError, ""},

		{"too short (RFC 9113, section 8.1.1)", [][]byte{status(0, "content-length= 6"), hello}, ProtocolError, ""},
		{"too long", [][]byte{status(0, "content-length= 4"), hello}, ProtocolError, ""},
		{"no content where there should be some", [][]byte{status(endStream, "content-length= 4")}, ProtocolError, ""},
		{"reset", [][]byte{status(0), word(resetFrame, 1, uint32(InternalError))}, InternalError, ""},
		{"content before the head", [][]byte{hello}, ProtocolError, ""},
		{"trailers that do not end it", [][]byte{status(0), headersOf(1, 0, "etag= x")}, ProtocolError, ""},
		{"a second :status", [][]byte{status(0), headersOf(1, endStream, ":status= 200")}, ProtocolError, ""},
		{"an interim answer that ends it", [][]byte{headersOf(1, endStream, ":status= 103")}, ProtocolError, ""},
		{"101 (RFC 9113, section 8.6)", [][]byte{headersOf(1, 0, ":status= 101")}, ProtocolError, ""},
		{"a malformed field", [][]byte{status(0, "Etag= x")}, ProtocolError, ""},
		{"a window that is opened by nothing", [][]byte{word(windowFrame, 1, 0)}, ProtocolError, ""},
		{"a window that is opened too far", [][]byte{word(windowFrame, 1, maxInt31)}, FlowControlError, ""},
	} {
		for _, pieces := range []int{1 << 20, 7, 1} {
			p := connect(t, Config{MaxBody: 100})
			p.open(7, getRequest)
			all := bytes.Join(test.frames, nil)
			for len(all) > 0 {
				n := min(pieces, len(all))
				p.must(all[:n])
				all = all[n:]
			}
			s := p.ended()
			var failed *Error
			switch ok := errors.As(s.Err, &failed); {
			case !ok && (test.code != NoError || s.Err != nil || string(s.Body) != test.body):
				t.Errorf("%s: %v %d %q", test.name, s.Err, s.Status, s.Body)
			case ok && (failed.Code != test.code || s.Unprocessed):
				t.Errorf("%s: %v, want %v; unprocessed %v", test.name, s.Err, test.code, s.Unprocessed)
			}
			if p.c.Busy() != 0 || p.c.Closing() {
				t.Errorf("%s: the connection suffers from it", test.name)
			}
			written := p.written()
			ours := failed != nil && !failed.Server
			reset := len(written) > 0 && written[len(written)-1].kind == resetFrame
			if reset != (ours && test.name != "too short" && !wholeAnswer(test.name)) {
				t.Errorf("%s: it writes %+v", test.name, written)
			}
		}
	}
}

// wholeAnswer reports whether a bad answer had ended, so that there was nothing to reset.
func wholeAnswer(name string) bool {
	return strings.HasPrefix(name, "too ") || strings.HasPrefix(name, "no content where")
}

// TestConnectionErrors is what ends the connection (RFC 9113, section 5.4.1).
func TestConnectionErrors(t *testing.T) {
	for _, test := range []struct {
		name  string
		frame []byte
		code  Code
	}{
		{"a frame that is too long (section 4.2)", frame(dataFrame, 0, 1, make([]byte, maxFrame+1)...), FrameSizeError},
		{"DATA on the connection (section 6.1)", dataOf(0, 0, "x"), ProtocolError},
		{"DATA on a stream that was not opened (section 5.1)", dataOf(3, 0, "x"), ProtocolError},
		{"HEADERS on a stream of the server", headersOf(2, 0, ":status= 200"), ProtocolError},
		{"more padding than content (section 6.1)", frame(dataFrame, padded, 1, 5, 1, 2), ProtocolError},
		{"padding without its length", frame(dataFrame, padded, 1), FrameSizeError},
		{"a priority that is cut off", frame(headersFrame, endHeaders|priority, 1, 0, 0), FrameSizeError},
		{"RST_STREAM of a stream that was not opened (section 6.4)", word(resetFrame, 5, 0), ProtocolError},
		{"RST_STREAM of three bytes", frame(resetFrame, 0, 1, 0, 0, 0), FrameSizeError},
		{"PRIORITY of four bytes (section 6.3)", frame(priorityFrame, 0, 1, 0, 0, 0, 0), FrameSizeError},
		{"SETTINGS on a stream (section 6.5)", frame(settingsFrame, 0, 1), ProtocolError},
		{"SETTINGS of five bytes", frame(settingsFrame, 0, 0, 0, 1, 0, 0, 0), FrameSizeError},
		{"an acknowledgement with content", frame(settingsFrame, ack, 0, 0, 1, 0, 0, 0, 0), FrameSizeError},
		{"push from a server (section 6.5.2)", settingsOf(2, 1), ProtocolError},
		{"a window of 2^31", settingsOf(4, 1<<31), FlowControlError},
		{"frames of less than 16 KiB", settingsOf(5, maxFrame-1), ProtocolError},
		{"frames of 16 MiB", settingsOf(5, 1<<24), ProtocolError},
		{"PUSH_PROMISE (section 8.4)", frame(pushFrame, endHeaders, 1, 0, 0, 0, 2), ProtocolError},
		{"PING on a stream (section 6.7)", frame(pingFrame, 0, 1, make([]byte, 8)...), ProtocolError},
		{"PING of seven bytes", frame(pingFrame, 0, 0, make([]byte, 7)...), FrameSizeError},
		{"GOAWAY on a stream (section 6.8)", frame(goAwayFrame, 0, 1, make([]byte, 8)...), ProtocolError},
		{"GOAWAY of seven bytes", frame(goAwayFrame, 0, 0, make([]byte, 7)...), FrameSizeError},
		{"WINDOW_UPDATE by nothing (section 6.9)", word(windowFrame, 0, 0), ProtocolError},
		{"WINDOW_UPDATE too far (section 6.9.1)", word(windowFrame, 0, maxInt31), FlowControlError},
		{"WINDOW_UPDATE of five bytes", frame(windowFrame, 0, 0, make([]byte, 5)...), FrameSizeError},
		{"WINDOW_UPDATE of a stream that was not opened", word(windowFrame, 9, 1), ProtocolError},
		{"CONTINUATION of nothing (section 6.10)", frame(continuationFrame, endHeaders, 1), ProtocolError},
		{"another frame in a header section", append(frame(headersFrame, 0, 1), frame(pingFrame, 0, 0, make([]byte, 8)...)...), ProtocolError},
		{"CONTINUATION of another stream", append(frame(headersFrame, 0, 1), frame(continuationFrame, endHeaders, 3)...), ProtocolError},
		{"a header section without end", append(frame(headersFrame, 0, 1), bytes.Repeat(frame(continuationFrame, 0, 1, make([]byte, 16000)...), 5)...), EnhanceYourCalm},
		{"a field that is not in the table (RFC 7541, section 2.3.3)", frame(headersFrame, endHeaders, 1, 0xff, 0x00), CompressionError},
		{"more than the window", bytes.Repeat(dataOf(1, 0, strings.Repeat("x", maxFrame)), 5), FlowControlError},
		{"PING without end and nobody reads the answers", bytes.Repeat(frame(pingFrame, 0, 0, make([]byte, 8)...), 5000), EnhanceYourCalm},
		{"SETTINGS without end", bytes.Repeat(settingsOf(), 10000), EnhanceYourCalm},
	} {
		p := connect(t, Config{MaxBody: 100, Window: 1000})
		if test.name == "more than the window" {
			p = connect(t, Config{MaxBody: 100, Window: 4 << 10}) // of the connection: 64 KiB less a byte
			p.open(7, getRequest)
			p.c.Expire(p.now+1, p.now, errTest)
			p.c.Release(p.ended())
			p.c.eaten = -1 << 40 // it is never allowed more
		} else {
			p.open(7, getRequest)
		}
		err := p.feed(test.frame)
		var failed *Error
		if !errors.As(err, &failed) || failed.Code != test.code || !failed.Connection || failed.Server {
			t.Errorf("%s: %v, want %v", test.name, err, test.code)
			continue
		}
		if s := p.c.Next(); s != nil && (s.Err != err || s.Unprocessed) {
			t.Errorf("%s: the stream ends with %v", test.name, s.Err)
		}
		if p.c.Busy() != 0 || p.c.Free() != 0 || p.feed(settingsOf()) == nil {
			t.Errorf("%s: it goes on", test.name)
		}
		if w := p.written(); w[len(w)-1].kind != goAwayFrame || Code(w[len(w)-1].payload[7]) != test.code {
			t.Errorf("%s: the server is told %+v", test.name, w[len(w)-1])
		}
	}
	for _, first := range [][]byte{headersOf(1, 0, ":status= 200"), frame(settingsFrame, ack, 0), []byte("HTTP/1.1 400 Bad Request\r\n\r\n")} {
		c := New(Config{})
		if err := c.Feed(first, 1); err == nil {
			t.Errorf("%q is taken for a greeting", first)
		} else if strings.HasPrefix(string(first), "HTTP/") && !strings.Contains(err.Error(), "it answers in HTTP/1.1") {
			t.Error(err)
		}
	}
}

var errTest = errors.New("test")
