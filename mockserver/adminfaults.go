package mockserver

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/fault"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// faultState is what the admin API tells of faults.
type faultState struct {
	Seed      uint64           `json:"seed,string"`
	On        []string         `json:"on"`
	Catalogue []FaultInfo      `json:"catalogue"`
	Affected  map[string]int64 `json:"affected"` // requests, by fault
}

func (s *Server) adminFaults() faultState {
	on := []string{}
	for _, f := range s.FaultsOn() {
		on = append(on, f.String())
	}
	return faultState{s.FaultSeed(), on, Faults(), s.FaultCounts()}
}

// adminSetFaults puts the faults of a list in place of those that are on.
func (s *Server) adminSetFaults(r *http.Request) (any, error) {
	var change struct {
		On []string `json:"on"`
	}
	decoder := json.NewDecoder(io.LimitReader(r.Body, 64<<10))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&change); err != nil {
		return nil, errors.New(`send JSON such as {"on": ["lost-202:p=0.1", "429-storm"]}`)
	}
	var faults []Fault
	for _, text := range change.On {
		f, err := ParseFault(text)
		if err != nil {
			return nil, err
		}
		faults = append(faults, f)
	}
	if err := s.SetFaults(faults); err != nil {
		return nil, adminError{http.StatusConflict, err.Error()}
	}
	return s.adminFaults(), nil
}

// adminSwitch switches one fault on, with the parameters in the body, or off.
func (s *Server) adminSwitch(r *http.Request) (any, error) {
	name := r.PathValue("name")
	if fault.KindOf(name) == nil {
		return nil, adminError{http.StatusNotFound, "there is no fault " + work.Clip(name)}
	}
	if r.Method == http.MethodDelete {
		if err := s.switchOff(name); err != nil {
			return nil, err
		}
		return s.adminFaults(), nil
	}
	parameters, err := io.ReadAll(io.LimitReader(r.Body, 4<<10))
	if err != nil {
		return nil, errors.New("the body ended early: send all of it")
	}
	text := name
	if given := strings.TrimSpace(string(parameters)); given != "" {
		text += ":" + given
	}
	f, err := ParseFault(text)
	if err != nil {
		return nil, err
	}
	if err := s.switchOn(f); err != nil {
		return nil, adminError{http.StatusConflict, err.Error()}
	}
	return s.adminFaults(), nil
}
