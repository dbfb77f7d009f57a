package mockserver

import (
	"slices"

	"github.com/asyncctl/asyncctl/mockserver/internal/fault"
	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
)

// generic is the dialect of plain HTTP.
var generic = speech.All[0]

// settings are what may be changed while requests are served. They are never
// written to: a change puts others in their place.
type settings struct {
	scenario  Scenario
	rules     []ruling
	injectors []*fault.Injector // of the rules that have faults, by their place
}

// install puts settings in place of those that are there. The caller holds
// switching, or is alone. Rules that make no sense are left out: see Check.
func (s *Server) install(scenario Scenario, rules []Rule, faults []Fault) {
	set := &settings{scenario: scenario}
	set.rules, _ = s.rulings(rules)
	set.injectors = make([]*fault.Injector, len(set.rules))
	for i := range set.rules {
		if own := set.rules[i].Faults; len(own) > 0 {
			set.injectors[i] = s.injector(slices.Concat(own, faults))
		}
	}
	s.settings.Store(set)
	if len(faults) == 0 {
		s.inject.Store(nil)
		return
	}
	s.inject.Store(s.injector(faults))
}

// plain are the rules as they were given.
func (set *settings) plain() []Rule {
	rules := make([]Rule, len(set.rules))
	for i := range set.rules {
		rules[i] = set.rules[i].Rule
	}
	return rules
}

// SetScenario changes what the operations of submits from now on do.
func (s *Server) SetScenario(sc Scenario) error {
	s.once.Do(s.start)
	s.switching.Lock()
	defer s.switching.Unlock()
	if d := s.only(); d != nil {
		if refusal := s.suits(d, &sc); refusal != nil {
			return errorOf(refusal)
		}
	}
	s.install(sc, s.settings.Load().plain(), s.FaultsOn())
	return nil
}

// SetRules puts rules in place of those that are there. Requests under way keep
// those that they met.
func (s *Server) SetRules(rules []Rule) error {
	s.once.Do(s.start)
	s.switching.Lock()
	defer s.switching.Unlock()
	if _, err := s.rulings(rules); err != nil {
		return err
	}
	s.install(s.settings.Load().scenario, rules, s.FaultsOn())
	return nil
}

// Close ends what waits: held requests are answered with what there is, and
// callbacks that were not sent are dropped. Later requests are answered without
// waiting. It may be called more than once, and waits for callbacks that are
// being sent.
func (s *Server) Close() {
	s.once.Do(s.start)
	if s.closed.CompareAndSwap(false, true) {
		close(s.released)
	}
	s.sender.Close()
}

// closing reports whether Close was called.
func (s *Server) closing() bool { return s.closed.Load() }

// Reset makes the server what it was before its first request: it forgets the
// operations, the journal, the counters, what the client did and the callbacks,
// and takes back the Scenario, the Rules and the Faults that it began with. Ids
// begin anew with the Seed. The clock stays as it is. It is for the time between
// two tests; requests under way may or may not be forgotten.
func (s *Server) Reset() {
	s.once.Do(s.start)
	s.switching.Lock()
	defer s.switching.Unlock()
	s.sender.Reset()
	s.host.Store.Reset(s.Seed)
	s.host.Counter.Reset()
	s.faulted.Reset()
	s.lost.Reset()
	s.foreign.Reset()
	s.chosen.submits.Store(0)
	s.chosen.requests.Store(0)
	if s.journal != nil {
		s.journal.reset()
	}
	if s.Auth != nil {
		s.Auth.reset()
	}
	faults := s.Faults
	if s.Stateless {
		faults = nil
	}
	s.install(s.Scenario, s.Rules, faults)
}
