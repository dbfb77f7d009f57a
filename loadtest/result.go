package loadtest

import "time"

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
	Series []Series `json:"series"`
	// Samples are the run second by second, over all series.
	Samples []Sample `json:"samples,omitempty"`
	// Clock is the server's clock against ours.
	Clock Clock `json:"clock"`
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

// Series is what one poll strategy came to.
type Series struct {
	Strategy string `json:"strategy"` // as it was asked for: "server", "fixed:1s"
	Counts   Counts `json:"counts"`

	// All latencies count from the planned moment of what begins them.
	Accept Histogram `json:"accept"` // submit to its answer
	Done   Histogram `json:"done"`   // submit to the moment when we knew the end
	// Work is submit to the moment when the server was done, where it tells; else what the polls bound
	// it by, its middle. Truth says which.
	Work Histogram `json:"work"`
	// Lag is from the moment when the server was done to when we knew.
	Lag    Histogram `json:"lag"`
	Poll   Histogram `json:"poll"`   // a poll to its answer
	Result Histogram `json:"result"` // the result's request to its last byte
	// Server is a request's last byte to the answer's first, and Connection the wait for a connection.
	Server     Histogram `json:"server"`
	Connection Histogram `json:"connection"`
	// Late is how much later than planned a request left: the generator's own fault.
	Late Histogram `json:"late"`
	// Asked is the hints of the server, and Needed how long the hint beside the acceptance should have
	// been to meet the end of the work: from the answer to the submit to the end, for each operation.
	Asked  Histogram `json:"asked"`
	Needed Histogram `json:"needed"`
	// Polls counts the polls of each operation, as if each were a nanosecond.
	Polls Histogram `json:"polls"`

	// Truth is how Lag and Work were found out: one of the words below.
	Truth  string       `json:"truth"`
	Errors []ErrorClass `json:"errors,omitempty"`
}

// How the end of the work was found out.
const (
	TruthServer  = "server"  // it tells when it was done
	TruthBounded = "bounded" // it lies in the middle between the last two polls, give or take half of that
	TruthMixed   = "mixed"   // the server told it of some operations
)

// Counts are of operations first, then of requests. Submitted is the sum of the fates, always.
type Counts struct {
	Submitted int64 `json:"submitted"` // submits that were sent
	Succeeded int64 `json:"succeeded"`
	Failed    int64 `json:"failed"`
	Cancelled int64 `json:"cancelled"`
	Refused   int64 `json:"refused"` // no operation was started
	Lost      int64 `json:"lost"`    // the fate is not known
	Gone      int64 `json:"gone"`    // expired
	TimedOut  int64 `json:"timed_out"`
	Pending   int64 `json:"pending"` // when the run ended

	Planned     int64 `json:"planned"` // arrivals of the plan; those not submitted were Shed
	Shed        int64 `json:"shed"`    // not submitted: too many were in flight
	Requests    int64 `json:"requests"`
	PollsSent   int64 `json:"polls_sent"`
	PollsWasted int64 `json:"polls_wasted"` // answered "not yet"
	PollsEarly  int64 `json:"polls_early"`  // before the hint allowed it; of strategies that ignore it
	Throttled   int64 `json:"throttled"`    // 429
	Resent      int64 `json:"resent"`       // tries beyond the first
	BytesIn     int64 `json:"bytes_in"`
	BytesOut    int64 `json:"bytes_out"`
}

// Balanced says whether every operation is accounted for.
func (c *Counts) Balanced() bool {
	return c.Submitted == c.Succeeded+c.Failed+c.Cancelled+c.Refused+c.Lost+c.Gone+c.TimedOut+c.Pending
}

// ErrorClass is one way in which things went wrong.
type ErrorClass struct {
	Reason  string `json:"reason"` // a reason of package lro, or "http 500", "reset", ...
	Count   int64  `json:"count"`
	Example string `json:"example"` // one of them, in words; clean it before it reaches a terminal
}

// Sample is one second of the run.
type Sample struct {
	At        time.Duration `json:"at_ns"` // since the start
	Planned   int64         `json:"planned"`
	Submitted int64         `json:"submitted"`
	Ended     int64         `json:"ended"`
	Failed    int64         `json:"failed"`    // of Ended: not succeeded
	InFlight  int64         `json:"in_flight"` // at the end of the second
	Polls     int64         `json:"polls"`
	Wasted    int64         `json:"wasted"`
	Throttled int64         `json:"throttled"`
	Errors    int64         `json:"errors"`
	BytesIn   int64         `json:"bytes_in"`
	// Latency is of the polls answered in this second, from their planned moments.
	Latency Spread `json:"latency"`
	// DoneIn is of the operations that ended in this second, and LagIn their detection lag.
	DoneIn Spread `json:"done_in"`
	LagIn  Spread `json:"lag_in"`
	// Late is the generator's own lateness.
	Late Spread `json:"late"`
}

// Spread is a small histogram: how many there were in each power of two of microseconds. Power 0 is
// up to 1 us, power i above 2^(i-1) us up to 2^i us.
type Spread [36]int64

// Clock is the server's clock against ours, from its Date fields and the time around each exchange.
type Clock struct {
	Known bool `json:"known"`
	// Offset is to be added to our time to get the server's; Uncertainty is how far it may be off to
	// either side.
	Offset      time.Duration `json:"offset_ns"`
	Uncertainty time.Duration `json:"uncertainty_ns"`
}
