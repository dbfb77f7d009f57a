package mockserver

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// A Shape names how the run times of operations scatter.
type Shape int

// The shapes. The zero Shape is ShapeFixed.
const (
	ShapeFixed       Shape = iota // every operation takes the same time
	ShapeUniform                  // evenly between the time less and plus Spread of it
	ShapeExponential              // memoryless; the time is the mean
	ShapeLognormal                // few take much longer; the time is the median, Spread is sigma
)

var shapeNames = []string{"fixed", "uniform", "exponential", "lognormal"}

// A Distribution scatters the run times of operations around
// [Scenario].Duration. The zero value scatters nothing.
type Distribution struct {
	Shape Shape
	// Spread is a share of the time, 0 to 1, for ShapeUniform, and the standard
	// deviation of the logarithm, 0 to 5, for ShapeLognormal; default 0.5.
	// The other shapes have none.
	Spread float64
}

const defaultSpread = 0.5

// maxSpread bounds Spread by shape; 0 means that the shape has none.
var maxSpread = []float64{ShapeUniform: 1, ShapeLognormal: 5}

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
	switch d.Shape {
	case ShapeUniform:
		factor = 1 + d.spread()*(2*u-1)
	case ShapeExponential:
		factor = -math.Log1p(-u)
	case ShapeLognormal:
		factor = math.Exp(d.spread() * math.Sqrt2 * math.Erfinv(2*u-1))
	}
	return time.Duration(min(max(float64(typical)*factor, 0), float64(MaxDuration)))
}

// String returns d as the parameter distribution takes it: "fixed",
// "exponential", "uniform:0.5" or "lognormal:0.5".
func (d Distribution) String() string {
	name := shapeNames[d.Shape]
	if d.Shape != ShapeUniform && d.Shape != ShapeLognormal {
		return name
	}
	return name + ":" + strconv.FormatFloat(d.spread(), 'g', -1, 64)
}

const allowedDistribution = "fixed, exponential, uniform, uniform:SHARE up to 1, lognormal or lognormal:SIGMA up to 5"

// parseDistribution reads what String writes. The spread may be left out.
func parseDistribution(text string) (Distribution, bool) {
	name, spread, spreads := strings.Cut(text, ":")
	for shape, known := range shapeNames {
		if name != known {
			continue
		}
		d := Distribution{Shape: Shape(shape)}
		if !spreads {
			return d, true
		}
		if shape >= len(maxSpread) || maxSpread[shape] == 0 {
			return d, false
		}
		value, err := strconv.ParseFloat(spread, 64)
		d.Spread = value
		return d, err == nil && value > 0 && value <= maxSpread[shape]
	}
	return Distribution{}, false
}
