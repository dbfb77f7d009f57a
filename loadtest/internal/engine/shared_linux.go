//go:build amd64 || arm64

package engine

import (
	"errors"
	"io"

	"github.com/asyncctl/asyncctl/loadtest/internal/http2"
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
)

// Connections of HTTP/2: many requests at a time. What they write is gathered until the loop waits.

// maxRefusals is how often a request is sent again that a server did not process, before the operation
// hears of it. Connections that carried others before they went away do not count: there is progress.
const maxRefusals = 5

// begin2 has a connection carry the request of a slot beside others.
func (e *epoll) begin2(c *conn, id uint32) {
	now := e.now()
	request := e.customer.Leaves(id, now, e.out[:0])
	e.out = request[:0]
	if err := c.h2.Open(id, now, request, &c.pool.template); err != nil {
		e.failed = append(e.failed, failure{id, err})
		return
	}
	e.streams++
	e.note(c)
}

// fresh reports whether an idle connection has nothing unread: where it has, the server is about to
// close it.
func (e *epoll) fresh(c *conn) bool {
	return c.h2.Busy() > 0 || !c.used || e.now()-c.freed <= trusted || quiet(c.link.fd)
}

// note has the loop write what a connection has to write.
func (e *epoll) note(c *conn) {
	if !c.noted && c.h2.Waiting() {
		c.noted = true
		e.unflushed = append(e.unflushed, c)
	}
}

// flush writes what was gathered. A failure may gather more.
func (e *epoll) flush() {
	for i := 0; i < len(e.unflushed); i++ {
		c := e.unflushed[i]
		c.noted = false
		if c.stage == connClosed || c.h2 == nil || len(c.link.rest) > 0 {
			continue // what is left in the socket's way goes first: writeRest notes the connection again
		}
		now := e.now()
		if err := e.write(c, now); err != nil {
			e.failShared(c, err, now)
		}
	}
	e.unflushed = e.unflushed[:0]
}

// write hands everything to the link.
func (e *epoll) write(c *conn, now int64) error {
	b := c.h2.Take()
	if len(b) == 0 {
		return nil
	}
	if err := c.link.write(b); err != nil {
		if len(b) <= oneRecord {
			c.h2.TakeBack(len(b)) // nothing of it has left
		}
		return err
	}
	if len(c.link.rest) == 0 {
		c.h2.Left(now)
	}
	return nil
}

// readShared takes what has arrived.
func (e *epoll) readShared(c *conn, ending bool, now int64) {
	e.reading = c
	for {
		n, more, err := c.link.read(e.in)
		if n > 0 {
			if wrong := c.h2.Feed(e.in[:n], now); wrong != nil {
				e.failShared(c, wrong, now)
				return
			}
			e.greeted(c)
			e.settle(c, now)
		}
		if err == errWouldBlock || err == nil && !more && !ending {
			break
		}
		if err != nil {
			e.failShared(c, err, now)
			return
		}
		c.link.drained = c.link.drained && !ending
	}
	e.reading = nil
	e.retire(c, now)
}

// greeted makes a connection available once the server has said what it allows.
func (e *epoll) greeted(c *conn) {
	if c.stage != connGreeting || !c.h2.Ready() {
		return
	}
	c.stage, c.freed = connShared, e.now()
	c.pool.connecting--
	c.pool.shared = append(c.pool.shared, c)
	e.serve(c.pool)
}

// settle hands over what has ended.
func (e *epoll) settle(c *conn, now int64) {
	for s := c.h2.Next(); s != nil; s = c.h2.Next() {
		e.streams--
		c.freed = now
		if s.Err == nil {
			c.used = true
		}
		if e.config.Closes {
			c.h2.Close()
		}
		if s.Err == nil || !e.repeat(c, s) {
			e.handOver(s)
		}
		c.h2.Release(s)
	}
	e.note(c)
}

// repeat has a request wait again that may be sent again: the server did not process it (RFC 9113,
// section 8.7), or the connection, which had been in use before, broke before a GET was answered.
func (e *epoll) repeat(c *conn, s *http2.Stream) bool {
	at := e.slots.At(s.Owner)
	var said *http2.Error
	ours := !errors.As(s.Err, &said) // or the kernel's
	switch {
	case s.Err == ErrTimeout:
		return false
	case s.Unprocessed:
		progress := said != nil && said.Connection && (c.used || c.h2.Busy() > 0)
		if !progress && e.refused[s.Owner] >= maxRefusals {
			return false
		}
		if !progress {
			e.refused[s.Owner]++
		}
		if s.Sent != http2.Never {
			at.Flags |= pending.IsRepeated
		}
	case c.used && s.Get && s.Status == 0 && at.Flags&pending.IsRepeated == 0 && ours:
		at.Flags |= pending.IsRepeated
	default:
		return false
	}
	e.again(c.pool, s.Owner)
	return true
}

// handOver gives the customer the end of a request.
func (e *epoll) handOver(s *http2.Stream) {
	if len(e.refused) > 0 {
		delete(e.refused, s.Owner)
	}
	e.x = Exchange{
		Id: s.Owner, Sent: s.Sent, First: s.First, Last: s.Last, Status: s.Status, Body: s.Body, More: s.More,
		Err: s.Err, Unsent: s.Unprocessed, In: s.In, Out: s.Out, Resent: e.repeated(s.Owner),
	}
	if s.Status > 0 {
		if err := e.fields.Take(s.Head); err != nil && e.x.Err == nil {
			e.x.Err = err
		}
		e.x.Head = &e.fields
	}
	if s.First == http2.Never {
		e.x.First = s.Last
	}
	if s.Err != nil {
		e.x.Body = nil
	}
	e.customer.Finish(&e.x)
}

// failShared ends a connection and all that it carries.
func (e *epoll) failShared(c *conn, err error, now int64) {
	if errors.Is(err, io.EOF) {
		err = ErrClosed
	}
	e.reading = c
	c.h2.Fail(now, err)
	e.settle(c, now)
	e.reading = nil
	_ = e.write(c, now) // GOAWAY, where we ended it; nobody waits for it
	if c.stage == connGreeting {
		e.unconnected(c, err, now)
		return
	}
	p := c.pool
	e.drop(c)
	e.serve(p)
}

// retire closes a connection that takes no more requests and carries none, and gives those that wait
// what others there are.
func (e *epoll) retire(c *conn, now int64) {
	p := c.pool
	if c.stage == connShared && c.h2.Closing() && c.h2.Busy() == 0 {
		_ = e.write(c, now)
		e.drop(c)
	}
	e.note(c)
	e.serve(p)
}
