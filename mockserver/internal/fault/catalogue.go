package fault

import (
	"slices"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// A FaultInfo describes a fault of the catalogue.
type FaultInfo struct {
	Name    string   `json:"name"`
	Summary string   `json:"summary"` // what the server does, in one line
	Exposes string   `json:"exposes"` // the mistake of a client that it brings to light
	Rules   []string `json:"rules"`   // ids of the conformance rules that it is found to break; empty if it is legal
	Affects string   `json:"affects"` // the requests it affects, such as "polls, results"
	Default string   `json:"default"` // the fault with its defaults, as ParseFault takes it
	// OncePerOperation tells that P is drawn once for an operation, not for
	// each of its requests.
	OncePerOperation bool             `json:"oncePerOperation,omitempty"`
	Parameters       []work.Parameter `json:"parameters,omitempty"` // those of its own, beside p, nth, first, from, after and until
}

// Faults returns the catalogue: first the faults of the wire, then those of the
// pattern in the order in which a client meets them.
func Faults() []FaultInfo {
	infos := make([]FaultInfo, len(Kinds))
	for i, k := range Kinds {
		defaults := k.defaults
		defaults.Name = k.Name
		infos[i] = FaultInfo{
			Name: k.Name, Summary: k.summary, Exposes: k.exposes, Rules: append([]string{}, k.rules...),
			Affects: k.on.String(), Default: defaults.String(), OncePerOperation: k.sticky,
		}
		for _, p := range k.params {
			infos[i].Parameters = append(infos[i].Parameters, work.Parameter{Name: p.name, Allowed: p.allowed})
		}
	}
	return infos
}

// A Kind is a fault as the server knows it. Its hooks are called for requests
// that it affects; a hook that finds nothing to do returns false.
type Kind struct {
	Name     string
	summary  string
	exposes  string
	rules    []string
	on       speech.Phase
	sticky   bool // the probability is drawn for the operation
	defaults Fault
	params   []faultParam
	excuses  speech.Phase // of what a correct client need not follow the operation to its end

	before  func(h *hit) bool // answers in place of the server, or changes the request
	rewrite func(h *hit) bool // changes the answer, and how it is sent
}

// Kinds is the catalogue. Each family has a file.
var Kinds = slices.Concat(wireFaults, codeFaults, submitFaults, statusFaults, hintFaults, throttleFaults, redirectFaults, resultFaults, bodyFaults, cancelFaults)

// byFault finds a kind by its name. It stays out of kinds so that hooks may
// look at the catalogue.
var byFault = func() map[string]*Kind {
	m := make(map[string]*Kind, len(Kinds))
	for i := range Kinds {
		m[Kinds[i].Name] = &Kinds[i]
	}
	return m
}()

func KindOf(name string) *Kind { return byFault[name] }

func faultNames() []string {
	names := make([]string, len(Kinds))
	for i, k := range Kinds {
		names[i] = k.Name
	}
	return names
}
