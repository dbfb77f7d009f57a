package load

import (
	"encoding/json"
	"io"
	"time"

	"github.com/asyncctl/asyncctl/loadtest/judge"
	"github.com/asyncctl/asyncctl/loadtest/measure"
)

// SummarySchema names the format of the JSON summary; its fields only grow.
const SummarySchema = "asyncctl.loadtest.summary/1"

// Summary is the JSON summary. Durations are in milliseconds.
type Summary struct {
	Schema    string    `json:"schema"`
	Version   string    `json:"version,omitempty"`
	Target    string    `json:"target"`
	Dialect   string    `json:"dialect"`
	Load      string    `json:"load"`
	Seed      uint64    `json:"seed"`
	Started   time.Time `json:"started"`
	ElapsedMS float64   `json:"elapsed_ms"`
	Stopped   string    `json:"stopped,omitempty"`
	Warnings  []string  `json:"warnings"`
	// Met says whether all thresholds are; absent where there are none.
	Met        *bool           `json:"met,omitempty"`
	Thresholds []judge.Verdict `json:"thresholds,omitempty"`
	Series     []SummarySeries `json:"series"`
	Clock      measure.Clock   `json:"clock"`
	Advice     *judge.Advice   `json:"advice,omitempty"`
}

// SummarySeries is one poll strategy of a [Summary].
type SummarySeries struct {
	Strategy string             `json:"strategy"`
	Truth    string             `json:"truth"`
	Counts   measure.Counts     `json:"counts"`
	Rates    map[string]float64 `json:"rates"` // shares, by the names that thresholds use
	// PerSecond is operations that were submitted, and that succeeded, over the time in which they
	// arrived.
	PerSecond struct {
		Submitted float64 `json:"submitted"`
		Succeeded float64 `json:"succeeded"`
	} `json:"per_second"`
	Latency           map[string]Quantiles `json:"latency_ms"`
	PollsPerOperation Quantiles            `json:"polls_per_operation"`
	Errors            []measure.ErrorClass `json:"errors"`
}

// Quantiles are those of one histogram.
type Quantiles struct {
	Count int64   `json:"count"`
	Mean  float64 `json:"mean"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P95   float64 `json:"p95"`
	P99   float64 `json:"p99"`
	P999  float64 `json:"p99_9"`
	Max   float64 `json:"max"`
}

func quantilesOf(h *measure.Histogram, unit float64) Quantiles {
	at := func(q float64) float64 { return float64(h.Quantile(q)) / unit }
	return Quantiles{h.Count(), mean(h) / unit, at(0.5), at(0.9), at(0.95), at(0.99), at(0.999), float64(h.Max()) / unit}
}

const milliseconds = float64(time.Millisecond)

// Summary returns the JSON summary's content.
func (v View) Summary() Summary {
	r := v.Result
	s := Summary{
		Schema: SummarySchema, Version: r.Version, Target: r.Target, Dialect: r.Dialect, Load: r.Load, Seed: r.Seed,
		Started: r.Started, ElapsedMS: float64(r.Elapsed) / milliseconds, Stopped: r.Stopped,
		Warnings: append([]string{}, r.Warnings...), Thresholds: v.Verdicts, Series: []SummarySeries{}, Clock: r.Clock, Advice: v.Advice,
	}
	if len(v.Verdicts) > 0 {
		met := true
		for _, verdict := range v.Verdicts {
			met = met && verdict.Met
		}
		s.Met = &met
	}
	for i := range r.Series {
		s.Series = append(s.Series, summarize(&r.Series[i], r.Arriving()))
	}
	return s
}

func summarize(from *measure.Series, arriving time.Duration) SummarySeries {
	s := SummarySeries{
		Strategy: from.Strategy, Truth: from.Truth, Counts: from.Counts, Rates: map[string]float64{}, Latency: map[string]Quantiles{},
		PollsPerOperation: quantilesOf(&from.Polls, 1), Errors: append([]measure.ErrorClass{}, from.Errors...),
	}
	for _, c := range measure.Countables() {
		if share, ok := c.Rate(from); ok {
			s.Rates[c.Name] = share
		}
	}
	for _, m := range measure.Metrics() {
		if h := m.Of(from); h.Count() > 0 && !m.Plain {
			s.Latency[m.Name] = quantilesOf(h, milliseconds)
		}
	}
	if arriving > 0 {
		s.PerSecond.Submitted = float64(from.Counts.Submitted) / arriving.Seconds()
		s.PerSecond.Succeeded = float64(from.Counts.Succeeded) / arriving.Seconds()
	}
	return s
}

// JSON writes the summary as one document.
func (v View) JSON(w io.Writer) error { return writeJSON(w, v.Summary()) }

func writeJSON(w io.Writer, content any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(content)
}
