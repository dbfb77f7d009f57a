package rules

import (
	"net/http"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
)

func checkPending200(e *facts) Verdict {
	var s, wrong seen
	for _, c := range e.talks(evidence.ProbeSlow, evidence.ProbeRapid) {
		if c.accepted >= 0 {
			c.pendings(&s, &wrong)
		}
	}
	switch {
	case len(s.findings) > 0:
	case s.looked == 0 && len(wrong.findings) > 0:
		// It never said that the operation goes on.
		f := wrong.findings[0]
		f.Message = "while the operation goes on, its status is answered with " + wrong.tally() + ", and never with a status"
		s.findings = []Finding{f}
	}
	passed := "while the operation goes on there is a status"
	if s.statuses[http.StatusAccepted] > 0 {
		passed += "; with 202 the status code says it"
	}
	return s.verdict(passed, inconclusive("the operation was over before it was polled, or never answered"))
}

// pendings looks at the answers of the status URL before the end was told: those that say that the
// operation goes on, and those that say nothing. What is wrong by itself is a finding.
func (c *conversation) pendings(s, wrong *seen) {
	if c.toldLater() {
		s.look(&c.Exchanges[c.told])
		s.add(c, c.told, statusLine(&c.Exchanges[c.told]), "a poll is answered with 204, neither a status nor a result, and later ones tell the end")
	}
	polls := c.polls()
	for n, i := range polls {
		x := &c.Exchanges[i]
		said := c.says(i)
		if c.told >= 0 && i >= c.told && said.target != x.Request.URL || pageInstead(x) {
			return
		}
		switch status := x.Response.Status; {
		case redirects(x) && said.target == x.Request.URL:
			s.look(x)
			s.add(c, i, fieldLine("Location", x.Response.Header.Get("Location")), "a poll is redirected to the status URL itself")
		case status == http.StatusOK && len(x.Response.Body) == 0:
			s.look(x)
			s.add(c, i, statusLine(x), "a poll is answered with 200 and nothing in it")
		case status == http.StatusNoContent:
			s.look(x)
			s.add(c, i, statusLine(x), "a poll is answered with 204: neither a status nor a result")
		case status == http.StatusOK, status == http.StatusAccepted, status == http.StatusNotModified:
			s.look(x)
		case status == http.StatusNotFound || status == http.StatusGone:
			wrong.look(x)
			wrong.add(c, i, statusLine(x), "a poll is answered with %d while the operation goes on", status)
			if n+1 == len(polls) && c.told < 0 {
				s.add(c, i, statusLine(x), "a poll is answered with %d while the operation goes on", status)
			}
		}
	}
}

// toldLater reports whether an operation whose end seems to have been told with 204 goes on to tell it with
// a status: then the 204 meant that there was nothing to say yet.
func (c *conversation) toldLater() bool {
	if c.told < 0 || c.Exchanges[c.told].Response.Status != http.StatusNoContent {
		return false
	}
	for _, i := range c.polls(evidence.RoleAgain, evidence.RoleRetained, evidence.RolePoll) {
		x := &c.Exchanges[i]
		if i > c.told && (x.Response.Status == http.StatusSeeOther || x.Response.Status == http.StatusOK && len(x.Response.Body) > 0) {
			return true
		}
	}
	return false
}
