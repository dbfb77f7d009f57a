package work

// Dice are all the chances of a server: every throw is a pure function of the
// seed and of what it is drawn for, so that the order of requests about
// different operations changes nothing.
type Dice uint64

// runTimes is the purpose of the throws for [Distribution].
const runTimes = 1

// Throw returns 64 bits for a purpose, which is named by numbers.
func (d Dice) Throw(purpose ...uint64) uint64 {
	h := Mix(uint64(d))
	for _, p := range purpose {
		h = Mix(h ^ p)
	}
	return h
}

// Float returns a number in [0, 1) for a purpose.
func (d Dice) Float(purpose ...uint64) float64 {
	return float64(d.Throw(purpose...)>>11) / (1 << 53)
}

// Mix is the step of SplitMix64 (Steele, Lea, Flood 2014, figure 13).
func Mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Hit throws for a probability, of which 0 means 1.
func (d Dice) Hit(p float64, purpose ...uint64) bool {
	return p == 0 || p >= 1 || d.Float(purpose...) < p
}
