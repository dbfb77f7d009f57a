package load

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
)

// Prometheus writes the figures in Prometheus' text format, version 0.0.4: counters, and a histogram
// for each metric, by strategy. Durations are in seconds. While a run goes on, the durations of several
// strategies are known together only: they are those of loadtest.AllStrategies, which has no counts,
// because they would be there twice.
func (v View) Prometheus(w io.Writer) error {
	out := bufio.NewWriter(w)
	labels := func(s *measure.Series) string {
		text := "strategy=" + Label(s.Strategy)
		if s.Kind != "" {
			text += ",kind=" + Label(s.Kind)
		}
		return text + v.Labels
	}
	family := func(name, kind, help string) {
		fmt.Fprintf(out, "# HELP asyncctl_loadtest_%s %s\n# TYPE asyncctl_loadtest_%s %s\n", name, help, name, kind)
	}
	series := v.Result.Series
	counted := slices.DeleteFunc(slices.Clone(series), func(s measure.Series) bool { return s.Strategy == loadtest.AllStrategies })
	family("operations_total", "counter", "Operations by their fate.")
	for i := range counted {
		for _, f := range fatesOf(&counted[i].Counts) {
			if f.name != "pending" {
				fmt.Fprintf(out, "asyncctl_loadtest_operations_total{%s,fate=%s} %d\n", labels(&counted[i]), Label(strings.ReplaceAll(f.name, " ", "_")), f.n)
			}
		}
	}
	family("in_flight", "gauge", "Operations that are not over.")
	for i := range counted {
		fmt.Fprintf(out, "asyncctl_loadtest_in_flight{%s} %d\n", labels(&counted[i]), counted[i].Counts.Pending)
	}
	for _, c := range measure.Countables() {
		if isFate(c.Name) {
			continue
		}
		family(c.Name+"_total", "counter", strings.ToUpper(c.Text[:1])+c.Text[1:]+".")
		for i := range counted {
			fmt.Fprintf(out, "asyncctl_loadtest_%s_total{%s} %d\n", c.Name, labels(&counted[i]), c.Of(&counted[i]))
		}
	}
	for _, m := range measure.Metrics() {
		writeHistograms(out, m, series, family, labels)
	}
	family("elapsed_seconds", "gauge", "Time since the run began.")
	elapsed := "asyncctl_loadtest_elapsed_seconds"
	if v.Labels != "" {
		elapsed += "{" + v.Labels[1:] + "}"
	}
	fmt.Fprintf(out, "%s %s\n", elapsed, float(v.Result.Elapsed.Seconds()))
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

// bounds are the upper ends of the buckets: twelve for each power of two, from 100 us to about two
// hours, so that a quantile that is read from them is within 6 %.
func bounds() []time.Duration {
	var list []time.Duration
	for d := 100e3; d < float64(2*time.Hour); d *= math.Pow(2, 1.0/12) {
		list = append(list, time.Duration(d))
	}
	return list
}

func writeHistograms(out io.Writer, m measure.Metric, series []measure.Series, family func(name, kind, help string), labels func(*measure.Series) string) {
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
		bars, seen, label := h.Bars(), int64(0), labels(&series[i])
		for _, end := range ends {
			for len(bars) > 0 && bars[0].To <= end {
				seen += bars[0].Count
				bars = bars[1:]
			}
			fmt.Fprintf(out, "asyncctl_loadtest_%s_bucket{%s,le=\"%s\"} %d\n", name, label, float(float64(end)/unit), seen)
		}
		fmt.Fprintf(out, "asyncctl_loadtest_%s_bucket{%s,le=\"+Inf\"} %d\n", name, label, h.Count())
		fmt.Fprintf(out, "asyncctl_loadtest_%s_sum{%s} %s\n", name, label, float(mean(h)*float64(h.Count())/unit))
		fmt.Fprintf(out, "asyncctl_loadtest_%s_count{%s} %d\n", name, label, h.Count())
	}
}

func float(v float64) string { return strconv.FormatFloat(v, 'g', 9, 64) }

// Label is a label's value, quoted.
func Label(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
