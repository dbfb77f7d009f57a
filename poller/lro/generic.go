package lro

import (
	"fmt"
	"net/http"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro/internal/document"
)

// GenericName is the name of the generic dialect.
const GenericName = "generic"

// Generic is the asynchronous request-reply pattern as HTTP itself and Microsoft's cloud design
// pattern of that name describe it, in both of its readings: 200 at the status URL as "here is the
// status" and as "finished, this is the result". What the document says decides which, by a table
// (docs/reference/reading-a-200.md); where that is not enough, the reading is a guess ([Reading].Doubtful) or
// undecided, and never a success.
type Generic struct{}

// Prepare returns the request as it is.
func (Generic) Prepare(req Request) Request { return req }

// Cancel asks the status URL to go away: DELETE (the pattern's own way). It is false where nothing but
// a guess says that there is an operation.
func (Generic) Cancel(op Operation) (Request, bool) {
	return Request{Method: "DELETE", URL: op.StatusURL}, op.StatusURL != "" && !op.Doubtful
}

// Read looks for a state in words, for progress and for links, in answers to a submit or a poll,
// whatever their Content-Type says. It leaves the rest to HTTP.
func (Generic) Read(op Operation, r Reply) (Reading, error) {
	switch {
	case op.Phase == Fetching:
		return readFetched(&op, r), nil
	case op.Phase == Submitting:
		return readAnswer(&op, r), nil
	}
	switch r.Status {
	case http.StatusAccepted:
		return readAccepted(&op, r), nil
	case http.StatusOK, http.StatusCreated, http.StatusNonAuthoritativeInfo: // 203 is a 200 that passed a proxy
		return readStatus(&op, r), nil
	}
	return Reading{}, nil
}

// readFetched reads what a 303 led to: the result, unless it says in so many words that the operation
// did not succeed, and no status has said that it did.
func readFetched(op *Operation, r Reply) Reading {
	doc := document.Text(r.Body)
	if r.Status != http.StatusOK || op.State == StateSucceeded || op.State == StatePartial || !doc.IsObject() {
		return Reading{}
	}
	var v document.Summary
	v.Read(doc)
	_, goes := v.Goes(document.Top)
	if heard, ok := v.Failed(document.Top); ok && !goes && heard.Text != nil && !v.Broken {
		return Reading{State: State(heard.State()), Native: reuse(op.Native, heard.Text)}
	}
	return Reading{}
}

// readAccepted reads a 202 in answer to a poll: it goes on, unless a word that says otherwise is
// beyond doubt.
func readAccepted(op *Operation, r Reply) Reading {
	doc := document.Text(r.Body)
	if !doc.IsObject() {
		return Reading{}
	}
	var v document.Summary
	v.Read(doc)
	if v.Broken && !r.More {
		return Reading{Unreadable: true}
	}
	got := Reading{State: live(op.State), Native: op.Native, Progress: progress(&v, op), Spoken: spoken(&v)}
	if heard, ok := v.Loudest(); ok {
		got.State, got.Native = StateRunning, reuse(op.Native, heard.Text)
		if heard.GoesOn() {
			got.State = State(heard.State())
		}
	}
	if heard, success, ok := v.Ended(); ok {
		got.State, got.Native = State(heard.State()), reuse(op.Native, heard.Text)
		if success {
			got.State, got.ResultURL = StateSucceeded, resultLink(op, r, doc)
		}
	}
	if _, on := v.Goes(document.Top); on && got.State.Terminal() {
		got.State = live(op.State)
	}
	return got
}

// readStatus reads a 200 in answer to a poll: a status, or the result.
func readStatus(op *Operation, r Reply) Reading {
	var v document.Summary
	doc := v.ReadStatus(document.Text(r.Body))
	v.Broken = v.Broken && !r.More
	if v.XML && isHTML(r) {
		v.ReadPage(r.Body, r.field("Refresh") != "")
	}
	line, heard := v.Decide()
	return reading(&v, op, r, doc, line, heard)
}

// situation returns what is known of the server.
func (op *Operation) situation(v *document.Summary, r Reply) document.Situation {
	switch {
	case op.Style == Style202, r.Status == http.StatusCreated, op.Phase == Following && op.StatusURL == "":
		return document.ByStatus
	case op.Style == Style200, op.spokeBefore(v):
		return document.InDocuments
	case asked(r):
		return document.AskedBack
	}
	return document.Open
}

// reading makes a reading of the row that holds.
func reading(v *document.Summary, op *Operation, r Reply, doc jsontext.Value, line document.Row, heard document.Statement) Reading {
	does := line.Act(op.situation(v, r))
	if sure := line.Act(document.InDocuments); does == document.CannotTell && op.Guesses > 0 && (sure == document.AsSuccess || sure == document.AsFailure) {
		does = sure // what was guessed about has changed: it is a status
	}
	if line.Aside() {
		if said, ok := stateField(r); ok {
			does, heard = document.GoOn, said
			if said.Fails() {
				does = document.AsFailure
			}
		}
	}
	if does == document.ComeBack && line == document.Ordinary && !v.Object && !v.XML && len(doc) > 0 {
		does = document.AsResult // text beside a stray Retry-After
	}
	got := Reading{State: StateUnknown, row: line}
	switch does {
	case document.AsResult:
		return got
	case document.Passing:
		got.Unreadable = true
		return got
	case document.CannotTell:
		got.Undecided, got.Why = true, doubt(heard)
		return got
	case document.AsSuccess:
		got.State = StateSucceeded
	case document.AsFailure:
		got.State = State(heard.State())
	case document.SettledWord:
		if heard.Fine() && !asked(r) {
			got.State = StateSucceeded
			break
		}
		got.guessOn(op, heard, document.LongGuess, r)
	default:
		got.guessOn(op, heard, does, r)
	}
	got.Native = reuse(op.Native, heard.Text)
	got.Progress = progress(v, op)
	if got.State == StateSucceeded {
		got.ResultURL = resultLink(op, r, doc)
	}
	return got
}

// stateFields are header fields that say how the operation stands.
var stateFields = [...]string{
	"X-Job-Status", "X-Job-State", "Job-Status", "Job-State", "X-Task-Status", "X-Task-State", "X-Operation-Status", "X-Operation-State",
	"Operation-Status", "Operation-State", "X-Async-Status", "X-Request-Status", "X-Processing-Status", "X-Export-Status", "X-Status", "X-State",
}

// stateField finds a word in a field for the state, for content that does not speak of one.
func stateField(r Reply) (document.Statement, bool) {
	for _, name := range stateFields {
		if heard, ok := document.InHeader(r.field(name)); ok {
			return heard, true
		}
	}
	return document.Statement{}, false
}

// guessOn makes the operation go on, and says of a guess how it is to be counted: never beside a hint.
func (got *Reading) guessOn(op *Operation, heard document.Statement, does document.Act, r Reply) {
	got.State = goingOn(op, heard)
	got.Doubtful = does != document.GoOn
	if (does == document.Guess || does == document.LongGuess) && !asked(r) {
		got.guess = fold64(r.Body)
		got.patient = does == document.LongGuess && !heard.MayBeStep()
	}
}

// goingOn returns the state of an operation that goes on with a word, or with none.
func goingOn(op *Operation, heard document.Statement) State {
	switch {
	case heard.Text == nil:
		return live(op.State)
	case heard.GoesOn():
		return State(heard.State())
	}
	return StateRunning
}

// doubt says why a document is undecided.
func doubt(heard document.Statement) string {
	if heard.Text == nil {
		return "it does not say in words how the operation stands"
	}
	return fmt.Sprintf("it says %q, and nothing shows whether that is the end of the operation, and which", shownWord(heard.Text))
}

// shownWord returns a word that is short enough for a message.
func shownWord(text []byte) string { return string(text[:min(len(text), 60)]) }

// progress returns how far the work is, without allocating where the message is what we had.
func progress(v *document.Summary, op *Operation) Progress {
	text := v.Message()
	percent, known := v.Percent()
	return Progress{Known: known, Percent: percent, Message: reuse(op.Progress.Message, text[:min(len(text), maxProblemText)])}
}

// asked reports whether the server asks us to come back, though perhaps not in words that count:
// "Retry-After: soon" is no time, but nobody says it with a result.
func asked(r Reply) bool {
	_, note := readHint(r)
	return note != HintAbsent
}

// live returns the state of an operation that goes on.
func live(s State) State {
	if s == StateUnknown || s.Terminal() {
		return StatePending
	}
	return s
}

// reuse returns text as a string, without allocating where it is what we had.
func reuse(had string, text []byte) string {
	if string(text) == had {
		return had
	}
	return string(text)
}
