package conformance

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// concurrentSubmits is how many submits with one key are sent at the same time.
const concurrentSubmits = 10

// probePrefer submits with a preference that nobody knows, and with one to be answered
// asynchronously.
func (r *run) probePrefer() {
	var both sync.WaitGroup
	defer both.Wait()
	for i, preference := range []string{unknownPreference, asyncPreference} {
		both.Go(func() {
			v, cancel := r.talk(fmt.Sprintf("%s/%d", ProbePrefer, i+1))
			defer cancel()
			defer v.end()
			if v.submit(r.target.Slow, Fields{{"Prefer", preference}}) {
				v.settle()
			}
		})
	}
}

const (
	unknownPreference = "x-asyncctl-unknown=1; a=b"
	asyncPreference   = "respond-async, wait=2"
)

// probeInvalid submits what must be refused.
func (r *run) probeInvalid() {
	v, cancel := r.talk(ProbeInvalid)
	defer cancel()
	defer v.end()
	v.submit(r.target.Invalid, nil)
}

// probeFail follows an operation that fails, and asks for its end again.
func (r *run) probeFail() {
	v, cancel := r.talk(ProbeFail)
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
		v.ask(RoleAgain, http.MethodGet, v.status, nil, owner)
	}
}

// probeIdempotency submits with keys: with one key in turn and again after the end, with one key for
// two contents, and with one key at the same time. The later two only if the first shows that keys
// are heeded, or the target says so.
func (r *run) probeIdempotency() {
	if !r.sameKeyInTurn() && r.target.Keys != Supported || r.ctx.Err() != nil {
		return
	}
	r.sameKeyOtherContent()
	r.sameKeyTogether()
}

// sameKeyInTurn says whether the second submit with a key led to the operation of the first.
func (r *run) sameKeyInTurn() bool {
	slow := r.target.Slow.fresh()
	v, cancel := r.talk(ProbeIdempotency + "/1")
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
	if over(v.op) {
		v.submit(slow, key)
	}
	return true
}

func (r *run) sameKeyOtherContent() {
	other := r.otherContent()
	if other == nil {
		return
	}
	v, cancel := r.talk(ProbeIdempotency + "/2")
	defer cancel()
	defer v.end()
	key, slow := newKey(), r.target.Slow.fresh()
	if v.submit(slow, key) {
		v.submit(other.fresh(), key)
	}
}

func (r *run) sameKeyTogether() {
	v, cancel := r.talk(ProbeIdempotency + "/3")
	defer cancel()
	defer v.end()
	key, slow := newKey(), r.target.Slow.fresh()
	v.together(concurrentSubmits, func(w *talk) {
		req := lro.Request{Method: slow.method(), URL: slow.URL, Header: slow.Header.header(), Body: slow.Body}
		put(req.Header, key.header())
		w.send(RoleSubmit, r.dialect.Prepare(req), owner, maxStatusBody)
	})
}

// otherContent is the slow submit with other content that should be valid, too; nil: none is known.
func (r *run) otherContent() *Submit {
	slow := r.target.Slow
	for _, s := range []*Submit{r.target.Fast, r.target.Fail} {
		if s != nil && s.URL == slow.URL && s.method() == slow.method() && !bytes.Equal(s.Body, slow.Body) {
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
func newKey() Fields {
	return Fields{{"Idempotency-Key", `"` + newUUID() + `"`}}
}

func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80 // RFC 9562, section 5.4
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// fresh returns the submit with a new UUID in each place that asks for one.
func (s *Submit) fresh() *Submit {
	id := newUUID()
	other := *s
	other.URL = strings.ReplaceAll(s.URL, UUIDMark, id)
	other.Body = bytes.ReplaceAll(s.Body, []byte(UUIDMark), []byte(id))
	other.Header = slices.Clone(s.Header)
	for i := range other.Header {
		other.Header[i].Value = strings.ReplaceAll(other.Header[i].Value, UUIDMark, id)
	}
	return &other
}

// method is how it is submitted.
func (s *Submit) method() string {
	if s.Method == "" {
		return http.MethodPost
	}
	return s.Method
}

// bareSubmit submits without credentials. What it begins is not followed.
func (r *run) bareSubmit(v *talk) {
	s := r.target.Slow.fresh()
	v.send(RoleBareSubmit, r.dialect.Prepare(lro.Request{Method: s.method(), URL: s.URL, Header: s.Header.header(), Body: s.Body}), anonymous, maxStatusBody)
}

// together lets n callers act at the same time, each over a connection of its own, and takes over
// what they recorded.
func (v *talk) together(n int, act func(*talk)) {
	talks := make([]talk, n)
	var all sync.WaitGroup
	for i := range talks {
		talks[i] = talk{r: v.r, c: v.r.newCaller(), t: Transcript{Probe: v.t.Probe}, ctx: v.ctx}
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
