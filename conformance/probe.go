package conformance

import (
	"slices"
	"strings"
)

// The names of the probes.
const (
	ProbeSlow        = "slow"
	ProbeFail        = "fail"
	ProbeInvalid     = "invalid"
	ProbeAside       = "aside"
	ProbeRapid       = "rapid"
	ProbeCancel      = "cancel"
	ProbeIdempotency = "idempotency"
	ProbePrefer      = "prefer"
	ProbeAuth        = "auth"
	ProbeUnknown     = "unknown"
	ProbeBurst       = "burst"
	ProbeRetention   = "retention"
)

// probe holds one conversation, or a few. Each begins with a submit of its own, so that none
// disturbs another; see the file of each.
type probe struct {
	name    string
	purpose string
	able    func(*run) bool // whether the target lets it
	run     func(*run)
}

// catalogueOfProbes are all but the slow one, which begins before them.
var catalogueOfProbes = []probe{}

// probeOrder is where the transcripts of a probe stand in a report.
func probeOrder(name string) int {
	name, _, _ = strings.Cut(name, "/")
	return slices.IndexFunc(catalogueOfProbes, func(p probe) bool { return p.name == name })
}
