package load

import (
	"encoding/json"
	"io"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/internal/schema"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/loadtest/judge"
)

// Summary is the JSON summary. Durations are in milliseconds.
type Summary struct {
	Schema    string        `json:"schema"`
	Version   string        `json:"version,omitempty"`
	Target    string        `json:"target"`
	Dialect   string        `json:"dialect"`
	Load      string        `json:"load"`
	Seed      uint64        `json:"seed"`
	Started   time.Time     `json:"started"`
	ElapsedMS float64       `json:"elapsed_ms"`
	Stopped   string        `json:"stopped,omitempty"`
	Warnings  []string      `json:"warnings"`
	Part      loadtest.Part `json:"part"`
	// Met reports whether all thresholds are; absent where there are none.
	Met        *bool           `json:"met,omitempty"`
	Thresholds []judge.Verdict `json:"thresholds,omitempty"`
	Series     []SummarySeries `json:"series"`
	Clock      measure.Clock   `json:"clock"`
	Advice     *judge.Advice   `json:"advice,omitempty"`
}

// SummarySeries is one poll strategy of a [Summary].
type SummarySeries struct {
	Strategy string             `json:"strategy"`
	Kind     string             `json:"kind,omitempty"`
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

// Quantiles are those of one metric. Those that are not known, because too many never came, are null.
type Quantiles struct {
	Count int64 `json:"count"`
	// Open is how many never came; quantiles count them as longer than all others.
	Open int64    `json:"open,omitempty"`
	Mean *float64 `json:"mean"`
	P50  *float64 `json:"p50"`
	P90  *float64 `json:"p90"`
	P95  *float64 `json:"p95"`
	P99  *float64 `json:"p99"`
	P999 *float64 `json:"p99_9"`
	Max  *float64 `json:"max"`
	// More is what those that are not known are more than, where that is known.
	More map[string]float64 `json:"more_than,omitempty"`
	// Least are the least that the metric can have been, where only bounds are known.
	Least *Quantiles `json:"least,omitempty"`
}

func quantilesOf(m measure.Metric, s *measure.Series, unit float64) Quantiles {
	q := Quantiles{Count: m.Of(s).Count(), Open: m.Open(s)}
	take := func(name string, to **float64, f measure.Figure, ok bool) {
		switch v := f.Value / unit; {
		case ok && f.Known:
			*to = &v
		case ok && f.More > 0:
			if q.More == nil {
				q.More = map[string]float64{}
			}
			q.More[name] = f.More / unit
		}
	}
	at := func(name string, to **float64, share float64) {
		f, ok := m.Quantile(s, share)
		take(name, to, f, ok)
	}
	f, ok := m.Mean(s)
	take("mean", &q.Mean, f, ok)
	at("p50", &q.P50, 0.5)
	at("p90", &q.P90, 0.9)
	at("p95", &q.P95, 0.95)
	at("p99", &q.P99, 0.99)
	at("p99_9", &q.P999, 0.999)
	at("max", &q.Max, 1)
	return q
}

// leastOf are the quantiles of the least that a metric can have been; nil where it is known exactly.
func leastOf(m measure.Metric, s *measure.Series, unit float64) *Quantiles {
	h := m.Least(s)
	if h == m.Of(s) || h.Count() == 0 || s.Truth == measure.TruthServer {
		return nil
	}
	at := func(q float64) *float64 { v := float64(h.Quantile(q)) / unit; return &v }
	mean := h.MeanValue() / unit
	return &Quantiles{Count: h.Count(), Mean: &mean, P50: at(0.5), P90: at(0.9), P95: at(0.95), P99: at(0.99), P999: at(0.999), Max: at(1)}
}

const milliseconds = float64(time.Millisecond)

// Summary returns the JSON summary's content.
func (v View) Summary() Summary {
	r := v.Result
	s := Summary{
		Schema: schema.Summary, Version: r.Version, Target: r.Target, Dialect: r.Dialect, Load: r.Load, Seed: r.Seed,
		Started: r.Started, ElapsedMS: float64(r.Elapsed) / milliseconds, Stopped: r.Stopped,
		Warnings: v.warned(), Part: r.Part, Thresholds: v.Verdicts, Series: []SummarySeries{}, Clock: r.Clock, Advice: v.Advice,
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
		Strategy: from.Strategy, Kind: from.Kind, Truth: from.Truth, Counts: from.Counts, Rates: map[string]float64{}, Latency: map[string]Quantiles{},
		PollsPerOperation: quantilesOf(metric("polls"), from, 1), Errors: append([]measure.ErrorClass{}, from.Errors...),
	}
	for _, c := range measure.Countables() {
		if share, ok := c.Rate(from); ok {
			s.Rates[c.Name] = share
		}
	}
	for _, m := range measure.Metrics() {
		if m.Of(from).Count()+m.Open(from) > 0 && !m.Plain {
			q := quantilesOf(m, from, milliseconds)
			q.Least = leastOf(m, from, milliseconds)
			s.Latency[m.Name] = q
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
	e := json.NewEncoder(show.Writer(w))
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(content)
}
