package probe

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/conformance/internal/rules"
	"github.com/asyncctl/asyncctl/internal/reach"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Config is how conversations are held. The defaults are those of conformance.Suite.
type Config struct {
	Dialect            lro.Dialect
	Transport, Foreign http.RoundTripper
	Header, Other      evidence.Fields
	Credentials        func(ctx context.Context, renew bool) (http.Header, error)
	Policy             lro.Policy
	Limits             Limits
	MaxBody            int64

	Pace           lro.Pace
	Budget         time.Duration
	Patience       time.Duration
	RequestTimeout time.Duration
	Settle         time.Duration

	Select  func(rules.Rule) bool
	Observe func(Event)
	// Through, if not nil, is called when a probe is through, with what was learned so far and the rules that
	// nothing more will be learned about.
	Through func(e *evidence.Evidence, settled func(*rules.Rule) bool)
}

// errBudget is the cause when the time of a conversation, or of the run, is up.
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

// longestGap is the longest wait between polls where the server leaves it open: the sooner an end is seen
// the better times can be compared.
const longestGap = 10 * time.Second

// Outcome is what came of a run.
type Outcome struct {
	Evidence *evidence.Evidence
	Cue      string             // what told the dialect
	Left     []string           // status URLs of operations that may still run
	Notes    []string           // what the server did not bear
	Redactor *evidence.Redactor // knows what must not be shown
}

// Run holds the conversations with a target. It never takes longer than Budget, the end of which is kept for
// cancelling what is left running. When ctx ends, the evidence is what was learned by then.
func Run(ctx context.Context, s Config, target evidence.Target) Outcome {
	r := newRun(&s, target)
	whole, cancelWhole := context.WithTimeoutCause(ctx, s.budget(), errBudget)
	defer cancelWhole()
	var cancel context.CancelFunc
	r.ctx, cancel = context.WithTimeoutCause(whole, s.budget()-cleanupTime(s.budget()), errBudget)
	defer cancel()
	r.hold()
	left := r.cleanUp(whole)
	e := r.evidence()
	o := Outcome{Evidence: e, Cue: r.cue, Left: left, Redactor: evidence.NewRedactor(e, s.Header, s.Other, evidence.FieldsOf(r.keys.all))}
	if note := r.governor.note(); note != "" {
		o.Notes = append(o.Notes, note)
	}
	return o
}

func newRun(s *Config, target evidence.Target) *run {
	if s.Pace.Max == 0 {
		s.Pace.Max = max(longestGap, s.Pace.Min)
	}
	r := &run{s: s, target: target, dialect: s.Dialect, slowOver: make(chan struct{}), policy: s.Policy, through: map[string]bool{}}
	if r.dialect == nil {
		r.dialect = lro.Generic{}
	}
	home := ""
	if target.Slow != nil {
		home = target.Slow.URL
	}
	r.governor = newGovernor(s.Limits, home)
	r.home = reach.Keys{Home: reach.Origin(home), Trusted: s.Policy.Trust}
	return r
}

// run is one run of a suite.
type run struct {
	s        *Config
	target   evidence.Target
	dialect  lro.Dialect
	policy   lro.Policy
	ctx      context.Context
	governor *governor
	ledger   ledger
	home     reach.Keys
	keys     keys
	class    classes

	mu            sync.Mutex
	transcripts   []evidence.Transcript
	name, cue     string // of the dialect, as it was found out
	cancelTaken   bool   // a cancellation was accepted
	cancelRefused bool   // one was refused as a method that there is not
	slowRan       time.Duration
	slowOver      chan struct{} // closed when slowRan is known, or never will be

	watching sync.Mutex
	through  map[string]bool // the probes that are, and those that are not held
}

// hold holds all conversations: first the slow one until it is accepted, because who is not let in
// learns nothing from trying other doors, then the others beside it.
func (r *run) hold() {
	var probes sync.WaitGroup
	defer probes.Wait()
	accepted := make(chan bool, 1)
	probes.Go(func() {
		r.probeSlow(accepted)
		r.pass(evidence.ProbeSlow)
	})
	if !<-accepted {
		return
	}
	held := map[string]bool{evidence.ProbeSlow: true}
	r.mu.Lock()
	for _, p := range catalogueOfProbes() {
		held[p.name] = p.hold != nil && r.wanted(p.name) && p.able(r) || held[p.name]
		r.through[p.name] = r.through[p.name] || !held[p.name] && within[p.name] == ""
	}
	r.mu.Unlock()
	for _, p := range catalogueOfProbes() {
		if p.hold == nil || !held[p.name] {
			continue
		}
		probes.Go(func() {
			r.begin(p.name, p.purpose)
			p.hold(r)
			r.pass(p.name)
		})
	}
}

// within are the probes that are held within another.
var within = map[string]string{
	evidence.ProbeUnknown: evidence.ProbeAside, evidence.ProbeAuth: evidence.ProbeAside, evidence.ProbeRare: evidence.ProbeRapid,
}

// pass takes note that a probe is through, and those within it.
func (r *run) pass(name string) {
	r.observe(Event{Through: &Through{Probe: name}})
	r.mu.Lock()
	r.through[name] = true
	for inner, outer := range within {
		r.through[inner] = r.through[inner] || r.through[outer]
	}
	through := maps.Clone(r.through)
	e := r.evidenceOf(slices.Clone(r.transcripts))
	r.mu.Unlock()
	if r.s.Through != nil {
		r.s.Through(e, func(rule *rules.Rule) bool {
			return len(rule.Probes) > 0 && !slices.ContainsFunc(rule.Probes, func(probe string) bool { return !through[probe] })
		})
	}
}

// selected calls f for each rule that is judged, until it returns true, and reports whether it did.
func (r *run) selected(f func(*rules.Rule) bool) bool {
	name := cmp.Or(r.target.Dialect, lro.GenericName)
	if name == "auto" {
		name = ""
	}
	return slices.ContainsFunc(rules.All(), func(rule *rules.Rule) bool {
		return (r.s.Select == nil || r.s.Select(rule.Clone())) && rule.MayApply(name) && f(rule)
	})
}

// wanted reports whether a selected rule judges the transcripts of a probe.
func (r *run) wanted(name string) bool {
	if name == evidence.ProbeAside && (r.wanted(evidence.ProbeUnknown) || r.wanted(evidence.ProbeAuth)) {
		return true // they ask about its operation
	}
	return r.selected(func(rule *rules.Rule) bool { return slices.Contains(rule.Probes, name) })
}

// asks reports whether a selected rule judges what a request of a role is answered with.
func (r *run) asks(role evidence.Role) bool {
	return r.selected(func(rule *rules.Rule) bool { return slices.Contains(rule.Asks, role) })
}

// follows reports whether a selected rule needs to know how the operation of a probe ends. Of the slow
// probe, which does what a client does, the rules about every answer do.
func (r *run) follows(name string) bool {
	return r.selected(func(rule *rules.Rule) bool {
		here := slices.Contains(rule.Probes, name) || len(rule.Probes) == 0 && name == evidence.ProbeSlow
		return here && rule.NeedsEnd()
	})
}

// slowTook returns how long the slow operation took, once that is known.
func (r *run) slowTook() (time.Duration, bool) {
	select {
	case <-r.slowOver:
	default:
		return 0, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.slowRan, r.slowRan > 0
}

// awaitSlow waits until it is known how long the slow operation takes.
func (r *run) awaitSlow(ctx context.Context) (time.Duration, bool) {
	select {
	case <-r.slowOver:
	case <-ctx.Done():
	}
	return r.slowTook()
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

// learnCancel takes note of what became of the cancellation of an operation that ran.
func (r *run) learnCancel(said lro.CancelAnswer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch said {
	case lro.CancelAccepted:
		r.cancelTaken = true
	case lro.CancelUnsupported, lro.CancelGone, lro.CancelRefused:
		r.cancelRefused = true
	}
}

// evidence is what was learned.
func (r *run) evidence() *evidence.Evidence {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.evidenceOf(r.transcripts)
}

// evidenceOf is what transcripts tell, in an order that does not depend on who was first.
func (r *run) evidenceOf(transcripts []evidence.Transcript) *evidence.Evidence {
	slices.SortStableFunc(transcripts, func(a, b evidence.Transcript) int { return probeOrder(a.Probe) - probeOrder(b.Probe) })
	name := r.target.Dialect
	if name == "" || name == "auto" {
		name = r.name
	}
	e := &evidence.Evidence{Target: r.target, Dialect: name, Transcripts: transcripts, Methods: r.s.Limits.Methods}
	e.Know(r.keys.known()...)
	return e
}
