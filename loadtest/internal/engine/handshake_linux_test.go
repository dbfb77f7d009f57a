//go:build amd64 || arm64

package engine

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
)

// askAll sends n requests to a server at once and returns what became of them.
func askAll(t *testing.T, url string, p SenderConfig, n int) []Exchange {
	t.Helper()
	p.MaxBody = 64 << 10
	a := &asker{start: time.Now(), method: "POST"}
	defer a.slots.Close()
	all, err := wire.NewOrigins(t.Context(), wire.Targets{Home: url, Resolves: true})
	if err != nil {
		t.Fatal(err)
	}
	a.to = all.All[0]
	if a.sender, err = newEpoll(p, a, &a.slots, a.now, all); err != nil {
		t.Fatal(err)
	}
	defer a.sender.Close()
	for range n {
		a.sender.Send(a.slots.Take(), a.to)
	}
	for end := a.now() + int64(2*time.Minute); len(a.got) < n && a.now() < end; {
		a.sender.Wait(end)
	}
	if len(a.got) != n {
		t.Fatalf("%d of %d exchanges ended", len(a.got), n)
	}
	return a.got
}

// TestHandshakes that end otherwise than one hopes.
func TestHandshakes(t *testing.T) {
	only := func(protocols ...string) *httptest.Server {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(r.Proto)) }))
		s.TLS = &tls.Config{NextProtos: protocols}
		s.EnableHTTP2 = false
		s.StartTLS()
		t.Cleanup(s.Close)
		return s
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0") // it accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	var both, h2 http.Protocols
	both.SetHTTP1(true)
	both.SetHTTP2(true)
	h2.SetHTTP2(true)
	insecure := &tls.Config{InsecureSkipVerify: true}
	var untrusted *tls.CertificateVerificationError
	http1 := only("http/1.1")
	for _, test := range []struct {
		name   string
		url    string
		config SenderConfig
		ok     func(x *Exchange) bool
	}{
		{"an unknown authority", http1.URL, SenderConfig{}, func(x *Exchange) bool { return errors.As(x.Err, &untrusted) && x.Unsent }},
		{"HTTP/1.1 where HTTP/2 was offered too", http1.URL, SenderConfig{TLS: insecure, Protocols: both}, func(x *Exchange) bool { return string(x.Body) == "HTTP/1.1" }},
		{"HTTP/1.1 where only HTTP/2 was offered", http1.URL, SenderConfig{TLS: insecure, Protocols: h2}, func(x *Exchange) bool { return x.Err != nil && x.Unsent }},
		{"a server without ALPN", only().URL, SenderConfig{TLS: insecure, Protocols: h2}, func(x *Exchange) bool { return x.Err != nil && x.Unsent }},
		{"silence", "https://" + silent.Addr().String(), SenderConfig{Timeout: 200 * time.Millisecond}, func(x *Exchange) bool { return errors.Is(x.Err, ErrDialTimeout) && x.Unsent }},
		{"no TLS at all", "https://" + httptestAddress(t), SenderConfig{TLS: insecure}, func(x *Exchange) bool {
			var record tls.RecordHeaderError
			return errors.As(x.Err, &record) && x.Unsent
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.config.Connections = 3
			if test.config.Timeout == 0 {
				test.config.Timeout = time.Minute
			}
			for _, x := range askAll(t, test.url, test.config, 7) {
				if !test.ok(&x) {
					t.Errorf("%+v %q", x, x.Body)
				}
			}
		})
	}
}

// httptestAddress is that of a server without TLS.
func httptestAddress(t *testing.T) string {
	s := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// TestPriorKnowledge speaks HTTP/2 to a server that does not, and to one that refuses streams.
func TestPriorKnowledge(t *testing.T) {
	var h2c http.Protocols
	h2c.SetUnencryptedHTTP2(true)
	old := httptest.NewServer(http.NotFoundHandler())
	defer old.Close()
	for _, x := range askAll(t, old.URL, SenderConfig{Connections: 2, Timeout: time.Minute, Protocols: h2c}, 300) {
		if x.Err == nil || !x.Unsent {
			t.Errorf("%+v", x)
		}
	}
}

// TestManyHandshakes needs more connections at a time than handshakes are made.
func TestManyHandshakes(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("hello")) }))
	s.StartTLS()
	defer s.Close()
	n := MaxHandshakes * 2
	for _, x := range askAll(t, s.URL, SenderConfig{Connections: n, Timeout: time.Minute, TLS: &tls.Config{InsecureSkipVerify: true}}, n) {
		if string(x.Body) != "hello" {
			t.Errorf("%+v", x)
		}
	}
}
