package lro

import "strings"

// The places where a status document may keep what we look for, the likeliest first.
var (
	statePointers = []string{
		"/status", "/state", "/properties/provisioningState", "/runtimeStatus", "/processing_status",
		"/dispatchState", "/phase", "/TaskState", "/jobStatus", "/data/attributes/status",
	}
	percentPointers = []string{
		"/percentComplete", "/percentageComplete", "/percent_complete", "/PercentComplete", "/percentage",
		"/percent", "/progress",
	}
	messagePointers = []string{"/message", "/statusMessage", "/description"}
	errorPointers   = []string{"/error", "/errors"}
)

// maxNative bounds the word for the state that is kept.
const maxNative = 200

// digest is what a status document says, found in one walk over its members.
type digest struct {
	word    word
	native  []byte // the state in the server's own word; nil: there is none
	percent float64
	known   bool // whether percent counts
	message []byte
	trouble bool // there is an error in it

	data JSON // the member that envelopes keep the document in

	stateRank, percentRank, messageRank int // 0: not found yet; the lower the likelier
}

// place is one top-level member that counts: what for, how likely, and where in it.
type place struct {
	kind  kind
	rank  int
	inner string // JSON Pointer within the member
}

type kind uint8

const (
	isState kind = iota
	isPercent
	isMessage
	isError
)

var places = indexPlaces()

func indexPlaces() map[string]place {
	all := map[string]place{}
	for k, pointers := range [][]string{
		isState: statePointers, isPercent: percentPointers, isMessage: messagePointers, isError: errorPointers,
	} {
		for i, pointer := range pointers {
			name, inner, nested := strings.Cut(pointer[1:], "/")
			if nested {
				inner = "/" + inner
			}
			all[name] = place{kind: kind(k), rank: i + 1, inner: inner}
		}
	}
	return all
}

// read looks through the members of doc. trusting says that risky words count, because the server
// has spoken in status documents before.
func (d *digest) read(doc JSON, trusting bool) {
	d.walk(doc, trusting)
	if d.stateRank%len(statePointers) != 1 || d.word.state != StateSucceeded || !d.data.IsObject() {
		return
	}
	// JSend: {"status": "success", "data": {"status": "running"}}. The success is that of the request;
	// how the work stands is said within.
	var inner digest
	if inner.walk(d.data, trusting); inner.native != nil {
		inner.trouble = inner.trouble || d.trouble
		*d = inner
	}
}

func (d *digest) walk(doc JSON, trusting bool) {
	for it := doc.trim().members(); it.next(); {
		name, _ := it.key.Text()
		if string(name) == "data" {
			d.data = it.value
		}
		at, ok := places[string(name)]
		if !ok {
			continue
		}
		v := it.value
		if at.inner != "" {
			v, _ = v.At(at.inner)
		}
		switch at.kind {
		case isState:
			d.takeState(v, at.rank, trusting)
		case isPercent:
			d.takePercent(v, at.rank)
		case isMessage:
			d.takeMessage(v, at.rank)
		case isError:
			d.trouble = d.trouble || !v.Empty()
		}
	}
}

// takeState keeps the likeliest state that we understand, else the likeliest word. Numbers, objects
// and null are no state.
func (d *digest) takeState(v JSON, rank int, trusting bool) {
	text, ok := v.Text()
	if !ok {
		return
	}
	w := lookupWord(text)
	if w.state == StateUnknown || w.risky && !trusting {
		rank += len(statePointers)
	}
	if d.stateRank == 0 || rank < d.stateRank {
		d.word, d.native, d.stateRank = w, text[:min(len(text), maxNative)], rank
	}
}

func (d *digest) takePercent(v JSON, rank int) {
	n, ok := v.Number()
	if ok && n >= 0 && n <= 100 && (!d.known || rank < d.percentRank) {
		d.percent, d.known, d.percentRank = n, true, rank
	}
}

func (d *digest) takeMessage(v JSON, rank int) {
	text, ok := v.Text()
	if ok && (d.message == nil || rank < d.messageRank) {
		d.message, d.messageRank = text, rank
	}
}

// state is what the word means beside the rest: a bare "done" with an error is a failure.
func (d *digest) state() State {
	if d.word.bare && d.trouble {
		return StateFailed
	}
	return d.word.state
}

// progress returns how far the work is, without allocating where the message is what we had.
func (d *digest) progress(op *Operation) Progress {
	text := d.message[:min(len(d.message), maxProblemText)]
	return Progress{Known: d.known, Percent: d.percent, Message: reuse(op.Progress.Message, text)}
}

// reuse returns text as a string, without allocating where it is what we had.
func reuse(had string, text []byte) string {
	if string(text) == had {
		return had
	}
	return string(text)
}
