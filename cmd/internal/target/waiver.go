package target

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/conformance"
)

// unexplained begins the reason in an entry that was written for a person to complete.
const unexplained = "CHANGE ME"

// ReadWaivers reads a file of waivers: a list of rule, reason and expires, all of them needed. That a
// rule exists and that the day is not past is not looked at: [Waive] does.
func ReadWaivers(path string) ([]conformance.Waiver, error) {
	r := &reader{path}
	root, err := r.document()
	if err != nil {
		return nil, err
	}
	if root.Kind == yaml.MappingNode {
		var list *yaml.Node
		err := r.mapping(root, "", fields{"waivers": func(n *yaml.Node) error { list = n; return nil }})
		if err != nil || list == nil {
			return nil, err
		}
		root = list
	}
	var all []conformance.Waiver
	return all, r.list("waivers", func(n *yaml.Node) error {
		w, err := r.waiver(n)
		if slices.ContainsFunc(all, func(other conformance.Waiver) bool { return other.Rule == w.Rule }) {
			return r.at(n, "there is a waiver for %s already", w.Rule)
		}
		all = append(all, w)
		return err
	})(root)
}

func (r *reader) waiver(n *yaml.Node) (conformance.Waiver, error) {
	var w conformance.Waiver
	expires := ""
	err := r.mapping(n, "waiver", fields{
		"rule": r.text("rule", &w.Rule), "reason": r.text("reason", &w.Reason), "expires": r.text("expires", &expires),
	})
	if err != nil {
		return w, err
	}
	var wrong []error
	if w.Rule == "" {
		wrong = append(wrong, r.at(n, "a waiver has no rule; \"asyncctl conformance list\" has their names"))
	}
	if strings.TrimSpace(w.Reason) == "" || strings.HasPrefix(w.Reason, unexplained) {
		wrong = append(wrong, r.at(n, "the waiver for %s has no reason: say why this may be so, and who mends it", w.Rule))
	}
	if w.Expires, err = time.Parse(time.DateOnly, expires); err != nil {
		wrong = append(wrong, r.at(n, "the waiver for %s has no day on which it ends: write expires: %s", w.Rule, "2026-12-31"))
	}
	return w, errors.Join(wrong...)
}

// Waive excuses the findings of a report, and reports the waivers that are stale at a time: those that
// have expired, those that match no finding although the rule was judged, and those of rules that do
// not exist. known are the names of all rules, codes included, with the id that each stands for.
func Waive(r *conformance.Report, waivers []conformance.Waiver, known map[string]string, now time.Time) {
	for _, w := range waivers {
		stale := func(why string) { r.Stale = append(r.Stale, conformance.StaleWaiver{Waiver: w, Why: why}) }
		id := known[w.Rule]
		i := slices.IndexFunc(r.Results, func(res conformance.Result) bool { return res.ID == id })
		switch {
		case id == "":
			stale("there is no such rule")
			continue
		case i < 0:
			stale("it matches nothing: it is for a rule of another dialect than " + r.Dialect)
			continue
		}
		res := &r.Results[i]
		found := res.Outcome == conformance.Fail || res.Outcome == conformance.Warn
		switch {
		case !now.Before(w.Expires.AddDate(0, 0, 1)):
			stale("it expired on " + w.Expires.Format(time.DateOnly))
		case found:
			res.Waiver = &w
		case res.Outcome == conformance.Pass:
			stale("it is not needed any more: the rule passes")
		case res.Outcome == conformance.NotApplicable:
			stale("it matches nothing: " + res.Reason)
		}
	}
}

// WaiverEntries returns the waivers for the results of a report that fail it, as a person pastes them
// into a file and completes them; "" if there is nothing. Each ends 30 days after now.
func WaiverEntries(r *conformance.Report, fails func(*conformance.Result) bool, now time.Time) string {
	var b strings.Builder
	for i := range r.Results {
		res := &r.Results[i]
		if res.Outcome == conformance.Inconclusive || !fails(res) {
			continue
		}
		what := res.Reason
		if len(res.Findings) > 0 {
			what = res.Findings[0].Message
		}
		fmt.Fprintf(&b, "- rule: %s\n  reason: %s\n  expires: %s\n", res.ID,
			quoted(unexplained+": say why this may be so, and who mends it ("+what+")"), now.AddDate(0, 0, 30).Format(time.DateOnly))
	}
	return b.String()
}

// quoted is a text as a YAML string in one line: JSON's strings are.
func quoted(s string) string { return fmt.Sprintf("%+q", strings.ToValidUTF8(s, "?")) }
