package rules

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// cachingRules speak about what caches, and clients with validators, make of a status.
var cachingRules = []Rule{{
	ID: "explicit-cache-control", Code: "P07", Level: Should, Basis: BasisRFC,
	Title:   "The answers of the status URL say that they must not be cached",
	Why:     "200, 404 and 410 may be stored by any cache for a time of its own choice, if nothing forbids it. A status is old the moment it was sent.",
	Breaks:  "Clients behind a cache see Running for ever. URLs that work without credentials are hit hardest: shared caches may keep those.",
	Fix:     "Send \"Cache-Control: no-store\" with every answer of the status URL, 404 and 410 too.",
	Sources: []string{"RFC 9110, section 15.1", "RFC 9111, section 4.2.2", "RFC 9111, section 5.2.2", "RFC 9111, section 3.5"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkCacheControl,
}, {
	ID: "expires-neutralised", Code: "P08", Level: Should, Basis: BasisRFC,
	Title:   "A status with Expires in the future has a Cache-Control that overrides it",
	Why:     "Expires says how long an answer is fresh, not how long the record is kept. The pattern's text suggests it for the retention; caches take it at its word.",
	Breaks:  "Clients behind a cache see the pending state until the retention is over.",
	Fix:     "Send Cache-Control: no-cache beside it, or state the retention in the document.",
	Sources: []string{"RFC 9111, section 5.3", "RFC 9111, section 4.2.1", "Asynchronous Request-Reply pattern, considerations"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow},
	check: checkExpires,
}, {
	ID: "conditional-get", Code: "P13", Level: Must, Basis: BasisRFC,
	Title:   "An ETag of the status changes with the status",
	Why:     "304 means \"what you have is still true\". A validator that stays the same while the state changes is a lie that clients are obliged to believe.",
	Breaks:  "Clients that send If-None-Match never see the end.",
	Fix:     "Derive the ETag from the document, or send none. Evaluate If-None-Match only where the answer would be a 2xx.",
	Sources: []string{"RFC 9110, section 8.8.1", "RFC 9110, section 8.8.3", "RFC 9110, section 13.1.2", "RFC 9110, section 13.2.1", "RFC 9110, section 15.4.5"},
	Needs:   []Need{NeedSlow}, Probes: []string{evidence.ProbeSlow, evidence.ProbeAside}, Asks: []evidence.Role{evidence.RoleMatch},
	check: checkConditional,
}}

func checkCacheControl(e *facts) Verdict {
	var s seen
	open := ""
	if e.openStatus() {
		open = ", and the URL works without credentials"
	}
	look := func(c *conversation, i int, x *evidence.Exchange) {
		if !c.polledByGet() {
			return // without a lifetime of their own no cache uses answers to POST again (RFC 9110, section 9.3.3)
		}
		s.look(x)
		if control := strings.Join(x.Response.Header.Values("Cache-Control"), ", "); !keptOut(control, x) {
			s.add(c, i, append(statusLine(x), x.Response.Header.Lines("Cache-Control")...), "nothing keeps a cache from answering the next poll with this HTTP %d%s", x.Response.Status, open)
		}
	}
	e.pendings(func(c *conversation, i int, x *evidence.Exchange) {
		if x.Response.Status == http.StatusOK {
			look(c, i, x)
		}
	})
	for _, c := range e.talks() {
		for _, i := range c.polls(evidence.RoleImmediate, evidence.RolePoll) {
			if x := &c.Exchanges[i]; x.Response.Status == http.StatusNotFound || x.Response.Status == http.StatusGone {
				look(c, i, x)
			}
		}
	}
	return s.verdict("they must not be cached", notApplicable("no status was answered with 200, 404 or 410"))
}

// keptOut reports whether a Cache-Control keeps the answer from being used for the next poll.
func keptOut(control string, x *evidence.Exchange) bool {
	if expires := x.Response.Header.Get("Expires"); expires != "" && !strings.Contains(strings.ToLower(control), "max-age") {
		// What is no date, such as 0 or -1, has passed (RFC 9111, section 5.3).
		if at, err := http.ParseTime(expires); err != nil || !at.After(x.Answered) {
			return true
		}
	}
	for _, directive := range strings.Split(control, ",") {
		name, value, _ := strings.Cut(strings.ToLower(strings.TrimSpace(directive)), "=")
		switch name {
		case "no-store", "no-cache":
			return true
		case "max-age":
			age, err := strconv.Atoi(strings.Trim(value, `"`))
			wait, _ := lro.RetryAfter(x.Reply())
			if err == nil && time.Duration(age)*time.Second <= wait {
				return true
			}
		}
	}
	return false
}

func checkExpires(e *facts) Verdict {
	var s seen
	for _, c := range e.talks() {
		for _, i := range c.polls(evidence.RoleImmediate, evidence.RoleRapid, evidence.RolePoll, evidence.RoleAgain, evidence.RoleRetained) {
			x := &c.Exchanges[i]
			value := x.Response.Header.Get("Expires")
			if value == "" || x.Response.Status/100 == 3 {
				continue
			}
			s.look(x)
			at, err := http.ParseTime(value)
			control := strings.ToLower(strings.Join(x.Response.Header.Values("Cache-Control"), ","))
			overridden := strings.Contains(control, "no-store") || strings.Contains(control, "no-cache") || strings.Contains(control, "max-age")
			switch {
			case err != nil && value != "0" && value != "-1":
				s.addMild(c, i, fieldLine("Expires", value), "Expires is no date of HTTP")
			case err == nil && at.After(x.Answered) && !overridden:
				s.add(c, i, fieldLine("Expires", value), "a cache may answer polls with this status until %s", at.UTC().Format(http.TimeFormat))
			}
		}
	}
	return s.verdict("none makes a status fresh", notApplicable("no status has Expires"))
}

func checkConditional(e *facts) Verdict {
	var s seen
	tagged := map[string]string{} // the content that an ETag stood for
	for _, c := range e.talks() {
		for i := range c.Exchanges {
			x := &c.Exchanges[i]
			tag := x.Response.Header.Get("ETag")
			if c.accepted < 0 || i <= c.accepted || x.Role == evidence.RoleResult || x.Request.Method != http.MethodGet {
				continue
			}
			if tag != "" && !entityTag(tag) {
				s.look(x)
				s.add(c, i, fieldLine("ETag", tag), "the ETag is not quoted, and so none")
			}
			if x.Request.Header.Get("If-None-Match") != "" {
				s.look(x)
				ended := c.told >= 0 && i > c.told
				switch {
				case x.Response.Status == http.StatusNotModified && ended:
					s.add(c, i, []string{"If-None-Match: " + x.Request.Header.Get("If-None-Match"), statusLine(x)[0]}, "the operation is over, and the validator of a pending status is answered with 304")
				case x.Response.Status == http.StatusNotModified && len(x.Response.Body) > 0:
					s.add(c, i, statusLine(x), "a 304 has content")
				case x.Role == evidence.RoleMatch && !ended && x.Response.Status == http.StatusOK && tag == x.Request.Header.Get("If-None-Match"):
					s.addMild(c, i, fieldLine("ETag", tag), "nothing has changed, and If-None-Match is answered with 200 instead of 304")
				}
			}
			if strings.HasPrefix(tag, `"`) && x.Response.Status == http.StatusOK && x.Whole() && !x.Response.More {
				s.look(x)
				key, body := x.Request.URL+" "+tag, string(x.Response.Body)
				if before, known := tagged[key]; known && before != body {
					s.add(c, i, fieldLine("ETag", tag), "the status has changed and its strong ETag has not")
				}
				tagged[key] = body
			}
		}
	}
	return s.verdict("it changes with the status", notApplicable("no status has an ETag"))
}

// entityTag reports whether a value has the form of an entity tag (RFC 9110, section 8.8.3).
func entityTag(value string) bool {
	value = strings.TrimPrefix(value, "W/")
	return len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' && !strings.Contains(value[1:len(value)-1], `"`)
}
