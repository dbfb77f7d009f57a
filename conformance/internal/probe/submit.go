package probe

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// probePrefer submits with a preference that nobody knows, and with one to be answered
// asynchronously.
func (r *run) probePrefer() {
	var both sync.WaitGroup
	defer both.Wait()
	for i, preference := range []string{evidence.UnknownPreference, evidence.AsyncPreference} {
		both.Go(func() {
			v, cancel := r.talk(fmt.Sprintf("%s/%d", evidence.ProbePrefer, i+1))
			defer cancel()
			defer v.end()
			if v.submit(r.target.Slow, evidence.Fields{{Name: "Prefer", Value: preference}}) {
				v.settle()
			}
		})
	}
}

// probeInvalid submits what must be refused.
func (r *run) probeInvalid() {
	v, cancel := r.talk(evidence.ProbeInvalid)
	defer cancel()
	defer v.end()
	v.submit(r.target.Invalid, nil)
}

// probeFail follows an operation that fails, and asks for its end again.
func (r *run) probeFail() {
	v, cancel := r.talk(evidence.ProbeFail)
	defer cancel()
	defer v.end()
	if !v.submit(r.target.Fail, nil) {
		return
	}
	v.follow()
	if !v.told() {
		return
	}
	for range 3 {
		if !v.pause(r.s.settle()/3, "to see whether the failure can still be read") {
			return
		}
		v.ask(evidence.RoleAgain, http.MethodGet, v.status, nil, owner)
	}
}

// probeIdempotency submits with keys: with one key in turn and again after the end, with one key for
// two contents, and with one key at the same time. The later two only if the first shows that keys
// are heeded, or the target says so.
func (r *run) probeIdempotency() {
	if !r.sameKeyInTurn() && r.target.Keys != evidence.Supported || r.ctx.Err() != nil {
		return
	}
	r.sameKeyOtherContent()
	r.sameKeyTogether()
}

// sameKeyInTurn says whether the second submit with a key led to the operation of the first.
func (r *run) sameKeyInTurn() bool {
	slow := r.target.Slow.Fresh()
	v, cancel := r.talk(evidence.ProbeIdempotency + "/1")
	defer cancel()
	defer v.end()
	if !v.submit(r.target.Slow, newKey()) {
		return false
	}
	other := v.op.StatusURL
	key := newKey()
	if !v.submit(slow, key) {
		return false
	}
	first := v.op.StatusURL
	v.submit(slow, key)
	heeded := v.op.StatusURL == first && first != other
	if !heeded {
		return false
	}
	v.follow()
	if evidence.Over(v.op) {
		v.submit(slow, key)
	}
	return true
}

func (r *run) sameKeyOtherContent() {
	other := r.otherContent()
	if other == nil {
		return
	}
	v, cancel := r.talk(evidence.ProbeIdempotency + "/2")
	defer cancel()
	defer v.end()
	key, slow := newKey(), r.target.Slow.Fresh()
	if v.submit(slow, key) {
		v.submit(other.Fresh(), key)
	}
}

func (r *run) sameKeyTogether() {
	v, cancel := r.talk(evidence.ProbeIdempotency + "/3")
	defer cancel()
	defer v.end()
	key, slow := newKey(), r.target.Slow.Fresh()
	v.together(evidence.ConcurrentSubmits, func(w *talk) {
		req := lro.Request{Method: slow.Verb(), URL: slow.URL, Header: slow.Header.HTTP(), Body: slow.Body}
		put(req.Header, key.HTTP())
		w.send(evidence.RoleSubmit, r.dialect.Prepare(req), owner, maxStatusBody)
	})
}

// otherContent is the slow submit with other content that should be valid, too; nil: none is known.
func (r *run) otherContent() *evidence.Submit {
	slow := r.target.Slow
	for _, s := range []*evidence.Submit{r.target.Fast, r.target.Fail} {
		if s != nil && s.URL == slow.URL && s.Verb() == slow.Verb() && !bytes.Equal(s.Body, slow.Body) {
			return s
		}
	}
	body := bytes.TrimSpace(slow.Body)
	if !lro.JSON(body).IsObject() || body[len(body)-1] != '}' {
		return nil
	}
	comma := ","
	if len(bytes.TrimSpace(body[1:len(body)-1])) == 0 {
		comma = ""
	}
	other := *slow
	other.Body = slices.Concat(body[:len(body)-1], []byte(comma+`"asyncctl":"other"}`))
	return &other
}

// newKey is an Idempotency-Key as the draft has it, a string of structured fields.
func newKey() evidence.Fields {
	return evidence.Fields{{Name: "Idempotency-Key", Value: `"` + evidence.NewUUID() + `"`}}
}

// bareSubmit submits without credentials. What it begins is not followed.
func (r *run) bareSubmit(v *talk) {
	s := r.target.Slow.Fresh()
	v.send(evidence.RoleBareSubmit, r.dialect.Prepare(lro.Request{Method: s.Verb(), URL: s.URL, Header: s.Header.HTTP(), Body: s.Body}), anonymous, maxStatusBody)
}

// together lets n callers act at the same time, each over a connection of its own, and takes over
// what they recorded.
func (v *talk) together(n int, act func(*talk)) {
	talks := make([]talk, n)
	var all sync.WaitGroup
	for i := range talks {
		talks[i] = talk{r: v.r, c: v.r.newCaller(), t: evidence.Transcript{Probe: v.t.Probe}, ctx: v.ctx}
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
