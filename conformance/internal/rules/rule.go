// Package rules judges evidence: each rule has a check, a pure function over transcripts.
package rules

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
)

// Rule is one requirement on an API, with the check that judges it.
type Rule struct {
	// ID is a stable word, such as "retry-after-syntax"; never reused. Rules of a dialect begin with
	// its name: "fhir-bulk/manifest-complete". Code is the short name, such as "S11".
	ID, Code string
	// Dialects are those it applies to; empty: the generic pattern and every dialect that keeps to it.
	Dialects []string
	// Level is how strongly its basis asks for it, and Basis what kind of text that is.
	Level Level
	Basis Basis
	// Negative says that the basis words it as "must not" or "should not".
	Negative bool

	// Title is the requirement in a sentence without a full stop; Why says why it matters; Breaks,
	// which clients break and how; Fix, what to do.
	Title, Why, Breaks, Fix string
	// Sources are where it is written: "RFC 9110, section 10.2.3".
	Sources []string
	// Fault is the mock's fault that shows the violation, as [mockserver.ParseFault] takes it; empty
	// where a mutant of another kind does.
	Fault string
	// Needs are what the target must offer for it to be judged.
	Needs []Need
	// Probes are those whose transcripts it judges; empty: whatever transcripts there are.
	Probes []string
	// Asks are the roles of the requests that it needs besides those that follow an operation: none is
	// sent that no rule judges. Where it asks only for what
	// comes before the end of an operation ([Rule.NeedsEnd]), none is followed for it.
	Asks []evidence.Role
	// Except are the dialects whose text says otherwise, with what it says.
	Except map[string]string

	// check judges the evidence. It is pure.
	check func(*facts) Verdict
}

// speaksOf reports whether it is a rule for APIs of a dialect.
func (r *Rule) speaksOf(dialect string) bool {
	return len(r.Dialects) == 0 || slices.Contains(r.Dialects, dialect)
}

// MayApply reports whether it may be a rule for a dialect, which is "" as long as it is not known.
func (r *Rule) MayApply(dialect string) bool { return dialect == "" || r.speaksOf(dialect) }

// ending are the roles of requests that come after the end of an operation, or lead to it.
var ending = []evidence.Role{
	evidence.RoleAgain, evidence.RoleRetained, evidence.RoleMatch, evidence.RoleResult, evidence.RoleRapid, evidence.RoleExpired,
}

// NeedsEnd reports whether an operation must be followed to its end for the rule.
func (r *Rule) NeedsEnd() bool {
	return len(r.Asks) == 0 || slices.ContainsFunc(r.Asks, func(role evidence.Role) bool { return slices.Contains(ending, role) })
}

// Level is how strongly a rule is asked for: RFC 2119 words.
type Level string

// The levels, the strongest first.
const (
	Must   Level = "must"
	Should Level = "should"
	May    Level = "may"
)

// Basis is the kind of text that a rule rests on. Most of the pattern is no RFC.
type Basis string

// The bases.
const (
	BasisRFC     Basis = "rfc"     // a published standard
	BasisPattern Basis = "pattern" // the pattern as its authors describe it
	BasisDraft   Basis = "draft"   // an Internet-Draft
	BasisAdvice  Basis = "advice"  // experience
)

// Need is something that the target must offer: a slow job, a failing one, cancellation, ...
type Need string

// The needs.
const (
	NeedSlow      Need = "slow"      // a valid submit whose work takes some seconds
	NeedFail      Need = "fail"      // a submit whose operation fails
	NeedInvalid   Need = "invalid"   // a submit that must be refused
	NeedCancel    Need = "cancel"    // cancellation is supported
	NeedKey       Need = "key"       // idempotency keys are supported
	NeedAuth      Need = "auth"      // the submit needs credentials
	NeedUnknown   Need = "unknown"   // a status URL that nobody was given can be made
	NeedBurst     Need = "burst"     // bursts of polls are allowed (opt-in)
	NeedRetention Need = "retention" // the retention window is short enough to wait for (opt-in)
	NeedPrefer    Need = "prefer"    // the answer to the submit depends on Prefer
)

// Verdict is what a check makes of the evidence.
type Verdict struct {
	Outcome Outcome
	// Reason says, in a sentence without a full stop, why; for Skip and NotApplicable it is always
	// there.
	Reason string
	// Findings are what is wrong; at least one with Fail.
	Findings []Finding
}

// Outcome is what came of a rule.
type Outcome string

// The outcomes.
const (
	Pass Outcome = "pass"
	Fail Outcome = "fail"
	// Warn is a violation below the level that was asked for, or one that the rule calls mild.
	Warn Outcome = "warn"
	// Skip: a need is not met, or the rule was deselected; [Result].Reason names it.
	Skip Outcome = "skip"
	// NotApplicable: what the rule speaks of did not occur and need not.
	NotApplicable Outcome = "n/a"
	// Inconclusive: it could not be found out in the budget.
	Inconclusive Outcome = "inconclusive"
)

// Finding is one violation, with where it was seen.
type Finding struct {
	// Message says what is wrong, in a sentence without a full stop.
	Message string `json:"message"`
	// Probe and Exchange name the exchange of [Report].Transcripts that shows it (Exchange counts from 0).
	Probe    string `json:"probe"`
	Exchange int    `json:"exchange"`
	// Lines are the offending lines: header fields, members of the content.
	Lines []string `json:"lines,omitempty"`
	// Mild makes it a warning whatever the level of the rule.
	Mild bool `json:"mild,omitempty"`
	// Waived says that a waiver excuses it, though not all findings of the rule.
	Waived bool `json:"waived,omitempty"`
}

// Clone returns a copy that shares nothing with the catalogue.
func (r *Rule) Clone() Rule {
	c := *r
	c.Dialects, c.Sources, c.Needs, c.Probes = slices.Clone(r.Dialects), slices.Clone(r.Sources), slices.Clone(r.Needs), slices.Clone(r.Probes)
	c.Asks = slices.Clone(r.Asks)
	c.Except = maps.Clone(r.Except)
	return c
}

// All returns all rules, in the order of their codes, which is that in which a client meets what
// they speak of: S, the submit; P, polling; C, completion; X, cancellation. Those of dialects stand
// at the end. They are shared: callers outside this room get copies ([Rule.Clone]).
func All() []*Rule { return catalogue() }

// ByID returns the rule with the stable word, or the code, and nil if there is none.
func ByID(id string) *Rule {
	for _, r := range catalogue() {
		if r.ID == id || r.Code != "" && r.Code == id {
			return r
		}
	}
	return nil
}

// generic are the rules of the pattern itself, by theme.
func generic() []Rule {
	return slices.Concat(
		submitRules, locationRules, retryAfterRules, messageRules, preferRules, idempotencyRules,
		pollingRules, progressRules, methodRules, cachingRules, accessRules,
		completionRules, retentionRules, failureRules, cancelRules, fieldRules, refusalRules, steadyRules,
	)
}

var catalogue = sync.OnceValue(build)

func build() []*Rule {
	rules := generic()
	slices.SortFunc(rules, func(a, b Rule) int { return codeOrder(a.Code) - codeOrder(b.Code) })
	all := make([]*Rule, 0, len(rules))
	for i := range rules {
		all = append(all, &rules[i])
	}
	for _, family := range families() {
		for _, rule := range all {
			if why := family.otherwise[rule.ID]; why != "" && len(rule.Dialects) == 0 {
				if rule.Except == nil {
					rule.Except = map[string]string{}
				}
				rule.Except[family.name] = why
			}
		}
		for i := range family.rules {
			rule := &family.rules[i]
			rule.Dialects = []string{family.name}
			all = append(all, rule)
		}
	}
	return all
}

// codeOrder is the place of a code: S before P before C before X, and then by number.
func codeOrder(code string) int {
	letter := strings.Index("SPCX", code[:1])
	number, _ := strconv.Atoi(cmp.Or(code[1:], "0"))
	return letter*100 + number
}
