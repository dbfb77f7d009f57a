package loadtest

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// worker is one goroutine that owns its share of the schedule, its connections, its operations and
// its measurements. Nothing of it is shared until it is merged, but for what run says.
type worker struct {
	*codec
	meter
	plan     *Plan
	run      *run
	requests *requests
	origins  *origins
	sender   sender
	wheel    *wheel
	whole    map[uint32]*lro.Operation
	spare    []*lro.Operation // no longer used by whole
	dice     *rand.Rand
	unix     int64 // the start, by the wall's clock

	strategies []Strategy

	source  source
	arrival arrival // the next one
	coming  bool    // there is one

	op    lro.Operation // of the slot at hand
	first lro.Operation // as each begins, where all submits are the same
	bytes []byte        // its submit
	last  *origin       // of the request before
	until int64         // when arrivals end; then draining
	over  bool
}

// run is what workers share: when they must stop, and how much has gone wrong.
type run struct {
	stop   atomic.Bool
	errors atomic.Int64
}

// arrival is one operation that is to begin.
type arrival struct {
	index int64
	at    int64
}

const (
	// idle bounds how long a worker looks away from run.stop.
	idle = int64(20 * time.Millisecond)
	// batch bounds what is sent before answers are looked at again.
	batch = 64
	// maxSpare bounds the memory that is held for operations that are not compact.
	maxSpare = 1024
)

// work runs until everything is over, the time to drain is, or somebody says stop.
func (w *worker) work() {
	defer w.sender.close()
	for !w.over && !w.run.stop.Load() {
		now := w.now()
		w.arrive(now)
		more := w.dispatch(now)
		w.watch(now, w)
		until := now
		if !more {
			until = w.wheel.next(min(now+idle, w.second))
			if w.coming && (w.source.open() || w.comes(now)) {
				until = min(until, w.arrival.at)
			}
		}
		w.sender.wait(until)
		w.over = !w.coming && (w.slots.used == 0 || w.now() >= w.deadline())
	}
	w.lastSample(w.now(), w)
}

// deadline is when what is pending is given up as pending.
func (w *worker) deadline() int64 { return w.until + int64(w.plan.drain()) }

// now is nanoseconds since the start of the run.
func (w *worker) now() int64 { return int64(time.Since(w.start)) }

// arrive begins the operations whose moment has come.
func (w *worker) arrive(now int64) {
	for n := 0; w.coming && w.comes(now) && n < batch; n++ {
		w.begin(w.arrival)
		if w.arrival, w.coming = w.source.next(now); !w.coming {
			w.until = now
		}
	}
}

// comes says whether the next arrival is due: by its moment, or because there is room for it.
func (w *worker) comes(now int64) bool {
	if w.source.open() {
		return w.arrival.at <= now
	}
	w.arrival.at = now
	return w.slots.used < w.source.bound
}

// begin plans one operation, and sends its submit unless too many are in flight.
func (w *worker) begin(a arrival) {
	n := int(a.index) % len(w.series)
	counts := &w.series[n].Counts
	counts.Planned++
	w.sample.Planned++
	if w.slots.used >= w.source.bound {
		counts.Shed++
		return
	}
	counts.Submitted++
	w.sample.Submitted++
	id := w.slots.take()
	s := w.slots.at(id)
	s.index, s.planned, s.due, s.series, s.accepted, s.seen = a.index, a.at, a.at, uint8(n), never, never
	w.ask(id, s, w.requests.at(a.index).URL)
}

// dispatch sends what is due; true if there is more.
func (w *worker) dispatch(now int64) bool {
	for range 4 {
		id := w.wheel.take(now)
		if id == 0 {
			return false
		}
		for id != 0 {
			s := w.slots.at(id)
			next := s.next
			w.dispatchOne(id, s)
			id = next
		}
	}
	return true
}

func (w *worker) dispatchOne(id uint32, s *slot) {
	if s.due >= s.planned+int64(w.plan.patience()) {
		w.restore(id, s)
		w.op = lro.GiveUp(w.op, lro.DeadlinePassed)
		w.end(id, s)
		return
	}
	target := ""
	switch s.stage {
	case compact: // the prefix says enough
		target = w.prefixes.values[s.prefix]
	case whole:
		target = w.whole[id].Next.URL
	default:
		target = w.requests.at(s.index).URL
	}
	w.ask(id, s, target)
}

// ask has the next request of a slot sent to the origin of target.
func (w *worker) ask(id uint32, s *slot, target string) {
	to, err := w.originOf(target)
	if err != nil {
		now := w.now()
		w.finish(&exchange{id: id, sent: never, first: now, last: now, err: err, unsent: true})
		return
	}
	s.picked = w.now()
	w.sender.send(id, to)
}

// originOf is origins.of with a memory: it is nearly always the same.
func (w *worker) originOf(target string) (*origin, error) {
	if w.last != nil && strings.HasPrefix(target, w.last.name) {
		if rest := target[len(w.last.name):]; rest == "" || rest[0] == '/' || rest[0] == '?' {
			return w.last, nil
		}
	}
	found, err := w.origins.of(target)
	if err == nil {
		w.last = found
	}
	return found, err
}

// restore makes w.op the slot's operation.
func (w *worker) restore(id uint32, s *slot) {
	switch s.stage {
	case compact:
		w.unpack(s, &w.op)
	case whole:
		w.op = *w.whole[id]
	default:
		w.op = w.begun(s.index)
	}
}

// begun is an operation before its submit.
func (w *worker) begun(index int64) lro.Operation {
	if w.first.Next.URL != "" {
		return w.first
	}
	op := lro.Begin(w.dialect, w.requests.at(index))
	op.Policy = w.policy
	if w.requests.fixed() {
		w.first = op
	}
	return op
}

// store makes w.op what the slot holds.
func (w *worker) store(id uint32, s *slot) {
	was := s.stage
	switch {
	case w.pack(s, &w.op):
		if was == whole {
			w.forget(id)
		}
	default:
		kept := w.whole[id]
		if was != whole {
			kept = w.spareOperation()
			w.whole[id], s.stage = kept, whole
		}
		*kept = w.op.Clone()
		w.drop(s)
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

// request is the next request of a slot.
func (w *worker) request(id uint32, now int64) (lro.Request, http.Header) {
	s := w.slots.at(id)
	w.left(id, s, now)
	w.restore(id, s)
	header := http.Header{}
	if to, err := w.originOf(w.op.Next.URL); err == nil {
		header = to.header.Clone()
	}
	for name, values := range w.op.Next.Header {
		header[http.CanonicalHeaderKey(name)] = append([]string(nil), values...)
	}
	req := w.op.Next
	req.URL = strings.Clone(req.URL)
	return req, header
}

// leaves writes the next request of a slot.
func (w *worker) leaves(id uint32, now int64, b []byte) []byte {
	s := w.slots.at(id)
	w.left(id, s, now)
	if s.stage == compact && !w.asks {
		return w.renderPoll(s, b)
	}
	if s.stage == unsent && len(w.bytes) > 0 {
		return append(b, w.bytes...)
	}
	w.restore(id, s)
	if s.stage == unsent && w.requests.fixed() {
		w.bytes = w.render(&w.op.Next, nil)
		return append(b, w.bytes...)
	}
	return w.render(&w.op.Next, b)
}

// renderPoll writes a poll without unpacking the operation.
func (w *worker) renderPoll(s *slot, b []byte) []byte {
	t := w.read(s)
	to, _ := w.originOf(t.status)
	b = append(b, "GET "...)
	b = appendTarget(b, afterOrigin(t.status))
	b = append(b, to.trailer...)
	if t.etag != "" {
		b = append(b, "If-None-Match: "...)
		b = append(b, t.etag...)
		b = append(b, "\r\n"...)
	}
	return append(b, "\r\n"...)
}

// render writes any request.
func (w *worker) render(req *lro.Request, b []byte) []byte {
	to, _ := w.originOf(req.URL)
	b = append(b, req.Method...)
	b = append(b, ' ')
	b = appendTarget(b, afterOrigin(req.URL))
	b = append(b, to.trailer...)
	b, _ = appendHeader(b, req.Header) // the plan's was checked; the others are the dialect's
	if len(req.Body) > 0 || req.Method != http.MethodGet && req.Method != http.MethodHead {
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, int64(len(req.Body)), 10)
		b = append(b, "\r\n"...)
	}
	b = append(b, "\r\n"...)
	return append(b, req.Body...)
}

// afterOrigin is what of a URL stands in a request line.
func afterOrigin(absolute string) string {
	i := strings.IndexByte(absolute, ':') + len("://")
	for ; i < len(absolute); i++ {
		if c := absolute[i]; c == '/' || c == '?' {
			return absolute[i:]
		}
	}
	return ""
}

// appendTarget writes the origin-form of a request target (RFC 9112, section 3.2.1).
func appendTarget(b []byte, target string) []byte {
	if target == "" || target[0] != '/' {
		b = append(b, '/')
	}
	return append(b, target...)
}
