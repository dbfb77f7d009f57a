package mock

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
)

// Listeners are the HTTP servers of one command. They speak HTTP/1.1 and HTTP/2, with and without TLS.
type Listeners struct {
	tls     *tls.Config // nil: without TLS
	Remote  bool        // other machines may connect, if an address asks for it
	errors  io.Writer   // is told of broken handshakes and the like; nil: nobody is
	servers []*http.Server
	running sync.WaitGroup
}

// Serve listens on an address and returns the URL; flag names the address in an error.
func (l *Listeners) Serve(flag, address string, handler http.Handler) (string, error) {
	if err := l.local(flag, address); err != nil {
		return "", err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", app.Usagef("%s %s: %v", flag, address, err)
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 30 * time.Second, Protocols: protocols, TLSConfig: l.tls, ErrorLog: log.New(io.Discard, "", 0)}
	if l.errors != nil {
		server.ErrorLog = log.New(app.NewCleanWriter(l.errors), "", 0)
	}
	l.servers = append(l.servers, server)
	if l.tls == nil {
		l.running.Go(func() { server.Serve(listener) }) // it returns when it is closed
		return "http://" + reachable(address, listener.Addr()), nil
	}
	l.running.Go(func() { server.ServeTLS(listener, "", "") }) // it returns when it is closed
	return "https://" + reachable(address, listener.Addr()), nil
}

// reachable returns host and port under which this machine reaches a listener. That of all addresses (0.0.0.0, ::,
// or none named) is no address to connect to: the one of this machine itself is.
func reachable(asked string, at net.Addr) string {
	tcp, ok := at.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return at.String()
	}
	host := "127.0.0.1"
	if named, _, _ := net.SplitHostPort(asked); named == "::" {
		host = "::1"
	}
	return net.JoinHostPort(host, strconv.Itoa(tcp.Port))
}

// local refuses an address that other machines reach, unless they may.
func (l *Listeners) local(flag, address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return app.Usagef("%s %s: write host:port, such as 127.0.0.1:0 for any free port", flag, address)
	}
	if l.Remote || host == "localhost" {
		return nil
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		return nil
	}
	return app.Usagef("%s %s: other machines could connect there; listen on 127.0.0.1, or allow it with --allow-remote", flag, address)
}

// Close ends the servers: requests under way have two seconds.
func (l *Listeners) Close() {
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
