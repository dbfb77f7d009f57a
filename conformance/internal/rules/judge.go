package rules

import (
	"slices"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/internal/schema"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// NotSelected is the reason for rules that are skipped because nobody asked for them.
const NotSelected = "it was not selected"

// Judging is how evidence is judged. The zero value judges by all rules.
type Judging struct {
	// Dialect reads the transcripts; nil: the generic one.
	Dialect lro.Dialect
	// Level is the weakest level whose violations fail; those of weaker rules are warnings. Empty:
	// [Must].
	Level Level
	// Select says which rules are judged; nil: all. Those that are not are skipped.
	Select func(Rule) bool
	// Observe, if not nil, is called with the result of each rule.
	Observe func(*Result)
}

// Judge applies to evidence all rules but those of other dialects. It is pure: no network, no clock,
// and nothing of the evidence is written to, so that one may be judged by several at the same time.
func Judge(seen *evidence.Evidence, j Judging) *Report {
	given := *seen
	e := &facts{Evidence: &given}
	d := j.Dialect
	if d == nil {
		d = lro.Generic{}
	}
	if j.Level == "" {
		j.Level = Must
	}
	if e.Dialect == "" {
		e.Dialect = lro.GenericName
	}
	e.read(d)
	r := &Report{Schema: schema.Conformance, Dialect: e.Dialect, Level: j.Level, Transcripts: e.Transcripts}
	if e.Target.Slow != nil {
		r.Target = evidence.BareURL(e.Target.Slow.URL)
	}
	e.broken = broken(e)
	r.Broken = e.broken
	for i := range e.Transcripts {
		r.Interrupted = r.Interrupted || e.Transcripts[i].Ended == evidence.EndedInterrupted
		for _, x := range e.Transcripts[i].Exchanges {
			if r.Started.IsZero() || x.Sent.Before(r.Started) {
				r.Started = x.Sent
			}
			r.Elapsed = max(r.Elapsed, x.Answered.Sub(r.Started), x.Read.Sub(r.Started))
		}
	}
	for _, rule := range All() {
		if !rule.speaksOf(e.Dialect) {
			continue
		}
		result := j.judge(rule, e)
		r.Results = append(r.Results, result)
		if j.Observe != nil {
			j.Observe(&result)
		}
	}
	return r
}

// judge applies one rule.
func (j *Judging) judge(rule *Rule, e *facts) Result {
	copied := rule.Clone()
	result := Result{Rule: &copied, ID: rule.ID}
	v := j.verdict(rule, e, &result)
	result.Outcome, result.Reason, result.Findings = v.Outcome, v.Reason, v.Findings
	if v.Outcome == Inconclusive && !e.cutShort(rule) {
		result.Outcome = NotApplicable // time was not what was missing
		if e.Recorded {
			result.Outcome, result.Reason = Skip, "it is not in the recording: "+v.Reason
		}
	}
	if result.Outcome == NotApplicable || result.Outcome == Inconclusive {
		if why := e.forbidden(rule); why != "" {
			result.Outcome, result.Reason = Skip, why
		}
	}
	if result.Outcome == Inconclusive {
		result.Reason += e.cause(rule)
	}
	if v.Outcome == Fail {
		mild := !slices.ContainsFunc(v.Findings, func(f Finding) bool { return !f.Mild })
		foreign := rule.Basis != BasisRFC && !written(e.Dialect) // nothing says that it keeps to the pattern
		if mild || foreign || weaker(rule.Level, j.Level) {
			result.Outcome = Warn
		}
	}
	return result
}

func (j *Judging) verdict(rule *Rule, e *facts, result *Result) Verdict {
	if j.Select != nil && !j.Select(rule.Clone()) {
		return Verdict{Outcome: Skip, Reason: NotSelected}
	}
	if why := rule.Except[e.Dialect]; why != "" {
		return notApplicable("%s says otherwise: %s", e.Dialect, why)
	}
	if e.foreign() && ways[rule.ID] {
		return notApplicable("%s has its own way, and nobody read its text for rules", e.Dialect)
	}
	if e.broken != "" {
		return Verdict{Outcome: Skip, Reason: "the target cannot be judged: " + e.broken}
	}
	for _, need := range rule.Needs {
		if why := e.lacks(need); why != "" {
			result.Need = need
			return Verdict{Outcome: Skip, Reason: why}
		}
	}
	return rule.check(e)
}

// written reports whether there are rules for a dialect: the generic one, and those with rules of their
// own.
func written(dialect string) bool {
	return dialect == lro.GenericName || slices.ContainsFunc(families(), func(f dialectRules) bool { return f.name == dialect })
}

// weaker reports whether a asks for less than b.
func weaker(a, b Level) bool {
	order := []Level{Must, Should, May}
	return slices.Index(order, a) > slices.Index(order, b)
}
