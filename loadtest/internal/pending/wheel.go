package pending

import (
	"math"
	"math/bits"
)

// Wheel is the queue of due times: one list of slots for each tick of the next minute, and a heap
// for what is due later. Whatever is pending, adding costs a list's head, and taking a list's walk.
type Wheel struct {
	Slots *Slab
	lists [WheelTicks]uint32
	some  [WheelTicks / 64]uint64 // a bit for each list that is not empty
	more  [WheelTicks / 64 / 64]uint64
	tick  int64 // the first that has not been taken
	far   []farSlot
}

const (
	TickShift  = 18 // 262 us
	WheelTicks = 1 << 18
)

// farSlot is half the size of a slot's due moment and its number: there are as many as operations.
type farSlot struct {
	tick uint32
	id   uint32
}

// Add queues a slot by its due moment.
func (w *Wheel) Add(id uint32) {
	s := w.Slots.At(id)
	tick := max(s.Due>>TickShift, w.tick)
	if tick >= w.tick+WheelTicks {
		w.push(farSlot{uint32(min(tick, math.MaxUint32)), id})
		return
	}
	i := tick & (WheelTicks - 1)
	s.Next, w.lists[i] = w.lists[i], id
	w.some[i>>6] |= 1 << (i & 63)
	w.more[i>>12] |= 1 << (i >> 6 & 63)
}

// Take returns the list of the first tick with something in it that is over at now, linked by next,
// and 0 if there is none: what is in it is due, none of it too early.
func (w *Wheel) Take(now int64) uint32 {
	w.bring()
	end := min(now>>TickShift, w.tick+WheelTicks) // ticks before this one are over
	if w.tick >= end {
		return 0
	}
	if w.tick = w.occupied(end); w.tick == end {
		return 0
	}
	i := w.tick & (WheelTicks - 1)
	id := w.lists[i]
	w.lists[i] = 0
	if w.some[i>>6] &^= 1 << (i & 63); w.some[i>>6] == 0 {
		w.more[i>>12] &^= 1 << (i >> 6 & 63)
	}
	w.tick++
	return id
}

// bring moves what is due within the reach of the lists out of the heap.
func (w *Wheel) bring() {
	for len(w.far) > 0 && int64(w.far[0].tick) < w.tick+WheelTicks {
		w.Add(w.pop())
	}
}

// Next returns the moment at which take will have something, or limit if that is sooner.
func (w *Wheel) Next(limit int64) int64 {
	w.bring()
	ticks := min(limit>>TickShift+1, w.tick+WheelTicks)
	return min(limit, (w.occupied(ticks)+1)<<TickShift)
}

// occupied returns the first tick from w.tick on that has a list, or limit.
func (w *Wheel) occupied(limit int64) int64 {
	for tick := w.tick; tick < limit; {
		i := tick & (WheelTicks - 1)
		if i&4095 == 0 && w.more[i>>12] == 0 {
			tick += 4096
			continue
		}
		if word := w.some[i>>6] >> (i & 63); word != 0 {
			return min(limit, tick+int64(bits.TrailingZeros64(word)))
		}
		tick = (tick | 63) + 1
	}
	return limit
}

func (w *Wheel) push(f farSlot) {
	w.far = append(w.far, f)
	i := len(w.far) - 1
	for i > 0 {
		up := (i - 1) / 4
		if w.far[up].tick <= f.tick {
			break
		}
		w.far[i], i = w.far[up], up
	}
	w.far[i] = f
}

func (w *Wheel) pop() uint32 {
	id := w.far[0].id
	last := w.far[len(w.far)-1]
	w.far = w.far[:len(w.far)-1]
	i := 0
	for {
		least, from := -1, 4*i+1
		for c := from; c < min(from+4, len(w.far)); c++ {
			if least < 0 || w.far[c].tick < w.far[least].tick {
				least = c
			}
		}
		if least < 0 || w.far[least].tick >= last.tick {
			break
		}
		w.far[i], i = w.far[least], least
	}
	if len(w.far) > 0 {
		w.far[i] = last
	}
	return id
}
