package probe

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/conformance/internal/rules"
)

const (
	rapidPolls = 20
	rapidGap   = 25 * time.Millisecond
)

// probeRapid polls without a pause and from two observers, which a GET must bear: the operation is
// to take no other course than one that is polled rarely. Where it seems to, two more pairs of operations
// are compared, because one piece of work takes longer than another.
func (r *run) probeRapid() {
	first := r.rapid(evidence.ProbeRapid)
	if ran, known := r.awaitSlow(r.ctx); !known || !rules.Differs(first, ran, r.dialect) {
		return
	}
	var pair sync.WaitGroup
	defer pair.Wait()
	for n := 2; n <= 3; n++ {
		pair.Go(func() { r.rapid(fmt.Sprintf("%s/%d", evidence.ProbeRapid, n)) })
		pair.Go(func() { r.rare(n - 1) })
	}
}

// rapid follows an operation that is polled often. It stops that when the server throttles.
func (r *run) rapid(name string) *evidence.Transcript {
	v := r.talk(name)
	defer v.end()
	if !v.submit(r.target.Slow, nil) {
		return &v.t
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
		if rules.Throttled(v.lastStatus()) {
			break
		}
	}
	v.op.Polls = 1 // the pace does not go by those
	v.follow()
	return &v.t
}

// rare follows an operation as a client does, to compare with one that is polled often.
func (r *run) rare(n int) {
	v := r.talk(fmt.Sprintf("%s/%d", evidence.ProbeRare, n))
	defer v.end()
	if v.submit(r.target.Slow, nil) {
		v.follow()
	}
}

// probeBurst polls many times at once, each on a connection of its own.
func (r *run) probeBurst() {
	v := r.talk(evidence.ProbeBurst)
	defer v.end()
	if !v.submit(r.target.Slow, nil) {
		return
	}
	v.settle()
	if v.op.Done() {
		return
	}
	v.together(evidence.BurstPolls, func(w *talk) {
		w.send(evidence.RoleBurst, v.poll, owner, maxStatusBody)
	})
	if n := len(v.t.Exchanges); n > 0 {
		v.pause(hint(v.t.Exchanges[n-1].Reply()), "the server asks for it")
	}
	v.follow()
}

// together lets n callers act at the same time, each over a connection of its own, and takes over
// what they recorded.
func (v *talk) together(n int, act func(*talk)) {
	talks := make([]talk, n)
	var all sync.WaitGroup
	for i := range talks {
		talks[i] = talk{r: v.r, c: v.r.newCaller(), t: evidence.Transcript{Probe: v.t.Probe}, ctx: v.ctx, hasty: true}
		all.Go(func() {
			act(&talks[i])
			talks[i].c.close()
		})
	}
	all.Wait()
	for i := range talks {
		v.t.Exchanges = append(v.t.Exchanges, talks[i].t.Exchanges...)
	}
}

// probeRetention waits until the record of an operation may be gone, and asks for it.
func (r *run) probeRetention() {
	v := r.talk(evidence.ProbeRetention)
	defer v.end()
	if !v.submit(r.soon(), nil) {
		return
	}
	v.extend(r.s.patience() + r.target.Retention + 10*time.Second)
	v.follow()
	v.release()
	if !evidence.Over(v.op) || !v.pause(r.target.Retention+2*time.Second, "for the end of the retention") {
		return
	}
	v.ask(evidence.RoleExpired, http.MethodGet, v.status, nil, owner)
	v.ask(evidence.RoleExpired, http.MethodGet, v.op.ResultURL, nil, owner)
}
