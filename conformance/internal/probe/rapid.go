package probe

import (
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/conformance/internal/rules"
)

const (
	rapidPolls = 20
	rapidGap   = 25 * time.Millisecond
)

// probeRapid polls without a pause and from two observers, which a GET must bear: the operation is
// to take no other course than one that is polled rarely. It stops when the server throttles.
func (r *run) probeRapid() {
	v, cancel := r.talk(evidence.ProbeRapid)
	defer cancel()
	defer v.end()
	if !v.submit(r.target.Slow, nil) {
		return
	}
	v.settle()
	other := r.newCaller()
	defer other.close()
	for range rapidPolls {
		if v.op.Done() || v.role() != evidence.RolePoll || !v.pause(rapidGap, "between two of many polls") {
			break
		}
		v.c, other = other, v.c
		v.step(evidence.RoleRapid)
		if n := len(v.t.Exchanges); n > 0 && rules.Throttled(v.t.Exchanges[n-1].Response.Status) {
			break
		}
	}
	v.follow()
}

// probeBurst polls many times at once, each on a connection of its own.
func (r *run) probeBurst() {
	v, cancel := r.talk(evidence.ProbeBurst)
	defer cancel()
	defer v.end()
	if !v.submit(r.target.Slow, nil) {
		return
	}
	v.settle()
	if v.op.Done() {
		return
	}
	v.together(evidence.BurstPolls, func(w *talk) {
		w.ask(evidence.RoleBurst, http.MethodGet, v.status, nil, owner)
	})
	if n := len(v.t.Exchanges); n > 0 {
		last := v.t.Exchanges[n-1].Reply()
		v.pause(hint(last), "the server asks for it")
	}
	v.follow()
}
