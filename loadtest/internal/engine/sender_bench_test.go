package engine

import (
	"bytes"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
)

// BenchmarkSenders is one exchange, 32 at a time, with the server in the same process: it costs all
// senders the same.
func BenchmarkSenders(b *testing.B) {
	length := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n" + strings.Repeat("x", 200)
	chunked := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc8\r\n" + strings.Repeat("x", 200) + "\r\n0\r\n\r\n"
	for _, test := range []struct {
		name   string
		pieces []string
		close  bool
		config SenderConfig
	}{
		{"keep-alive", []string{length}, false, SenderConfig{}},
		{"chunked", []string{chunked}, false, SenderConfig{}},
		{"split", []string{length[:40], length[40:]}, false, SenderConfig{}},
		{"close", []string{length}, true, SenderConfig{Closes: true}},
		{"reset", []string{length[:90]}, true, SenderConfig{}},
	} {
		for _, kind := range allSenders() {
			if kind.h2 { // the server here does not speak it: testdata/bench/side measures it
				continue
			}
			b.Run(test.name+"/"+kind.name, func(b *testing.B) {
				benchSender(b, kind, test.config, test.pieces, test.close)
			})
		}
	}
}

func benchSender(b *testing.B, kind makeSender, p SenderConfig, pieces []string, closes bool) {
	scheme, config := "http://", (*tls.Config)(nil)
	if kind.tls {
		secure := httptest.NewUnstartedServer(nil)
		secure.StartTLS()
		defer secure.Close()
		scheme, config, p.TLS = "https://", secure.TLS, &tls.Config{InsecureSkipVerify: true}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	go serveBytes(listener, config, pieces, closes)
	url := scheme + listener.Addr().String()
	p.Connections, p.Timeout, p.MaxBody = 32, 30*time.Second, 64<<10
	if kind.name == "net/http" {
		transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 32}
		defer transport.CloseIdleConnections()
		p.HTTP = transport
	}
	a := &asker{start: time.Now(), method: "GET"}
	defer a.slots.Close()
	all, err := wire.NewOrigins(b.Context(), wire.Targets{Home: url, Closes: p.Closes, Resolves: p.HTTP == nil})
	if err != nil {
		b.Fatal(err)
	}
	a.to = all.All[0]
	if a.sender, err = kind.make(p, a, all); err != nil {
		b.Fatal(err)
	}
	defer a.sender.Close()
	loop := &looper{asker: a}
	switch s := a.sender.(type) {
	case *streams:
		s.customer = loop
	case *roundTrips:
		s.customer = loop
	default:
		loop.take(a.sender)
	}
	b.ReportAllocs()
	b.ResetTimer()
	loop.left = b.N
	for range min(32, b.N) {
		loop.next(a.slots.Take())
	}
	for loop.ended < b.N {
		a.sender.Wait(a.now() + int64(time.Second))
	}
}

// looper sends the next request when one has ended.
type looper struct {
	*asker
	left, ended int
}

func (l *looper) next(id uint32) {
	if l.left > 0 {
		l.left--
		l.sender.Send(id, l.to)
	}
}

func (l *looper) Finish(x *Exchange) {
	l.ended++
	l.next(x.Id)
}

// serveBytes answers every request with the same bytes.
func serveBytes(listener net.Listener, config *tls.Config, pieces []string, closes bool) {
	for {
		raw, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			conn := raw
			if config != nil {
				conn = tls.Server(raw, config)
			}
			defer conn.Close()
			in := make([]byte, 4096)
			for {
				n, err := conn.Read(in)
				if err != nil || !bytes.HasSuffix(in[:n], []byte("\r\n\r\n")) {
					return
				}
				for _, p := range pieces {
					if _, err := conn.Write([]byte(p)); err != nil {
						return
					}
				}
				if closes {
					return
				}
			}
		}()
	}
}
