package judge

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/api"
	"github.com/asyncctl/asyncctl/conformance"
)

// Waive excuses the findings of a report, and reports the waivers that are stale at a time: those that
// have expired, those that match no finding although the rule was judged, and those of rules that do
// not exist. known are the names of all rules, codes included, with the id that each stands for. A rule
// of which one finding is not excused still fails.
func Waive(r *conformance.Report, waivers []conformance.Waiver, known map[string]string, now time.Time) {
	used := map[int]bool{}
	for n := range waivers {
		w := &waivers[n]
		stale := func(why string) { r.Stale = append(r.Stale, conformance.StaleWaiver{Waiver: *w, Why: why}) }
		id := known[w.Rule]
		i := slices.IndexFunc(r.Results, func(res conformance.Result) bool { return res.ID == id })
		switch {
		case id == "":
			stale("there is no such rule")
			continue
		case i < 0:
			stale("it matches nothing: it is for a rule of another dialect than " + r.Dialect)
			continue
		case !now.Before(w.Expires.AddDate(0, 0, 1)):
			stale("it expired on " + w.Expires.Format(time.DateOnly))
			continue
		}
		switch res := &r.Results[i]; res.Outcome {
		case conformance.Fail, conformance.Warn:
			if !excuse(res, w) {
				stale("it matches no finding of the rule")
			}
			used[i] = true
		case conformance.Pass:
			stale("it is not needed any more: the rule passes")
		case conformance.NotApplicable:
			stale("it matches nothing: " + res.Reason)
		}
	}
	for i := range used {
		settle(&r.Results[i])
	}
}

// excuse marks the findings of a result that a waiver is for, and reports whether there are any. A result
// without findings is one itself.
func excuse(res *conformance.Result, w *conformance.Waiver) bool {
	found := len(res.Findings) == 0 && w.Excuses(&conformance.Finding{Message: res.Reason})
	for i := range res.Findings {
		if w.Excuses(&res.Findings[i]) {
			res.Findings[i].Waived, found = true, true
		}
	}
	if found && res.Waiver == nil {
		res.Waiver = w
	}
	return found
}

// settle decides whether a result is excused: all of its findings are, or else those that are not come
// first and give the reason.
func settle(res *conformance.Result) {
	slices.SortStableFunc(res.Findings, func(a, b conformance.Finding) int {
		switch {
		case a.Waived == b.Waived:
			return 0
		case a.Waived:
			return 1
		}
		return -1
	})
	if len(res.Findings) > 0 && !res.Findings[0].Waived {
		res.Waiver, res.Reason = nil, res.Findings[0].Message
	}
}

// WaiverEntries returns the waivers for the findings of a report that fail it, as a person pastes them
// into a file and completes them; "" if there is nothing. Each ends 30 days after now.
func WaiverEntries(r *conformance.Report, fails func(*conformance.Result) bool, now time.Time) string {
	var b strings.Builder
	entry := func(rule, what string) {
		fmt.Fprintf(&b, "- rule: %s\n  match: %s\n  reason: %s\n  expires: %s\n", rule, quoted(plainMatch(what)),
			quoted(api.Unexplained+": say why this is acceptable, and who fixes it"), now.AddDate(0, 0, 30).Format(time.DateOnly))
	}
	for i := range r.Results {
		res := &r.Results[i]
		if res.Outcome == conformance.Inconclusive || !fails(res) {
			continue
		}
		if len(res.Findings) == 0 {
			entry(res.ID, res.Reason)
		}
		told := map[string]bool{}
		for _, f := range res.Findings {
			if match := withoutNumbers(f.Message); !f.Waived && !told[match] {
				told[match] = true
				entry(res.ID, f.Message)
			}
		}
	}
	return b.String()
}

// measures are parts of findings that differ from run to run: times and counts, but not a status code.
var measures = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[0-9]+(\.[0-9]+)?(ms|µs|s|m)([0-9.]+s)?\b|\b[0-9]+ (of|submits?|polls?|operations?|requests?|bytes?)\b`)
})

// withoutNumbers replaces what differs from run to run by "*".
func withoutNumbers(message string) string { return measures().ReplaceAllString(message, "*") }

// plainMatch is what a waiver has to match of a message; of what a file cannot hold anything does.
func plainMatch(message string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return '*'
		}
		return c
	}, withoutNumbers(message))
}

// quoted is a text as a YAML string in one line: JSON's strings are.
func quoted(s string) string { return fmt.Sprintf("%+q", strings.ToValidUTF8(s, "?")) }
