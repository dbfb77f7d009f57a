package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// maxExchange bounds what the front takes in one direction.
const maxExchange = 64 << 20

// front stands between asyncctl and a server and writes down what passes. It changes nothing: the
// server sees the Host that the client asked for, so the URLs that it makes lead back here.
type front struct {
	address string // host:port, or the path of a socket
	backend *http.Transport

	mu     sync.Mutex
	passed []exchange
}

// exchange is a request and its reply.
type exchange struct {
	method, url string
	sent        http.Header
	content     []byte
	status      int
	received    http.Header
	body        []byte
}

// connect returns a transport that takes every request to one place.
func connect(network, address string) *http.Transport {
	return &http.Transport{
		DisableCompression: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, address)
		},
	}
}

// front opens a front before what listens at the address. It listens on the same kind of network, at
// the port that the stage has promised if it has, and closes with the stage.
func (s *stage) front(network, address string) (*front, error) {
	at := fmt.Sprintf("127.0.0.1:%d", s.promised)
	if network == "unix" {
		at = s.file("front.socket")
	}
	l, err := net.Listen(network, at)
	if err != nil {
		return nil, err
	}
	f := &front{address: l.Addr().String(), backend: connect(network, address)}
	server := &http.Server{Handler: f}
	done := make(chan struct{})
	go func() {
		server.Serve(l)
		close(done)
	}()
	s.onClose(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			server.Close()
		}
		<-done
		f.backend.CloseIdleConnections()
	})
	return f, nil
}

// ServeHTTP passes one request on.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	content, err := io.ReadAll(io.LimitReader(r.Body, maxExchange))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	out := r.Clone(r.Context())
	out.RequestURI, out.URL.Scheme, out.URL.Host = "", "http", "server.invalid"
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(content)), int64(len(content))
	if len(content) == 0 {
		out.Body = http.NoBody
	}
	reply, err := f.backend.RoundTrip(out)
	if err != nil {
		http.Error(w, fmt.Sprintf("front: %v", err), http.StatusBadGateway)
		return
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(io.LimitReader(reply.Body, maxExchange))
	if err != nil {
		http.Error(w, fmt.Sprintf("front: %v", err), http.StatusBadGateway)
		return
	}
	readable := body
	if reply.Header.Get("Content-Encoding") == "gzip" {
		if z, err := gzip.NewReader(bytes.NewReader(body)); err == nil {
			readable, _ = io.ReadAll(io.LimitReader(z, maxExchange))
		}
	}
	f.note(exchange{
		method: r.Method, url: "http://" + r.Host + r.URL.RequestURI(), sent: r.Header, content: content,
		status: reply.StatusCode, received: reply.Header, body: readable,
	})
	for name, values := range reply.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(reply.StatusCode)
	w.Write(body)
}

func (f *front) note(e exchange) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.passed = append(f.passed, e)
}

// take returns what passed since the last call.
func (f *front) take() []exchange {
	f.mu.Lock()
	defer f.mu.Unlock()
	passed := f.passed
	f.passed = nil
	return passed
}

// line describes an exchange in one line.
func (e exchange) line() string {
	return fmt.Sprintf("%s %s: HTTP %d %s", e.method, e.url, e.status, strings.Join(strings.Fields(string(e.body[:min(len(e.body), 300)])), " "))
}
