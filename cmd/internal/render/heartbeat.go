package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// The heartbeat's first and longest interval.
const (
	firstBeat   = 15 * time.Second
	longestBeat = time.Minute
)

// heartbeat says that it still goes on, after a silence.
func (p *Plain) heartbeat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	text := p.still(now)
	if p.closed || text == "" {
		return
	}
	fmt.Fprintln(p.w, text)
	p.beat = min(2*p.beat, longestBeat)
	p.timer.Reset(p.beat)
}

// still says in one line what is not over yet; "" if all is.
func (p *Plain) still(now time.Time) string {
	if p.Names != nil || len(p.ops) > 1 {
		return p.stillMany(now)
	}
	for _, o := range p.ops {
		return o.still(now)
	}
	return ""
}

func (o operation) still(now time.Time) string {
	switch {
	case o.transfer != nil && o.transfer.Bytes != o.transfer.Total:
		return "still " + transferText(*o.transfer)
	case o.end != nil:
		return ""
	}
	text := fmt.Sprintf("still %s after %s, %s", o.state(), Duration(o.elapsed(now)), Count(o.polls(), "poll"))
	if o.wait != nil && o.wait.Until.After(now) {
		text += ", next in " + Duration(o.wait.Until.Sub(now))
	}
	return text
}

// stillMany sums up: "still waiting for 12 of 40 after 2m: 8 running, 4 pending".
func (p *Plain) stillMany(now time.Time) string {
	states, began, over := map[string]int{}, now, 0
	for _, o := range p.ops {
		if o.began.Before(began) {
			began = o.began
		}
		if o.end != nil {
			over++
			continue
		}
		states[o.state()]++
	}
	total := p.Names.size(len(p.ops))
	if over == total {
		return ""
	}
	if unseen := total - len(p.ops); unseen > 0 {
		states["not begun"] += unseen
	}
	return fmt.Sprintf("still waiting for %d of %d after %s: %s", total-over, total, Duration(now.Sub(began)), tally(states))
}

// tally lists counts, in the order of the states' words.
func tally(states map[string]int) string {
	var parts []string
	for s := lro.StateUnknown; s <= lro.StateCancelled; s++ {
		if n := states[s.String()]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
			delete(states, s.String())
		}
	}
	for _, word := range slices.Sorted(maps.Keys(states)) {
		parts = append(parts, fmt.Sprintf("%d %s", states[word], Clean(word)))
	}
	return strings.Join(parts, ", ")
}
