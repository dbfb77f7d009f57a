package loadtest

import "time"

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
