package reports

import (
	"sync"
	"time"
)

// buckets limits the rate of orders, one token bucket an owner.
type buckets struct {
	mu sync.Mutex
	of map[string]*bucket
}

type bucket struct {
	tokens float64
	last   time.Time
}

// take takes a token, or returns how long it is until there is one. Rate is tokens a second.
func (b *buckets) take(owner string, rate float64, burst int, at time.Time) (time.Duration, bool) {
	if rate <= 0 {
		return 0, true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.of == nil {
		b.of = map[string]*bucket{}
	}
	of := b.of[owner]
	if of == nil {
		of = &bucket{tokens: float64(max(burst, 1)), last: at} // owners are as many as tokens: bounded
		b.of[owner] = of
	}
	of.tokens = min(float64(max(burst, 1)), of.tokens+at.Sub(of.last).Seconds()*rate)
	of.last = at
	if of.tokens < 1 {
		return time.Duration((1 - of.tokens) / rate * float64(time.Second)), false
	}
	of.tokens--
	return 0, true
}
