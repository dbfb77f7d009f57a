package lro

import (
	"net/http"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro/internal/document"
)

// refused takes a 4xx or 5xx in answer to a poll or to the request for the result.
func (op *Operation) refused(got Reading, r Reply, status int) {
	if op.comeBack(r, status) {
		return
	}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		op.Problem = ReadProblem(r)
		switch why := op.unauthorized(); {
		case why != CredentialsWithheld || status != http.StatusForbidden || !presigned(op.Next.URL):
			op.end(Lost, why)
		case op.Phase != Polling:
			op.gone(ResultGone) // the link has expired; a token would not help, and must not go there
		default:
			op.end(Lost, PollRefused)
		}
	case http.StatusNotFound:
		op.notFound(r)
	case http.StatusGone:
		op.Problem = ReadProblem(r)
		op.gone(Expired)
	case http.StatusTooManyRequests:
		op.miss(r, Throttled)
	case http.StatusRequestTimeout, http.StatusTooEarly:
		op.miss(r, ServerError)
	case http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusLengthRequired,
		http.StatusRequestURITooLong, http.StatusUnsupportedMediaType, http.StatusRequestedRangeNotSatisfiable,
		http.StatusExpectationFailed, http.StatusMisdirectedRequest, http.StatusUpgradeRequired,
		http.StatusPreconditionRequired, http.StatusRequestHeaderFieldsTooLarge:
		// These speak about this very GET, not about the operation.
		op.Problem = ReadProblem(r)
		op.end(Lost, PollRefused)
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported, http.StatusNetworkAuthenticationRequired:
		op.unexpected(r)
	default:
		op.failedOrMissed(got, r, status)
	}
}

// comeBack takes a 4xx that says when to ask again: it is neither the stored failure nor an end, as
// often as the budget for failures in passing allows. What it means where that is used up is what the
// status means. Credentials do not come with time.
func (op *Operation) comeBack(r Reply, status int) bool {
	if status/100 != 4 || status == http.StatusUnauthorized || status == http.StatusProxyAuthRequired || op.calledOff() {
		return false
	}
	if _, ok := RetryAfter(r); !ok {
		return false
	}
	switch status {
	case http.StatusTooManyRequests, http.StatusRequestTimeout, http.StatusTooEarly: // they do anyway
		return false
	case http.StatusForbidden:
		op.miss(r, Throttled)
	case http.StatusNotFound, http.StatusGone:
		op.miss(r, NotFound)
	default:
		op.miss(r, PollRefused)
	}
	return true
}

// failedOrMissed tells the stored failure of the operation (any other 4xx, as the pattern asks)
// from a server in trouble (5xx).
func (op *Operation) failedOrMissed(got Reading, r Reply, status int) {
	switch {
	case status/100 == 5:
		op.miss(r, ServerError)
	case status/100 == 4 && op.Phase == Fetching && (op.State == StateSucceeded || op.State == StatePartial || !SameOrigin(op.Next.URL, op.StatusURL)):
		// The server has said that it succeeded, or this is not the server but a store that speaks of
		// our request.
		op.Problem = ReadProblem(r)
		op.end(Gone, ResultGone)
	case status/100 == 4 && goesOnStill(r): // a 409 with {"status": "running"}
		op.miss(r, PollRefused)
	case status/100 == 4:
		op.told()
		op.settle(StateFailed)
		op.Problem = explain(got, r)
		op.end(Failed, OperationFailed)
	default:
		op.unexpected(r)
	}
}

// goesOnStill reports whether content says that the operation goes on, whatever the status code says.
func goesOnStill(r Reply) bool {
	doc := document.Text(r.Body)
	if !doc.IsObject() {
		return false
	}
	var v document.Summary
	v.Read(doc)
	heard, ok := v.Goes(document.Top)
	return ok && heard.Text != nil
}

// unauthorized returns the reason for a 401, 403 or 407: on an origin that the person did not name
// no credentials were sent, so that is what is wrong.
func (op *Operation) unauthorized() Reason {
	origin := Origin(op.Next.URL)
	if op.Home != "" && origin != op.Home && !op.policy().trusts(origin) {
		return CredentialsWithheld
	}
	return Unauthorized
}

// notFound takes a 404: not yet there, cancelled, or no longer there.
func (op *Operation) notFound(r Reply) {
	settled := op.Phase == Polling && op.Polls > 0
	if !settled && !op.calledOff() && op.inGrace(r.At) {
		op.count(r)
		return
	}
	op.Problem = ReadProblem(r)
	op.gone(NotFound)
}

// inGrace reports whether something that was just announced may still be on its way.
func (op *Operation) inGrace(now time.Time) bool {
	p := op.policy()
	since := op.MissedSince
	if op.Phase == Polling && !op.Accepted.IsZero() {
		since = op.Accepted
	}
	if since.IsZero() {
		since = now
	}
	return op.Misses < p.gracePolls() && now.Sub(since) <= p.grace()
}

// calledOff reports whether an absent status is the answer to our wish to cancel. An absent result is
// not: there is one only if the operation came to its end.
func (op *Operation) calledOff() bool { return op.CancelSent && op.Phase != Fetching }

// gone ends an operation whose status or result is not there.
func (op *Operation) gone(why Reason) {
	switch {
	case op.calledOff():
		op.settle(StateCancelled)
		op.end(Cancelled, OperationCancelled)
	case op.Phase != Polling:
		op.end(Gone, ResultGone)
	default:
		op.end(Gone, why)
	}
}

// miss takes a failure in passing: the request is repeated until the budget is used up.
func (op *Operation) miss(r Reply, why Reason) {
	p := op.policy()
	op.count(r)
	if op.Misses <= p.misses() && (op.Misses < 3 || r.At.Sub(op.MissedSince) <= p.missTime()) {
		return
	}
	if r.Err != nil {
		op.lose(why, r.Err.Error())
		return
	}
	op.Problem = ReadProblem(r)
	if why.Class() == ClassGone {
		op.gone(why)
		return
	}
	op.end(Lost, why)
}

// count adds a failure in passing and sets the floor of the next try.
func (op *Operation) count(r Reply) {
	if op.Misses == 0 {
		op.MissedSince = r.At
	}
	op.Misses++
	fallback := time.Duration(0)
	if op.Phase == Polling {
		fallback = op.Hint
	}
	op.floor(r, fallback)
}
