package message_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/poller/internal/message"
	"github.com/asyncctl/asyncctl/poller/lro"
)

func TestEnclosed(t *testing.T) {
	tests := []struct {
		name, text string
		status     int // 0: it is no message
		kind, body string
	}{
		{"as it should be", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}", 200, "application/json", "{}"},
		{"line feeds alone", "HTTP/1.1 404 Not Found\nContent-Type:text/plain\n\nno", 404, "text/plain", "no"},
		{"no reason", "HTTP/1.0 204\r\n\r\n", 204, "", ""},
		{"cut by its own length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabcd", 200, "", "ab"},
		{"a length beyond the end", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabcd", 200, "", "abcd"},
		{"a length of nothing", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nabcd", 200, "", ""},
		{"a length of all", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd", 200, "", "abcd"},
		{"a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabcd", 200, "", "abcd"},
		{"the least status", "HTTP/1.1 100\r\n\r\n", 100, "", ""},
		{"nothing", "", 0, "", ""},
		{"a document", `{"status": "running"}`, 0, "", ""},
		{"no end of the header", "HTTP/1.1 200 OK\r\nA: b\r\n", 0, "", ""},
		{"no status", "HTTP/1.1 OK\r\n\r\n", 0, "", ""},
		{"a status that is none", "HTTP/1.1 2x0 OK\r\n\r\n", 0, "", ""},
		{"a status of two digits", "HTTP/1.1 099 OK\r\n\r\n", 0, "", ""},
		{"a request", "GET / HTTP/1.1\r\n\r\n", 0, "", ""},
		{"no colon", "HTTP/1.1 200 OK\r\nx\r\n\r\n", 0, "", ""},
		{"a folded line", "HTTP/1.1 200 OK\r\nA: b\r\n c: d\r\n\r\n", 0, "", ""},
		{"a transfer coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0, "", ""},
		{"too many fields", "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", 300) + "\r\n", 0, "", ""},
		{"too long a head", "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("b", 70<<10) + "\r\n\r\n", 0, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inner, head, ok := message.Enclosed(lro.Reply{Body: []byte(test.text), At: time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)})
			if !ok {
				if test.status != 0 || inner.Status != 0 || head != 0 {
					t.Fatalf("it was not read: %+v", inner)
				}
				return
			}
			if inner.Status != test.status || inner.Header.Get("Content-Type") != test.kind || string(inner.Body) != test.body || !inner.At.Equal(time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)) {
				t.Errorf("got %+v, %q", inner, inner.Body)
			}
			if !strings.HasPrefix(test.text[head:], test.body) {
				t.Errorf("the head has %d bytes", head)
			}
		})
	}
}

func FuzzEnclosed(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Type: a\r\nContent-Length: 1\r\n\r\nxyz"))
	f.Add([]byte("HTTP/1.1 500\n\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		inner, head, ok := message.Enclosed(lro.Reply{Body: body})
		switch {
		case !ok && (head != 0 || inner.Status != 0):
			t.Fatalf("not a message, but %d, %+v", head, inner)
		case !ok:
		case head <= 0 || head > len(body) || inner.Status < 100 || inner.Status > 999 || inner.Header == nil:
			t.Fatalf("got %d, %+v", head, inner)
		case !bytes.HasPrefix(body[head:], inner.Body):
			t.Fatalf("the content %q is not what follows the head", inner.Body)
		}
	})
}
