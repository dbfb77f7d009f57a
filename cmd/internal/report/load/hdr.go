package load

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/asyncctl/asyncctl/internal/measure"
)

// HDRLog writes all histograms as an HdrHistogram log of version 1.3, which HistogramLogAnalyzer,
// HistogramLogProcessor and the libraries of other languages read: one interval, the whole run, with
// the strategy and the metric as its tag. Values are in nanoseconds, the column of maxima in
// milliseconds.
func (v View) HDRLog(w io.Writer) error {
	out, r := bufio.NewWriter(w), v.Result
	start := float64(r.Started.UnixMilli()) / 1000
	fmt.Fprintf(out, "#[asyncctl loadtest of %s]\n", visible(r.Target))
	fmt.Fprintln(out, "#[Histogram log format version 1.3]")
	fmt.Fprintf(out, "#[StartTime: %.3f (seconds since epoch), %s]\n", start, r.Started.UTC().Format("Mon Jan 02 15:04:05 MST 2006"))
	fmt.Fprintf(out, "#[BaseTime: %.3f (seconds since epoch)]\n", start)
	fmt.Fprintln(out, `"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"`)
	for i := range r.Series {
		s := &r.Series[i]
		for _, m := range measure.Metrics() {
			h := m.Of(s)
			if h.Count() == 0 {
				continue
			}
			text, err := h.MarshalText()
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "Tag=%s.%s,0.000,%.3f,%.3f,%s\n", tag(s.Strategy), m.Name, r.Elapsed.Seconds(), float64(h.Max())/milliseconds, text)
		}
	}
	return out.Flush()
}

// tag makes a tag of a name: tags hold no commas, blanks and line breaks.
func tag(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == ':' || r == '.' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
}

// HGRM writes the percentile distribution of one metric over all series in the form of HdrHistogram's
// outputPercentileDistribution, with five steps a halving, for HdrHistogram's plotter. Durations are
// in milliseconds.
func (v View) HGRM(w io.Writer, m measure.Metric) error {
	out := bufio.NewWriter(w)
	h, unit := m.Of(total(v.Result)), milliseconds
	if m.Plain {
		unit = 1
	}
	bars, n := h.Bars(), float64(h.Count())
	fmt.Fprintf(out, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)")
	seen := int64(0)
	for level := 0.0; len(bars) > 0; level = next(level) {
		for len(bars) > 1 && float64(seen+bars[0].Count) < level/100*n {
			seen += bars[0].Count
			bars = bars[1:]
		}
		upTo := seen + bars[0].Count
		if float64(upTo) >= n {
			break
		}
		fmt.Fprintf(out, "%12.3f %2.12f %10d %14.2f\n", float64(bars[0].To)/unit, level/100, upTo, 1/(1-level/100))
	}
	if h.Count() > 0 {
		fmt.Fprintf(out, "%12.3f %2.12f %10d\n", float64(h.Max())/unit, 1.0, h.Count())
	}
	fmt.Fprintf(out, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", mean(h)/unit, deviation(h)/unit)
	fmt.Fprintf(out, "#[Max     = %12.3f, Total count    = %12d]\n", float64(h.Max())/unit, h.Count())
	fmt.Fprintf(out, "#[Buckets = %12d, SubBuckets     = %12d]\n", 40, 2048)
	return out.Flush()
}

// next is the percentile after one: five steps until the distance to 100 is halved.
func next(percentile float64) float64 {
	const ticks = 5
	halvings := math.Floor(math.Log2(100/(100-percentile))) + 1
	return percentile + 100/(ticks*math.Pow(2, halvings))
}

func deviation(h *measure.Histogram) float64 {
	m, sum := mean(h), 0.0
	for _, b := range h.Bars() {
		d := (float64(b.From)+float64(b.To))/2 - m
		sum += d * d * float64(b.Count)
	}
	return math.Sqrt(sum / max(float64(h.Count()), 1))
}
