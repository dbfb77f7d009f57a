//go:build amd64 || arm64

package engine

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"syscall"

	"github.com/asyncctl/asyncctl/loadtest/internal/http1"
	"github.com/asyncctl/asyncctl/loadtest/internal/http2"
)

// conn is a connection, and the request that it carries if it speaks HTTP/1.1.
type conn struct {
	link    *link
	address netip.AddrPort
	number  int32
	life    int32
	pool    *pool
	stage   connStage
	begun   int64 // the exchange, or the attempt to connect
	used    bool  // it has carried an exchange before

	h2    *http2.Conn // nil: HTTP/1.1
	noted bool        // in epoll.unflushed

	id       uint32
	sent     int64
	first    int64
	freed    int64 // the exchange before ended
	repeats  bool
	in, out  int
	response http1.Response
}

type connStage uint8

const (
	connClosed     connStage = iota
	connConnecting           // TCP
	connShaking              // TLS; the link belongs to another goroutine
	connGreeting             // HTTP/2: the server's SETTINGS are to come
	connIdle                 // HTTP/1.1
	connReady                // HTTP/1.1: the loop is about to write a request
	connBusy                 // HTTP/1.1
	connShared               // HTTP/2
)

// conn returns a connection that is being made.
func (e *epoll) conn(fd int, p *pool) *conn {
	var c *conn
	if n := len(e.unused); n > 0 {
		c = e.conns[e.unused[n-1]]
		e.unused = e.unused[:n-1]
	} else {
		c = &conn{number: int32(len(e.conns)), response: http1.Response{Limit: e.config.MaxBody}}
		e.conns = append(e.conns, c)
	}
	if c.link == nil || c.link.secure != nil || c.link.buffer != nil {
		c.link = &link{}
	}
	*c.link = link{fd: fd, rest: c.link.rest[:0]}
	c.life++
	c.pool, c.stage, c.id, c.used, c.begun, c.h2 = p, connConnecting, 0, false, e.now(), nil
	p.connecting++
	e.open++
	return c
}

// connected takes an event on a socket that is being connected.
func (e *epoll) connected(c *conn, what uint32, now int64) {
	if err := socketError(c.link.fd); err != nil {
		e.unconnected(c, err, now)
		return
	}
	if what&syscall.EPOLLOUT == 0 {
		return
	}
	if c.pool.tls != nil {
		c.stage = connShaking
		e.handshakes.add(c, now, int64(e.config.Timeout))
		return
	}
	e.speak(c, c.pool.multiplexes, now)
}

// shook takes the ends of handshakes.
func (e *epoll) shook(now int64) {
	for _, end := range e.handshakes.take() {
		c := end.c
		if c.life != end.life {
			continue
		}
		if end.err != nil {
			if errors.Is(end.err, context.DeadlineExceeded) || errors.Is(end.err, os.ErrDeadlineExceeded) {
				end.err = ErrDialTimeout
			}
			e.unconnected(c, end.err, now)
			continue
		}
		c.link.secure = end.secure
		both := end.secure.ConnectionState().NegotiatedProtocol == "h2"
		if !both && e.config.Protocols.HTTP2() && !e.config.Protocols.HTTP1() {
			e.unconnected(c, ErrProtocol, now)
			continue
		}
		c.pool.multiplexes = both
		e.speak(c, both, now)
		if c.life == end.life && c.stage != connClosed { // what came with the handshake makes no edge
			e.happened(c, syscall.EPOLLIN, e.now())
		}
	}
	for len(e.handshakes.queue) > 0 && e.handshakes.running < MaxHandshakes {
		next := e.handshakes.queue[0]
		e.handshakes.queue = e.handshakes.queue[1:]
		e.handshakes.add(next, now, int64(e.config.Timeout))
	}
}

// speak begins to use a connection.
func (e *epoll) speak(c *conn, multiplexes bool, now int64) {
	if !multiplexes {
		c.pool.connecting--
		c.stage = connIdle
		c.pool.idle = append(c.pool.idle, c)
		e.serve(c.pool)
		return
	}
	c.stage = connGreeting
	c.h2 = http2.New(http2.Config{MaxBody: e.config.MaxBody, Streams: c.pool.streams})
	if c.link.secure != nil {
		c.link.buffer = make([]byte, 64<<10)
	}
	e.note(c)
}

// unconnected fails requests for a connection that could not be made: one, or as many as it would have
// carried.
func (e *epoll) unconnected(c *conn, err error, now int64) {
	p := c.pool
	n := 1
	if p.multiplexes {
		n = (p.waiting.Count + p.connecting - 1) / max(1, p.connecting)
	}
	e.drop(c)
	if !c.used && p.to.Unreachable(c.address) {
		e.grow(p)
		return
	}
	for ; n > 0; n-- {
		id := p.waiting.Pop(e.slots)
		if id == 0 {
			break
		}
		e.waiting--
		e.unsent(id, now, err)
	}
	e.serve(p)
}

// drop closes a connection. Whatever it carried has ended.
func (e *epoll) drop(c *conn) {
	switch c.stage {
	case connConnecting, connShaking, connGreeting:
		c.pool.connecting--
	case connShared:
		c.pool.leave(c)
	}
	c.hangUp()
	c.stage = connClosed
	e.open--
	e.unused = append(e.unused, c.number)
}

// hangUp says goodbye, where that is usual, and closes the socket.
func (c *conn) hangUp() {
	if c.link.secure != nil {
		_ = c.link.secure.Close() // an alert, if the socket takes it; the descriptor stays
	}
	_ = syscall.Close(c.link.fd)
}
