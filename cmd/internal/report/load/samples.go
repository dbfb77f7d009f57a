package load

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/internal/show"
)

// StreamVersion is the version of the stream of samples; it only grows.
const StreamVersion = 1

// Record is one line of the stream of samples. Exactly one field is set; the first record is a start,
// the last one an end.
type Record struct {
	Start  *StreamStart  `json:"start,omitempty"`
	Sample *SampleRecord `json:"sample,omitempty"`
	End    *Summary      `json:"end,omitempty"`
}

// StreamStart opens a stream.
type StreamStart struct {
	Version int       `json:"version"`
	Target  string    `json:"target"`
	Load    string    `json:"load"`
	Started time.Time `json:"started"`
}

// SampleRecord is one second of a run. Durations are in milliseconds; quantiles are within 6 %
// and never above the largest; those of lag are upper bounds.
type SampleRecord struct {
	AtS       float64 `json:"at_s"`
	Planned   int64   `json:"planned"`
	Submitted int64   `json:"submitted"`
	Ended     int64   `json:"ended"`
	Failed    int64   `json:"failed"`
	InFlight  int64   `json:"in_flight"`
	Polls     int64   `json:"polls"`
	Wasted    int64   `json:"wasted"`
	Throttled int64   `json:"throttled"`
	Errors    int64   `json:"errors"`
	BytesIn   int64   `json:"bytes_in"`
	PollP50   float64 `json:"poll_p50_ms"`
	PollP99   float64 `json:"poll_p99_ms"`
	DoneP50   float64 `json:"done_p50_ms"`
	DoneP99   float64 `json:"done_p99_ms"`
	LagP50    float64 `json:"lag_p50_ms"`
	LagP99    float64 `json:"lag_p99_ms"`
	LateP99   float64 `json:"late_p99_ms"`
}

// RecordOf returns a sample as it is written.
func RecordOf(s *measure.Sample) SampleRecord {
	at := func(spread *measure.Spread, q float64) float64 {
		return float64(spread.Quantile(q).Round(time.Microsecond)) / milliseconds
	}
	return SampleRecord{
		AtS: s.At.Seconds(), Planned: s.Planned, Submitted: s.Submitted, Ended: s.Ended, Failed: s.Failed, InFlight: s.InFlight,
		Polls: s.Polls, Wasted: s.Wasted, Throttled: s.Throttled, Errors: s.Errors, BytesIn: s.BytesIn,
		PollP50: at(&s.Latency, 0.5), PollP99: at(&s.Latency, 0.99), DoneP50: at(&s.DoneIn, 0.5), DoneP99: at(&s.DoneIn, 0.99),
		LagP50: at(&s.LagIn, 0.5), LagP99: at(&s.LagIn, 0.99), LateP99: at(&s.Late, 0.99),
	}
}

// columns are those of the CSV, in order.
var columns = []struct {
	name string
	of   func(*SampleRecord) float64
}{
	{"at_s", func(s *SampleRecord) float64 { return s.AtS }},
	{"planned", func(s *SampleRecord) float64 { return float64(s.Planned) }},
	{"submitted", func(s *SampleRecord) float64 { return float64(s.Submitted) }},
	{"ended", func(s *SampleRecord) float64 { return float64(s.Ended) }},
	{"failed", func(s *SampleRecord) float64 { return float64(s.Failed) }},
	{"in_flight", func(s *SampleRecord) float64 { return float64(s.InFlight) }},
	{"polls", func(s *SampleRecord) float64 { return float64(s.Polls) }},
	{"wasted", func(s *SampleRecord) float64 { return float64(s.Wasted) }},
	{"throttled", func(s *SampleRecord) float64 { return float64(s.Throttled) }},
	{"errors", func(s *SampleRecord) float64 { return float64(s.Errors) }},
	{"bytes_in", func(s *SampleRecord) float64 { return float64(s.BytesIn) }},
	{"poll_p50_ms", func(s *SampleRecord) float64 { return s.PollP50 }},
	{"poll_p99_ms", func(s *SampleRecord) float64 { return s.PollP99 }},
	{"done_p50_ms", func(s *SampleRecord) float64 { return s.DoneP50 }},
	{"done_p99_ms", func(s *SampleRecord) float64 { return s.DoneP99 }},
	{"lag_p50_ms", func(s *SampleRecord) float64 { return s.LagP50 }},
	{"lag_p99_ms", func(s *SampleRecord) float64 { return s.LagP99 }},
	{"late_p99_ms", func(s *SampleRecord) float64 { return s.LateP99 }},
}

// CSV writes a row for each second, under a head.
func (v View) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	row := make([]string, len(columns))
	for i, c := range columns {
		row[i] = c.name
	}
	out.Write(row) // an error comes back from Error
	for i := range v.Result.Samples {
		record := RecordOf(&v.Result.Samples[i])
		for i, c := range columns {
			row[i] = strconv.FormatFloat(c.of(&record), 'f', -1, 64)
		}
		out.Write(row)
	}
	out.Flush()
	return out.Error()
}

// NDJSON writes the stream of samples: a start, a sample for each second, and the summary as its end.
func (v View) NDJSON(w io.Writer) error {
	e := json.NewEncoder(show.Writer(w))
	e.SetEscapeHTML(false)
	r := v.Result
	if err := e.Encode(Record{Start: &StreamStart{StreamVersion, r.Target, r.Load, r.Started}}); err != nil {
		return err
	}
	for i := range r.Samples {
		sample := RecordOf(&r.Samples[i])
		if err := e.Encode(Record{Sample: &sample}); err != nil {
			return err
		}
	}
	summary := v.Summary()
	return e.Encode(Record{End: &summary})
}
