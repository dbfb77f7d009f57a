package mockserver

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// ScenarioParameter is the parameter of a submit that asks for one of
// [Server].Scenarios by its name. Other parameters change it.
const ScenarioParameter = "scenario"

// A Rule gives the submits that meet a condition a [Scenario] of their own.
type Rule struct {
	Name     string // for people
	When     Condition
	Scenario Scenario
}

// A Latency delays the answers to requests that meet a condition, in real time.
type Latency struct {
	When         Condition // without Body
	Delay        time.Duration
	Distribution Distribution // of the delays around Delay
}

// Purposes of throws.
const (
	ruleThrows    = 2
	latencyThrows = 3
	delayThrows   = 4
)

// choices are what requests have used up of the chances of rules and latencies.
type choices struct{ submits, requests atomic.Uint64 }

// base is the scenario that the parameters of a submit change: the one that it
// names, or that of the first rule which holds, or that of the server.
func (s *Server) base(r *http.Request, body []byte, name string) (*Scenario, error) {
	if name != "" {
		sc, ok := s.Scenarios[name]
		if !ok {
			return nil, s.noScenario(name)
		}
		return &sc, nil
	}
	if len(s.Rules) == 0 {
		return &s.Scenario, nil
	}
	n := s.chosen.submits.Add(1)
	query, doc := r.URL.Query(), document{body: body}
	for i := range s.Rules {
		rule := &s.Rules[i]
		if rule.When.holds(n, r, query, &doc) && s.host.Store.Dice.Hit(rule.When.P, ruleThrows, uint64(i), n) {
			return &rule.Scenario, nil
		}
	}
	return &s.Scenario, nil
}

func (s *Server) noScenario(name string) error {
	if len(s.Scenarios) == 0 {
		return fmt.Errorf("parameter %q: there is no scenario %q: this server has none with a name", ScenarioParameter, work.Clip(name))
	}
	known := slices.Sorted(maps.Keys(s.Scenarios))
	return fmt.Errorf("parameter %q: there is no scenario %q: the known ones are %s", ScenarioParameter, work.Clip(name), strings.Join(known, ", "))
}

// detain holds an answer back as the first latency that holds says.
func (s *Server) detain(r *http.Request) {
	n := s.chosen.requests.Add(1)
	var query url.Values
	if r.URL.RawQuery != "" {
		query = r.URL.Query()
	}
	for i := range s.Latencies {
		l := &s.Latencies[i]
		if l.When.holds(n, r, query, nil) && s.host.Store.Dice.Hit(l.When.P, latencyThrows, uint64(i), n) {
			work.Pause(r.Context(), l.Distribution.Quantile(l.Delay, s.host.Store.Dice.Float(delayThrows, uint64(i), n)))
			return
		}
	}
}

// checkRules reports the first rule or latency that makes no sense.
func (s *Server) checkRules() error {
	for i := range s.Rules {
		if err := s.Rules[i].When.check(); err != nil {
			return fmt.Errorf("rule %d: %w", i+1, err)
		}
	}
	for i := range s.Latencies {
		l := &s.Latencies[i]
		err := l.When.check()
		switch {
		case err == nil && len(l.When.Body) > 0:
			err = errors.New("a latency is for every request, also those without a body: leave the body out of its condition")
		case err == nil && (l.Delay < 0 || l.Delay > MaxDuration):
			err = fmt.Errorf("a delay of %v: use 0 to %v", l.Delay, MaxDuration)
		}
		if err != nil {
			return fmt.Errorf("latency %d: %w", i+1, err)
		}
	}
	return nil
}
