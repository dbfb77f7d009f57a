package measure

import (
	"math/bits"
	"time"
)

// Histogram counts durations, or small numbers, with three significant digits. The zero value is
// empty and ready. It is not safe for concurrent use: each worker has its own, merged at the end.
//
// It tells the same values apart as HdrHistogram with three digits from 1 ns to a week, and needs the
// memory of the powers of two that occur: a run of a few operations is not to cost more for its
// histograms than for itself.
type Histogram struct {
	h *counts
}

// counts has a part for each power of two, in steps that are the finest which fit.
type counts struct {
	total int64
	parts [partCount]*[partSize]int64
}

const (
	// highest bounds what is told apart, in nanoseconds for durations: a week.
	highest = int64(7 * 24 * time.Hour)

	partBits  = 10
	partSize  = 1 << partBits
	partCount = 41 // the last one holds highest
)

// place finds the bucket of a value. Part 0 holds the values below 1024, one in each bucket, as does
// part 1 up to 2047; part k holds buckets of 2^(k-1) values.
func place(value int64) (part, bucket int) {
	if value < partSize {
		return 0, int(value)
	}
	shift := bits.Len64(uint64(value)) - partBits - 1
	return shift + 1, int(value>>shift) - partSize
}

// span is the values of a bucket.
func span(part, bucket int) (from, to int64) {
	if part == 0 {
		return int64(bucket), int64(bucket)
	}
	from = int64(partSize+bucket) << (part - 1)
	return from, from + 1<<(part-1) - 1
}

// Record counts one duration; negative ones count as 0, those beyond a week as a week.
func (h *Histogram) Record(d time.Duration) { h.RecordN(d, 1) }

// RecordN counts n durations of the same length.
func (h *Histogram) RecordN(d time.Duration, n int64) {
	part, bucket := place(min(max(int64(d), 0), highest))
	if h.h == nil {
		h.h = &counts{}
	}
	if h.h.parts[part] == nil {
		h.h.parts[part] = new([partSize]int64)
	}
	h.h.parts[part][bucket] += n
	h.h.total += n
}

// Merge adds what other counted.
func (h *Histogram) Merge(other *Histogram) {
	if other.h == nil {
		return
	}
	if h.h == nil {
		h.h = &counts{}
	}
	for i, from := range other.h.parts {
		if from == nil {
			continue
		}
		if h.h.parts[i] == nil {
			h.h.parts[i] = new([partSize]int64)
		}
		to := h.h.parts[i]
		for j, n := range from {
			to[j] += n
		}
	}
	h.h.total += other.h.total
}

// Count is how many were counted.
func (h *Histogram) Count() int64 {
	if h.h == nil {
		return 0
	}
	return h.h.total
}

// Quantile returns the duration that the share q of all (0 to 1) does not exceed: the smallest one at
// that rank or beyond ([Rank]). 0 if none were counted.
func (h *Histogram) Quantile(q float64) time.Duration { return h.AtRank(Rank(q, h.Count())) }

// AtRank returns the rank-th duration in order, from 1, as the longest that is not told apart from it; 0
// if there is none.
func (h *Histogram) AtRank(rank int64) time.Duration {
	if rank < 1 || rank > h.Count() {
		return 0
	}
	at, seen := int64(0), int64(0)
	h.each(func(_, to, n int64) bool {
		at, seen = to, seen+n
		return seen < rank
	})
	return time.Duration(at)
}

// Max and Mean are 0 if none were counted.
func (h *Histogram) Max() time.Duration { return h.AtRank(h.Count()) }

// Mean is the arithmetic mean.
func (h *Histogram) Mean() time.Duration {
	if h.Count() == 0 {
		return 0
	}
	sum := 0.0 // of nanoseconds, which an int64 does not hold for millions of hours
	h.each(func(from, to, n int64) bool {
		sum += float64(n) * float64(from+(to-from+1)/2)
		return true
	})
	return time.Duration(sum / float64(h.Count()))
}

// each calls f for the buckets that are not empty, the lowest first, until it returns false.
func (h *Histogram) each(f func(from, to, n int64) bool) {
	if h.h == nil {
		return
	}
	for i, part := range h.h.parts {
		if part == nil {
			continue
		}
		for j, n := range part {
			if n == 0 {
				continue
			}
			if from, to := span(i, j); !f(from, to, n) {
				return
			}
		}
	}
}

// Bar is one bucket of a histogram that is not empty.
type Bar struct {
	From, To time.Duration // both inclusive
	Count    int64
}

// Bars returns the buckets that are not empty, the lowest first.
func (h *Histogram) Bars() (bars []Bar) {
	h.each(func(from, to, n int64) bool {
		bars = append(bars, Bar{time.Duration(from), time.Duration(to), n})
		return true
	})
	return bars
}

// MeanValue is the mean with its fraction, which matters for numbers.
func (h *Histogram) MeanValue() float64 {
	sum, n := 0.0, 0.0
	h.each(func(from, to, count int64) bool {
		sum += (float64(from) + float64(to)) / 2 * float64(count)
		n += float64(count)
		return true
	})
	if n == 0 {
		return 0
	}
	return sum / n
}
