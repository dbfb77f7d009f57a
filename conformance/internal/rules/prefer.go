package rules

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/conformance/internal/evidence"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// preferRules speak about Prefer in a submit.
var preferRules = []Rule{{
	ID: "unknown-preference-ignored", Code: "S19", Level: Must, Basis: BasisRFC,
	Title:   "A preference that the server does not know changes nothing",
	Why:     "Preferences are optional. A server must ignore those that it does not recognise, so that clients may always express them.",
	Breaks:  "Clients that send \"Prefer: respond-async\" everywhere are refused.",
	Fix:     "Read the preferences that you know, and skip the others with their parameters.",
	Sources: []string{"RFC 7240, section 2"},
	Needs:   []Need{NeedPrefer}, Probes: []string{evidence.ProbeSlow, evidence.ProbePrefer}, Asks: []evidence.Role{evidence.RoleSubmit},
	check: checkUnknownPreference,
}, {
	ID: "preference-applied-truthful", Code: "S20", Level: Should, Basis: BasisRFC,
	Title:   "Preference-Applied lists what was asked for and done, and nothing else",
	Why:     "It is how a client learns that its preference was honoured. An echo of the request says nothing, and a wait that was promised has to be kept.",
	Breaks:  "Clients that rely on it time out, or take an answer for complete that is not.",
	Fix:     "List the preferences that you honoured, without their parameters; answer within the wait. Sending no Preference-Applied is no failure.",
	Sources: []string{"RFC 7240, section 3", "RFC 7240, section 4.1", "RFC 7240, section 4.3"},
	Needs:   []Need{NeedPrefer}, Probes: []string{evidence.ProbePrefer}, Asks: []evidence.Role{evidence.RoleSubmit},
	check: checkPreferenceApplied,
}, {
	ID: "vary-prefer", Code: "S21", Level: Must, Basis: BasisRFC,
	Title:   "An answer that may be cached and depends on Prefer says so in Vary",
	Why:     "A cache goes by the URL and what Vary names. Without it, it hands a 202 to a client that wanted to wait.",
	Breaks:  "Clients behind a cache get the answer to another client's preference.",
	Fix:     "Send \"Vary: Prefer\", or \"Cache-Control: no-store\".",
	Sources: []string{"RFC 7240, section 2", "RFC 9110, section 12.5.5"},
	Needs:   []Need{NeedPrefer}, Probes: []string{evidence.ProbeSlow, evidence.ProbePrefer}, Asks: []evidence.Role{evidence.RoleSubmit},
	check: checkVaryPrefer,
}}

// preferring returns the last submit with a preference; -1: there is none that was answered.
func (e *facts) preferring(word string) (*conversation, int) {
	for _, c := range e.talks(evidence.ProbePrefer) {
		i := c.lastOf(evidence.RoleSubmit)
		if i >= 0 && c.Exchanges[i].Response.Status != 0 && strings.Contains(strings.Join(c.Exchanges[i].Request.Header.Values("Prefer"), ", "), word) {
			return c, i
		}
	}
	return nil, -1
}

func checkUnknownPreference(e *facts) Verdict {
	c, i := e.preferring("x-asyncctl-unknown")
	if c == nil || Throttled(c.Exchanges[i].Response.Status) {
		return inconclusive("the submit with a preference got no answer")
	}
	plain := e.talk(evidence.ProbeSlow)
	if plain == nil || plain.lastOf(evidence.RoleSubmit) < 0 {
		return inconclusive("there is no submit without a preference to compare with")
	}
	j := plain.lastOf(evidence.RoleSubmit)
	with, without := c.Exchanges[i].Response.Status, plain.Exchanges[j].Response.Status
	if k := c.lastOf(evidence.RoleControl); k >= 0 {
		control := c.Exchanges[k].Response.Status
		if control/100 == with/100 || control == 0 || Throttled(control) {
			return notApplicable("the submit was refused with %d, and without the preference with %d, too: the preference is not why", with, control)
		}
	}
	if with/100 != without/100 && (with/100 != 3 && without/100 != 3) {
		return judged([]Finding{c.finding(i, []string{"Prefer: " + evidence.UnknownPreference, statusLine(&c.Exchanges[i])[0]}, "with an unknown preference the submit is answered with %d, without it with %d", with, without)}, Verdict{})
	}
	return pass("%d with it and %d without", with, without)
}

func checkPreferenceApplied(e *facts) Verdict {
	var s seen
	for _, c := range e.talks(evidence.ProbePrefer) {
		i := c.lastOf(evidence.RoleSubmit)
		if i < 0 || c.Exchanges[i].Response.Status == 0 {
			continue
		}
		x := &c.Exchanges[i]
		values := x.Response.Header.Values("Preference-Applied")
		if len(values) == 0 {
			continue
		}
		s.look(x)
		applied := strings.Join(values, ", ")
		sent := preferences(strings.Join(x.Request.Header.Values("Prefer"), ", "))
		names := preferences(applied)
		for _, name := range names {
			switch {
			case !slices.Contains(sent, name):
				s.add(c, i, fieldLine("Preference-Applied", applied), "Preference-Applied lists %q, which was not asked for", name)
			case name == "x-asyncctl-unknown":
				s.add(c, i, fieldLine("Preference-Applied", applied), "Preference-Applied lists a preference that no server knows")
			}
		}
		if strings.Contains(applied, ";") {
			s.add(c, i, fieldLine("Preference-Applied", applied), "Preference-Applied has parameters")
		}
		if slices.Contains(names, "respond-async") && x.Response.Status != http.StatusAccepted && c.accepted != i {
			s.add(c, i, append(statusLine(x), "Preference-Applied: "+applied), "respond-async is said to be applied, and the answer is %d", x.Response.Status)
		}
		if took := x.Answered.Sub(x.Sent); slices.Contains(names, "wait") && took > 4*time.Second {
			s.add(c, i, fieldLine("Preference-Applied", applied), "a wait of 2 s is said to be applied, and the answer took %v", took.Round(time.Millisecond))
		}
	}
	return s.verdict("it is true", notApplicable("no answer has Preference-Applied, which is no failure"))
}

// preferences are the names in a list of preferences, in lower case.
func preferences(list string) []string {
	var names []string
	for _, item := range strings.Split(list, ",") {
		name, _, _ := strings.Cut(item, ";")
		name, _, _ = strings.Cut(name, "=")
		if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func checkVaryPrefer(e *facts) Verdict {
	c, i := e.preferring("respond-async")
	plain := e.talk(evidence.ProbeSlow)
	if c == nil || plain == nil || plain.lastOf(evidence.RoleSubmit) < 0 {
		return inconclusive("the submit with a preference got no answer")
	}
	with, without := &c.Exchanges[i], &plain.Exchanges[plain.lastOf(evidence.RoleSubmit)]
	if with.Response.Status == without.Response.Status && with.Response.Header.Get("Preference-Applied") == "" {
		return notApplicable("the answer to the submit does not depend on Prefer")
	}
	for _, x := range []*evidence.Exchange{with, without} {
		if !mayBeCached(x) {
			continue
		}
		vary := strings.ToLower(strings.Join(x.Response.Header.Values("Vary"), ", "))
		if !strings.Contains(vary, "prefer") && !strings.Contains(vary, "*") {
			return judged([]Finding{c.finding(i, []string{"Cache-Control: " + x.Response.Header.Get("Cache-Control"), "Vary: " + vary}, "the answer depends on Prefer, may be cached, and Vary does not name Prefer")}, Verdict{})
		}
		return pass("Vary names it")
	}
	return notApplicable("the answer to the submit must not be cached anyway")
}

// mayBeCached reports whether a cache may answer a later request with the answer to a submit: one to a
// GET with freshness, or with a status that is cacheable by default (RFC 9110, section 15.1); one to a POST
// only with explicit freshness and a Content-Location that is its own URL (RFC 9110, section 9.3.3).
func mayBeCached(x *evidence.Exchange) bool {
	fresh, forbidden := freshness(x)
	switch {
	case forbidden:
		return false
	case x.Request.Method == http.MethodGet:
		return fresh || x.Response.Status == http.StatusOK && x.Response.Header.Get("Cache-Control") == "" && x.Response.Header.Get("Expires") == ""
	case x.Request.Method == http.MethodPost:
		own, err := lro.Resolve(x.Request.URL, x.Response.Header.Get("Content-Location"))
		return fresh && err == nil && x.Response.Header.Get("Content-Location") != "" && own == x.Request.URL
	}
	return false
}

// freshness reports whether an answer is explicitly fresh for some time, and whether it must not be reused
// without asking.
func freshness(x *evidence.Exchange) (fresh, forbidden bool) {
	explicit := false
	for _, directive := range strings.Split(strings.Join(x.Response.Header.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.ToLower(strings.TrimSpace(directive)), "=")
		switch name {
		case "no-store", "no-cache":
			forbidden = true
		case "max-age", "s-maxage":
			age, err := strconv.Atoi(strings.Trim(value, `"`))
			explicit = true
			fresh = fresh || err == nil && age > 0
		}
	}
	if at, err := http.ParseTime(x.Response.Header.Get("Expires")); err == nil && !explicit {
		fresh = at.After(x.Answered)
	}
	return fresh, forbidden
}
