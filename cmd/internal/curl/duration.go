package curl

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Seconds is a duration flag that takes plain numbers as seconds, as curl's do, and Go's form. 0 is
// what was not set.
type Seconds time.Duration

// String returns the duration in Go's form; empty for 0.
func (s *Seconds) String() string {
	if *s == 0 {
		return ""
	}
	return time.Duration(*s).String()
}

// Type names the kind of value in the help.
func (s *Seconds) Type() string { return "duration" }

// Set reads a duration, as [ParseDuration] does.
func (s *Seconds) Set(text string) error {
	d, err := ParseDuration(text)
	*s = Seconds(d)
	return err
}

// year bounds durations: one that is longer is a mistake.
const year = 365 * 24 * time.Hour

// ParseDuration reads 90, 1.5, 90s or 1m30s. A duration is not negative, and not longer than a year.
func ParseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if n, numeric := strconv.ParseFloat(text, 64); numeric == nil && !math.IsNaN(n) {
		d, err = time.Duration(max(-1, min(n, 2*year.Seconds()))*float64(time.Second)), nil
	}
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is no duration: write 90, 90s or 1m30s", text)
	case d < 0:
		return 0, fmt.Errorf("%q is negative", text)
	case d > year:
		return 0, fmt.Errorf("%q is longer than a year", text)
	}
	return d, nil
}
