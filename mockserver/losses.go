package mockserver

import (
	"bytes"
	"sync"
	"time"
)

// maxLosses bounds how many lost submits, and how many repetitions, are kept.
const maxLosses = 1000

// A Repost is a submit that was sent again, without an idempotency key, after
// the answer to the first one was lost by a fault. The work is done twice.
type Repost struct {
	Time   time.Time `json:"time"`
	First  string    `json:"first"`  // the operation of the submit whose answer was lost
	Second string    `json:"second"` // the operation of its repetition
}

// losses are the submits whose answers were lost, and what came after.
type losses struct {
	mu      sync.Mutex
	open    []view
	reposts []Repost
}

// submit takes note of an accepted submit among faults.
func (l *losses) submit(h *hit) {
	if h.v.submission == nil || h.v.key != "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, first := range l.open {
		if sameSubmit(first.submission, h.v.submission) {
			l.open = append(l.open[:i], l.open[i+1:]...)
			if len(l.reposts) < maxLosses {
				l.reposts = append(l.reposts, Repost{Time: h.x.now, First: first.id, Second: h.v.id})
			}
			break
		}
	}
	if h.w.drop && len(l.open) < maxLosses {
		l.open = append(l.open, h.v)
	}
}

func sameSubmit(a, b *submission) bool {
	return a.method == b.method && a.path == b.path && a.size == b.size && a.contentType == b.contentType && bytes.Equal(a.body, b.body)
}

// Reposts returns the submits that were sent twice, the first 1000 of them.
func (s *Server) Reposts() []Repost {
	s.lost.mu.Lock()
	defer s.lost.mu.Unlock()
	return append([]Repost(nil), s.lost.reposts...)
}
