package probe

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/internal/reach"
)

// Limits are how much a run may ask of a target. The zero value is polite.
type Limits struct {
	// Rate is how many requests a second go to one origin. 0: 10, and as many as there are to a server on
	// this machine.
	Rate float64
	// Parallel is how many operations run at a time. 0: 4, and 8 on a server on this machine; these
	// fall to one by themselves where the server refuses a submit because others run.
	Parallel int
	// Methods are the only ones that are sent. Nil: all. What a rule needs besides is skipped.
	Methods []string
}

const (
	politeRate     = 10
	politeParallel = 4
	localParallel  = 8
)

// May reports whether a method may be sent.
func (l *Limits) May(method string) bool {
	return l.Methods == nil || slices.Contains(l.Methods, method)
}

// governor decides, for all conversations of a run, when the next request may be sent to an origin and
// when the next operation may begin.
type governor struct {
	limits Limits

	mu       sync.Mutex
	gates    map[string]*gate
	running  int           // operations that hold a place
	parallel int           // places
	changed  chan struct{} // closed, and made anew, when a place becomes free
	slowed   time.Time     // when the rate was lowered last
	narrow   string        // why there is one place only; empty: there are as many as were asked for
}

// gate is when the next request may go to one origin.
type gate struct {
	next  time.Time // by the rate
	until time.Time // because the server asked for a pause
}

func newGovernor(limits Limits, home string) *governor {
	local := reach.Local(home)
	if limits.Rate == 0 && !local {
		limits.Rate = politeRate
	}
	parallel := limits.Parallel
	switch {
	case parallel > 0:
	case local:
		parallel = localParallel
	default:
		parallel = politeParallel
	}
	return &governor{limits: limits, gates: map[string]*gate{}, parallel: parallel, changed: make(chan struct{})}
}

// turn returns how long to wait before the next request to an origin, and takes its place in the row.
func (g *governor) turn(origin string, now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.take(g.gate(origin), now).Sub(now)
}

// reserve takes the next n places in the row, for requests that have to follow each other closely.
func (g *governor) reserve(origin string, n int, now time.Time) []time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	var places []time.Time
	for range n {
		places = append(places, g.take(g.gate(origin), now))
	}
	return places
}

// take returns the first free place, and takes it.
func (g *governor) take(at *gate, now time.Time) time.Time {
	due := now
	if at.until.After(due) {
		due = at.until
	}
	if g.limits.Rate > 0 {
		if at.next.After(due) {
			due = at.next
		}
		at.next = due.Add(time.Duration(float64(time.Second) / g.limits.Rate))
	}
	return due
}

// redeem returns how long to wait for a place that was reserved: the server may have asked for a pause since.
func (g *governor) redeem(origin string, place, now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until := g.gate(origin).until; until.After(place) {
		place = until
	}
	return max(place.Sub(now), 0)
}

func (g *governor) gate(origin string) *gate {
	if g.gates[origin] == nil {
		g.gates[origin] = &gate{}
	}
	return g.gates[origin]
}

const (
	// gentleRate is how many requests a second are sent to a server that throttles, and gentlestRate to one
	// that goes on throttling whatever is asked.
	gentleRate   = 5
	gentlestRate = 2
)

// throttled takes note of a 429 or a 503: nobody asks before the server wants it, and afterwards everybody
// asks less often. A poll that is throttled may have come too soon for its operation alone.
func (g *governor) throttled(origin string, status int, poll bool, wait time.Duration, now time.Time) {
	if wait > 0 {
		g.pause(origin, wait, now)
	}
	if status != http.StatusTooManyRequests {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case now.Sub(g.slowed) < time.Second:
		return
	case g.limits.Rate == 0:
		g.limits.Rate = 2 * gentleRate
	case g.limits.Rate > gentleRate:
		g.limits.Rate = gentleRate
	case g.limits.Rate > gentlestRate && !poll:
		g.limits.Rate = max(g.limits.Rate/2, gentlestRate)
	}
	g.slowed = now
}

// pause keeps everybody away from an origin: a server that asks one conversation to wait means all.
func (g *governor) pause(origin string, d time.Duration, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if at := g.gate(origin); now.Add(d).After(at.until) {
		at.until = now.Add(d)
	}
}

// begin waits for a place for an operation. It reports false if ctx ends first.
func (g *governor) begin(ctx context.Context) bool {
	for {
		g.mu.Lock()
		if g.running < g.parallel {
			g.running++
			g.mu.Unlock()
			return true
		}
		changed := g.changed
		g.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// tryBegin takes a place if one is free.
func (g *governor) tryBegin() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running >= g.parallel {
		return false
	}
	g.running++
	return true
}

// end gives places back.
func (g *governor) end(places int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running -= places
	close(g.changed)
	g.changed = make(chan struct{})
}

// fallBack leaves one place, because the server refuses operations beside others. It reports whether
// that is new.
func (g *governor) fallBack(why string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.narrow != "" || g.parallel == 1 {
		return false
	}
	g.narrow, g.parallel = why, 1
	return true
}

// strict reports whether an operation must be over before the next may begin: there is one place only,
// or the person said how many there are.
func (g *governor) strict() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.parallel == 1 || g.limits.Parallel > 0
}

// single reports whether operations run one at a time.
func (g *governor) single() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.parallel == 1
}

// note says what the server did not bear; empty: it bore all.
func (g *governor) note() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.narrow
}
