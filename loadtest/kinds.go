package loadtest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"sync"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// mostWeight bounds the sum of the weights of a mix: a block of operations is that long.
const mostWeight = 10_000

// kindName is what a kind may be called: a word that a threshold can name.
var kindName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`) })

// checkKinds finds what is wrong with the submits.
func (p *Plan) checkKinds() error {
	seen, sum := map[string]bool{}, 0
	for i, k := range p.kinds() {
		what := "the submit URL"
		if len(p.Kinds) > 0 {
			what = fmt.Sprintf("kind %q: the submit URL", k.Name)
			if !kindName().MatchString(k.Name) || seen[k.Name] {
				return fmt.Errorf("kind %d: %q is no name of its own: letters, digits, dots, dashes", i+1, k.Name)
			}
			if seen[k.Name] = true; k.Weight < 0 {
				return fmt.Errorf("kind %q: its weight must not be negative", k.Name)
			}
		}
		sum += max(k.Weight, 1)
		if k.Request.URL == "" {
			return errors.New("the plan names no URL to submit to")
		}
		if _, err := lro.Resolve(k.Request.URL, k.Request.URL); err != nil {
			return fmt.Errorf("%s cannot be used: %w", what, err)
		}
		if lro.Origin(k.Request.URL) != p.home() {
			return fmt.Errorf("%s is on another origin than that of the first kind: one run loads one", what)
		}
	}
	if sum > mostWeight {
		return fmt.Errorf("the weights add up to %d: at most %d", sum, mostWeight)
	}
	if n := len(p.kinds()) * len(p.strategies()); n > 255 {
		return fmt.Errorf("%d kinds with %d strategies make %d series: at most 255", len(p.kinds()), len(p.strategies()), n)
	}
	return nil
}

// deck deals numbers to operations in blocks: within a block each number comes as often as its weight
// says, in an order made by the seed and the block's number. So the shares are exact, and no number
// goes with every second operation, feed line or shard.
type deck struct {
	seed   uint64
	cards  []uint8 // one block, in order
	block  int64
	dealt  []uint8 // the block at hand
	ranks  []int32 // how many of the same number came before in it
	counts []int32 // of each number in a block
}

func newDeck(seed uint64, weights []int) *deck {
	d := &deck{seed: seed, block: -1, counts: make([]int32, len(weights))}
	for i, w := range weights {
		for range max(w, 1) {
			d.cards = append(d.cards, uint8(i))
		}
		d.counts[i] = int32(max(w, 1))
	}
	d.dealt, d.ranks = make([]uint8, len(d.cards)), make([]int32, len(d.cards))
	return d
}

// at returns the number of operation index, and how many operations before it had the same.
func (d *deck) at(index int64) (number uint8, before int64) {
	n := int64(len(d.cards))
	if n == 1 {
		return 0, index
	}
	if block := index / n; block != d.block {
		d.deal(block)
	}
	i := index % n
	number = d.dealt[i]
	return number, d.block*int64(d.counts[number]) + int64(d.ranks[i])
}

func (d *deck) deal(block int64) {
	d.block = block
	copy(d.dealt, d.cards)
	dice := rand.New(rand.NewPCG(d.seed, uint64(block)))
	dice.Shuffle(len(d.dealt), func(i, j int) { d.dealt[i], d.dealt[j] = d.dealt[j], d.dealt[i] })
	seen := make([]int32, len(d.counts))
	for i, number := range d.dealt {
		d.ranks[i] = seen[number]
		seen[number]++
	}
}

// The decks of a plan are made of its seed in different ways, so that one says nothing of the other.
const (
	strategySeed = 0x9e3779b97f4a7c15
	kindSeed     = 0xd1b54a32d192ed03
	jitterSeed   = 0x8cb92ba72f3d8dd7
)

func (p *Plan) strategyDeck() *deck {
	return newDeck(p.Load.Seed^strategySeed, make([]int, len(p.strategies())))
}

func (p *Plan) kindDeck() *deck {
	var weights []int
	for _, k := range p.kinds() {
		weights = append(weights, k.Weight)
	}
	return newDeck(p.Load.Seed^kindSeed, weights)
}

// chance is a number in [0, 1) that depends on seed, operation and step alone, so that the jitter of a
// plan is the same on every machine (SplitMix64).
func chance(seed uint64, index int64, step uint32) float64 {
	z := (seed ^ jitterSeed) + uint64(index)*0x9e3779b97f4a7c15 + uint64(step)*0xbf58476d1ce4e5b9
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return float64((z^z>>31)>>11) / (1 << 53)
}
