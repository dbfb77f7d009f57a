package mockserver

import "time"

// A submission is what a submit asked for. It never changes.
type submission struct {
	scenario    *Scenario
	dialect     *dialect
	method      string
	path        string
	contentType string
	size        int      // bytes of the body
	body        []byte   // the body, if it is small enough to be repeated in the result
	key         string   // Idempotency-Key without its quotes, or empty
	resource    string   // what it is done to, in the dialects that let this be asked for; or empty
	note        any      // what else the dialect keeps of the submit
	hold        bool     // it does not start before it is told to
	payload     [32]byte // fingerprint of the request, if there is a key
}

// An operation is a submission and what happened to it since. Its state is
// computed, not stored. The lock of its shard guards it.
type operation struct {
	*submission
	id        string
	ordinal   uint64 // 1 for the first operation of the server
	accepted  time.Time
	run       time.Duration // its own run time
	job       *job          // its place in the pool, or nil
	submits   int
	polls     int
	early     int
	notBefore time.Time     // the next poll is early before this moment
	released  time.Duration // the age at which polls reached Scenario.Polls
	cancelled time.Duration // the age at which it was called off, or negative
	hand      *hand         // what was done to it by hand, or nil
	past      *past         // what the faults remember of it, or nil
	conduct   *conduct      // what its client did, or nil
}

// A view is a copy of an operation as one request sees it.
type view struct {
	*submission
	id       string
	accepted time.Time
	snap     Snapshot
	gone     bool   // the retention is over
	held     bool   // it has not been told to start
	recalled bool   // a client called it off
	early    bool   // the request came before the last hint allowed it
	hint     string // Retry-After, or empty
}

func (op *operation) age(now time.Time) time.Duration {
	return max(now.Sub(op.accepted), 0)
}

// plan is when it runs, as far as is known now.
func (op *operation) plan() plan {
	p := plan{queue: op.scenario.queue(), run: op.run}
	if op.job != nil {
		p.queue = op.job.wait()
	} else if op.hand != nil {
		p.queue += op.hand.detained
	}
	return p
}

// state is At, with the plan, the cancellation and what was done by hand.
func (op *operation) state(now time.Time) Snapshot {
	age := op.age(now)
	if op.hand != nil {
		return op.handled(age)
	}
	return op.stateAt(age)
}

func (op *operation) stateAt(age time.Duration) Snapshot {
	if op.cancelled >= 0 {
		return cancelledAt(op.scenario, at(op.scenario, op.plan(), op.cancelled, 0), age, op.cancelled)
	}
	snap := at(op.scenario, op.plan(), age, op.polls)
	if snap.Status.Done() {
		snap.Changed = max(snap.Changed, op.released)
	}
	return snap
}

// gone reports whether an operation in the state snap is past its retention.
func (op *operation) gone(snap Snapshot, now time.Time) bool {
	if op.hand != nil && op.hand.expired {
		return true
	}
	return snap.Status.Done() && op.age(now)-snap.Changed >= op.scenario.retention()
}

// look makes a view without a hint: the request does not count as a poll.
func (op *operation) look(now time.Time) view {
	snap := op.state(now)
	return view{
		submission: op.submission, id: op.id, accepted: op.accepted, snap: snap, gone: op.gone(snap, now),
		held: op.hand.held(), recalled: op.cancelled >= 0,
	}
}

// promise makes a view for an answer that carries a hint, and remembers the hint.
func (op *operation) promise(now time.Time, scale float64) view {
	v := op.look(now)
	v.hint, op.notBefore = op.retryAfter().hint(v.snap, now, scale)
	return v
}

// retryAfter is what hints are: none where the dialect knows none, unless the
// scenario asks for them.
func (sub *submission) retryAfter() RetryAfter {
	if sub.scenario.RetryAfter == (RetryAfter{}) && !sub.dialect.has(hasHints) {
		return RetryAfter{Form: RetryNone}
	}
	return sub.scenario.RetryAfter
}

// answeredWith is a submission whose result has another HTTP status.
func (sub *submission) answeredWith(code int) *submission {
	other, sc := *sub, *sub.scenario
	sc.ResultStatus = code
	other.scenario = &sc
	return &other
}

// submit counts one submit of this operation.
func (op *operation) submit(now time.Time, scale float64) view {
	op.submits++
	return op.promise(now, scale)
}

// poll counts one request for the status. The details are kept if keep is set.
// The end is what it tells, if it has come and tells is set.
func (op *operation) poll(now time.Time, scale float64, keep, tells bool) view {
	floor := op.notBefore
	early := now.Before(floor)
	op.polls++
	if early {
		op.early++
	}
	if op.polls == op.scenario.Polls {
		op.released = op.age(now)
	}
	v := op.promise(now, scale)
	v.early = early
	op.observe(now, floor, v, keep, tells)
	return v
}

// resume makes the view for the answer to a poll that was held: it was counted as
// early when it came.
func (op *operation) resume(now time.Time, scale float64, early, tells bool) view {
	v := op.promise(now, scale)
	v.early = early
	if c := op.watched(); tells && v.snap.Status.Done() && c.told.IsZero() {
		c.told, c.toldBy, c.toldGone = now, op.polls, v.gone
	}
	return v
}

// fetch counts one request for the result.
func (op *operation) fetch(now time.Time) view {
	op.watched().results++
	return op.look(now)
}

// cancel calls it off, if it can be and is not done. It reports whether the operation is
// called off now, by this request or by one before.
func (op *operation) cancel(now time.Time, scale float64) (v view, ok bool) {
	v = op.look(now)
	switch {
	case op.scenario.NoCancel || v.gone:
		return v, false
	case op.cancelled >= 0:
		return op.promise(now, scale), true
	case v.snap.Status.Done():
		return v, false
	}
	op.thaw(now)
	op.cancelled = op.age(now)
	if op.job != nil {
		op.job.leave(now, op.scenario.cancelDelay())
	}
	v = op.promise(now, scale)
	v.gone = false // also without any retention, the answer to this DELETE is what it did
	return v, true
}
