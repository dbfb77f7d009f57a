package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/conformance/internal/rules"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller/lro"
)

const (
	maxStatusBody = 1 << 20
	maxResultBody = 64 << 10
	// breath is the pause before something is sent again.
	breath = 250 * time.Millisecond
)

// talk is a conversation that is being held.
type talk struct {
	r        *run
	c        *caller
	t        evidence.Transcript
	op       lro.Operation
	status   string      // the URL that the acceptance named
	poll     lro.Request // how it is polled
	ctx      context.Context
	cancel   context.CancelFunc
	places   int             // of the governor
	mine     map[string]bool // the status URLs of the operations that it began
	moves    int             // of the status URL, as far as they were seen
	reserved []time.Time     // places in the row to the origin of the submit, for its next requests
	hasty    bool            // it does not wait for its turn: many requests at the same time are the point
}

// talk begins a conversation. The time for it begins with its first operation.
func (r *run) talk(name string) *talk {
	return &talk{r: r, c: r.newCaller(), t: evidence.Transcript{Probe: name}, ctx: r.ctx, mine: map[string]bool{}}
}

// start begins the time for the conversation.
func (v *talk) start(patience time.Duration) {
	if v.cancel == nil {
		v.ctx, v.cancel = context.WithTimeoutCause(v.r.ctx, patience, errBudget)
	}
}

// step sends what is next and folds the answer in.
func (v *talk) step(role evidence.Role) {
	if v.ctx.Err() != nil {
		return
	}
	limit := int64(maxStatusBody)
	if v.op.Phase == lro.Fetching {
		limit = cmp.Or(v.r.s.MaxBody, maxResultBody)
	}
	req := v.op.Next
	r := v.send(role, req, owner, limit)
	for hops := 0; hops < 3; hops++ {
		other := respelt(req, r)
		if other == "" {
			break
		}
		v.again1()
		req.URL, v.op.Next.URL = other, other
		r = v.send(role, req, owner, limit)
	}
	if v.ctx.Err() != nil && r.Status == 0 {
		return
	}
	v.op = lro.Next(v.r.dialect, v.op, r)
	v.note()
}

// note enters the operation into the ledger.
func (v *talk) note() {
	if v.op.Moves > v.moves {
		v.moves = v.op.Moves
		if v.lastStatus()/100 == 2 && v.status != "" {
			v.status = v.op.StatusURL // a status handed the operation over to another URL, which tells the end
		}
	}
	if v.op.StatusURL != "" {
		v.mine[v.op.StatusURL] = true
		v.r.ledger.enter(v.op, time.Now())
	}
}

// role is what the next request of the operation is for.
func (v *talk) role() evidence.Role {
	switch v.op.Phase {
	case lro.Following:
		return evidence.RoleHop
	case lro.Fetching:
		return evidence.RoleResult
	}
	return evidence.RolePoll
}

// follow polls until the operation is over.
func (v *talk) follow() {
	for !v.op.Done() && v.wait() {
		v.step(v.role())
	}
}

// settle polls at once, and then until the status URL answers: it may not be readable at once.
func (v *talk) settle() {
	v.step(evidence.RoleImmediate)
	for v.op.Misses > 0 && !v.op.Done() && v.wait() {
		v.step(v.role())
	}
}

// told reports whether the end of the operation was told, though perhaps not its result.
func (v *talk) told() bool { return rules.Told(&v.t, v.r.dialect) }

// wait waits until the next request is due; false: the time is up.
func (v *talk) wait() bool {
	now := time.Now()
	if v.op.Phase == lro.Submitting && v.op.NotBefore.Before(now) {
		return v.ctx.Err() == nil
	}
	due := v.r.s.Pace.Due(v.op, now, rand.Float64())
	return v.pause(due.Sub(now), "the server asks for it")
}

// pause waits; false: the time is up. A wait that ends after that is not begun.
func (v *talk) pause(d time.Duration, why string) bool {
	if d <= 0 {
		return v.ctx.Err() == nil
	}
	if deadline, ok := v.ctx.Deadline(); ok && time.Until(deadline) < d {
		v.giveUp(d, why)
		return false
	}
	v.r.observe(Event{Waiting: &Waiting{Probe: v.t.Probe, Until: time.Now().Add(d), Why: why}})
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return v.ctx.Err() == nil
	case <-v.ctx.Done():
		return false
	}
}

// giveUp ends the time of the conversation, because what it waits for comes later. Where it is the
// server that asks for the wait, the transcript says so.
func (v *talk) giveUp(d time.Duration, why string) {
	switch {
	case v.op.Hinted && v.op.Hint >= d/2 && v.op.Hint > time.Second:
		v.t.Cause = fmt.Sprintf("the server asks to wait %v (Retry-After)", v.op.Hint.Round(time.Second))
	case why == ownTurn && d > 10*time.Second:
		v.t.Cause = fmt.Sprintf("the server asks to wait %v (Retry-After)", d.Round(time.Second))
	case d > 10*time.Second:
		v.t.Cause = fmt.Sprintf("the next request was due in %v (%s)", d.Round(time.Second), why)
	}
	v.t.Ended = evidence.EndedBudget
	if v.cancel != nil {
		v.cancel()
	}
}

// ownTurn is why a request waits for others.
const ownTurn = "for its turn"

// hint is how long the last answer asks to be left alone; 0: it does not.
func hint(r lro.Reply) time.Duration {
	d, _ := lro.RetryAfter(r)
	return d
}

// end closes the conversation and hands its transcript to the run. What it began and what is not known
// to be over is finished first where the next operation may not begin before.
func (v *talk) end() {
	if v.t.Ended == "" && v.ctx.Err() != nil {
		v.t.Ended = evidence.EndedInterrupted
		if errors.Is(context.Cause(v.ctx), errBudget) {
			v.t.Ended = evidence.EndedBudget
		}
	}
	if v.places > 0 && v.r.governor.strict() {
		ended, cause := v.t.Ended, v.t.Cause
		v.finishOwn()
		v.t.Ended, v.t.Cause = ended, cause
	}
	if v.places > 0 {
		v.r.governor.end(v.places)
	}
	if v.cancel != nil {
		v.cancel()
	}
	v.c.close()
	v.r.keep(v.t)
}

// shown is a URL as events show it.
func shown(url string) string { return show.URL(evidence.BareURL(url)) }
