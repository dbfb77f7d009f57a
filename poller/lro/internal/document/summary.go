package document

import "github.com/asyncctl/asyncctl/internal/jsontext"

// Level is where in a document a member stands.
type Level uint8

const (
	Top   Level = iota // a member of the document
	InJob              // a member of an object there whose name speaks of the operation: job, metadata
	Inner              // a member of any other object there
	levels
)

// Statement is a word in the place of a state, as the document has it.
type Statement struct {
	Text []byte // nil: there is none
	word word
	rank uint8 // the lower the likelier the place
}

// sign is what a level says besides words.
type sign uint16

const (
	says        sign = 1 << iota // running: true, done: false
	maySay                       // completed: false, a progress below 100
	saysDone                     // done: true
	saysOff                      // pending: false
	numbered                     // the state is a number or a boolean
	successTrue                  // success: true
	successNot                   // success: false
	exitGood                     // exit code 0
	exitBad                      // exit code 1
	saysOver                     // running: false, where it ran
	troubled                     // there is an error in it
	outcomeGood                  // result: "success"
	outcomeBad                   // conclusion: "failure"
	outcomeOdd                   // conclusion: "neutral"
)

// Summary is all that one walk over a document finds: of each class of word, on each level, the one in
// the likeliest place.
type Summary struct {
	said    [levels][classes]Statement
	outcome [levels]Statement // the word of a result, conclusion or outcome
	signs   [levels]sign

	Object  bool // it is a JSON object
	Broken  bool // it begins as one and is none
	several bool // something follows it: lines of JSON
	content bool // there is more in it than an error and remarks on that
	more    bool // there is more in it than an id and a message, though it may be empty
	nothing bool // it is null, or XML without a text
	odd     bool // its code is that of an error
	unmade  bool // what it is to make, or the time of its end, is null
	page    page // it is HTML
	fruit   bool // there is a result, response or data, or things in a list
	version bool // it has apiVersion
	kind    bool // it has kind
	inPlace bool // it is an address
	XML     bool // it is an XML document
	wrapped bool // the root of an XML document says that the request has succeeded

	envelope jsontext.Value // the object that envelopes keep the document in

	percent                  float64
	known                    bool // whether percent counts
	percentRank, messageRank uint8
	message                  []byte

	stray  [4]jsontext.Value // texts that may be a word for the state under a name that says nothing
	strays int
	listed [classes]Statement // the states of what is listed in it

	id, stateName []byte // which document this is: its id and the name of its state; nil: none
}

// MaxDepth bounds the objects that are looked into.
const MaxDepth = 3

// scope is what is known of the object that is being walked.
type scope struct {
	level Level
	role  role // of the object's own name
	depth int
	ofJob bool // its name is that of a job
}

// Read walks a document once.
func (v *Summary) Read(doc jsontext.Value) {
	if len(doc) == 0 {
		return
	}
	switch doc[0] {
	case '{':
		v.Object = true
		rest, ok := v.members(doc.Walk(), scope{depth: 1})
		v.several = ok && len(rest) > 0 && (rest[0] == '{' || rest[0] == '[')
		v.Broken = !ok || len(rest) > 0 && !v.several
		if v.several { // a list, in which no state is that of the operation
			*v = Summary{Object: true, several: true, more: true}
		}
	case '[':
		v.Broken = !doc.Whole()
		v.content, v.more = true, true
		v.readList(doc, false)
	case '<':
		v.readXML(doc)
	default:
		v.readText(doc)
	}
}

// members walks the members of an object and returns what follows it; false if the text is not JSON.
func (v *Summary) members(w jsontext.Walk, s scope) (jsontext.Value, bool) {
	for w.Name() {
		if len(w.Rest) == 0 {
			return nil, false
		}
		r, own := roleOf(w.Key[1 : len(w.Key)-1])
		if s.depth == 1 {
			v.meet(r, w.Rest)
		}
		if w.Rest[0] == '{' {
			if next, ok := s.enter(r, w.Key); ok {
				before := w.Rest
				if w.Rest, ok = v.members(jsontext.Walk{Rest: w.Rest[1:], Object: true}, next); !ok {
					return nil, false
				}
				if whole := before[:len(before)-len(w.Rest)]; s.depth == 1 && (r == dataOf || r == resultOf || next.ofJob) && v.envelope == nil && !whole.Empty() {
					v.envelope = whole
				}
				continue
			}
		}
		value := w.Take()
		if len(value) == 0 || !valueStart(value[0]) {
			return nil, false
		}
		v.member(r, own, w.Key, value, s)
	}
	return w.Closed()
}

// valueStart reports whether a JSON value may begin with c.
func valueStart(c byte) bool {
	switch c {
	case '"', '{', '[', 't', 'f', 'n', '-':
		return true
	}
	return c >= '0' && c <= '9'
}

// enter returns the scope of an object within s, and whether it is looked into.
func (s scope) enter(r role, key jsontext.Value) (scope, bool) {
	next := scope{level: s.level, role: r, depth: s.depth + 1}
	switch {
	case next.depth > MaxDepth, r == errorOf:
		return next, false
	case s.depth > 1: // only what stands for the state itself or the job, and JSON:API's data.attributes
		return next, r == jobState || r == otherState || r == jobOf && s.role == dataOf || s.role == dataOf && foldsTo(key[1:len(key)-1], "attributes")
	case r == jobState, r == dataOf, r == percentOf, r == onIfTrue:
		next.level = InJob
	case r == jobOf, roleOfWord(lastWord(key[1:len(key)-1]), true) == jobOf:
		next.level = InJob
		next.ofJob = roleOfWord(lastWord(key[1:len(key)-1]), true) == jobOf
	default:
		next.level = Inner
	}
	return next, true
}

// meet notes what the members of the document are, whatever their values.
func (v *Summary) meet(r role, value jsontext.Value) {
	v.more = v.more || r != messageOf && r != idOf && r != note
	switch r {
	case versionOfKind:
		v.version = true
	case kindOf:
		v.kind = true
	case placeOf:
		v.inPlace = true
	case errorOf, remark, note, messageOf, successOf, failedIf, idOf, jobState:
	default:
		if !v.content {
			n := jsontext.Len(value)
			v.content = n > 0 && !value[:n].Empty()
		}
	}
	if (r == dataOf || r == resultOf || r == fruitOf) && !v.fruit {
		n := jsontext.Len(value)
		v.fruit = n > 0 && !value[:n].Empty()
	}
}

// member finds one member that is not looked into.
func (v *Summary) member(r role, own bool, key, value jsontext.Value, s scope) {
	at := s.level
	switch r {
	case noRole, remark, note, placeOf:
		if s.role == jobState || s.role == otherState { // status: {"name": "running"}
			v.inState(key, value, s)
		} else if s.depth == 1 {
			v.aside(r, key, value)
		}
	case jobState, otherState, stateLabel:
		if s.role == jobState && s.depth == 2 { // status: {"state": "running"}
			at = InJob
		}
		v.state(r, own, key, value, at, s)
	case outcomeOf, resultOf:
		v.outcomeIn(r, value, at)
		v.unmade = v.unmade || s.depth == 1 && r == resultOf && null(value)
	case endTime, yield:
		v.unmade = v.unmade || s.depth == 1 && null(value)
	case jobsOf, dataOf:
		if s.depth == 1 && value[0] == '[' {
			v.readList(value, r == jobsOf)
		}
	case fruitOf:
		v.unmade = v.unmade || s.depth == 1 && null(value) && foldsTo(key[1:len(key)-1], "output")
	case successOf:
		switch value[0] {
		case 't':
			v.signs[at] |= successTrue
		case 'f':
			v.signs[at] |= successNot
		}
	case exitOf:
		v.exit(value, at)
	case errorOf:
		if !value.Hollow() {
			v.signs[at] |= troubled
		}
	case failedIf:
		if value[0] == 't' {
			v.signs[at] |= troubled
		}
	case percentOf:
		v.percentIn(value, at)
	case messageOf:
		v.messageIn(value, at)
	case onIfTrue, onIfFalse, mayIfFalse:
		v.flag(r, key, value, at)
	case idOf:
		if s.depth == 1 && v.id == nil {
			v.id = value
		}
	}
}

// inState finds a member of an object that stands for the state.
func (v *Summary) inState(key, value jsontext.Value, s scope) {
	name := key[1 : len(key)-1]
	for _, known := range [...]string{"name", "value", "text", "label", "key", "code"} {
		if foldsTo(name, known) {
			level := s.level
			if s.depth == 2 {
				level = Top
			}
			if value[0] == '"' {
				v.state(s.role, false, key, value, level, s)
			}
			return
		}
	}
}

// state finds the value of a member that is named like a state.
func (v *Summary) state(r role, own bool, key, value jsontext.Value, at Level, s scope) {
	if at == Inner && own {
		at = InJob // {"transcript": {"jobStatus": "running"}}
	}
	text, ok := value.Text()
	if !ok {
		v.number(r, own, value, at)
		return
	}
	if len(text) == 0 {
		return
	}
	w := lookup(text)
	if r != jobState && (w.class == unlisted || w.class == mayGoOn) || r == stateLabel && w.class > ends {
		return
	}
	heard := Statement{Text: text[:min(len(text), MaxWord)], word: w, rank: placeRank(key, r)}
	if was := &v.said[at][w.class]; was.Text == nil || heard.rank < was.rank {
		*was = heard
	}
	if s.depth == 1 && v.stateName == nil && r == jobState {
		v.stateName = key
	}
}

// aside keeps what an unknown member says, for a document that says nothing else.
func (v *Summary) aside(r role, key, value jsontext.Value) {
	switch {
	case r == note:
		n, ok := value.Number()
		v.odd = v.odd || ok && n != 0 && (n < 200 || n > 299) && foldsTo(key[1:len(key)-1], "code")
	case r == noRole && value[0] == '"' && len(value) < longestWord && v.strays < len(v.stray):
		v.stray[v.strays] = value
		v.strays++
	}
}

// null reports whether a member that is to be filled is not.
func null(value jsontext.Value) bool { return value[0] == 'n' || len(value) == 2 && value[0] == '"' }

// placeRank orders the places of a state: status, state, phase, others.
func placeRank(key jsontext.Value, r role) uint8 {
	switch {
	case r == stateLabel:
		return 9
	case foldsTo(key[1:len(key)-1], "status"):
		return 1
	case foldsTo(key[1:len(key)-1], "state"):
		return 2
	}
	return 3
}

// number finds a state that is a number or a boolean. 200 to 299 are HTTP statuses that say nothing.
func (v *Summary) number(r role, own bool, value jsontext.Value, at Level) {
	c := value[0]
	digits := c >= '0' && c <= '9' || c == '-'
	if r != jobState || !digits && c != 't' && c != 'f' || digits && len(value) == 3 && c == '2' || at == Inner && !own {
		return
	}
	v.signs[at] |= numbered
}

func (v *Summary) outcomeIn(r role, value jsontext.Value, at Level) {
	text, ok := value.Text()
	if !ok || len(text) == 0 {
		return
	}
	w := lookup(text)
	switch w.class {
	case succeeds:
		v.signs[at] |= outcomeGood
	case fails, isRefused:
		v.signs[at] |= outcomeBad
	case isSettled:
		if !w.fine {
			return
		}
		v.signs[at] |= outcomeGood
	default:
		if r != outcomeOf || w.class == goesOn {
			return // the result itself
		}
		v.signs[at] |= outcomeOdd
	}
	v.outcome[at] = Statement{Text: text[:min(len(text), MaxWord)], word: w}
}

func (v *Summary) exit(value jsontext.Value, at Level) {
	text, ok := value.Text()
	switch {
	case ok && len(text) == 0, value[0] == 'n':
	case ok && lookup(text).state == Succeeded, string(value) == "0", ok && string(text) == "0":
		v.signs[at] |= exitGood
	default:
		v.signs[at] |= exitBad
	}
}

func (v *Summary) percentIn(value jsontext.Value, at Level) {
	n, ok := value.Number()
	if !ok {
		n, ok = percentText(value)
	}
	if !ok || n < 0 || n > 100 || at == Inner || v.known && uint8(at) >= v.percentRank {
		return
	}
	v.percent, v.known, v.percentRank = n, true, uint8(at)
	if n < 100 && at == Top {
		v.signs[at] |= maySay
	}
}

// percentText reads "50" and "50%".
func percentText(value jsontext.Value) (float64, bool) {
	text, ok := value.Text()
	if !ok || len(text) == 0 {
		return 0, false
	}
	if text[len(text)-1] == '%' {
		text = text[:len(text)-1]
	}
	return jsontext.Value(text).Number()
}

func (v *Summary) messageIn(value jsontext.Value, at Level) {
	text, ok := value.Text()
	if !ok || at == Inner || v.message != nil && uint8(at) >= v.messageRank {
		return
	}
	v.message, v.messageRank = text, uint8(at)
}

// flag finds a boolean. Of "queued": false nothing follows, and of "running": false the end.
func (v *Summary) flag(r role, key, value jsontext.Value, at Level) {
	if c := value[0]; c != 't' && c != 'f' || at == Inner {
		return
	}
	yes := value[0] == 't'
	switch {
	case r == onIfTrue && yes, r == onIfFalse && !yes:
		v.signs[at] |= says
	case r == mayIfFalse && !yes:
		v.signs[at] |= maySay
	case r == onIfTrue:
		v.signs[at] |= saysOff
		if w := lookup(key[1 : len(key)-1]); w.state == Running {
			v.signs[at] |= saysOver
		}
	default:
		v.signs[at] |= saysDone
	}
}

// Stated reports whether the document speaks of a state on its top level.
func (v *Summary) Stated() bool {
	for class := range v.said[Top] {
		if v.said[Top][class].Text != nil {
			return true
		}
	}
	return v.signs[Top]&(says|maySay|saysDone|saysOff|numbered) != 0
}

// Speaks reports whether the document speaks of a state, or holds an object that does.
func (v *Summary) Speaks() bool {
	for class := range v.said[InJob] {
		if v.said[InJob][class].Text != nil {
			return true
		}
	}
	return v.Stated()
}

// fold32 is a hash of some bytes (FNV-1a), never 0.
func fold32(b []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range b {
		h = (h ^ uint32(c)) * 16777619
	}
	return h | 1
}
