package conformance

import (
	"net/http"
	"sync"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// probeCancel calls off an operation that runs, twice, and, in a second conversation, one that is
// over.
func (r *run) probeCancel() {
	var both sync.WaitGroup
	defer both.Wait()
	both.Go(r.cancelRunning)
	if r.target.Cancel != Unsupported {
		both.Go(r.cancelFinished)
	}
}

func (r *run) cancelRunning() {
	v, cancel := r.talk(ProbeCancel + "/1")
	defer cancel()
	defer v.end()
	if !v.submit(r.target.Slow, nil) {
		return
	}
	v.settle()
	if v.op.Done() || v.op.Phase != lro.Polling || !v.wait("the server asks for it") {
		return
	}
	v.step(RolePoll)
	req, ok := r.dialect.Cancel(v.op)
	if !ok || v.op.Done() || v.op.Phase != lro.Polling {
		return
	}
	var said lro.CancelAnswer
	v.op, said = lro.AfterCancel(v.op, v.send(RoleCancel, req, owner, maxStatusBody))
	v.send(RoleCancelAgain, req, owner, maxStatusBody)
	if said != lro.CancelAccepted && said != lro.CancelFailed {
		if v.wait("the server asks for it") {
			v.step(v.role())
		}
		return
	}
	v.follow()
	if v.op.StatusURL != "" && v.ctx.Err() == nil {
		v.again(3)
	}
}

func (r *run) cancelFinished() {
	v, cancel := r.talk(ProbeCancel + "/2")
	defer cancel()
	defer v.end()
	if !v.submit(r.soon(), nil) {
		return
	}
	v.follow()
	req, ok := r.dialect.Cancel(v.op)
	if !ok || v.op.Outcome != lro.Succeeded {
		return
	}
	v.ask(RoleAgain, http.MethodGet, v.status, nil, owner)
	v.send(RoleCancelLate, req, owner, maxStatusBody)
	v.again(2)
}

// soon is the submit whose work is done soon, as far as one is known.
func (r *run) soon() *Submit {
	if r.target.Fast != nil {
		return r.target.Fast
	}
	return r.target.Slow
}
