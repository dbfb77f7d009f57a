package lro

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// redirected takes a 3xx in answer to a GET of the status URL, of the result, or of a hop between.
func (op *Operation) redirected(r Reply, status int) {
	switch status {
	case http.StatusSeeOther: // completion: the result is elsewhere (RFC 9110, section 15.4.4)
		op.told()
		if from := op.policy().ResultFrom; op.Phase != Fetching && from != ResultAuto && from != ResultLocation {
			op.deliver("", r)
			break
		}
		op.fetch(r.field("Location"), r)
	case http.StatusMovedPermanently, http.StatusPermanentRedirect:
		target, ok := op.hop(r, op.Phase, http.MethodGet)
		if ok && op.Phase == Polling && op.repeat == nil && target != op.StatusURL {
			op.moveTo(target)
		}
	case http.StatusFound, http.StatusTemporaryRedirect:
		// The older text of the pattern completes with 302; HTTP means "look there this once". What
		// lies there decides, and the status URL stays.
		to := op.Phase
		if to == Polling {
			to = Following
		}
		op.hop(r, to, http.MethodGet)
	default:
		op.unexpected(r)
	}
}

// fetch makes the result the next request.
func (op *Operation) fetch(ref string, r Reply) {
	if ref == "" {
		op.lose(RedirectWithoutLocation, fmt.Sprintf("HTTP %d", r.Status))
		return
	}
	target, ok := op.resolve(ref)
	if !ok {
		return
	}
	if target == op.StatusURL {
		op.lose(RedirectLoop, "the result is said to be at the status URL")
		return
	}
	op.ResultURL = target
	op.Misses, op.MissedSince = 0, time.Time{}
	op.hopTo(target, r, Fetching, http.MethodGet)
}

// hop follows the Location of a redirect; false if that ended the operation.
func (op *Operation) hop(r Reply, to Phase, method string) (string, bool) {
	ref := r.field("Location")
	if ref == "" {
		op.lose(RedirectWithoutLocation, fmt.Sprintf("HTTP %d", r.Status))
		return "", false
	}
	target, ok := op.resolve(ref)
	if !ok {
		return "", false
	}
	if op.Phase == Fetching {
		op.ResultURL = target
	}
	return target, op.hopTo(target, r, to, method)
}

// hopTo makes target the next request, without header and content. A redirect may ask for a wait
// before it is followed (RFC 9110, section 10.2.3); the hints for polls do not count here.
func (op *Operation) hopTo(target string, r Reply, to Phase, method string) bool {
	if r.Status/100 == 3 && loginPath(target) && !loginPath(op.Next.URL) {
		op.lose(LoginPage, "it redirects to "+shown(target))
		return false
	}
	if op.Hops++; op.Hops > op.policy().hops() {
		op.lose(RedirectLoop, fmt.Sprintf("more than %d redirects", op.policy().hops()))
		return false
	}
	if method != op.Next.Method {
		op.trail = nil // another method is another request: POST /reports may lead to GET /reports
	} else {
		op.trail = append(op.trail[:len(op.trail):len(op.trail)], op.Next.URL)
	}
	if slices.Contains(op.trail, target) {
		op.lose(RedirectLoop, "it comes back to "+shown(target))
		return false
	}
	op.Phase, op.Next = to, Request{Method: method, URL: target}
	op.floor(r, 0)
	return true
}
