package judge

import (
	"math"

	"github.com/asyncctl/asyncctl/internal/measure"
)

// Band is an estimate and the interval in which the true value lies with 99 % confidence, as far as
// chance within and between runs tells.
type Band struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// estimate is a figure of one side: its value, and its interval for any share alpha of being wrong.
type estimate struct {
	value float64
	band  func(alpha float64) (low, high float64)
}

func (e estimate) at(alpha float64) Band {
	low, high := e.band(alpha)
	return Band{e.value, low, high}
}

// quantileOf bounds a quantile by the ranks between which it lies: the number of values below the true
// quantile scatters, whatever the distribution. It asks nothing of the distribution and needs no dice.
func quantileOf(h *measure.Histogram, q float64, blocks, runs []piece) estimate {
	value := h.Quantile(q)
	scores := func(list []piece) (all []cluster) {
		for _, s := range list {
			n := float64(s.Count())
			all = append(all, cluster{n, n * (s.Below(value) - q), s.first})
		}
		return all
	}
	n := float64(h.Count())
	s := scatterOf(q*(1-q), centred(scores(blocks)), centred(scores(runs)))
	return estimate{float64(value), func(alpha float64) (float64, float64) {
		half := student(alpha, s.df)*s.error + 0.5/n // half a rank is for the step from a count to a continuous rank
		at := func(q float64) float64 { return float64(h.Quantile(max(0, min(q, 1)))) }
		return at(q - half), at(q + half)
	}}
}

// centred takes away what all clusters have in common: within a spread a value lies only within 6 %.
func centred(all []cluster) []cluster {
	n, sum := 0.0, 0.0
	for _, c := range all {
		n, sum = n+c.n, sum+c.score
	}
	for i := range all {
		all[i].score -= sum * all[i].n / max(n, 1)
	}
	return all
}

// meanOf bounds a mean by the central limit theorem.
func meanOf(h *measure.Histogram, scale float64, blocks, runs []piece) estimate {
	mean, n := h.MeanValue(), float64(h.Count())
	squares := 0.0
	for _, b := range h.Bars() {
		d := (float64(b.From)+float64(b.To))/2 - mean
		squares += d * d * float64(b.Count)
	}
	scores := func(list []piece) (all []cluster) {
		for _, s := range list {
			n := float64(s.Count())
			all = append(all, cluster{n, n * (s.Mean()/scale - mean), s.first})
		}
		return centred(all)
	}
	s := scatterOf(squares/max(n-1, 1), scores(blocks), scores(runs))
	return estimate{mean, func(alpha float64) (float64, float64) {
		half := student(alpha, s.df) * s.error
		return mean - half, mean + half
	}}
}

// shareOf is Wilson's interval for k of n, widened by how much more the runs differ than by chance.
func shareOf(k, n int64, runs []cluster) estimate {
	p, m, df := float64(k)/float64(n), float64(n), math.Inf(1)
	if independent := p * (1 - p); independent > 0 {
		if s := scatterOf(independent, nil, runs); !math.IsInf(s.df, 1) {
			m, df = independent/(s.error*s.error), s.df // as many independent ones would scatter as much
		}
	}
	return estimate{p, func(alpha float64) (float64, float64) {
		z := student(alpha, df)
		centre := (p + z*z/(2*m)) / (1 + z*z/m)
		half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
		return max(0, centre-half), min(1, centre+half)
	}}
}

// rateOf bounds a count over a time, as of arrivals by chance, or by how much the runs differ.
func rateOf(n int64, seconds float64, runs []cluster) estimate {
	if seconds <= 0 {
		return estimate{0, func(float64) (float64, float64) { return 0, 0 }}
	}
	rate := float64(n) / seconds
	s := scatterOf(rate, nil, runs) // so many in a second have this variance
	return estimate{rate, func(alpha float64) (float64, float64) {
		half := student(alpha, s.df) * s.error
		return rate - half, rate + half
	}}
}

// difference is b minus a: the interval follows from those of both by the method of variance
// estimates recovery (Zou and Donner 2008), which for shares is Newcombe's.
func difference(a, b Band) Band {
	d := b.Value - a.Value
	return Band{
		d,
		d - math.Hypot(b.Value-b.Low, a.High-a.Value),
		d + math.Hypot(b.High-b.Value, a.Value-a.Low),
	}
}

// chanceOf is how probable a difference at least as large is if there is none: the largest share
// alpha at which the interval of the difference still holds 0. An interval without any width holds 0
// only if there is no difference.
func chanceOf(a, b estimate) float64 {
	holds := func(alpha float64) bool {
		d := difference(a.at(alpha), b.at(alpha))
		return d.Low <= 0 && d.High >= 0
	}
	low, high := -9.0, 0.0 // powers of ten
	switch {
	case holds(0.3):
		return 1 // it does not matter how probable exactly
	case !holds(1e-9):
		return 0
	}
	for range 20 {
		if middle := (low + high) / 2; holds(math.Pow(10, middle)) {
			low = middle
		} else {
			high = middle
		}
	}
	return math.Pow(10, low)
}

// superiority is the chance that a value of b is larger than one of a, half of the ties included: 0.5
// if neither is.
func superiority(a, b *measure.Histogram) float64 {
	n, m := float64(a.Count()), float64(b.Count())
	if n == 0 || m == 0 {
		return 0.5
	}
	below, wins, as := 0.0, 0.0, a.Bars()
	for _, y := range b.Bars() {
		for len(as) > 0 && as[0].To < y.From {
			below += float64(as[0].Count)
			as = as[1:]
		}
		ties := 0.0
		if len(as) > 0 && as[0].From == y.From {
			ties = float64(as[0].Count)
		}
		wins += (below + ties/2) * float64(y.Count)
	}
	return wins / n / m
}
