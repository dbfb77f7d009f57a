package lro

import "net/http"

// GenericName is the name of the generic dialect.
const GenericName = "generic"

// Generic is the asynchronous request-reply pattern as HTTP itself and Microsoft's cloud design
// pattern of that name describe it, in both of its readings: 200 at the status URL as "here is the
// status" and as "finished, this is the result". The first answers decide which; see [Style].
type Generic struct{}

// Prepare returns the request as it is.
func (Generic) Prepare(req Request) Request { return req }

// Cancel asks the status URL to go away: DELETE (the pattern's own way).
func (Generic) Cancel(op Operation) (Request, bool) {
	return Request{Method: "DELETE", URL: op.StatusURL}, op.StatusURL != ""
}

// Read looks for a state in words, for progress and for links, in JSON answers to a submit or a
// poll. It leaves the rest to HTTP.
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
	case http.StatusOK, http.StatusNonAuthoritativeInfo: // 203 is a 200 that passed a proxy
		return readStatus(&op, r), nil
	}
	return Reading{}, nil
}

// readAccepted reads a 202 in answer to a poll: it goes on, unless a word that says otherwise is
// beyond doubt.
func readAccepted(op *Operation, r Reply) Reading {
	doc := JSON(r.Body)
	if !doc.IsObject() {
		return Reading{}
	}
	var d digest
	d.read(doc, true)
	got := Reading{State: d.state(), Native: reuse(op.Native, d.native), Progress: d.progress(op)}
	switch {
	case d.native == nil:
		got.State, got.Native = live(op.State), op.Native
	case got.State == StateUnknown, d.word.risky && got.State.Terminal():
		got.State = StateRunning
	}
	if got.State == StateSucceeded {
		got.ResultURL = resultLink(op, r, doc)
	}
	return got
}

// readStatus reads a 200 in answer to a poll: a status, or the result.
func readStatus(op *Operation, r Reply) Reading {
	doc := JSON(r.Body)
	var d digest
	d.read(doc, op.Style == Style200)
	got := Reading{State: d.state()}
	switch {
	case d.native == nil:
		got.State = wordless(op, r)
	case got.State == StateUnknown, d.word.risky && !trustedWord(op, r, got.State):
		got.State = unknownWord(op, r)
	}
	if got.State == StateUnknown {
		return Reading{}
	}
	got.Native = reuse(op.Native, d.native)
	got.Progress = d.progress(op)
	if got.State == StateSucceeded {
		got.ResultURL = resultLink(op, r, doc)
	}
	return got
}

// unknownWord reads a state that is not in the vocabulary, or that is but means little. Where the
// server has spoken in status documents before, or asks us to come back, it goes on; else the
// document is the result.
func unknownWord(op *Operation, r Reply) State {
	if op.Style == Style200 || op.Style == StyleUnknown && asked(r) {
		return StateRunning
	}
	return StateUnknown
}

// trustedWord says whether a risky word counts: where the server has spoken in status documents
// before, and not as an end while it asks us to come back.
func trustedWord(op *Operation, r Reply, s State) bool {
	return op.Style == Style200 && !(s.Terminal() && asked(r))
}

// wordless reads a 200 that names no state: the result, unless the server asks us to come back
// (Retry-After) and there is no result in sight.
func wordless(op *Operation, r Reply) State {
	doc := JSON(r.Body).trim()
	if op.Style != Style202 && (len(doc) == 0 || doc.IsObject()) && asked(r) {
		return live(op.State)
	}
	return StateUnknown
}

// asked says whether the server asks us to come back, though perhaps not in words that count:
// "Retry-After: 1.5" is no time, but nobody says it with a result.
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
