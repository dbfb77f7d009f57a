package rules

import (
	"fmt"
	"strings"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// broken says why a target cannot be judged at all; "" if it can. The first submit decides: who is
// not let in sees nothing of an API.
func broken(e *facts) string {
	c := e.talk(evidence.ProbeSlow)
	if c == nil && len(e.conversations) > 0 {
		c = e.conversations[0]
	}
	if c == nil || len(c.Exchanges) == 0 {
		return "nothing was asked"
	}
	i := c.lastOf(evidence.RoleSubmit)
	if i < 0 {
		return "there is no submit in what was recorded"
	}
	x := &c.Exchanges[i]
	op := c.after[i]
	switch {
	case x.Response.Status == 0 && c.Ended == evidence.EndedInterrupted:
		return ""
	case x.Response.Status == 0:
		see := "that the server runs, and the URL"
		if strings.Contains(x.Err, "x509: ") {
			see = "the certificate, and which ones are trusted"
		}
		return fmt.Sprintf("the submit got no answer: %s; see %s", x.Err, see)
	case op.Reason == lro.LoginPage && redirects(x):
		return fmt.Sprintf("the submit is answered with HTTP %d and sent to %s, which seems to be a login page: see the credentials and the URL", x.Response.Status, evidence.BareURL(x.Response.Header.Get("Location")))
	case op.Reason == lro.LoginPage || page(x) && x.Response.Status/100 == 2:
		return fmt.Sprintf("the submit is answered with HTTP %d and an HTML page, %q; it may be a login page: see the credentials and the URL", x.Response.Status, title(x.Response.Body))
	case op.Reason.Class() == lro.ClassRefused && (x.Response.Status == 401 || x.Response.Status == 403 || x.Response.Status == 407):
		return fmt.Sprintf("the submit is refused with HTTP %d: see the credentials", x.Response.Status)
	case x.Response.Status/100 == 4:
		return fmt.Sprintf("the submit is refused with HTTP %d%s: see the URL, the method and the content", x.Response.Status, inWords(op.Problem))
	case x.Response.Status/100 == 5:
		return fmt.Sprintf("the server fails with HTTP %d at the submit%s", x.Response.Status, inWords(op.Problem))
	}
	return ""
}

func inWords(p *lro.Problem) string {
	if p == nil {
		return ""
	}
	return ": " + strings.TrimSuffix(p.String(), ".")
}

// lastOf is the last exchange of a role; -1 if there is none.
func (c *conversation) lastOf(role evidence.Role) int {
	for i := len(c.Exchanges) - 1; i >= 0; i-- {
		if c.Exchanges[i].Role == role {
			return i
		}
	}
	return -1
}

// page reports whether the content is HTML.
func page(x *evidence.Exchange) bool {
	body := strings.ToLower(strings.TrimSpace(string(x.Response.Body[:min(len(x.Response.Body), 256)])))
	return strings.HasPrefix(body, "<!doctype html") || strings.HasPrefix(body, "<html")
}

// pageInstead reports whether an HTML page stands where a status or a result should be. Redirects
// and errors often have one beside what matters.
func pageInstead(x *evidence.Exchange) bool { return x.Response.Status/100 == 2 && page(x) }

// title is the title of a page.
func title(body evidence.Content) string {
	_, rest, _ := strings.Cut(string(body), "<title>")
	name, _, ok := strings.Cut(rest, "</title>")
	if !ok {
		return "without a title"
	}
	return strings.TrimSpace(name)
}
