package mockserver

import (
	"context"
	"fmt"
	"net"
	"sync"
)

// A memory is a network inside the process: its connections are pipes, so that
// whoever waits for one is idle for testing/synctest.
type memory struct{ listeners map[string]*memoryListener }

// A memoryListener takes connections to a name.
type memoryListener struct {
	name   string
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (m *memory) listen(name string) net.Listener {
	l := &memoryListener{name: name, conns: make(chan net.Conn), closed: make(chan struct{})}
	m.listeners[name] = l
	return l
}

// dial is for [net/http.Transport].
func (m *memory) dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, _, _ := net.SplitHostPort(address)
	l, ok := m.listeners[host]
	if !ok {
		return nil, fmt.Errorf("cannot dial %s: it is not one of the servers in memory", address)
	}
	near, far := net.Pipe()
	select {
	case l.conns <- far:
		return near, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Accept is for [net.Listener].
func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close is for [net.Listener].
func (l *memoryListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr is for [net.Listener].
func (l *memoryListener) Addr() net.Addr { return l }

// Network is for [net.Addr].
func (l *memoryListener) Network() string { return "memory" }

// String is for [net.Addr].
func (l *memoryListener) String() string { return l.name }
