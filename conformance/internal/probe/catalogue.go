package probe

import (
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
)

// probe holds one conversation, or a few at the same time. Each has an operation of its own, so that
// none disturbs another.
type probe struct {
	name    string
	purpose string
	able    func(*run) bool // whether the target lets it
	hold    func(*run)
}

// catalogueOfProbes are all probes, in the order of their transcripts. Those without a hold are not begun
// by themselves: the slow one begins before the others, unknown and auth ask about the operation of aside,
// rare is held where rapid finds a difference, and cleanup comes in the end.
func catalogueOfProbes() []probe {
	always := func(*run) bool { return true }
	return []probe{
		{evidence.ProbeSlow, "follows one operation to its end", always, nil},
		{evidence.ProbeAside, "asks with HEAD, PUT, PATCH and If-None-Match", always, (*run).probeAside},
		{evidence.ProbeUnknown, "asks for an operation that nobody began", always, nil},
		{evidence.ProbeAuth, "asks without credentials", (*run).hasCredentials, nil},
		{evidence.ProbeRapid, "polls twenty times in a row", always, (*run).probeRapid},
		{evidence.ProbePrefer, "submits with preferences", always, (*run).probePrefer},
		{evidence.ProbeCancel, "cancels operations", always, (*run).probeCancel},
		{evidence.ProbeIdempotency, "submits twice with one key", func(r *run) bool { return r.target.Keys != evidence.Unsupported }, (*run).probeIdempotency},
		{evidence.ProbeInvalid, "submits what must be refused", func(r *run) bool { return r.target.Invalid != nil }, (*run).probeInvalid},
		{evidence.ProbeFail, "follows an operation that fails", func(r *run) bool { return r.target.Fail != nil }, (*run).probeFail},
		{evidence.ProbeBurst, "polls fifty times at once", func(r *run) bool { return r.target.Burst }, (*run).probeBurst},
		{evidence.ProbeRare, "follows an operation that is polled rarely, to compare", always, nil},
		{evidence.ProbeCleanup, "cancels what was left running", always, nil},
		{evidence.ProbeRetention, "waits until a finished operation is forgotten", func(r *run) bool { return r.target.Wait && r.target.Retention > 0 }, (*run).probeRetention},
	}
}

// probeOrder is where the transcripts of a probe stand in a report.
func probeOrder(name string) int {
	name, _, _ = strings.Cut(name, "/")
	return slices.IndexFunc(catalogueOfProbes(), func(p probe) bool { return p.name == name })
}

// purposeOf is what a probe finds out.
func purposeOf(name string) string {
	if i := probeOrder(name); i >= 0 {
		return catalogueOfProbes()[i].purpose
	}
	return ""
}
