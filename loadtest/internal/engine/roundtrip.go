package engine

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
)

// roundTrips sends by a transport of package net/http, for HTTP/2 and proxies: a goroutine for each
// request under way. The transport owns the connections, so what is bounded here is requests.
type roundTrips struct {
	customer Customer
	slots    *pending.Slab
	now      func() int64
	config   SenderConfig
	limit    int

	waiting pending.Line
	busy    int
	ended   chan *Exchange
	ctx     context.Context
	stop    context.CancelFunc
	all     sync.WaitGroup
	timer   *time.Timer
}

func newRoundTrips(p SenderConfig, c Customer, slots *pending.Slab, now func() int64) *roundTrips {
	r := &roundTrips{customer: c, slots: slots, now: now, config: p, limit: p.Connections, ended: make(chan *Exchange, p.Connections)}
	r.ctx, r.stop = context.WithCancel(context.Background())
	r.timer = time.NewTimer(time.Hour)
	return r
}

func (r *roundTrips) Load() (waiting, open int) { return r.waiting.Count, r.busy }

func (r *roundTrips) Send(id uint32, _ *wire.Origin) {
	r.waiting.Push(r.slots, id)
	r.serve()
}

func (r *roundTrips) serve() {
	for r.busy < r.limit && r.waiting.Head != 0 {
		id := r.waiting.Pop(r.slots)
		now := r.now()
		req, header := r.customer.Request(id, now)
		r.busy++
		r.all.Go(func() {
			x := &Exchange{Id: id, Sent: now, First: pending.Never}
			ctx, cancel := context.WithTimeout(r.ctx, r.config.Timeout)
			r.exchange(ctx, x, req.Method, req.URL, req.Body, header)
			cancel()
			r.ended <- x
		})
	}
}

func (r *roundTrips) exchange(ctx context.Context, x *Exchange, method, url string, body []byte, header http.Header) {
	defer func() {
		x.Last = r.now()
		if x.First == pending.Never {
			x.First = x.Last
		}
		if x.Err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			x.Err = ErrTimeout
		}
	}()
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		x.Err, x.Unsent = err, true
		return
	}
	req.Header = header
	if host := header.Get("Host"); host != "" {
		req.Host = host
	}
	req.Close = r.config.Closes
	x.Out = len(body)
	resp, err := r.config.HTTP.RoundTrip(req)
	if err != nil {
		var op *net.OpError
		x.Err, x.Unsent = err, errors.As(err, &op) && op.Op == "dial"
		return
	}
	x.First = r.now()
	x.Status, x.Head = resp.StatusCode, resp.Header
	limit := int64(r.config.MaxBody)
	x.Body, x.Err = io.ReadAll(io.LimitReader(resp.Body, limit))
	dropped := int64(0)
	if x.Err == nil && int64(len(x.Body)) == limit {
		dropped, x.Err = io.Copy(io.Discard, resp.Body)
		x.More = dropped > 0
	}
	x.In = len(x.Body) + int(dropped)
	_ = resp.Body.Close()
}

func (r *roundTrips) Wait(until int64) {
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

func (r *roundTrips) finish(x *Exchange) {
	r.busy--
	r.customer.Finish(x)
	r.serve()
}

func (r *roundTrips) Close() {
	r.stop()
	for ; r.busy > 0; r.busy-- {
		<-r.ended
	}
	r.all.Wait()
	r.timer.Stop()
}
