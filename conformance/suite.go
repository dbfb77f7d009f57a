package conformance

import (
	"context"
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/conformance/internal/probe"
	"github.com/asyncctl/asyncctl/conformance/internal/rules"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Suite holds conversations with a target and judges them. The zero value judges a target that
// speaks the generic pattern and asks for no credentials. A Suite may be used for several runs, also
// at the same time.
type Suite struct {
	// Dialect reads the answers and says how an operation is cancelled; nil: the generic one.
	// Target.Dialect is its name.
	Dialect lro.Dialect

	// Transport is what reaches the target; nil: the network. Of an [http.Transport] only the dialer
	// and the TLS settings are used, because the suite reads HTTP/1.1 itself; but one that speaks no
	// HTTP/1.1, has a DialTLSContext, or has a proxy for a request, sends it. So does any other
	// transport, and rules that need the lines as they came are then not applicable.
	Transport http.RoundTripper
	// Foreign is what reaches other origins than that of the submits; nil: the network, but no
	// address that is more private than that of the target.
	Foreign http.RoundTripper

	// Header is sent with every request to the origin of the slow submit and to those that Policy trusts.
	Header http.Header
	// Credentials, if not nil, returns more fields for these, which are left out by requests that try what
	// happens without credentials, as are those of Header whose names say that they are credentials. It is
	// asked once, and with renew where a request is refused with 401.
	Credentials func(ctx context.Context, renew bool) (http.Header, error)
	// Other are the credentials of a second identity.
	Other http.Header
	// Policy is how patient and how trusting the probes are.
	Policy lro.Policy
	// Limits are how much is asked of the target. The zero value is polite.
	Limits Limits
	// MaxBody is how much of a result is read, in bytes. 0: 64 KiB.
	MaxBody int64

	// Pace is when to poll where the server leaves it open. Retry-After is the floor.
	Pace lro.Pace
	// Budget bounds the whole run. 0: 5 minutes. Its last eighth, at most 15 seconds, is kept for cancelling
	// what is left running.
	Budget time.Duration
	// Patience bounds each probe. 0: 2 minutes.
	Patience time.Duration
	// RequestTimeout bounds each request with its answer. 0: 30 s.
	RequestTimeout time.Duration
	// Settle is how long after its end an operation is asked for again. 0: 5 s. Negative: at once.
	Settle time.Duration

	// Level is the weakest level whose violations fail. Empty: [Must].
	Level Level
	// Select says which rules are judged; nil: all. Probes that no selected rule needs are not sent.
	Select func(Rule) bool

	// Observe, if not nil, is called with each step of the run, one at a time.
	Observe func(Event)
}

// Limits are how much a run may ask of a target.
type Limits = probe.Limits

// Run holds the conversations and judges them. It never takes longer than Budget. When ctx ends, what was
// learned by then is judged, and the report says Interrupted.
func (s Suite) Run(ctx context.Context, target Target) *Report {
	started := time.Now()
	config := s.config()
	w := s.watch(&config)
	outcome := probe.Run(ctx, config, target)
	judging := Judging{Dialect: s.Dialect, Level: s.Level, Select: s.Select}
	if s.Observe != nil {
		judging.Observe = func(r *Result) {
			clean := *r
			clean.Reason = outcome.Redactor.Text(r.Reason)
			w.observe(Event{Judged: &clean})
		}
	}
	report := rules.Judge(outcome.Evidence, judging)
	report.Started, report.Elapsed, report.Cue = started, time.Since(started), outcome.Cue
	report.LeftRunning, report.Notes = outcome.Left, outcome.Notes
	report.Redact(outcome.Redactor.Evidence(outcome.Evidence), outcome.Redactor)
	return report
}

// Plan says what [Suite.Run] would ask, without asking anything.
func (s Suite) Plan(target Target) *Plan { return probe.NewPlan(s.config(), target) }

// Plan is what a run would ask of a target.
type (
	Plan        = probe.Plan
	PlannedTalk = probe.PlannedTalk
)

func (s *Suite) config() probe.Config {
	return probe.Config{
		Dialect: s.Dialect, Transport: s.Transport, Foreign: s.Foreign,
		Header: evidence.FieldsOf(s.Header), Credentials: s.Credentials, Other: evidence.FieldsOf(s.Other),
		Policy: s.Policy, Limits: s.Limits, MaxBody: s.MaxBody,
		Pace: s.Pace, Budget: s.Budget, Patience: s.Patience, RequestTimeout: s.RequestTimeout, Settle: s.Settle,
		Select: s.Select, Observe: s.Observe,
	}
}
