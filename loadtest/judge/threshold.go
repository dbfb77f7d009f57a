package judge

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
)

// Threshold is a condition on what a run measured, as [ParseThreshold] reads it:
//
//	threshold = term [ "{" strategy "}" ] comparison value
//	term      = statistic "(" metric ")" | "rate" "(" count ")" | "per_second" "(" count ")" | count
//	statistic = "p50" | "p99" | "p99.9" | ... | "mean" | "max" | "count"
//	comparison = "<" | "<=" | ">" | ">=" | "==" | "!="
//	value     = number [ "%" | "ns" | "us" | "ms" | "s" | "m" | "h" ]
//
// as in p99(done)<30s, rate(failed)<0.1%, early_polls==0, mean(polls){server}<=4. [Metrics] and
// [Countables] list the names. Without a strategy it is asked of each. per_second divides by the time
// in which operations arrived ([Result.Arriving]): what the last of them take longer is not the load.
type Threshold struct {
	text       string
	strategy   string // "": each
	statistic  string // a quantile as "p99", "mean", "max", "count", "rate", "per_second", or "" for a bare count
	quantile   float64
	metric     measure.Metric
	count      measure.Count
	comparison string
	bound      float64 // nanoseconds, a share, or a number
	unit       yardstick
}

// yardstick is what a term is measured in.
type yardstick int

const (
	inNumbers yardstick = iota
	inTime
	inShares
)

// String returns the text that was read.
func (t Threshold) String() string { return t.text }

// Verdict is what became of one threshold in one series.
type Verdict struct {
	Threshold string `json:"threshold"`
	Strategy  string `json:"strategy"`
	// Value is what was measured, in words; empty if nothing was.
	Value string `json:"value"`
	Met   bool   `json:"met"`
	// Reason says in a sentence why it is not met; empty if it is.
	Reason string `json:"reason,omitempty"`
}

// Judge asks a result. What is not known misses the threshold: a run in which nothing happened is
// never green, nor is a percentile of operations that did not end. One for a strategy that did not run
// is missed too.
func (t Threshold) Judge(r *loadtest.Result) []Verdict {
	var verdicts []Verdict
	for i := range r.Series {
		if s := &r.Series[i]; t.selects(s) {
			verdicts = append(verdicts, t.judge(s, r.Arriving()))
		}
	}
	if len(verdicts) == 0 {
		reason := "nothing was measured"
		if t.strategy != "" {
			reason = fmt.Sprintf("the strategy %q did not run", t.strategy)
		}
		verdicts = append(verdicts, Verdict{Threshold: t.text, Strategy: t.strategy, Reason: t.text + ": " + reason})
	}
	return verdicts
}

// selects reports whether the threshold is asked of a series: by its strategy, its kind, or both.
func (t Threshold) selects(s *measure.Series) bool {
	return t.strategy == "" || t.strategy == s.Strategy || t.strategy == s.Kind || t.strategy == s.Name()
}

// Series is the strategy or kind in braces; empty: all are asked.
func (t Threshold) Series() string { return t.strategy }

// Count is the name of the count that the threshold asks for; empty if it asks for a metric.
func (t Threshold) Count() string { return t.count.Name }

func (t Threshold) judge(s *measure.Series, arriving time.Duration) Verdict {
	v := Verdict{Threshold: t.text, Strategy: s.Name()}
	got, measured := t.measure(s, arriving)
	switch {
	case !measured:
		v.Reason = fmt.Sprintf("%s: nothing was measured (%s)", t.text, s.Name())
		return v
	case !got.Known && got.More > 0:
		v.Value = "not known, more than " + t.say(got.More)
	case !got.Known:
		v.Value = "not known"
	default:
		v.Value, v.Met = t.say(got.Value), holds(got.Value, t.comparison, t.bound)
	}
	if !v.Met {
		v.Reason = fmt.Sprintf("%s: it is %s (%s)", t.text, v.Value, s.Name())
	}
	return v
}

// Holds reports whether the condition is true of any series of a run that goes on, and in which words.
// What is not known yet is not true.
func (t Threshold) Holds(r *loadtest.Result) (string, bool) {
	for i := range r.Series {
		s := &r.Series[i]
		if !t.selects(s) {
			continue
		}
		if got, measured := t.measure(s, r.Arriving()); measured && got.Known && holds(got.Value, t.comparison, t.bound) {
			return fmt.Sprintf("%s: it is %s (%s)", t.text, t.say(got.Value), s.Name()), true
		}
	}
	return "", false
}

// measure returns the term's value; false if there is nothing to measure it from.
func (t Threshold) measure(s *measure.Series, arriving time.Duration) (measure.Figure, bool) {
	known := func(v float64, ok bool) (measure.Figure, bool) { return measure.Figure{Value: v, Known: true}, ok }
	switch t.statistic {
	case "":
		return known(float64(t.count.Of(s)), true)
	case "rate":
		return known(t.count.Rate(s))
	case "per_second":
		return known(perSecond(t.count.Of(s), arriving))
	case "count":
		return known(float64(t.metric.Of(s).Count()), true)
	case "mean":
		return t.metric.Mean(s)
	case "max":
		return t.metric.Max(s)
	}
	return t.metric.Quantile(s, t.quantile)
}

func holds(got float64, comparison string, bound float64) bool {
	switch comparison {
	case "<":
		return got < bound
	case "<=":
		return got <= bound
	case ">":
		return got > bound
	case ">=":
		return got >= bound
	case "==":
		return got == bound
	}
	return got != bound
}

// say returns a value in the unit of the term.
func (t Threshold) say(v float64) string {
	switch t.unit {
	case inTime:
		return significant(time.Duration(v)).String()
	case inShares:
		return strconv.FormatFloat(v*100, 'g', 4, 64) + "%"
	}
	return strconv.FormatFloat(math.Round(v*1000)/1000, 'f', -1, 64)
}

// significant rounds to four digits: more were not measured.
func significant(d time.Duration) time.Duration {
	step := time.Duration(1)
	for abs := d.Abs(); abs/step >= 10000; step *= 10 {
		continue
	}
	return d.Round(step)
}

// Live returns why a threshold cannot be asked while a run goes on; "" if it can be.
func (t Threshold) Live() string {
	switch t.statistic {
	case "", "rate", "per_second":
		return ""
	}
	switch t.metric.Name {
	case "done", "poll", "late":
		if t.strategy == "" {
			return ""
		}
		return "percentiles of a single strategy are not known before the run ends"
	}
	return "while a run goes on, of the latencies done, poll and late are known, and all counts"
}
