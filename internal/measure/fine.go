package measure

import "time"

// Fine is a [Spread] with a place for each part: faster to count in, and larger. It can be copied
// while a run goes on.
type Fine struct {
	counts  [spreadParts]int64
	largest int64
}

// Fines are the durations that a run shows while it goes on.
type Fines struct{ Done, Lag, Poll, Late Fine }

// Record counts one duration of so many nanoseconds.
func (f *Fine) Record(nanoseconds int64) {
	f.counts[partOf(nanoseconds)]++
	f.largest = max(f.largest, nanoseconds)
}

// Histogram counts each part in its middle.
func (f *Fine) Histogram() (h Histogram) {
	for i, n := range f.counts {
		if n == 0 {
			continue
		}
		low, high := partBounds(i)
		h.RecordN(time.Duration(low+min(high, max(f.largest, low)))/2, n)
	}
	return h
}

// Since is what was counted since an earlier state of f.
func (f *Fine) Since(earlier *Fine) (s Spread) {
	for i, n := range f.counts {
		if n -= earlier.counts[i]; n > 0 {
			_, high := partBounds(i)
			s.add(int32(i), n, min(high, f.largest))
		}
	}
	return s
}

// Add counts what another counted.
func (f *Fine) Add(o *Fine) {
	for i, n := range o.counts {
		f.counts[i] += n
	}
	f.largest = max(f.largest, o.largest)
}

// Add counts what another counted.
func (f *Fines) Add(o *Fines) {
	f.Done.Add(&o.Done)
	f.Lag.Add(&o.Lag)
	f.Poll.Add(&o.Poll)
	f.Late.Add(&o.Late)
}
