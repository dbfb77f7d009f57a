package poller

import (
	"container/heap"
	"context"
	"iter"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// Many follows many operations at once. One that is merely pending costs an entry in a queue: no
// goroutine, no timer and no connection.
type Many struct {
	// Client sends the requests. Its Observe is called by one goroutine at a time.
	Client *Client
	// Requests bounds how many requests are under way at the same time. 0: 16.
	Requests int
	// PerHost bounds the same for one host. 0: 8.
	PerHost int
	// InFlight bounds how many operations are followed at the same time. 0: no bound.
	InFlight int
	// Rate bounds how many operations are begun in a second. 0: no bound.
	Rate float64
}

// Task is one operation of many.
type Task struct {
	// Number tells the operations of a run apart; their events carry it.
	Number int
	// Operation is what to follow: from lro.Begin to be submitted, or one to go on with.
	Operation lro.Operation
	// Started is called before the first request is sent, and may refuse it. Nil: nothing.
	Started func() error
	// Accepted is called when the submit has been accepted, before the first poll. Nil: nothing.
	Accepted func(lro.Operation)
	// Done is called once, at the end: with the result, whose Body it must close, or with an error,
	// an *[Error] or that of Started. It may be called by several goroutines at the same time.
	Done func(*Result, error)
}

// Run follows every task to its end and returns when the last Done has returned. Tasks are taken
// one by one, as there is room for them. Several operations that are gone on with are not asked
// for at the same moment: their first polls are spread over up to five seconds. When ctx ends, no
// more tasks are taken, and those that are under way end.
func (m *Many) Run(ctx context.Context, tasks iter.Seq[Task]) {
	s := &schedule{
		many: m, ctx: ctx, wake: make(chan struct{}, 1), hosts: map[string]int{}, held: map[string]time.Time{},
		requests: orDefault(m.Requests, 16), perHost: orDefault(m.PerHost, 8),
	}
	next, stop := iter.Pull(tasks)
	defer stop()
	defer context.AfterFunc(ctx, s.rouse)()
	s.run(next)
	s.busy.Wait()
}

func orDefault(n, fallback int) int {
	if n <= 0 {
		return fallback
	}
	return n
}

// entry is one operation in the queue.
type entry struct {
	task  Task
	v     *conversation
	due   time.Time
	host  string
	begun bool // its first request has been sent
}

// schedule is one run. One goroutine owns the queue; the workers hand entries back through done.
type schedule struct {
	many              *Many
	ctx               context.Context
	requests, perHost int

	queue    queue
	waiting  []*entry // due, but their host has no room
	running  int
	inFlight int
	opened   time.Time // when the next task may begin, by Rate
	spread   int       // operations gone on with so far
	drained  bool      // there are no more tasks

	mu    sync.Mutex
	back  []*entry // what the workers hand back
	wake  chan struct{}
	busy  sync.WaitGroup
	hosts map[string]int
	held  map[string]time.Time // no new submits to this host before then: it asked for mercy
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

// takeBack puts the entries that workers are done with into the queue again.
func (s *schedule) takeBack() {
	s.mu.Lock()
	back := s.back
	s.back = nil
	s.mu.Unlock()
	for _, e := range back {
		s.running--
		s.hosts[e.host]--
		if e.v == nil {
			s.inFlight--
			continue
		}
		s.hold(e)
		s.enqueue(e)
	}
	if len(back) > 0 {
		waiting := s.waiting
		s.waiting = nil
		for _, e := range waiting {
			heap.Push(&s.queue, e)
		}
	}
}

// hold makes other submits wait too where a server refused one for now.
func (s *schedule) hold(e *entry) {
	if op := e.v.op; op.Phase == lro.Submitting && op.Misses > 0 && op.NotBefore.After(s.held[e.host]) {
		s.held[e.host] = op.NotBefore
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
	v := s.many.Client.converse(task.Operation)
	v.number = task.Number
	e := &entry{task: task, v: v, host: lro.Origin(task.Operation.Next.URL)}
	if task.Operation.Phase == lro.Polling {
		v.resumed = true
		v.phase = time.Now().Add(shift(s.spread))
		s.spread++
	}
	s.enqueue(e)
}

// shift spreads first polls: ten milliseconds apart, over five seconds, then between those.
func shift(n int) time.Duration {
	const step, slots = 10 * time.Millisecond, 500
	return time.Duration(n%slots)*step + time.Duration(n/slots%10)*time.Millisecond
}

// enqueue plans the next request of an operation.
func (s *schedule) enqueue(e *entry) {
	e.due = e.v.plan(s.ctx)
	if e.v.op.Phase == lro.Submitting {
		e.due = later(e.due, s.held[e.host])
	}
	if s.ctx.Err() != nil {
		e.due = time.Time{}
	}
	e.host = lro.Origin(e.v.op.Next.URL)
	heap.Push(&s.queue, e)
}

// dispatch sends what is due, and returns how long nothing will be.
func (s *schedule) dispatch() time.Duration {
	over := s.ctx.Err() != nil
	for len(s.queue) > 0 && s.running < s.requests {
		e := s.queue[0]
		if rest := time.Until(e.due); rest > 0 && !over && !e.v.op.Done() {
			return rest
		}
		heap.Pop(&s.queue)
		if s.hosts[e.host] >= s.perHost && !over {
			s.waiting = append(s.waiting, e)
			continue
		}
		s.running++
		s.hosts[e.host]++
		s.busy.Add(1)
		go s.work(e, e.host)
	}
	return time.Hour
}

// work sends one request of one operation.
func (s *schedule) work(e *entry, host string) {
	defer s.busy.Done()
	if s.step(e) {
		e.v = nil
	}
	handed := *e
	handed.host = host
	s.mu.Lock()
	s.back = append(s.back, &handed)
	s.mu.Unlock()
	s.rouse()
}

// rouse makes the owner of the queue look again.
func (s *schedule) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// step is one turn of an operation; true when it is over and delivered.
func (s *schedule) step(e *entry) bool {
	v := e.v
	if !v.op.Done() && s.ctx.Err() != nil {
		v.op = lro.GiveUp(v.op, whyOver(s.ctx))
	}
	if v.op.Done() {
		e.task.Done(nil, v.failure(context.Cause(s.ctx)))
		return true
	}
	if !e.begun && e.task.Started != nil {
		if err := e.task.Started(); err != nil {
			e.task.Done(nil, err)
			return true
		}
	}
	e.begun = true
	submitting := v.op.StatusURL == ""
	x := v.step(s.ctx)
	if submitting && v.op.StatusURL != "" && !v.op.Done() && e.task.Accepted != nil {
		e.task.Accepted(v.op)
	}
	if v.op.Done() {
		res, err := v.close(s.ctx, x)
		e.task.Done(res, err)
		return true
	}
	x.discard()
	return false
}

// queue is a heap of entries, the one that is due first on top.
type queue []*entry

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].due.Before(q[j].due) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(*entry)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
