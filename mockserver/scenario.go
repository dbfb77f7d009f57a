package mockserver

import (
	"net/url"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// AtOnce is the duration of no time at all, for fields of a [Scenario] whose
// zero value means a default. Any negative duration means the same.
const AtOnce = work.AtOnce

// MaxDuration bounds every duration of a [Scenario].
const MaxDuration = work.MaxDuration

// A Scenario says what an operation does and how the server speaks of it.
// The zero value is an operation that takes 3 seconds, succeeds, asks for a poll
// a second, and redirects with 303 to a small JSON result.
type Scenario = work.Scenario

// An Outcome is how an operation ends when nobody cancels it.
type Outcome = work.Outcome

// The outcomes. The empty Outcome is OutcomeSucceeded.
const (
	OutcomeSucceeded = work.OutcomeSucceeded
	OutcomeFailed    = work.OutcomeFailed
	OutcomeCancelled = work.OutcomeCancelled // cancelled by the server itself
	OutcomePartial   = work.OutcomePartial   // succeeds in part, in the dialects that have a word for it
	OutcomeNever     = work.OutcomeNever     // runs until it is cancelled
)

// A Completion is how the status URL says that an operation is done.
type Completion = work.Completion

// The completions. The empty Completion is CompletionSeeOther.
const (
	CompletionSeeOther = work.CompletionSeeOther // 303 to the result
	CompletionFound    = work.CompletionFound    // 302 to the result
	CompletionStatus   = work.CompletionStatus   // 200 with a last status document, also for a failure
	CompletionResult   = work.CompletionResult   // the result itself
)

// A RetryAfter makes the Retry-After header of answers about an operation that
// is not done. The zero value is a hint of 1 second.
type RetryAfter = work.RetryAfter

// A RetryForm is the way a hint is worded.
type RetryForm = work.RetryForm

// The forms of a hint. The zero RetryForm is RetrySeconds.
const (
	RetrySeconds    = work.RetrySeconds    // Delay as a number of seconds
	RetryDate       = work.RetryDate       // the moment Delay from now, as an HTTP-date
	RetryRemaining  = work.RetryRemaining  // the seconds until the operation is done; Delay if nobody knows
	RetryNone       = work.RetryNone       // no hint
	RetryDecreasing = work.RetryDecreasing // Delay at first, less the further the operation is, and at least 1 s
)

// MaxRetryAfter bounds the hint of a [RetryAfter].
const MaxRetryAfter = work.MaxRetryAfter

// A Distribution scatters the run times of operations around
// [Scenario].Duration. The zero value scatters nothing.
type Distribution = work.Distribution

// A Curve names how the run times of operations scatter.
type Curve = work.Curve

// The curves. The zero Curve is CurveFixed.
const (
	CurveFixed       = work.CurveFixed       // every operation takes the same time
	CurveUniform     = work.CurveUniform     // evenly between the time less and plus Spread of it
	CurveExponential = work.CurveExponential // memoryless; the time is the mean
	CurveLognormal   = work.CurveLognormal   // few take much longer; the time is the median, Spread is sigma
)

// A Progress says how the percentage of a running operation grows: "" or
// "linear", "none", "steps:4", or leaps such as "10:5,50:80".
type Progress = work.Progress

// Seen is a percentage that an operation was seen at.
type Seen = work.Seen

// Leaps makes a Progress of what was seen of an operation that ran for a time:
// pairs of an age and a percentage, in order. What does not fit the form is left
// out.
func Leaps(run time.Duration, seen []Seen) Progress { return work.Leaps(run, seen) }

// A Parameter is one word of the vocabulary that [ParseScenario] reads, or that
// follows the name of a fault, for help texts.
type Parameter = work.Parameter

// Parameters returns the vocabulary, in the order in which it should be shown.
func Parameters() []Parameter { return work.Parameters() }

// ParseScenario returns base with the fields that values set. The parameters
// are named in the fields of [Scenario]; each may be given once. The error names
// the parameter, the value it cannot take and what is allowed, or lists the
// known parameters if there is none of that name.
func ParseScenario(base Scenario, values url.Values) (Scenario, error) {
	return work.ParseScenario(base, values)
}
