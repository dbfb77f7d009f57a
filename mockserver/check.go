package mockserver

import (
	"errors"
	"fmt"
	"strings"
)

// Check reports the first setting that makes no sense: a dialect or a fault with
// an unknown name, a fault that has no place in the dialect, or one that needs a
// Stranger. A server serves without what it reports.
func (s *Server) Check() error {
	d := s.only()
	if d == nil && s.Dialect != AllDialects {
		return fmt.Errorf("unknown dialect %q: the known ones are %s, and %s", clip(s.Dialect), strings.Join(dialectNames(), ", "), AllDialects)
	}
	for _, f := range s.Faults {
		if err := s.checkFault(f); err != nil {
			return err
		}
	}
	if err := s.checkRules(); err != nil {
		return err
	}
	if s.Stateless && (len(s.Faults) > 0 || s.Workers > 0 || s.Scenario.Polls > 1) {
		return errors.New("a stateless server has no memory for Faults, Workers and Scenario.Polls: leave them out")
	}
	if d != nil {
		return s.checkDialect(d)
	}
	return nil
}

// only is the dialect of a server that speaks one.
func (s *Server) only() *dialect {
	if s.Dialect == "" {
		return dialects[0]
	}
	return byDialect[s.Dialect]
}

// checkDialect reports what the only dialect of the server cannot do.
func (s *Server) checkDialect(d *dialect) error {
	switch {
	case d != dialects[0] && (s.Scenario.Completion != "" || s.Scenario.PendingStatus != 0):
		return errors.New(ownEnd(d))
	case s.Scenario.Outcome == OutcomePartial && !d.has(hasPartial):
		return errors.New(noPartial(d))
	case s.Stateless && d.has(needsMemory):
		return errors.New(noMemory(d))
	case s.Stranger == "" && d.has(needsForeign):
		return errors.New(noForeign(d))
	}
	return nil
}

func noPartial(d *dialect) string {
	return "parameter \"outcome\": the dialect " + d.Name + " has no success in part: use another outcome"
}

func ownEnd(d *dialect) string {
	return "parameters \"completion\" and \"pending-status\": the dialect " + d.Name + " has its own: leave them out"
}

func noMemory(d *dialect) string {
	return "the dialect " + d.Name + " needs a server that keeps its operations: serve it without Stateless"
}

func noForeign(d *dialect) string {
	return "the dialect " + d.Name + " has its status URLs at another origin: set Stranger"
}
