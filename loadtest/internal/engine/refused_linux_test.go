//go:build amd64 || arm64

package engine

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/http2"
)

// refusing is a server of HTTP/2 that refuses a stream (RST_STREAM, REFUSED_STREAM) where refuses says so
// of the n-th stream, and answers all others with 200.
func refusing(t *testing.T, refuses func(n int64) bool) (url string, streams *atomic.Int64) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	streams = new(atomic.Int64)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serveFrames(conn, func() bool { return refuses(streams.Add(1)) })
		}
	}()
	return "http://" + listener.Addr().String(), streams
}

// serveFrames answers each HEADERS frame (RFC 9113, section 6.2).
func serveFrames(conn net.Conn, refuse func() bool) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	if _, err := in.Discard(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")); err != nil {
		return
	}
	const headers, reset, settings, endStreamAndHeaders = 1, 3, 4, 5
	_, _ = conn.Write([]byte{0, 0, 0, settings, 0, 0, 0, 0, 0})
	for {
		var h [9]byte
		if _, err := io.ReadFull(in, h[:]); err != nil {
			return
		}
		if _, err := in.Discard(int(h[0])<<16 | int(h[1])<<8 | int(h[2])); err != nil {
			return
		}
		if h[3] != headers {
			continue
		}
		answer := append([]byte{0, 0, 1, headers, endStreamAndHeaders}, h[5:]...)
		answer = append(answer, 0x88) // :status 200
		if refuse() {
			answer = append([]byte{0, 0, 4, reset, 0}, h[5:]...)
			answer = binary.BigEndian.AppendUint32(answer, uint32(http2.RefusedStream))
		}
		_, _ = conn.Write(answer)
	}
}

// TestRefusedStreams sends what was refused again, a submit too, and not without end (RFC 9113, section
// 8.7).
func TestRefusedStreams(t *testing.T) {
	var h2c http.Protocols
	h2c.SetUnencryptedHTTP2(true)
	config := SenderConfig{Connections: 1, Timeout: time.Minute, Protocols: h2c}
	const n = 50
	url, streams := refusing(t, func(n int64) bool { return n <= 50 })
	for _, x := range askAll(t, url, config, n) {
		if x.Err != nil || x.Status != 200 {
			t.Errorf("%+v", x)
		}
	}
	if got := streams.Load(); got != 2*n {
		t.Errorf("%d streams for %d requests that are refused once", got, n)
	}
	url, streams = refusing(t, func(int64) bool { return true })
	for _, x := range askAll(t, url, config, n) {
		var said *http2.Error
		if !errors.As(x.Err, &said) || said.Code != http2.RefusedStream || !x.Unsent {
			t.Errorf("%+v", x)
		}
	}
	if got := streams.Load(); got != n*(maxRefusals+1) {
		t.Errorf("%d streams, want %d", got, n*(maxRefusals+1))
	}
}
