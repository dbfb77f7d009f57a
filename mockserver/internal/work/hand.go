package work

import (
	"errors"
	"time"
)

// A Hand is what somebody did to an operation, against its scenario. The lock of
// its shard guards it.
type Hand struct {
	ended    Status        // how it was ended, or empty
	endedAt  time.Duration // the age at which it was
	expired  bool          // its retention was ended
	frozen   bool          // it stands still ...
	frozenAt time.Duration // ... since this age, or since before it began, if negative
	detained time.Duration // how long it stood still before it started
}

// Held reports whether it has not been told to start.
func (h *Hand) Held() bool { return h != nil && h.frozen && h.frozenAt < 0 }

var ErrDone = errors.New("the operation has ended: only a running one can be changed")

// handled is the state of an operation that was touched by hand.
func (op *Operation) handled(age time.Duration) Snapshot {
	switch h := op.Hand; {
	case h.ended != "":
		snap := Snapshot{Status: h.ended, Percent: op.stateAt(h.endedAt).Percent, Changed: h.endedAt}
		if h.ended == Succeeded {
			snap.Percent = 100
		}
		return snap
	case h.Held():
		return Snapshot{Status: Pending, Remaining: Unknown}
	case h.frozen:
		snap := op.stateAt(h.frozenAt)
		snap.Remaining = Unknown
		return snap
	}
	return op.stateAt(age)
}

// touched is its hand, which is made when it is first needed.
func (op *Operation) touched() *Hand {
	if op.Hand == nil {
		op.Hand = &Hand{}
	}
	return op.Hand
}

// End ends it as succeeded or failed, now.
func (op *Operation) End(now time.Time, how Status) error {
	if snap := op.State(now); snap.Status.Done() || op.gone(snap, now) {
		return ErrDone
	}
	op.Thaw(now)
	h := op.touched()
	h.ended, h.endedAt = how, op.age(now)
	if op.job != nil {
		op.job.leave(now, 0)
	}
	return nil
}

// Expire ends its retention now, also when it has not ended: then it is lost.
func (op *Operation) Expire(now time.Time) {
	op.touched().expired = true
	if op.job != nil {
		op.job.leave(now, 0)
	}
}

// Freeze makes it stand still.
func (op *Operation) Freeze(now time.Time) error {
	snap := op.State(now)
	switch h := op.Hand; {
	case snap.Status.Done(), op.gone(snap, now):
		return ErrDone
	case h != nil && h.frozen:
		return nil
	}
	h := op.touched()
	h.frozen, h.frozenAt = true, op.age(now)
	if op.job != nil {
		op.job.hold(now)
	}
	return nil
}

// holdBack keeps it from starting, until it is thawed.
func (op *Operation) holdBack() {
	h := op.touched()
	h.frozen, h.frozenAt = true, -1
}

// Thaw lets a frozen operation go on. What it stood still comes on top of its
// times.
func (op *Operation) Thaw(now time.Time) {
	h := op.Hand
	if h == nil || !h.frozen {
		return
	}
	h.frozen = false
	p, pause := op.Plan(), op.age(now)-max(h.frozenAt, 0)
	waiting := h.frozenAt < p.Queue
	switch {
	case waiting && op.job == nil:
		h.detained += pause
	case !waiting:
		op.run += pause
	}
	if op.job != nil {
		op.job.resume(now, max(p.Queue+op.run-op.age(now), 0))
	}
}
