package fault

import (
	"io"
	"strings"
	"sync/atomic"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
)

// An Injector puts the faults of a server between its answers and the client.
// The server answers as it always does; the injector holds the answer back and
// lets the faults at it. So there are three points at which a fault acts: before
// the server answers, on the answer, and on its way over the wire.
type Injector struct {
	*Tally
	host   *speech.Host
	lost   *Losses
	serve  func(*speech.Exchange) // answers as a server without faults does
	Faults []Fault
	kinds  []*Kind // of faults
	names  []uint64
}

func NewInjector(host *speech.Host, count *Tally, lost *Losses, serve func(*speech.Exchange), faults []Fault) *Injector {
	in := &Injector{host: host, Tally: count, lost: lost, serve: serve}
	namesakes := map[string]uint64{}
	for _, f := range faults {
		k := KindOf(f.Name)
		if k == nil {
			continue // see Server.Check
		}
		namesakes[f.Name]++
		in.Faults = append(in.Faults, f.withDefaults())
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

// AnswerTo answers one request. It reports whether the
// connection has to be broken by panicking with http.ErrAbortHandler.
func (in *Injector) AnswerTo(x *speech.Exchange) (abort bool) {
	in.since(x.Now)
	client, held := x.W, speech.NewCapture()
	wire := &wire{rw: client, r: x.R, limit: -1}
	h := &hit{x: x, w: wire, a: &held.Answer}
	in.identify(h)
	held.Long = func() {
		h.more = true
		in.rewrite(h)
		wire.start(h.a, h.more)
		wire.body(h.a)
		held.Rest = wire.Write
		if !h.more {
			held.Rest = func([]byte) (int, error) { return 0, io.ErrShortWrite }
		}
	}
	x.W, x.Seen = held, &h.v
	x.Date()
	if !in.answer(h) && !in.hop(h) {
		in.serve(x)
	}
	if held.Rest == nil {
		in.rewrite(h)
		wire.start(h.a, false)
		wire.body(h.a)
	}
	x.W = client
	return wire.finish()
}

// identify finds out what kind of request it is, and about which operation.
func (in *Injector) identify(h *hit) {
	h.phase = h.x.Target.Phase
	if h.phase == speech.OnSubmit {
		h.n, h.at = int(in.submits.Add(1)), in.since(h.x.Now)
		return
	}
	if h.phase == 0 || !h.x.Visit(h.about) {
		h.phase = speech.OnOther
		h.n, h.at = int(in.others.Add(1)), in.since(h.x.Now)
	}
}

// struck notes that a fault affected a request.
func (in *Injector) struck(h *hit, k *Kind) {
	h.x.Note(k.Name)
	count, _ := in.Affected.LoadOrStore(k.Name, new(atomic.Int64))
	count.(*atomic.Int64).Add(1)
}

// answer lets the faults answer in place of the server.
func (in *Injector) answer(h *hit) bool {
	for i, k := range in.kinds {
		if k.before == nil || !in.affects(h, i) {
			continue
		}
		if k.before(h) {
			in.struck(h, k)
			h.excuse = h.excuse || k.excuses&h.phase != 0
		}
		if h.a.Code != 0 {
			return true
		}
	}
	return false
}

// rewrite lets the faults at the answer, and sets right what the server
// remembers of it: a hint that the client did not get obliges nobody.
func (in *Injector) rewrite(h *hit) {
	if h.phase == speech.OnSubmit {
		in.host.Store.Visit(h.x.Said.Operation, h.about)
	}
	for i, k := range in.kinds {
		if k.rewrite != nil && in.affects(h, i) && k.rewrite(h) {
			in.struck(h, k)
			h.excuse = h.excuse || k.excuses&h.phase != 0
		}
	}
	h.x.Said.Code = h.a.Code
	h.x.Said.RetryAfter = strings.Join(h.a.Header["Retry-After"], ", ")
	if h.w.drop {
		h.x.Said.Code, h.x.Said.RetryAfter = 0, ""
	}
	in.host.Store.Visit(h.x.Said.Operation, h.settle)
	if h.phase == speech.OnSubmit && h.x.Said.Operation != "" {
		in.lost.submit(h)
	}
}

// affects reports whether the i-th fault acts on the request.
func (in *Injector) affects(h *hit, i int) bool {
	f, k := &in.Faults[i], in.kinds[i]
	if k.on&h.phase == 0 || !f.holds(h.n, h.at) || Lacks(h.x.Dialect, k.Name) != "" {
		return false
	}
	h.fault = f
	h.dice = []uint64{in.names[i], h.ordinal, uint64(h.phase), uint64(h.n)}
	switch {
	case f.P == 0 || f.P >= 1:
		return true
	case k.sticky && h.phase != speech.OnSubmit:
		return in.host.Store.Dice.Float(in.names[i], h.ordinal) < f.P
	case h.phase == speech.OnSubmit: // its operation has no number yet
		return in.host.Store.Dice.Float(in.names[i], uint64(h.phase), uint64(h.n)) < f.P
	}
	return in.host.Store.Dice.Float(h.dice...) < f.P
}
