package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/internal/hole"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// sketch makes answers that a dialect reads as what they are for.
type sketch struct {
	op    *Operation
	rules dialect.Rules
	words spelled
}

// spelled is how a file spells its words.
type spelled struct{ state, outcome map[lro.State]string }

// words returns the first word for each state, as the file spells it.
func (op *Operation) words() spelled {
	w := op.spelled
	rules := op.spoken()
	for _, group := range []struct {
		to    *map[lro.State]string
		words map[string]lro.State
	}{{&w.state, rules.Words}, {&w.outcome, rules.Outcome.Words}} {
		all := map[lro.State]string{}
		for _, word := range slices.Backward(sortedNames(group.words)) {
			all[group.words[word]] = word
		}
		for state, word := range *group.to {
			all[state] = word
		}
		*group.to = all
	}
	return w
}

// speaks reports whether the dialect has a way to say a state. The usual ones are always said.
func (s *sketch) speaks(state lro.State) bool {
	switch state {
	case lro.StateWaiting, lro.StateCancelling, lro.StatePending:
		return s.words.state[state] != "" || s.code(state) != 0
	case lro.StatePartial:
		return s.words.state[state] != "" || s.words.outcome[state] != "" || len(s.rules.Partial) > 0
	}
	return true
}

// code returns the HTTP status that says a state; 0: none does.
func (s *sketch) code(state lro.State) int {
	for code := 200; code < 600; code++ {
		if said, ok := s.rules.Statuses[code]; ok && said == state {
			return code
		}
	}
	return 0
}

// status returns the answer to a poll in a state.
func (s *sketch) status(state lro.State) Answer {
	doc := document{}
	a := Answer{Header: map[string]string{}, Status: s.code(state)}
	if s.byHTTP(&a, state) {
		return a
	}
	s.say(doc, a.Header, state)
	s.progress(doc, a.Header, state)
	switch state {
	case lro.StateSucceeded, lro.StatePartial:
		s.result(doc, a.Header)
	case lro.StateFailed:
		s.failure(doc)
	case lro.StateCancelled:
		if s.rules.State == "" && a.Status == 0 && len(s.rules.Statuses) > 0 {
			a.Status = http.StatusNotFound
		}
	}
	if state == lro.StatePartial && s.words.state[state] == "" && s.words.outcome[state] == "" {
		for _, p := range s.rules.Partial {
			doc.set(p, `{"title": "a part failed"}`)
			break
		}
	}
	if state == lro.StateFailed && s.rules.State == "" && a.Status == 0 && len(s.rules.Statuses) > 0 {
		a.Status = http.StatusUnprocessableEntity
	}
	if a.Status == http.StatusAccepted && len(doc) == 0 {
		return a
	}
	a.Content.JSON = doc.text()
	return a
}

// byHTTP makes an answer whose status alone says the state; false where a document does.
func (s *sketch) byHTTP(a *Answer, state lro.State) bool {
	pending, on := s.rules.Statuses[http.StatusOK]
	switch {
	case len(s.rules.Statuses) == 0 || a.Status != 0:
	case on && !pending.Terminal() && (state == lro.StateSucceeded || state == lro.StatePartial):
		a.Status, a.Header["Location"] = http.StatusSeeOther, "{{result}}" // only a redirect is an end
		return true
	case on && !pending.Terminal() && state == lro.StateFailed:
		a.Status, a.Content.JSON = http.StatusUnprocessableEntity, `{"title": "the work failed"}`
		return true
	case s.rules.State == "" && !state.Terminal():
		a.Status = http.StatusAccepted
	}
	return false
}

// say writes the words for a state.
func (s *sketch) say(doc document, header map[string]string, state lro.State) {
	if len(s.rules.Statuses) > 0 && s.rules.State == "" {
		return
	}
	at := s.rules.State
	if at == "" {
		at = "/status"
	}
	word := s.words.state[state]
	if out := s.words.outcome[state]; s.rules.Outcome.At != "" && state.Terminal() {
		if out == "" {
			out = s.unlisted(state)
		}
		if done := s.words.state[dialect.Done]; done != "" {
			word = done
		}
		write(doc, header, s.rules.Outcome.At, quoted(out))
	}
	if word == "" && state == lro.StatePartial {
		word = s.words.state[lro.StateSucceeded]
	}
	if word == "" {
		word = state.String()
	}
	value := quoted(word)
	if word == "true" || word == "false" || jsonNumber().MatchString(word) {
		value = word
	}
	write(doc, header, at, value)
}

// unlisted returns a word for an outcome that no word of the table says.
func (s *sketch) unlisted(state lro.State) string {
	if s.rules.Outcome.Others == state {
		return strings.ToUpper(state.String()[:1]) + state.String()[1:]
	}
	return state.String()
}

// write writes a value at a place: of a document, or into a header field.
func write(doc document, header map[string]string, place, value string) {
	if name, ok := strings.CutPrefix(place, "header:"); ok {
		var text string
		if json.Unmarshal([]byte(value), &text) != nil {
			text = value
		}
		header[name] = text
		return
	}
	if place != "" {
		doc.set(place, value)
	}
}

func (s *sketch) progress(doc document, header map[string]string, state lro.State) {
	if state == lro.StateFailed || state == lro.StateCancelled {
		return
	}
	d := s.rules
	switch {
	case d.Progress == "":
	case d.Total != "":
		write(doc, header, d.Progress, `"{{percent}}"`)
		write(doc, header, d.Total, "100")
	case d.Scale == 0 || d.Scale == 1:
		write(doc, header, d.Progress, `"{{percent}}"`)
	}
	if d.Message != "" && d.Message != d.Progress {
		write(doc, header, d.Message, quoted(state.String()))
	}
}

// result writes where the result is.
func (s *sketch) result(doc document, header map[string]string) {
	for _, t := range s.rules.Result {
		if name, whole := hole.Whole(t); whole && (strings.HasPrefix(name, "/") || strings.HasPrefix(name, "header:")) {
			write(doc, header, name, `"{{result}}"`)
			return
		}
		for _, name := range hole.Names(t) {
			if strings.HasPrefix(name, "/") {
				doc.set(name, `"{{id}}"`)
			}
		}
	}
	switch {
	case s.rules.Files != "":
		doc.set(s.rules.Files, `"{{result}}"`)
	case s.rules.Inline != "" && len(s.rules.Result) == 0:
		doc.set(s.rules.Inline, `{"ok": true}`)
	}
}

func (s *sketch) failure(doc document) {
	at := "/error"
	if len(s.rules.Failure) > 0 {
		at = s.rules.Failure[0]
	}
	if !strings.HasPrefix(at, "header:") {
		doc.set(at, `{"title": "the work failed", "status": 422}`)
	}
}

// accepted returns the answer to a submit.
func (s *sketch) accepted() Answer {
	doc := document{}
	a := Answer{Header: map[string]string{}, Status: http.StatusAccepted}
	header := len(s.rules.Status) == 0
	if header {
		a.Header["Location"] = "{{status}}"
	}
	for _, t := range s.rules.Status {
		name, whole := hole.Whole(t)
		if whole && strings.HasPrefix(name, "header:") {
			a.Header[name[len("header:"):]] = "{{status}}"
			header = true
			break
		}
		if whole && strings.HasPrefix(name, "/") {
			doc.set(name, `"{{status}}"`)
			break
		}
		for _, name := range hole.Names(t) {
			if strings.HasPrefix(name, "/") || strings.HasPrefix(name, "header:") {
				write(doc, a.Header, name, `"{{id}}"`)
			}
		}
	}
	if s.rules.Job != "" {
		write(doc, a.Header, s.rules.Job, `"{{id}}"`)
	}
	if len(s.rules.Accept) > 0 && !header {
		a.Status = s.rules.Accept[0]
	}
	for _, t := range s.rules.Cancel.URL {
		if name, whole := hole.Whole(t); whole && strings.HasPrefix(name, "/") {
			doc.set(name, `"{{cancel}}"`)
			continue
		}
		for _, name := range hole.Names(t) {
			if strings.HasPrefix(name, "/") {
				doc.set(name, `"{{id}}"`)
			}
		}
	}
	a.Content.JSON = doc.text()
	return a
}

// document is a JSON document that is written place by place.
type document map[string]any

// list is an array of one element.
type list1 [1]any

// set writes a value, in JSON, at a pointer; "*" and numbers are elements of lists.
func (d document) set(pointer, value string) {
	tokens := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	d.put(tokens, json.RawMessage(value))
}

func (d document) put(tokens []string, value any) {
	name := strings.NewReplacer("~1", "/", "~0", "~").Replace(tokens[0])
	d[name] = grown(d[name], tokens[1:], value)
}

// grown returns a value with another one within it.
func grown(had any, tokens []string, value any) any {
	if len(tokens) == 0 {
		if had != nil {
			return had
		}
		return value
	}
	if _, err := strconv.Atoi(tokens[0]); tokens[0] == "*" || err == nil {
		l, _ := had.(*list1)
		if l == nil {
			l = &list1{}
		}
		l[0] = grown(l[0], tokens[1:], value)
		return l
	}
	inner, _ := had.(document)
	if inner == nil {
		inner = document{}
	}
	inner.put(tokens, value)
	return inner
}

func (d document) text() string {
	text, _ := json.Marshal(map[string]any(d)) // texts and values of JSON
	return string(text)
}
