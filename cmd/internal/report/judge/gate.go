package judge

import (
	"fmt"
	"slices"

	"github.com/asyncctl/asyncctl/conformance"
)

// Gate says what makes a run fail. The zero value: failures that nothing excuses, and checks that
// came to no conclusion.
type Gate struct {
	// FailOn is the mildest outcome that fails the run: [conformance.Fail] (also when empty),
	// [conformance.Warn], or [Never].
	FailOn conformance.Outcome
	// AllowInconclusive lets checks pass the gate that could not be concluded in the budget.
	AllowInconclusive bool
}

// Never is the FailOn of a run that only reports. A target that could not be judged, a run that was
// interrupted or in which nothing was executed, and a stale waiver still fail it.
const Never conformance.Outcome = "never"

// Verdict is what a gate makes of a report.
type Verdict struct {
	// Word is "passed", "failed", "broken" (the target could not be judged), "interrupted" or
	// "empty" (no check was executed).
	Word string
	// Reasons say, for everything but "passed", what led to it.
	Reasons []string
}

// Passed reports whether the run is good.
func (v Verdict) Passed() bool { return v.Word == "passed" }

// Judge decides about a run.
func (g Gate) Judge(r *conformance.Report) Verdict {
	switch {
	case r.Interrupted:
		return Verdict{"interrupted", []string{"the run was interrupted: the report is of what had been found by then"}}
	case r.Broken != "":
		return Verdict{"broken", []string{r.Broken}}
	}
	failing := map[conformance.Outcome]int{}
	for i := range r.Results {
		if g.Fails(&r.Results[i]) {
			failing[r.Results[i].Outcome]++
		}
	}
	var reasons []string
	add := func(n int, one, many string) {
		switch {
		case n == 1:
			reasons = append(reasons, "1 "+one)
		case n > 1:
			reasons = append(reasons, fmt.Sprintf("%d %s", n, many))
		}
	}
	add(failing[conformance.Fail], "check failed", "checks failed")
	add(failing[conformance.Warn], "check has warnings", "checks have warnings")
	add(failing[conformance.Inconclusive], "check is inconclusive", "checks are inconclusive")
	add(len(r.Stale), "waiver is stale", "waivers are stale")
	if len(reasons) > 0 {
		return Verdict{"failed", reasons}
	}
	if r.Executed() == 0 {
		reason := "no check was executed"
		if !slices.ContainsFunc(r.Results, func(res conformance.Result) bool { return res.Reason != conformance.NotSelected }) {
			reason += ": no rule for the dialect " + r.Dialect + " was selected"
		}
		return Verdict{"empty", []string{reason}}
	}
	return Verdict{Word: "passed"}
}

// Fails reports whether one result fails the run.
func (g Gate) Fails(r *conformance.Result) bool {
	switch {
	case g.FailOn == Never || r.Waiver != nil:
		return false
	case r.Outcome == conformance.Inconclusive:
		return !g.AllowInconclusive
	case r.Outcome == conformance.Warn:
		return g.FailOn == conformance.Warn
	}
	return r.Outcome == conformance.Fail
}
