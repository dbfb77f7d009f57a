package render

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/loadtest"
)

// LoadBars is the passive view of a load test on a terminal: a bar for the plan, and two lines of
// figures. Its methods may be called from any goroutine.
type LoadBars struct {
	out *os.File

	mu        sync.Mutex
	s         loadState
	running   *stack // nil before the first snapshot, while suspended, and at the end
	suspended bool
	closed    bool
}

// NewLoadBars returns a view that draws on out, which is a terminal.
func NewLoadBars(out *os.File, o LoadOptions) *LoadBars {
	return &LoadBars{out: out, s: newLoadState(o)}
}

// Snapshot takes the newest figures in.
func (b *LoadBars) Snapshot(snap loadtest.Snapshot) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.s = b.s.apply(snap)
	if b.running == nil && !b.suspended {
		b.running = startStack(b.out, b.lines)
	}
}

// lines are those of this moment.
func (b *LoadBars) lines(_ time.Time, width, _ int) (lines, above []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.s.bars(glyphs{ascii: b.s.o.ASCII, color: b.s.o.Color}, width), nil
}

// bars draws the passive view.
func (s loadState) bars(g glyphs, width int) []string {
	snap, c := s.follow.Last(), s.counts()
	head := Duration(snap.Elapsed.Truncate(time.Second))
	if snap.Until > 0 {
		head += " of " + Duration(snap.Until)
	}
	if share, known := s.share(); known {
		head = g.bar(share, max(4, min(40, width-wide(head)-12))) + fmt.Sprintf("%5s  %s", Percent(share), head)
	}
	sum := s.follow.Result()
	all := &sum.Series[len(sum.Series)-1]
	lines := []string{
		head,
		fmt.Sprintf("%s submitted, %s in flight, %s", Thousands(c.Submitted), Thousands(snap.InFlight), fate(c)),
		fmt.Sprintf("done p50 %s p99 %s, poll p99 %s, %s polls an operation, %d errors", brief(all.Done.Quantile(0.5)), brief(all.Done.Quantile(0.99)), brief(all.Poll.Quantile(0.99)), pollsEach(c), s.follow.Sum().Errors),
	}
	for i := range lines {
		lines[i] = g.clip(lines[i], width)
	}
	return lines
}

// Close takes the lines away.
func (b *LoadBars) Close() {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.leave()
}

// Suspend takes the lines away until Resume. What comes in meanwhile is remembered.
func (b *LoadBars) Suspend() {
	b.mu.Lock()
	b.suspended = true
	b.mu.Unlock()
	b.leave()
}

// Resume draws the lines again with the next snapshot.
func (b *LoadBars) Resume() {
	b.mu.Lock()
	b.suspended = false
	b.mu.Unlock()
}

// leave takes the lines off the terminal.
func (b *LoadBars) leave() {
	b.mu.Lock()
	running := b.running
	b.running = nil
	b.mu.Unlock()
	if running != nil {
		running.stop()
		fmt.Fprint(b.out, wipe)
	}
}
