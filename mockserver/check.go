package mockserver

import (
	"errors"
	"fmt"
	"strings"
)

// Check reports the first setting that makes no sense: a fault with an unknown
// name, or one that needs a Stranger. A server serves without what it reports.
func (s *Server) Check() error {
	for _, f := range s.Faults {
		switch {
		case kindOf(f.Name) == nil:
			return fmt.Errorf("unknown fault %q: see Faults for the known ones", f.Name)
		case strings.HasSuffix(f.Name, crossOrigin) && s.Stranger == "":
			return fmt.Errorf("fault %q: there is no other origin: set Stranger", f.Name)
		}
	}
	if err := s.checkRules(); err != nil {
		return err
	}
	if s.Stateless && (len(s.Faults) > 0 || s.Workers > 0 || s.Scenario.Polls > 1) {
		return errors.New("a stateless server has no memory for Faults, Workers and Scenario.Polls: leave them out")
	}
	return nil
}
