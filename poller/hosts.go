package poller

import (
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// host is one origin of a run, with what is to be sent to it in the order in which it became due.
type host struct {
	ready   fifo[*entry]
	running int       // requests under way
	held    time.Time // no new submits before then: it asked for mercy
	listed  bool      // it is among the eligible
}

// hostOf returns the host of an entry's next request.
func (s *schedule) hostOf(e *entry) *host {
	origin := lro.Origin(e.v.op.Next.URL)
	h := s.hosts[origin]
	if h == nil {
		h = &host{}
		s.hosts[origin] = h
	}
	return h
}

// ready queues an entry at its host.
func (s *schedule) ready(e *entry) {
	e.host.ready.push(e)
	s.list(e.host)
}

// list makes a host eligible if it has something to send and a place for it.
func (s *schedule) list(h *host) {
	if !h.listed && h.running < s.perHost && h.ready.len() > 0 {
		h.listed = true
		s.eligible.push(h)
	}
}

// hold makes other submits wait too where a server refused one for now.
func (h *host) hold(e *entry) {
	if op := &e.v.op; op.Phase == lro.Submitting && op.Misses > 0 && op.NotBefore.After(h.held) {
		h.held = op.NotBefore
	}
}

// fifo is a queue. The zero value is empty. What was taken out is not kept.
type fifo[T any] struct {
	items []T
	head  int
}

func (q *fifo[T]) len() int { return len(q.items) - q.head }

func (q *fifo[T]) push(x T) {
	if q.head > 32 && q.head > len(q.items)/2 {
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
	}
	q.items = append(q.items, x)
}

func (q *fifo[T]) pop() T {
	var zero T
	x := q.items[q.head]
	q.items[q.head] = zero
	q.head++
	if q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
	}
	return x
}
