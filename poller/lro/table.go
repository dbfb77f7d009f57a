package lro

// column is what is known of a server before its 200 is read.
type column uint8

const (
	styleOpen   column = iota // nothing
	askedBack                 // nothing, but there is a Retry-After
	inDocuments               // it speaks in status documents
	byStatus                  // it has answered a poll by 202, or 201 says that it is done
)

// act is what a row makes of a document.
type act uint8

const (
	asResult    act = iota // it is the result
	goOn                   // the operation goes on, and the server speaks in status documents
	guess                  // it may go on: ten equal answers are undecided
	longGuess              // the same; ten equal answers over ten minutes are
	comeBack               // nothing is known but that the server wants to be asked again
	asSuccess              // the operation has succeeded
	asFailure              // it has failed, or was cancelled, or did a part of its work
	cannotTell             // undecided
	passing                // it cannot be read: it counts as a failure in passing
	settledWord            // a settled word where status documents are spoken: "ok" is a success, others a guess
)

// row is one line of the table: the first that holds decides.
type row struct {
	name string
	acts [4]act // by column
}

// table says what a 200 at the status URL means. The further down, the less a document says about
// the operation; what is claimed shrinks with it: no row makes a success of a document without a word,
// or a place, that means one.
//
// The names of the rows are those of docs/reference/reading-a-200.md, which has an example of each.
var table = [...]row{
	brokenOff:       {"1 broken", [4]act{passing, passing, passing, passing}},
	onlyError:       {"1 error", [4]act{passing, passing, passing, cannotTell}},
	topGoes:         {"2", [4]act{goOn, goOn, goOn, goOn}},
	topFailed:       {"4", [4]act{asFailure, asFailure, asFailure, asFailure}},
	topUnclear:      {"4 odd", [4]act{cannotTell, comeBack, cannotTell, cannotTell}},
	topSucceeded:    {"5", [4]act{asSuccess, asSuccess, asSuccess, asSuccess}},
	aKubernetesKind: {"7a", [4]act{cannotTell, goOn, goOn, asResult}},
	jobGoes:         {"6", [4]act{goOn, goOn, goOn, asResult}},
	innerGoes:       {"7", [4]act{guess, goOn, goOn, asResult}},
	topMay:          {"8", [4]act{guess, goOn, longGuess, asResult}},
	topRefused:      {"9", [4]act{cannotTell, comeBack, asFailure, cannotTell}},
	jobRefused:      {"9 inner", [4]act{cannotTell, comeBack, asFailure, asResult}},
	insideFailed:    {"10", [4]act{cannotTell, comeBack, asFailure, cannotTell}},
	jobUnclear:      {"10 odd", [4]act{cannotTell, comeBack, cannotTell, cannotTell}},
	jobSucceeded:    {"11", [4]act{asSuccess, comeBack, asSuccess, asResult}},
	innerSucceeded:  {"12", [4]act{cannotTell, comeBack, asSuccess, asResult}},
	topSettled:      {"13", [4]act{asResult, comeBack, settledWord, asResult}},
	jobSettled:      {"13 inner", [4]act{asResult, comeBack, settledWord, asResult}},
	doneAndMade:     {"14 made", [4]act{asSuccess, comeBack, asSuccess, asResult}},
	justDone:        {"14 done", [4]act{cannotTell, comeBack, asSuccess, asResult}},
	stateIsNumber:   {"14", [4]act{cannotTell, comeBack, longGuess, asResult}},
	jobMay:          {"15", [4]act{cannotTell, comeBack, longGuess, asResult}},
	noSuccess:       {"16", [4]act{cannotTell, comeBack, cannotTell, cannotTell}},
	anError:         {"16 error", [4]act{cannotTell, comeBack, passing, asResult}},
	ordinary:        {"17", [4]act{asResult, comeBack, asResult, asResult}},
}

// rowID names a row; the order counts.
type rowID uint8

const (
	brokenOff rowID = iota
	onlyError
	topGoes
	topFailed
	topUnclear
	topSucceeded
	aKubernetesKind
	jobGoes
	innerGoes
	topMay
	topRefused
	jobRefused
	insideFailed
	jobUnclear
	jobSucceeded
	innerSucceeded
	topSettled
	jobSettled
	doneAndMade
	justDone
	stateIsNumber
	jobMay
	noSuccess
	anError
	ordinary // none of the others
)

// decide returns the row that holds, and the voice that it is about.
func (v *voices) decide() (rowID, voice) {
	for id := range ordinary {
		if heard, ok := v.holds(id); ok {
			return id, heard
		}
	}
	return ordinary, voice{}
}

// holds returns the voice that a row is about, and whether the row holds.
func (v *voices) holds(id rowID) (voice, bool) {
	switch id {
	case brokenOff:
		return voice{}, v.broken
	case onlyError:
		return errorAlone(v)
	case topGoes:
		return v.goes(top)
	case topFailed:
		return v.failed(top)
	case topUnclear:
		return v.unclear(top)
	case topSucceeded:
		return v.succeeded(top)
	case aKubernetesKind:
		return kubernetes(v)
	case jobGoes:
		return v.goes(inJob)
	case innerGoes:
		return v.goes(inner)
	case topMay:
		return mayBeAStep(v)
	case topRefused:
		return v.of(top, isRefused)
	case jobRefused:
		return v.of(inJob, isRefused)
	case insideFailed:
		return failedInside(v)
	case jobUnclear:
		return v.unclear(inJob)
	case jobSucceeded:
		return v.succeeded(inJob)
	case innerSucceeded:
		return v.succeeded(inner)
	case topSettled:
		return v.of(top, isSettled)
	case jobSettled:
		return v.of(inJob, isSettled)
	case doneAndMade:
		return madeSomething(v)
	case justDone:
		return voice{}, v.signs[top]&saysDone != 0
	case stateIsNumber:
		return aNumber(v)
	case jobMay:
		return stepInside(v)
	case noSuccess:
		return v.outcome[top], v.signs[top]&(successNot|outcomeBad|exitBad) != 0
	case anError:
		return voice{}, v.signs[top]&troubled != 0
	}
	return voice{}, false
}

// of returns the voice of one class.
func (v *voices) of(at level, c class) (voice, bool) {
	heard := v.said[at][c]
	return heard, heard.text != nil
}

// goes finds a word that goes on, or a boolean that says so.
func (v *voices) goes(at level) (voice, bool) {
	if heard, ok := v.of(at, goesOn); ok {
		return heard, true
	}
	return voice{}, v.signs[at]&says != 0
}

// contradicted reports whether something beside an end says that it is no success.
func (v *voices) contradicted(at level, bare bool) bool {
	signs := v.signs[at]
	return signs&(outcomeBad|successNot|exitBad) != 0 || bare && (signs|v.signs[top])&troubled != 0
}

// failed finds an end that is no success: a word, or a word of success that its neighbours
// contradict. An outcome is more exact than the word for the end.
func (v *voices) failed(at level) (voice, bool) {
	heard, ok := v.of(at, fails)
	if ok && heard.word.bare && v.signs[at]&(outcomeGood|outcomeOdd) != 0 && !v.contradicted(at, true) {
		return voice{}, false // terminated, with success
	}
	if ok {
		return v.exact(at, heard), true
	}
	for _, c := range [...]class{succeeds, ends, unlisted} {
		heard, ok := v.of(at, c)
		switch {
		case !ok:
		case c == succeeds && v.contradicted(at, heard.word.bare), c == ends && v.contradicted(at, true), c == unlisted && v.signs[at]&outcomeBad != 0:
			return v.exact(at, heard), true
		}
	}
	if v.signs[at]&saysDone != 0 && v.contradicted(at, true) {
		return v.exact(at, voice{}), true
	}
	return voice{}, false
}

// exact returns what an outcome says of an end that is no success, else a failure.
func (v *voices) exact(at level, heard voice) voice {
	out := v.outcome[at]
	if out.text != nil && v.signs[at]&outcomeBad != 0 && (heard.word.class != fails || heard.word.bare) {
		return out
	}
	if heard.word.class != fails {
		heard.word = word{class: fails, state: StateFailed}
	}
	return heard
}

// unclear finds an end whose outcome is not known to be one.
func (v *voices) unclear(at level) (voice, bool) {
	for _, c := range [...]class{succeeds, ends, fails} {
		if heard, ok := v.of(at, c); ok && (v.signs[at]&outcomeOdd != 0 || c == ends && v.signs[at]&(outcomeGood|exitGood) == 0) {
			return heard, true
		}
	}
	return voice{}, false
}

// succeeded finds a word of success, or an end beside an outcome that is one.
func (v *voices) succeeded(at level) (voice, bool) {
	if heard, ok := v.of(at, succeeds); ok {
		return heard, true
	}
	for _, c := range [...]class{ends, fails, unlisted} {
		heard, ok := v.of(at, c)
		if ok && (c != fails || heard.word.bare) && (v.signs[at]&outcomeGood != 0 || c == ends && v.signs[at]&exitGood != 0) {
			return heard, true
		}
	}
	if at == top && !v.stated() && v.signs[at]&outcomeGood != 0 {
		return v.outcome[at], true
	}
	return voice{}, false
}

// kubernetes finds the state of a Kubernetes resource: a Pod that is running is no operation that is.
func kubernetes(v *voices) (voice, bool) {
	if !v.kind || !v.version {
		return voice{}, false
	}
	if heard, ok := v.goes(inJob); ok {
		return heard, true
	}
	return v.goes(inner)
}

// errorAlone reports whether there is nothing in the document but an error.
func errorAlone(v *voices) (voice, bool) {
	if v.content || v.signs[top]&troubled == 0 {
		return voice{}, false
	}
	for class := range v.said[top] {
		if v.said[top][class].text != nil {
			return voice{}, false
		}
	}
	return voice{}, v.signs[top]&(says|saysDone) == 0
}

// mayBeAStep finds a word or a sign that may be a step of the operation, or the state of an ordinary
// resource.
func mayBeAStep(v *voices) (voice, bool) {
	if heard, ok := v.of(top, mayGoOn); ok {
		return heard, true
	}
	if heard, ok := v.of(top, unlisted); ok && !v.inPlace {
		return heard, true
	}
	return voice{}, v.signs[top]&maySay != 0
}

// failedInside finds an end that is no success within an object.
func failedInside(v *voices) (voice, bool) {
	if heard, ok := v.failed(inJob); ok {
		return heard, true
	}
	return v.failed(inner)
}

// madeSomething finds done: true beside what was made.
func madeSomething(v *voices) (voice, bool) {
	return voice{}, v.signs[top]&saysDone != 0 && v.fruit
}

// aNumber reports whether the state is a number or a boolean that nobody has explained.
func aNumber(v *voices) (voice, bool) {
	return voice{}, (v.signs[top]|v.signs[inJob])&numbered != 0 || v.signs[top]&saysOff != 0
}

// stepInside finds a word that may be a step within an object that speaks of the operation.
func stepInside(v *voices) (voice, bool) {
	if heard, ok := v.of(inJob, mayGoOn); ok {
		return heard, true
	}
	return v.of(inJob, unlisted)
}
