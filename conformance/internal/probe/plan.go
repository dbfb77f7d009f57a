package probe

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/conformance/internal/rules"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Plan is what a run would ask of a target.
type Plan struct {
	// Submit is the request that begins the operations of most conversations: "POST URL".
	Submit string `json:"submit"`
	// Talks are the conversations, in the order in which a report has them.
	Talks []PlannedTalk `json:"conversations"`
	// Operations is how many operations are begun at most, if every server is well-behaved.
	Operations int `json:"operations"`
	// Rate, Parallel and Methods are the limits as they apply; Rate 0 and Methods nil mean none.
	Rate     float64  `json:"rate,omitempty"`
	Parallel int      `json:"parallel"`
	Methods  []string `json:"methods,omitempty"`
	// Lost are the rules that cannot be judged because of Methods, with what they need.
	Lost []LostRule `json:"lost,omitempty"`
}

// PlannedTalk is what one probe would ask.
type PlannedTalk struct {
	Probe      string   `json:"probe"`
	Purpose    string   `json:"purpose"`
	Operations int      `json:"operations"`
	Requests   []string `json:"requests"`
	Rules      []string `json:"rules"` // that judge it
}

// LostRule is a rule that cannot be judged.
type LostRule struct {
	Rule  string `json:"rule"`
	Needs string `json:"needs"`
}

// NewPlan says what a run would ask, as far as it depends on the target and not on its answers.
func NewPlan(s Config, target evidence.Target) *Plan {
	r := newRun(&s, target)
	p := &Plan{Rate: r.governor.limits.Rate, Parallel: r.governor.parallel, Methods: s.Limits.Methods}
	if target.Slow != nil {
		p.Submit = target.Slow.Verb() + " " + show.URL(target.Slow.URL)
	}
	for _, each := range catalogueOfProbes() {
		if !each.able(r) || !r.wanted(each.name) && each.name != evidence.ProbeSlow {
			continue
		}
		operations, requests := r.planned(each.name)
		if len(requests) == 0 {
			continue
		}
		talk := PlannedTalk{Probe: each.name, Purpose: each.purpose, Operations: operations, Requests: requests}
		r.selected(func(rule *rules.Rule) bool {
			if slices.Contains(rule.Probes, each.name) && len(rule.Dialects) == 0 {
				talk.Rules = append(talk.Rules, rule.ID)
			}
			return false
		})
		p.Talks = append(p.Talks, talk)
		p.Operations += operations
	}
	if s.Limits.Methods != nil {
		r.selected(func(rule *rules.Rule) bool {
			for _, role := range rule.Asks {
				if method := rules.MethodOf(role); method != "" && !s.Limits.May(method) {
					p.Lost = append(p.Lost, LostRule{rule.ID, method})
					break
				}
			}
			return false
		})
	}
	return p
}

// planned returns how many operations a probe begins, and its requests in words.
func (r *run) planned(name string) (operations int, requests []string) {
	add := func(format string, args ...any) { requests = append(requests, fmt.Sprintf(format, args...)) }
	ask := func(role evidence.Role, method, what string) {
		if r.asks(role) && r.s.Limits.May(method) {
			add("%s %s", method, what)
		}
	}
	submit := r.target.Slow.Verb()
	const follow = "GET the status at the pace of the server, until the end"
	cancel := http.MethodDelete
	if req, ok := r.dialect.Cancel(lro.Operation{Phase: lro.Polling, StatusURL: "http://status.invalid/1", Dialect: r.target.Dialect}); ok {
		cancel = req.Method
	}
	switch name {
	case evidence.ProbeSlow:
		operations = 1
		add("%s slow", submit)
		if r.follows(name) {
			add("GET the status at once")
			add(follow)
			add("GET the result")
			ask(evidence.RoleAgain, http.MethodGet, "the status x3, after the end")
			ask(evidence.RoleRetained, http.MethodGet, fmt.Sprintf("the status, %v after the end", r.s.settle()))
		}
	case evidence.ProbeAside:
		operations = 1
		add("%s slow", submit)
		if r.follows(name) {
			add(follow)
		}
		ask(evidence.RoleHead, http.MethodHead, "the status, and GET it on the same connection")
		ask(evidence.RolePut, http.MethodPut, "the status, without content, and GET it")
		ask(evidence.RolePatch, http.MethodPatch, "the status, without content, and GET it")
		ask(evidence.RoleMatch, http.MethodGet, "the status with If-None-Match x2, if it has an ETag")
	case evidence.ProbeUnknown:
		ask(evidence.RoleUnknown, http.MethodGet, "a status URL that was given to nobody, at most x2")
		ask(evidence.RoleUnknownCancel, http.MethodDelete, "it, if GET says that there is nothing")
	case evidence.ProbeAuth:
		ask(evidence.RoleBare, http.MethodGet, "the status without credentials")
		ask(evidence.RoleBareCancel, cancel, "(the cancellation) without credentials, if the poll without them was refused")
		ask(evidence.RoleBareResult, http.MethodGet, "the result without credentials")
		ask(evidence.RoleBareSubmit, submit, "slow without credentials")
	case evidence.ProbeRapid:
		operations = 1
		add("%s slow", submit)
		add("GET the status x%d, %v apart, over two connections", rapidPolls, rapidGap)
		add(follow)
		add("the same with 4 operations more, only where polls seem to change the work")
	case evidence.ProbePrefer:
		operations = 2
		add("%s slow with Prefer x2", submit)
	case evidence.ProbeCancel:
		if !r.s.Limits.May(cancel) {
			return 0, nil
		}
		operations = 2
		add("%s slow, and soon", submit)
		add("%s (the cancellation) of one that runs, x2, and of one that is over", cancel)
		add(follow + ", and on until the work could have ended by itself")
	case evidence.ProbeIdempotency:
		operations = 5
		add("%s slow with Idempotency-Key: two keys, one of them again, and again after the end", submit)
		add("%s other content with the key of another, and with its own; x%d at the same time with one key, if keys are heeded", submit, evidence.ConcurrentSubmits)
	case evidence.ProbeInvalid:
		add("%s what must be refused", r.target.Invalid.Verb())
	case evidence.ProbeFail:
		operations = 1
		add("%s what fails", r.target.Fail.Verb())
		add(follow)
		ask(evidence.RoleAgain, http.MethodGet, "the status x3, after the end")
	case evidence.ProbeBurst:
		operations = 1
		add("GET the status x%d at the same time", evidence.BurstPolls)
	case evidence.ProbeRetention:
		operations = 1
		add("GET the status after the retention (%v)", r.target.Retention)
	}
	return operations, requests
}

// String is the plan in words.
func (p *Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "slow is %s\n", p.Submit)
	for _, t := range p.Talks {
		fmt.Fprintf(&b, "\n%s: %s\n", t.Probe, t.Purpose)
		for _, line := range t.Requests {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	rate := "as many requests a second as there are to ask"
	if p.Rate > 0 {
		rate = fmt.Sprintf("at most %v requests a second", p.Rate)
	}
	fmt.Fprintf(&b, "\nAt most %d operations, %d at a time, %s.", p.Operations, p.Parallel, rate)
	if p.Methods != nil {
		fmt.Fprintf(&b, " Nothing but %s is sent.", strings.Join(p.Methods, ", "))
	}
	b.WriteString("\nWhat still runs in the end is cancelled where the server was seen to do that, and listed where not.\n")
	for _, lost := range p.Lost {
		fmt.Fprintf(&b, "not judged: %s needs %s\n", lost.Rule, lost.Needs)
	}
	return b.String()
}
