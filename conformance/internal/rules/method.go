package rules

import (
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
)

// methodRules speak about other methods than GET, and other ids than real ones, at the status URL.
var methodRules = []Rule{{
	ID: "head-no-content", Code: "P05", Level: Must, Basis: BasisRFC,
	Title:   "HEAD on the status URL is answered like GET, without content",
	Why:     "Every server of general purpose supports HEAD. Content after it is read as the beginning of the next answer on the connection.",
	Breaks:  "Health checks, link checkers and proxies; with content, whoever shares the connection.",
	Fix:     "Route HEAD where GET goes and let the HTTP server drop the content.",
	Sources: []string{"RFC 9110, section 9.1", "RFC 9110, section 9.3.2"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeAside},
	check: checkHead,
}, {
	ID: "unknown-id-404", Code: "P06", Level: Should, Basis: BasisRFC,
	Title:   "A status URL that was given to nobody is answered with 404 or 410",
	Why:     "Where an operation is \"running\" as long as its result does not exist, every misspelt id runs for ever. The reference sample of the pattern does that.",
	Breaks:  "Clients with a wrong or an expired id poll until their deadline instead of being told.",
	Fix:     "Keep a record of each operation from its acceptance on, and answer 404 without one.",
	Sources: []string{"RFC 9110, section 15.5.5", "mspnp/cloud-design-patterns, async-request-reply"},
	Needs:   []Need{NeedUnknown}, Probes: []string{evidence.ProbeUnknown},
	check: checkUnknown,
}, {
	ID: "method-not-allowed-allow", Code: "P14", Level: Must, Basis: BasisRFC,
	Title:   "Methods that the status URL does not take are answered with 405 and Allow",
	Why:     "A 405 must list what is allowed: that is how a client finds out whether DELETE calls an operation off.",
	Breaks:  "Clients that ask what is possible; with a 500 or a 2xx, whoever tries.",
	Fix:     "Let the router answer 405 with Allow for paths that it knows.",
	Sources: []string{"RFC 9110, section 15.5.6", "RFC 9110, section 10.2.1", "RFC 9110, section 9.1"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeAside},
	check: checkMethodNotAllowed,
}}

func checkHead(e *facts) Verdict {
	var s seen
	raw := true
	for _, c := range e.talks() {
		for _, i := range c.polls(evidence.RoleHead) {
			x := &c.Exchanges[i]
			if x.Response.Status == 0 {
				continue
			}
			s.looked++
			raw = raw && x.Response.Raw
			switch status := x.Response.Status; {
			case status == http.StatusMethodNotAllowed || status == http.StatusNotImplemented:
				s.add(c, i, statusLine(x), "HEAD is answered with %d", status)
			case Throttled(status):
				s.looked--
			case !c.sameClassAround(i):
				s.add(c, i, statusLine(x), "HEAD is answered with %d, and GET with %d", status, c.aroundStatus(i))
			}
			if len(x.Response.Body) > 0 {
				s.add(c, i, []string{excerpt(x)}, "content follows the answer to HEAD: at least %s", plural(len(x.Response.Body), "byte"))
			}
			if i+1 < len(c.Exchanges) && c.Exchanges[i+1].Role == evidence.RoleAfterHead && strings.Contains(c.Exchanges[i+1].Err, "no HTTP") {
				s.add(c, i+1, []string{c.Exchanges[i+1].Err}, "the answer after HEAD, on the same connection, cannot be read")
			}
		}
	}
	if s.looked > 0 && !raw {
		return s.verdict("like GET; whether content follows cannot be seen over this transport", Verdict{})
	}
	return s.verdict("like GET, without content", notApplicable("HEAD was not sent, or was throttled"))
}

// sameClassAround says whether the GET before or after an exchange has a status of the same class.
func (c *conversation) sameClassAround(i int) bool {
	for _, j := range []int{i - 1, i + 1} {
		if j >= 0 && j < len(c.Exchanges) && c.Exchanges[j].Request.Method == http.MethodGet &&
			(c.Exchanges[j].Response.Status == 0 || c.Exchanges[j].Response.Status/100 == c.Exchanges[i].Response.Status/100) {
			return true
		}
	}
	return c.aroundStatus(i) == 0
}

// aroundStatus is the status of the GET next to an exchange; 0 if there is none.
func (c *conversation) aroundStatus(i int) int {
	for _, j := range []int{i + 1, i - 1} {
		if j >= 0 && j < len(c.Exchanges) && c.Exchanges[j].Request.Method == http.MethodGet {
			return c.Exchanges[j].Response.Status
		}
	}
	return 0
}

func checkUnknown(e *facts) Verdict {
	var s seen
	for _, c := range e.talks(evidence.ProbeUnknown) {
		for i := range c.Exchanges {
			x := &c.Exchanges[i]
			status := x.Response.Status
			if status == 0 || Throttled(status) {
				continue
			}
			s.looked++
			switch {
			case status == http.StatusNotFound, status == http.StatusGone, status == http.StatusUnauthorized, status == http.StatusForbidden:
			case x.Role == evidence.RoleUnknownCancel && (status == http.StatusMethodNotAllowed || status == http.StatusNotImplemented):
			case x.Role == evidence.RoleUnknownCancel && status/100 == 2:
				s.addMild(c, i, statusLine(x), "DELETE of an operation that nobody began is answered with %d", status)
			case status/100 == 2:
				s.add(c, i, append(statusLine(x), excerpt(x)), "an operation that nobody began is answered with %d", status)
			case status/100 == 5:
				s.add(c, i, statusLine(x), "an id that does not exist makes the server fail with %d", status)
			default:
				s.addMild(c, i, statusLine(x), "an id that does not exist is answered with %d instead of 404", status)
			}
		}
	}
	return s.verdict("404 or 410", inconclusive("the question got no answer"))
}

func checkMethodNotAllowed(e *facts) Verdict {
	var s seen
	for _, c := range e.talks() {
		for _, i := range c.polls(evidence.RolePut, evidence.RolePatch) {
			x := &c.Exchanges[i]
			status := x.Response.Status
			allow := strings.Join(x.Response.Header.Values("Allow"), ", ")
			if status == 0 || Throttled(status) {
				continue
			}
			s.looked++
			switch {
			case status == http.StatusNotImplemented:
			case status == http.StatusMethodNotAllowed && len(x.Response.Header.Values("Allow")) == 0:
				s.add(c, i, statusLine(x), "the 405 in answer to %s has no Allow", x.Request.Method)
			case status == http.StatusMethodNotAllowed && !lists(allow, "GET"):
				s.add(c, i, fieldLine("Allow", allow), "Allow does not list GET, which works")
			case status == http.StatusMethodNotAllowed:
				if !lists(allow, "DELETE") && e.deleteWorks() {
					s.addMild(c, i, fieldLine("Allow", allow), "Allow does not list DELETE, which works")
				}
			case status == http.StatusUnauthorized, status == http.StatusForbidden:
				s.looked--
			case status/100 == 4:
				s.addMild(c, i, statusLine(x), "%s on the status URL is answered with %d instead of 405", x.Request.Method, status)
			default:
				s.add(c, i, statusLine(x), "%s on the status URL is answered with %d instead of 405", x.Request.Method, status)
			}
		}
	}
	return s.verdict("405 with Allow", notApplicable("PUT and PATCH were not sent, or were refused for another reason"))
}

// lists says whether a method stands in Allow.
func lists(allow, method string) bool {
	for _, m := range strings.Split(allow, ",") {
		if strings.TrimSpace(m) == method {
			return true
		}
	}
	return false
}

// deleteWorks says whether DELETE of a status URL was seen to call an operation off.
func (e *facts) deleteWorks() bool {
	if e.Target.Cancel == evidence.Unsupported {
		return false
	}
	for _, c := range e.talks(evidence.ProbeCancel) {
		for _, i := range c.polls(evidence.RoleCancel) {
			if x := &c.Exchanges[i]; x.Request.Method == http.MethodDelete && x.Response.Status/100 == 2 {
				return true
			}
		}
	}
	return false
}
