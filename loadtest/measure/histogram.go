package measure

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Histogram counts durations, or small numbers, with three significant digits. The zero value is
// empty and ready. It is not safe for concurrent use: each worker has its own, merged at the end.
type Histogram struct {
	h *hdrhistogram.Histogram
}

// highest bounds what is told apart, in nanoseconds for durations: a week.
const highest = int64(7 * 24 * time.Hour)

func (h *Histogram) ready() *hdrhistogram.Histogram {
	if h.h == nil {
		h.h = hdrhistogram.New(1, highest, 3)
	}
	return h.h
}

// Record counts one duration; negative ones count as 0, those beyond a week as a week.
func (h *Histogram) Record(d time.Duration) { h.RecordN(d, 1) }

// RecordN counts n durations of the same length.
func (h *Histogram) RecordN(d time.Duration, n int64) {
	// The value is within the bounds, so there is no error.
	_ = h.ready().RecordValues(min(max(int64(d), 0), highest), n)
}

// Merge adds what other counted.
func (h *Histogram) Merge(other *Histogram) {
	if other.h != nil {
		h.ready().Merge(other.h)
	}
}

// Count is how many were counted.
func (h *Histogram) Count() int64 {
	if h.h == nil {
		return 0
	}
	return h.h.TotalCount()
}

// Quantile returns the duration that the share q of all (0 to 1) does not exceed: the smallest one at
// that rank or beyond ([Rank]). 0 if none were counted.
func (h *Histogram) Quantile(q float64) time.Duration { return h.AtRank(Rank(q, h.Count())) }

// AtRank returns the rank-th duration in order, from 1; 0 if there is none.
func (h *Histogram) AtRank(rank int64) time.Duration {
	if h.h == nil || rank < 1 || rank > h.Count() {
		return 0
	}
	// The library rounds a percentile to a rank: this one to exactly the rank that is asked for.
	return time.Duration(h.h.ValueAtQuantile((float64(rank) - 0.25) / float64(h.Count()) * 100))
}

// Max and Mean are 0 if none were counted.
func (h *Histogram) Max() time.Duration {
	if h.h == nil {
		return 0
	}
	return time.Duration(h.h.Max())
}

// Mean is the arithmetic mean.
func (h *Histogram) Mean() time.Duration {
	if h.h == nil {
		return 0
	}
	return time.Duration(h.h.Mean())
}

// Bar is one bucket of a histogram that is not empty.
type Bar struct {
	From, To time.Duration // both inclusive
	Count    int64
}

// Bars returns the buckets that are not empty, the lowest first.
func (h *Histogram) Bars() []Bar {
	if h.h == nil {
		return nil
	}
	var bars []Bar
	for _, b := range h.h.Distribution() {
		if b.Count > 0 {
			bars = append(bars, Bar{time.Duration(b.From), time.Duration(b.To), b.Count})
		}
	}
	return bars
}

// MeanValue is the mean with its fraction, which matters for numbers.
func (h *Histogram) MeanValue() float64 {
	sum, n := 0.0, 0.0
	for _, b := range h.Bars() {
		sum += (float64(b.From) + float64(b.To)) / 2 * float64(b.Count)
		n += float64(b.Count)
	}
	if n == 0 {
		return 0
	}
	return sum / n
}
