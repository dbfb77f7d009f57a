package probe

import (
	"net/http"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
)

// probeSlow is what a client does: submit, poll, fetch the result. It polls once at once, and in the
// end asks again for what it was told. accepted hears whether it is worth to go on asking.
func (r *run) probeSlow(accepted chan<- bool) {
	v, cancel := r.talk(evidence.ProbeSlow)
	defer cancel()
	defer v.end()
	r.begin(evidence.ProbeSlow, "follows an operation to its end")
	ok := v.submit(r.target.Slow, nil)
	r.learn(v.op)
	accepted <- ok
	if !ok {
		return
	}
	v.step(evidence.RoleImmediate)
	v.follow()
	if !v.told() {
		return
	}
	v.again(3)
	if v.pause(r.s.settle(), "to see whether the end can still be read") {
		v.ask(evidence.RoleRetained, http.MethodGet, v.status, nil, owner)
	}
}

// again polls an operation that is over.
func (v *talk) again(times int) {
	for range times {
		r := v.ask(evidence.RoleAgain, http.MethodGet, v.status, nil, owner)
		if !v.pause(max(hint(r), breath), "between polls after the end") {
			return
		}
	}
}
