package judge

import (
	"math"

	"github.com/asyncctl/asyncctl/loadtest/measure"
)

// Band is an estimate and the interval in which the true value lies with 99 % confidence, if what was
// counted were independent of each other. Operations of one run never quite are (a slow second is
// slow for all): take a difference that barely shows for none.
type Band struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// z is the quantile of the normal distribution for 99 % on both sides.
const z = 2.5758293035489

// quantileBand bounds a quantile by the ranks between which it lies: the number of values below the
// true quantile is binomial, whatever the distribution. It asks nothing of the distribution and needs
// no dice, which is why it is used here and not a bootstrap: that would resample millions of counts
// for the same answer.
func quantileBand(h *measure.Histogram, q float64) Band {
	n := float64(h.Count())
	spread := z * math.Sqrt(q*(1-q)/n)
	at := func(q float64) float64 { return float64(h.Quantile(max(0, min(q, 1)))) }
	// Half a rank is for the step from a count to a continuous rank.
	return Band{at(q), at(q - spread - 0.5/n), at(q + spread + 0.5/n)}
}

// meanBand bounds a mean by the central limit theorem.
func meanBand(h *measure.Histogram) Band {
	mean, n := h.MeanValue(), float64(h.Count())
	squares := 0.0
	for _, b := range h.Bars() {
		d := (float64(b.From)+float64(b.To))/2 - mean
		squares += d * d * float64(b.Count)
	}
	half := z * math.Sqrt(squares/max(n-1, 1)/n)
	return Band{mean, mean - half, mean + half}
}

// shareBand is Wilson's interval for k of n.
func shareBand(k, n int64) Band {
	p, m := float64(k)/float64(n), float64(n)
	centre := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return Band{p, max(0, centre-half), min(1, centre+half)}
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
