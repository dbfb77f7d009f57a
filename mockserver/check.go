package mockserver

import (
	"errors"
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/shape"
	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// Check reports the first setting that makes no sense: a dialect or a fault with
// an unknown name, a fault that has no place in the dialect, or one that needs a
// Stranger. A server serves without what it reports.
func (s *Server) Check() error {
	if s.Shape != nil {
		if err := s.checkShape(); err != nil {
			return err
		}
	}
	d := s.only()
	if d == nil && s.Dialect != AllDialects {
		return fmt.Errorf("unknown dialect %q: the known ones are %s, and %s", work.Clip(s.Dialect), strings.Join(dialectNames(), ", "), AllDialects)
	}
	for _, f := range s.Faults {
		if err := s.checkFault(f); err != nil {
			return err
		}
	}
	if _, err := s.rulings(s.Rules); err != nil {
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
func (s *Server) only() *speech.Dialect {
	if s.Shape != nil {
		router, err := shape.Compile(s.Shape)
		if err != nil {
			return nil
		}
		return router.Dialects()[0]
	}
	if s.Dialect == "" {
		return generic
	}
	return dialectNamed(s.Dialect)
}

// checkDialect reports what the only dialect of the server cannot do.
func (s *Server) checkDialect(d *speech.Dialect) error {
	switch {
	case d != generic && (s.Scenario.Completion != "" || s.Scenario.PendingStatus != 0):
		return errors.New(ownEnd(d))
	case s.Scenario.Outcome == OutcomePartial && !d.Has(speech.HasPartial):
		return errors.New(noPartial(d))
	case s.Stateless && d.Has(speech.NeedsMemory):
		return errors.New(noMemory(d))
	case s.Stranger == "" && d.Has(speech.NeedsForeign):
		return errors.New(noForeign(d))
	}
	return nil
}

func noPartial(d *speech.Dialect) string {
	return "parameter \"outcome\": the dialect " + d.Name + " has no success in part: use another outcome"
}

func ownEnd(d *speech.Dialect) string {
	return "parameters \"completion\" and \"pending-status\": the dialect " + d.Name + " has its own: leave them out"
}

func noMemory(d *speech.Dialect) string {
	return "the dialect " + d.Name + " needs a server that keeps its operations: serve it without Stateless"
}

func noForeign(d *speech.Dialect) string {
	return "the dialect " + d.Name + " has its status URLs at another origin: set Stranger"
}

// checkShape reports what makes no sense in the shape.
func (s *Server) checkShape() error {
	router, err := shape.Compile(s.Shape)
	switch {
	case err != nil:
		return fmt.Errorf("shape: %w", err)
	case s.Dialect != "":
		return errors.New("there are a Shape and a Dialect: set one of them")
	}
	for _, d := range router.Dialects() {
		if d.Scenario == nil {
			continue
		}
		if refusal := s.suits(d, d.Scenario); refusal != nil {
			return fmt.Errorf("shape: the kind %s: %s", d.Name, refusal.Detail)
		}
	}
	return nil
}

// errorOf is a refusal as an error.
func errorOf(p *speech.Problem) error { return errors.New(p.Detail) }
