package loadtest

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/internal/engine"
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
	"github.com/asyncctl/asyncctl/loadtest/internal/wire"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// worker is one goroutine that owns its share of the schedule, its connections, its operations and
// its measurements. Nothing of it is shared until it is merged, but for what run says.
type worker struct {
	*pending.Codec
	meter
	plan     *Plan
	run      *run
	requests *submits
	origins  *wire.Origins
	sender   engine.Sender
	wheel    *pending.Wheel
	whole    map[uint32]*lro.Operation
	spare    []*lro.Operation // no longer used by whole
	unix     int64            // the start, by the wall's clock
	keyed    int64            // the version of the credentials that origins carry

	strategies []Strategy
	strategyOf *deck
	kindOf     *deck

	source  source
	arrival arrival // the next one
	coming  bool    // there is one
	begun   int64   // when this process was ready: what was due before is missed
	warm    int64   // until when operations are not counted

	op    lro.Operation // of the slot at hand
	first lro.Operation // as each begins, where all submits are the same
	bytes []byte        // its submit
	last  *wire.Origin  // of the request before
	until int64         // when arrivals end; then draining
	heard bool          // a reply was read
	over  bool
}

// arrival is one operation that is to begin.
type arrival struct {
	index int64
	at    int64
}

const (
	// idle bounds how long a worker looks away from run.stop.
	idle = int64(100 * time.Millisecond)
	// batch bounds what is sent before answers are looked at again.
	batch = 64
	// maxSpare bounds the memory that is held for operations that are not compact.
	maxSpare = 1024
)

// work runs until everything is over, the time to drain is, or somebody says stop.
func (w *worker) work() {
	defer w.sender.Close()
	for !w.over && !w.run.stop.Load() {
		now := w.now()
		w.arrive(now)
		more := w.dispatch(now)
		w.watch(now, w)
		until := now
		if !more {
			until = w.wheel.Next(min(now+idle, w.second))
			if w.coming && (w.source.open() || w.comes(now)) {
				until = min(until, w.arrival.at)
			}
		}
		w.sender.Wait(until)
		w.rekey()
		w.over = !w.coming && (w.Slots.Used == 0 || w.now() >= w.deadline())
	}
	w.lastSample(w.now(), w)
}

// rekey has requests carry the newest credentials.
func (w *worker) rekey() {
	if version := w.run.keys.version.Load(); version != w.keyed {
		w.keyed, w.bytes, w.last = version, nil, nil
		w.origins = w.origins.With(w.run.keys.header(w.plan.Header))
	}
}

// deadline is when what is pending is given up as pending.
func (w *worker) deadline() int64 { return w.until + int64(w.plan.drain()) }

// now is nanoseconds since the start of the run.
func (w *worker) now() int64 { return int64(time.Since(w.Start)) }

// arrive begins the operations whose moment has come.
func (w *worker) arrive(now int64) {
	for n := 0; w.coming && w.comes(now) && n < batch; n++ {
		w.begin(w.arrival)
		if w.arrival, w.coming = w.source.next(now); !w.coming {
			w.until = w.source.until(now)
		}
	}
}

// comes reports whether the next arrival is due: by its moment, or because there is room for it.
func (w *worker) comes(now int64) bool {
	if w.source.open() {
		return w.arrival.at <= now
	}
	w.arrival.at = now
	return w.Slots.Used < w.source.bound
}

// begin plans one operation, and sends its submit unless its moment has passed before the process was
// there, or too many are in flight.
func (w *worker) begin(a arrival) {
	strategy, _ := w.strategyOf.at(a.index)
	kind, _ := w.kindOf.at(a.index)
	n := uint8(int(kind)*len(w.strategies)) + strategy
	r := w.seriesAt(n, w.isWarm(a.at))
	r.Counts.Planned++
	w.sample.Planned++
	switch {
	case w.source.open() && a.at < w.begun-int64(idle):
		r.Counts.Missed++
		return
	case w.Slots.Used >= w.source.bound:
		r.Counts.Shed++
		return
	}
	r.Counts.Submitted++
	w.sample.Submitted++
	id := w.Slots.Take()
	s := w.Slots.At(id)
	s.Index, s.Planned, s.Due, s.Series, s.Accepted, s.Seen = a.index, a.at, a.at, n, pending.Never, pending.Never
	w.ask(id, s, w.requests.at(a.index).URL)
}

// dispatch sends what is due; true if there is more.
func (w *worker) dispatch(now int64) bool {
	for range 4 {
		id := w.wheel.Take(now)
		if id == 0 {
			return false
		}
		for id != 0 {
			s := w.Slots.At(id)
			next := s.Next
			w.dispatchOne(id, s)
			id = next
		}
	}
	return true
}

func (w *worker) dispatchOne(id uint32, s *pending.Slot) {
	if s.Due >= s.Planned+int64(w.plan.patience()) {
		w.restore(id, s)
		w.op = lro.GiveUp(w.op, lro.DeadlinePassed)
		w.end(id, s)
		return
	}
	target := ""
	switch s.Stage {
	case pending.Compact: // the prefix says enough
		target = w.Prefixes.Values[s.Prefix]
	case pending.Whole:
		target = w.whole[id].Next.URL
	default:
		target = w.requests.at(s.Index).URL
	}
	w.ask(id, s, target)
}

// ask has the next request of a slot sent to the origin of target.
func (w *worker) ask(id uint32, s *pending.Slot, target string) {
	to, err := w.originOf(target)
	if err != nil {
		now := w.now()
		w.Finish(&engine.Exchange{Id: id, Sent: pending.Never, First: now, Last: now, Err: err, Unsent: true})
		return
	}
	s.Picked = w.now()
	w.sender.Send(id, to)
	if waiting, open := w.sender.Load(); waiting > 0 && open >= w.limit {
		w.of(s).Counts.Capped++
	}
}

// originOf is origins.of with a memory: it is nearly always the same.
func (w *worker) originOf(target string) (*wire.Origin, error) {
	if w.last != nil && strings.HasPrefix(target, w.last.Name) {
		if rest := target[len(w.last.Name):]; rest == "" || rest[0] == '/' || rest[0] == '?' {
			return w.last, nil
		}
	}
	found, err := w.origins.Of(target)
	if err == nil {
		w.last = found
	}
	return found, err
}

// restore makes w.op the slot's operation.
func (w *worker) restore(id uint32, s *pending.Slot) {
	switch s.Stage {
	case pending.Compact:
		w.Unpack(s, &w.op)
	case pending.Whole:
		w.op = *w.whole[id]
	default:
		w.op = w.beginning(s.Index)
	}
}

// beginning is an operation before its submit.
func (w *worker) beginning(index int64) lro.Operation {
	if w.first.Next.URL != "" {
		return w.first
	}
	op := lro.Begin(w.Dialect, w.requests.at(index))
	op.Policy = w.Policy
	if w.requests.fixed {
		w.first = op
	}
	return op
}

// store makes w.op what the slot holds.
func (w *worker) store(id uint32, s *pending.Slot) {
	was := s.Stage
	switch {
	case w.Pack(s, &w.op):
		if was == pending.Whole {
			w.forget(id)
		}
	default:
		kept := w.whole[id]
		if was != pending.Whole {
			kept = w.spareOperation()
			w.whole[id], s.Stage = kept, pending.Whole
		}
		*kept = w.op.Clone()
		w.Drop(s)
	}
}

// spareOperation returns one that was kept before, or a new one.
func (w *worker) spareOperation() *lro.Operation {
	n := len(w.spare)
	if n == 0 {
		return new(lro.Operation)
	}
	op := w.spare[n-1]
	w.spare = w.spare[:n-1]
	return op
}

// forget gives up what is kept of an operation that is not compact.
func (w *worker) forget(id uint32) {
	if len(w.spare) < maxSpare {
		w.spare = append(w.spare, w.whole[id])
	}
	delete(w.whole, id)
}

// Request is the next request of a slot.
func (w *worker) Request(id uint32, now int64) (lro.Request, http.Header) {
	s := w.Slots.At(id)
	w.left(id, s, now)
	w.restore(id, s)
	header := http.Header{}
	if to, err := w.originOf(w.op.Next.URL); err == nil {
		header = to.Header.Clone()
		if cookies := w.Cookies(s); cookies != "" && to.Name == w.origins.Home {
			header.Add("Cookie", strings.Clone(cookies))
		}
	}
	for name, values := range w.op.Next.Header {
		header[http.CanonicalHeaderKey(name)] = append([]string(nil), values...)
	}
	req := w.op.Next
	req.URL = strings.Clone(req.URL)
	return req, header
}

// Leaves writes the next request of a slot.
func (w *worker) Leaves(id uint32, now int64, b []byte) []byte {
	s := w.Slots.At(id)
	w.left(id, s, now)
	if s.Stage == pending.Compact && !w.Asks {
		return w.renderPoll(s, b)
	}
	if s.Stage == pending.Unsent && len(w.bytes) > 0 {
		return append(b, w.bytes...)
	}
	w.restore(id, s)
	if s.Stage == pending.Unsent && w.requests.fixed {
		w.bytes = w.render(s, &w.op.Next, nil)
		return append(b, w.bytes...)
	}
	return w.render(s, &w.op.Next, b)
}

// renderPoll writes a poll without unpacking the operation.
func (w *worker) renderPoll(s *pending.Slot, b []byte) []byte {
	t := w.Read(s)
	to, _ := w.originOf(t.Status)
	b = append(b, "GET "...)
	b = wire.AppendTarget(b, wire.AfterOrigin(t.Status))
	b = append(b, to.Trailer...)
	if t.Etag != "" {
		b = append(b, "If-None-Match: "...)
		b = append(b, t.Etag...)
		b = append(b, "\r\n"...)
	}
	b = w.renderCookies(s, to, b)
	return append(b, "\r\n"...)
}

// renderCookies writes the Cookie field of a request to the home origin.
func (w *worker) renderCookies(s *pending.Slot, to *wire.Origin, b []byte) []byte {
	cookies := w.Cookies(s)
	if cookies == "" || to.Name != w.origins.Home {
		return b
	}
	b = append(b, "Cookie: "...)
	b = append(b, cookies...)
	return append(b, "\r\n"...)
}

// render writes any request.
func (w *worker) render(s *pending.Slot, req *lro.Request, b []byte) []byte {
	to, _ := w.originOf(req.URL)
	b = append(b, req.Method...)
	b = append(b, ' ')
	b = wire.AppendTarget(b, wire.AfterOrigin(req.URL))
	b = append(b, to.Trailer...)
	b, _ = wire.AppendHeader(b, req.Header) // the plan's was checked; the others are the dialect's
	if len(req.Body) > 0 || req.Method != http.MethodGet && req.Method != http.MethodHead {
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, int64(len(req.Body)), 10)
		b = append(b, "\r\n"...)
	}
	b = w.renderCookies(s, to, b)
	b = append(b, "\r\n"...)
	return append(b, req.Body...)
}
