package probe

import (
	"net/http"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/conformance/internal/rules"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// runningTalks are the conversations in which an operation is cancelled that runs, each with more haste than
// the one before, and held where the operation of that one was over too soon.
var runningTalks = []string{evidence.ProbeCancel + "/1", evidence.ProbeCancel + "/3", evidence.ProbeCancel + "/4"}

// probeCancel cancels an operation that runs, twice, and, in a second conversation, one that is
// over.
func (r *run) probeCancel() {
	var both sync.WaitGroup
	defer both.Wait()
	if r.asks(evidence.RoleCancel) {
		both.Go(func() {
			for try, name := range runningTalks {
				if tooSoon := r.cancelRunning(name, haste(try)); !tooSoon {
					break
				}
			}
		})
	}
	if r.target.Cancel != evidence.Unsupported && r.asks(evidence.RoleCancelLate) {
		both.Go(r.cancelFinished)
	}
}

// cancellation is the request that cancels an operation; false: there is none, or it may not be sent.
func (v *talk) cancellation() (lro.Request, bool) {
	req, ok := v.r.dialect.Cancel(v.op)
	return req, ok && v.r.s.Limits.May(req.Method)
}

// haste is how soon after its acceptance an operation is cancelled.
type haste int

const (
	afterPoll haste = iota // when a poll at the pace of the server was answered
	afterLook              // when a poll at once was answered
	atOnce                 // without a poll
)

// cancelRunning cancels an operation that runs. It reports whether the operation was over too soon for
// that. What is sent in haste does not wait for the turns of other conversations.
func (r *run) cancelRunning(name string, soon haste) (tooSoon bool) {
	v := r.talk(name)
	defer v.end()
	if !v.submitAhead(r.target.Slow, soon) {
		return false
	}
	if soon != atOnce {
		v.settle()
	}
	if soon == afterPoll && !v.op.Done() && v.op.Phase == lro.Polling && v.wait() {
		v.step(evidence.RolePoll)
	}
	req, ok := v.cancellation()
	if !ok || v.op.Done() || v.op.Phase != lro.Polling || v.ctx.Err() != nil {
		return ok && v.told()
	}
	answer := v.logical(evidence.RoleCancel, req, owner, maxStatusBody)
	if soon == atOnce && answer.Status == http.StatusNotFound {
		v.again1() // the status URL may not be known yet
		v.settle()
		answer = v.logical(evidence.RoleCancel, req, owner, maxStatusBody)
	}
	var said lro.CancelAnswer
	v.op, said = lro.AfterCancel(v.op, answer)
	r.learnCancel(said)
	if r.asks(evidence.RoleCancelAgain) {
		v.logical(evidence.RoleCancelAgain, req, owner, maxStatusBody)
	}
	if said != lro.CancelAccepted && said != lro.CancelFailed {
		if v.wait() {
			v.step(v.role())
		}
		return said != lro.CancelUnsupported && v.told()
	}
	v.follow()
	v.note()
	if v.op.StatusURL != "" && v.ctx.Err() == nil {
		v.release()
		v.watch(r.asks(evidence.RoleAgain))
	}
	return false
}

// watch asks for the end again for as long as the work could still come to an end of its own, and a
// little longer (see [rules.Watched]).
func (v *talk) watch(asked bool) {
	if !asked {
		return
	}
	v.again(3)
	accepted, ok := rules.AcceptedAt(&v.t, v.r.dialect)
	ran, known := v.r.awaitSlow(v.ctx)
	if !ok || !known {
		return
	}
	until := accepted.Add(rules.Watched(ran) + min(v.r.s.settle(), time.Second))
	left := time.Until(until)
	v.extend(left + v.r.s.requestTimeout())
	gap := max(left/8, breath)
	for time.Now().Before(until) && v.pause(min(gap, time.Until(until)), "to see whether the end stays") {
		v.ask(evidence.RoleAgain, http.MethodGet, v.status, nil, owner)
	}
}

// extend gives the conversation time for something that takes long by its nature, as far as the run
// has it.
func (v *talk) extend(d time.Duration) {
	if deadline, ok := v.ctx.Deadline(); ok && v.ctx.Err() == nil && time.Until(deadline) < d {
		v.cancel()
		v.cancel = nil
		v.start(d)
	}
}

func (r *run) cancelFinished() {
	v := r.talk(evidence.ProbeCancel + "/2")
	defer v.end()
	if !v.submit(r.soon(), nil) {
		return
	}
	v.follow()
	v.release()
	req, ok := v.cancellation()
	if !ok || v.op.Outcome != lro.Succeeded {
		return
	}
	result := v.op.ResultURL
	v.ask(evidence.RoleAgain, http.MethodGet, v.status, nil, owner)
	v.logical(evidence.RoleCancelLate, req, owner, maxStatusBody)
	v.again(2)
	if result != "" && v.c.trusted(result) {
		v.ask(evidence.RoleLateResult, http.MethodGet, result, nil, owner)
		v.again(1)
	}
}

// soon is the submit whose work is done soon, as far as one is known.
func (r *run) soon() *evidence.Submit {
	if r.target.Fast != nil {
		return r.target.Fast
	}
	return r.target.Slow
}
