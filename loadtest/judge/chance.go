package judge

import "math"

// normal is the quantile of the normal distribution between whose two signs all but the share alpha
// lies.
func normal(alpha float64) float64 { return math.Sqrt2 * math.Erfinv(1-alpha) }

// student is the same of Student's distribution with so many degrees of freedom (Abramowitz and
// Stegun 26.7.5, which is a series in 1/df).
func student(alpha, df float64) float64 {
	z := normal(alpha)
	df = max(df, 2)
	z3 := z * z * z
	z5, z7, z9 := z3*z*z, z3*z3*z, z3*z3*z3
	return z + (z3+z)/4/df + (5*z5+16*z3+3*z)/96/(df*df) + (3*z7+19*z5+17*z3-15*z)/384/(df*df*df) +
		(79*z9+776*z7+1482*z5-1920*z3-945*z)/92160/(df*df*df*df)
}

// cluster is a part of the measurements that may have something in common: a block of a run, or a run.
type cluster struct {
	n     float64 // measurements
	score float64 // by how much they are above what is expected, added up
	first bool    // of its run: it does not follow the one before
}

// scatter is the standard error of a share or a mean, with the degrees of freedom of its estimate.
type scatter struct{ error, df float64 }

// scatterOf estimates how far a sum of scores over n measurements may be off by chance. independent is
// the variance of one measurement if none had anything in common with another. If clusters differ more
// than that, they are what counts: operations of one second, or of one run, are slow together.
func scatterOf(independent float64, blocks, runs []cluster) scatter {
	n := 0.0
	for _, b := range runs {
		n += b.n
	}
	best := scatter{math.Sqrt(independent / n), math.Inf(1)}
	for _, clusters := range [][]cluster{blocks, runs} {
		if s, ok := between(clusters, n); ok && s.error > best.error*math.Sqrt(excess(s.df)) {
			best = s
			if wider := following(clusters, n); wider > s.error { // fewer of them are independent of each other
				k := s.df + 1
				best = scatter{wider * math.Sqrt(k/max(k-lags-1, 1)), max(1.5*k/(lags+1), 3)}
			}
		}
	}
	return best
}

// excess is how many times as large a variance of so many degrees of freedom comes out by chance once
// in twenty times (chi-squared by Wilson and Hilferty).
func excess(df float64) float64 {
	x := 1 - 2/(9*df) + 1.645*math.Sqrt(2/(9*df))
	return x * x * x
}

// between is the scatter that the differences between clusters show; false if there are too few.
func between(clusters []cluster, n float64) (scatter, bool) {
	k, sum := 0.0, 0.0
	for _, c := range clusters {
		if c.n > 0 {
			k++
			sum += c.score * c.score
		}
	}
	if k < 2 || n == 0 {
		return scatter{}, false
	}
	return scatter{math.Sqrt(sum*k/(k-1)) / n, k - 1}, true
}

// lags is how many blocks further one that was slow is taken to matter. A sum over so many is estimated
// too low, because the mean is that of the same blocks, and by few degrees of freedom (Kiefer and
// Vogelsang 2005): both are allowed for where it is used.
const lags = 5

// following is the standard error if blocks that follow each other have something in common (Newey and
// West 1987).
func following(clusters []cluster, n float64) float64 {
	sum, k := 0.0, 0.0
	for i, c := range clusters {
		if c.n > 0 {
			k++
		}
		sum += c.score * c.score
		for lag := 1; lag <= min(lags, i) && !clusters[i-lag+1].first; lag++ {
			sum += 2 * (1 - float64(lag)/(lags+1)) * c.score * clusters[i-lag].score
		}
	}
	return math.Sqrt(max(sum, 0)*k/max(k-1, 1)) / n
}
