//go:build amd64 || arm64

package engine

import (
	"fmt"
	"runtime"
	"syscall"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/http1"
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
)

// epoll sends over sockets of its own, all of them driven by the worker's goroutine: no other
// goroutine, no channel and no timer lies between a due request and the wire. Only handshakes of TLS
// are made beside it.
//
// A connection carries one request at a time (HTTP/1.1) or many (HTTP/2). What a conn is and does at
// any moment is its stage; its number and life tell events of an earlier connection from its own.
type epoll struct {
	customer Customer
	slots    *pending.Slab
	now      func() int64
	config   SenderConfig
	fd       int
	parking  *parking

	pools      []*pool
	conns      []*conn // by the number that their events carry
	unused     []int32
	open       int
	waiting    int
	streams    int       // requests under way over HTTP/2
	failed     []failure // what could not even begin to connect
	ready      []*conn   // connections of HTTP/1.1 with a request to write
	unflushed  []*conn   // connections of HTTP/2 with something to write
	reading    *conn     // one of HTTP/2 whose answers are being handed over
	handshakes handshakes
	refused    map[uint32]int // how often the request of a slot was not processed
	swept      int64          // when timeouts were looked for last
	processors int32          // that Go uses, when it was asked last
	answered   bool           // the last wait was ended by something that happened

	events [256]syscall.EpollEvent
	in     []byte
	ahead  []byte // what was read in the first pass of a turn
	out    []byte
	fields http1.Fields
	x      Exchange
}

type failure struct {
	id  uint32
	err error
}

// sweepEvery is how often timeouts are looked for.
const sweepEvery = int64(100 * time.Millisecond)

func newEpoll(p SenderConfig, c Customer, slots *pending.Slab, now func() int64, all *wire.Origins) (*epoll, error) {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	e := &epoll{
		customer: c, slots: slots, now: now, fd: fd, config: p, refused: map[uint32]int{}, processors: int32(runtime.GOMAXPROCS(0)),
		in: make([]byte, 64<<10), ahead: make([]byte, 64<<10), out: make([]byte, 0, 4<<10),
	}
	if e.parking, err = newParking(fd, e.events[:]); err != nil {
		_ = syscall.Close(fd)
		return nil, fmt.Errorf("epoll: %w", err)
	}
	for _, o := range all.All {
		made, err := newPool(o, &p)
		if err != nil {
			e.parking.close()
			return nil, err
		}
		e.pools = append(e.pools, made)
	}
	if all.Secure() {
		if err := e.handshakes.begin(fd); err != nil {
			e.parking.close()
			return nil, err
		}
	}
	return e, nil
}

func (e *epoll) Load() (waiting, open int) { return e.waiting, e.open }

func (e *epoll) Close() {
	e.handshakes.end()
	for _, c := range e.conns {
		if c.stage != connClosed {
			c.hangUp()
		}
	}
	e.parking.close()
}

// Wait is a turn of the loop, in passes: it writes all requests that there are, waits, reads all answers
// that have come, and then hands them over. Each pass stays in one part of the kernel or of this program,
// whose code does not fit into the processor's first cache together: passes take a quarter less time
// than one answer after the other, and keep a server busy that would fall asleep between two requests.
func (e *epoll) Wait(until int64) {
	e.writeReady()
	e.flush()
	n := waitEdges(e.fd, e.events[:], 0)
	if n == 0 && e.gathers(until) && e.hold() {
		pause(gather)
		holders.Add(-1)
		n = waitEdges(e.fd, e.events[:], 0)
	}
	if n == 0 && len(e.failed) == 0 {
		if left := min(until-e.now(), sweepEvery); left > 0 {
			n = e.block(left)
		}
	}
	now := e.now()
	e.readAhead(e.events[:n])
	for i := range e.events[:n] {
		at := &e.events[i]
		if at.Fd == wakeNumber {
			e.shook(now)
			continue
		}
		if c := e.conns[at.Fd]; c.life == at.Pad && c.stage != connClosed {
			e.happened(c, at.Events, now)
		}
	}
	failed := e.failed
	e.failed = nil
	for _, f := range failed {
		e.unsent(f.id, now, f.err)
	}
	if now-e.swept > sweepEvery {
		e.swept, e.processors = now, int32(runtime.GOMAXPROCS(0))
		e.sweep(now)
	}
}

// Gathering: over HTTP/2 answers that come in quick succession are read, and the next requests
// written, in one call of the kernel where the loop sleeps a moment before it looks. It nearly halves
// the cost of a request, and adds up to gather to the latency of an answer, as documented in
// docs/guide/load-testing.md. So it is done only while there is enough under way to gather.
const (
	gather     = int64(50 * time.Microsecond)
	gatherFrom = 16 // requests under way
)

// gathers reports whether the loop may sleep: nothing is due meanwhile.
func (e *epoll) gathers(until int64) bool {
	return e.streams >= gatherFrom && len(e.failed) == 0 && until-e.now() > 4*gather
}

// unsent ends a request that no connection was there for.
func (e *epoll) unsent(id uint32, now int64, err error) {
	e.customer.Finish(&Exchange{Id: id, Sent: pending.Never, First: now, Last: now, Err: err, Unsent: true})
}

// sweep ends what has taken too long.
func (e *epoll) sweep(now int64) {
	before := now - int64(e.config.Timeout)
	for _, c := range e.conns {
		switch {
		case c.stage == connShared:
			c.h2.Expire(before, now, ErrTimeout)
			e.reading = c
			e.settle(c, now)
			e.reading = nil
			e.retire(c, now)
		case c.begun > before:
		case c.stage == connBusy:
			e.fail(c, ErrTimeout)
		case c.stage == connConnecting || c.stage == connGreeting:
			e.unconnected(c, ErrDialTimeout, now)
		}
	}
}

// happened takes an event on a socket.
func (e *epoll) happened(c *conn, what uint32, now int64) {
	switch c.stage {
	case connConnecting:
		e.connected(c, what, now)
		return
	case connShaking: // the socket belongs to the handshake; what comes meanwhile is read after it
		return
	}
	c.link.drained = c.link.drained && c.link.fetched
	if len(c.link.rest) > 0 && what&syscall.EPOLLOUT != 0 && !e.writeRest(c, now) {
		return
	}
	if what&^uint32(syscall.EPOLLOUT) == 0 {
		return
	}
	ending := what&(syscall.EPOLLRDHUP|syscall.EPOLLHUP|syscall.EPOLLERR) != 0
	if c.h2 != nil {
		e.readShared(c, ending, now)
		return
	}
	e.read(c, ending, now)
}

// writeRest goes on with what did not fit into the socket; false if the connection is gone.
func (e *epoll) writeRest(c *conn, now int64) bool {
	err := c.link.writeRest()
	switch {
	case err != nil && c.h2 != nil:
		e.failShared(c, err, now)
	case err != nil && c.stage == connBusy:
		e.fail(c, err)
	case err != nil:
		e.forget(c)
	case len(c.link.rest) > 0:
	case c.h2 != nil:
		c.h2.Left(now)
		e.note(c)
	default:
		c.sent = now
	}
	return err == nil
}
