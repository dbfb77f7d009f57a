package mockserver

import (
	"io"
	"strings"
	"sync/atomic"
)

// An injector puts the faults of a server between its answers and the client.
// The server answers as it always does; the injector holds the answer back and
// lets the faults at it. So there are three points at which a fault acts: before
// the server answers, on the answer, and on its way over the wire.
type injector struct {
	*tally
	s      *Server
	faults []Fault
	kinds  []*kind // of faults
	names  []uint64
}

func newInjector(s *Server, faults []Fault) *injector {
	in := &injector{s: s, tally: &s.faulted}
	namesakes := map[string]uint64{}
	for _, f := range faults {
		k := kindOf(f.Name)
		if k == nil {
			continue // see Server.Check
		}
		namesakes[f.Name]++
		in.faults = append(in.faults, f.withDefaults())
		in.kinds = append(in.kinds, k)
		// What a fault throws does not depend on which others there are.
		in.names = append(in.names, hashName(f.Name)+namesakes[f.Name])
	}
	return in
}

// hashName is FNV-1a, which is the same in every process.
func hashName(name string) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range []byte(name) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

// serve answers one request. It reports whether the
// connection has to be broken by panicking with http.ErrAbortHandler.
func (in *injector) serve(x *exchange) (abort bool) {
	in.once.Do(func() { in.began = x.now })
	client, held := x.w, newCapture()
	wire := &wire{rw: client, r: x.r, limit: -1}
	h := &hit{s: in.s, x: x, w: wire, a: &held.answer}
	in.identify(h)
	held.long = func() {
		h.more = true
		in.rewrite(h)
		wire.start(h.a, h.more)
		wire.body(h.a)
		held.rest = wire.Write
		if !h.more {
			held.rest = func([]byte) (int, error) { return 0, io.ErrShortWrite }
		}
	}
	x.w, x.seen = held, &h.v
	x.date()
	if !in.answer(h) && !in.hop(h) {
		in.s.serve(x)
	}
	if held.rest == nil {
		in.rewrite(h)
		wire.start(h.a, false)
		wire.body(h.a)
	}
	x.w = client
	return wire.finish()
}

// identify finds out what kind of request it is, and about which operation.
func (in *injector) identify(h *hit) {
	h.phase = h.x.t.phase
	if h.phase == onSubmit {
		h.n, h.at = int(in.submits.Add(1)), h.x.now.Sub(in.began)
		return
	}
	if h.phase == 0 || !h.x.visit(h.about) {
		h.phase = onOther
		h.n, h.at = int(in.others.Add(1)), h.x.now.Sub(in.began)
	}
}

// struck notes that a fault befell a request.
func (in *injector) struck(h *hit, k *kind) {
	h.x.note(k.name)
	count, _ := in.befallen.LoadOrStore(k.name, new(atomic.Int64))
	count.(*atomic.Int64).Add(1)
}

// answer lets the faults answer in place of the server.
func (in *injector) answer(h *hit) bool {
	for i, k := range in.kinds {
		if k.before == nil || !in.befalls(h, i) {
			continue
		}
		if k.before(h) {
			in.struck(h, k)
		}
		if h.a.code != 0 {
			return true
		}
	}
	return false
}

// rewrite lets the faults at the answer, and sets right what the server
// remembers of it: a hint that the client did not get obliges nobody.
func (in *injector) rewrite(h *hit) {
	if h.phase == onSubmit {
		in.s.store.visit(h.x.said.Operation, h.about)
	}
	for i, k := range in.kinds {
		if k.rewrite != nil && in.befalls(h, i) && k.rewrite(h) {
			in.struck(h, k)
			h.excuse = h.excuse || k.excuses&h.phase != 0
		}
	}
	h.x.said.Code = h.a.code
	h.x.said.RetryAfter = strings.Join(h.a.header["Retry-After"], ", ")
	if h.w.drop {
		h.x.said.Code, h.x.said.RetryAfter = 0, ""
	}
	in.s.store.visit(h.x.said.Operation, h.settle)
	if h.phase == onSubmit && h.x.said.Operation != "" {
		in.s.lost.submit(h)
	}
}

// befalls reports whether the i-th fault acts on the request.
func (in *injector) befalls(h *hit, i int) bool {
	f, k := &in.faults[i], in.kinds[i]
	if k.on&h.phase == 0 || !f.holds(h.n, h.at) || h.x.d.lacks(k.name) != "" {
		return false
	}
	h.fault = f
	h.dice = []uint64{in.names[i], h.ordinal, uint64(h.phase), uint64(h.n)}
	switch {
	case f.P == 0 || f.P >= 1:
		return true
	case k.sticky && h.phase != onSubmit:
		return in.s.store.dice.float(in.names[i], h.ordinal) < f.P
	case h.phase == onSubmit: // its operation has no number yet
		return in.s.store.dice.float(in.names[i], uint64(h.phase), uint64(h.n)) < f.P
	}
	return in.s.store.dice.float(h.dice...) < f.P
}
