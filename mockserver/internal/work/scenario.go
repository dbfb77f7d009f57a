package work

import (
	"encoding/json"
	"time"
)

// AtOnce is the duration of no time at all, for fields of a [Scenario] whose
// zero value means a default. Any negative duration means the same.
const AtOnce time.Duration = -1

// MaxDuration bounds every duration of a [Scenario].
const MaxDuration = 30 * 24 * time.Hour

// An Outcome is how an operation ends when nobody cancels it.
type Outcome string

// The outcomes. The empty Outcome is OutcomeSucceeded.
const (
	OutcomeSucceeded Outcome = "succeeded"
	OutcomeFailed    Outcome = "failed"
	OutcomeCancelled Outcome = "cancelled" // cancelled by the server itself
	OutcomePartial   Outcome = "partial"   // succeeds in part, in the dialects that have a word for it
	OutcomeNever     Outcome = "never"     // runs until it is cancelled
)

// A Completion is how the status URL says that an operation is done.
type Completion string

// The completions. The empty Completion is CompletionSeeOther.
const (
	// CompletionSeeOther redirects with 303 to the result.
	CompletionSeeOther Completion = "303"
	// CompletionFound redirects with 302 to the result, as older texts have it.
	CompletionFound Completion = "302"
	// CompletionStatus answers 200 with a last status document, also for a
	// failure, whose problem is then its member "error".
	CompletionStatus Completion = "status"
	// CompletionResult answers with the result itself.
	CompletionResult Completion = "result"
)

// A Scenario says what an operation does and how the server speaks of it.
// The zero value is an operation that takes 3 seconds, succeeds, asks for a poll
// a second, and redirects with 303 to a small JSON result. Scenarios are plain
// comparable values; the query parameter that sets a field is named at its end.
type Scenario struct {
	// Duration is the time it runs; 0 means 3 s, AtOnce means no time. (duration)
	Duration time.Duration
	// Distribution scatters the Duration of operations, by [Server].Seed;
	// default all take the same. (distribution)
	Distribution Distribution
	// Queue is the time it is Pending before it runs, or before it enters the
	// Queue of [Server].Workers; default none. (queue)
	Queue time.Duration
	// Polls is how many polls it takes: the operation is not done before the
	// Polls-th poll asks. For tests without a clock, together with AtOnce as
	// Duration; default 0, polling changes nothing. (polls)
	Polls int
	// Progress is how its percentage grows; default evenly. (progress)
	Progress Progress
	// Outcome is how it ends; default OutcomeSucceeded. (outcome)
	Outcome Outcome

	// RetryAfter is the hint in answers about an operation that is not done;
	// default 1 second. (retry-after)
	RetryAfter RetryAfter
	// PendingStatus is the HTTP status of a poll before the end, 200 or 202;
	// default 200. In the generic dialect only. (pending-status)
	PendingStatus int
	// Completion is how a poll learns of the end; default CompletionSeeOther. In
	// the generic dialect only. (completion)
	Completion Completion

	// Result is the body of the result; default a JSON document that repeats
	// the submit. (result)
	Result string
	// ResultSize, if not 0, makes the result that many bytes of digits, which
	// are sent without being held in memory. It goes before Result. (result-size)
	ResultSize int64
	// ResultType is the media type of the result; default what it is:
	// application/json if it parses, else text/plain, and
	// application/octet-stream for ResultSize. (result-type)
	ResultType string
	// ResultStatus is the HTTP status of the result: 200, 201 or 204;
	// default 200. 204 has no body. It counts where the result is an answer of its
	// own. (result-status)
	ResultStatus int

	// FailStatus is the HTTP status of a failed operation, 400 to 599;
	// default 422. (fail-status)
	FailStatus int
	// FailTitle and FailDetail are the members of its problem document;
	// default texts that say that the failure is permanent. (fail-title, fail-detail)
	FailTitle  string
	FailDetail string

	// NoCancel answers DELETE with 405; default false, it can be cancelled. (cancel)
	NoCancel bool
	// CancelDelay is the time from DELETE to Cancelled, spent as Cancelling;
	// default none. (cancel-delay)
	CancelDelay time.Duration

	// Retention is how long the status and the result stay readable after the
	// end; then they are 410. 0 means 24 h, AtOnce means no time. (retention)
	Retention time.Duration
	// AbsoluteLocation puts scheme and host into every Location; default
	// false, a path. (location)
	AbsoluteLocation bool
}

const (
	defaultDuration  = 3 * time.Second
	defaultRetention = 24 * time.Hour
)

func (sc *Scenario) duration() time.Duration    { return orDefault(sc.Duration, defaultDuration) }
func Kept(sc *Scenario) time.Duration           { return orDefault(sc.Retention, defaultRetention) }
func (sc *Scenario) queue() time.Duration       { return orDefault(sc.Queue, 0) }
func (sc *Scenario) cancelDelay() time.Duration { return orDefault(sc.CancelDelay, 0) }

// Plan is when the operation runs if it need not wait for a worker and its
// duration is not scattered.
func (sc *Scenario) plan() Plan { return Plan{Queue: sc.queue(), run: sc.duration()} }

// A Plan is when one operation runs.
type Plan struct {
	Queue time.Duration // from the acceptance to the start
	run   time.Duration // from the start to the end
}

// orDefault reads a duration field: 0 is the default, negative is none, and
// nothing is longer than MaxDuration.
func orDefault(d, ifZero time.Duration) time.Duration {
	if d == 0 {
		return ifZero
	}
	return min(max(d, 0), MaxDuration)
}

func PendingCode(sc *Scenario) int { return IntOr(sc.PendingStatus, 200) }
func ResultCode(sc *Scenario) int  { return IntOr(sc.ResultStatus, 200) }
func FailCode(sc *Scenario) int    { return IntOr(sc.FailStatus, 422) }

func IntOr(n, ifZero int) int {
	if n == 0 {
		return ifZero
	}
	return n
}

// resultType is the media type of the result, told from the body when not set.
func MediaType(sc *Scenario, body []byte) string {
	switch {
	case sc.ResultType != "":
		return sc.ResultType
	case sc.ResultSize > 0:
		return "application/octet-stream"
	case json.Valid(body):
		return "application/json"
	}
	return "text/plain; charset=utf-8"
}
