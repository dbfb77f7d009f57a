package loadtest

import (
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/measure"
)

// meter is what one worker measures.
type meter struct {
	series  []measure.Series
	errors  []map[string]*measure.ErrorClass
	clocks  measure.Clocks
	endings []ending // whose end by the server's clock waits for a better estimate of it
	told    []int64  // by series: operations whose end the server told

	sample  measure.Sample // of the second that goes on
	samples []measure.Sample
	second  int64 // when it is over
	total   measure.Sample
	fine    measure.Fines // since the start
	live    *live
	every   int64
	publish int64
}

// live is what a worker shows while it runs.
type live struct {
	sync.Mutex
	counts        []measure.Counts
	total         measure.Sample
	fine          measure.Fines
	inFlight      int64
	waiting, open int64
	draining      bool
}

func newMeter(p *Plan) meter {
	m := meter{second: int64(time.Second), every: int64(p.every()), told: make([]int64, len(p.strategies()))}
	for _, s := range p.strategies() {
		m.series = append(m.series, measure.Series{Strategy: s.String()})
		m.errors = append(m.errors, map[string]*measure.ErrorClass{})
	}
	m.live = &live{counts: make([]measure.Counts, len(m.series))}
	m.publish = m.every / 2
	return m
}

// watch closes the seconds that are over, and shows the state of things from time to time.
func (m *meter) watch(now int64, w *worker) {
	for now >= m.second {
		m.sample.At = time.Duration(m.second)
		m.sample.InFlight = int64(w.Slots.Used)
		m.samples = append(m.samples, m.sample)
		m.total.Add(&m.sample)
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
	m.live.Lock()
	defer m.live.Unlock()
	for i := range m.series {
		m.live.counts[i] = m.series[i].Counts
	}
	m.live.total = m.total
	m.live.total.Add(&m.sample)
	m.live.fine = m.fine
	m.live.inFlight, m.live.draining = int64(w.Slots.Used), !w.coming
	waiting, open := w.sender.Load()
	m.live.waiting, m.live.open = int64(waiting), int64(open)
}

// problem counts one way in which things went wrong, and keeps the first of its kind in words.
func (m *meter) problem(series uint8, reason, example string) {
	m.sample.Errors++
	class := m.errors[series][reason]
	if class == nil {
		class = &measure.ErrorClass{Reason: reason, Example: string([]byte(example))}
		m.errors[series][reason] = class
	}
	class.Count++
}
