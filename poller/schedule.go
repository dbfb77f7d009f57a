package poller

import (
	"container/heap"
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// entry is one operation of a run. At any time it belongs to one party: to the schedule's goroutine, in one of its
// queues, or to one worker.
type entry struct {
	calls calls
	v     *conversation
	due   time.Time
	host  *host // of the next request
	turn  turn
	ahead bool // it counts among the schedule's started ones
}

// calls are what a task wants to be told. Its operation is in the conversation: an entry is small.
type calls struct {
	started  func() error
	accepted func(lro.Operation)
	done     func(*Result, error)
}

// turn is what a worker does with an entry next.
type turn uint8

const (
	starting turn = iota // call Started; a new operation without one skips it
	asking               // send a request
	ending               // nothing is left to send: deliver
)

// schedule is one run. One goroutine owns all but what is behind mu: the workers hand back through that, and
// rouse the owner.
//
// An entry waits in timers until it is due, then in fresh until its Started may be called, then in the queue
// of its host until that has a place. Nothing is ever looked through: each step is at most a heap operation,
// however many operations wait.
type schedule struct {
	many              *Many
	client            *Client
	ctx               context.Context
	requests, perHost int

	timers   timers
	fresh    fifo[*entry]
	ended    fifo[*entry] // over, but not delivered: the context has ended
	hosts    map[string]*host
	eligible fifo[*host] // hosts with something to send and a place for it
	running  int         // requests under way
	started  int         // operations whose Started was called and whose first request was not sent yet
	ending   int         // operations without a request that are being delivered
	inFlight int
	opened   time.Time // when the next task may begin, by Rate
	spread   int       // operations gone on with so far
	drained  bool      // there are no more tasks

	mu    sync.Mutex
	back  []*entry // go on with these
	freed []*host  // a request of these is over
	over  int      // operations delivered
	turns [3]int   // of those, by their last turn

	wake chan struct{}
	work chan *entry
	idle atomic.Int32   // workers that wait for work
	busy sync.WaitGroup // the workers
}

func newSchedule(ctx context.Context, m *Many) *schedule {
	client := m.Client
	if client == nil {
		client = &Client{}
	}
	return &schedule{
		many: m, client: client, ctx: ctx, requests: orDefault(m.Requests, 128), perHost: orDefault(m.PerHost, 64),
		hosts: map[string]*host{}, wake: make(chan struct{}, 1), work: make(chan *entry),
	}
}

func (s *schedule) run(next func() (Task, bool)) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		s.takeBack()
		pause := s.open(next)
		pause = min(pause, s.dispatch())
		if s.drained && s.inFlight == 0 {
			return
		}
		timer.Reset(pause)
		select {
		case <-s.wake:
		case <-timer.C:
		}
	}
}

// takeBack takes over what the workers are done with.
func (s *schedule) takeBack() {
	s.mu.Lock()
	back, freed := s.back, s.freed
	s.back, s.freed = nil, nil
	s.inFlight -= s.over
	s.started -= s.turns[starting] // refused by Started
	s.ending -= s.turns[ending]
	s.over, s.turns = 0, [3]int{}
	s.mu.Unlock()
	for _, h := range freed {
		s.running--
		h.running--
		s.list(h)
	}
	for _, e := range back {
		if e.host.hold(e); e.turn == starting { // Started has been called
			e.turn = asking
			s.ready(e)
			continue
		}
		s.file(e)
	}
}

// open begins new tasks while there is room, and returns how long there is none by the rate.
func (s *schedule) open(next func() (Task, bool)) time.Duration {
	for !s.drained && (s.many.InFlight <= 0 || s.inFlight < s.many.InFlight) {
		if s.ctx.Err() != nil {
			s.drained = true // what has not begun does not begin
			break
		}
		if s.many.Rate > 0 {
			if rest := time.Until(s.opened); rest > 0 {
				return rest
			}
			s.opened = later(s.opened, time.Now().Add(-time.Second)).Add(time.Duration(float64(time.Second) / s.many.Rate))
		}
		task, ok := next()
		if !ok {
			s.drained = true
			break
		}
		s.begin(task)
	}
	return time.Hour
}

func (s *schedule) begin(task Task) {
	s.inFlight++
	v := s.client.converse(task.Operation)
	v.number = task.Number
	if task.Operation.Phase == lro.Polling {
		v.resumed = true
		v.phase = time.Now().Add(shift(s.spread))
		s.spread++
	}
	e := &entry{calls: calls{task.Started, task.Accepted, task.Done}, v: v}
	e.plan(s.ctx)
	s.file(e)
}

// shift spreads first polls: ten milliseconds apart, over five seconds, then between those.
func shift(n int) time.Duration {
	const step, slots = 10 * time.Millisecond, 500
	return time.Duration(n%slots)*step + time.Duration(n/slots%10)*time.Millisecond
}

// plan says when the next request of an operation is due. Whoever has the entry may call it.
func (e *entry) plan(ctx context.Context) {
	e.due = e.v.plan(ctx)
	if e.v.op.Done() || ctx.Err() != nil {
		e.due, e.turn = time.Time{}, ending
	}
}

// file puts an entry that has been planned where it waits.
func (s *schedule) file(e *entry) {
	e.host = s.hostOf(e)
	if e.v.op.Phase == lro.Submitting {
		e.due = later(e.due, e.host.held)
	}
	if e.ahead { // it waits again before its first request: let others start
		e.ahead = false
		s.started--
	}
	heap.Push(&s.timers, e)
}

// dispatch hands out what is due, and returns how long nothing will be.
func (s *schedule) dispatch() time.Duration {
	pause := s.fire()
	for s.fresh.len() > 0 && s.started < 2*s.requests {
		e := s.fresh.pop()
		e.ahead = true
		s.started++
		if e.calls.started != nil {
			s.hand(e)
			continue
		}
		e.turn = asking
		s.ready(e)
	}
	for s.ended.len() > 0 && s.ending < s.requests {
		s.ending++
		s.hand(s.ended.pop())
	}
	now := time.Now()
	for s.running < s.requests && s.eligible.len() > 0 {
		h := s.eligible.pop()
		h.listed = false
		e := h.ready.pop()
		if e.v.op.Phase == lro.Submitting && h.held.After(now) && s.ctx.Err() == nil {
			s.file(e) // it asked for mercy meanwhile
			s.list(h)
			continue
		}
		if e.ahead {
			e.ahead = false
			s.started--
		}
		s.running++
		h.running++
		s.hand(e)
		s.list(h)
	}
	return pause
}

// fire moves on what is due, and returns how long until the next is.
func (s *schedule) fire() time.Duration {
	over := s.ctx.Err() != nil
	for len(s.timers) > 0 {
		e := s.timers[0]
		if rest := time.Until(e.due); rest > 0 && !over {
			return rest
		}
		heap.Pop(&s.timers)
		switch {
		case over, e.turn == ending:
			e.turn = ending
			s.ended.push(e)
		case e.turn == starting:
			s.fresh.push(e)
		default:
			s.ready(e)
		}
	}
	if !over {
		return time.Hour
	}
	for s.fresh.len() > 0 {
		e := s.fresh.pop()
		e.turn = ending
		s.ended.push(e)
	}
	return time.Hour
}

// rouse makes the owner look again.
func (s *schedule) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// timers is a heap of entries, the one that is due first on top.
type timers []*entry

func (q timers) Len() int           { return len(q) }
func (q timers) Less(i, j int) bool { return q[i].due.Before(q[j].due) }
func (q timers) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *timers) Push(x any)        { *q = append(*q, x.(*entry)) }
func (q *timers) Pop() any {
	last := (*q)[len(*q)-1]
	(*q)[len(*q)-1] = nil
	*q = (*q)[:len(*q)-1]
	return last
}
