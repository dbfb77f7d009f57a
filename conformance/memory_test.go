package conformance_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"

	"github.com/asyncctl/asyncctl/internal/mutants"
	"github.com/asyncctl/asyncctl/poller/dialect"
)

// memory is a world without a network, for bubbles in which waiting takes no time.
type memory struct {
	mu        sync.Mutex
	listeners map[string]*memoryListener
}

func inMemory() mutants.World {
	m := &memory{listeners: map[string]*memoryListener{}}
	return mutants.World{Listen: m.listen, Transport: &http.Transport{DialContext: m.dial}, Dialect: dialect.ByName}
}

func (m *memory) listen(name string) (net.Listener, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := &memoryListener{name: name, calls: make(chan net.Conn), closed: make(chan struct{})}
	m.listeners[name+":80"], m.listeners[name+":443"] = l, l
	return l, name, nil
}

func (m *memory) dial(ctx context.Context, _, address string) (net.Conn, error) {
	m.mu.Lock()
	l := m.listeners[address]
	m.mu.Unlock()
	if l == nil {
		return nil, errors.New("nobody listens at " + address)
	}
	here, there := net.Pipe()
	select {
	case l.calls <- there:
		return here, nil
	case <-l.closed:
	case <-ctx.Done():
	}
	here.Close()
	there.Close()
	return nil, errors.New("nobody answers at " + address)
}

type memoryListener struct {
	name   string
	calls  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.calls:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *memoryListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *memoryListener) Addr() net.Addr { return memoryAddr(l.name) }

type memoryAddr string

func (a memoryAddr) Network() string { return "memory" }
func (a memoryAddr) String() string  { return string(a) }
