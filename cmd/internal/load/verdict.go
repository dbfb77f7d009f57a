package load

import (
	"fmt"
	"slices"

	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/render"
	report "github.com/asyncctl/asyncctl/cmd/internal/report/load"
	"github.com/asyncctl/asyncctl/internal/measure"
	"github.com/asyncctl/asyncctl/loadtest"
	"github.com/asyncctl/asyncctl/loadtest/judge"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Verdict says on stderr what is wrong with a result and makes the exit code: the same for a run, for
// the report of its file, and for the merge of its parts. A result is green only if operations
// succeeded, all of them came to an end that is known, the plan was carried out, and the thresholds are
// met. A threshold on a count that is red by itself, as in rate(lost)<1%, decides instead.
func Verdict(w app.World, v report.View, thresholds []judge.Threshold) error {
	sum := v.Result.Total()
	code := app.ExitOK
	no := func(text string) {
		fmt.Fprintf(w.Stderr, "asyncctl: %s\n", render.Clean(text))
		code = max(code, app.ExitNo)
	}
	if v.Result.Stopped != "" {
		no("the run ended before its plan did: " + v.Result.Stopped)
	}
	for _, warning := range v.Result.Warnings {
		if warning.Code == loadtest.WarnParts {
			no(warning.Text)
		}
	}
	c := &sum.Counts
	switch {
	case c.Submitted == 0 && c.Planned == 0 && v.Result.Part.Of > 1: // a part of a plan with fewer operations
	case c.Submitted == 0:
		no("no operation was submitted")
	case c.Succeeded == 0:
		no("no operation succeeded")
	}
	asked := func(name string) bool {
		return slices.ContainsFunc(thresholds, func(t judge.Threshold) bool { return t.Count() == name && t.Series() == "" })
	}
	for _, count := range measure.Countables() {
		if n := count.Of(sum); n > 0 && slices.Contains(red, count.Name) && !asked(count.Name) {
			no(fmt.Sprintf("%s: %s of %d. A threshold such as 'rate(%s)<1%%' decides how many may be", count.Text, render.Thousands(n), c.Planned, count.Name))
		}
	}
	for _, verdict := range v.Verdicts {
		if !verdict.Met {
			no("threshold " + verdict.Reason)
		}
	}
	if c.Submitted > 0 && c.Succeeded == 0 && unreachable(sum) >= c.Submitted {
		code = app.ExitUnreachable
	}
	if code == app.ExitOK {
		return nil
	}
	return app.Exit(code)
}

// red are the counts that no green run has, unless a threshold says how many are allowed.
var red = []string{"lost", "gone", "timed_out", "pending", "missed"}

// unreachable is how many operations were lost because the server could not be reached.
func unreachable(s *measure.Series) (n int64) {
	for _, e := range s.Errors {
		if e.Operations && lro.Reason(e.Reason).Class() == lro.ClassTransport {
			n += e.Count
		}
	}
	return n
}
