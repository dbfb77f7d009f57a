package lro

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro/internal/document"
)

// Next returns the operation after one reply to op.Next. It is the whole protocol: HTTP's general
// meaning is written here, and the dialect says what differs. An operation that is over stays as it
// is. d must be the dialect that [Begin] was given.
//
// It allocates nothing for a reply that only says "not yet".
func Next(d Dialect, op Operation, r Reply) Operation {
	if op.Done() {
		return op
	}
	op.HintNote = HintAbsent
	op.Sent = op.Sent || op.Phase == Submitting && !r.Unsent
	if r.Err != nil && !op.headerSuffices(r) {
		op.broken(r)
		return op
	}
	got, err := d.Read(op, r)
	if err != nil {
		op.lose(UnreadableStatus, err.Error())
		return op
	}
	op.take(got)
	status := r.Status
	if got.Status != 0 {
		status = got.Status
	}
	switch op.Phase {
	case Submitting:
		op.submitted(got, r, status)
	case Polling, Following:
		op.polled(got, r, status)
	case Fetching:
		op.fetched(got, r, status)
	}
	op.ask(d)
	return op
}

// headerSuffices reports whether the header section decides, although the content broke off: a
// redirect, and the acceptance or refusal of a submit.
func (op *Operation) headerSuffices(r Reply) bool {
	if op.Phase != Submitting || r.Status != http.StatusAccepted {
		return r.Status/100 == 3 || op.Phase == Submitting && r.Status/100 == 4
	}
	return r.field("Location") != "" || r.field("Content-Location") != ""
}

// take keeps what a reading says about the operation as a whole.
func (op *Operation) take(got Reading) {
	if got.Dialect != "" {
		op.Dialect, op.Cue = got.Dialect, got.Cue
	}
	if got.Described != nil {
		op.Described = got.Described
	}
	op.remember(got)
	if got.Spoken != 0 && op.Style == StyleUnknown {
		op.Spoken = got.Spoken
	}
	if got.State == StateUnknown {
		return
	}
	op.State, op.Native = got.State, got.Native
	if got.State == StateSucceeded && op.Progress.Percent < 100 {
		op.Progress.Known, op.Progress.Percent = false, 0 // of an earlier status
	}
	if got.Progress.Known {
		op.Progress.Known, op.Progress.Percent = true, got.Progress.Percent
	}
	op.Progress.InQueue, op.Progress.Queue = got.Progress.InQueue, got.Progress.Queue
	if got.Progress.Message != "" {
		op.Progress.Message = got.Progress.Message
	}
}

// unconditional is how many polls there are to one that is sent without a validator: a server whose
// ETag never changes would hide the end of the operation for ever.
const unconditional = 10

// polled takes the answer of the status URL, or of where a redirect from it led.
func (op *Operation) polled(got Reading, r Reply, status int) {
	switch {
	case got.State.Terminal():
		op.told()
		op.finish(got, r)
	case got.Undecided:
		op.told()
		op.lose(UndecidedAnswer, got.Why)
	case op.tooLarge(got, r, status):
		op.lose(StatusTooLarge, fmt.Sprintf("it is longer than %d bytes", len(r.Body)))
	case got.Unreadable && status == http.StatusAccepted:
		op.miss(r, UnreadableStatus)
	case got.State != StateUnknown, status == http.StatusAccepted:
		if !op.guessed(got, r) {
			op.pending(got, r, status)
		}
	case got.Refused:
		op.Problem = ReadProblem(r)
		op.end(Lost, PollRefused)
	case got.Unreadable:
		op.miss(r, UnreadableStatus)
	case status == http.StatusNotModified && op.ETag != "" && op.Phase == Polling:
		op.again(r)
		if op.Polls%unconditional == 0 {
			op.ETag = ""
		}
		op.poll()
	case status == http.StatusPartialContent:
		op.unexpected(r)
	case status/100 == 2 && loginPage(r, op.Phase == Following):
		op.lose(LoginPage, "")
	case op.Style == Style200 && (status == http.StatusOK || status == http.StatusNonAuthoritativeInfo) && unreadable(r):
		op.miss(r, UnreadableStatus)
	case status/100 == 2:
		op.told()
		if op.Phase == Following {
			op.ResultURL = op.Next.URL
		}
		op.deliver("", r)
	case status/100 == 3:
		op.redirected(r, status)
	default:
		op.refused(got, r, status)
	}
}

// tooLarge reports whether a document that was not read to its end leaves the state in doubt: it goes
// on although the server never spoke in status documents, or it names no state although it did.
func (op *Operation) tooLarge(got Reading, r Reply, status int) bool {
	if !r.More || status != http.StatusOK {
		return false
	}
	if got.State == StateUnknown {
		return op.Style == Style200 && jsontext.Value(r.Body).IsObject()
	}
	return op.Style != Style200
}

// unreadable reports whether a 200 without a state, where status documents stood before, is no result
// either: nothing at all, a page, a document that broke off or that speaks of an error.
func unreadable(r Reply) bool {
	doc := jsontext.Value(r.Body).Trim()
	if !doc.IsObject() {
		return len(doc) == 0 || isHTML(r)
	}
	var v document.Summary
	v.Read(doc)
	return v.Troubled() || v.Broken
}

// finish ends the operation on the server's word, or goes on to fetch its result.
func (op *Operation) finish(got Reading, r Reply) {
	if op.StatusURL == "" && op.Phase == Following { // the submit led here
		op.StatusURL = op.Next.URL
	}
	switch got.State {
	case StateSucceeded:
		op.finished(got, r)
	case StateCancelled:
		op.Problem = explain(got, r)
		op.end(Cancelled, OperationCancelled)
	case StatePartial:
		op.Problem = explain(got, r)
		if op.policy().AllowPartial {
			op.finished(got, r)
			break
		}
		op.end(Failed, OperationPartial)
	default:
		op.Problem = explain(got, r)
		op.end(Failed, OperationFailed)
	}
}

// finished takes a success: the result is elsewhere, or in the reply at hand.
func (op *Operation) finished(got Reading, r Reply) {
	if got.ResultURL == "" && op.policy().ResultFrom == ResultAuto {
		op.Inline, op.Enclosed = got.Inline, got.Enclosed
	}
	op.deliver(got.ResultURL, r)
}

func explain(got Reading, r Reply) *Problem {
	if got.Problem != nil {
		return got.Problem
	}
	return ReadProblem(r)
}

// fetched takes the answer of the place where the result should be.
func (op *Operation) fetched(got Reading, r Reply, status int) {
	switch {
	case got.State.Terminal():
		op.finish(got, r)
	case status == http.StatusAccepted:
		op.miss(r, ResultGone) // it says "not yet", though the status said "done"
	case status == http.StatusPartialContent:
		op.unexpected(r)
	case status/100 == 2 && loginPage(r, false):
		op.lose(LoginPage, "")
	case status/100 == 2:
		op.succeed()
	case status/100 == 3:
		op.redirected(r, status)
	default:
		op.refused(got, r, status)
	}
}

// unexpected ends the operation on a status that has no meaning in this place.
func (op *Operation) unexpected(r Reply) {
	op.lose(UnexpectedStatus, fmt.Sprintf("HTTP %d in answer to %s", r.Status, op.Next.Method))
}

// resolve turns a reference of the server into a URL that may be followed; where it may not, the
// operation ends.
func (op *Operation) resolve(ref string) (string, bool) {
	target, err := Resolve(op.Next.URL, ref)
	switch {
	case err == nil, errors.Is(err, ErrDowngrade) && op.policy().AllowDowngrade:
		return target, true
	case errors.Is(err, ErrDowngrade), errors.Is(err, errScheme), errors.Is(err, errUserinfo):
		op.lose(ForbiddenHop, fmt.Sprintf("%q: %v", shown(ref), err))
	default:
		op.lose(BadURL, fmt.Sprintf("%q: %v", shown(ref), err))
	}
	return "", false
}
