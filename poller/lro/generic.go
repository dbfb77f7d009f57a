package lro

import (
	"fmt"
	"net/http"

	"github.com/asyncctl/asyncctl/internal/jsontext"
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
		return Reading{}, nil
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

// readAccepted reads a 202 in answer to a poll: it goes on, unless a word that says otherwise is
// beyond doubt.
func readAccepted(op *Operation, r Reply) Reading {
	doc := document(r.Body)
	if !doc.IsObject() {
		return Reading{}
	}
	var v voices
	v.hear(doc)
	if v.broken && !r.More {
		return Reading{Unreadable: true}
	}
	got := Reading{State: live(op.State), Native: op.Native, Progress: v.progress(op), Spoken: v.spoken()}
	if heard, ok := v.loudest(); ok {
		got.State, got.Native = StateRunning, reuse(op.Native, heard.text)
		if heard.word.class == goesOn || heard.word.class == mayGoOn {
			got.State = heard.word.state
		}
	}
	if heard, ok := v.failed(top); ok {
		got.State, got.Native = heard.word.state, reuse(op.Native, heard.text)
	} else if heard, ok := v.succeeded(top); ok && v.said[top][goesOn].text == nil {
		got.State, got.Native = StateSucceeded, reuse(op.Native, heard.text)
		got.ResultURL = resultLink(op, r, doc)
	}
	if _, on := v.goes(top); on && got.State.Terminal() {
		got.State = live(op.State)
	}
	return got
}

// readStatus reads a 200 in answer to a poll: a status, or the result.
func readStatus(op *Operation, r Reply) Reading {
	doc := document(r.Body)
	var v voices
	v.hear(doc)
	if v.inEnvelope() {
		var within voices
		within.hear(v.envelope)
		if within.speaks() {
			within.adopt(&v)
			v, doc = within, v.envelope
		}
	}
	v.broken = v.broken && !r.More
	line, heard := v.decide()
	return v.reading(op, r, doc, line, heard)
}

// inEnvelope reports whether the success that the document speaks of may be that of the request:
// {"status": "success", "data": {"status": "running"}} (JSend), {"success": true, "result": {...}}.
func (v *voices) inEnvelope() bool {
	if v.envelope == nil || v.said[top][goesOn].text != nil || v.said[top][fails].text != nil {
		return false
	}
	return v.signs[top]&successTrue != 0 || v.said[top][succeeds].word.fine || v.said[top][isSettled].word.fine
}

// adopt takes over what the envelope says beside the document within.
func (v *voices) adopt(outer *voices) {
	v.signs[top] |= outer.signs[top] & (troubled | successNot)
	v.content = true
	v.broken = outer.broken
}

// column returns what is known of the server.
func (op *Operation) column(v *voices, r Reply) column {
	switch {
	case op.Style == Style202, r.Status == http.StatusCreated, op.Phase == Following && op.StatusURL == "":
		return byStatus
	case op.Style == Style200, op.spokeBefore(v):
		return inDocuments
	case asked(r):
		return askedBack
	}
	return styleOpen
}

// reading makes a reading of the row that holds.
func (v *voices) reading(op *Operation, r Reply, doc jsontext.Value, line rowID, heard voice) Reading {
	at := op.column(v, r)
	does := table[line].acts[at]
	if does == comeBack && line == ordinary && !v.object && !v.xml && len(doc) > 0 {
		does = asResult // text beside a stray Retry-After
	}
	got := Reading{State: StateUnknown, row: table[line].name}
	switch does {
	case asResult:
		return got
	case passing:
		got.Unreadable = true
		return got
	case cannotTell:
		got.Undecided, got.Why = true, doubt(heard)
		return got
	case asSuccess:
		got.State = StateSucceeded
	case asFailure:
		got.State = heard.word.state
	case settledWord:
		if heard.word.fine && !asked(r) {
			got.State = StateSucceeded
			break
		}
		got.guessOn(op, heard, longGuess, r)
	default:
		got.guessOn(op, heard, does, r)
	}
	got.Native = reuse(op.Native, heard.text)
	got.Progress = v.progress(op)
	if got.State == StateSucceeded {
		got.ResultURL = resultLink(op, r, doc)
	}
	return got
}

// guessOn makes the operation go on, and says of a guess how it is to be counted: never beside a hint.
func (got *Reading) guessOn(op *Operation, heard voice, does act, r Reply) {
	got.State = goingOn(op, heard)
	got.Doubtful = does != goOn
	if (does == guess || does == longGuess) && !asked(r) {
		got.guess = fold64(r.Body)
		got.patient = does == longGuess
	}
}

// goingOn returns the state of an operation that goes on with a word, or with none.
func goingOn(op *Operation, heard voice) State {
	switch {
	case heard.text == nil:
		return live(op.State)
	case heard.word.class == goesOn || heard.word.class == mayGoOn:
		return heard.word.state
	}
	return StateRunning
}

// doubt says why a document is undecided.
func doubt(heard voice) string {
	if heard.text == nil {
		return "it does not say in words how the operation stands"
	}
	return fmt.Sprintf("it says %q, and nothing shows whether that is the end of the operation, and which", shownWord(heard.text))
}

// shownWord returns a word that is short enough for a message.
func shownWord(text []byte) string { return string(text[:min(len(text), 60)]) }

// loudest returns the word for the state, the surest class first.
func (v *voices) loudest() (voice, bool) {
	for at := range v.said {
		for _, c := range [...]class{goesOn, fails, succeeds, ends, mayGoOn, isSettled, isRefused, unlisted} {
			if heard := v.said[at][c]; heard.text != nil && (level(at) != inner || c == goesOn) {
				return heard, true
			}
		}
	}
	return voice{}, false
}

// progress returns how far the work is, without allocating where the message is what we had.
func (v *voices) progress(op *Operation) Progress {
	text := v.message[:min(len(v.message), maxProblemText)]
	return Progress{Known: v.known, Percent: v.percent, Message: reuse(op.Progress.Message, text)}
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
