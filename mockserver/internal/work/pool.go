package work

import (
	"slices"
	"sort"
	"sync"
	"time"
)

// never is a moment of a pool that does not come, 73 years on.
const never time.Duration = 1 << 61

// A Pool is a number of background workers with one queue in front of them:
// first come, first served. No worker exists. Every job is given its start when
// it enters, on the worker that is free first; when a job ends otherwise than
// planned, the jobs that have not started are planned again, which takes time in
// proportion to their number.
type Pool struct {
	workers int
	limit   int // jobs that may wait; 0 is any number

	mu    sync.Mutex
	epoch time.Time       // all durations below count from here
	now   time.Duration   // the latest moment seen: it never goes back
	free  []time.Duration // a heap: of each worker, when it is through with all that is planned
	jobs  []*job          // by ready, which is also the order of start; some have ended
	kept  int             // jobs after the last prune
}

// A job is the place of one operation in a pool. The lock of the pool guards it.
type job struct {
	pool     *Pool
	accepted time.Duration
	ready    time.Duration // when it enters the queue
	start    time.Duration // planned, and fixed once it is past
	run      time.Duration // how long it keeps a worker
	end      time.Duration // when its worker is free again
}

func NewPool(workers, limit int) *Pool {
	return &Pool{workers: workers, limit: limit, free: make([]time.Duration, workers)}
}

// enter plans a job that is ready a while after it was accepted. It reports
// false if the queue is full.
func (p *Pool) enter(accepted time.Time, delay, run time.Duration) (*job, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tick(accepted)
	if p.limit > 0 && len(p.jobs)-p.started() >= p.limit {
		return nil, false
	}
	j := &job{pool: p, accepted: accepted.Sub(p.epoch), ready: p.now + delay, run: run}
	p.insert(j)
	return j, true
}

// park makes a job that does not enter before it is resumed.
func (p *Pool) park(accepted time.Time, run time.Duration) *job {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tick(accepted)
	return &job{pool: p, accepted: accepted.Sub(p.epoch), start: never, end: never, run: run}
}

// tick moves the clock of the pool on. Requests may come a little out of order.
func (p *Pool) tick(now time.Time) {
	if p.epoch.IsZero() {
		p.epoch = now
	}
	p.now = max(p.now, now.Sub(p.epoch))
}

// insert puts a job behind all that are ready before it.
func (p *Pool) insert(j *job) {
	if len(p.jobs) > 2*p.kept+64 {
		p.prune()
	}
	at := sort.Search(len(p.jobs), func(i int) bool { return p.jobs[i].ready > j.ready })
	at = max(at, p.started())
	p.jobs = slices.Insert(p.jobs, at, j)
	if at == len(p.jobs)-1 {
		p.assign(j)
		return
	}
	j.start, j.end = never, never
	p.replan()
}

// assign gives a job to the worker that is free first.
func (p *Pool) assign(j *job) {
	j.start = max(j.ready, p.free[0])
	j.end = min(j.start+j.run, never)
	p.free[0] = j.end
	settle(p.free)
}

// started is how many of the jobs have started.
func (p *Pool) started() int {
	return sort.Search(len(p.jobs), func(i int) bool { return p.jobs[i].start > p.now })
}

// prune forgets the jobs that are through.
func (p *Pool) prune() {
	p.jobs = slices.DeleteFunc(p.jobs, func(j *job) bool { return j.end <= p.now })
	p.kept = len(p.jobs)
}

// replan gives every job that has not started a start from now on.
func (p *Pool) replan() {
	p.prune()
	for i := range p.free {
		p.free[i] = p.now
	}
	running := p.started()
	for i, j := range p.jobs[:running] {
		p.free[i] = j.end
	}
	slices.Sort(p.free)
	for _, j := range p.jobs[running:] {
		p.assign(j)
	}
}

// leave ends a job at now: it quits the queue at once, or its worker after the
// delay. A job that is through stays as it is.
func (j *job) leave(at time.Time, delay time.Duration) {
	p := j.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tick(at)
	switch {
	case j.start > p.now:
		p.jobs = slices.DeleteFunc(p.jobs, func(other *job) bool { return other == j })
		j.start, j.end = never, never
	case j.end > p.now:
		j.end = p.now + delay
	default:
		return
	}
	p.replan()
}

// hold stops a job: one that waits leaves the queue, and one that runs keeps
// its worker.
func (j *job) hold(at time.Time) {
	p := j.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tick(at)
	if j.start > p.now {
		p.jobs = slices.DeleteFunc(p.jobs, func(other *job) bool { return other == j })
		j.start = never
	}
	j.end = never
	p.replan()
}

// resume lets a job that was held go on: one that waited enters the queue
// again, and one that runs has left to run.
func (j *job) resume(at time.Time, left time.Duration) {
	p := j.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tick(at)
	if j.start == never {
		j.ready = p.now
		p.insert(j)
		return
	}
	j.end = p.now + left
	p.replan()
}

// wait is the time from the acceptance to the start, as it is planned now.
func (j *job) wait() time.Duration {
	j.pool.mu.Lock()
	defer j.pool.mu.Unlock()
	return j.start - j.accepted
}

// reset forgets all jobs: the workers are free.
func (p *Pool) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jobs, p.kept, p.free = nil, 0, make([]time.Duration, p.workers)
	for i := range p.free {
		p.free[i] = p.now
	}
}

// Load counts the jobs that wait and that have a worker.
func (p *Pool) Load(at time.Time) (waiting, working int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tick(at)
	running := p.started()
	for _, j := range p.jobs[:running] {
		if j.end > p.now {
			working++
		}
	}
	return len(p.jobs) - running, working
}

// settle restores the heap, the earliest first, after its top has grown.
func settle(heap []time.Duration) {
	for at := 0; ; {
		least := at
		for _, child := range []int{2*at + 1, 2*at + 2} {
			if child < len(heap) && heap[child] < heap[least] {
				least = child
			}
		}
		if least == at {
			return
		}
		heap[at], heap[least] = heap[least], heap[at]
		at = least
	}
}
