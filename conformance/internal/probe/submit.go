package probe

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// probePrefer submits with a preference that nobody knows, and with one to be answered
// asynchronously. Where the first is refused, it submits without it, to see whether that is why.
func (r *run) probePrefer() {
	var both sync.WaitGroup
	defer both.Wait()
	for i, preference := range []string{evidence.UnknownPreference, evidence.AsyncPreference} {
		both.Go(func() {
			v := r.talk(fmt.Sprintf("%s/%d", evidence.ProbePrefer, i+1))
			defer v.end()
			if !v.submit(r.target.Slow, evidence.Fields{{Name: "Prefer", Value: preference}}) && i == 0 && v.lastStatus() >= 400 {
				v.resubmit(evidence.RoleControl, r.target.Slow.Fresh(), nil)
			}
		})
	}
}

// probeInvalid submits what must be refused.
func (r *run) probeInvalid() {
	v := r.talk(evidence.ProbeInvalid)
	defer v.end()
	v.submit(r.target.Invalid, nil)
}

// probeFail follows an operation that fails, and asks for its end again.
func (r *run) probeFail() {
	v := r.talk(evidence.ProbeFail)
	defer v.end()
	if !v.submit(r.target.Fail, nil) {
		return
	}
	v.follow()
	if !v.told() {
		return
	}
	v.release()
	for range 3 {
		if !r.asks(evidence.RoleAgain) || !v.pause(r.s.settle()/3, "to see whether the failure can still be read") {
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

// sameKeyInTurn reports whether the second submit with a key led to the operation of the first.
func (r *run) sameKeyInTurn() bool {
	slow := r.target.Slow.Fresh()
	v := r.talk(evidence.ProbeIdempotency + "/1")
	defer v.end()
	if !v.submit(r.target.Slow, r.target.NewKey()) {
		return false
	}
	other := v.op.StatusURL
	key := r.target.NewKey()
	if !v.submit(slow, key) {
		return false
	}
	first := v.op.StatusURL
	v.resubmit(evidence.RoleSubmit, slow, key)
	heeded := v.op.StatusURL == first && first != other
	if !heeded {
		return false
	}
	v.follow()
	if evidence.Over(v.op) {
		v.resubmit(evidence.RoleSubmit, slow, key)
	}
	return true
}

// sameKeyOtherContent submits other content with a key of its own first: where that is refused, nothing
// is to be learned from the refusal with a key that was used.
func (r *run) sameKeyOtherContent() {
	other := r.otherContent()
	if other == nil || !r.follows(evidence.ProbeIdempotency) {
		return
	}
	v := r.talk(evidence.ProbeIdempotency + "/2")
	defer v.end()
	if !v.admit() || !v.resubmit(evidence.RoleControl, other.Fresh(), r.target.NewKey()) {
		return
	}
	v.op = lro.Operation{}
	key, slow := r.target.NewKey(), r.target.Slow.Fresh()
	if v.submit(slow, key) {
		v.resubmit(evidence.RoleSubmit, other.Fresh(), key)
	}
}

func (r *run) sameKeyTogether() {
	if n := r.s.Limits.Parallel; n > 0 && n < evidence.ConcurrentSubmits || r.governor.single() {
		return
	}
	v := r.talk(evidence.ProbeIdempotency + "/3")
	defer v.end()
	if !v.admit() {
		return
	}
	req := r.dialect.Prepare(v.request(r.target.Slow.Fresh(), r.target.NewKey()))
	v.together(evidence.ConcurrentSubmits, func(w *talk) {
		w.r.book(req, w.send(evidence.RoleSubmit, req, owner, maxStatusBody))
	})
}

// book enters the operation that an answer to a submit begins into the ledger.
func (r *run) book(req lro.Request, answer lro.Reply) {
	op := lro.Next(r.dialect, lro.Begin(r.dialect, req), answer)
	r.ledger.enter(op, time.Now())
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
	if !jsontext.Value(body).IsObject() || body[len(body)-1] != '}' {
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
