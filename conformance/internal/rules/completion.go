package rules

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// completionRules speak about how the end is reported, and the way from there to the result.
var completionRules = []Rule{{
	ID: "reaches-terminal", Code: "C01", Level: Must, Basis: BasisPattern,
	Title:   "A client that obeys Retry-After sees the operation end",
	Why:     "An operation that is never said to be over cannot be distinguished from a slow one: the client has to give up, and the work may still be running.",
	Breaks:  "Every client: it polls until its own deadline, and then does not know what became of the work.",
	Fix:     "Let a supervisor end operations whose worker is lost, with a failure; bound how long an operation may run.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution"},
	Fault:   "stuck",
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkReachesTerminal,
}, {
	ID: "completion-303", Code: "C02", Level: Should, Basis: BasisPattern,
	Title:   "If the end is a redirect to the result, it is a 303",
	Why:     "303 says \"the answer lies elsewhere, GET it\". 301 and 308 say that the status URL has moved for ever, and caches keep them; 307 says that the same resource is elsewhere for now.",
	Breaks:  "Browsers and caches answer the next poll from what they kept; clients poll the result as if it were a status.",
	Fix:     "Answer 303 See Other (older texts of the pattern say 302), or 200 with a status that is final.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution (text of 2026)", "RFC 9110, section 15.4.2", "RFC 9110, section 15.4.3", "RFC 9110, section 15.4.4", "RFC 9110, section 15.4.8", "RFC 9110, section 15.4.9"},
	Fault:   "completion-301",
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkCompletion303,
}, {
	ID: "redirect-location-present", Code: "C03", Level: Must, Basis: BasisPattern,
	Title:   "A redirect at the end says in Location where the result is",
	Why:     "Without Location a redirect says only that there is a result.",
	Breaks:  "Every client: the work was done, and cannot be fetched.",
	Fix:     "Send Location with every 302 and 303; see that the gateway keeps it.",
	Sources: []string{"RFC 9110, section 15.4.4", "RFC 9110, section 10.2.2"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkRedirectLocation,
}, {
	ID: "redirect-target-ok", Code: "C04", Level: Must, Basis: BasisPattern,
	Title:   "The result is there when the end is reported, for the credentials that a client may send",
	Why:     "The end is reported so that the result can be fetched.",
	Breaks:  "Clients report a failure although the work was done; a presigned URL refuses those that send their token along.",
	Fix:     "Make the result visible before the state is final; use presigned URLs that need nothing else, or the origin of the API.",
	Sources: []string{"Asynchronous Request-Reply pattern, solution (\"200, 201 or 204\")"},
	Fault:   "result-gone",
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkRedirectTarget,
}, {
	ID: "redirect-chain-safe", Code: "C06", Level: Must, Basis: BasisPattern,
	Title:   "From the status URL to the result it is at most five redirects, none twice, none unsafe",
	Why:     "Clients bound what they follow, and refuse a step from https to http or a URL with a user name.",
	Breaks:  "Clients stop at a loop, at the end of their patience, or at the unsafe hop.",
	Fix:     "Redirect to the result itself; behind a proxy that ends TLS take the scheme from what it forwards.",
	Sources: []string{"RFC 9110, section 15.4", "RFC 9110, section 4.2.4", "RFC 9110, section 17.16.1"},
	Fault:   "redirect-loop",
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkRedirectChain,
}}

func checkReachesTerminal(e *facts) Verdict {
	var s seen
	var unfinished *conversation
	nothing := noOperation()
	for _, c := range e.talks(evidence.ProbeSlow) {
		switch class := c.last().Reason.Class(); {
		case c.accepted < 0:
		case c.told >= 0 && c.last().Reason != lro.RedirectLoop:
			s.look(&c.Exchanges[len(c.Exchanges)-1])
		case c.Ended != "", class == lro.ClassTransport, class == lro.ClassRefused, c.last().Reason == lro.UndecidedAnswer, c.last().Reason == lro.UnreadableStatus:
			unfinished = c // what was not understood is no fault of the server's
		case c.stray():
			nothing = notApplicable("the status URL never reported a status: see status-url-resolves")
		case c.dead():
			nothing = notApplicable("a redirect cannot be followed: see location-valid-uri-reference and redirect-chain-safe")
		default:
			s.look(&c.Exchanges[len(c.Exchanges)-1])
			s.add(c, len(c.Exchanges)-1, nil, "the end cannot be found out: %s", c.fate())
		}
	}
	if unfinished != nil && len(s.findings) == 0 {
		op := unfinished.last()
		return inconclusive("after %s it is still %s: %s", show.Count(op.Polls, "poll"), op.State, unfinished.fate())
	}
	return s.verdict("it ended", nothing)
}

// stray reports whether the status URL was asked and always answered with 404 or 410: then everything else that
// is wrong with its answers follows from that.
func (c *conversation) stray() bool {
	polls := c.polls()
	return c.told < 0 && len(polls) > 0 && !slices.ContainsFunc(polls, func(i int) bool {
		status := c.Exchanges[i].Response.Status
		return status != http.StatusNotFound && status != http.StatusGone
	})
}

// dead reports whether the conversation ended at a redirect that nobody can follow.
func (c *conversation) dead() bool {
	n := len(c.Exchanges)
	if n == 0 || !redirects(&c.Exchanges[n-1]) {
		return false
	}
	reason := c.last().Reason
	return reason == lro.BadURL || reason == lro.ForbiddenHop || reason == lro.RedirectLoop
}

// redirects calls f for each answer of a status URL that redirects to what is not a status.
func (e *facts) redirects(f func(c *conversation, i int, x *evidence.Exchange)) {
	for _, c := range e.talks(evidence.ProbeSlow, evidence.ProbeRapid, evidence.ProbeAside, evidence.ProbeFail) {
		for _, i := range c.polls(evidence.RoleImmediate, evidence.RoleRapid, evidence.RolePoll, evidence.RoleAgain, evidence.RoleRetained) {
			x := &c.Exchanges[i]
			if redirects(x) && c.says(i).end() {
				f(c, i, x)
			}
		}
	}
}

func checkCompletion303(e *facts) Verdict {
	var s seen
	e.redirects(func(c *conversation, i int, x *evidence.Exchange) {
		s.look(x)
		lines := append(statusLine(x), "Location: "+x.Response.Header.Get("Location"))
		switch x.Response.Status {
		case http.StatusSeeOther:
		case http.StatusFound:
			s.addMild(c, i, lines, "the end is reported with 302, as older texts have it; 303 says what is meant")
		case http.StatusMovedPermanently, http.StatusPermanentRedirect:
			s.add(c, i, lines, "the end is reported with %d, which says that the status URL has moved for ever", x.Response.Status)
		default:
			s.add(c, i, lines, "the end is reported with %d, which says that the status is elsewhere for now", x.Response.Status)
		}
	})
	if s.looked > 0 {
		return s.verdict("303", Verdict{})
	}
	if c := e.talk(evidence.ProbeSlow); c != nil && c.told >= 0 {
		return pass("the end is reported without a redirect")
	}
	return untold(e)
}

func noRedirect(e *facts) Verdict {
	if c := e.talk(evidence.ProbeSlow); c != nil && c.told >= 0 {
		return notApplicable("the end is reported without a redirect")
	}
	return untold(e)
}

func checkRedirectLocation(e *facts) Verdict {
	var s seen
	e.redirects(func(c *conversation, i int, x *evidence.Exchange) {
		s.look(x)
		value := x.Response.Header.Get("Location")
		if value == "" {
			s.add(c, i, statusLine(x), "the redirect at the end has no Location")
		} else if what := referenceFlaw(value, false); what != "" {
			s.add(c, i, fieldLine("Location", value), "the Location of the redirect at the end %s", what)
		}
	})
	return s.verdict("it says where", noRedirect(e))
}

func checkRedirectTarget(e *facts) Verdict {
	var s seen
	throttled := false
	for _, c := range e.talks(evidence.ProbeSlow) {
		results := c.polls(evidence.RoleResult, evidence.RoleHop)
		for n, i := range results {
			x := &c.Exchanges[i]
			last := n == len(results)-1
			status := x.Response.Status
			if status/100 == 3 || status == 0 && !last || i < c.told {
				continue // a hop before the end leads to the status
			}
			if status == http.StatusTooManyRequests { // it speaks of our requests, not of the result (RFC 6585, section 4)
				throttled = true
				continue
			}
			s.look(x)
			switch {
			case status == http.StatusOK && goesOn(x):
				s.add(c, i, []string{excerpt(x)}, "where the result should be there is a status that says that the operation goes on")
			case status == http.StatusOK && errorPage(x):
				s.add(c, i, []string{excerpt(x)}, "where the result should be there is a page that speaks of an error or asks to log in")
			case status == http.StatusOK && x.Empty() && x.Err == "" && !e.Recorded:
				s.add(c, i, statusLine(x), "the result is a 200 without content")
			case status == http.StatusOK || status == http.StatusCreated || status == http.StatusNoContent:
			case status/100 == 4 && e.madeUp(c, x.Request.URL):
				return notApplicable("the URL of the result stands in no answer: %s makes it from an id", e.Dialect)
			case status == http.StatusNotFound && !last:
				s.addMild(c, i, statusLine(x), "the result is answered with 404 at first")
			case status == 0:
				s.add(c, i, []string{x.Err}, "the result cannot be fetched: %s", x.Err)
			case (status == http.StatusUnauthorized || status == http.StatusForbidden) && !lro.SameOrigin(x.Request.URL, c.last().SubmitURL):
				s.add(c, i, statusLine(x), "the result is on another origin (%s) and is answered with %d to who sends no credentials there", lro.Origin(x.Request.URL), status)
			case last || status/100 == 4:
				s.add(c, i, statusLine(x), "the result is answered with %d", status)
			}
		}
	}
	if s.looked == 0 && throttled {
		return inconclusive("the result was answered with 429 each time")
	}
	if c := e.talk(evidence.ProbeSlow); s.looked == 0 && c.told >= 0 && redirects(&c.Exchanges[c.told]) {
		return inconclusive("the result was not fetched: %s", c.fate())
	}
	return s.verdict("it is there", noRedirect(e))
}

// goesOn reports whether content is a status document that is not final.
func goesOn(x *evidence.Exchange) bool {
	_, word := stateMember(jsontext.Value(x.Response.Body))
	state := lro.Word(unquote(word))
	return len(word) > 0 && word[0] == '"' && (state == lro.StatePending || state == lro.StateRunning)
}

// maxRedirects is how many redirects lead to a result at most.
const maxRedirects = 5

func checkRedirectChain(e *facts) Verdict {
	var s seen
	for _, c := range e.talks(evidence.ProbeSlow) {
		var visited []string
		for _, i := range c.polls(evidence.RolePoll, evidence.RoleImmediate, evidence.RoleHop, evidence.RoleResult) {
			x := &c.Exchanges[i]
			if x.Response.Status/100 != 3 || x.Response.Status == http.StatusNotModified {
				visited = nil
				continue
			}
			s.look(x)
			value := x.Response.Header.Get("Location")
			visited = append(visited, x.Request.URL)
			if what := unsafeHop(x.Request.URL, value); what != "" {
				s.add(c, i, fieldLine("Location", value), "%s", what)
				continue
			}
			target, err := lro.Resolve(x.Request.URL, value)
			switch {
			case err != nil:
			case slices.Contains(visited, target):
				s.add(c, i, fieldLine("Location", value), "the redirects come back to where they were")
			case len(visited) > maxRedirects:
				s.add(c, i, fieldLine("Location", value), "after %d redirects there is still no result", len(visited))
			}
		}
	}
	return s.verdict("it is short and safe", noRedirect(e))
}

// unsafeHop says why nobody should follow a redirect; "" if one may.
func unsafeHop(from, to string) string {
	u, err := url.Parse(to)
	switch {
	case err != nil:
		return ""
	case u.User != nil:
		return "the redirect leads to a URL with a user name"
	case u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https":
		return "the redirect leads to " + u.Scheme + ":"
	case u.Scheme == "http" && strings.HasPrefix(from, "https:"):
		return "the redirect leads from https to http"
	}
	return ""
}

// errorPage reports whether content is an HTML page that tells of an error, or asks them to log in.
// A result may well be another page.
func errorPage(x *evidence.Exchange) bool {
	if !page(x) {
		return false
	}
	said := strings.ToLower(title(x.Response.Body) + " " + excerpt(x))
	for _, word := range []string{"error", "not found", "sign in", "log in", "login", "unavailable", "forbidden", "denied", "bad gateway"} {
		if strings.Contains(said, word) {
			return true
		}
	}
	return false
}

// madeUp reports whether a URL stands in none of the answers of a conversation: a dialect made it.
func (e *facts) madeUp(c *conversation, target string) bool {
	u, err := url.Parse(target)
	if err != nil || c.accepted < 0 || c.after[c.accepted].Dialect == lro.GenericName {
		return false
	}
	for i := range c.Exchanges {
		r := &c.Exchanges[i].Response
		if strings.Contains(string(r.Body), u.Path) || slices.ContainsFunc(r.Header, func(f evidence.Field) bool { return strings.Contains(f.Value, u.Path) }) {
			return false
		}
	}
	return true
}
