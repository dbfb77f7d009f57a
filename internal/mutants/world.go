package mutants

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// World is where mutants listen, and how they are reached.
type World struct {
	// Listen returns a listener and its host, with the port. The name is a hint.
	Listen func(name string) (net.Listener, string, error)
	// Transport reaches what listens; nil: the network.
	Transport *http.Transport
	// Dialect returns the dialect of a name; nil: there are mutants of the generic one only.
	Dialect func(name string) (lro.Dialect, bool)
}

// Loopback is the world of free ports on the loopback interface.
func Loopback(dialect func(name string) (lro.Dialect, bool)) World {
	return World{Dialect: dialect, Listen: func(string) (net.Listener, string, error) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, "", err
		}
		return l, l.Addr().String(), nil
	}}
}

// served are the servers of one mutant.
type served struct {
	servers []*http.Server
	serving sync.WaitGroup
}

// serve serves a handler on a listener.
func (s *served) serve(l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h}
	s.servers = append(s.servers, server)
	s.serving.Go(func() { server.Serve(l) }) // it ends with ErrServerClosed, by close
}

func (s *served) close() {
	for _, server := range s.servers {
		server.Close() // of a listener that is ours alone: nothing to tell
	}
	s.serving.Wait()
}

// secure makes a certificate for a host, and a client's settings that trust it.
func secure(host string) (server, client *tls.Config, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	server = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	return server, &tls.Config{RootCAs: roots}, nil
}
