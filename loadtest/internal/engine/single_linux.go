//go:build amd64 || arm64

package engine

import (
	"errors"
	"io"
	"slices"
	"syscall"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/http1"
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
)

// Connections of HTTP/1.1: one request at a time.

// writeReady writes the requests that were given to connections. A failure may make for more.
func (e *epoll) writeReady() {
	for i := 0; i < len(e.ready); i++ {
		if c := e.ready[i]; c.stage == connReady {
			e.begin(c, c.id)
		}
	}
	e.ready = e.ready[:0]
}

// enough is how much room reading ahead needs: most answers are smaller.
const enough = 4 << 10

// readAhead reads from connections that wait for an answer, as long as there is room.
func (e *epoll) readAhead(events []syscall.EpollEvent) {
	room := e.ahead
	for i := range events {
		at := &events[i]
		if at.Fd == wakeNumber || at.Events&syscall.EPOLLIN == 0 {
			continue
		}
		if c := e.conns[at.Fd]; c.life == at.Pad && c.stage == connBusy {
			room = room[c.link.fetch(room):]
		}
		if len(room) < enough {
			return
		}
	}
}

// trusted is how long a connection that carried an exchange is taken to be open without a look.
const trusted = int64(50 * time.Millisecond)

// oneRecord is what fits into a record of TLS (RFC 8446, section 5.1): where writing it fails, nothing
// of it has left.
const oneRecord = 16 << 10

// begin writes the request of a slot.
func (e *epoll) begin(c *conn, id uint32) {
	now := e.now()
	request := e.customer.Leaves(id, now, e.out[:0])
	e.out = request[:0]
	c.repeats = repeats(request)
	if !c.repeats && c.used && now-c.freed > trusted && !quiet(c.link.fd) {
		// The server has closed it, or is about to: what cannot be repeated does not go there.
		e.replace(c, id)
		return
	}
	c.stage, c.id, c.begun, c.sent, c.first, c.in, c.out = connBusy, id, now, now, pending.Never, 0, 0
	c.response.Reset()
	switch err := c.link.write(request); {
	case err != nil && c.used && len(request) <= oneRecord:
		e.replace(c, id) // nothing of it has left
		return
	case err != nil:
		e.fail(c, err)
		return
	}
	c.out = len(request)
}

// left is how much of the request has left.
func (c *conn) left() int {
	if c.link.secure != nil {
		return c.out
	}
	return c.out - len(c.link.rest)
}

// replace has a request wait again, first of all, because its connection had been closed meanwhile.
func (e *epoll) replace(c *conn, id uint32) {
	p := c.pool
	e.drop(c)
	e.again(p, id)
	e.serve(p)
}

// read takes what has arrived.
func (e *epoll) read(c *conn, ending bool, now int64) {
	for life := c.life; c.life == life && c.stage != connClosed; {
		n, more, err := c.link.read(e.in)
		switch {
		case c.stage == connReady && err != errWouldBlock: // nothing of the request has left
			e.replace(c, c.id)
			return
		case n > 0 && c.stage != connBusy: // the server speaks unasked
			e.forget(c)
			return
		case n > 0:
			if e.take(c, e.in[:n], ending || err != nil && err != errWouldBlock, now) && c.link.secure == nil {
				return
			}
		case err == errWouldBlock:
			return
		case c.stage == connIdle:
			e.forget(c)
			return
		case errors.Is(err, io.EOF):
			e.ended(c, now)
			return
		default:
			e.fail(c, err)
			return
		}
		if !more && !ending {
			return
		}
		c.link.drained = c.link.drained && !ending
	}
}

// take takes a piece of the answer; true if it was the last.
func (e *epoll) take(c *conn, b []byte, ending bool, now int64) bool {
	if c.first == pending.Never {
		c.first = now
	}
	c.in += len(b)
	rest, done, err := c.response.Feed(b)
	switch {
	case err != nil:
		e.fail(c, err)
		return true
	case done:
		e.done(c, now, len(rest) > 0 || ending || len(c.link.rest) > 0)
		return true
	}
	return false
}

// forget drops an idle connection.
func (e *epoll) forget(c *conn) {
	if i := slices.Index(c.pool.idle, c); i >= 0 {
		last := len(c.pool.idle) - 1
		c.pool.idle[i] = c.pool.idle[last]
		c.pool.idle = c.pool.idle[:last]
	}
	e.drop(c)
}

// ended takes the end of the connection, which may be the end of the content.
func (e *epoll) ended(c *conn, now int64) {
	if done, _ := c.response.End(); !done {
		e.fail(c, ErrClosed)
		return
	}
	e.done(c, now, true)
}

// done hands over an exchange, and the connection to the next one.
func (e *epoll) done(c *conn, now int64, closing bool) {
	r := &c.response
	e.x = Exchange{
		Id: c.id, Sent: c.sent, First: c.first, Last: now, Status: r.Status, Head: &r.Head, Body: r.Body, More: r.More,
		In: c.in, Out: c.left(), Resent: e.repeated(c.id),
	}
	c.used, c.freed = true, now
	p := c.pool
	if closing || r.Last || e.config.Closes {
		e.drop(c)
	} else {
		c.stage = connIdle
		p.idle = append(p.idle, c)
	}
	e.customer.Finish(&e.x)
	e.serve(p)
}

// fail ends an exchange whose connection broke. A GET over a connection that had been in use before
// is repeated once if no byte of an answer came: the server had closed it meanwhile.
func (e *epoll) fail(c *conn, err error) {
	p, id, now := c.pool, c.id, e.now()
	r := &c.response
	again := c.used && c.repeats && !r.Started && err != ErrTimeout && e.slots.At(id).Flags&pending.IsRepeated == 0
	if again {
		e.slots.At(id).Flags |= pending.IsRepeated
		e.replace(c, id)
		return
	}
	out := c.left()
	x := Exchange{Id: id, Sent: c.sent, First: c.first, Last: now, Err: err, In: c.in, Out: out, Unsent: out == 0, Resent: e.repeated(id)}
	if r.Stage > http1.InHead { // the head is there: it may say enough
		x.Status, x.Head = r.Status, &r.Head
	}
	if x.First == pending.Never {
		x.First = now
	}
	e.drop(c)
	e.customer.Finish(&x)
	e.serve(p)
}

// repeated reports whether a request is on its second connection, and forgets it.
func (e *epoll) repeated(id uint32) bool {
	s := e.slots.At(id)
	is := s.Flags&pending.IsRepeated != 0
	s.Flags &^= pending.IsRepeated
	return is
}
