package conformance

import (
	"context"
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/probe"
	"github.com/asyncctl/asyncctl/conformance/internal/rules"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Suite holds conversations with a target and judges them. The zero value judges a target that
// speaks the generic pattern and asks for no credentials. A Suite may be used for several runs, also
// at the same time.
type Suite struct {
	// Dialect reads the answers and says how an operation is called off; nil: the generic one.
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

	// Header is sent with every request to the origins of the target's submits and to Trust, and so
	// are Credentials, but for requests that try what happens without them. Other are the
	// credentials of a second identity.
	Header, Credentials, Other Fields
	// Trust lists more origins (https://host[:port]) that may see them.
	Trust []string

	// Pace is when to poll where the server leaves it open. Retry-After is the floor.
	Pace lro.Pace
	// Budget bounds the whole run. 0: 5 minutes.
	Budget time.Duration
	// Patience bounds each probe. 0: 2 minutes.
	Patience time.Duration
	// RequestTimeout bounds each request with its answer. 0: 30 s.
	RequestTimeout time.Duration
	// Settle is how long after its end an operation is asked for again. 0: 5 s. Negative: at once.
	Settle time.Duration
	// Parallel is how many probes are at work at the same time. 0: 8.
	Parallel int

	// Level is the weakest level whose violations fail. Empty: [Must].
	Level Level
	// Select says which rules are judged; nil: all. Probes that no selected rule needs are not sent.
	Select func(Rule) bool

	// Observe, if not nil, is called with each step of the run, one at a time.
	Observe func(Event)
}

// Run holds the conversations and judges them. It never takes longer than Budget and the time of
// one request. When ctx ends, what was learned by then is judged, and the report says Interrupted.
func (s Suite) Run(ctx context.Context, target Target) *Report {
	started := time.Now()
	e, cue := probe.Run(ctx, probe.Config{
		Dialect: s.Dialect, Transport: s.Transport, Foreign: s.Foreign,
		Header: s.Header, Credentials: s.Credentials, Other: s.Other, Trust: s.Trust,
		Pace: s.Pace, Budget: s.Budget, Patience: s.Patience, RequestTimeout: s.RequestTimeout, Settle: s.Settle,
		Parallel: s.Parallel, Select: s.Select, Observe: s.Observe,
	}, target)
	judging := Judging{Dialect: s.Dialect, Level: s.Level, Select: s.Select}
	if s.Observe != nil {
		judging.Observe = func(r *Result) { s.Observe(Event{Judged: r}) }
	}
	report := rules.Judge(e, judging)
	report.Started, report.Elapsed, report.Cue = started, time.Since(started), cue
	return report
}
