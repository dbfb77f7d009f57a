package conformance

// completionRules speak about how the end is told.
var completionRules = []Rule{{
	ID: "reaches-terminal", Code: "C01", Level: Must, Basis: BasisPattern,
	Title:   "A client that obeys Retry-After sees the operation end",
	Why:     "An operation that is never said to be over cannot be told from one that is slow: somebody has to give up, and the work may still be running.",
	Breaks:  "Every client: it polls until its own deadline, and then does not know what became of the work.",
	Fix:     "Let a supervisor end operations whose worker is lost, with a failure; bound how long an operation may run.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution"},
	Fault:   "stuck",
	Needs:   []Need{NeedSlow}, Probes: []string{ProbeSlow},
	Check: checkReachesTerminal,
}}

func checkReachesTerminal(e *Evidence) Verdict {
	c := e.talk(ProbeSlow)
	op := c.last()
	switch {
	case op.StatusURL == "":
		return notApplicable("no operation was begun")
	case over(op):
		return pass("it ended as %s after %d polls", op.Outcome, op.Polls)
	case c.Ended != "":
		return inconclusive("it did not end in the time for a probe (%d polls, the last state is %s)", op.Polls, op.State)
	}
	return judged([]Finding{c.finding(len(c.Exchanges)-1, nil, "its end cannot be found out: %s", op.Reason.Text())}, Verdict{})
}
