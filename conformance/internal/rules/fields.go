package rules

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// fieldRules speak about header fields that no single answer's meaning depends on.
var fieldRules = []Rule{{
	ID: "field-lines-once", Code: "S25", Level: Must, Basis: BasisRFC,
	Title:   "Fields that hold one value stand once, and the length of a message is said in one way",
	Why:     "Where such a field stands twice each recipient takes another line. A message with both Transfer-Encoding and Content-Length has two ends, which is how requests are smuggled.",
	Breaks:  "Parsers choose by the first or by the last Content-Type; proxies refuse the message, or cut it off.",
	Fix:     "Let one layer set the field: replace a value that is there already instead of adding a line, in the gateway too.",
	Sources: []string{"RFC 9110, section 5.3", "RFC 9112, section 6.2"},
	check:   checkFieldLines,
}, {
	ID: "no-credentials-in-urls", Code: "S26", Level: Should, Basis: BasisAdvice, Negative: true,
	Title:   "No URL that the server names repeats the credentials of the request",
	Why:     "URLs are logged, cached and handed on; a token in one is a token lost.",
	Breaks:  "Nobody's client, but whoever reads a log of a proxy can act in the caller's name.",
	Fix:     "Build links from the path alone, or sign each link for its own purpose and a short time.",
	Sources: []string{"RFC 6750, section 5.3", "RFC 9110, section 17.9"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkCredentialsInURLs,
}, {
	ID: "cors-exposes-headers", Code: "S27", Level: Should, Basis: BasisAdvice,
	Title:   "An answer that browsers may read on other sites exposes the fields that the pattern needs",
	Why:     "Scripts see only a few fields of an answer from another origin; Location and Retry-After are none of them unless Access-Control-Expose-Headers lists them.",
	Breaks:  "Single-page applications: the 202 has a Location, and the script reads null.",
	Fix:     "Send \"Access-Control-Expose-Headers: Location, Retry-After\" wherever Access-Control-Allow-Origin is sent.",
	Sources: []string{"Fetch Standard, section 3.2 (CORS protocol)", "Asynchronous Request-Reply pattern, considerations"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkCORS,
}, {
	ID: "status-not-from-cache", Code: "P20", Level: Should, Basis: BasisRFC, Negative: true,
	Title:   "A status does not come from a cache in which it has grown older than the next poll",
	Why:     "Age says for how long an answer lay in a cache. A status that is older than the wait that it asks for is that of the poll before.",
	Breaks:  "Clients see the end late, or, with a long lifetime, not at all.",
	Fix:     "Keep status answers out of caches and of the CDN (Cache-Control: no-store).",
	Sources: []string{"RFC 9111, section 5.1", "RFC 9111, section 4.2.3"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkAge,
}}

// singletons are fields that hold one value. Location, Retry-After and Date have rules of their own.
var singletons = []string{"Content-Type", "Content-Length", "Content-Location", "ETag", "Last-Modified", "Expires", "Age"}

func checkFieldLines(e *facts) Verdict {
	var s seen
	raw := false
	e.answers(func(c *conversation, i int, x *evidence.Exchange) {
		if !x.Response.Raw {
			return
		}
		raw = true
		s.look(x)
		for _, name := range singletons {
			if lines := x.Response.Header.Lines(name); len(lines) > 1 {
				s.add(c, i, lines, "there are %d lines of %s", len(lines), name)
			}
		}
		if length, coding := x.Response.Header.Lines("Content-Length"), x.Response.Header.Lines("Transfer-Encoding"); len(length) > 0 && len(coding) > 0 {
			s.add(c, i, append(length, coding...), "Transfer-Encoding stands beside Content-Length")
		}
	})
	if !raw {
		return notApplicable("the lines of the answers cannot be seen over this transport")
	}
	return s.verdict("each stands once", Verdict{})
}

// shortestSecret is the length of the shortest value that is taken for a secret wherever it stands.
const shortestSecret = 8

func checkCredentialsInURLs(e *facts) Verdict {
	var secrets []string
	for _, value := range e.Known() {
		if _, credentials, ok := strings.Cut(value, " "); ok {
			value = credentials
		}
		if len(value) >= shortestSecret {
			secrets = append(secrets, value)
		}
	}
	if len(secrets) == 0 {
		return notApplicable("no credentials are known that could be distinguished from other text")
	}
	var s seen
	e.references(func(c *conversation, i int, name, value string) {
		s.look(&c.Exchanges[i])
		for _, secret := range secrets {
			if strings.Contains(value, secret) {
				s.add(c, i, fieldLine(name, strings.ReplaceAll(value, secret, "...")), "%s repeats the credentials of the request", name)
			}
		}
	})
	return s.verdict("none does", noReferences())
}

func checkCORS(e *facts) Verdict {
	var s seen
	e.submits(func(c *conversation, i int, x *evidence.Exchange) {
		origin := x.Response.Header.Get("Access-Control-Allow-Origin")
		if origin == "" {
			return
		}
		s.look(x)
		exposed := strings.ToLower(strings.Join(x.Response.Header.Values("Access-Control-Expose-Headers"), ","))
		if strings.Contains(exposed, "*") && !strings.EqualFold(x.Response.Header.Get("Access-Control-Allow-Credentials"), "true") {
			return
		}
		var hidden []string
		for _, name := range []string{"Location", "Operation-Location", "Content-Location", "Retry-After"} {
			if x.Response.Header.Get(name) != "" && !lists(exposed, strings.ToLower(name)) {
				hidden = append(hidden, name)
			}
		}
		if len(hidden) > 0 {
			s.add(c, i, append(fieldLine("Access-Control-Allow-Origin", origin), x.Response.Header.Lines("Access-Control-Expose-Headers")...), "scripts of other sites may read the answer to the submit, but not its %s", strings.Join(hidden, " and "))
		}
	}, evidence.ProbeSlow)
	return s.verdict("they are exposed", notApplicable("browsers are not allowed to read the answers on other sites"))
}

func checkAge(e *facts) Verdict {
	var s seen
	for _, c := range e.talks() {
		for _, i := range c.polls(evidence.RoleImmediate, evidence.RolePoll, evidence.RoleAfterHead) {
			x := &c.Exchanges[i]
			value := x.Response.Header.Get("Age")
			if x.Response.Status/100 != 2 || c.accepted < 0 || i < c.accepted || c.told >= 0 && i > c.told {
				continue
			}
			s.look(x)
			age, err := strconv.Atoi(value)
			wait, _ := lro.RetryAfter(x.Reply())
			if err == nil && time.Duration(age)*time.Second > max(wait, time.Second) {
				s.add(c, i, x.Response.Header.Lines("Age"), "a status comes from a cache in which it lay for %d s", age)
			}
		}
	}
	return s.verdict("none is old", notApplicable("no status was read while the operation went on"))
}

// refusalRules speak about what a refusal must say.
var refusalRules = []Rule{{
	ID: "allow-with-405", Code: "P17", Level: Must, Basis: BasisRFC,
	Title:   "A 405 has Allow, and Allow lists what works",
	Why:     "The server must list the methods that there are: that is all that 405 is for.",
	Breaks:  "Clients that find out by it whether an operation can be cancelled, and people who read it.",
	Fix:     "Let the router answer: it knows the methods of the path. Where a gateway makes the 405, pass Allow on.",
	Sources: []string{"RFC 9110, section 15.5.6", "RFC 9110, section 10.2.1"},
	Probes:  []string{evidence.ProbeAside}, Asks: []evidence.Role{evidence.RolePut},
	check: checkAllow,
}, {
	ID: "challenge-with-401", Code: "P18", Level: Must, Basis: BasisRFC,
	Title:   "A 401 has WWW-Authenticate",
	Why:     "The field says which credentials are asked for. A server that does not want to say so answers 403.",
	Breaks:  "Clients that fetch a new token when they are challenged: without a challenge they give up.",
	Fix:     "Send \"WWW-Authenticate: Bearer\" (or the scheme that you use) with every 401.",
	Sources: []string{"RFC 9110, section 15.5.2", "RFC 9110, section 11.6.1"},
	Probes:  []string{evidence.ProbeAuth}, Asks: []evidence.Role{evidence.RoleBare},
	check: checkChallenge,
}}

func checkAllow(e *facts) Verdict {
	var s seen
	e.answers(func(c *conversation, i int, x *evidence.Exchange) {
		if x.Response.Status != http.StatusMethodNotAllowed || c.told >= 0 && c.Exchanges[c.told].Response.Status == http.StatusMethodNotAllowed {
			return
		}
		s.look(x)
		allow := strings.Join(x.Response.Header.Values("Allow"), ", ")
		ofStatus := c.status != "" && withoutQuery(x.Request.URL) == withoutQuery(c.status)
		switch {
		case len(x.Response.Header.Values("Allow")) == 0:
			s.add(c, i, statusLine(x), "the 405 in answer to %s has no Allow", x.Request.Method)
		case ofStatus && !lists(allow, http.MethodGet):
			s.add(c, i, fieldLine("Allow", allow), "Allow does not list GET, which works")
		case ofStatus && !lists(allow, http.MethodDelete) && e.deleteWorks():
			s.add(c, i, fieldLine("Allow", allow), "Allow does not list DELETE, which works")
		case lists(allow, x.Request.Method) && x.Request.Method != http.MethodDelete:
			s.add(c, i, fieldLine("Allow", allow), "Allow lists %s, which is what the 405 refuses", x.Request.Method)
		}
	})
	return s.verdict("it has", notApplicable("no request was answered with 405"))
}

func checkChallenge(e *facts) Verdict {
	var s seen
	e.answers(func(c *conversation, i int, x *evidence.Exchange) {
		if x.Response.Status != http.StatusUnauthorized || c.told >= 0 && c.Exchanges[c.told].Response.Status == http.StatusUnauthorized {
			return
		}
		s.look(x)
		if x.Response.Header.Get("WWW-Authenticate") == "" {
			s.add(c, i, statusLine(x), "the 401 in answer to %s has no WWW-Authenticate", x.Request.Method)
		}
	})
	return s.verdict("it has", notApplicable("no request was answered with 401"))
}
