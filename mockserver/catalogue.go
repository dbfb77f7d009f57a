package mockserver

import (
	"slices"
	"strings"
)

// A FaultInfo describes a fault of the catalogue.
type FaultInfo struct {
	Name    string   `json:"name"`
	Summary string   `json:"summary"` // what the server does, in one line
	Exposes string   `json:"exposes"` // the mistake of a client that it brings to light
	Rules   []string `json:"rules"`   // ids of the conformance rules that it is found to break; empty if it is legal
	Befalls string   `json:"befalls"` // the requests it befalls, such as "polls, results"
	Default string   `json:"default"` // the fault with its defaults, as ParseFault takes it
	// OncePerOperation tells that P is thrown once for an operation, not for
	// each of its requests.
	OncePerOperation bool        `json:"oncePerOperation,omitempty"`
	Parameters       []Parameter `json:"parameters,omitempty"` // those of its own, beside p, nth, first, from, after and until
}

// Faults returns the catalogue: first the faults of the wire, then those of the
// pattern in the order in which a client meets them.
func Faults() []FaultInfo {
	infos := make([]FaultInfo, len(kinds))
	for i, k := range kinds {
		defaults := k.defaults
		defaults.Name = k.name
		infos[i] = FaultInfo{
			Name: k.name, Summary: k.summary, Exposes: k.exposes, Rules: append([]string{}, k.rules...),
			Befalls: k.on.String(), Default: defaults.String(), OncePerOperation: k.sticky,
		}
		for _, p := range k.params {
			infos[i].Parameters = append(infos[i].Parameters, Parameter{Name: p.name, Allowed: p.allowed})
		}
	}
	return infos
}

// A kind is a fault as the server knows it. Its hooks are called for requests
// that it befalls; a hook that finds nothing to do returns false.
type kind struct {
	name     string
	summary  string
	exposes  string
	rules    []string
	on       phase
	sticky   bool // the probability is thrown for the operation
	defaults Fault
	params   []faultParam
	excuses  phase // of what a correct client need not follow the operation to its end

	before  func(h *hit) bool // answers in place of the server, or changes the request
	rewrite func(h *hit) bool // changes the answer, and how it is sent
}

// A phase is a set of the kinds of requests.
type phase uint8

const (
	onSubmit phase = 1 << iota
	onPoll
	onCancel
	onResult
	onOther // whatever names no operation
	onAny   = onSubmit | onPoll | onCancel | onResult | onOther
)

var phaseNames = []string{"submits", "polls", "cancellations", "results", "other requests"}

// String returns the names in p, or "all requests".
func (p phase) String() string {
	if p == onAny {
		return "all requests"
	}
	var names []string
	for i, name := range phaseNames {
		if p&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// kinds is the catalogue. Each family has a file.
var kinds = slices.Concat(wireFaults, submitFaults, statusFaults, hintFaults, throttleFaults, redirectFaults, resultFaults, bodyFaults, cancelFaults)

// byFault finds a kind by its name. It stays out of kinds so that hooks may
// look at the catalogue.
var byFault = func() map[string]*kind {
	m := make(map[string]*kind, len(kinds))
	for i := range kinds {
		m[kinds[i].name] = &kinds[i]
	}
	return m
}()

func kindOf(name string) *kind { return byFault[name] }

func faultNames() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	return names
}
