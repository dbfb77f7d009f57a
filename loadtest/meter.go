package loadtest

import (
	"math/bits"
	"sync"
	"time"
)

// meter is what one worker measures.
type meter struct {
	series  []Series
	errors  []map[string]*ErrorClass
	clocks  clocks
	endings []ending // whose end by the server's clock waits for a better estimate of it
	told    []int64  // by series: operations whose end the server told

	sample  Sample // of the second that goes on
	samples []Sample
	second  int64 // when it is over
	total   Sample
	fine    fines // since the start
	live    *live
	every   int64
	publish int64
}

// live is what a worker shows while it runs.
type live struct {
	sync.Mutex
	counts        []Counts
	total         Sample
	fine          fines
	inFlight      int64
	waiting, open int64
	draining      bool
}

func newMeter(p *Plan) meter {
	m := meter{second: int64(time.Second), every: int64(p.every()), told: make([]int64, len(p.strategies()))}
	for _, s := range p.strategies() {
		m.series = append(m.series, Series{Strategy: s.String()})
		m.errors = append(m.errors, map[string]*ErrorClass{})
	}
	m.live = &live{counts: make([]Counts, len(m.series))}
	m.publish = m.every / 2
	return m
}

// watch closes the seconds that are over, and shows the state of things from time to time.
func (m *meter) watch(now int64, w *worker) {
	for now >= m.second {
		m.sample.At = time.Duration(m.second)
		m.sample.InFlight = int64(w.slots.used)
		m.samples = append(m.samples, m.sample)
		m.total.add(&m.sample)
		m.sample = Sample{}
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
	m.sample.At, m.sample.InFlight = time.Duration(now), int64(w.slots.used)
	m.samples = append(m.samples, m.sample)
}

func (m *meter) show(w *worker) {
	m.live.Lock()
	defer m.live.Unlock()
	for i := range m.series {
		m.live.counts[i] = m.series[i].Counts
	}
	m.live.total = m.total
	m.live.total.add(&m.sample)
	m.live.fine = m.fine
	m.live.inFlight, m.live.draining = int64(w.slots.used), !w.coming
	waiting, open := w.sender.load()
	m.live.waiting, m.live.open = int64(waiting), int64(open)
}

// problem counts one way in which things went wrong, and keeps the first of its kind in words.
func (m *meter) problem(series uint8, reason, example string) {
	m.sample.Errors++
	class := m.errors[series][reason]
	if class == nil {
		class = &ErrorClass{Reason: reason, Example: string([]byte(example))}
		m.errors[series][reason] = class
	}
	class.Count++
}

// less returns what happened since an earlier sum.
func (s *Sample) less(earlier *Sample) Sample {
	d := Sample{
		Planned: s.Planned - earlier.Planned, Submitted: s.Submitted - earlier.Submitted, Ended: s.Ended - earlier.Ended,
		Failed: s.Failed - earlier.Failed, Polls: s.Polls - earlier.Polls, Wasted: s.Wasted - earlier.Wasted,
		Throttled: s.Throttled - earlier.Throttled, Errors: s.Errors - earlier.Errors, BytesIn: s.BytesIn - earlier.BytesIn,
	}
	for i := range s.Latency {
		d.Latency[i] = s.Latency[i] - earlier.Latency[i]
		d.DoneIn[i] = s.DoneIn[i] - earlier.DoneIn[i]
		d.LagIn[i] = s.LagIn[i] - earlier.LagIn[i]
		d.Late[i] = s.Late[i] - earlier.Late[i]
	}
	return d
}

// record counts one duration of so many nanoseconds.
func (s *Spread) record(nanoseconds int64) {
	if nanoseconds <= int64(time.Microsecond) {
		s[0]++
		return
	}
	s[min(bits.Len64(uint64(nanoseconds-1)/uint64(time.Microsecond)), len(s)-1)]++
}
