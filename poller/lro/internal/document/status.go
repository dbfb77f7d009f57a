package document

import "github.com/asyncctl/asyncctl/internal/jsontext"

// State returns what the word says about the operation.
func (s Statement) State() State { return s.word.state }

// Fine reports whether the word may speak of the request instead of the operation: "ok", "success".
func (s Statement) Fine() bool { return s.word.fine }

// Fails reports whether the word says that it ended without success.
func (s Statement) Fails() bool { return s.word.class == fails }

// MayBeStep reports whether the word is a known one behind another: the end, or that of a step.
func (s Statement) MayBeStep() bool { return s.word.step }

// GoesOn reports whether the word says, or may say, that the work is not over.
func (s Statement) GoesOn() bool { return s.word.class == goesOn || s.word.class == mayGoOn }

// ReadStatus walks the answer to a poll, and returns the document that the state stands in: doc itself, or
// the object that an envelope keeps it in.
func (v *Summary) ReadStatus(doc jsontext.Value) jsontext.Value {
	v.Read(doc)
	if !v.inEnvelope() {
		return doc
	}
	var within Summary
	within.Read(v.envelope)
	if !within.Speaks() {
		return doc
	}
	doc = v.envelope
	within.adopt(v)
	*v = within
	return doc
}

// inEnvelope reports whether the success that the document speaks of may be that of the request:
// {"status": "success", "data": {"status": "running"}} (JSend), {"success": true, "result": {...}}.
func (v *Summary) inEnvelope() bool {
	if v.envelope == nil || v.said[Top][goesOn].Text != nil || v.said[Top][fails].Text != nil {
		return false
	}
	return v.signs[Top]&successTrue != 0 || v.said[Top][succeeds].word.fine || v.said[Top][isSettled].word.fine
}

// adopt takes over what the envelope says beside the document within.
func (v *Summary) adopt(outer *Summary) {
	v.signs[Top] |= outer.signs[Top] & (troubled | successNot)
	v.content = true
	v.Broken = outer.Broken
}

// Loudest returns the word for the state, the surest class first.
func (v *Summary) Loudest() (Statement, bool) {
	for at := range v.said {
		for _, c := range [...]class{goesOn, fails, succeeds, ends, mayGoOn, isSettled, isRefused, unlisted} {
			if heard := v.said[at][c]; heard.Text != nil && (Level(at) != Inner || c == goesOn) {
				return heard, true
			}
		}
	}
	return Statement{}, false
}

// Ended returns the word for an end that no word beside it contradicts; false where there is none.
func (v *Summary) Ended() (heard Statement, succeeded, ok bool) {
	if heard, ok := v.Failed(Top); ok {
		return heard, false, true
	}
	heard, ok = v.Succeeded(Top)
	return heard, true, ok && v.said[Top][goesOn].Text == nil
}

// Troubled reports whether there is an error in the document.
func (v *Summary) Troubled() bool { return v.signs[Top]&troubled != 0 }

// Percent returns how far the work is, and whether the document says so.
func (v *Summary) Percent() (float64, bool) { return v.percent, v.known }

// Message returns what the document says in words; nil where it says nothing.
func (v *Summary) Message() []byte { return v.message }

// Identity returns which document this is: hashes of its id and of the name of its state. 0: it has none.
func (v *Summary) Identity() (id, state uint32) {
	if v.id != nil {
		id = fold32(v.id)
	}
	if v.stateName != nil {
		state = fold32(v.stateName)
	}
	return id, state
}

// Aside reports whether the row is of documents that say nothing in the usual places.
func (r Row) Aside() bool { return r >= pageOfError }

// ErrorAlone reports whether a document has nothing to say but an error.
func (v *Summary) ErrorAlone() bool {
	_, ok := errorAlone(v)
	return ok
}

// Denies reports whether a document has nothing to say but that it is no success.
func (v *Summary) Denies() bool { return !v.content && v.signs[Top]&successNot != 0 }

// Envelope returns the object that an envelope keeps the document in, if there is one.
func (v *Summary) Envelope() jsontext.Value { return v.envelope }

// Act returns what the row makes of a document in a situation.
func (r Row) Act(s Situation) Act { return table[r].acts[s] }

// String returns the row's name in docs/reference/reading-a-200.md.
func (r Row) String() string { return table[r].name }

// Rows returns all rows, in order.
func Rows() []Row {
	all := make([]Row, len(table))
	for i := range all {
		all[i] = Row(i)
	}
	return all
}

// NamesState reports whether a member with this name holds the word for a state or an outcome.
func NamesState(name []byte) bool {
	r, _ := roleOf(name)
	return r == jobState || r == otherState || r == stateLabel || r == outcomeOf
}
