package lro

import (
	"net/http"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro/internal/document"
)

// Condition is a word that means a state although it is not in the vocabulary.
type Condition struct {
	// Pointer is where the word stands, a JSON Pointer. Empty: where a status document keeps its state,
	// in a member of its top level or of an object there that is named like one (status, state, phase).
	Pointer string
	// Word is compared without regard to case.
	Word string
	// State is what it means.
	State State
}

// Conditions is a dialect with words that somebody added to it. Where one of them means success, they
// guard: an answer that holds none of them is a success only by a word that the dialect knows, and
// never because nothing in it looks like a status.
type Conditions struct {
	Dialect
	Words []Condition
}

// Read looks for the words first; everything else is the dialect's.
func (c Conditions) Read(op Operation, r Reply) (Reading, error) {
	got, err := c.Dialect.Read(op, r)
	if err != nil || r.Status/100 != 2 || op.Phase == Submitting || op.Phase == Fetching {
		return got, err
	}
	doc := document.Text(r.Body)
	var v document.Summary
	v.Read(doc)
	for _, w := range c.Words {
		text, ok := w.find(doc)
		if !ok {
			continue
		}
		got = Reading{Dialect: got.Dialect, Cue: got.Cue, Carry: got.Carry, CancelURL: got.CancelURL, Job: got.Job}
		got.State, got.Native, got.Progress = w.State, reuse(op.Native, text), progress(&v, &op)
		if w.State == StateSucceeded {
			got.ResultURL = resultLink(&op, r, doc)
		}
		return got, nil
	}
	return c.guard(op, r, got, &v), nil
}

// guard makes an answer go on that no word of the person ends, where a word of theirs means success.
func (c Conditions) guard(op Operation, r Reply, got Reading, v *document.Summary) Reading {
	awaited := slices.ContainsFunc(c.Words, func(w Condition) bool { return w.State == StateSucceeded })
	unread := got.State == StateUnknown && !got.Unreadable && !got.Refused
	if !awaited || r.Status != http.StatusOK && r.Status != http.StatusNonAuthoritativeInfo || got.State.Terminal() || !unread && !got.Doubtful {
		return got
	}
	got.State, got.Native = StateRunning, ""
	if heard, ok := v.Loudest(); ok {
		got.Native = reuse(op.Native, heard.Text)
	}
	got.Progress = progress(v, &op)
	got.Doubtful, got.Undecided, got.guess = true, false, 0
	return got
}

// Cancel is the dialect's; false where nothing but a guess says that there is an operation.
func (c Conditions) Cancel(op Operation) (Request, bool) {
	if op.Doubtful {
		return Request{}, false
	}
	return c.Dialect.Cancel(op)
}

// Ask asks as the dialect does.
func (c Conditions) Ask(op Operation) Request {
	if a, ok := c.Dialect.(Asker); ok {
		return a.Ask(op)
	}
	return op.Next
}

// FetchAs asks for the result as the dialect does.
func (c Conditions) FetchAs(op Operation) Request {
	if f, ok := c.Dialect.(Fetcher); ok {
		return f.FetchAs(op)
	}
	return op.Next
}

// find returns the word as the document has it, and whether it is there.
func (c Condition) find(doc jsontext.Value) ([]byte, bool) {
	if c.Pointer != "" {
		value, _ := doc.At(c.Pointer)
		text, ok := value.Text()
		if !ok && len(value) > 0 && value[0] != '{' && value[0] != '[' { // a number, true, null
			text, ok = value, true
		}
		return text, ok && strings.EqualFold(string(text), c.Word)
	}
	return c.among(doc, 1)
}

// among looks for the word in the members of an object that are named like a state.
func (c Condition) among(doc jsontext.Value, depth int) ([]byte, bool) {
	for it := doc.Walk(); it.Object && it.Next(); {
		text, ok := it.Value.Text()
		if ok && document.NamesState(it.Key[1:len(it.Key)-1]) && strings.EqualFold(string(text), c.Word) {
			return text, true
		}
		if it.Value[0] == '{' && depth < document.MaxDepth {
			if text, ok := c.among(it.Value, depth+1); ok {
				return text, true
			}
		}
	}
	return nil, false
}
