package rules

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/internal/show"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// methodRules speak about other methods than GET, and other ids than real ones, at the status URL.
var methodRules = []Rule{{
	ID: "head-no-content", Code: "P05", Level: Must, Basis: BasisRFC,
	Title:   "HEAD on the status URL is answered like GET, without content",
	Why:     "Every server of general purpose supports HEAD. Content after it is read as the beginning of the next answer on the connection.",
	Breaks:  "Health checks, link checkers and proxies; with content, all who share the connection.",
	Fix:     "Route HEAD where GET goes and let the HTTP server drop the content.",
	Sources: []string{"RFC 9110, section 9.1", "RFC 9110, section 9.3.2"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeAside}, Asks: []evidence.Role{evidence.RoleHead, evidence.RoleAfterHead},
	check: checkHead,
}, {
	ID: "unknown-id-404", Code: "P06", Level: Should, Basis: BasisRFC,
	Title:   "A status URL that was never handed out is answered with 404 or 410",
	Why:     "Where an operation is \"running\" as long as its result does not exist, every misspelt id runs for ever. The reference sample of the pattern does that.",
	Breaks:  "Clients with a wrong or an expired id poll until their deadline instead of learning that there is nothing.",
	Fix:     "Keep a record of each operation from its acceptance on, and answer 404 without one.",
	Sources: []string{"RFC 9110, section 15.5.5", "mspnp/cloud-design-patterns, async-request-reply"},
	Needs:   []Need{NeedUnknown}, Probes: []string{evidence.ProbeUnknown}, Asks: []evidence.Role{evidence.RoleUnknown, evidence.RoleUnknownCancel},
	check: checkUnknown,
}, {
	ID: "method-not-allowed-allow", Code: "P14", Level: Should, Basis: BasisRFC,
	Title:   "Methods that the status URL does not take are answered with 405 and Allow, and change nothing",
	Why:     "405 says that the method is the reason, and Allow which others there are: that is how a client finds out whether DELETE cancels an operation.",
	Breaks:  "Clients that ask what is possible; with a 500, or where the request changes the operation, whoever tries.",
	Fix:     "Let the router answer 405 with Allow for paths that it knows.",
	Sources: []string{"RFC 9110, section 15.5.6", "RFC 9110, section 10.2.1", "RFC 9110, section 9.1"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeAside},
	Asks:  []evidence.Role{evidence.RolePut, evidence.RolePatch, evidence.RoleAfterPut, evidence.RoleAfterPatch},
	check: checkMethodNotAllowed,
}}

func checkHead(e *facts) Verdict {
	var s seen
	raw := true
	for _, c := range e.talks() {
		for _, i := range c.polls(evidence.RoleHead) {
			x := &c.Exchanges[i]
			if x.Response.Status == 0 || !c.polledByGet() {
				continue
			}
			s.look(x)
			raw = raw && x.Response.Raw
			switch status := x.Response.Status; {
			case status == http.StatusMethodNotAllowed || status == http.StatusNotImplemented:
				s.add(c, i, statusLine(x), "HEAD is answered with %d", status)
			case Throttled(status):
				s.unlook(x)
			case !c.sameClassAround(i):
				s.add(c, i, statusLine(x), "HEAD is answered with %d, and GET with %d", status, c.aroundStatus(i))
			}
			if what := c.changedBetween(c.logicalBefore(i), c.logicalAfter(i)); what != "" {
				s.add(c, i, statusLine(x), "HEAD changes the operation, which nobody cancelled: after it the operation %s", what)
			}
			if lacking := c.lacksFieldsOfGet(i); len(lacking) > 2 {
				s.addMild(c, i, lacking, "the answer to HEAD lacks fields that GET has: %s", strings.Join(lacking, ", "))
			}
			if len(x.Response.Body) > 0 {
				s.add(c, i, []string{excerpt(x)}, "content follows the answer to HEAD: at least %s", show.Count(len(x.Response.Body), "byte"))
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

// around are the GETs before and after an exchange, as they were answered once they were let through.
func (c *conversation) around(i int) []*evidence.Exchange {
	var found []*evidence.Exchange
	for j := i - 1; j >= 0; j-- {
		if x := &c.Exchanges[j]; x.Request.Method == http.MethodGet && !x.Repeated && !Throttled(x.Response.Status) {
			found = append(found, x)
			break
		}
	}
	for j := i + 1; j < len(c.Exchanges); j++ {
		if x := &c.Exchanges[j]; x.Role == evidence.RoleAfterHead && !x.Repeated && !Throttled(x.Response.Status) {
			found = append(found, x)
			break
		}
	}
	return found
}

// sameClassAround reports whether the GET before or after an exchange has a status of the same class.
func (c *conversation) sameClassAround(i int) bool {
	around := c.around(i)
	for _, x := range around {
		if x.Response.Status == 0 || x.Response.Status/100 == c.Exchanges[i].Response.Status/100 {
			return true
		}
	}
	return len(around) == 0
}

// aroundStatus is the status of the GET next to an exchange; 0 if there is none.
func (c *conversation) aroundStatus(i int) int {
	if around := c.around(i); len(around) > 0 {
		return around[len(around)-1].Response.Status
	}
	return 0
}

// lists reports whether a method stands in Allow.
func lists(allow, method string) bool {
	for _, m := range strings.Split(allow, ",") {
		if strings.TrimSpace(m) == method {
			return true
		}
	}
	return false
}

// deleteWorks reports whether DELETE of a status URL was seen to cancel an operation.
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

// lacksFieldsOfGet are the fields that the GET after a HEAD has and the HEAD has not, though they do not
// depend on the content (RFC 9110, section 9.3.2).
func (c *conversation) lacksFieldsOfGet(i int) []string {
	if i+1 >= len(c.Exchanges) || c.Exchanges[i+1].Role != evidence.RoleAfterHead || c.Exchanges[i+1].Response.Status != c.Exchanges[i].Response.Status {
		return nil
	}
	var lacking []string
	for _, name := range []string{"Cache-Control", "Content-Type", "ETag", "Retry-After", "Location"} {
		if c.Exchanges[i+1].Response.Header.Get(name) != "" && c.Exchanges[i].Response.Header.Get(name) == "" {
			lacking = append(lacking, name)
		}
	}
	return lacking
}

// changedBetween says how an operation ended between two answers of its status URL, if not as work ends
// that nobody disturbs; "" if it goes on, succeeded, or nobody knows.
func (c *conversation) changedBetween(before, after int) string {
	if before < 0 || after >= len(c.Exchanges) {
		return ""
	}
	x := &c.Exchanges[after]
	status := x.Response.Status
	pending, then := c.says(before), c.says(after)
	switch {
	case pending.end() || pending.miss || Throttled(status) || status == 0:
		return ""
	case then.outcome == lro.Cancelled:
		return "is cancelled"
	case status == http.StatusNotFound || status == http.StatusGone:
		return fmt.Sprintf("is gone (%d)", status)
	}
	return ""
}

func checkUnknown(e *facts) Verdict {
	var s seen
	for _, c := range e.talks(evidence.ProbeUnknown) {
		asked := c.polls(evidence.RoleUnknown)
		for _, i := range c.polls(evidence.RoleUnknown, evidence.RoleUnknownCancel) {
			x := &c.Exchanges[i]
			status := x.Response.Status
			if status == 0 || Throttled(status) {
				continue
			}
			s.look(x)
			switch {
			case status == http.StatusNotFound, status == http.StatusGone, status == http.StatusUnauthorized, status == http.StatusForbidden:
			case x.Role == evidence.RoleUnknownCancel && (status == http.StatusMethodNotAllowed || status == http.StatusNotImplemented):
			case x.Role == evidence.RoleUnknownCancel && status/100 == 2:
				s.addMild(c, i, statusLine(x), "DELETE of an operation that nobody began is answered with %d", status)
			case status/100 == 2 && len(asked) > 1 && c.Exchanges[asked[len(asked)-1]].Response.Status/100 != 2:
				s.unlook(x) // there is such an operation: somebody else began it
			case status/100 == 2:
				s.add(c, i, append(statusLine(x), excerpt(x)), "an operation that nobody began is answered with %d", status)
			case status/100 == 5:
				s.add(c, i, statusLine(x), "an id that does not exist makes the server fail with %d", status)
			default:
				s.addMild(c, i, statusLine(x), "an id that does not exist is answered with %d instead of 404", status)
			}
		}
	}
	return s.verdict("it is refused", inconclusive("the question got no answer"))
}

func checkMethodNotAllowed(e *facts) Verdict {
	var s seen
	listed := e.allowed()
	for _, c := range e.talks() {
		for _, i := range c.polls(evidence.RolePut, evidence.RolePatch) {
			x := &c.Exchanges[i]
			status := x.Response.Status
			method := x.Request.Method
			if status == 0 || Throttled(status) {
				continue
			}
			s.look(x)
			if what := c.changedBetween(c.logicalBefore(i), c.logicalAfter(i)); what != "" {
				s.add(c, i, statusLine(x), "%s on the status URL changes the operation, which nobody cancelled: after it the operation %s", method, what)
				continue
			}
			switch {
			case lists(listed, method): // it is one of the methods that there are
			case status == http.StatusMethodNotAllowed && len(x.Response.Header.Values("Allow")) == 0:
				s.add(c, i, statusLine(x), "the 405 in answer to %s has no Allow", method)
			case status == http.StatusMethodNotAllowed:
			case status == http.StatusNotImplemented, status == http.StatusNotFound:
				s.addMild(c, i, statusLine(x), "%s on the status URL is answered with %d instead of 405", method, status)
			case status/100 == 5:
				s.add(c, i, statusLine(x), "%s on the status URL is answered with %d instead of 405", method, status)
			case status/100 == 2 && listed != "":
				s.add(c, i, append(statusLine(x), "Allow: "+listed), "%s on the status URL is answered with %d, and Allow does not list it", method, status)
			default:
				s.unlook(x) // the method may well be one of those that there are
			}
		}
	}
	return s.verdict("they are refused, or listed", notApplicable("PUT and PATCH were not sent, or the status URL takes them"))
}

// allowed is what the 405s at status URLs list.
func (e *facts) allowed() string {
	var all []string
	for _, c := range e.talks() {
		for _, i := range c.polls(evidence.RolePut, evidence.RolePatch, evidence.RoleCancel, evidence.RoleHead) {
			if x := &c.Exchanges[i]; x.Response.Status == http.StatusMethodNotAllowed {
				all = append(all, x.Response.Header.Values("Allow")...)
			}
		}
	}
	return strings.Join(all, ", ")
}

// logicalBefore and logicalAfter are the exchanges next to one whose requests were let through; -1 and
// the number of exchanges if there are none.
func (c *conversation) logicalBefore(i int) int {
	for i--; i >= 0 && c.Exchanges[i].Repeated; i-- {
	}
	return i
}

func (c *conversation) logicalAfter(i int) int {
	for i++; i < len(c.Exchanges) && c.Exchanges[i].Repeated; i++ {
	}
	return i
}
