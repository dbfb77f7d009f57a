package engine

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// serveH2 gives the same answers as serveWire over HTTP/2: by the server of package net/http, which is
// told what the bytes of a script say.
func serveH2(t *testing.T, config *tls.Config, streams int, script func(n int, request string) ([]string, manner)) *wireServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &wireServer{listener: listener, script: script, over: make(chan struct{})}
	type connKey struct{}
	server := &http.Server{
		Protocols: new(http.Protocols),
		TLSConfig: config.Clone(),
		HTTP2:     &http.HTTP2Config{MaxConcurrentStreams: streams},
		ErrorLog:  log.New(io.Discard, "", 0), // connections that are given up in the middle of a handshake
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			s.mu.Lock()
			s.accepted++
			s.mu.Unlock()
			return context.WithValue(ctx, connKey{}, c)
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ProtoMajor != 2 {
				t.Errorf("a request came over %s", r.Proto)
			}
			body, _ := io.ReadAll(r.Body)
			pieces, end := s.next(r.Method + " " + r.URL.String() + " " + string(body))
			s.speak(w, r.Context().Value(connKey{}).(net.Conn), strings.Join(pieces, ""), end)
		}),
	}
	server.Protocols.SetUnencryptedHTTP2(true)
	server.Protocols.SetHTTP2(true)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if config != nil {
			_ = server.ServeTLS(listener, "", "")
			return
		}
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() { close(s.over); _ = server.Close(); <-done })
	return s
}

// speak answers one request.
func (s *wireServer) speak(w http.ResponseWriter, raw net.Conn, answer string, end manner) {
	switch end {
	case resetIt:
		if secure, ok := raw.(*tls.Conn); ok {
			raw = secure.NetConn()
		}
		_ = raw.(*net.TCPConn).SetLinger(0)
		_ = raw.Close()
		return
	case hangOn:
		<-s.over
		return
	case closeIt:
		w.Header().Set("Connection", "close") // GOAWAY
	}
	in := bufio.NewReader(strings.NewReader(answer))
	for {
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		for name, values := range resp.Header {
			w.Header()[name] = values
		}
		if resp.ContentLength > 0 {
			w.Header().Set("Content-Length", fmt.Sprint(resp.ContentLength))
		}
		w.WriteHeader(resp.StatusCode)
		if resp.StatusCode >= 200 {
			if n, err := io.Copy(w, resp.Body); err != nil || n < resp.ContentLength {
				_ = http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			}
			return
		}
	}
}

// TestHTTP2GoesAway has the server say GOAWAY in the middle, again and again: what it did not process is
// sent again, a submit too, and reaches it once.
func TestHTTP2GoesAway(t *testing.T) {
	for _, kind := range allSenders() {
		if !kind.h2 {
			continue
		}
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			a, server := converse(t, kind, SenderConfig{Connections: 4, Timeout: time.Minute}, "POST", 400, true, func(n int, _ string) ([]string, manner) {
				if n%10 == 9 {
					return []string{okAnswer}, closeIt
				}
				return []string{okAnswer}, keepOpen
			})
			for i := range a.got {
				if !good(&a.got[i]) {
					t.Errorf("exchange %d: %+v", i, a.got[i])
				}
			}
			server.mu.Lock()
			defer server.mu.Unlock()
			if server.requests != len(a.got) || server.accepted < 2 {
				t.Errorf("%d submits reached the server over %d connections, %d were sent", server.requests, server.accepted, len(a.got))
			}
		})
	}
}

// TestSharedConnections opens few: a second one when the first carries some requests, and more than a
// few only where the server's limit of streams makes it.
func TestSharedConnections(t *testing.T) {
	for _, test := range []struct {
		name              string
		requests, streams int // at a time, and that the server allows on a connection
		least, most       int // connections
	}{
		{"few requests", 20, 250, 1, 1},
		{"many", 200, 250, 2, 4},
		{"more than the server's limit", 90, 10, 9, 12},
	} {
		for _, kind := range platformSenders() {
			if !kind.h2 || kind.tls {
				continue
			}
			t.Run(test.name+"/"+kind.name, func(t *testing.T) {
				t.Parallel()
				arrived, all := make(chan struct{}, test.requests), make(chan struct{})
				go func() {
					for range test.requests {
						<-arrived
					}
					close(all)
				}()
				kind.streams = test.streams
				a, server := converse(t, kind, SenderConfig{Connections: 20}, "GET", test.requests, true, func(int, string) ([]string, manner) {
					arrived <- struct{}{}
					<-all // they are under way at the same time
					return []string{okAnswer}, keepOpen
				})
				for i := range a.got {
					if !good(&a.got[i]) {
						t.Errorf("exchange %d: %+v", i, a.got[i])
					}
				}
				server.mu.Lock()
				defer server.mu.Unlock()
				if server.accepted < test.least || server.accepted > test.most {
					t.Errorf("%d connections, want %d to %d", server.accepted, test.least, test.most)
				}
			})
		}
	}
}
