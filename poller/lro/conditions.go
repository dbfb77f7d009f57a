package lro

import "strings"

// Condition is a word that means a state although it is not in the vocabulary.
type Condition struct {
	// Pointer is where the word stands, a JSON Pointer. Empty: where the pattern keeps its state.
	Pointer string
	// Word is compared without regard to case.
	Word string
	// State is what it means.
	State State
}

// Conditions is a dialect with words that somebody added to it.
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
	doc := JSON(r.Body)
	for _, w := range c.Words {
		text, ok := w.find(doc)
		if !ok {
			continue
		}
		var d digest
		d.read(doc, true)
		got.State, got.Native, got.Progress = w.State, reuse(op.Native, text), d.progress(&op)
		if w.State == StateSucceeded {
			got.ResultURL = resultLink(&op, r, doc)
		}
		return got, nil
	}
	return got, nil
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
func (c Condition) find(doc JSON) ([]byte, bool) {
	pointers := statePointers
	if c.Pointer != "" {
		pointers = []string{c.Pointer}
	}
	for _, pointer := range pointers {
		v, _ := doc.At(pointer)
		if text, ok := v.Text(); ok && strings.EqualFold(string(text), c.Word) {
			return text, true
		}
	}
	return nil, false
}
