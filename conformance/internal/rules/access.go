package rules

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// accessRules speak about who may ask, and how often.
var accessRules = []Rule{{
	ID: "throttle-429", Code: "P15", Level: Should, Basis: BasisAdvice,
	Title:   "A client that polls too fast gets 429 with Retry-After, and the operation continues",
	Why:     "A throttled poll says nothing about the operation. 403, 500 or a reset cannot be distinguished from a real failure.",
	Breaks:  "Clients take the throttle for a failure, or come back at once.",
	Fix:     "Answer 429 with Retry-After and an explanation; never end an operation because it was polled.",
	Sources: []string{"RFC 6585, section 4", "RFC 9110, section 10.2.3"},
	Needs:   []Need{NeedBurst}, Probes: []string{evidence.ProbeBurst}, Asks: []evidence.Role{evidence.RoleBurst},
	check: checkThrottle,
}, {
	ID: "auth-enforced", Code: "P16", Level: Should, Basis: BasisRFC,
	Title:   "Where the submit needs credentials, so do the status, the result and the cancellation",
	Why:     "A status shows what a user does and where the result is. A redirect to a login page is for people: to a client it looks like the end.",
	Breaks:  "Clients follow the redirect and take the page for the result; without a challenge they cannot know which credentials to send.",
	Fix:     "Check the caller at the status URL, too; answer 401 with WWW-Authenticate, 403 or 404; for \"Accept: application/json\" never redirect to a login.",
	Sources: []string{"RFC 9110, section 15.5.2", "RFC 9110, section 15.5.4", "RFC 9110, section 11.6.1"},
	Needs:   []Need{NeedAuth}, Probes: []string{evidence.ProbeAuth},
	Asks:  []evidence.Role{evidence.RoleBare, evidence.RoleOther, evidence.RoleBareSubmit, evidence.RoleBareCancel, evidence.RoleBareResult},
	check: checkAuth,
}}

func checkThrottle(e *facts) Verdict {
	var s seen
	for _, c := range e.talks(evidence.ProbeBurst) {
		silent := 0
		for _, i := range c.polls(evidence.RoleBurst) {
			x := &c.Exchanges[i]
			s.look(x)
			switch status := x.Response.Status; {
			case status == 0:
				if silent++; silent == evidence.BurstPolls/10 { // fewer may be the network's
					s.add(c, i, []string{x.Err}, "polls of a burst get no answer: %s", x.Err)
				}
			case status == http.StatusTooManyRequests && x.Response.Header.Get("Retry-After") == "":
				s.add(c, i, statusLine(x), "a 429 has no Retry-After")
			case status == http.StatusTooManyRequests && x.Empty():
				s.addMild(c, i, statusLine(x), "a 429 has no content that explains it")
			case status/100 == 2, status/100 == 3, Throttled(status), status == http.StatusUnauthorized:
			default:
				s.add(c, i, statusLine(x), "a poll of a burst is answered with %d", status)
			}
		}
		if len(c.polls(evidence.RoleBurst)) > 0 && c.told < 0 && c.Ended == "" && !e.shared(c) && !evidence.Over(c.last()) && c.last().Reason != lro.UnreadableStatus && c.last().Reason != lro.UndecidedAnswer {
			s.add(c, len(c.Exchanges)-1, nil, "after a burst of polls the operation is lost: %s", c.fate())
		}
	}
	return s.verdict("bursts are borne, or refused as they should be", noOperation())
}

func checkAuth(e *facts) Verdict {
	var s seen
	c := e.talk(evidence.ProbeAuth)
	if i := c.lastOf(evidence.RoleBareSubmit); i >= 0 && c.Exchanges[i].Response.Status/100 == 2 {
		return notApplicable("the submit is accepted without credentials, too")
	}
	for i := range c.Exchanges {
		x := &c.Exchanges[i]
		status := x.Response.Status
		if status == 0 || Throttled(status) || x.Repeated {
			continue
		}
		s.look(x)
		who := map[evidence.Role]string{
			evidence.RoleBare: "a poll without credentials", evidence.RoleOther: "a poll by another identity", evidence.RoleBareSubmit: "a submit without credentials",
			evidence.RoleBareResult: "a request for the result without credentials", evidence.RoleBareCancel: "a cancellation without credentials",
		}[x.Role]
		switch {
		case status == http.StatusUnauthorized && x.Response.Header.Get("WWW-Authenticate") == "":
			s.add(c, i, statusLine(x), "%s is answered with 401 without WWW-Authenticate", who)
		case status/100 == 3 && x.Role != evidence.RoleBareSubmit && c.leadsToLogin(i), status/100 == 3 && x.Role == evidence.RoleBareSubmit:
			s.add(c, i, append(statusLine(x), "Location: "+x.Response.Header.Get("Location")), "%s is redirected instead of refused", who)
		case x.Role == evidence.RoleBareSubmit:
		case x.Role == evidence.RoleBareCancel && status/100 == 2:
			s.add(c, i, statusLine(x), "%s is answered with %d, though the status asks for them", who, status)
		case x.Role == evidence.RoleBareCancel:
		case status/100 == 2 && !page(x) && signed(x.Request.URL): // the URL is itself the credential
		case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound:
		case status/100 == 2 && page(x):
			s.add(c, i, []string{excerpt(x)}, "%s is answered with an HTML page", who)
		case status/100 == 2, status/100 == 3:
			if unguessable := checkUnguessable(e); unguessable.Outcome == Pass {
				s.addMild(c, i, statusLine(x), "%s is answered with %d; the URL cannot be guessed, so it may be meant as a capability", who, status)
			} else {
				s.add(c, i, statusLine(x), "%s is answered with %d", who, status)
			}
		}
	}
	return s.verdict("it is asked for", inconclusive("the questions got no answer"))
}

// leadsToLogin reports whether a redirect leads to where people log in.
func (c *conversation) leadsToLogin(i int) bool {
	x := &c.Exchanges[i]
	op, err := lro.Resume(x.Request.URL)
	if err != nil {
		return false
	}
	return lro.Next(c.dialect, op, x.Reply()).Reason == lro.LoginPage
}

// signed reports whether a URL has something in its query that may be a signature: a valet key.
func signed(raw string) bool {
	_, query, _ := strings.Cut(raw, "?")
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(pair, "="); pair != "" && !show.Parameter(name, value) {
			return true
		}
	}
	return false
}
