package lro

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// submitRedirected takes a 3xx in answer to the submit.
func (op *Operation) submitRedirected(r Reply, status int) {
	submit := op.Next
	safe := submit.Method == http.MethodGet || submit.Method == http.MethodHead
	switch status {
	case http.StatusSeeOther:
		op.hop(r, Following, http.MethodGet)
	case http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		op.submitElsewhere(r, submit)
	case http.StatusMovedPermanently, http.StatusFound:
		if safe {
			op.submitElsewhere(r, submit)
			break
		}
		target, ok := op.hop(r, Following, http.MethodGet)
		if ok && (status == http.StatusMovedPermanently || samePlace(submit.URL, target)) {
			// A GET there would look like success although nothing was submitted.
			op.lose(UnexpectedStatus, "the submit URL has moved to "+shown(target)+"; submit there")
			op.Outcome = Refused
		}
	default:
		op.unexpected(r)
	}
	op.unsubmitted()
}

// unsubmitted corrects the outcome of a submit that was sent away to log in: nothing was begun.
func (op *Operation) unsubmitted() {
	if op.Reason == LoginPage {
		op.Outcome = Refused
	}
}

// submitElsewhere repeats the submit at another URL of the server: 307 and 308 keep method and
// content (RFC 9110, section 15.4.8), and a GET stays a GET. Header and content are for the origins
// that the person named.
func (op *Operation) submitElsewhere(r Reply, submit Request) {
	target, ok := op.hop(r, Submitting, submit.Method)
	switch {
	case !ok:
	case op.mayCarry(submit.URL, target):
		op.Next.Header, op.Next.Body = submit.Header, submit.Body
	case submit.Method != http.MethodGet && submit.Method != http.MethodHead:
		op.lose(ForbiddenHop, fmt.Sprintf("it wants the submit to be sent to %s, another origin; trust that origin, or submit there", Origin(target)))
		op.Outcome = Refused
	}
}

// mayCarry reports whether a request to target may hold what the person put into one to from.
func (op *Operation) mayCarry(from, target string) bool {
	origin := Origin(target)
	return origin != "" && (SameOrigin(from, target) || origin == op.Home || op.policy().trusts(origin))
}

// samePlace reports whether two URLs differ by no more than scheme, host, query and a trailing slash.
func samePlace(a, b string) bool {
	u, err := url.Parse(a)
	v, err2 := url.Parse(b)
	return err == nil && err2 == nil && strings.TrimSuffix(u.Path, "/") == strings.TrimSuffix(v.Path, "/")
}
