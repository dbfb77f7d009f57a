package engine

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/http1"
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
)

// streams sends over connections of package net, each driven by a goroutine: for TLS, and where there
// is no epoll. The worker hands a rendered request over, and gets the response back.
type streams struct {
	customer Customer
	slots    *pending.Slab
	now      func() int64
	config   SenderConfig
	limit    int

	pools   []*streamPool
	open    int
	waiting int
	busy    int
	ended   chan *stream
	stop    context.CancelFunc
	ctx     context.Context
	all     sync.WaitGroup
	timer   *time.Timer
}

type streamPool struct {
	to      *wire.Origin
	idle    []*stream
	waiting pending.Line
}

// stream is one connection and its goroutine. While a request is under way it belongs to that, else
// to the worker.
type stream struct {
	s        *streams
	pool     *streamPool
	work     chan struct{} // a request is in out; closed: no more
	address  netip.AddrPort
	conn     net.Conn
	used     bool
	out, in  []byte
	response http1.Response
	x        Exchange
	dead     bool        // the connection cannot be used again
	forget   func() bool // that the end of the run ends the connection
}

func newStreams(p SenderConfig, c Customer, slots *pending.Slab, now func() int64, all *wire.Origins) *streams {
	s := &streams{customer: c, slots: slots, now: now, config: p, limit: p.Connections, ended: make(chan *stream, p.Connections)}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.timer = time.NewTimer(time.Hour)
	for _, o := range all.All {
		s.pools = append(s.pools, &streamPool{to: o})
	}
	return s
}

func (s *streams) Load() (waiting, open int) { return s.waiting, s.open }

func (s *streams) Send(id uint32, to *wire.Origin) {
	p := s.pool(to)
	p.waiting.Push(s.slots, id)
	s.waiting++
	s.serve(p)
}

// pool is the connections of an origin, which may be a new one.
func (s *streams) pool(to *wire.Origin) *streamPool {
	for len(s.pools) <= to.Number {
		s.pools = append(s.pools, &streamPool{to: to})
	}
	return s.pools[to.Number]
}

// serve gives waiting requests what connections there are, or may be.
func (s *streams) serve(p *streamPool) {
	for p.waiting.Head != 0 {
		c := s.take(p)
		if c == nil {
			return
		}
		id := p.waiting.Pop(s.slots)
		s.waiting--
		c.x = Exchange{Id: id, Sent: pending.Never, First: pending.Never}
		c.out = s.customer.Leaves(id, s.now(), c.out[:0])
		c.work <- struct{}{}
		s.busy++
	}
}

func (s *streams) take(p *streamPool) *stream {
	if n := len(p.idle); n > 0 {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return c
	}
	for _, other := range s.pools {
		if s.open < s.limit {
			break
		}
		if n := len(other.idle); n > 0 {
			close(other.idle[n-1].work)
			other.idle = other.idle[:n-1]
			s.open--
		}
	}
	if s.open >= s.limit {
		return nil
	}
	c := &stream{s: s, pool: p, work: make(chan struct{}, 1), in: make([]byte, 16<<10), response: http1.Response{Limit: s.config.MaxBody}}
	c.address = p.to.Address()
	s.open++
	s.all.Go(c.run)
	return c
}

func (s *streams) Wait(until int64) {
	select {
	case c := <-s.ended:
		s.finish(c)
	default:
		left := until - s.now()
		if left <= 0 {
			return
		}
		s.timer.Reset(time.Duration(left))
		select {
		case c := <-s.ended:
			s.finish(c)
		case <-s.timer.C:
			return
		}
	}
	for range cap(s.ended) {
		select {
		case c := <-s.ended:
			s.finish(c)
		default:
			return
		}
	}
}

func (s *streams) finish(c *stream) {
	s.busy--
	if c.x.Err != nil && c.x.Unsent && c.conn == nil && c.pool.to.Unreachable(c.address) {
		s.again(c)
		return
	}
	s.customer.Finish(&c.x)
	c.pool.idle = append(c.pool.idle, c)
	s.serve(c.pool)
}

// again sends a request over another address, because the one that was tried cannot be reached.
func (s *streams) again(c *stream) {
	c.address, c.x = c.pool.to.Address(), Exchange{Id: c.x.Id, Sent: pending.Never, First: pending.Never}
	c.work <- struct{}{}
	s.busy++
}

func (s *streams) Close() {
	s.stop()
	for ; s.busy > 0; s.busy-- {
		c := <-s.ended
		close(c.work)
	}
	for _, p := range s.pools {
		for _, c := range p.idle {
			close(c.work)
		}
	}
	s.all.Wait()
	s.timer.Stop()
}

// run carries one request after the other.
func (c *stream) run() {
	for range c.work {
		c.exchange()
		c.s.ended <- c
	}
	c.hangUp()
}

func (c *stream) hangUp() {
	if c.conn != nil {
		c.forget()
		_ = c.conn.Close()
	}
	c.conn, c.used = nil, false
}

// exchange sends the request, over a new connection if need be; once more if the one that was there
// had been closed meanwhile and that can do no harm.
func (c *stream) exchange() {
	reused := c.used
	c.try()
	if x := &c.x; x.Err != nil && reused && !c.response.Started && x.Err != ErrTimeout && (x.Out == 0 || repeats(c.out)) {
		*x = Exchange{Id: x.Id, Sent: pending.Never, First: pending.Never, In: x.In}
		c.try()
		c.x.Resent = true
	}
	if c.x.First == pending.Never {
		c.x.First = c.s.now()
	}
	c.x.Last = max(c.s.now(), c.x.First)
}

func (c *stream) try() {
	c.response.Reset()
	if c.conn == nil {
		if c.conn, c.x.Err = c.dial(); c.x.Err != nil {
			c.conn, c.x.Unsent = nil, true
			if errors.Is(c.x.Err, context.DeadlineExceeded) || errors.Is(c.x.Err, os.ErrDeadlineExceeded) {
				c.x.Err = ErrDialTimeout
			}
			return
		}
		conn := c.conn
		c.forget = context.AfterFunc(c.s.ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	}
	_ = c.conn.SetDeadline(time.Now().Add(c.s.config.Timeout))
	if c.s.ctx.Err() != nil { // the deadline must not hide that it is over
		_ = c.conn.SetDeadline(time.Unix(1, 0))
	}
	if c.x.Err = c.talk(); errors.Is(c.x.Err, os.ErrDeadlineExceeded) {
		c.x.Err = ErrTimeout
	}
	c.used = true
	r := &c.response
	if r.Stage > http1.InHead {
		c.x.Status, c.x.Head = r.Status, &r.Head
	}
	if c.x.Err != nil || r.Last || c.s.config.Closes || c.dead {
		c.hangUp()
		c.dead = false
	}
}

func (c *stream) dial() (net.Conn, error) {
	ctx, cancel := context.WithTimeout(c.s.ctx, c.s.config.Timeout)
	defer cancel()
	var d net.Dialer
	raw, err := d.DialContext(ctx, "tcp", c.address.String())
	if err != nil || !c.pool.to.Secure {
		return raw, err
	}
	config := c.pool.to.Config(c.s.config.TLS)
	config.NextProtos = []string{"http/1.1"}
	secured := tls.Client(raw, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, err
	}
	return secured, nil
}

// talk writes the request and reads the response.
func (c *stream) talk() error {
	c.x.Sent = c.s.now()
	n, err := c.conn.Write(c.out)
	c.x.Out = n
	if err != nil {
		c.x.Unsent = n == 0
		return err
	}
	for {
		n, err := c.conn.Read(c.in)
		if n > 0 && c.x.First == pending.Never {
			c.x.First = c.s.now()
		}
		c.x.In += n
		rest, done, parseErr := c.response.Feed(c.in[:n])
		if parseErr != nil {
			return parseErr
		}
		if !done && err != nil && err != io.EOF {
			return err
		}
		if !done && err == io.EOF {
			if done, _ = c.response.End(); !done {
				return ErrClosed
			}
		}
		if done {
			c.x.Body, c.x.More = c.response.Body, c.response.More
			c.dead = len(rest) > 0 || err != nil
			return nil
		}
	}
}
