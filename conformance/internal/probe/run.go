package probe

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/conformance/internal/rules"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Config is how conversations are held. The defaults are those of conformance.Suite.
type Config struct {
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
	Header, Credentials, Other evidence.Fields
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

	// Select says which rules are judged; nil: all. Probes that no selected rule needs are not sent.
	Select func(rules.Rule) bool

	// Observe, if not nil, is called with each step of the run, one at a time.
	Observe func(Event)
}

// errBudget is the cause when the time of a probe, or of the run, is up.
var errBudget = errors.New("the time for it is up")

func orDefault(d, ifZero time.Duration) time.Duration {
	switch {
	case d == 0:
		return ifZero
	case d < 0:
		return 0
	}
	return d
}

func (s *Config) requestTimeout() time.Duration { return orDefault(s.RequestTimeout, 30*time.Second) }
func (s *Config) patience() time.Duration       { return orDefault(s.Patience, 2*time.Minute) }
func (s *Config) budget() time.Duration         { return orDefault(s.Budget, 5*time.Minute) }
func (s *Config) settle() time.Duration         { return orDefault(s.Settle, 5*time.Second) }

// Run holds the conversations with a target. It never takes longer than Budget and the time of one
// request. When ctx ends, the evidence is what was learned by then. cue is what told the dialect.
func Run(ctx context.Context, s Config, target evidence.Target) (e *evidence.Evidence, cue string) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.budget(), errBudget)
	defer cancel()
	r := &run{s: &s, target: target, dialect: s.Dialect, ctx: ctx}
	if r.dialect == nil {
		r.dialect = lro.Generic{}
	}
	r.hold()
	return r.evidence(), r.cue
}

// run is one run of a suite.
type run struct {
	s       *Config
	target  evidence.Target
	dialect lro.Dialect
	ctx     context.Context

	mu          sync.Mutex
	transcripts []evidence.Transcript
	name, cue   string // of the dialect, as it was found out

	watching sync.Mutex
	reach    reach
}

// hold holds all conversations: first the slow one until it is accepted, because who is not let in
// learns nothing from trying other doors, then the others beside it.
func (r *run) hold() {
	limit := r.s.Parallel
	if limit <= 0 {
		limit = 8
	}
	slots := make(chan struct{}, limit)
	var probes sync.WaitGroup
	defer probes.Wait()
	accepted := make(chan bool, 1)
	probes.Go(func() {
		r.probeSlow(accepted)
		r.observe(Event{Through: &Through{Probe: evidence.ProbeSlow}})
	})
	if !<-accepted {
		return
	}
	for _, p := range catalogueOfProbes() {
		if p.hold == nil || !r.wanted(p.name) || !p.able(r) {
			continue
		}
		probes.Go(func() {
			select {
			case slots <- struct{}{}:
				defer func() { <-slots }()
				r.begin(p.name, p.purpose)
				p.hold(r)
				r.observe(Event{Through: &Through{Probe: p.name}})
			case <-r.ctx.Done():
			}
		})
	}
}

// wanted says whether a selected rule judges the transcripts of a probe.
func (r *run) wanted(name string) bool {
	if name == evidence.ProbeAside && (r.wanted(evidence.ProbeUnknown) || r.wanted(evidence.ProbeAuth)) {
		return true // they ask about its operation
	}
	return r.s.Select == nil || slices.ContainsFunc(rules.All(), func(rule *rules.Rule) bool {
		return slices.Contains(rule.Probes, name) && r.s.Select(rule.Clone())
	})
}

// talk begins a conversation within the time for one probe.
func (r *run) talk(name string) (*talk, context.CancelFunc) {
	ctx, cancel := context.WithTimeoutCause(r.ctx, r.s.patience(), errBudget)
	return &talk{r: r, c: r.newCaller(), t: evidence.Transcript{Probe: name}, ctx: ctx}, cancel
}

// homes are the origins that the person named.
func (r *run) homes() []string {
	var origins []string
	for _, s := range []*evidence.Submit{r.target.Slow, r.target.Fast, r.target.Fail, r.target.Invalid} {
		if s != nil {
			origins = append(origins, lro.Origin(s.URL))
		}
	}
	return append(origins, lro.Origin(r.target.Unknown))
}

func (r *run) begin(name, purpose string) {
	r.observe(Event{Began: &Began{Probe: name, Purpose: purpose}})
}

// keep takes the transcript of a conversation that is over.
func (r *run) keep(t evidence.Transcript) {
	r.mu.Lock()
	r.transcripts = append(r.transcripts, t)
	r.mu.Unlock()
	r.observe(Event{Ended: &Ended{Probe: t.Probe, Why: t.Ended}})
}

func (r *run) observe(e Event) {
	if r.s.Observe == nil {
		return
	}
	r.watching.Lock()
	defer r.watching.Unlock()
	r.s.Observe(e)
}

// learn takes note of the dialect that was found out.
func (r *run) learn(op lro.Operation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.name == "" {
		r.name, r.cue = op.Dialect, op.Cue
	}
}

// evidence is what was learned, without secrets, in an order that does not depend on who was first.
func (r *run) evidence() *evidence.Evidence {
	slices.SortStableFunc(r.transcripts, func(a, b evidence.Transcript) int { return probeOrder(a.Probe) - probeOrder(b.Probe) })
	name := r.target.Dialect
	if name == "" || name == "auto" {
		name = r.name
	}
	e := &evidence.Evidence{Target: r.target, Dialect: name, Transcripts: r.transcripts}
	evidence.Redact(e, r.s.Credentials, r.s.Other, evidence.SecretsOf(r.s.Header), evidence.SecretsOf(r.target.Slow.Header))
	return e
}
