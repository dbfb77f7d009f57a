package rules

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// locationRules speak about the status URL, and about Location wherever it stands.
var locationRules = []Rule{{
	ID: "status-url-present", Code: "S02", Level: Must, Basis: BasisPattern,
	Title:   "A 202 says in Location (or Content-Location) where the status is",
	Why:     "Without a status URL the work cannot be followed, cancelled or even named.",
	Breaks:  "Every generic client; some poll the URL of the submit for ever, others call the operation a success.",
	Fix:     "Send Location with the URL of the status; behind a gateway see that the field survives, and for browsers expose it (Access-Control-Expose-Headers).",
	Sources: []string{"Asynchronous Request-Reply pattern, solution", "RFC 9110, section 15.3.3", "RFC 9110, section 8.7", "RFC 7240, section 4.1"},
	Fault:   "no-status-url",
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkStatusURLPresent,
}, {
	ID: "location-valid-uri-reference", Code: "S03", Level: Must, Basis: BasisRFC,
	Title:   "Location and Content-Location are valid URI references to http or https",
	Why:     "The grammar allows no blanks, no characters outside ASCII and no backslashes; each client repairs such a value in another way, or not at all.",
	Breaks:  "Strict URL parsers refuse it; lenient ones ask for something else than the server meant.",
	Fix:     "Percent-encode what goes into the path; build URLs with a URL library, and test that no template text or \"undefined\" is left in them.",
	Sources: []string{"RFC 9110, section 10.2.2", "RFC 9110, section 2.2", "RFC 9110, section 8.7", "RFC 3986, section 4.1"},
	Fault:   "location-not-http",
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkLocationValid,
}, {
	ID: "location-single-field-line", Code: "S04", Level: Must, Basis: BasisRFC,
	Title:   "Location is one line with one URL",
	Why:     "Location is no list. A comma is legal in a URL, so that two merged values cannot be separated again.",
	Breaks:  "Clients take the first, the last, or both joined by a comma; which one depends on the library.",
	Fix:     "Let either the application or the gateway set the field; replace it instead of adding to it.",
	Sources: []string{"RFC 9110, section 5.3", "RFC 9110, section 10.2.2"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkLocationSingle,
}, {
	ID: "status-url-resolves", Code: "S05", Level: Must, Basis: BasisPattern,
	Title:   "The status URL, resolved against the URL of the submit, answers",
	Why:     "A status URL that does not answer is useless.",
	Breaks:  "Every client: internal host names, a missing base path or the wrong scheme behind a proxy all end here.",
	Fix:     "Send a path (\"/operations/7\") rather than a host that the server believes to have, or take the host from what the proxy forwards.",
	Sources: []string{"RFC 9110, section 10.2.2", "RFC 3986, section 5.2"},
	Fault:   "location-loop",
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkStatusURLResolves,
}, {
	ID: "status-url-no-userinfo", Code: "S06", Level: Must, Basis: BasisRFC, Negative: true,
	Title:   "No URL that the server names holds a user name or a password",
	Why:     "Senders must not put credentials into http URLs, and recipients should take such a URL for an attack.",
	Breaks:  "Careful clients refuse to follow; careless ones write the password into logs.",
	Fix:     "Strip the user part when a base URL with credentials is used to build links.",
	Sources: []string{"RFC 9110, section 4.2.4"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkNoUserinfo,
}, {
	ID: "status-url-no-downgrade", Code: "S07", Level: Should, Basis: BasisAdvice, Negative: true,
	Title:   "The status URL of a submit over https is not http",
	Why:     "A client that follows it sends the credentials in clear.",
	Breaks:  "Careful clients refuse to follow; careless ones leak the token.",
	Fix:     "Behind a proxy that ends TLS, take the scheme from X-Forwarded-Proto or Forwarded, or send a path.",
	Sources: []string{"RFC 9110, section 17.16.1", "RFC 9110, section 4.2.2"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkNoDowngrade,
}, {
	ID: "status-url-same-origin", Code: "S08", Level: Should, Basis: BasisAdvice,
	Title:   "The status URL has the origin of the submit, or asks for no credentials",
	Why:     "Credentials are for the origin that a person named. A status URL elsewhere either works without them, or invites clients to send a token to whatever host an answer names.",
	Breaks:  "Clients that keep credentials at home are refused; clients that do not can be robbed of them.",
	Fix:     "Let the gateway rewrite the host, or make the URL a capability that needs no credentials (a valet key).",
	Sources: []string{"Azure Resource Manager RPC, asynchronous operations", "Valet Key pattern"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkSameOrigin,
}, {
	ID: "status-url-unguessable", Code: "S09", Level: Should, Basis: BasisAdvice,
	Title:   "Status URLs that work without credentials cannot be guessed",
	Why:     "Such a URL is itself the credential. Numbers that count up let anybody read, and cancel, everybody's operations.",
	Breaks:  "No client: strangers can read, and cancel, your operations.",
	Fix:     "Use at least 64 random bits in the id (a UUID of version 4), or ask for credentials at the status URL, too.",
	Sources: []string{"RFC 9110, section 17.9", "Valet Key pattern", "W3C TAG, Good Practices for Capability URLs"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow, evidence.ProbeAside, evidence.ProbeRapid, evidence.ProbeAuth},
	check: checkUnguessable,
}}

func checkStatusURLPresent(e *facts) Verdict {
	var s seen
	elsewhere := ""
	e.submits(func(c *conversation, i int, x *evidence.Exchange) {
		s.look(x)
		switch {
		case x.Response.Header.Get("Location") != "" || x.Response.Header.Get("Content-Location") != "":
		case c.after[i].StatusURL != "" && c.after[i].Dialect != lro.GenericName:
			s.unlook(x)
			elsewhere = c.after[i].Dialect
		case c.after[i].StatusURL != "":
			s.addMild(c, i, []string{excerpt(x)}, "the status URL is neither in Location nor in Content-Location; it was found elsewhere: %s", evidence.BareURL(c.after[i].StatusURL))
		default:
			s.add(c, i, statusLine(x), "the 202 names no status URL, neither in Location nor in Content-Location")
		}
	}, evidence.ProbeSlow)
	if elsewhere != "" {
		return s.verdict("there is one", notApplicable("%s names the status URL elsewhere, and there it was", elsewhere))
	}
	return s.verdict("there is one", noOperation())
}

// references calls f for each Location and Content-Location that tells a client where to go on:
// those of acceptances and of redirects.
func (e *facts) references(f func(c *conversation, i int, name, value string)) {
	e.answers(func(c *conversation, i int, x *evidence.Exchange) {
		accepted := x.Role == evidence.RoleSubmit && x.Response.Status/100 == 2
		if !accepted && x.Response.Status/100 != 3 {
			return
		}
		for _, name := range []string{"Location", "Content-Location"} {
			for _, value := range x.Response.Header.Values(name) {
				f(c, i, name, value)
			}
		}
	})
}

func checkLocationValid(e *facts) Verdict {
	var s seen
	e.references(func(c *conversation, i int, name, value string) {
		s.look(&c.Exchanges[i])
		if what := referenceFlaw(value, name == "Content-Location"); what != "" {
			s.add(c, i, fieldLine(name, value), "%s %s", name, what)
		}
	})
	return s.verdict("they are valid", noReferences())
}

func noReferences() Verdict { return notApplicable("no answer has a Location") }

// referenceFlaw says what is wrong with a URI reference; "" if nothing is.
func referenceFlaw(value string, whole bool) string {
	switch {
	case value == "":
		return "is empty"
	case strings.ContainsAny(value, "{}"):
		return "has the braces of a template in it"
	case strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`|", r) }):
		return "has characters that no URI may have: blanks, controls, backslashes, or what is not ASCII"
	}
	if badEscape(value) {
		return "has a % that is followed by no two hexadecimal digits"
	}
	u, err := url.Parse(value)
	if err != nil {
		return "cannot be parsed"
	}
	switch {
	case u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https":
		return "is neither http nor https"
	case u.Scheme != "" && u.Host == "", strings.HasPrefix(value, "//") && u.Host == "":
		return "names no host"
	case whole && u.Fragment != "":
		return "has a fragment, which RFC 9110, section 8.7, does not allow"
	}
	for _, segment := range strings.Split(u.Path, "/") {
		switch segment {
		case "undefined", "null", "None", "NaN", "[object Object]":
			return "has the segment " + segment + ", which looks like a variable that was not set"
		}
	}
	return ""
}

func checkLocationSingle(e *facts) Verdict {
	var s seen
	e.answers(func(c *conversation, i int, x *evidence.Exchange) {
		values := x.Response.Header.Values("Location")
		if len(values) == 0 || x.Response.Status/100 != 3 && x.Role != evidence.RoleSubmit {
			return
		}
		s.look(x)
		if len(values) > 1 {
			lines := []string{}
			for _, v := range values {
				lines = append(lines, "Location: "+v)
			}
			s.add(c, i, lines, "there are %d lines of Location", len(values))
		} else if strings.Contains(values[0], ", http") || strings.Contains(values[0], ",http") || strings.Contains(values[0], ", /") {
			s.add(c, i, fieldLine("Location", values[0]), "Location holds more than one URL")
		}
	})
	return s.verdict("one line each", noReferences())
}

func checkStatusURLResolves(e *facts) Verdict {
	var s seen
	nothing := noOperation()
	for _, c := range e.talks(evidence.ProbeSlow) {
		submit := c.lastOf(evidence.RoleSubmit)
		if submit < 0 {
			continue
		}
		if op := c.after[submit]; op.Reason == lro.BadURL || op.Reason == lro.ForbiddenHop {
			if flawed(c.Exchanges[submit].Response.Header.Get("Location")) {
				nothing = notApplicable("what Location holds is no URL to follow: see location-valid-uri-reference and status-url-no-userinfo")
				continue
			}
			s.look(&c.Exchanges[submit])
			s.add(c, submit, []string{"Location: " + c.Exchanges[submit].Response.Header.Get("Location"), op.Why()}, "the status URL cannot be followed: %s", op.Reason.Text())
			continue
		}
		polls := c.polls()
		if c.accepted < 0 || len(polls) == 0 {
			continue
		}
		for _, i := range polls {
			s.look(&c.Exchanges[i])
		}
		if !slices.ContainsFunc(polls, c.answersAsStatus) {
			i := polls[len(polls)-1]
			x := &c.Exchanges[i]
			why := "the status URL answers with HTTP %d"
			switch {
			case x.Response.Status == 0:
				s.add(c, i, nil, "the status URL does not answer: %s", x.Err)
				continue
			case pageInstead(x):
				why = "the status URL answers with HTTP %d and an HTML page"
			case x.Response.Status/100 == 3:
				why = "the status URL redirects with HTTP %d, and leads to no status"
			}
			s.add(c, i, append(statusLine(x), "Location: "+c.Exchanges[submit].Response.Header.Get("Location")), why, x.Response.Status)
		}
	}
	return s.verdict("it answers", nothing)
}

// flawed reports whether a reference has a flaw that a rule about its form finds.
func flawed(value string) bool {
	u, err := url.Parse(value)
	return referenceFlaw(value, false) != "" || err == nil && u.User != nil
}

// answersAsStatus reports whether an answer is what a status URL may say: that it goes on, or an end.
func (c *conversation) answersAsStatus(i int) bool {
	x := &c.Exchanges[i]
	said := c.says(i)
	return x.Response.Status/100 == 2 && !page(x) || x.Response.Status == http.StatusNotModified || said.end() && c.last().Reason != lro.RedirectLoop
}

func checkNoUserinfo(e *facts) Verdict {
	var s seen
	e.references(func(c *conversation, i int, name, value string) {
		s.look(&c.Exchanges[i])
		if u, err := url.Parse(value); err == nil && u.User != nil {
			s.add(c, i, fieldLine(name, u.Redacted()), "%s holds a user name", name)
		}
	})
	return s.verdict("none does", noReferences())
}

func checkNoDowngrade(e *facts) Verdict {
	var s seen
	e.submits(func(c *conversation, i int, x *evidence.Exchange) {
		if !strings.HasPrefix(x.Request.URL, "https:") {
			return
		}
		s.look(x)
		for _, name := range []string{"Location", "Content-Location", "Operation-Location"} {
			if value := x.Response.Header.Get(name); strings.HasPrefix(strings.ToLower(value), "http:") {
				s.add(c, i, fieldLine(name, value), "the submit went over https, and %s leads to http", name)
			}
		}
	}, evidence.ProbeSlow)
	return s.verdict("https stays https", notApplicable("the submit does not go over https"))
}

func checkSameOrigin(e *facts) Verdict {
	var s seen
	for _, c := range e.talks(evidence.ProbeSlow) {
		if c.accepted < 0 {
			continue
		}
		x := &c.Exchanges[c.accepted]
		s.look(x)
		status := c.status
		if lro.SameOrigin(x.Request.URL, status) {
			continue
		}
		if !slices.ContainsFunc(c.polls(), func(i int) bool { return c.Exchanges[i].Response.Status != 0 }) {
			return notApplicable("the status URL is on another origin (%s), and does not answer at all: see status-url-resolves", lro.Origin(status))
		}
		lines := fieldLine("Location", x.Response.Header.Get("Location"))
		if slices.ContainsFunc(c.polls(), func(i int) bool { return c.answersAsStatus(i) && !carriesSecret(&c.Exchanges[i]) }) {
			return pass("the status URL is on another origin (%s), and works without credentials, as it must there", lro.Origin(status))
		}
		s.add(c, c.accepted, lines, "the status URL is on another origin (%s), and does not work without credentials", lro.Origin(status))
	}
	return s.verdict("it is the same origin", noOperation())
}

// carriesSecret reports whether a request carried credentials.
func carriesSecret(x *evidence.Exchange) bool { return len(evidence.SecretsOf(x.Request.Header)) > 0 }

// badEscape reports whether a "%" stands alone (RFC 3986, section 2.1).
func badEscape(value string) bool {
	const digits = "0123456789abcdefABCDEF"
	for i := range len(value) {
		if value[i] == '%' && (i+2 >= len(value) || !strings.ContainsRune(digits, rune(value[i+1])) || !strings.ContainsRune(digits, rune(value[i+2]))) {
			return true
		}
	}
	return false
}
