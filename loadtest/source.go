package loadtest

import "math"

// source is one worker's share of the arrivals: operation i belongs to shard i mod K, and there to
// worker (i div K) mod W. Which operations there are, and what they are, depends on neither.
type source struct {
	arrivals      *Arrivals // nil in the closed model
	shard, shards int64
	worker, of    int64
	bound         int   // how many may be in flight at a time
	index         int64 // in the closed model: the next one
	last, end     int64 // in the closed model: when there are no more
}

// newSource returns the share of worker k of n.
func newSource(p *Plan, k, n int) source {
	s := source{shard: int64(p.Shard), shards: int64(p.shards()), worker: int64(k), of: int64(n)}
	s.bound = portion(p.inFlight(), k, n)
	if p.Load.open() {
		s.arrivals = p.Load.Arrivals()
		return s
	}
	s.index, s.last, s.end = s.shard+s.worker*s.shards, math.MaxInt64, math.MaxInt64
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

func (s *source) mine(index int64) bool {
	return index%s.shards == s.shard && index/s.shards%s.of == s.worker
}

// next returns the next arrival; false if there are no more. In the closed model it has no moment.
func (s *source) next(now int64) (arrival, bool) {
	if !s.open() {
		if s.index >= s.last || now >= s.end {
			return arrival{}, false
		}
		a := arrival{index: s.index}
		s.index += s.shards * s.of
		return a, true
	}
	for {
		index, at, ok := s.arrivals.Next()
		if !ok || s.mine(index) {
			return arrival{index, int64(at)}, ok
		}
	}
}

// until is when the arrivals end by the plan, once next has returned false.
func (s *source) until(now int64) int64 {
	if !s.open() {
		return min(now, s.end)
	}
	return int64(s.arrivals.ended)
}

// mostWalked bounds how many arrivals by chance are counted that a stopped run did not reach.
const mostWalked = 10_000_000

// rest counts the arrivals from one on: those that a run which was stopped did not reach. A closed
// load that only the time bounds has no number of its own.
func (s *source) rest(from arrival, l *Load) int64 {
	total := l.operations()
	if s.open() && l.Poisson && l.Operations == 0 {
		for n := int64(1); ; n++ {
			if _, ok := s.next(math.MaxInt64); !ok || n == mostWalked {
				return n
			}
		}
	}
	if total <= from.index {
		return 0
	}
	return 1 + (total-1-from.index)/(s.shards*s.of)
}
