package loadtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// roundTrips sends by a transport of package net/http, for HTTP/2 and proxies: a goroutine for each
// request under way. The transport owns the connections, so what is bounded here is requests.
type roundTrips struct {
	customer customer
	slots    *slab
	now      func() int64
	plan     *Plan
	limit    int

	waiting line
	busy    int
	ended   chan *exchange
	ctx     context.Context
	stop    context.CancelFunc
	all     sync.WaitGroup
	timer   *time.Timer
}

func newRoundTrips(p *Plan, c customer, slots *slab, now func() int64, limit int) *roundTrips {
	r := &roundTrips{customer: c, slots: slots, now: now, plan: p, limit: limit, ended: make(chan *exchange, limit)}
	r.ctx, r.stop = context.WithCancel(context.Background())
	r.timer = time.NewTimer(time.Hour)
	return r
}

func (r *roundTrips) load() (waiting, open int) { return r.waiting.count, r.busy }

func (r *roundTrips) send(id uint32, _ *origin) {
	r.waiting.push(r.slots, id)
	r.serve()
}

func (r *roundTrips) serve() {
	for r.busy < r.limit && r.waiting.head != 0 {
		id := r.waiting.pop(r.slots)
		now := r.now()
		req, header := r.customer.request(id, now)
		r.busy++
		r.all.Go(func() {
			x := &exchange{id: id, sent: now, first: never}
			ctx, cancel := context.WithTimeout(r.ctx, r.plan.timeout())
			r.exchange(ctx, x, req.Method, req.URL, req.Body, header)
			cancel()
			r.ended <- x
		})
	}
}

func (r *roundTrips) exchange(ctx context.Context, x *exchange, method, url string, body []byte, header http.Header) {
	defer func() {
		x.last = r.now()
		if x.first == never {
			x.first = x.last
		}
		if x.err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			x.err = errTimeout
		}
	}()
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		x.err, x.unsent = err, true
		return
	}
	req.Header = header
	if host := header.Get("Host"); host != "" {
		req.Host = host
	}
	req.Close = r.plan.Close
	x.out = len(body)
	resp, err := r.plan.HTTP.RoundTrip(req)
	if err != nil {
		var op *net.OpError
		x.err, x.unsent = err, errors.As(err, &op) && op.Op == "dial"
		return
	}
	x.first = r.now()
	x.status, x.head = resp.StatusCode, resp.Header
	limit := int64(r.plan.maxBody())
	x.body, x.err = io.ReadAll(io.LimitReader(resp.Body, limit))
	dropped := int64(0)
	if x.err == nil && int64(len(x.body)) == limit {
		dropped, x.err = io.Copy(io.Discard, resp.Body)
		x.more = dropped > 0
	}
	x.in = len(x.body) + int(dropped)
	_ = resp.Body.Close()
}

func (r *roundTrips) wait(until int64) {
	r.timer.Reset(max(0, time.Duration(until-r.now())))
	select {
	case x := <-r.ended:
		r.finish(x)
	case <-r.timer.C:
		return
	}
	for range cap(r.ended) {
		select {
		case x := <-r.ended:
			r.finish(x)
		default:
			return
		}
	}
}

func (r *roundTrips) finish(x *exchange) {
	r.busy--
	r.customer.finish(x)
	r.serve()
}

func (r *roundTrips) close() {
	r.stop()
	for ; r.busy > 0; r.busy-- {
		<-r.ended
	}
	r.all.Wait()
	r.timer.Stop()
}
