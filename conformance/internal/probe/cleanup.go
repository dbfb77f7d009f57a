package probe

import (
	"context"
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// longestCleanup bounds how long is spent on what the probes left running.
const longestCleanup = 15 * time.Second

// cleanupTime is the part of a budget that is kept for that: an eighth, at most [longestCleanup].
func cleanupTime(budget time.Duration) time.Duration { return min(longestCleanup, budget/8) }

// cleanUp cancels what the probes left running, where the server was seen to do that, and returns the
// status URLs of what may still run. Of a run that was interrupted nothing is cancelled: nobody asked.
func (r *run) cleanUp(ctx context.Context) []string {
	open := r.ledger.open()
	if len(open) > 0 && ctx.Err() == nil {
		v := r.talk(evidence.ProbeCleanup)
		v.ctx, v.cancel = context.WithTimeoutCause(ctx, longestCleanup, errBudget)
		r.begin(evidence.ProbeCleanup, purposeOf(evidence.ProbeCleanup))
		for _, e := range open {
			v.putAway(e)
		}
		v.t.Ended, v.t.Cause = "", ""
		v.cancel()
		v.c.close()
		r.keep(v.t)
		open = r.ledger.open()
	}
	var left []string
	for _, e := range open {
		left = append(left, show.URL(e.op.StatusURL))
	}
	return left
}

// putAway asks for an operation that is likely to be over, and cancels one that is not.
func (v *talk) putAway(e entry) {
	if v.ctx.Err() != nil {
		return
	}
	if ran, known := v.r.slowTook(); known && time.Since(e.began) > ran && e.op.Phase == lro.Polling && v.r.s.Limits.May(e.op.Next.Method) {
		op := lro.Next(v.r.dialect, e.op, v.send(evidence.RoleCleanup, e.op.Next, owner, maxStatusBody))
		v.r.ledger.enter(op, time.Now())
		if op.Done() || op.Phase == lro.Fetching {
			v.r.ledger.close(e.op.StatusURL)
			return
		}
	}
	if v.sendCancel(e.op) {
		v.r.ledger.close(e.op.StatusURL)
	}
}

// sendCancel sends the cancellation of an operation if that is known to work, and reports whether the
// operation is over or will be.
func (v *talk) sendCancel(op lro.Operation) bool {
	req, ok := v.r.dialect.Cancel(op)
	if !ok || !v.r.cancels() || !v.r.s.Limits.May(req.Method) {
		return false
	}
	r := v.send(evidence.RoleCleanup, req, owner, maxStatusBody)
	switch {
	case r.Status/100 == 2, r.Status == http.StatusConflict, r.Status == http.StatusNotFound, r.Status == http.StatusGone:
		return true
	}
	return false
}

// cancels reports whether the server cancels: the target says so, or it was seen to, and was not seen not
// to.
func (r *run) cancels() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.target.Cancel == evidence.Unsupported, r.cancelRefused:
		return false
	}
	return r.target.Cancel == evidence.Supported || r.cancelTaken
}
