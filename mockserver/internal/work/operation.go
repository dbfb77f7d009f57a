package work

import "time"

// A Manner is what the store needs to know of the dialect that an operation is
// spoken of in.
type Manner struct {
	Name      string
	Hints     bool // Retry-After belongs to it
	Numbers   bool // ids are numbers
	Redirects bool // a poll at the end of a success redirects to the result
	OwnEnd    bool // how it ends is not for the scenario to say
}

// A Submission is what a submit asked for. It never changes.
type Submission struct {
	Scenario    *Scenario
	Manner      *Manner
	Method      string
	Path        string
	ContentType string
	Size        int      // bytes of the body
	Body        []byte   // the body, if it is small enough to be repeated in the result
	Key         string   // Idempotency-Key without its quotes, or empty
	Resource    string   // what it is done to, in the dialects that let this be asked for; or empty
	Note        any      // what else the dialect keeps of the submit
	Hold        bool     // it does not start before it is told to
	Payload     [32]byte // fingerprint of the request, if there is a key
}

// An Operation is a submission and what happened to it since. Its state is
// computed, not stored. The lock of its shard guards it.
type Operation struct {
	*Submission
	ID        string
	Ordinal   uint64 // 1 for the first operation of the server
	Accepted  time.Time
	run       time.Duration // its own run time
	job       *job          // its place in the pool, or nil
	submits   int
	Polls     int
	early     int
	NotBefore time.Time     // the next poll is early before this moment
	released  time.Duration // the age at which polls reached Scenario.Polls
	cancelled time.Duration // the age at which it was cancelled, or negative
	Led       bool          // the last answer redirected the client to the status
	Hand      *Hand         // what was done to it by hand, or nil
	Past      *Past         // what the faults remember of it, or nil
	Conduct   *Conduct      // what its client did, or nil
}

// A View is a copy of an operation as one request sees it.
type View struct {
	*Submission
	ID       string
	Accepted time.Time
	Snap     Snapshot
	Gone     bool   // the retention is over
	Frozen   bool   // it stands still, by hand
	Held     bool   // it has not been told to start
	Recalled bool   // a client cancelled it
	Early    bool   // the request came before the last hint allowed it
	Hint     string // Retry-After, or empty
}

func (op *Operation) age(now time.Time) time.Duration {
	return max(now.Sub(op.Accepted), 0)
}

// Plan is when it runs, as far as is known now.
func (op *Operation) Plan() Plan {
	p := Plan{Queue: op.Scenario.queue(), run: op.run}
	if op.job != nil {
		p.Queue = op.job.wait()
	} else if op.Hand != nil {
		p.Queue += op.Hand.detained
	}
	return p
}

// State is At, with the plan, the cancellation and what was done by hand.
func (op *Operation) State(now time.Time) Snapshot {
	age := op.age(now)
	if op.Hand != nil {
		return op.handled(age)
	}
	return op.stateAt(age)
}

func (op *Operation) stateAt(age time.Duration) Snapshot {
	if op.cancelled >= 0 {
		return cancelledAt(op.Scenario, at(op.Scenario, op.Plan(), op.cancelled, 0), age, op.cancelled)
	}
	snap := at(op.Scenario, op.Plan(), age, op.Polls)
	if snap.Status.Done() {
		snap.Changed = max(snap.Changed, op.released)
	}
	return snap
}

// Gone reports whether an operation in the state snap is past its retention.
func (op *Operation) gone(snap Snapshot, now time.Time) bool {
	if op.Hand != nil && op.Hand.expired {
		return true
	}
	return snap.Status.Done() && op.age(now)-snap.Changed >= Kept(op.Scenario)
}

// Look makes a view without a hint: the request does not count as a poll.
func (op *Operation) Look(now time.Time) View {
	snap := op.State(now)
	return View{
		Submission: op.Submission, ID: op.ID, Accepted: op.Accepted, Snap: snap, Gone: op.gone(snap, now),
		Held: op.Hand.Held(), Frozen: op.Hand != nil && op.Hand.frozen, Recalled: op.cancelled >= 0,
	}
}

// Promise makes a view for an answer that carries a hint, and remembers the hint.
func (op *Operation) Promise(now time.Time, scale float64) View {
	v := op.Look(now)
	v.Hint, op.NotBefore = HintOf(op.RetryAfter(), v.Snap, now, scale)
	return v
}

// RetryAfter is what hints are: none where the dialect knows none, unless the
// Scenario asks for them.
func (sub *Submission) RetryAfter() RetryAfter {
	if sub.Scenario.RetryAfter == (RetryAfter{}) && !sub.Manner.Hints {
		return RetryAfter{Form: RetryNone}
	}
	return sub.Scenario.RetryAfter
}

// AnsweredWith is a submission whose result has another HTTP status.
func (sub *Submission) AnsweredWith(code int) *Submission {
	other, sc := *sub, *sub.Scenario
	sc.ResultStatus = code
	other.Scenario = &sc
	return &other
}

// submit counts one submit of this operation.
func (op *Operation) submit(now time.Time, scale float64) View {
	op.submits++
	return op.Promise(now, scale)
}

// Poll counts one request for the status. The details are kept if keep is set.
// The end is what it tells, if it has come and tells is set.
func (op *Operation) Poll(now time.Time, scale float64, keep, tells bool) View {
	floor := op.NotBefore
	early := now.Add(Times(timerSlack, scale)).Before(floor)
	if op.Led {
		op.Led = false
		if early {
			return op.follow(now, scale, tells)
		}
	}
	op.Polls++
	if early {
		op.early++
	}
	if op.Polls == op.Scenario.Polls {
		op.released = op.age(now)
	}
	v := op.Promise(now, scale)
	v.Early = early
	op.observe(now, floor, v, keep, tells)
	return v
}

// follow answers a request for the status that the server itself led the client
// to, by a redirect: it is no poll, since the client did not choose its moment.
func (op *Operation) follow(now time.Time, scale float64, tells bool) View {
	v := op.Promise(now, scale)
	op.tell(now, v, tells)
	return v
}

// tell notes that the client is being told the end, if it has come.
func (op *Operation) tell(now time.Time, v View, tells bool) {
	if c := op.Watched(); tells && v.Snap.Status.Done() && c.told.IsZero() {
		c.told, c.toldBy, c.toldGone = now, op.Polls, v.Gone
	}
}

// Resume makes the view for the answer to a poll that was held: it was counted as
// Early when it came.
func (op *Operation) Resume(now time.Time, scale float64, early, tells bool) View {
	v := op.Promise(now, scale)
	v.Early = early
	op.tell(now, v, tells)
	return v
}

// Fetch counts one request for the result.
func (op *Operation) Fetch(now time.Time) View {
	op.Watched().results++
	return op.Look(now)
}

// Cancel cancels it, if it can be and is not done. It reports whether the operation is
// cancelled now, by this request or by one before.
func (op *Operation) Cancel(now time.Time, scale float64) (v View, ok bool) {
	v = op.Look(now)
	switch {
	case op.Scenario.NoCancel || v.Gone:
		return v, false
	case op.cancelled >= 0:
		return op.Promise(now, scale), true
	case v.Snap.Status.Done():
		return v, false
	}
	op.Thaw(now)
	op.cancelled = op.age(now)
	if op.job != nil {
		op.job.leave(now, op.Scenario.cancelDelay())
	}
	v = op.Promise(now, scale)
	v.Gone = false // also without any retention, the answer to this DELETE is what it did
	return v, true
}

// Partial reports whether it succeeded in part only.
func (v View) Partial() bool {
	return v.Snap.Status == Succeeded && v.Scenario.Outcome == OutcomePartial
}

// Changed is when its state last changed.
func (v View) Changed() time.Time { return v.Accepted.Add(v.Snap.Changed) }
