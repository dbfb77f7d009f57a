package loadtest

import (
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest/internal/pending"
)

// meter is what one worker measures.
type meter struct {
	series  []measure.Series
	warmed  []measure.Series // what was planned in the warm-up, which does not count
	errors  []map[problemKey]*measure.ErrorClass
	clocks  measure.Clocks
	endings []ending // whose end by the server's clock waits for a better estimate of it
	told    []int64  // by series: operations whose end the server told, and that is believed
	wrong   int64    // requests that went wrong
	limit   int      // of the connections of this worker
	records []Record

	sample  measure.Sample // of the second that goes on
	samples []measure.Sample
	second  int64 // when it is over
	total   measure.Sample
	fine    measure.Fines // since the start
	live    *live
	every   int64
	publish int64
}

// problemKey is one way in which things went wrong, of operations or of requests.
type problemKey struct {
	reason     string
	operations bool
}

// live is what a worker shows while it runs.
type live struct {
	sync.Mutex
	counts        []measure.Counts
	total         measure.Sample // without durations
	fine          measure.Fines
	errors        int64
	inFlight      int64
	waiting, open int64
	draining      bool
}

func newMeter(p *Plan) meter {
	m := meter{second: int64(time.Second), every: int64(p.every())}
	for _, k := range p.kinds() {
		for _, s := range p.strategies() {
			m.series = append(m.series, measure.Series{Strategy: s.String(), Kind: k.Name})
			m.errors = append(m.errors, map[problemKey]*measure.ErrorClass{})
		}
	}
	m.told, m.warmed = make([]int64, len(m.series)), make([]measure.Series, len(m.series))
	m.live = &live{counts: make([]measure.Counts, len(m.series))}
	m.publish = m.every / 2
	return m
}

func (w *worker) isWarm(planned int64) bool { return planned < w.warm }

// seriesAt is where an operation is counted.
func (w *worker) seriesAt(n uint8, warm bool) *measure.Series {
	if warm {
		return &w.warmed[n]
	}
	return &w.series[n]
}

func (w *worker) of(s *pending.Slot) *measure.Series {
	return w.seriesAt(s.Series, w.isWarm(s.Planned))
}

// block is the part of the run that an operation belongs to.
func (w *worker) block(s *pending.Slot) *measure.Block {
	return w.of(s).Blocks.At(time.Duration(s.Planned))
}

// watch closes the seconds that are over, and shows the state of things from time to time.
func (m *meter) watch(now int64, w *worker) {
	for now >= m.second {
		m.sample.At = time.Duration(m.second)
		m.sample.InFlight = int64(w.Slots.Used)
		m.samples = append(m.samples, m.sample)
		m.total.AddCounts(&m.sample)
		m.sample = measure.Sample{}
		m.second += int64(time.Second)
	}
	if now < m.publish {
		return
	}
	m.publish = now + m.every/2
	m.show(w)
}

// lastSample closes the second that was cut short.
func (m *meter) lastSample(now int64, w *worker) {
	m.watch(now, w)
	m.show(w)
	m.sample.At, m.sample.InFlight = time.Duration(now), int64(w.Slots.Used)
	m.samples = append(m.samples, m.sample)
}

func (m *meter) show(w *worker) {
	w.sendRecords()
	m.live.Lock()
	defer m.live.Unlock()
	for i := range m.series {
		m.live.counts[i] = m.series[i].Counts
	}
	m.live.total = measure.Sample{}
	m.live.total.AddCounts(&m.total)
	m.live.total.AddCounts(&m.sample)
	m.live.fine, m.live.errors = m.fine, m.wrong
	m.live.inFlight, m.live.draining = int64(w.Slots.Used), !w.coming
	waiting, open := w.sender.Load()
	m.live.waiting, m.live.open = int64(waiting), int64(open)
}

// problem counts a request that went wrong.
func (w *worker) problem(s *pending.Slot, reason, example string) {
	w.sample.Errors++
	w.wrong++
	w.class(s, problemKey{reason, false}, example)
}

// fate counts an operation that did not succeed, by its reason.
func (w *worker) fate(s *pending.Slot, reason, example string) {
	w.class(s, problemKey{reason, true}, example)
}

// class counts one way in which things went wrong, and keeps the first of its kind in words.
func (w *worker) class(s *pending.Slot, key problemKey, example string) {
	if w.isWarm(s.Planned) {
		return
	}
	class := w.errors[s.Series][key]
	if class == nil {
		class = &measure.ErrorClass{Reason: key.reason, Operations: key.operations, Example: string([]byte(example))}
		w.errors[s.Series][key] = class
	}
	class.Count++
}
