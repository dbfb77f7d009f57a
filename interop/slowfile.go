package main

import (
	"net"
	"net/http"
	"time"
)

// slowFile serves a file of 2 MiB that takes about two seconds to read, for servers whose work is to
// fetch something. It ends with the stage.
func (s *stage) slowFile() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	const pieces, piece = 32, 64 << 10
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/slow" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Length", "2097152")
		for range pieces {
			if _, err := w.Write(make([]byte, piece)); err != nil || r.Context().Err() != nil {
				return
			}
			http.NewResponseController(w).Flush()
			time.Sleep(60 * time.Millisecond)
		}
	})}
	done := make(chan struct{})
	go func() {
		server.Serve(l)
		close(done)
	}()
	s.onClose(func() {
		server.Close()
		<-done
	})
	return "http://" + l.Addr().String(), nil
}
