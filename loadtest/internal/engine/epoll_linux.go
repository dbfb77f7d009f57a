//go:build amd64 || arm64

package engine

import (
	"fmt"
	"syscall"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/http1"
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
)

// epoll sends over sockets of its own, all of them driven by the worker's goroutine: no other
// goroutine, no channel and no timer lies between a due request and the wire.
type epoll struct {
	customer Customer
	slots    *pending.Slab
	now      func() int64
	fd       int
	timeout  int64
	limit    int // connections
	maxBody  int
	closes   bool

	pools   []*pool
	conns   []*conn // by the number that their events carry
	unused  []int32
	open    int
	waiting int
	failed  []failure // what could not even begin to connect
	swept   int64     // when timeouts were looked for last

	events [256]syscall.EpollEvent
	in     []byte
	out    []byte
	x      Exchange
}

// pool is the connections of one origin.
type pool struct {
	to         *wire.Origin
	idle       []*conn
	waiting    pending.Line
	connecting int
}

type failure struct {
	id  uint32
	err error
}

type conn struct {
	fd       int
	number   int32
	life     int32 // tells events of an earlier connection of that number
	pool     *pool
	stage    connStage
	id       uint32
	sent     int64
	first    int64
	begun    int64 // the exchange, or the attempt to connect
	freed    int64 // the exchange before ended
	used     bool  // it has carried an exchange before
	repeats  bool
	rest     []byte // of the request, not written yet
	in, out  int
	response http1.Response
}

// trusted is how long a connection that carried an exchange is taken to be open without a look.
const trusted = int64(50 * time.Millisecond)

// sweepEvery is how often timeouts are looked for.
const sweepEvery = int64(100 * time.Millisecond)

type connStage uint8

const (
	connClosed connStage = iota
	connConnecting
	connIdle
	connBusy
)

func newEpoll(p SenderConfig, c Customer, slots *pending.Slab, now func() int64, all *wire.Origins) (*epoll, error) {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	e := &epoll{
		customer: c, slots: slots, now: now, fd: fd, timeout: int64(p.Timeout), limit: p.Connections, maxBody: p.MaxBody, closes: p.Closes,
		in: make([]byte, 64<<10), out: make([]byte, 0, 4<<10),
	}
	for _, o := range all.All {
		e.pools = append(e.pools, &pool{to: o})
	}
	return e, nil
}

func (e *epoll) Load() (waiting, open int) { return e.waiting, e.open }

func (e *epoll) Close() {
	for _, c := range e.conns {
		if c.stage != connClosed {
			_ = syscall.Close(c.fd)
		}
	}
	_ = syscall.Close(e.fd)
}

// Send uses an idle connection, or has the request wait for one.
func (e *epoll) Send(id uint32, to *wire.Origin) {
	p := e.pools[to.Number]
	if p.waiting.Head == 0 {
		if c := e.takeIdle(p); c != nil {
			e.begin(c, id)
			return
		}
	}
	p.waiting.Push(e.slots, id)
	e.waiting++
	e.connect(p)
}

func (e *epoll) takeIdle(p *pool) *conn {
	n := len(p.idle)
	if n == 0 {
		return nil
	}
	c := p.idle[n-1]
	p.idle = p.idle[:n-1]
	return c
}

// connect opens a connection for a request that waits, within the limit.
func (e *epoll) connect(p *pool) {
	if p.connecting >= p.waiting.Count {
		return
	}
	if e.open >= e.limit && !e.makeRoom(p) {
		return
	}
	fd, err := openSocket(p.to.Address)
	if err == nil {
		c := e.conn(fd, p)
		err = syscall.EpollCtl(e.fd, syscall.EPOLL_CTL_ADD, fd, &syscall.EpollEvent{Events: edges, Fd: c.number, Pad: c.life})
		if err == nil {
			return
		}
		e.drop(c)
	}
	id := p.waiting.Pop(e.slots)
	e.waiting--
	e.failed = append(e.failed, failure{id, err})
}

// makeRoom closes an idle connection of another origin.
func (e *epoll) makeRoom(p *pool) bool {
	for _, other := range e.pools {
		if other != p && len(other.idle) > 0 {
			e.drop(e.takeIdle(other))
			return true
		}
	}
	return false
}

func (e *epoll) conn(fd int, p *pool) *conn {
	var c *conn
	if n := len(e.unused); n > 0 {
		c = e.conns[e.unused[n-1]]
		e.unused = e.unused[:n-1]
	} else {
		c = &conn{number: int32(len(e.conns)), response: http1.Response{Limit: e.maxBody}}
		e.conns = append(e.conns, c)
	}
	c.life++
	c.fd, c.pool, c.stage, c.id, c.used, c.begun = fd, p, connConnecting, 0, false, e.now()
	c.rest = c.rest[:0]
	p.connecting++
	e.open++
	return c
}

// drop closes a connection.
func (e *epoll) drop(c *conn) {
	if c.stage == connConnecting {
		c.pool.connecting--
	}
	_ = syscall.Close(c.fd)
	c.stage = connClosed
	e.open--
	e.unused = append(e.unused, c.number)
}

// begin writes the request of a slot.
func (e *epoll) begin(c *conn, id uint32) {
	now := e.now()
	request := e.customer.Leaves(id, now, e.out[:0])
	e.out = request[:0]
	c.repeats = repeats(request)
	if !c.repeats && c.used && now-c.freed > trusted && !quiet(c.fd) {
		// The server has closed it, or is about to: what cannot be isRepeated does not go there.
		e.replace(c, id)
		return
	}
	c.stage, c.id, c.begun, c.sent, c.first, c.in, c.out = connBusy, id, now, now, pending.Never, 0, 0
	c.response.Reset()
	n, errno := writeSocket(c.fd, request)
	switch {
	case errno == syscall.EAGAIN:
		n = 0
	case errno != 0 && c.used:
		e.replace(c, id) // nothing of it has left
		return
	case errno != 0:
		e.fail(c, errno)
		return
	}
	c.out = n
	c.rest = append(c.rest[:0], request[n:]...)
}

// replace has a request wait again, first of all, because its connection had been closed meanwhile.
func (e *epoll) replace(c *conn, id uint32) {
	p := c.pool
	e.drop(c)
	at := e.slots.At(id)
	at.Next = p.waiting.Head
	if p.waiting.Head == 0 {
		p.waiting.Tail = id
	}
	p.waiting.Head = id
	p.waiting.Count++
	e.waiting++
	e.serve(p)
}

// serve gives waiting requests what connections there are.
func (e *epoll) serve(p *pool) {
	for p.waiting.Head != 0 {
		c := e.takeIdle(p)
		if c == nil {
			e.connect(p)
			return
		}
		id := p.waiting.Pop(e.slots)
		e.waiting--
		e.begin(c, id)
	}
}

// Wait handles what has happened on the sockets.
func (e *epoll) Wait(until int64) {
	n := waitEdges(e.fd, e.events[:], 0)
	if n == 0 && len(e.failed) == 0 {
		if left := min(until-e.now(), sweepEvery); left > 0 {
			n = waitEdges(e.fd, e.events[:], left)
		}
	}
	now := e.now()
	for i := range e.events[:n] {
		at := &e.events[i]
		if c := e.conns[at.Fd]; c.life == at.Pad && c.stage != connClosed {
			e.happened(c, at.Events, now)
		}
	}
	failed := e.failed
	e.failed = nil
	for _, f := range failed {
		e.customer.Finish(&Exchange{Id: f.id, Sent: pending.Never, First: now, Last: now, Err: f.err, Unsent: true})
	}
	if now-e.swept > sweepEvery {
		e.swept = now
		e.sweep(now)
	}
}

// sweep ends what has taken too long.
func (e *epoll) sweep(now int64) {
	for _, c := range e.conns {
		if now-c.begun < e.timeout {
			continue
		}
		switch c.stage {
		case connBusy:
			e.fail(c, ErrTimeout)
		case connConnecting:
			e.unconnected(c, ErrDialTimeout, now)
		}
	}
}

func (e *epoll) happened(c *conn, what uint32, now int64) {
	if c.stage == connConnecting {
		if err := socketError(c.fd); err != nil {
			e.unconnected(c, err, now)
			return
		}
		if what&syscall.EPOLLOUT == 0 {
			return
		}
		c.pool.connecting--
		c.stage = connIdle
		e.free(c)
		return
	}
	if len(c.rest) > 0 && what&syscall.EPOLLOUT != 0 && !e.writeRest(c, now) {
		return
	}
	if what&^uint32(syscall.EPOLLOUT) != 0 {
		e.read(c, what&(syscall.EPOLLRDHUP|syscall.EPOLLHUP|syscall.EPOLLERR) != 0, now)
	}
}

// unconnected fails one request for a connection that could not be made.
func (e *epoll) unconnected(c *conn, err error, now int64) {
	p := c.pool
	e.drop(c)
	if id := p.waiting.Pop(e.slots); id != 0 {
		e.waiting--
		e.customer.Finish(&Exchange{Id: id, Sent: pending.Never, First: now, Last: now, Err: err, Unsent: true})
	}
	e.serve(p)
}

// writeRest goes on with a request that did not fit; false if the connection is gone.
func (e *epoll) writeRest(c *conn, now int64) bool {
	n, errno := writeSocket(c.fd, c.rest)
	switch {
	case errno == syscall.EAGAIN:
		return true
	case errno != 0:
		e.fail(c, errno)
		return false
	}
	c.out += n
	c.sent = now
	c.rest = append(c.rest[:0], c.rest[n:]...)
	return true
}

// read takes what has arrived. Unless it fills the buffer, there is no more: another edge will tell.
func (e *epoll) read(c *conn, ending bool, now int64) {
	for c.stage == connBusy {
		n, errno := readSocket(c.fd, e.in)
		switch {
		case errno == syscall.EAGAIN:
			return
		case errno != 0:
			e.fail(c, errno)
			return
		case n == 0:
			e.ended(c, now)
			return
		}
		if c.first == pending.Never {
			c.first = now
		}
		c.in += n
		rest, done, err := c.response.Feed(e.in[:n])
		switch {
		case err != nil:
			e.fail(c, err)
			return
		case done:
			e.done(c, now, len(rest) > 0 || ending || len(c.rest) > 0)
			return
		case n < len(e.in) && !ending:
			return
		}
	}
	if c.stage == connIdle && (ending || !quiet(c.fd)) { // the server closes it, or speaks unasked
		e.forget(c)
	}
}

// forget drops an idle connection.
func (e *epoll) forget(c *conn) {
	for i, other := range c.pool.idle {
		if other == c {
			last := len(c.pool.idle) - 1
			c.pool.idle[i] = c.pool.idle[last]
			c.pool.idle = c.pool.idle[:last]
			break
		}
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
		In: c.in, Out: c.out, Resent: e.again(c.id),
	}
	c.used, c.freed = true, now
	if closing || r.Last || e.closes {
		p := c.pool
		e.drop(c)
		e.customer.Finish(&e.x)
		e.serve(p)
		return
	}
	c.stage = connIdle
	c.pool.idle = append(c.pool.idle, c)
	e.customer.Finish(&e.x)
	e.serve(c.pool)
}

// free makes a new connection available.
func (e *epoll) free(c *conn) {
	c.pool.idle = append(c.pool.idle, c)
	e.serve(c.pool)
}

// fail ends an exchange whose connection broke. A GET over a connection that had been in use before
// is isRepeated once if no byte of an answer came: the server had closed it meanwhile.
func (e *epoll) fail(c *conn, err error) {
	p, id, now := c.pool, c.id, e.now()
	r := &c.response
	again := c.used && c.repeats && !r.Started && err != ErrTimeout && e.slots.At(id).Flags&pending.IsRepeated == 0
	if again {
		e.slots.At(id).Flags |= pending.IsRepeated
		e.replace(c, id)
		return
	}
	x := Exchange{Id: id, Sent: c.sent, First: c.first, Last: now, Err: err, In: c.in, Out: c.out, Unsent: c.out == 0, Resent: e.again(id)}
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

// again says whether a request is on its second connection, and forgets it.
func (e *epoll) again(id uint32) bool {
	s := e.slots.At(id)
	is := s.Flags&pending.IsRepeated != 0
	s.Flags &^= pending.IsRepeated
	return is
}
