package render

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/loadtest"
)

// The heartbeats of a load test off a terminal: soon at first, then ever more seldom.
const (
	firstLoadBeat   = 5 * time.Second
	longestLoadBeat = time.Minute
)

// LoadPlain writes a load test's progress as lines: one at the beginning, one at each change of phase,
// and a heartbeat that grows from 5 s to a minute. No escape codes, no carriage returns. Its methods
// may be called from any goroutine.
type LoadPlain struct {
	mu     sync.Mutex
	w      io.Writer
	s      loadState
	beat   time.Duration
	next   time.Duration
	phase  string
	closed bool
}

// NewLoadPlain returns a view that writes to w.
func NewLoadPlain(w io.Writer, o LoadOptions) *LoadPlain {
	return &LoadPlain{w: w, s: newLoadState(o), beat: firstLoadBeat, next: firstLoadBeat}
}

// Snapshot takes the newest figures in.
func (p *LoadPlain) Snapshot(snap loadtest.Snapshot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.s = p.s.apply(snap)
	phase := p.s.phase()
	switch {
	case phase == "waiting" && p.phase != phase && snap.InFlight > 0:
		fmt.Fprintf(p.w, "%s: no more arrivals; waiting for %s in flight\n", Duration(snap.Elapsed.Truncate(time.Second)), Thousands(snap.InFlight))
	case snap.Elapsed < p.next:
		p.phase = phase
		return
	default:
		fmt.Fprintln(p.w, p.line(snap))
	}
	p.phase = phase
	p.beat = min(2*p.beat, longestLoadBeat)
	p.next = snap.Elapsed + p.beat
}

// line sums up: "15s: 750 submitted, 243 in flight, 505 succeeded, 2 lost; done p50 6.1s, ...".
func (p *LoadPlain) line(snap loadtest.Snapshot) string {
	c := p.s.counts()
	r := p.s.follow.Result()
	all := &r.Series[len(r.Series)-1]
	text := fmt.Sprintf("%s: %s submitted, %s in flight, %s", Duration(snap.Elapsed.Truncate(time.Second)), Thousands(c.Submitted), Thousands(snap.InFlight), fate(c))
	if all.Done.Count() > 0 {
		text += fmt.Sprintf("; done p50 %s p99 %s", brief(all.Done.Quantile(0.5)), brief(all.Done.Quantile(0.99)))
	}
	if c.PollsSent > 0 {
		text += fmt.Sprintf("; %s polls an operation, p99 %s", pollsEach(c), brief(all.Poll.Quantile(0.99)))
	}
	if n := p.s.follow.Sum().Errors; n > 0 {
		text += fmt.Sprintf("; %s errors", Thousands(n))
	}
	return text
}

// Close ends the view.
func (p *LoadPlain) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
}
