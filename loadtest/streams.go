package loadtest

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// streams sends over connections of package net, each driven by a goroutine: for TLS, and where there
// is no epoll. The worker hands a rendered request over, and gets the response back.
type streams struct {
	customer customer
	slots    *slab
	now      func() int64
	plan     *Plan
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
	to      *origin
	idle    []*stream
	waiting line
}

// stream is one connection and its goroutine. While a request is under way it belongs to that, else
// to the worker.
type stream struct {
	s        *streams
	pool     *streamPool
	work     chan struct{} // a request is in out; closed: no more
	conn     net.Conn
	used     bool
	out, in  []byte
	response response
	x        exchange
	dead     bool        // the connection cannot be used again
	forget   func() bool // that the end of the run ends the connection
}

func newStreams(p *Plan, c customer, slots *slab, now func() int64, all *origins, limit int) *streams {
	s := &streams{customer: c, slots: slots, now: now, plan: p, limit: limit, ended: make(chan *stream, limit)}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.timer = time.NewTimer(time.Hour)
	for _, o := range all.all {
		s.pools = append(s.pools, &streamPool{to: o})
	}
	return s
}

func (s *streams) load() (waiting, open int) { return s.waiting, s.open }

func (s *streams) send(id uint32, to *origin) {
	p := s.pools[to.number]
	p.waiting.push(s.slots, id)
	s.waiting++
	s.serve(p)
}

// serve gives waiting requests what connections there are, or may be.
func (s *streams) serve(p *streamPool) {
	for p.waiting.head != 0 {
		c := s.take(p)
		if c == nil {
			return
		}
		id := p.waiting.pop(s.slots)
		s.waiting--
		c.x = exchange{id: id, sent: never, first: never}
		c.out = s.customer.leaves(id, s.now(), c.out[:0])
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
	c := &stream{s: s, pool: p, work: make(chan struct{}, 1), in: make([]byte, 16<<10), response: response{limit: s.plan.maxBody()}}
	s.open++
	s.all.Go(c.run)
	return c
}

func (s *streams) wait(until int64) {
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
	s.customer.finish(&c.x)
	c.pool.idle = append(c.pool.idle, c)
	s.serve(c.pool)
}

func (s *streams) close() {
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
	if x := &c.x; x.err != nil && reused && !c.response.started && x.err != errTimeout && (x.out == 0 || repeats(c.out)) {
		*x = exchange{id: x.id, sent: never, first: never, in: x.in}
		c.try()
		c.x.resent = true
	}
	if c.x.first == never {
		c.x.first = c.s.now()
	}
	c.x.last = max(c.s.now(), c.x.first)
}

func (c *stream) try() {
	c.response.reset()
	if c.conn == nil {
		if c.conn, c.x.err = c.dial(); c.x.err != nil {
			c.conn, c.x.unsent = nil, true
			if errors.Is(c.x.err, context.DeadlineExceeded) || errors.Is(c.x.err, os.ErrDeadlineExceeded) {
				c.x.err = errDialTimeout
			}
			return
		}
		conn := c.conn
		c.forget = context.AfterFunc(c.s.ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	}
	_ = c.conn.SetDeadline(time.Now().Add(c.s.plan.timeout()))
	if c.s.ctx.Err() != nil { // the deadline must not hide that it is over
		_ = c.conn.SetDeadline(time.Unix(1, 0))
	}
	if c.x.err = c.talk(); errors.Is(c.x.err, os.ErrDeadlineExceeded) {
		c.x.err = errTimeout
	}
	c.used = true
	r := &c.response
	if r.stage > inHead {
		c.x.status, c.x.head = r.status, &r.head
	}
	if c.x.err != nil || r.last || c.s.plan.Close || c.dead {
		c.hangUp()
		c.dead = false
	}
}

func (c *stream) dial() (net.Conn, error) {
	ctx, cancel := context.WithTimeout(c.s.ctx, c.s.plan.timeout())
	defer cancel()
	var d net.Dialer
	raw, err := d.DialContext(ctx, "tcp", c.pool.to.address.String())
	if err != nil || !c.pool.to.secure {
		return raw, err
	}
	config := &tls.Config{}
	if c.s.plan.TLS != nil {
		config = c.s.plan.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = c.pool.to.host
	}
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
	c.x.sent = c.s.now()
	n, err := c.conn.Write(c.out)
	c.x.out = n
	if err != nil {
		c.x.unsent = n == 0
		return err
	}
	for {
		n, err := c.conn.Read(c.in)
		if n > 0 && c.x.first == never {
			c.x.first = c.s.now()
		}
		c.x.in += n
		rest, done, parseErr := c.response.feed(c.in[:n])
		if parseErr != nil {
			return parseErr
		}
		if !done && err != nil && err != io.EOF {
			return err
		}
		if !done && err == io.EOF {
			if done, _ = c.response.end(); !done {
				return errClosed
			}
		}
		if done {
			c.x.body, c.x.more = c.response.body, c.response.more
			c.dead = len(rest) > 0 || err != nil
			return nil
		}
	}
}
