package mockserver

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/asyncctl/asyncctl/mockserver/internal/fault"
)

// A Fault is one way in which a [Server] misbehaves, and when. The names and
// what each does are in [Faults]; [ParseFault] makes one from a text.
type Fault = fault.Fault

// A FaultInfo describes a fault of the catalogue.
type FaultInfo = fault.FaultInfo

// A Repost is a submit that was sent again, without an idempotency key, after
// the answer to the first one was lost by a fault. The work is done twice.
type Repost = fault.Repost

// FaultHeader names the response header that tells of a broken connection where
// there is no connection to break, as in a [net/http/httptest.ResponseRecorder]:
// there the status is 504.
const FaultHeader = fault.FaultHeader

// Faults returns the catalogue: first the faults of the wire, then those of the
// pattern in the order in which a client meets them.
func Faults() []FaultInfo { return fault.Faults() }

// ParseFault reads the name of a fault and its parameters:
//
//	status-404
//	latency:delay=2s,jitter=500ms,p=0.1
//	429-storm:from=2,first=6
//
// Parameters that are not given have the defaults of the catalogue. A | may
// stand for a comma. The error names what is wrong and what is allowed.
func ParseFault(text string) (Fault, error) { return fault.ParseFault(text) }

// SetFaults makes these the faults of the server, in place of those that are on.
// It may be called while requests are served: those under way keep the faults
// that they met. Requests are counted on, so that a condition such as nth means
// the same whenever a fault is switched on, except that an operation counts its
// polls from the first one among faults.
func (s *Server) SetFaults(faults []Fault) error {
	s.once.Do(s.start)
	s.switching.Lock()
	defer s.switching.Unlock()
	return s.setFaults(faults)
}

func (s *Server) setFaults(faults []Fault) error {
	if len(faults) > 0 && s.Stateless {
		return errStatelessFaults
	}
	for _, f := range faults {
		if err := s.checkFault(f); err != nil {
			return err
		}
	}
	set := s.settings.Load()
	s.install(set.scenario, set.plain(), faults)
	return nil
}

var errStatelessFaults = errors.New("a stateless server has no memory for faults")

// FaultsOn returns the faults that are on, with their parameters.
func (s *Server) FaultsOn() []Fault {
	s.once.Do(s.start)
	if in := s.inject.Load(); in != nil {
		return slices.Clone(in.Faults)
	}
	return nil
}

// switchOn puts a fault in the place of all those of its name.
func (s *Server) switchOn(f Fault) error {
	s.switching.Lock()
	defer s.switching.Unlock()
	return s.setFaults(append(s.without(f.Name), f))
}

// switchOff takes all faults of a name away.
func (s *Server) switchOff(name string) error {
	s.switching.Lock()
	defer s.switching.Unlock()
	return s.setFaults(s.without(name))
}

func (s *Server) without(name string) []Fault {
	return slices.DeleteFunc(s.FaultsOn(), func(f Fault) bool { return f.Name == name })
}

// checkFault reports a fault that cannot be.
func (s *Server) checkFault(f Fault) error {
	if err := f.Possible(); err != nil {
		return err
	}
	switch d := s.only(); {
	case fault.KindOf(f.Name) == nil:
		return fmt.Errorf("unknown fault %q: see Faults for the known ones", f.Name)
	case strings.HasSuffix(f.Name, fault.CrossOrigin) && s.Stranger == "":
		return fmt.Errorf("fault %q: there is no other origin: set Stranger", f.Name)
	case d != nil && fault.Lacks(d, f.Name) != "":
		return fmt.Errorf("fault %q: it has no place in the dialect %s: %s", f.Name, d.Name, fault.Lacks(d, f.Name))
	}
	return nil
}

// FaultCounts returns how many requests each fault has affected, by its name;
// those that affected none are left out.
func (s *Server) FaultCounts() map[string]int64 {
	counts := map[string]int64{}
	s.faulted.Affected.Range(func(name, count any) bool {
		counts[name.(string)] = count.(*atomic.Int64).Load()
		return true
	})
	return counts
}
