// Command standard gives the answers of bare by the server of package net/http, over everything that it
// speaks: HTTP/1.1 and HTTP/2 without TLS on one port, and both with TLS on the next.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
)

const (
	status = `{"id":"0d5c9f38-2fbc-4d87","status":"running","createdAt":"2026-01-02T11:58:13Z","percentComplete":42}`
	result = `{"answer":42}`
)

var next atomic.Int64

func main() {
	host := flag.String("host", "127.0.0.1", "address")
	port := flag.Int("port", 9990, "port without TLS; the next one is with TLS")
	streams := flag.Int("streams", 32, "requests that a connection of HTTP/2 may carry at a time")
	flag.Parse()
	// The certificate is that of package httptest: nobody trusts it.
	test := httptest.NewUnstartedServer(nil)
	test.StartTLS()
	certificates := test.TLS.Certificates
	test.Close()

	server := &http.Server{
		Handler: http.HandlerFunc(answer), Protocols: new(http.Protocols),
		HTTP2:     &http.HTTP2Config{MaxConcurrentStreams: *streams},
		TLSConfig: &tls.Config{Certificates: certificates}, ErrorLog: log.New(io.Discard, "", 0),
	}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetHTTP2(true)
	server.Protocols.SetUnencryptedHTTP2(true)
	for i, serve := range []func(net.Listener) error{server.Serve, func(l net.Listener) error { return server.ServeTLS(l, "", "") }} {
		listener, err := net.Listen("tcp", net.JoinHostPort(*host, strconv.Itoa(*port+i)))
		if err != nil {
			log.Fatal(err)
		}
		go func() { log.Fatal(serve(listener)) }()
	}
	select {}
}

func answer(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case r.Method == http.MethodPost && len(path) == 2: // /p or /q
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Location", fmt.Sprintf("%s/0d5c9f38-2fbc-4d87-8e7c-%d", path, 100_000_000_000+next.Add(1)))
		w.WriteHeader(http.StatusAccepted)
	case strings.HasPrefix(path, "/q/"):
		w.Header().Set("Location", "/r/"+path[3:])
		w.WriteHeader(http.StatusSeeOther)
	case strings.HasPrefix(path, "/p/"):
		w.Header().Set("Retry-After", "30")
		document(w, status)
	case strings.HasPrefix(path, "/r/"):
		document(w, result)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func document(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, text)
}
