//go:build amd64 || arm64

package engine

import (
	"crypto/tls"
	"slices"
	"syscall"

	"github.com/asyncctl/asyncctl/loadtest/internal/http2"
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
)

// pool is the connections of one origin.
type pool struct {
	to         *wire.Origin
	tls        *tls.Config    // nil: no TLS
	template   http2.Template // of what all requests have in common
	idle       []*conn        // HTTP/1.1
	shared     []*conn        // HTTP/2
	waiting    pending.Line
	connecting int
	// multiplexes reports whether connections speak HTTP/2, or are expected to: the last one did.
	multiplexes bool
	streams     int // that a connection of HTTP/2 carries at most; 0: what the server allows
}

const (
	// carries is how many requests a connection of HTTP/2 is taken to carry before the server has said
	// how many streams it allows (RFC 9113, section 6.5.2, asks for no fewer).
	carries = 100
	// spread is how many connections of HTTP/2 are opened before one carries more than light requests,
	// so that what balances connections over servers has some to balance.
	spread = 4
	light  = 32
)

func newPool(to *wire.Origin, config *SenderConfig) (*pool, error) {
	p := &pool{to: to, multiplexes: !to.Secure && config.Protocols.UnencryptedHTTP2()}
	if config.Closes {
		p.streams = 1
	}
	if to.Secure {
		p.tls = to.Config(config.TLS)
		p.tls.NextProtos, p.multiplexes = config.offers(), config.Protocols.HTTP2()
		p.tls.DynamicRecordSizingDisabled = true // it only makes for more records, and calls
	}
	if !p.multiplexes {
		return p, nil
	}
	var err error
	p.template, err = http2.NewTemplate(to.Trailer, to.Secure)
	return p, err
}

// pool is the connections of an origin: a new one, or one whose header has changed since.
func (e *epoll) pool(to *wire.Origin) (*pool, error) {
	for len(e.pools) <= to.Number {
		made, err := newPool(to, &e.config)
		if err == nil && to.Secure && e.handshakes.wake == 0 {
			err = e.handshakes.begin(e.fd)
		}
		if err != nil {
			return nil, err
		}
		e.pools = append(e.pools, made)
	}
	p := e.pools[to.Number]
	if p.to == to {
		return p, nil
	}
	fresh, err := newPool(to, &e.config)
	if err != nil {
		return nil, err
	}
	p.to, p.template = to, fresh.template
	return p, nil
}

// Send uses a connection that is free, or has the request wait for one.
func (e *epoll) Send(id uint32, to *wire.Origin) {
	p, err := e.pool(to)
	if err != nil {
		e.failed = append(e.failed, failure{id, err})
		return
	}
	if p.waiting.Head == 0 && e.give(p, id) {
		return
	}
	p.waiting.Push(e.slots, id)
	e.waiting++
	e.grow(p)
}

// give has a connection that is free carry a request; false if there is none.
func (e *epoll) give(p *pool, id uint32) bool {
	if c := p.takeIdle(); c != nil {
		c.stage, c.id = connReady, id
		e.ready = append(e.ready, c)
		return true
	}
	c := p.least()
	if c == nil || !e.fresh(c) {
		return false
	}
	if c.h2.Busy() >= light && len(p.shared)+p.connecting < spread && e.open < e.config.Connections {
		e.connect(p)
	}
	e.begin2(c, id)
	return true
}

func (p *pool) takeIdle() *conn {
	n := len(p.idle)
	if n == 0 {
		return nil
	}
	c := p.idle[n-1]
	p.idle = p.idle[:n-1]
	return c
}

// least returns the connection of HTTP/2 with the fewest streams that may have another.
func (p *pool) least() (least *conn) {
	for _, c := range p.shared {
		if c.h2.Free() > 0 && (least == nil || c.h2.Busy() < least.h2.Busy()) {
			least = c
		}
	}
	return least
}

// leave takes a connection of HTTP/2 out.
func (p *pool) leave(c *conn) {
	if i := slices.Index(p.shared, c); i >= 0 {
		p.shared = slices.Delete(p.shared, i, i+1)
	}
}

// serve gives waiting requests what connections there are.
func (e *epoll) serve(p *pool) {
	for p.waiting.Head != 0 {
		id := p.waiting.Pop(e.slots)
		e.waiting--
		if !e.give(p, id) {
			e.again(p, id)
			e.grow(p)
			return
		}
	}
}

// grow opens connections for requests that wait, within the limit.
func (e *epoll) grow(p *pool) {
	each := 1
	if p.multiplexes && p.streams == 0 {
		each = carries
	}
	for p.connecting*each < p.waiting.Count && (e.open < e.config.Connections || e.makeRoom(p)) && e.connect(p) {
	}
}

// connect opens a connection; false if that could not even begin.
func (e *epoll) connect(p *pool) bool {
	address := p.to.Address()
	fd, err := openSocket(address)
	if err == nil {
		c := e.conn(fd, p)
		c.address = address
		err = syscall.EpollCtl(e.fd, syscall.EPOLL_CTL_ADD, fd, &syscall.EpollEvent{Events: edges, Fd: c.number, Pad: c.life})
		if err == nil {
			return true
		}
		e.drop(c)
	}
	if p.to.Unreachable(address) {
		return e.connect(p)
	}
	if id := p.waiting.Pop(e.slots); id != 0 {
		e.waiting--
		e.failed = append(e.failed, failure{id, err})
	}
	return false
}

// makeRoom closes a connection of another origin that carries nothing.
func (e *epoll) makeRoom(p *pool) bool {
	for _, other := range e.pools {
		if other == p {
			continue
		}
		if c := other.takeIdle(); c != nil {
			e.drop(c)
			return true
		}
		for _, c := range other.shared {
			if c.h2.Busy() == 0 && c != e.reading {
				e.drop(c)
				return true
			}
		}
	}
	return false
}

// again has a request wait again, first of all: nothing of it has been acted upon.
func (e *epoll) again(p *pool, id uint32) {
	at := e.slots.At(id)
	at.Next = p.waiting.Head
	if p.waiting.Head == 0 {
		p.waiting.Tail = id
	}
	p.waiting.Head = id
	p.waiting.Count++
	e.waiting++
}
