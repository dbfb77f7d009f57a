package mockserver

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/fault"
	"github.com/asyncctl/asyncctl/mockserver/internal/shape"
	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// ScenarioParameter is the parameter of a submit that asks for one of
// [Server].Scenarios by its name. Other parameters change it.
const ScenarioParameter = "scenario"

// A Rule treats the requests that meet a condition in a way of their own. It may
// say several things: the Scenario, the Answer, the Delay and the Faults of a
// request each come from the first rule that holds and says something of it.
type Rule struct {
	Name string // for people
	When Condition
	// Scenario, if not nil, is what the operation of a submit does.
	Scenario *Scenario
	// Set changes the scenario that the submit would have without the rule, by the
	// words of [ParseScenario].
	Set url.Values
	// Result, if not empty, is the result of that scenario.
	Result string
	// Answer, if not nil, is answered instead of everything else.
	Answer *Answer
	// Delay holds the answer back, in real time; 0 does not.
	Delay        time.Duration
	Distribution Distribution // of the delays around Delay
	// Faults affect the request beside those of the Server.
	Faults []Fault
}

// Purposes of throws.
const (
	ruleThrows    = 2
	requestThrows = 3
	delayThrows   = 4
)

// choices are what requests have used up of the chances of rules.
type choices struct{ submits, requests atomic.Uint64 }

// A ruling is a Rule that is ready.
type ruling struct {
	Rule
	reply *shape.Reply // nil: the rule answers nothing
}

// rulings makes the rules ready. The error names the first that makes no sense.
func (s *Server) rulings(rules []Rule) ([]ruling, error) {
	ready := make([]ruling, len(rules))
	for i, rule := range rules {
		fail := func(err error) ([]ruling, error) { return nil, fmt.Errorf("rule %d: %w", i+1, err) }
		ready[i].Rule = rule
		if err := rule.When.check(); err != nil {
			return fail(err)
		}
		if rule.Delay < 0 || rule.Delay > MaxDuration {
			return fail(fmt.Errorf("a delay of %v: use 0 to %v", rule.Delay, MaxDuration))
		}
		if _, err := ParseScenario(Scenario{}, rule.Set); err != nil {
			return fail(err)
		}
		for _, f := range rule.Faults {
			if err := s.checkFault(f); err != nil {
				return fail(err)
			}
		}
		if len(rule.Faults) > 0 && s.Stateless {
			return fail(errStatelessFaults)
		}
		if rule.Answer == nil {
			continue
		}
		var err error
		if ready[i].reply, err = shape.CompileReply(*rule.Answer); err != nil {
			return fail(err)
		}
	}
	return ready, nil
}

// judged is what the rules say of a request, but for its scenario.
type judged struct {
	delay time.Duration
	reply *shape.Reply
	// injector is that of the faults of a rule and of the server; nil if no rule
	// has any.
	injector *fault.Injector
}

// judge asks the rules about a request.
func (s *Server) judge(x *speech.Exchange, set *settings) (j judged) {
	n := s.chosen.requests.Add(1)
	c := circumstances{x: x, n: n}
	delayed := false
	for i := range set.rules {
		rule := &set.rules[i]
		if rule.Delay == 0 && rule.reply == nil && rule.Faults == nil {
			continue
		}
		if !c.meet(&rule.When) || !s.host.Store.Dice.Hit(rule.When.P, requestThrows, uint64(i), n) {
			continue
		}
		if rule.Delay > 0 && !delayed {
			delayed = true
			j.delay = rule.Distribution.Quantile(rule.Delay, s.host.Store.Dice.Float(delayThrows, uint64(i), n))
		}
		if j.reply == nil {
			j.reply = rule.reply
		}
		if j.injector == nil && len(rule.Faults) > 0 {
			j.injector = set.injectors[i]
		}
	}
	return j
}

// base is the scenario that the parameters of a submit change: the one that it
// names, or what the first rules say which hold, or that of the kind of
// operation, or that of the server.
func (s *Server) base(x *speech.Exchange, name string) (*Scenario, error) {
	set := s.settings.Load()
	if name != "" {
		sc, ok := s.Scenarios[name]
		if !ok {
			return nil, s.noScenario(name)
		}
		return &sc, nil
	}
	plain := &set.scenario
	if x.Dialect.Scenario != nil {
		plain = x.Dialect.Scenario
	}
	if len(set.rules) == 0 {
		return plain, nil
	}
	n := s.chosen.submits.Add(1)
	c := circumstances{x: x, n: n}
	for i := range set.rules {
		rule := &set.rules[i]
		if rule.Scenario == nil && rule.Set == nil && rule.Result == "" {
			continue
		}
		if !c.meet(&rule.When) || !s.host.Store.Dice.Hit(rule.When.P, ruleThrows, uint64(i), n) {
			continue
		}
		if rule.Scenario != nil {
			plain = rule.Scenario
		}
		sc, err := ParseScenario(*plain, rule.Set)
		if rule.Result != "" {
			sc.Result, sc.ResultSize = rule.Result, 0
		}
		return &sc, err
	}
	return plain, nil
}

func (s *Server) noScenario(name string) error {
	if len(s.Scenarios) == 0 {
		return fmt.Errorf("parameter %q: there is no scenario %q: this server has none with a name", ScenarioParameter, work.Clip(name))
	}
	known := slices.Sorted(maps.Keys(s.Scenarios))
	return fmt.Errorf("parameter %q: there is no scenario %q: the known ones are %s", ScenarioParameter, work.Clip(name), strings.Join(known, ", "))
}
