package load

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/internal/show"
)

// span returns a duration with three digits: 412us, 1.25ms, 13.4s, 3m20s. Only a duration of nothing
// is 0.
func span(d time.Duration) string {
	switch abs := d.Abs(); {
	case d == 0:
		return "0"
	case abs < time.Microsecond:
		return strconv.FormatInt(int64(d), 10) + "ns"
	case abs < 999500*time.Nanosecond:
		return digits(float64(d)/1e3) + "us"
	case abs < 999500*time.Microsecond:
		return digits(float64(d)/1e6) + "ms"
	case abs < 99950*time.Millisecond:
		return digits(d.Seconds()) + "s"
	}
	text := d.Round(time.Second).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// digits writes a number with three significant digits, or all of those before the point.
func digits(v float64) string {
	switch abs := math.Abs(v); {
	case abs >= 99.95:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case abs >= 9.995:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// number groups by thousands: 1,234,567.
func number(n int64) string {
	text := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, text = "-", text[1:]
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return sign + text
}

// rate writes a number per second.
func rate(v float64) string {
	if v >= 1000 {
		return number(int64(math.Round(v)))
	}
	text := digits(v)
	if strings.Contains(text, ".") {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// percent writes a share. What is not nothing is never 0%.
func percent(part, whole int64) string {
	if whole == 0 {
		return "-"
	}
	p := 100 * float64(part) / float64(whole)
	switch {
	case p != 0 && p < 0.01:
		return "<0.01%"
	case p < 1 && p != 0:
		return fmt.Sprintf("%.2f%%", p)
	case p > 99 && p < 100:
		return fmt.Sprintf("%.2f%%", math.Floor(p*100)/100)
	}
	return fmt.Sprintf("%.3g%%", p)
}

// plural returns a number with its noun: 1,234 polls.
func plural(n int64, noun string) string {
	return number(n) + " " + show.Plural(n, noun)
}

// size writes bytes in the units of disks.
func size(n int64) string {
	v, unit := float64(n), 0
	for v >= 999.5 && unit < 5 {
		v, unit = v/1000, unit+1
	}
	if unit == 0 {
		return plural(n, "byte")
	}
	return digits(v) + " " + "kMGTP"[unit-1:unit] + "B"
}

// visible returns foreign text as it may be shown: in one line, with control characters, escape
// sequences and direction marks written out.
func visible(s string) string {
	quoted := strconv.QuoteToGraphic(strings.Join(strings.Fields(s), " "))
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}
