package lro

import "github.com/asyncctl/asyncctl/poller/lro/internal/document"

// Dialect is one API family's way of saying all this on the wire. It says only what differs from
// HTTP's general meaning, which [Next] knows. The methods are pure: no I/O, no clock, no state.
type Dialect interface {
	// Prepare returns the submit as the family wants it: "Prefer: respond-async" and the like. It
	// leaves req.Header alone and returns a copy where it adds to it.
	Prepare(req Request) Request
	// Read returns what the reply means to op, and an error if it is not what the family sends in
	// this place. The operation then ends as lost, with the error's text as the problem.
	Read(op Operation, r Reply) (Reading, error)
	// Cancel returns the request that cancels op, and false where that cannot be said.
	Cancel(op Operation) (Request, bool)
}

// Reading is what a dialect makes of one reply. The zero value means: HTTP decides.
type Reading struct {
	// Dialect and Cue name the family and what gave it away, where the reply shows it.
	Dialect, Cue string
	// Described names the description of the API that the dialect is of. Nil: none.
	Described *Described
	// Status stands in for the HTTP status where the family carries the real one elsewhere.
	Status int
	// State is what the server says, and Native its own word for it. StateUnknown: HTTP decides.
	State  State
	Native string
	// Progress is how far the work is.
	Progress Progress
	// StatusURL is a reference to what is to be polled from now on.
	StatusURL string
	// NamedBy is, in answer to a submit, the header field that StatusURL was found in, and "content" for
	// one from the content. Empty: Location or Content-Location, whichever holds that URL.
	NamedBy string
	// ResultURL is a reference to where the result lies once the operation has succeeded. Beside a
	// state that goes on it is a promise: see [Operation].PromisedURL.
	ResultURL string
	// CancelURL is a reference to where the operation can be cancelled.
	CancelURL string
	// Inline is a JSON Pointer to the result within the content of this reply. It counts beside
	// StateSucceeded without a ResultURL.
	Inline string
	// Enclosed says that the content of this reply is itself an HTTP message (application/http), and
	// that the result is the content of that one. It counts like Inline.
	Enclosed bool
	// Job is the server's own name for the operation, where polls have to carry it; see [Asker].
	// JobNumber says that it is a JSON number: so it stands in the JSON that a poll carries.
	Job       string
	JobNumber bool
	// Carry names query parameters of the submit's URL that a status URL of the same origin gets where
	// it lacks them: "api-version".
	Carry []string
	// Repeat, in answer to a submit, says that there is no status URL: the very submit, sent again,
	// asks for the status. The operation cannot be written down then.
	Repeat bool
	// Unreadable says that the reply is not what the family sends in answer to a poll, though it may
	// be so in passing: the poll is repeated within the budget for such failures.
	Unreadable bool
	// Doubtful says that State is a guess: it goes on for all we know. A guess licenses no write, no
	// claim and no early end.
	Doubtful bool
	// Undecided says that the reply is neither a status that is understood nor surely the result: the
	// operation is lost as [UndecidedAnswer], and Why says what is missing.
	Undecided bool
	Why       string
	// Spoken is, in answer to a submit, what its content shows of the server's documents.
	Spoken Evidence
	// Refused says that the server refuses the poll and will go on to do so, whatever becomes of the
	// operation, which is lost then.
	Refused bool
	// Problem is why the operation failed. Nil: what [ReadProblem] finds.
	Problem *Problem

	guess   uint64       // a hash of the document, where equal guesses are counted; 0: they are not
	patient bool         // ten equal guesses are not enough, they must also last
	row     document.Row // the row of the table that held
}

// Progress is how far the work is, as the server says.
type Progress struct {
	Known   bool    // whether Percent counts
	Percent float64 // 0 to 100
	Message string  // in the server's words; escape it before it reaches a terminal
	InQueue bool    // whether Queue counts
	Queue   int     // the place in the queue, as the server counts
}
