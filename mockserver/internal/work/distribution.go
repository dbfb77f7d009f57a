package work

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// A Curve names how the run times of operations scatter.
type Curve int

// The curves. The zero Curve is CurveFixed.
const (
	CurveFixed       Curve = iota // every operation takes the same time
	CurveUniform                  // evenly between the time less and plus Spread of it
	CurveExponential              // memoryless; the time is the mean
	CurveLognormal                // few take much longer; the time is the median, Spread is sigma
)

var curveNames = []string{"fixed", "uniform", "exponential", "lognormal"}

// A Distribution scatters the run times of operations around
// [Scenario].Duration. The zero value scatters nothing.
type Distribution struct {
	Curve Curve
	// Spread is a share of the time, 0 to 1, for CurveUniform, and the standard
	// deviation of the logarithm, 0 to 5, for CurveLognormal; default 0.5.
	// The other curves have none.
	Spread float64
}

const defaultSpread = 0.5

// maxSpread bounds Spread by curve; 0 means that the curve has none.
var maxSpread = []float64{CurveUniform: 1, CurveLognormal: 5}

func (d Distribution) spread() float64 {
	if d.Spread == 0 {
		return defaultSpread
	}
	return d.Spread
}

// Quantile returns the time that a share u, from 0 to 1, of all operations
// stays under when typical is the time of the scenario. It is pure, and never
// negative nor longer than MaxDuration.
func (d Distribution) Quantile(typical time.Duration, u float64) time.Duration {
	factor := 1.0
	switch d.Curve {
	case CurveUniform:
		factor = 1 + d.spread()*(2*u-1)
	case CurveExponential:
		factor = -math.Log1p(-u)
	case CurveLognormal:
		factor = math.Exp(d.spread() * math.Sqrt2 * math.Erfinv(2*u-1))
	}
	return time.Duration(min(max(float64(typical)*factor, 0), float64(MaxDuration)))
}

// String returns d as the parameter distribution takes it: "fixed",
// "exponential", "uniform:0.5" or "lognormal:0.5".
func (d Distribution) String() string {
	name := curveNames[d.Curve]
	if d.Curve != CurveUniform && d.Curve != CurveLognormal {
		return name
	}
	return name + ":" + strconv.FormatFloat(d.spread(), 'g', -1, 64)
}

const allowedDistribution = "fixed, exponential, uniform, uniform:SHARE up to 1, lognormal or lognormal:SIGMA up to 5"

// parseDistribution reads what String writes. The spread may be left out.
func parseDistribution(text string) (Distribution, bool) {
	name, spread, spreads := strings.Cut(text, ":")
	for curve, known := range curveNames {
		if name != known {
			continue
		}
		d := Distribution{Curve: Curve(curve)}
		if !spreads {
			return d, true
		}
		if curve >= len(maxSpread) || maxSpread[curve] == 0 {
			return d, false
		}
		value, err := strconv.ParseFloat(spread, 64)
		d.Spread = value
		return d, err == nil && value > 0 && value <= maxSpread[curve]
	}
	return Distribution{}, false
}
