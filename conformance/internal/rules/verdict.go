package rules

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
)

func pass(format string, args ...any) Verdict {
	return Verdict{Outcome: Pass, Reason: fmt.Sprintf(format, args...)}
}

func notApplicable(format string, args ...any) Verdict {
	return Verdict{Outcome: NotApplicable, Reason: fmt.Sprintf(format, args...)}
}

func inconclusive(format string, args ...any) Verdict {
	return Verdict{Outcome: Inconclusive, Reason: fmt.Sprintf(format, args...)}
}

// maxFindings bounds what one rule reports.
const maxFindings = 10

// judged is a failure if there are findings, and else what otherwise says. Findings with the same
// words count once.
func judged(findings []Finding, otherwise Verdict) Verdict {
	if len(findings) == 0 {
		return otherwise
	}
	told := slices.Clone(findings)
	slices.SortStableFunc(told, func(a, b Finding) int { // what weighs more comes first
		return cmp.Or(weight(a)-weight(b), strings.Compare(a.Message, b.Message))
	})
	told = slices.CompactFunc(told, func(a, b Finding) bool { return a.Message == b.Message && a.Mild == b.Mild })
	told = told[:min(len(told), maxFindings)]
	return Verdict{Outcome: Fail, Reason: told[0].Message, Findings: told}
}

func weight(f Finding) int {
	if f.Mild {
		return 1
	}
	return 0
}

// seen collects what a check finds in the exchanges that it looks at.
type seen struct {
	findings []Finding
	looked   int         // answers that the rule speaks of
	statuses map[int]int // how many of them had which status
}

// look takes note of an answer that the rule speaks of.
func (s *seen) look(x *evidence.Exchange) { s.count(x, 1) }

// unlook takes that back.
func (s *seen) unlook(x *evidence.Exchange) { s.count(x, -1) }

func (s *seen) count(x *evidence.Exchange, n int) {
	if s.statuses == nil {
		s.statuses = map[int]int{}
	}
	s.looked += n
	s.statuses[x.Response.Status] += n
}

// tally says what was looked at: "404 x3, 303 x1".
func (s *seen) tally() string {
	var parts []string
	for _, status := range slices.Sorted(maps.Keys(s.statuses)) {
		switch n := s.statuses[status]; {
		case n <= 0:
		case status == 0:
			parts = append(parts, fmt.Sprintf("no answer x%d", n))
		default:
			parts = append(parts, fmt.Sprintf("%d x%d", status, n))
		}
	}
	return strings.Join(parts, ", ")
}

// add adds a violation.
func (s *seen) add(c *conversation, i int, lines []string, format string, args ...any) {
	s.findings = append(s.findings, c.finding(i, lines, format, args...))
}

// addMild adds a violation that is a warning at any level.
func (s *seen) addMild(c *conversation, i int, lines []string, format string, args ...any) {
	f := c.finding(i, lines, format, args...)
	f.Mild = true
	s.findings = append(s.findings, f)
}

// verdict is a failure if there are findings, a pass if something was looked at, and else what
// nothing says.
func (s *seen) verdict(passed string, nothing Verdict) Verdict {
	if s.looked == 0 && len(s.findings) == 0 {
		return nothing
	}
	return judged(s.findings, pass("%s (%s)", passed, s.tally()))
}

// finding is a violation seen in one exchange.
func (c *conversation) finding(i int, lines []string, format string, args ...any) Finding {
	return Finding{Message: fmt.Sprintf(format, args...), Probe: c.Probe, Exchange: i, Lines: lines}
}

// line is a field line as a finding shows it.
func fieldLine(name, value string) []string { return []string{name + ": " + value} }

// statusLine is the status as a finding shows it.
func statusLine(x *evidence.Exchange) []string {
	return []string{fmt.Sprintf("%s %d", protoOf(x), x.Response.Status)}
}

func protoOf(x *evidence.Exchange) string {
	if x.Response.Proto == "" {
		return "HTTP"
	}
	return x.Response.Proto
}

// noOperation is the verdict where no operation was begun.
func noOperation() Verdict { return notApplicable("no operation was begun") }

// submits calls f for each submit of the probes that was answered with 202, or, in a dialect, that
// began an operation.
func (e *facts) submits(f func(c *conversation, i int, x *evidence.Exchange), probes ...string) {
	for _, c := range e.talks(probes...) {
		for i := range c.Exchanges {
			x := &c.Exchanges[i]
			if x.Role == evidence.RoleSubmit && (x.Response.Status == 202 || c.after[i].StatusURL != "") {
				f(c, i, x)
			}
		}
	}
}

// answers calls f for each answer whose header section was read.
func (e *facts) answers(f func(c *conversation, i int, x *evidence.Exchange)) {
	for _, c := range e.talks() {
		for i := range c.Exchanges {
			if c.Exchanges[i].Response.Status != 0 {
				f(c, i, &c.Exchanges[i])
			}
		}
	}
}

// pendings calls f for each answer of a status URL that says that the operation goes on.
func (e *facts) pendings(f func(c *conversation, i int, x *evidence.Exchange)) {
	for _, c := range e.talks() {
		for _, i := range c.polls(evidence.RoleImmediate, evidence.RoleRapid, evidence.RolePoll, evidence.RoleAfterHead) {
			s := c.says(i)
			if x := &c.Exchanges[i]; x.Response.Status/100 == 2 && !s.miss && s.outcome == 0 && s.target == "" {
				f(c, i, x)
			}
		}
	}
}

// Throttled reports whether a status says that whoever asks should slow down.
func Throttled(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}
