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

// outline is what a probe would do, as it is put together.
type outline struct {
	r              *run
	submit, cancel string // the methods
	operations     int
	requests       []string
}

// planned returns how many operations a probe begins, and its requests in words.
func (r *run) planned(name string) (operations int, requests []string) {
	p := outline{r: r, submit: r.target.Slow.Verb(), cancel: http.MethodDelete}
	if req, ok := r.dialect.Cancel(lro.Operation{Phase: lro.Polling, StatusURL: "http://status.invalid/1", Dialect: r.target.Dialect}); ok {
		p.cancel = req.Method
	}
	p.reads(name)
	p.writes(name)
	return p.operations, p.requests
}

func (p *outline) add(format string, args ...any) {
	p.requests = append(p.requests, fmt.Sprintf(format, args...))
}

// ask adds a request that is sent only where a selected rule needs it, and the limits allow it.
func (p *outline) ask(role evidence.Role, method, what string) {
	if p.r.asks(role) && p.r.s.Limits.May(method) {
		p.add("%s %s", method, what)
	}
}

const followed = "GET the status at the pace of the server, until the end"

// reads outlines the probes that read what the server says of an operation.
func (p *outline) reads(name string) {
	switch name {
	case evidence.ProbeSlow:
		p.operations = 1
		p.add("%s slow", p.submit)
		if p.r.follows(name) {
			p.add("GET the status at once")
			p.add(followed)
			p.add("GET the result")
			p.ask(evidence.RoleAgain, http.MethodGet, "the status x3, after the end")
			p.ask(evidence.RoleRetained, http.MethodGet, fmt.Sprintf("the status, %v after the end", p.r.s.settle()))
		}
	case evidence.ProbeAside:
		p.operations = 1
		p.add("%s slow", p.submit)
		if p.r.follows(name) {
			p.add(followed)
		}
		p.ask(evidence.RoleHead, http.MethodHead, "the status, and GET it on the same connection")
		p.ask(evidence.RolePut, http.MethodPut, "the status, without content, and GET it")
		p.ask(evidence.RolePatch, http.MethodPatch, "the status, without content, and GET it")
		p.ask(evidence.RoleMatch, http.MethodGet, "the status with If-None-Match x2, if it has an ETag")
	case evidence.ProbeUnknown:
		p.ask(evidence.RoleUnknown, http.MethodGet, "a status URL that was never handed out, at most x2")
		p.ask(evidence.RoleUnknownCancel, http.MethodDelete, "it, if GET says that there is nothing")
	case evidence.ProbeAuth:
		p.ask(evidence.RoleBare, http.MethodGet, "the status without credentials")
		p.ask(evidence.RoleBareCancel, p.cancel, "(the cancellation) without credentials, if the poll without them was refused")
		p.ask(evidence.RoleBareResult, http.MethodGet, "the result without credentials")
		p.ask(evidence.RoleBareSubmit, p.submit, "slow without credentials")
	case evidence.ProbeRapid:
		p.operations = 1
		p.add("%s slow", p.submit)
		p.add("GET the status x%d, %v apart, over two connections", rapidPolls, rapidGap)
		p.add(followed)
		p.add("the same with 4 operations more, only where polls seem to change the work")
	case evidence.ProbeBurst:
		p.operations = 1
		p.add("GET the status x%d at the same time", evidence.BurstPolls)
	case evidence.ProbeRetention:
		p.operations = 1
		p.add("GET the status after the retention (%v)", p.r.target.Retention)
	}
}

// writes outlines the probes that submit and cancel in other ways.
func (p *outline) writes(name string) {
	switch name {
	case evidence.ProbePrefer:
		p.operations = 2
		p.add("%s slow with Prefer x2", p.submit)
	case evidence.ProbeCancel:
		if !p.r.s.Limits.May(p.cancel) {
			return
		}
		p.operations = 2
		p.add("%s slow, and soon", p.submit)
		p.add("%s (the cancellation) of one that runs, x2, and of one that is over", p.cancel)
		p.add(followed + ", and on until the work could have ended by itself")
	case evidence.ProbeIdempotency:
		p.operations = 5
		p.add("%s slow with Idempotency-Key: two keys, one of them again, and again after the end", p.submit)
		p.add("%s other content with the key of another, and with its own; x%d at the same time with one key, if keys are heeded", p.submit, evidence.ConcurrentSubmits)
	case evidence.ProbeInvalid:
		p.add("%s what must be refused", p.r.target.Invalid.Verb())
	case evidence.ProbeFail:
		p.operations = 1
		p.add("%s what fails", p.r.target.Fail.Verb())
		p.add(followed)
		p.ask(evidence.RoleAgain, http.MethodGet, "the status x3, after the end")
	}
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
