package conformance

// submitRules speak about the answer to the submit.
var submitRules = []Rule{{
	ID: "submit-202", Code: "S01", Level: Must, Basis: BasisPattern,
	Title:   "A submit that starts work in the background is answered with 202",
	Why:     "202 Accepted is the only status that says \"not done yet\". A client that sees 200, 201 or 204 takes the work for finished.",
	Breaks:  "Clients that branch on the status code: they hand out an empty result, or report success before the work has begun.",
	Fix:     "Answer 202 when the work was queued, and 200 or 201 only when it is done.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution", "RFC 9110, section 15.3.3"},
	Needs:   []Need{NeedSlow}, Probes: []string{ProbeSlow},
	Check: checkSubmit202,
}}

func checkSubmit202(e *Evidence) Verdict {
	c := e.talk(ProbeSlow)
	i := c.lastOf(RoleSubmit)
	x := &c.Exchanges[i]
	switch x.Response.Status {
	case 0:
		return inconclusive("the submit got no answer: %s", x.Err)
	case 202:
		return pass("HTTP 202")
	}
	return judged([]Finding{c.finding(i, nil, "the submit is answered with HTTP %d, not with 202", x.Response.Status)}, Verdict{})
}
