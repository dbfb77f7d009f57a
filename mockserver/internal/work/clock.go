package work

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// MaxTimeScale bounds the scale of a [Clock].
const MaxTimeScale = 1e6

// A Clock is the time of a server: that of the clock below it until it is
// advanced or scaled. The zero value is ready to use, and safe for concurrent
// use; do not copy it.
type Clock struct {
	// Base is the clock below; nil means time.Now, also that of a
	// testing/synctest bubble.
	Base func() time.Time

	mu   sync.Mutex // of those who change the warp
	warp atomic.Pointer[warp]
}

// A warp is how a virtual time follows from that of the base.
type warp struct {
	base    time.Time // since this moment of the base ...
	virtual time.Time // ... which is this moment of the clock ...
	scale   float64   // ... it goes so many times as fast
	changed chan struct{}
}

func (c *Clock) base() time.Time {
	if c.Base == nil {
		return time.Now()
	}
	return c.Base()
}

// Now returns the time.
func (c *Clock) Now() time.Time {
	now, _, _ := ReadClock(c)
	return now
}

// read returns the time, the scale, and whether they differ from the base.
func ReadClock(c *Clock) (now time.Time, scale float64, warped bool) {
	w := c.warp.Load()
	if w == nil {
		return c.base(), 1, false
	}
	return w.virtual.Add(Times(c.base().Sub(w.base), w.scale)), w.scale, true
}

// Times multiplies a duration, exactly if the factor is 1.
func Times(d time.Duration, factor float64) time.Duration {
	if factor == 1 {
		return d
	}
	return time.Duration(float64(d) * factor)
}

// Scale returns how many times as fast as its base the clock goes; at first 1.
func (c *Clock) Scale() float64 {
	_, scale, _ := ReadClock(c)
	return scale
}

// Advance sets the clock forward, by 0 at least and MaxDuration at most.
func (c *Clock) Advance(d time.Duration) error {
	if d < 0 || d > MaxDuration {
		return fmt.Errorf("cannot advance the clock by %v: use 0 to %v", d, MaxDuration)
	}
	c.bend(func(w *warp) { w.virtual = w.virtual.Add(d) })
	return nil
}

// SetScale makes the clock go scale times as fast as its base, from now on: more
// than 0, at most MaxTimeScale. The seconds that a server puts into Retry-After
// are those of the base, in which its clients live.
func (c *Clock) SetScale(scale float64) error {
	if !(scale > 0 && scale <= MaxTimeScale) {
		return fmt.Errorf("cannot scale the time by %v: use a number above 0, at most %v", scale, float64(MaxTimeScale))
	}
	c.bend(func(w *warp) { w.scale = scale })
	return nil
}

// bend replaces the warp by a changed one that begins now.
func (c *Clock) bend(change func(*warp)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	base, old := c.base(), c.warp.Load()
	w := &warp{base: base, virtual: base, scale: 1, changed: make(chan struct{})}
	if old != nil {
		w.virtual = old.virtual.Add(Times(base.Sub(old.base), old.scale))
		w.scale = old.scale
	}
	change(w)
	c.warp.Store(w)
	if old != nil && old.changed != nil {
		close(old.changed)
	}
}

// changes returns a channel that is closed when the clock is advanced or scaled.
func ClockChanges(c *Clock) <-chan struct{} {
	if c.warp.Load() == nil {
		c.bend(func(*warp) {})
	}
	return c.warp.Load().changed
}
