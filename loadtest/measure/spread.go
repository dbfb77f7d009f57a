package measure

import (
	"math/bits"
	"time"
)

// Count is how many were counted.
func (s *Spread) Count() (n int64) {
	for _, c := range s {
		n += c
	}
	return n
}

// Quantile returns the duration that the share q of all (0 to 1) does not exceed, as far as powers of
// two tell: within a power it is interpolated. 0 if none were counted.
func (s *Spread) Quantile(q float64) time.Duration {
	rank, below := q*float64(s.Count()), 0.0
	for power, c := range s {
		if c == 0 {
			continue
		}
		if below+float64(c) >= rank {
			low, high := PowerBounds(power)
			return low + time.Duration((rank-below)/float64(c)*float64(high-low))
		}
		below += float64(c)
	}
	return 0
}

// Add counts what another counted.
func (s *Spread) Add(o *Spread) {
	for i := range s {
		s[i] += o[i]
	}
}

// PowerBounds returns the durations between which those of a power of a [Spread] lie.
func PowerBounds(power int) (low, high time.Duration) {
	high = time.Microsecond << power
	if power > 0 {
		low = high / 2
	}
	return low, high
}

// Spread is a small histogram: how many there were in each power of two of microseconds. Power 0 is
// up to 1 us, power i above 2^(i-1) us up to 2^i us.
type Spread [36]int64

// Record counts one duration of so many nanoseconds.
func (s *Spread) Record(nanoseconds int64) {
	if nanoseconds <= int64(time.Microsecond) {
		s[0]++
		return
	}
	s[min(bits.Len64(uint64(nanoseconds-1)/uint64(time.Microsecond)), len(s)-1)]++
}
