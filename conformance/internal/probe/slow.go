package probe

import (
	"net/http"
	"sync"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/conformance/internal/rules"
)

// probeSlow is what a client does: submit, poll, fetch the result. It polls once at once, and in the
// end asks again for what it was told. accepted hears whether it is worth to go on asking.
func (r *run) probeSlow(accepted chan<- bool) {
	over := sync.OnceFunc(func() { close(r.slowOver) })
	defer over()
	v := r.talk(evidence.ProbeSlow)
	defer v.end()
	r.begin(evidence.ProbeSlow, purposeOf(evidence.ProbeSlow))
	ok := v.submit(r.target.Slow, nil)
	r.learn(v.op)
	accepted <- ok
	if !ok || !r.follows(evidence.ProbeSlow) {
		return
	}
	v.step(evidence.RoleImmediate)
	v.follow()
	if !v.told() {
		return
	}
	r.mu.Lock()
	r.slowRan, _ = rules.Ran(&v.t, r.dialect)
	r.mu.Unlock()
	over()
	v.release()
	v.again(3)
	if r.asks(evidence.RoleRetained) && v.pause(r.s.settle(), "to see whether the end can still be read") {
		v.ask(evidence.RoleRetained, http.MethodGet, v.status, nil, owner)
	}
}

// release gives the places of a conversation back, whose operations are over.
func (v *talk) release() {
	if v.places > 0 && (v.op.Done() || v.told()) {
		v.r.governor.end(v.places)
		v.places = 0
	}
}
