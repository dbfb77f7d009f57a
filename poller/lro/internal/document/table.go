package document

// Situation is what is known of a server before its 200 is read.
type Situation uint8

const (
	Open        Situation = iota // nothing
	AskedBack                    // nothing, but there is a Retry-After
	InDocuments                  // it speaks in status documents
	ByStatus                     // it has answered a poll by 202, or 201 says that it is done
)

// Act is what a row makes of a document.
type Act uint8

const (
	AsResult    Act = iota // it is the result
	GoOn                   // the operation goes on, and the server speaks in status documents
	Guess                  // it may go on: ten equal answers are undecided
	LongGuess              // the same; ten equal answers over ten minutes are
	ComeBack               // nothing is known but that the server wants to be asked again
	AsSuccess              // the operation has succeeded
	AsFailure              // it has failed, or was cancelled, or did a part of its work
	CannotTell             // undecided
	Passing                // it cannot be read: it counts as a failure in passing
	SettledWord            // a settled word where status documents are spoken: "ok" is a success, others a guess
)

// row is one line of the table: the first that holds decides.
type row struct {
	name string
	acts [4]Act // by situation
}

// table says what a 200 at the status URL means. The further down, the less a document says about
// the operation; what is claimed shrinks with it: no row makes a success of a document without a word,
// or a place, that means one.
//
// The names of the rows are those of docs/reference/reading-a-200.md, which has an example of each.
var table = [...]row{
	brokenOff:       {"1 broken", [4]Act{Passing, Passing, Passing, Passing}},
	onlyError:       {"1 error", [4]Act{Passing, Passing, Passing, CannotTell}},
	topGoes:         {"2", [4]Act{GoOn, GoOn, GoOn, GoOn}},
	topFailed:       {"4", [4]Act{AsFailure, AsFailure, AsFailure, AsFailure}},
	topUnclear:      {"4 odd", [4]Act{CannotTell, ComeBack, CannotTell, CannotTell}},
	topSucceeded:    {"5", [4]Act{AsSuccess, AsSuccess, AsSuccess, AsSuccess}},
	aKubernetesKind: {"7a", [4]Act{CannotTell, GoOn, GoOn, AsResult}},
	jobGoes:         {"6", [4]Act{GoOn, GoOn, GoOn, AsResult}},
	innerGoes:       {"7", [4]Act{Guess, GoOn, GoOn, AsResult}},
	topMay:          {"8", [4]Act{Guess, GoOn, LongGuess, AsResult}},
	topRefused:      {"9", [4]Act{CannotTell, ComeBack, AsFailure, CannotTell}},
	jobRefused:      {"9 inner", [4]Act{CannotTell, ComeBack, AsFailure, AsResult}},
	insideFailed:    {"10", [4]Act{CannotTell, ComeBack, AsFailure, CannotTell}},
	jobUnclear:      {"10 odd", [4]Act{CannotTell, ComeBack, CannotTell, CannotTell}},
	jobSucceeded:    {"11", [4]Act{AsSuccess, ComeBack, AsSuccess, AsResult}},
	innerSucceeded:  {"12", [4]Act{CannotTell, ComeBack, AsSuccess, AsResult}},
	topSettled:      {"13", [4]Act{AsResult, ComeBack, SettledWord, AsResult}},
	jobSettled:      {"13 inner", [4]Act{AsResult, ComeBack, SettledWord, AsResult}},
	doneAndMade:     {"14 made", [4]Act{AsSuccess, ComeBack, AsSuccess, AsResult}},
	justDone:        {"14 done", [4]Act{CannotTell, ComeBack, AsSuccess, AsResult}},
	justOver:        {"14 over", [4]Act{CannotTell, ComeBack, CannotTell, AsResult}},
	stateIsNumber:   {"14", [4]Act{CannotTell, ComeBack, LongGuess, AsResult}},
	jobMay:          {"15", [4]Act{CannotTell, ComeBack, LongGuess, AsResult}},
	noSuccess:       {"16", [4]Act{CannotTell, ComeBack, CannotTell, CannotTell}},
	anError:         {"16 error", [4]Act{CannotTell, ComeBack, Passing, AsResult}},
	pageOfError:     {"17 error page", [4]Act{Passing, Passing, Passing, Passing}},
	pageWaits:       {"17 page", [4]Act{Guess, GoOn, LongGuess, AsResult}},
	listGoes:        {"17 list", [4]Act{Guess, GoOn, GoOn, AsResult}},
	listFailed:      {"17 list bad", [4]Act{CannotTell, ComeBack, AsFailure, AsResult}},
	strayGoes:       {"17 word", [4]Act{Guess, GoOn, LongGuess, AsResult}},
	strayFailed:     {"17 word bad", [4]Act{CannotTell, ComeBack, CannotTell, AsResult}},
	notMade:         {"17 null", [4]Act{Guess, ComeBack, LongGuess, AsResult}},
	bareMessage:     {"17 bare", [4]Act{Guess, ComeBack, Passing, AsResult}},
	Ordinary:        {"17", [4]Act{AsResult, ComeBack, AsResult, AsResult}},
}

// Row names a row; the order counts.
type Row uint8

const (
	brokenOff Row = iota
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
	justOver
	stateIsNumber
	jobMay
	noSuccess
	anError
	pageOfError
	pageWaits
	listGoes
	listFailed
	strayGoes
	strayFailed
	notMade
	bareMessage
	Ordinary // none of the others
)

// Decide returns the row that holds, and the Statement that it is about.
func (v *Summary) Decide() (Row, Statement) {
	for id := range Ordinary {
		if heard, ok := v.holds(id); ok {
			return id, heard
		}
	}
	return Ordinary, Statement{}
}

// holds returns the Statement that a row is about, and whether the row holds.
func (v *Summary) holds(id Row) (Statement, bool) {
	switch id {
	case brokenOff:
		return Statement{}, v.Broken
	case onlyError:
		return errorAlone(v)
	case topGoes:
		return v.Goes(Top)
	case topFailed:
		return v.Failed(Top)
	case topUnclear:
		return v.unclear(Top)
	case topSucceeded:
		return v.Succeeded(Top)
	case aKubernetesKind:
		return kubernetes(v)
	case jobGoes:
		return v.Goes(InJob)
	case innerGoes:
		return v.Goes(Inner)
	case topMay:
		return mayBeAStep(v)
	case topRefused:
		return v.of(Top, isRefused)
	case jobRefused:
		return v.of(InJob, isRefused)
	case insideFailed:
		return failedInside(v)
	case jobUnclear:
		return v.unclear(InJob)
	case jobSucceeded:
		return v.Succeeded(InJob)
	case innerSucceeded:
		return v.Succeeded(Inner)
	case topSettled:
		return v.of(Top, isSettled)
	case jobSettled:
		return v.of(InJob, isSettled)
	case doneAndMade:
		return madeSomething(v)
	case justDone:
		return Statement{}, v.signs[Top]&saysDone != 0 || v.signs[Top]&saysOver != 0 && v.signs[Top]&successTrue != 0
	case justOver:
		return Statement{}, v.signs[Top]&saysOver != 0
	case stateIsNumber:
		return aNumber(v)
	case jobMay:
		return stepInside(v)
	case noSuccess:
		return v.outcome[Top], v.signs[Top]&(successNot|outcomeBad|exitBad) != 0
	case anError:
		return Statement{}, v.signs[Top]&troubled != 0
	}
	return v.holdsAside(id)
}

// holdsAside is holds for the rows of documents that say nothing in the usual places.
func (v *Summary) holdsAside(id Row) (Statement, bool) {
	switch id {
	case pageOfError:
		return Statement{}, v.page == errorPage
	case pageWaits:
		return Statement{}, v.page == waitingPage
	case listGoes:
		return v.listed[goesOn], v.listed[goesOn].Text != nil
	case listFailed:
		return v.listed[fails], v.listed[fails].Text != nil
	case strayGoes:
		return v.strayWord(goesOn)
	case strayFailed:
		return v.strayWord(fails)
	case notMade:
		return Statement{}, v.unmade
	case bareMessage:
		return Statement{}, !v.more && (v.Object || v.nothing)
	}
	return Statement{}, false
}

// of returns the Statement of one class.
func (v *Summary) of(at Level, c class) (Statement, bool) {
	heard := v.said[at][c]
	return heard, heard.Text != nil
}

// Goes finds a word that goes on, or a boolean that says so.
func (v *Summary) Goes(at Level) (Statement, bool) {
	if heard, ok := v.of(at, goesOn); ok {
		return heard, true
	}
	return Statement{}, v.signs[at]&says != 0
}

// contradicted reports whether something beside an end says that it is no success.
func (v *Summary) contradicted(at Level, bare bool) bool {
	signs := v.signs[at]
	return signs&(outcomeBad|successNot|exitBad) != 0 || bare && (signs|v.signs[Top])&troubled != 0
}

// Failed finds an end that is no success: a word, or a word of success that its neighbours
// contradict. An outcome is more exact than the word for the end.
func (v *Summary) Failed(at Level) (Statement, bool) {
	heard, ok := v.of(at, fails)
	if ok && heard.word.bare && v.signs[at]&(outcomeGood|outcomeOdd) != 0 && !v.contradicted(at, true) {
		return Statement{}, false // terminated, with success
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
	if v.signs[at]&(saysDone|saysOver) != 0 && v.contradicted(at, true) {
		return v.exact(at, Statement{}), true
	}
	return Statement{}, false
}

// exact returns what an outcome says of an end that is no success, else a failure.
func (v *Summary) exact(at Level, heard Statement) Statement {
	out := v.outcome[at]
	if out.Text != nil && v.signs[at]&outcomeBad != 0 && (heard.word.class != fails || heard.word.bare) {
		return out
	}
	if heard.word.class != fails {
		heard.word = word{class: fails, state: Failed}
	}
	return heard
}

// unclear finds an end whose outcome is not known to be one.
func (v *Summary) unclear(at Level) (Statement, bool) {
	for _, c := range [...]class{succeeds, ends, fails} {
		if heard, ok := v.of(at, c); ok && (v.signs[at]&outcomeOdd != 0 || c == ends && v.signs[at]&(outcomeGood|exitGood) == 0) {
			return heard, true
		}
	}
	return Statement{}, false
}

// Succeeded finds a word of success, or an end beside an outcome that is one.
func (v *Summary) Succeeded(at Level) (Statement, bool) {
	if heard, ok := v.of(at, succeeds); ok {
		return heard, true
	}
	for _, c := range [...]class{ends, fails, unlisted} {
		heard, ok := v.of(at, c)
		if ok && (c != fails || heard.word.bare) && (v.signs[at]&outcomeGood != 0 || c == ends && v.signs[at]&exitGood != 0) {
			return heard, true
		}
	}
	if at == Top && !v.Stated() && v.signs[at]&outcomeGood != 0 {
		return v.outcome[at], true
	}
	return Statement{}, false
}

// kubernetes finds the state of a Kubernetes resource: a Pod that is running is no operation that is.
func kubernetes(v *Summary) (Statement, bool) {
	if !v.kind || !v.version {
		return Statement{}, false
	}
	if heard, ok := v.Goes(InJob); ok {
		return heard, true
	}
	return v.Goes(Inner)
}

// errorAlone reports whether there is nothing in the document but an error.
func errorAlone(v *Summary) (Statement, bool) {
	if v.content || v.signs[Top]&troubled == 0 && !v.odd {
		return Statement{}, false
	}
	for class := range v.said[Top] {
		if v.said[Top][class].Text != nil {
			return Statement{}, false
		}
	}
	return Statement{}, v.signs[Top]&(says|saysDone|saysOver) == 0
}

// mayBeAStep finds a word or a sign that may be a step of the operation, or the state of an Ordinary
// resource.
func mayBeAStep(v *Summary) (Statement, bool) {
	if heard, ok := v.of(Top, mayGoOn); ok {
		return heard, true
	}
	if heard, ok := v.of(Top, unlisted); ok && !v.inPlace {
		return heard, true
	}
	return Statement{}, v.signs[Top]&maySay != 0
}

// failedInside finds an end that is no success within an object.
func failedInside(v *Summary) (Statement, bool) {
	if heard, ok := v.Failed(InJob); ok {
		return heard, true
	}
	return v.Failed(Inner)
}

// madeSomething finds done: true beside what was made.
func madeSomething(v *Summary) (Statement, bool) {
	return Statement{}, v.signs[Top]&saysDone != 0 && v.fruit
}

// aNumber reports whether the state is a number or a boolean that nobody has explained.
func aNumber(v *Summary) (Statement, bool) {
	return Statement{}, (v.signs[Top]|v.signs[InJob])&numbered != 0 || v.signs[Top]&saysOff != 0
}

// stepInside finds a word that may be a step within an object that speaks of the operation.
func stepInside(v *Summary) (Statement, bool) {
	if heard, ok := v.of(InJob, mayGoOn); ok {
		return heard, true
	}
	return v.of(InJob, unlisted)
}
