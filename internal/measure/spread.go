package measure

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Spread is a small histogram of durations: it tells sixteen parts of each power of two apart, so
// that a quantile is within 6 %, and knows the largest duration itself. The zero value is empty and
// ready. It is not safe for concurrent use.
type Spread struct {
	parts   []part // in order; none of them is empty
	largest int64
}

// part is one part of a [Spread] that is not empty.
type part struct {
	number int32
	count  int64
}

// The parts: number 0 is up to spreadFirst, the others divide each power of two by 1 << spreadBits.
const (
	spreadBits  = 4
	spreadFirst = 10 // powers of two of nanoseconds: 1.024 us
	spreadParts = 1 + 42<<spreadBits
)

// partOf is the number of the part in which so many nanoseconds lie.
func partOf(nanoseconds int64) int {
	power := bits.Len64(uint64(max(nanoseconds, 0))) - 1
	if power < spreadFirst {
		return 0
	}
	within := int(nanoseconds>>(power-spreadBits)) & (1<<spreadBits - 1)
	return min(1+(power-spreadFirst)<<spreadBits+within, spreadParts-1)
}

// partBounds are the durations between which those of a part lie, high not included.
func partBounds(number int) (low, high int64) {
	if number == 0 {
		return 0, 1 << spreadFirst
	}
	power, within := spreadFirst+(number-1)>>spreadBits, int64((number-1)&(1<<spreadBits-1))
	width := int64(1) << (power - spreadBits)
	low = (1<<spreadBits + within) * width
	return low, low + width
}

// Record counts one duration of so many nanoseconds; a negative one counts as 0.
func (s *Spread) Record(nanoseconds int64) { s.add(int32(partOf(nanoseconds)), 1, nanoseconds) }

func (s *Spread) add(number int32, count, largest int64) {
	s.largest = max(s.largest, largest)
	i, found := slices.BinarySearchFunc(s.parts, number, func(p part, n int32) int { return int(p.number - n) })
	if found {
		s.parts[i].count += count
		return
	}
	s.parts = slices.Insert(s.parts, i, part{number, count})
}

// Add counts what another counted.
func (s *Spread) Add(o *Spread) {
	for _, p := range o.parts {
		s.add(p.number, p.count, o.largest)
	}
}

// Clone returns a copy that shares nothing with s.
func (s *Spread) Clone() Spread { return Spread{slices.Clone(s.parts), s.largest} }

// Count is how many were counted.
func (s *Spread) Count() (n int64) {
	for _, p := range s.parts {
		n += p.count
	}
	return n
}

// Max is the largest duration; 0 if none were counted.
func (s *Spread) Max() time.Duration { return time.Duration(s.largest) }

// Quantile returns the duration that the share q of all (0 to 1) does not exceed, within 6 % and
// never above Max. 0 if none were counted.
func (s *Spread) Quantile(q float64) time.Duration {
	rank, below := float64(Rank(q, s.Count())), 0.0
	for _, p := range s.parts {
		if below+float64(p.count) < rank {
			below += float64(p.count)
			continue
		}
		low, high := partBounds(int(p.number))
		high = min(high, s.largest)
		return time.Duration(low + int64((rank-below)/float64(p.count)*float64(max(high-low, 0))))
	}
	return 0
}

// Below is the share of all that is at most d, interpolated within a part; 0 if none were counted.
func (s *Spread) Below(d time.Duration) float64 {
	below, all := 0.0, 0.0
	for _, p := range s.parts {
		low, high := partBounds(int(p.number))
		high = min(high, s.largest)
		share := (float64(d) - float64(low)) / max(float64(high-low), 1)
		below += float64(p.count) * max(0, min(share, 1))
		all += float64(p.count)
	}
	if all == 0 {
		return 0
	}
	return below / all
}

// Mean is the arithmetic mean of the middles of the parts; 0 if none were counted.
func (s *Spread) Mean() float64 {
	sum, n := 0.0, 0.0
	for _, p := range s.parts {
		low, high := partBounds(int(p.number))
		sum += float64(low+min(high, max(s.largest, low))) / 2 * float64(p.count)
		n += float64(p.count)
	}
	return sum / max(n, 1)
}

// Rank is which of n values in order the quantile q is, from 1: the smallest rank at or beyond the
// share q of all, so that the median of two is the first. 0 if there are none.
func Rank(q float64, n int64) int64 {
	if n <= 0 {
		return 0
	}
	return max(1, min(n, int64(math.Ceil(q*float64(n)-1e-9))))
}

// MarshalText writes the largest value and the parts as pairs of number and count: "1500 3:2 7:1".
// An empty one is empty text.
func (s Spread) MarshalText() ([]byte, error) {
	if len(s.parts) == 0 {
		return []byte{}, nil
	}
	b := strconv.AppendInt(nil, s.largest, 10)
	for _, p := range s.parts {
		b = append(strconv.AppendInt(append(b, ' '), int64(p.number), 10), ':')
		b = strconv.AppendInt(b, p.count, 10)
	}
	return b, nil
}

// UnmarshalText reads what MarshalText writes, and refuses what it would not write.
func (s *Spread) UnmarshalText(text []byte) error {
	*s = Spread{}
	fields := strings.Fields(string(text))
	if len(fields) == 0 {
		return nil
	}
	largest, err := strconv.ParseInt(fields[0], 10, 64)
	last := int64(-1)
	for _, pair := range fields[1:] {
		left, right, _ := strings.Cut(pair, ":")
		number, errN := strconv.ParseInt(left, 10, 32)
		count, errC := strconv.ParseInt(right, 10, 64)
		if errN != nil || errC != nil || number <= last || number >= spreadParts || count <= 0 {
			return fmt.Errorf("%q is no part of a spread", pair)
		}
		last = number
		s.parts = append(s.parts, part{int32(number), count})
	}
	low, _ := partBounds(int(max(last, 0)))
	if err != nil || last < 0 || largest < low {
		return fmt.Errorf("%q is not the largest value of a spread", fields[0])
	}
	s.largest = largest
	return nil
}

// Bars returns the parts that are not empty, the lowest first.
func (s *Spread) Bars() []Bar {
	var bars []Bar
	for _, p := range s.parts {
		low, high := partBounds(int(p.number))
		bars = append(bars, Bar{time.Duration(low), time.Duration(max(low, min(high-1, s.largest))), p.count})
	}
	return bars
}

// RecordN counts n durations of so many nanoseconds.
func (s *Spread) RecordN(nanoseconds, n int64) {
	if n > 0 {
		s.add(int32(partOf(nanoseconds)), n, nanoseconds)
	}
}
