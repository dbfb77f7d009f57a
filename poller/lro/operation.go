package lro

import (
	"net/http"
	"time"
)

// Operation is one piece of work that a server does in the background, as far as we know it. It is
// a plain value: copy it, compare two of them by eye, fold it over a transcript. The zero value is
// not an operation; [Begin] and [Resume] make one.
type Operation struct {
	// Dialect names the family that reads its replies, and Cue how that was found out.
	Dialect, Cue string

	Phase   Phase
	Outcome Outcome // Undecided until Done
	Reason  Reason  // why Outcome is not Succeeded
	Problem *Problem
	// Detail says, in our words, what Reason leaves open: which URL, how many redirects. What the server
	// said is in Problem.
	Detail string

	// State is what the server said last, and Native its own word for it.
	State    State
	Native   string
	Progress Progress
	Style    Style
	// Doubtful says that State is a guess: the last answer may be that of an operation that goes on.
	// It licenses no write, such as a cancellation. Guesses counts such answers in a row that were equal.
	Doubtful bool
	Guesses  int
	// Spoken is what the acceptance showed of the server's documents.
	Spoken Evidence

	// SubmitMethod and SubmitURL are of the submit; empty after Resume.
	SubmitMethod, SubmitURL string
	// Home is the origin that the person named, by the submit's URL or the status URL. Credentials
	// are for this origin alone. Empty in a handle that was read: nobody has named one yet.
	Home string
	// Sent says that a request of the submit has left: the server may have acted on it.
	Sent bool
	// Accepted is when the server answered the submit.
	Accepted time.Time
	// StatusURL is what is polled, ResultURL where the result lies, if that is elsewhere.
	StatusURL, ResultURL string
	// NamedBy is the header field that named StatusURL, "content" for one from the content, and "request"
	// for that of the submit itself. Empty: Location, or the person. Only the same field of a later
	// answer moves it.
	NamedBy string
	// Inline is a JSON Pointer to the result within the content of the last reply, once the operation
	// has succeeded. Empty: the whole content is the result.
	Inline string
	// Enclosed says that the result is the content of the HTTP message that the last reply holds.
	Enclosed bool
	// CancelURL is where the server says that the operation can be cancelled, and PromisedURL where
	// it said, ahead of the end, that the result will lie; what they mean is the dialect's to say.
	CancelURL, PromisedURL string
	// Location is where Location led in the acceptance, if that is not the status URL.
	Location string

	// Job is the server's own name for the operation, where polls carry it, and JobNumber whether it is
	// a JSON number there.
	Job       string
	JobNumber bool
	// Described says by which description of the API the operation is followed. Nil: by none. It is
	// shared, and part of the handle.
	Described *Described

	// Next is what to send now; the zero value when Done.
	Next Request
	// NotBefore is the floor of Next. The zero time: none.
	NotBefore time.Time
	// Hint is the wait that the server asked for last; it counts only if Hinted. HintNote is what
	// became of the hint in the last reply.
	Hint     time.Duration
	Hinted   bool
	HintNote HintNote
	// ETag is the validator of the last status; Next carries it as If-None-Match.
	ETag string

	// Polls counts the statuses read, Misses the requests in a row that failed in passing,
	// MissedSince when that row began, Hops the redirects of the current request, Moves the changes
	// of the status URL, Resends the submits sent again.
	Polls, Misses int
	MissedSince   time.Time
	Hops          int
	Moves         int
	Resends       int
	// CancelSent says that the server has accepted our request to cancel it.
	CancelSent bool

	// Policy is shared and not part of the handle. Nil: the default.
	Policy *Policy

	guess        uint64    // a hash of the document that is being guessed about
	guessedSince time.Time // when the first of the Guesses came

	trail  []string // the URLs of the current request's redirects
	repeat *Request // the submit, where it asks for the status as well
}

// Done says that there is nothing left to send.
func (op Operation) Done() bool { return op.Phase == Ended }

// Repeats says that the submit, sent again, asks for the status: there is no status URL, and no handle.
func (op Operation) Repeats() bool { return op.repeat != nil }

// Lost says that the operation ended without its fate, or its result, being known.
func (op Operation) Lost() bool {
	return op.Done() && (op.Outcome == Lost || op.Outcome == Gone || op.Outcome == Timeout)
}

// Begin returns an operation whose Next is the submit, as the dialect wants it.
func Begin(d Dialect, req Request) Operation {
	if req.Method == "" {
		req.Method = "POST"
	}
	return Operation{
		Dialect:      GenericName,
		Next:         d.Prepare(req),
		SubmitMethod: req.Method,
		SubmitURL:    req.URL,
		Home:         Origin(req.URL),
	}
}

// Resume returns an operation whose Next is a poll of a status URL that is already known. It fails
// if the URL is not an absolute one that may be followed.
func Resume(statusURL string) (Operation, error) {
	absolute, err := Resolve(statusURL, statusURL)
	if err != nil {
		return Operation{}, err
	}
	op := Operation{Dialect: GenericName, StatusURL: absolute, Home: Origin(absolute)}
	op.poll()
	return op, nil
}

// poll makes the status URL the next request.
func (op *Operation) poll() {
	same := op.Phase == Polling && op.Next.URL == op.StatusURL && op.Next.Header.Get("If-None-Match") == op.ETag
	op.Phase, op.Hops, op.trail = Polling, 0, nil
	if same {
		return
	}
	if op.repeat != nil {
		op.Next = *op.repeat
		return
	}
	op.Next = Request{Method: "GET", URL: op.StatusURL}
	if op.ETag != "" {
		op.Next.Header = http.Header{"If-None-Match": {op.ETag}} // RFC 9110, section 13.1.2
	}
}

// end closes the operation. One whose submit has never left is not lost: nothing was started.
func (op *Operation) end(o Outcome, why Reason) {
	if op.Phase == Submitting && !op.Sent && (o == Lost || o == Timeout) {
		o = NotSent
	}
	op.Phase, op.Outcome, op.Reason = Ended, o, why
	op.Next, op.NotBefore, op.trail = Request{}, time.Time{}, nil
}

// succeed closes the operation; the reply at hand holds the result.
func (op *Operation) succeed() {
	if op.State != StatePartial { // that counts as a success where the person said so
		op.settle(StateSucceeded)
		op.Problem = nil
	}
	op.end(Succeeded, ReasonNone)
}

// settle sets the last state, and drops what was said of an earlier one.
func (op *Operation) settle(s State) {
	if op.State != s {
		op.State, op.Native = s, ""
	}
	if s == StateSucceeded && op.Progress.Percent < 100 {
		op.Progress.Known, op.Progress.Percent = false, 0
	}
	op.Progress.InQueue, op.Progress.Queue = false, 0
	op.Doubtful = false
}

// lose closes the operation without its fate being known. detail is in our words; what the server
// said stays in Problem.
func (op *Operation) lose(why Reason, detail string) {
	op.Detail = detail
	op.end(Lost, why)
}

// Why returns what is known of the reason in words: the server's, else ours.
func (op Operation) Why() string {
	if said := op.Problem.String(); said != "" {
		return said
	}
	return op.Detail
}

// GiveUp returns op as ended by a shell: the deadline passed, or somebody interrupted the wait. An
// operation that is over already stays as it is.
func GiveUp(op Operation, why Reason) Operation {
	if op.Done() {
		return op
	}
	outcome := Lost
	if why.Class() == ClassDeadline {
		outcome = Timeout
	}
	op.end(outcome, why)
	return op
}
