package lro

import (
	"maps"
	"slices"
)

// Reason is a stable word that says why an operation ended as it did. Scripts may compare it; new
// reasons may be added, none changes its meaning.
type Reason string

// The reasons.
const (
	ReasonNone Reason = ""

	OperationFailed  Reason = "operation-failed"
	OperationPartial Reason = "operation-partial"

	OperationCancelled Reason = "operation-cancelled"

	Unreachable     Reason = "unreachable"
	SubmitAmbiguous Reason = "submit-ambiguous"

	SubmitRefused       Reason = "submit-refused"
	Unauthorized        Reason = "unauthorized"
	CredentialsWithheld Reason = "credentials-withheld"
	LoginPage           Reason = "login-page"
	CredentialsFailed   Reason = "credentials-failed"
	PollRefused         Reason = "poll-refused"
	Throttled           Reason = "throttled"

	ServerError Reason = "server-error"

	NoStatusURL             Reason = "no-status-url"
	BadURL                  Reason = "bad-url"
	ForbiddenHop            Reason = "forbidden-hop"
	RedirectLoop            Reason = "redirect-loop"
	RedirectWithoutLocation Reason = "redirect-without-location"
	TooManyMoves            Reason = "too-many-moves"
	UnreadableStatus        Reason = "unreadable-status"
	StatusTooLarge          Reason = "status-too-large"
	UnexpectedStatus        Reason = "unexpected-status"
	UndecidedAnswer         Reason = "undecided"

	NotFound   Reason = "not-found"
	Expired    Reason = "expired"
	ResultGone Reason = "result-gone"

	DeadlinePassed     Reason = "deadline"
	HintBeyondDeadline Reason = "hint-beyond-deadline"
	Interrupted        Reason = "interrupted"
)

// Class groups the reasons by whose move it is. The command line has one exit code for each.
type Class uint8

// The classes.
const (
	ClassNone      Class = iota // ended well, or not ended
	ClassOperation              // the server says that the operation failed
	ClassTransport              // could not ask: DNS, connect, TLS, reset
	ClassRefused                // a 4xx that is not the operation's own failure
	ClassServer                 // 5xx after the allowed retries
	ClassProtocol               // the pattern is broken
	ClassCancelled
	ClassGone
	ClassDeadline
	ClassInterrupted
)

type meaning struct {
	class Class
	text  string
}

var meanings = map[Reason]meaning{
	OperationFailed:         {ClassOperation, "the server says that the operation failed"},
	OperationPartial:        {ClassOperation, "the server says that only a part of the operation succeeded"},
	OperationCancelled:      {ClassCancelled, "the operation was cancelled"},
	Unreachable:             {ClassTransport, "the server could not be reached, or the connection broke"},
	SubmitAmbiguous:         {ClassTransport, "the connection broke after the submit had been sent; the server may have accepted it"},
	SubmitRefused:           {ClassRefused, "the server rejected the submit; nothing was started"},
	Unauthorized:            {ClassRefused, "the server asks for other credentials"},
	CredentialsWithheld:     {ClassRefused, "the server sent us to another origin, which asks for credentials; they were withheld"},
	LoginPage:               {ClassRefused, "the answer is a login page: credentials are missing or have expired"},
	CredentialsFailed:       {ClassRefused, "the credentials could not be had"},
	PollRefused:             {ClassRefused, "the server refuses the poll itself; the operation may still be running"},
	Throttled:               {ClassRefused, "the server kept limiting the rate of requests (429, or 403 with nothing left)"},
	ServerError:             {ClassServer, "the server kept failing"},
	NoStatusURL:             {ClassProtocol, "the server accepted the submit but named nothing to poll"},
	BadURL:                  {ClassProtocol, "the server named an invalid URL"},
	ForbiddenHop:            {ClassProtocol, "the server named a URL that is not safe to follow"},
	RedirectLoop:            {ClassProtocol, "the server redirects in a circle, or too often"},
	RedirectWithoutLocation: {ClassProtocol, "the server redirects without saying where to"},
	TooManyMoves:            {ClassProtocol, "the status URL keeps changing"},
	UnreadableStatus:        {ClassProtocol, "the status cannot be understood"},
	StatusTooLarge:          {ClassProtocol, "the status document is too large to be one"},
	UnexpectedStatus:        {ClassProtocol, "the HTTP status makes no sense in this place"},
	UndecidedAnswer:         {ClassProtocol, "the answer is neither a known status nor surely the result"},
	NotFound:                {ClassGone, "the status URL is not known to the server"},
	Expired:                 {ClassGone, "the server no longer keeps this operation"},
	ResultGone:              {ClassGone, "the operation is over, but its result is not there"},
	DeadlinePassed:          {ClassDeadline, "the deadline passed; the operation may still be running"},
	HintBeyondDeadline:      {ClassDeadline, "the server asked not to be polled again before the deadline"},
	Interrupted:             {ClassInterrupted, "interrupted; the operation may still be running"},
}

// Class returns the group that the reason belongs to; ClassNone for a word that is not a reason.
func (r Reason) Class() Class { return meanings[r].class }

// TextOf explains why an operation ended so in one sentence without a full stop; "" for a word that is no reason.
// Where nothing was sent, the reason alone would claim more.
func (r Reason) TextOf(o Outcome) string {
	if o != NotSent {
		return r.Text()
	}
	switch r.Class() {
	case ClassNone:
		return r.Text()
	case ClassTransport:
		return "the server could not be reached; nothing was sent"
	case ClassDeadline:
		return "the deadline passed before anything was sent"
	case ClassInterrupted:
		return "interrupted before anything was sent"
	}
	if r == BadURL {
		return "the URL of the submit is not one; nothing was sent"
	}
	return r.Text() + "; nothing was sent"
}

// Text explains the reason in one sentence without a full stop; "" for a word that is not one.
func (r Reason) Text() string { return meanings[r].text }

// Reasons returns all reasons, sorted.
func Reasons() []Reason { return slices.Sorted(maps.Keys(meanings)) }
