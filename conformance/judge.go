package conformance

import (
	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/conformance/internal/rules"
)

// NotSelected is the reason for rules that are skipped because nobody asked for them.
const NotSelected = rules.NotSelected

// Judging is how evidence is judged. The zero value judges by all rules.
type Judging = rules.Judging

// Judge applies to evidence all rules but those of other dialects. It is pure: no network, no clock,
// and it does not write to the evidence. The report holds no secrets that can be told by the names of
// their fields and parameters.
func Judge(e *Evidence, j Judging) *Report {
	report := rules.Judge(e, j)
	words := evidence.NewRedactor(e)
	report.Redact(words.Evidence(e), words)
	return report
}

// Rules returns copies of all rules, in the order of their codes, which is that in which a client
// meets what they speak of: S, the submit; P, polling; C, completion; X, cancellation. Those of
// dialects stand at the end.
func Rules() []Rule {
	all := rules.All()
	copies := make([]Rule, 0, len(all))
	for _, r := range all {
		copies = append(copies, r.Clone())
	}
	return copies
}

// RuleByID returns a copy of the rule with the stable word, or the code, and reports whether there is
// one.
func RuleByID(id string) (Rule, bool) {
	r := rules.ByID(id)
	if r == nil {
		return Rule{}, false
	}
	return r.Clone(), true
}

// What a rule is, and what comes of it.
type (
	Rule        = rules.Rule
	Level       = rules.Level
	Basis       = rules.Basis
	Need        = rules.Need
	Outcome     = rules.Outcome
	Finding     = rules.Finding
	Report      = rules.Report
	Result      = rules.Result
	Waiver      = rules.Waiver
	StaleWaiver = rules.StaleWaiver
)

// The levels, the strongest first: RFC 2119 words.
const (
	Must   = rules.Must
	Should = rules.Should
	May    = rules.May
)

// The kinds of text that a rule rests on.
const (
	BasisRFC     = rules.BasisRFC
	BasisPattern = rules.BasisPattern
	BasisDraft   = rules.BasisDraft
	BasisAdvice  = rules.BasisAdvice
)

// The outcomes.
const (
	Pass          = rules.Pass
	Fail          = rules.Fail
	Warn          = rules.Warn
	Skip          = rules.Skip
	NotApplicable = rules.NotApplicable
	Inconclusive  = rules.Inconclusive
)
