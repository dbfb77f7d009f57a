package mockserver

// dice are all the chances of a server: every throw is a pure function of the
// seed and of what it is thrown for, so that the order of requests about
// different operations changes nothing.
type dice uint64

// runTimes is the purpose of the throws for [Distribution].
const runTimes = 1

// throw returns 64 bits for a purpose, which is named by numbers.
func (d dice) throw(purpose ...uint64) uint64 {
	h := mix(uint64(d))
	for _, p := range purpose {
		h = mix(h ^ p)
	}
	return h
}

// float returns a number in [0, 1) for a purpose.
func (d dice) float(purpose ...uint64) float64 {
	return float64(d.throw(purpose...)>>11) / (1 << 53)
}

// mix is the step of SplitMix64 (Steele, Lea, Flood 2014, figure 13).
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// FaultSeed returns the seed of the faults and of the run times: Seed, or what
// was thrown in its place. The same Seed and the same requests give the same
// answers.
func (s *Server) FaultSeed() uint64 {
	s.once.Do(s.start)
	return uint64(s.store.dice)
}
