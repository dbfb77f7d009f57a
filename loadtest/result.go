package loadtest

import (
	"time"

	"github.com/asyncctl/asyncctl/loadtest/measure"
)

// Schema names the format of a result file; what it holds only grows.
const Schema = "asyncctl.loadtest/1"

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
	// Warnings are what makes the figures doubtful, the generator's own lateness above all.
	Warnings []string `json:"warnings,omitempty"`

	// Series has one entry a poll strategy, in the order asked for.
	Series []measure.Series `json:"series"`
	// Samples are the run second by second, over all series.
	Samples []measure.Sample `json:"samples,omitempty"`
	// Clock is the server's clock against ours.
	Clock measure.Clock `json:"clock"`
}

// Arriving is how long operations arrived: up to the last second in which one was submitted. What is
// left of Elapsed was waiting for their ends. Without samples it is Elapsed.
func (r *Result) Arriving() time.Duration {
	for i := len(r.Samples) - 1; i >= 0; i-- {
		if r.Samples[i].Submitted > 0 {
			return min(r.Samples[i].At, r.Elapsed)
		}
	}
	return r.Elapsed
}
