package fault

import (
	"bytes"
	"net/http"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
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

// Losses are the submits whose answers were lost, and what came after.
type Losses struct {
	Mu      sync.Mutex
	open    []work.View
	Reposts []Repost
}

// submit takes note of an accepted submit among faults.
func (l *Losses) submit(h *hit) {
	if h.v.Submission == nil || h.v.Key != "" || idempotent(h.v.Method) {
		return
	}
	l.Mu.Lock()
	defer l.Mu.Unlock()
	for i, first := range l.open {
		if sameSubmit(first.Submission, h.v.Submission) {
			l.open = append(l.open[:i], l.open[i+1:]...)
			if len(l.Reposts) < maxLosses {
				l.Reposts = append(l.Reposts, Repost{Time: h.x.Now, First: first.ID, Second: h.v.ID})
			}
			break
		}
	}
	if h.w.drop && len(l.open) < maxLosses {
		l.open = append(l.open, h.v)
	}
}

// idempotent reports whether a request may be sent again as it is (RFC 9110,
// section 9.2.2).
func idempotent(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete:
		return true
	}
	return false
}

func sameSubmit(a, b *work.Submission) bool {
	return a.Method == b.Method && a.Path == b.Path && a.Size == b.Size && a.ContentType == b.ContentType && bytes.Equal(a.Body, b.Body)
}

// Reset forgets them.
func (l *Losses) Reset() {
	l.Mu.Lock()
	defer l.Mu.Unlock()
	l.open, l.Reposts = nil, nil
}
