package probe

import (
	"net/http"
	"sync"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// runningTalks are the conversations in which an operation is called off that runs. The later ones are
// held where the operation of the one before was over too soon.
var runningTalks = []string{evidence.ProbeCancel + "/1", evidence.ProbeCancel + "/3", evidence.ProbeCancel + "/4"}

// probeCancel calls off an operation that runs, twice, and, in a second conversation, one that is
// over.
func (r *run) probeCancel() {
	var both sync.WaitGroup
	defer both.Wait()
	both.Go(func() {
		for try, name := range runningTalks {
			if tooSoon := r.cancelRunning(name, try > 0); !tooSoon {
				break
			}
		}
	})
	if r.target.Cancel != evidence.Unsupported {
		both.Go(r.cancelFinished)
	}
}

// cancelRunning calls off an operation after its first poll, or, if it has to be quick, before. It says
// whether the operation was over too soon for that.
func (r *run) cancelRunning(name string, quick bool) (tooSoon bool) {
	v, cancel := r.talk(name)
	defer cancel()
	defer v.end()
	if !v.submit(r.target.Slow, nil) {
		return false
	}
	v.settle()
	if !quick && !v.op.Done() && v.op.Phase == lro.Polling && v.wait("the server asks for it") {
		v.step(evidence.RolePoll)
	}
	req, ok := r.dialect.Cancel(v.op)
	if !ok || v.op.Done() || v.op.Phase != lro.Polling || v.ctx.Err() != nil {
		return ok && v.told()
	}
	var said lro.CancelAnswer
	v.op, said = lro.AfterCancel(v.op, v.send(evidence.RoleCancel, req, owner, maxStatusBody))
	v.send(evidence.RoleCancelAgain, req, owner, maxStatusBody)
	if said != lro.CancelAccepted && said != lro.CancelFailed {
		if v.wait("the server asks for it") {
			v.step(v.role())
		}
		return false
	}
	v.follow()
	if v.op.StatusURL != "" && v.ctx.Err() == nil {
		v.again(3)
	}
	return false
}

func (r *run) cancelFinished() {
	v, cancel := r.talk(evidence.ProbeCancel + "/2")
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
	v.ask(evidence.RoleAgain, http.MethodGet, v.status, nil, owner)
	v.send(evidence.RoleCancelLate, req, owner, maxStatusBody)
	v.again(2)
}

// soon is the submit whose work is done soon, as far as one is known.
func (r *run) soon() *evidence.Submit {
	if r.target.Fast != nil {
		return r.target.Fast
	}
	return r.target.Slow
}
