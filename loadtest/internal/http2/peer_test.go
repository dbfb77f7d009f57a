package http2

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"
)

// peer is a server of which a test writes every byte.
type peer struct {
	t    *testing.T
	c    *Conn
	sent []sentFrame // what the client wrote, behind its preface
	now  int64
}

type sentFrame struct {
	frameHeader
	payload []byte
}

var testTemplate = func() Template {
	t, err := NewTemplate([]byte(" HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: asyncctl\r\nAccept: */*\r\n"), true)
	if err != nil {
		panic(err)
	}
	return t
}()

const (
	getRequest  = "GET /operations/7?x=1 HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: asyncctl\r\nAccept: */*\r\n\r\n"
	postRequest = "POST /jobs HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: asyncctl\r\nAccept: */*\r\nContent-Length: 10\r\n\r\n0123456789"
)

// connect has both sides greet.
func connect(t *testing.T, config Config, settings ...uint32) *peer {
	t.Helper()
	p := &peer{t: t, c: New(config)}
	first := p.c.Take()
	if !bytes.HasPrefix(first, []byte(preface)) {
		t.Fatalf("it begins with %q", first)
	}
	p.split(first[len(preface):])
	p.c.Left(0)
	if p.c.Free() != 0 || p.c.Ready() {
		t.Fatal("it would open a stream before the server's SETTINGS")
	}
	p.must(settingsOf(settings...))
	if f := p.written(); len(f) != 1 || f[0].kind != settingsFrame || f[0].flags != ack || f[0].length != 0 {
		t.Fatalf("SETTINGS are acknowledged by %+v", f)
	}
	return p
}

// written returns the frames that the client has written since the last call.
func (p *peer) written() []sentFrame {
	p.t.Helper()
	p.sent = nil
	p.split(p.c.Take())
	p.c.Left(p.now)
	return p.sent
}

func (p *peer) split(b []byte) {
	p.t.Helper()
	for len(b) > 0 {
		h := parseFrame(b)
		p.sent = append(p.sent, sentFrame{h, bytes.Clone(b[headerLen : headerLen+h.length])})
		b = b[headerLen+h.length:]
	}
}

func (p *peer) feed(frames ...[]byte) error {
	p.now++
	return p.c.Feed(bytes.Join(frames, nil), p.now)
}

func (p *peer) must(frames ...[]byte) {
	p.t.Helper()
	if err := p.feed(frames...); err != nil {
		p.t.Fatal(err)
	}
}

// open begins a request and returns the frames that it is written as.
func (p *peer) open(owner uint32, request string) []sentFrame {
	p.t.Helper()
	if p.c.Free() == 0 {
		p.t.Fatal("no stream may be opened")
	}
	p.now++
	if err := p.c.Open(owner, p.now, []byte(request), &testTemplate); err != nil {
		p.t.Fatal(err)
	}
	return p.written()
}

// ended returns the one stream that has ended.
func (p *peer) ended() *Stream {
	p.t.Helper()
	s := p.c.Next()
	if s == nil {
		p.t.Fatal("no stream has ended")
	}
	return s
}

func frame(kind frameKind, flags frameFlags, stream uint32, payload ...byte) []byte {
	return append(appendFrame(nil, frameHeader{len(payload), kind, flags, stream}), payload...)
}

// settingsOf takes pairs of a setting and its value.
func settingsOf(pairs ...uint32) []byte {
	var b []byte
	for i := 0; i < len(pairs); i += 2 {
		b = binary.BigEndian.AppendUint16(b, uint16(pairs[i]))
		b = binary.BigEndian.AppendUint32(b, pairs[i+1])
	}
	return frame(settingsFrame, 0, 0, b...)
}

// block encodes "name: value" lines as literals.
func block(lines ...string) (b []byte) {
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "= ")
		b = append(b, 0, byte(len(name)))
		b = append(b, name...)
		b = appendInteger(b, 0, 7, len(value))
		b = append(b, value...)
	}
	return b
}

func headersOf(stream uint32, flags frameFlags, lines ...string) []byte {
	return frame(headersFrame, flags|endHeaders, stream, block(lines...)...)
}

func dataOf(stream uint32, flags frameFlags, content string) []byte {
	return frame(dataFrame, flags, stream, []byte(content)...)
}

func word(kind frameKind, stream, n uint32) []byte { return appendWord(nil, kind, stream, n) }

func goAwayOf(last uint32, code Code) []byte {
	return frame(goAwayFrame, 0, 0, binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, last), uint32(code))...)
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
