package poller

import (
	"context"
	"io"
	"sync"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// hand gives an entry to a worker: one that waits, or a new one. There are as many as there are requests under way
// and callbacks that wait.
func (s *schedule) hand(e *entry) {
	select {
	case s.work <- e:
	default:
		s.busy.Go(func() { s.worker(e) })
	}
}

// worker serves entries until there are enough others to do so: the stack that a request needs has grown once.
func (s *schedule) worker(e *entry) {
	for {
		s.serve(e)
		if int(s.idle.Add(1)) > s.requests {
			s.idle.Add(-1)
			return
		}
		next, ok := <-s.work
		s.idle.Add(-1)
		if !ok {
			return
		}
		e = next
	}
}

// serve does one turn of an operation.
func (s *schedule) serve(e *entry) {
	switch e.turn {
	case starting:
		if err := e.calls.started(); err != nil {
			s.finish(e, nil, err)
			return
		}
		s.handBack(e, nil)
	case ending:
		if !e.v.op.Done() {
			e.v.op = lro.GiveUp(e.v.op, whyOver(s.ctx))
		}
		s.finish(e, nil, e.v.failure(context.Cause(s.ctx)))
	default:
		s.ask(e)
	}
}

// ask sends one request of one operation.
func (s *schedule) ask(e *entry) {
	v, at := e.v, e.host
	if s.ctx.Err() != nil {
		v.op = lro.GiveUp(v.op, whyOver(s.ctx))
		s.release(at)
		s.finish(e, nil, v.failure(context.Cause(s.ctx)))
		return
	}
	submitting := v.op.StatusURL == ""
	x := v.step(s.ctx)
	accepted := submitting && v.op.StatusURL != "" && !v.op.Done() && e.calls.accepted != nil
	if v.op.Done() {
		s.deliver(e, x)
		return
	}
	x.discard()
	if v.op.Misses == 0 {
		v.last = nil // it would be most of what a waiting operation costs
	}
	if accepted {
		s.release(at)
		e.calls.accepted(v.op)
		at = nil
	}
	e.plan(s.ctx)
	s.handBack(e, at)
}

// deliver ends an operation. Its request is over once its result has been read.
func (s *schedule) deliver(e *entry, x *exchange) {
	free := sync.OnceFunc(func() { s.release(e.host) })
	defer free()
	res, err := e.v.close(s.ctx, x)
	if err != nil {
		free()
		s.finish(e, nil, err)
		return
	}
	res.Body = &place{res.Body, free}
	s.finish(e, res, nil)
}

// place is a result's body that holds a place among the requests until it is closed.
type place struct {
	io.ReadCloser
	free func()
}

func (p *place) Close() error {
	err := p.ReadCloser.Close()
	p.free()
	return err
}

// finish calls Done.
func (s *schedule) finish(e *entry, res *Result, err error) {
	switch {
	case e.calls.done != nil:
		e.calls.done(res, err)
	case res != nil:
		res.Body.Close()
	}
	s.mu.Lock()
	s.over++
	s.turns[e.turn]++
	s.mu.Unlock()
	s.rouse()
}

// handBack gives an entry back to the schedule, and the place of its request at a host, if it still has one.
func (s *schedule) handBack(e *entry, at *host) {
	s.mu.Lock()
	if at != nil {
		s.freed = append(s.freed, at)
	}
	s.back = append(s.back, e)
	s.mu.Unlock()
	s.rouse()
}

// release gives back the place of a request.
func (s *schedule) release(at *host) {
	s.mu.Lock()
	s.freed = append(s.freed, at)
	s.mu.Unlock()
	s.rouse()
}
