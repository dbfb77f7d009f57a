package load

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/measure"
)

// Prometheus writes the figures in Prometheus' text format, version 0.0.4: counters, and a histogram
// for each metric, by strategy. Durations are in seconds.
func (v View) Prometheus(w io.Writer) error {
	out := bufio.NewWriter(w)
	family := func(name, kind, help string) {
		fmt.Fprintf(out, "# HELP asyncctl_loadtest_%s %s\n# TYPE asyncctl_loadtest_%s %s\n", name, help, name, kind)
	}
	series := v.Result.Series
	family("operations_total", "counter", "Operations by their fate.")
	for i := range series {
		for _, f := range fatesOf(&series[i].Counts) {
			if f.name != "pending" {
				fmt.Fprintf(out, "asyncctl_loadtest_operations_total{strategy=%s,fate=%s} %d\n", quoted(series[i].Strategy), quoted(strings.ReplaceAll(f.name, " ", "_")), f.n)
			}
		}
	}
	family("in_flight", "gauge", "Operations that are not over.")
	for i := range series {
		fmt.Fprintf(out, "asyncctl_loadtest_in_flight{strategy=%s} %d\n", quoted(series[i].Strategy), series[i].Counts.Pending)
	}
	for _, c := range measure.Countables() {
		if isFate(c.Name) {
			continue
		}
		family(c.Name+"_total", "counter", strings.ToUpper(c.Text[:1])+c.Text[1:]+".")
		for i := range series {
			fmt.Fprintf(out, "asyncctl_loadtest_%s_total{strategy=%s} %d\n", c.Name, quoted(series[i].Strategy), c.Of(&series[i]))
		}
	}
	for _, m := range measure.Metrics() {
		writeHistograms(out, m, series, family)
	}
	family("elapsed_seconds", "gauge", "Time since the run began.")
	fmt.Fprintf(out, "asyncctl_loadtest_elapsed_seconds %s\n", float(v.Result.Elapsed.Seconds()))
	return out.Flush()
}

func isFate(name string) bool {
	for _, f := range fatesOf(&measure.Counts{}) {
		if strings.ReplaceAll(f.name, " ", "_") == name {
			return true
		}
	}
	return false
}

// bounds are the upper ends of the buckets: powers of two from 128 us to about 37 hours.
func bounds() []time.Duration {
	var list []time.Duration
	for d := 128 * time.Microsecond; d < 40*time.Hour; d *= 2 {
		list = append(list, d)
	}
	return list
}

func writeHistograms(out io.Writer, m measure.Metric, series []measure.Series, family func(name, kind, help string)) {
	name, unit, ends := m.Name+"_seconds", float64(time.Second), bounds()
	if m.Plain {
		name, unit, ends = m.Name+"_per_operation", 1, []time.Duration{1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144}
	}
	begun := false
	for i := range series {
		h := m.Of(&series[i])
		if h.Count() == 0 {
			continue
		}
		if !begun {
			begun = true
			family(name, "histogram", strings.ToUpper(m.Text[:1])+m.Text[1:]+".")
		}
		bars, seen, strategy := h.Bars(), int64(0), quoted(series[i].Strategy)
		for _, end := range ends {
			for len(bars) > 0 && bars[0].To <= end {
				seen += bars[0].Count
				bars = bars[1:]
			}
			fmt.Fprintf(out, "asyncctl_loadtest_%s_bucket{strategy=%s,le=\"%s\"} %d\n", name, strategy, float(float64(end)/unit), seen)
		}
		fmt.Fprintf(out, "asyncctl_loadtest_%s_bucket{strategy=%s,le=\"+Inf\"} %d\n", name, strategy, h.Count())
		fmt.Fprintf(out, "asyncctl_loadtest_%s_sum{strategy=%s} %s\n", name, strategy, float(mean(h)*float64(h.Count())/unit))
		fmt.Fprintf(out, "asyncctl_loadtest_%s_count{strategy=%s} %d\n", name, strategy, h.Count())
	}
}

func float(v float64) string { return strconv.FormatFloat(v, 'g', 9, 64) }

// quoted is a label's value.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
