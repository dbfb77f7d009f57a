package lro

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro/internal/document"
)

// submitted takes the answer to the submit.
func (op *Operation) submitted(got Reading, r Reply, status int) {
	switch {
	case got.State.Terminal():
		op.Accepted = r.At
		if target, err := Resolve(op.Next.URL, got.StatusURL); err == nil {
			op.StatusURL = target
		}
		op.finish(got, r)
	case status == http.StatusAccepted, got.StatusURL != "":
		op.accepted(got, r)
	case status == http.StatusPartialContent:
		op.unexpected(r)
	case status/100 == 2 && loginPage(r, false):
		op.lose(LoginPage, "")
		op.unsubmitted()
	case status/100 == 2 && brokenJSON(r): // what was announced as JSON, and is cut off, is no result
		op.Accepted = r.At
		op.lose(UnreadableStatus, "the answer to the submit is announced as JSON and breaks off")
	case status/100 == 2 && got.State != StateUnknown: // it says that the work goes on: no result, and no success
		op.Accepted = r.At
		op.lose(NoStatusURL, fmt.Sprintf("HTTP %d says that the work goes on (%q), without a usable link to the status", r.Status, got.Native))
	case got.Undecided:
		op.Accepted = r.At
		op.lose(UndecidedAnswer, got.Why)
	case status/100 == 2: // it was done at once; this is the result
		op.Accepted = r.At
		op.succeed()
	case status/100 == 3:
		op.submitRedirected(r, status)
	default:
		op.submitFailed(r, status)
	}
}

// accepted finds the status URL and begins to poll.
func (op *Operation) accepted(got Reading, r Reply) {
	op.Accepted = r.At
	ref, namedBy := op.statusReference(got, r)
	if ref == "" {
		op.lose(NoStatusURL, fmt.Sprintf("HTTP %d without Location, Content-Location or a link to the status", r.Status))
		return
	}
	target, ok := op.resolve(ref)
	if !ok {
		return
	}
	op.StatusURL, op.NamedBy = op.carried(target, got.Carry), namedBy
	op.Job, op.JobNumber = got.Job, got.JobNumber
	if got.Repeat {
		submit := op.Next
		op.repeat = &submit
	}
	if elsewhere := op.ahead("", r.field("Location")); withoutQuery(elsewhere) != withoutQuery(target) {
		op.Location = elsewhere
	}
	if op.State == StateUnknown {
		op.State = StatePending
	}
	op.Misses, op.MissedSince = 0, time.Time{}
	op.pollFloor(r)
	op.poll()
}

// brokenJSON reports whether content that is announced as JSON begins as an object or a list and does
// not end as one.
func brokenJSON(r Reply) bool {
	if r.More || !containsFold(r.field("Content-Type"), "json") {
		return false
	}
	doc := document.Text(r.Body)
	return len(doc) > 0 && (doc[0] == '{' || doc[0] == '[') && !doc.Whole()
}

func withoutQuery(absolute string) string {
	path, _, _ := strings.Cut(absolute, "?")
	return path
}

// statusReference returns where the acceptance says that the status is, and the field that says so.
// Location on a 202 is convention (RFC 7240, section 4.1 shows it), Content-Location is defined: the
// report in this content is available there (RFC 9110, section 8.7).
func (op *Operation) statusReference(got Reading, r Reply) (ref, namedBy string) {
	const contentLocation = "Content-Location"
	location, content := r.field("Location"), op.contentLocation(r)
	switch {
	case got.StatusURL != "" && got.NamedBy != "":
		return got.StatusURL, plainName(got.NamedBy)
	case got.StatusURL != "" && got.StatusURL == location:
		return location, ""
	case got.StatusURL != "" && got.StatusURL == content:
		return content, contentLocation
	case got.StatusURL != "":
		return got.StatusURL, "content"
	case location != "" && content != "" && location != content && got.Native != "":
		return content, contentLocation // the content is a status, and lies elsewhere than Location
	case location != "":
		return location, ""
	case content != "":
		return content, contentLocation
	}
	if link := monitorLinkOf(r); link != "" {
		return link, "Link"
	}
	if op.Next.Method == http.MethodGet { // safe to ask again: GET until it is no longer 202
		return op.Next.URL, "request"
	}
	return "", ""
}

// contentLocation returns Content-Location, but not where a POST says that what it was sent to is there:
// that is no status.
func (op *Operation) contentLocation(r Reply) string {
	ref := r.field("Content-Location")
	if ref == "" || op.Next.Method == http.MethodGet {
		return ref
	}
	if target, err := Resolve(op.Next.URL, ref); err == nil && target == op.Next.URL && (op.Next.Method == http.MethodPost || r.field("Location") != "") {
		return ""
	}
	return ref
}

// plainName returns the name of the field, and "" for Location, which needs none.
func plainName(field string) string {
	if field == "Location" {
		return ""
	}
	return field
}

// submitFailed takes a 4xx or 5xx in answer to the submit.
func (op *Operation) submitFailed(r Reply, status int) {
	why, outcome := ServerError, Lost
	switch status {
	case http.StatusRequestEntityTooLarge: // with Retry-After: for now (RFC 9110, section 15.5.14)
		if _, asked := RetryAfter(r); asked && op.repeatable() && op.resend(r) {
			return
		}
		why, outcome = SubmitRefused, Refused
	case http.StatusTooManyRequests: // it was not taken
		why, outcome = Throttled, Refused
		if op.resend(r) {
			return
		}
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		if op.repeatable() && op.resend(r) {
			return
		}
	case http.StatusConflict:
		// The draft on Idempotency-Key, section 2.6: the first of two is still being processed.
		if op.Resends > 0 && op.keyed() && op.resend(r) {
			return
		}
		why, outcome = SubmitRefused, Refused
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		why, outcome = op.unauthorized(), Refused
	default:
		switch status / 100 {
		case 4:
			why, outcome = SubmitRefused, Refused
		case 5:
		default:
			op.unexpected(r)
			return
		}
	}
	op.Problem = ReadProblem(r)
	op.end(outcome, why)
}

// repeatable reports whether sending the submit twice does no more than sending it once: its method is
// idempotent (RFC 9110, section 9.2.2), it carries a key, or the person takes the risk.
func (op *Operation) repeatable() bool {
	switch op.Next.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodTrace:
		return true
	}
	return op.keyed() || op.policy().ResendUnsafe
}

// keyed reports whether the submit carries an idempotency key.
func (op *Operation) keyed() bool {
	key := op.policy().Key
	if strings.HasPrefix(key, "/") {
		v, ok := jsontext.Value(op.Next.Body).At(key)
		return ok && !v.Empty()
	}
	return op.Next.Header.Get("Idempotency-Key") != "" || key != "" && op.Next.Header.Get(key) != ""
}

// resend keeps the submit as the next request; false when it has been sent often enough.
func (op *Operation) resend(r Reply) bool {
	if op.Resends >= op.policy().resends() {
		return false
	}
	op.Resends++
	op.count(r)
	return true
}

// broken takes a request that could not be sent, or an answer that broke off.
func (op *Operation) broken(r Reply) {
	switch {
	case errors.Is(r.Err, ErrForbidden):
		op.lose(ForbiddenHop, r.Err.Error())
	case errors.Is(r.Err, ErrCoded) && op.Phase == Submitting && r.Status/100 == 2: // it was taken: no second one
		op.Accepted = r.At
		op.lose(UnreadableStatus, r.Err.Error())
	case errors.Is(r.Err, ErrCoded) && op.Phase != Submitting:
		op.miss(r, UnreadableStatus)
	case op.Phase != Submitting:
		op.miss(r, Unreachable)
	case r.Unsent:
		// The wrong port does not become right by waiting: only who asks for it gets a second try.
		if op.policy().Resends <= 0 || !op.resend(r) {
			op.lose(Unreachable, r.Err.Error())
		}
	case !op.repeatable():
		op.lose(SubmitAmbiguous, r.Err.Error())
	case !op.resend(r):
		op.lose(Unreachable, r.Err.Error())
	}
}
