package loadtest

import "math"

// source is one worker's share of the arrivals.
type source struct {
	arrivals  *Arrivals // nil in the closed model
	share, of int64     // the operations whose index is share modulo of
	bound     int       // how many may be in flight at a time
	index     int64     // in the closed model: the next one
	last, end int64     // in the closed model: when there are no more
}

// newSource returns the share of worker k of n.
func newSource(p *Plan, k, n int) source {
	s := source{share: int64(p.Shard*n + k), of: int64(p.shards() * n)}
	s.bound = portion(p.Load.inFlight(), k, n)
	if p.Load.open() {
		s.arrivals = p.Load.Arrivals()
		return s
	}
	s.index, s.last, s.end = s.share, math.MaxInt64, math.MaxInt64
	if p.Load.Operations > 0 {
		s.last = p.Load.Operations
	}
	if p.Load.Duration > 0 {
		s.end = int64(p.Load.Duration)
	}
	return s
}

// portion divides whole by n as evenly as it goes, and returns what the k-th gets.
func portion(whole, k, n int) int {
	part := whole / n
	if k < whole%n {
		part++
	}
	return part
}

func (s *source) open() bool { return s.arrivals != nil }

// next returns the next arrival; false if there are no more. In the closed model it has no moment.
func (s *source) next(now int64) (arrival, bool) {
	if !s.open() {
		if s.index >= s.last || now >= s.end {
			return arrival{}, false
		}
		a := arrival{index: s.index}
		s.index += s.of
		return a, true
	}
	for {
		index, at, ok := s.arrivals.Next()
		if !ok || index%s.of == s.share {
			return arrival{index, int64(at)}, ok
		}
	}
}
