package cmd

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// listeners are the HTTP servers of one command.
type listeners struct {
	servers []*http.Server
	running sync.WaitGroup
}

// serve listens on an address and returns the URL; flag names the address in an error.
func (l *listeners) serve(flag, address string, handler http.Handler) (string, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", usagef("%s %s: %v", flag, address, err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 30 * time.Second}
	l.servers = append(l.servers, server)
	l.running.Go(func() { server.Serve(listener) }) // it returns when it is closed
	return "http://" + listener.Addr().String(), nil
}

// close ends the servers: requests under way have two seconds.
func (l *listeners) close() {
	grace, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	for _, s := range l.servers {
		if s.Shutdown(grace) != nil {
			s.Close()
		}
	}
	l.running.Wait()
	l.servers = nil
}
