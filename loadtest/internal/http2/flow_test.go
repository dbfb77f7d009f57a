package http2

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func postOf(content string) string {
	return fmt.Sprintf("POST /jobs HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n%s", len(content), content)
}

// TestSendWindows sends a content that is larger than what the server allows (RFC 9113, section 6.9).
func TestSendWindows(t *testing.T) {
	p := connect(t, Config{}, uint32(windowSetting), 30_000)
	content := strings.Repeat("0123456789", 10_000)
	p.now = 10
	frames := p.open(1, postOf(content))
	got := ""
	take := func(frames []sentFrame) (last bool) {
		for _, f := range frames {
			if f.kind == dataFrame {
				got += string(f.payload)
				last = f.flags&endStream != 0
				if f.length > maxFrame {
					t.Errorf("a frame of %d bytes", f.length)
				}
			}
		}
		return last
	}
	for _, step := range []struct {
		frame []byte
		sent  int // in all
		last  bool
	}{
		{nil, 30_000, false},                                       // the stream's window
		{word(windowFrame, 0, 1000), 30_000, false},                // the connection's does not matter
		{word(windowFrame, 1, 20_000), 50_000, false},              // the stream may
		{settingsOf(uint32(windowSetting), 10_000), 50_000, false}, // its window is now 20,000 below nothing (section 6.9.2)
		{word(windowFrame, 1, 15_000), 50_000, false},              // 5,000 below
		{settingsOf(uint32(windowSetting), 40_000), 66_535, false}, // 25,000: now the connection's 65,535 + 1,000 is the bound
		{word(windowFrame, 1, 50_000), 66_535, false},              //
		{word(windowFrame, 0, 33_464), 99_999, false},              // all but one byte
		{word(windowFrame, 0, 1), 100_000, true},                   // and that
	} {
		if step.frame != nil {
			p.must(step.frame)
			frames = p.written()
		}
		if last := take(frames); last != step.last || len(got) != step.sent {
			t.Fatalf("after %x: %d bytes sent, last %v; want %d, %v", step.frame, len(got), last, step.sent, step.last)
		}
	}
	sentAt := p.now
	p.must(headersOf(1, endStream, ":status= 202"))
	if s := p.ended(); got != content || s.Err != nil || s.Sent != sentAt || s.Out < len(content) {
		t.Errorf("%v, sent at %d, want %d", s.Err, s.Sent, sentAt)
	}
	if p.c.blocked != 0 {
		t.Errorf("%d streams wait for a window", p.c.blocked)
	}
}

// TestEarlyAnswer ends a request whose content the server does not want (RFC 9113, section 8.1).
func TestEarlyAnswer(t *testing.T) {
	p := connect(t, Config{}, uint32(windowSetting), 5)
	p.open(1, postOf("0123456789"))
	p.must(headersOf(1, endStream, ":status= 413"))
	if s := p.ended(); s.Err != nil || s.Status != 413 || s.Sent == Never || p.c.blocked != 0 {
		t.Errorf("%+v", s)
	}
	if w := p.written(); len(w) != 1 || w[0].kind != resetFrame {
		t.Errorf("%+v", w)
	}
	p.must(word(windowFrame, 1, 100), word(windowFrame, 0, 100)) // too late, and no harm
	if w := p.written(); len(w) != 0 {
		t.Errorf("%+v", w)
	}
}

// TestReceiveWindows reads a content that is larger than the windows, and keeps the beginning.
func TestReceiveWindows(t *testing.T) {
	const window, size = 10_000, 1_000_000
	p := connect(t, Config{MaxBody: 1000, Window: window})
	p.open(1, getRequest)
	p.must(headersOf(1, 0, ":status= 200", fmt.Sprintf("content-length= %d", size)))
	stream, conn := window, connWindow(window)
	for left := size; left > 0; {
		n := min(left, stream, int(conn), maxFrame)
		if n <= 0 {
			t.Fatalf("%d bytes are left, and the windows are at %d and %d", left, stream, conn)
		}
		left -= n
		flags := frameFlags(0)
		if left == 0 {
			flags = endStream
		}
		p.must(dataOf(1, flags, strings.Repeat("x", n)))
		stream, conn = stream-n, conn-int64(n)
		for _, f := range p.written() {
			by := int(f.payload[0])<<24 | int(f.payload[1])<<16 | int(f.payload[2])<<8 | int(f.payload[3])
			if f.kind != windowFrame {
				t.Fatalf("%+v", f)
			} else if f.stream == 0 {
				conn += int64(by)
			} else {
				stream += by
			}
		}
		if stream > window || conn > connWindow(window) {
			t.Fatalf("the windows grow: %d, %d", stream, conn)
		}
	}
	if s := p.ended(); s.Err != nil || len(s.Body) != 1000 || !s.More || s.In < size {
		t.Errorf("%v, %d of the content, more %v", s.Err, len(s.Body), s.More)
	}
	// More than the stream's window ends the stream alone.
	p.open(2, getRequest)
	p.must(headersOf(3, 0, ":status= 200"), dataOf(3, 0, strings.Repeat("x", window/2-1)), dataOf(3, 0, strings.Repeat("x", window/2+2)))
	s := p.ended()
	if failed := (*Error)(nil); !errors.As(s.Err, &failed) || failed.Code != FlowControlError || failed.Connection {
		t.Errorf("%v", s.Err)
	}
	// What comes for a stream that was given up counts for the connection all the same.
	before := p.c.recv
	p.must(dataOf(3, 0, "12345"))
	if p.c.recv != before-5 {
		t.Errorf("the window is at %d after %d", p.c.recv, before)
	}
}

// TestLimits opens no more streams than the server allows.
func TestLimits(t *testing.T) {
	p := connect(t, Config{}, uint32(streamsSetting), 2)
	if p.c.Free() != 2 {
		t.Errorf("%d streams are free", p.c.Free())
	}
	p.open(1, getRequest)
	p.open(2, getRequest)
	if p.c.Free() != 0 {
		t.Errorf("%d streams are free", p.c.Free())
	}
	p.must(settingsOf(uint32(streamsSetting), 1))
	p.must(headersOf(1, endStream, ":status= 200"))
	if p.c.Free() != 0 {
		t.Errorf("%d streams are free", p.c.Free())
	}
	p.must(headersOf(3, endStream, ":status= 200"))
	if p.c.Free() != 1 {
		t.Errorf("%d streams are free", p.c.Free())
	}
	if p = connect(t, Config{Streams: 1}); p.c.Free() != 1 {
		t.Errorf("%d streams are free of our own one", p.c.Free())
	}
}

// TestRefused tells requests on which the server did not act (RFC 9113, section 8.7).
func TestRefused(t *testing.T) {
	p := connect(t, Config{})
	p.open(1, postRequest)
	p.must(word(resetFrame, 1, uint32(RefusedStream)))
	if s := p.ended(); !s.Unprocessed || s.Err == nil || p.c.Closing() {
		t.Errorf("%+v", s)
	}
	for owner := uint32(2); owner <= 4; owner++ { // streams 3, 5, 7
		p.open(owner, postRequest)
	}
	p.must(goAwayOf(5, NoError)) // RFC 9113, section 6.8
	if s := p.ended(); s.Owner != 4 || !s.Unprocessed || s.Err == nil {
		t.Errorf("%+v", s)
	}
	if !p.c.Closing() || p.c.Free() != 0 || p.c.Busy() != 2 {
		t.Errorf("after GOAWAY: %d open, %d free", p.c.Busy(), p.c.Free())
	}
	p.must(headersOf(3, endStream, ":status= 202"))
	if s := p.ended(); s.Owner != 2 || s.Status != 202 || s.Err != nil {
		t.Errorf("%+v", s)
	}
	p.must(goAwayOf(3, EnhanceYourCalm)) // a second one, with fewer
	if s := p.ended(); s.Owner != 3 || !s.Unprocessed {
		t.Errorf("%+v", s)
	}
}

// TestFail tells what had left from what had not.
func TestFail(t *testing.T) {
	p := connect(t, Config{})
	p.open(1, postRequest)
	if err := p.c.Open(2, p.now, []byte(postRequest), &testTemplate); err != nil {
		t.Fatal(err)
	}
	p.c.Fail(p.now, errTest)
	for range 2 {
		s := p.ended()
		if s.Err != errTest || s.Unprocessed != (s.Owner == 2) || (s.Sent == Never) != (s.Owner == 2) {
			t.Errorf("%+v", s)
		}
		p.c.Release(s)
	}
	if p.c.Next() != nil || p.c.Busy() != 0 || !p.c.Closing() {
		t.Error("it goes on")
	}
}

// TestExpire gives up what takes too long, and the connection after many.
func TestExpire(t *testing.T) {
	p := connect(t, Config{})
	p.open(1, getRequest)
	middle := p.now + 1
	p.open(2, getRequest)
	p.c.Expire(middle, 50, errTest)
	s := p.ended()
	if s.Owner != 1 || s.Err != errTest || s.Last != 50 || s.Unprocessed || p.c.Busy() != 1 {
		t.Errorf("%+v", s)
	}
	if w := p.written(); len(w) != 1 || w[0].kind != resetFrame || w[0].stream != 1 || Code(w[0].payload[3]) != Cancel {
		t.Errorf("%+v", w)
	}
	p.c.Release(s)
	p.must(headersOf(1, 0, ":status= 200"), dataOf(1, endStream, "late")) // nobody waits for it
	if p.c.Next() != nil {
		t.Error("a stream ends twice")
	}
	for i := range maxCancels - 2 {
		p.open(uint32(i), getRequest)
		p.c.Expire(p.now+1, p.now, errTest)
		for s := p.c.Next(); s != nil; s = p.c.Next() {
			p.c.Release(s)
		}
	}
	if p.c.cancels != maxCancels || p.c.Free() != 0 || !p.c.Closing() {
		t.Errorf("after %d cancelled streams %d may be opened", p.c.cancels, p.c.Free())
	}
}

// TestNumbersRunOut has the connection take no more streams than there are numbers (RFC 9113, section
// 5.1.1).
func TestNumbersRunOut(t *testing.T) {
	p := connect(t, Config{First: maxInt31 - 2})
	p.open(1, getRequest)
	if p.c.Closing() {
		t.Error("there is one number left")
	}
	if last := p.open(2, getRequest); last[0].stream != maxInt31 {
		t.Errorf("%+v", last)
	}
	if !p.c.Closing() || p.c.Free() != 0 {
		t.Error("there is no number left")
	}
	p.must(headersOf(maxInt31, endStream, ":status= 200"), headersOf(maxInt31-2, endStream, ":status= 200"))
	if a, b := p.ended(), p.ended(); a.Owner != 2 || b.Owner != 1 || a.Err != nil || b.Err != nil {
		t.Errorf("%+v, %+v", a, b)
	}
}

// TestLongHead writes a head that does not fit into a frame (RFC 9113, section 6.10).
func TestLongHead(t *testing.T) {
	p := connect(t, Config{})
	frames := p.open(1, "GET /"+strings.Repeat("x", 2*maxFrame)+" HTTP/1.1\r\nHost: h\r\n\r\n")
	if len(frames) != 3 || frames[0].kind != headersFrame || frames[0].flags != endStream || frames[0].length != maxFrame ||
		frames[1].kind != continuationFrame || frames[1].flags != 0 || frames[2].kind != continuationFrame || frames[2].flags != endHeaders {
		t.Fatalf("%d frames: %+v", len(frames), frames[0].frameHeader)
	}
	var b []byte
	for _, f := range frames {
		b = append(b, f.payload...)
	}
	if got := readHead(t, b); got != ":method GET :scheme https :path /"+strings.Repeat("x", 2*maxFrame)+" :authority h" {
		t.Errorf("%.60s...", got)
	}
}

// TestPing answers (RFC 9113, section 6.7).
func TestPing(t *testing.T) {
	p := connect(t, Config{})
	p.must(frame(pingFrame, 0, 0, []byte("12345678")...), frame(pingFrame, ack, 0, []byte("abcdefgh")...))
	if w := p.written(); len(w) != 1 || w[0].kind != pingFrame || w[0].flags != ack || string(w[0].payload) != "12345678" {
		t.Errorf("%+v", w)
	}
	p.c.Close()
	p.c.Close()
	if w := p.written(); len(w) != 1 || w[0].kind != goAwayFrame || p.c.Free() != 0 {
		t.Errorf("%+v", w)
	}
}

// TestStreamTable compares the table with a map.
func TestStreamTable(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	var table streamTable
	is := map[uint32]*Stream{}
	for next := uint32(1); next < 20_000; next += 2 {
		s := &Stream{id: next}
		table.add(s)
		is[next] = s
		for id := range is {
			if len(is) > 10 && dice.IntN(3) > 0 || len(is) > 500 {
				table.remove(id)
				delete(is, id)
			}
			break
		}
		if table.count != len(is) {
			t.Fatalf("%d streams, want %d", table.count, len(is))
		}
		if next%1001 == 0 {
			for id := uint32(1); id <= next; id += 2 {
				if table.find(id) != is[id] {
					t.Fatalf("stream %d of %d", id, len(is))
				}
			}
		}
	}
	if len(table.places) > 4096 {
		t.Errorf("%d places for at most 500 streams", len(table.places))
	}
}
