package loadtest

import (
	"time"

	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/internal/schema"
)

// What a run measured.
type (
	// Series is what was measured of one kind of operation under one poll strategy.
	Series = measure.Series
	// Histogram holds durations; Quantile, Mean, Max and Count read it.
	Histogram = measure.Histogram
	// Counts are numbers of operations and requests.
	Counts = measure.Counts
	// Sample is one second of a run.
	Sample = measure.Sample
	// Clock is the server's clock against ours.
	Clock = measure.Clock
)

// Schema names the format of a result file; what it holds only grows.
const Schema = schema.Loadtest

// Result is what one run measured. It is all that reports, thresholds, comparisons and the advice
// on Retry-After ever see. Results of runs that shared one plan can be merged.
type Result struct {
	Schema  string        `json:"schema"`
	Version string        `json:"version"` // of the program
	Target  string        `json:"target"`  // without secrets
	Dialect string        `json:"dialect"`
	Started time.Time     `json:"started"`
	Elapsed time.Duration `json:"elapsed_ns"`
	// Load says in words what was asked for: "50/s for 60s, Poisson, seed 7".
	Load string `json:"load"`
	Seed uint64 `json:"seed"`
	// Stopped says why the run ended before its plan did: "interrupted", "max-errors", "abort-on ...".
	Stopped string `json:"stopped,omitempty"`
	// Warnings are what makes the figures doubtful: the generator's own lateness, operations whose end
	// is not known.
	Warnings []Warning `json:"warnings,omitempty"`
	// Part says which part of which plan this is, and of which parts it was merged.
	Part Part `json:"part"`

	// Series has one entry for each kind of operation and poll strategy, in the order asked for.
	Series []Series `json:"series"`
	// Samples are the run second by second, over all series.
	Samples []Sample `json:"samples,omitempty"`
	// Warmup is how long operations were not counted at the beginning, and Warmed how many those were.
	Warmup time.Duration `json:"warmup_ns,omitempty"`
	Warmed Counts        `json:"warmed,omitzero"`
	// Arrived is how long operations arrived, the warm-up included; see [Result.Arriving].
	Arrived time.Duration `json:"arrived_ns"`
	// Clock is the server's clock against ours.
	Clock Clock `json:"clock"`
}

// Arriving is how long operations arrived that are counted: by the plan, or until the run was ended.
// What is left of Elapsed was waiting for their ends.
func (r *Result) Arriving() time.Duration {
	if d := min(r.Arrived, r.Elapsed); d > 0 {
		return max(d-r.Warmup, 0)
	}
	return max(r.Elapsed-r.Warmup, 0)
}

// Total is the sum over all series.
func (r *Result) Total() *Series {
	sum := &Series{}
	for i := range r.Series {
		sum.Add(&r.Series[i])
	}
	return sum
}
