package http2

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// TestIntegers holds the examples of RFC 7541, appendix C.1, and the bounds.
func TestIntegers(t *testing.T) {
	for _, test := range []struct {
		bits  int
		wire  string
		value int
		ok    bool
	}{
		{5, "0a", 10, true},                      // C.1.1
		{5, "1f9a0a", 1337, true},                // C.1.2
		{8, "2a", 42, true},                      // C.1.3
		{7, "7f00", 127, true},                   // the prefix full, and nothing to add
		{7, "7fffffff7f", 127 + 1<<28 - 1, true}, // the most
		{7, "7fffffffff01", 0, false},            // one digit more
		{5, "1f", 0, false},                      // cut off
		{5, "1f80", 0, false},
		{5, "", 0, false},
	} {
		wire := unhex(t, test.wire)
		n, rest, ok := readInteger(wire, test.bits)
		if ok != test.ok || ok && (n != test.value || len(rest) != 0) {
			t.Errorf("%s: %d, %v, want %d, %v", test.wire, n, ok, test.value, test.ok)
		}
		if test.ok {
			if got := appendInteger(nil, 0, test.bits, test.value); !bytes.Equal(got, wire) {
				t.Errorf("%d is written as %x, want %x", test.value, got, wire)
			}
		}
	}
}

// TestHuffman holds the strings of RFC 7541, appendix C.4 and C.6, and what must be refused (section 5.2).
func TestHuffman(t *testing.T) {
	for _, test := range []struct{ wire, text string }{
		{"f1e3 c2e5 f23a 6ba0 ab90 f4ff", "www.example.com"},
		{"a8eb 1064 9cbf", "no-cache"},
		{"25a8 49e9 5ba9 7d7f", "custom-key"},
		{"25a8 49e9 5bb8 e8b4 bf", "custom-value"},
		{"6402", "302"},
		{"640e ff", "307"},
		{"aec3 771a 4b", "private"},
		{"d07a be94 1054 d444 a820 0595 040b 8166 e082 a62d 1bff", "Mon, 21 Oct 2013 20:13:21 GMT"},
		{"9d29 ad17 1863 c78f 0b97 c8e9 ae82 ae43 d3", "https://www.example.com"},
		{"94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"},
		{"", ""},
	} {
		if got, ok := appendHuffman(nil, unhex(t, test.wire)); !ok || string(got) != test.text {
			t.Errorf("%s: %q, %v, want %q", test.wire, got, ok, test.text)
		}
	}
	for _, test := range []struct{ why, wire string }{
		{"padding of zeros", "00"},
		{"padding of eight bits", "1fff"},
		{"the end of a string", "ffffffff"},
		{"nothing but padding of a byte", "ff"},
		{"a long code that is cut off", "fffe"},
	} {
		if got, ok := appendHuffman(nil, unhex(t, test.wire)); ok {
			t.Errorf("%s: %q is accepted", test.why, got)
		}
	}
}

// TestHuffmanCodes decodes every code, written by a slow encoder.
func TestHuffmanCodes(t *testing.T) {
	for first := range 256 {
		text := []byte{byte(first), 'a', byte(255 - first), byte(first)}
		if got, ok := appendHuffman(nil, encodeHuffman(text)); !ok || !bytes.Equal(got, text) {
			t.Errorf("%q is read as %q, %v", text, got, ok)
		}
	}
}

// encodeHuffman writes bit by bit.
func encodeHuffman(text []byte) []byte {
	var bits []byte
	for _, c := range text {
		code, length := huffmanOf(c)
		for i := length - 1; i >= 0; i-- {
			bits = append(bits, byte(code>>i&1))
		}
	}
	for len(bits)%8 != 0 {
		bits = append(bits, 1)
	}
	b := make([]byte, len(bits)/8)
	for i, bit := range bits {
		b[i/8] |= bit << (7 - i%8)
	}
	return b
}

// huffmanOf counts codes of the same length up from the first, as canonical codes go.
func huffmanOf(c byte) (code uint32, length int) {
	length = int(huffmanLengths[c])
	code = huffmanCode.first[length]
	for _, other := range huffmanLengths[:c] {
		if int(other) == length {
			code++
		}
	}
	return code, length
}

// TestBlocks reads header blocks.
func TestBlocks(t *testing.T) {
	for _, test := range []struct {
		name, wire string
		status     int
		lines      string
	}{
		{"RFC 7541, appendix C.6.1", "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3", 302,
			"cache-control: private\r\ndate: Mon, 21 Oct 2013 20:13:21 GMT\r\nlocation: https://www.example.com\r\n"},
		{"an indexed status", "88", 200, ""},
		{"each index of :status", "8e", 500, ""},
		{":status by another index, with a value", "0a03 323032", 202, ""},
		{":status never indexed", "1803 323032", 202, ""},
		{"a size update first (RFC 7541, section 4.2)", "20 88", 200, ""},
		{"two size updates first", "2020 88", 200, ""},
		{"an indexed field with a value", "88 90", 200, "accept-encoding: gzip, deflate\r\n"},
		{"an empty value", "88 0f10 00", 200, "content-type: \r\n"},
	} {
		r := fieldReader{limit: maxHeads}
		if err := r.block(unhex(t, test.wire), false); err != nil || r.status != test.status || string(r.lines) != test.lines {
			t.Errorf("%s: %v, %d %q, want %d %q", test.name, err, r.status, r.lines, test.status, test.lines)
		}
	}
}

// TestBadBlocks tells what ends the connection from what ends the stream.
func TestBadBlocks(t *testing.T) {
	ok := string(block(":status= 200"))
	for _, test := range []struct {
		name, wire string
		connection bool
		code       Code
	}{
		{"an index beyond the table", "\xbe", true, CompressionError},
		{"index 0 (RFC 7541, section 6.1)", "\x80", true, CompressionError},
		{"a name beyond the table", "\x7e\x00", true, CompressionError},
		{"a size update that was not offered (RFC 7541, section 6.3)", "\x3f\xe1\x1f", true, CompressionError},
		{"a size update behind a field (RFC 7541, section 4.2)", ok + "\x20", true, CompressionError},
		{"a name that is cut off", ok + "\x00\x05ab", true, CompressionError},
		{"a value that is cut off", ok + "\x00\x01a\x05ab", true, CompressionError},
		{"no value", ok + "\x00\x01a", true, CompressionError},
		{"a bad Huffman code", ok + "\x00\x81\x00\x00", true, CompressionError},
		{"no :status (RFC 9113, section 8.3.2)", string(block("etag= x")), false, ProtocolError},
		{"an empty block", "", false, ProtocolError},
		{"two :status", ok + ok, false, ProtocolError},
		{":status behind others (RFC 9113, section 8.3)", string(block("etag= x", ":status= 200")), false, ProtocolError},
		{"a :status that is none", string(block(":status= 2OO")), false, ProtocolError},
		{"a :status of two digits", string(block(":status= 99")), false, ProtocolError},
		{"a :status of four digits", string(block(":status= 0200")), false, ProtocolError},
		{"a :status below 100", string(block(":status= 099")), false, ProtocolError},
		{"a pseudo-header field of requests", ok + string(block(":path= /")), false, ProtocolError},
		{"capitals (RFC 9113, section 8.2.1)", ok + string(block("Etag= x")), false, ProtocolError},
		{"an empty name", ok + string(block("= x")), false, ProtocolError},
		{"a blank in a name", ok + string(block("a b= x")), false, ProtocolError},
		{"a line end in a value", ok + string(block("a= x\ny")), false, ProtocolError},
		{"a carriage return in a value", ok + string(block("a= x\ry")), false, ProtocolError},
		{"a NUL in a value", ok + string(block("a= x\x00y")), false, ProtocolError},
		{"Connection (RFC 9113, section 8.2.2)", ok + string(block("connection= close")), false, ProtocolError},
		{"Transfer-Encoding", ok + string(block("transfer-encoding= chunked")), false, ProtocolError},
		{"two lengths", ok + string(block("content-length= 5", "content-length= 6")), false, ProtocolError},
		{"a length that is none", ok + string(block("content-length= -5")), false, ProtocolError},
		{"too much", ok + string(block("a= "+strings.Repeat("x", maxHeads))), false, EnhanceYourCalm},
	} {
		r := fieldReader{limit: maxHeads}
		err := r.block([]byte(test.wire), false)
		if err == nil || err.Connection != test.connection || err.Code != test.code {
			t.Errorf("%s: %+v", test.name, err)
		}
	}
	r := fieldReader{limit: maxHeads}
	if err := r.block([]byte(ok), true); err == nil || err.Connection {
		t.Errorf(":status in trailers: %v", err)
	}
	if err := r.block(block("etag= x", "content-length= 5", "content-length= 5"), true); err != nil {
		t.Errorf("trailers: %v", err)
	}
}

// TestHeads writes requests, with and without what the template knows.
func TestHeads(t *testing.T) {
	for _, test := range []struct{ name, head, want string }{
		{"as the template", "GET /a?b=c HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: asyncctl\r\nAccept: */*\r\n",
			":method GET :scheme https :path /a?b=c :authority api.example.com user-agent asyncctl accept */*"},
		{"and more", "POST /a HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: asyncctl\r\nAccept: */*\r\nContent-Length: 12\r\nX-Long-Name: a b\r\n",
			":method POST :scheme https :path /a :authority api.example.com user-agent asyncctl accept */* content-length 12 x-long-name a b"},
		{"another host", "PATCH / HTTP/1.1\r\nAccept: a\r\nHost: other.example:8443\r\n", ":method PATCH :scheme https :path / :authority other.example:8443 accept a"},
		{"what HTTP/2 has no place for", "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTE: gzip\r\nUpgrade: x\r\nKeep-Alive: 5\r\nTransfer-Encoding: chunked\r\n", ":method GET :scheme https :path / :authority h"},
		{"TE: trailers (RFC 9113, section 8.2.2)", "GET / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\n", ":method GET :scheme https :path / :authority h te trailers"},
	} {
		b, err := testTemplate.appendHead(nil, []byte(test.head))
		if got := readHead(t, b); err != nil || got != test.want {
			t.Errorf("%s: %v\n%s, want\n%s", test.name, err, got, test.want)
		}
	}
	for _, head := range []string{"", "GET", "GET /", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n", " / HTTP/1.1\r\nHost: h\r\n"} {
		if _, err := testTemplate.appendHead(nil, []byte(head)); !errors.Is(err, errHead) {
			t.Errorf("%q: %v", head, err)
		}
	}
	for _, text := range []string{"", " HTTP/1.1", " HTTP/1.1\r\nAccept: x\r\n", " HTTP/1.1\r\nHost: h\r\nno colon\r\n"} {
		if _, err := NewTemplate([]byte(text), false); err == nil {
			t.Errorf("%q is a template", text)
		}
	}
}

// readHead reads a block of a request.
func readHead(t *testing.T, b []byte) string {
	t.Helper()
	var all []string
	r := fieldReader{}
	for len(b) > 0 {
		rest, err := r.field(b)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(r.name), string(r.value))
		b = rest
	}
	return strings.Join(all, " ")
}
