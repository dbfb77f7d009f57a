package loadtest

import (
	"math"
	"math/bits"
)

// wheel is the queue of due times: one list of slots for each tick of the next minute, and a heap
// for what is due later. Whatever is pending, adding costs a list's head, and taking a list's walk.
type wheel struct {
	slots *slab
	lists [wheelTicks]uint32
	some  [wheelTicks / 64]uint64 // a bit for each list that is not empty
	more  [wheelTicks / 64 / 64]uint64
	tick  int64 // the first that has not been taken
	far   []farSlot
}

const (
	tickShift  = 18 // 262 us
	wheelTicks = 1 << 18
)

// farSlot is half the size of a slot's due moment and its number: there are as many as operations.
type farSlot struct {
	tick uint32
	id   uint32
}

// add queues a slot by its due moment.
func (w *wheel) add(id uint32) {
	s := w.slots.at(id)
	tick := max(s.due>>tickShift, w.tick)
	if tick >= w.tick+wheelTicks {
		w.push(farSlot{uint32(min(tick, math.MaxUint32)), id})
		return
	}
	i := tick & (wheelTicks - 1)
	s.next, w.lists[i] = w.lists[i], id
	w.some[i>>6] |= 1 << (i & 63)
	w.more[i>>12] |= 1 << (i >> 6 & 63)
}

// take returns the list of the first tick with something in it that is over at now, linked by next,
// and 0 if there is none: what is in it is due, none of it too early.
func (w *wheel) take(now int64) uint32 {
	w.bring()
	end := min(now>>tickShift, w.tick+wheelTicks) // ticks before this one are over
	if w.tick >= end {
		return 0
	}
	if w.tick = w.occupied(end); w.tick == end {
		return 0
	}
	i := w.tick & (wheelTicks - 1)
	id := w.lists[i]
	w.lists[i] = 0
	if w.some[i>>6] &^= 1 << (i & 63); w.some[i>>6] == 0 {
		w.more[i>>12] &^= 1 << (i >> 6 & 63)
	}
	w.tick++
	return id
}

// bring moves what is due within the reach of the lists out of the heap.
func (w *wheel) bring() {
	for len(w.far) > 0 && int64(w.far[0].tick) < w.tick+wheelTicks {
		w.add(w.pop())
	}
}

// next returns the moment at which take will have something, or limit if that is sooner.
func (w *wheel) next(limit int64) int64 {
	w.bring()
	ticks := min(limit>>tickShift+1, w.tick+wheelTicks)
	return min(limit, (w.occupied(ticks)+1)<<tickShift)
}

// occupied returns the first tick from w.tick on that has a list, or limit.
func (w *wheel) occupied(limit int64) int64 {
	for tick := w.tick; tick < limit; {
		i := tick & (wheelTicks - 1)
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

func (w *wheel) push(f farSlot) {
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

func (w *wheel) pop() uint32 {
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
