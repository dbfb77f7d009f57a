package mock

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/cmd/internal/api"
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/mockserver"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Disagreements closes the loop of a file without a network: the mock that it describes is followed, in
// virtual time, by the dialect that it describes. It returns what the two read differently. That proves a
// file consistent, not true.
func Disagreements(f *api.File) ([]string, error) {
	if len(f.Operations) == 0 {
		return nil, plain(f)
	}
	l := loop{file: f}
	for _, op := range f.Operations {
		d, err := op.Dialect()
		if err != nil {
			return nil, err
		}
		l.op, l.dialect, l.rules = op, d, op.Rules.Whole()
		if op.Builtin != "" {
			l.rules, _ = dialect.Base(op.Builtin)
		}
		if err := l.all(); err != nil {
			return nil, err
		}
	}
	return l.found, nil
}

// plain checks the mock of a file without operations.
func plain(f *api.File) error {
	if f.Builtin == "" {
		return nil // a dialect alone
	}
	server, err := Imitate(f, madeUp)
	if err == nil {
		err = server.Check()
	}
	return err
}

// loop is one file's mock and one operation's dialect.
type loop struct {
	file    *api.File
	op      *api.Operation
	dialect lro.Dialect
	rules   dialect.Rules
	found   []string
	last    map[lro.State][]byte // the content of an answer to a poll in each state
}

func (l *loop) add(what, format string, args ...any) {
	text := fmt.Sprintf("%s: operations.%s: %s: %s", l.file.Path, l.op.Name, what, fmt.Sprintf(format, args...))
	if !slices.Contains(l.found, text) {
		l.found = append(l.found, text)
	}
}

// play is one way in which an operation can go.
type play struct {
	name, example string
	set           url.Values
	want          lro.Outcome
}

// all plays the ways in which the operation can go, and then the words.
func (l *loop) all() error {
	l.last = map[lro.State][]byte{}
	timed := url.Values{"queue": {"20s"}, "duration": {"60s"}}
	with := func(name, value string) url.Values {
		v := url.Values{name: {value}}
		for name, values := range timed {
			v[name] = values
		}
		return v
	}
	plays := []play{
		{"slow", "", with("outcome", "succeeded"), lro.Succeeded},
		{"fail", "", with("outcome", "failed"), lro.Failed},
	}
	if l.says(lro.StateCancelled) && !l.rules.Cancel.Destroys { // else only our own cancellation is one
		plays = append(plays, play{"cancelled by the server", "", with("outcome", "cancelled"), lro.Cancelled})
	}
	for _, name := range []string{"slow", "fast", "fail", "invalid"} {
		if _, ok := l.op.Example(name); ok {
			want := map[string]lro.Outcome{"fail": lro.Failed, "invalid": lro.Refused}[name]
			if want == lro.Undecided {
				want = lro.Succeeded
			}
			plays = append(plays, struct {
				name, example string
				set           url.Values
				want          lro.Outcome
			}{"examples." + name, name, nil, want})
		}
	}
	if _, ok := l.op.Imitate().Answers["partial"]; ok {
		plays = append(plays, play{"partial", "", with("outcome", "partial"), lro.Failed})
	}
	for _, p := range plays {
		end, err := l.play(p.name, p.example, p.set, false)
		if err != nil {
			return err
		}
		if end.Outcome != p.want {
			l.add(p.name, "the mock's answer ends as %s, and not as %s%s", told(end), p.want, l.why(end, p.want))
		}
	}
	if l.rules.Cancel.Method != "" {
		end, err := l.play("cancel", "", with("outcome", "succeeded"), true)
		if err != nil {
			return err
		}
		if end.Outcome != lro.Cancelled {
			l.add("cancel", "a cancelled operation ends as %s, and not as cancelled%s", told(end), l.why(end, lro.Cancelled))
		}
	}
	l.words()
	return nil
}

// says reports whether the file has a way to say a state by itself.
func (l *loop) says(state lro.State) bool {
	for _, words := range []map[string]lro.State{l.rules.Words, l.rules.Outcome.Words} {
		for _, s := range words {
			if s == state {
				return true
			}
		}
	}
	for _, s := range l.rules.Statuses {
		if s == state {
			return true
		}
	}
	return l.rules.Outcome.Others == state || l.rules.Others == state || len(l.rules.Words)+len(l.rules.Statuses) == 0 && l.rules.State != ""
}

// told says how an operation ended.
func told(op lro.Operation) string {
	text := op.Outcome.String()
	if !op.Done() {
		text = "still " + op.State.String()
	}
	if op.Reason != "" && op.Outcome != lro.Failed && op.Outcome != lro.Cancelled {
		text += " (" + string(op.Reason) + ")"
	}
	if op.Native != "" {
		text += fmt.Sprintf(" by the word %q", op.Native)
	}
	return text
}

// why adds what most often is wrong.
func (l *loop) why(end lro.Operation, want lro.Outcome) string {
	state := lro.StateCancelled
	switch want {
	case lro.Failed:
		state = lro.StateFailed
	case lro.Succeeded:
		state = lro.StateSucceeded
	}
	if l.rules.State != "" && !l.says(state) && want != lro.Refused {
		return ": no word means " + state.String()
	}
	if end.Problem != nil && end.Problem.Detail != "" {
		return ": " + end.Problem.Detail
	}
	return ""
}

// faultless returns the mock without what the file makes it do wrong.
func (l *loop) faultless(example string, set url.Values) (*mockserver.Server, error) {
	server, err := Imitate(l.file, madeUp)
	if err != nil {
		return nil, err
	}
	server.Faults, server.Workers = nil, 0
	server.Rules = slices.DeleteFunc(server.Rules, func(r mockserver.Rule) bool { return r.Faults != nil || r.Delay > 0 && r.Answer == nil && r.Set == nil })
	if example == "" {
		server.Rules = slices.DeleteFunc(server.Rules, func(r mockserver.Rule) bool { return r.Answer == nil })
	}
	return server, change(server, set)
}

// submit returns the submit of an example, and the header of every request, with secrets that are made up.
func (l *loop) submit(example string) (lro.Request, http.Header, error) {
	secrets := &api.Secrets{MadeUp: true}
	req, err := l.op.Build(context.Background(), example, api.Values{Row: map[string]any{}}, secrets)
	if err != nil {
		return req, nil, err
	}
	if lro.Origin(req.URL) == "" {
		req.URL = "http://api.example" + req.URL
	}
	common, err := secrets.Header(context.Background(), l.file.Header, true, false)
	if err != nil {
		return req, nil, err
	}
	plain, err := secrets.Header(context.Background(), l.file.Header, false, false)
	maps.Copy(common, plain)
	return req, common, err
}

// play follows one operation of the mock to its end, in virtual time.
func (l *loop) play(name, example string, set url.Values, cancel bool) (lro.Operation, error) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var clock instant
	clock.set(now)
	server, err := l.faultless(example, set)
	if err != nil {
		return lro.Operation{}, err
	}
	server.Now = clock.get
	if err := server.Check(); err != nil {
		return lro.Operation{}, err
	}
	req, common, err := l.submit(example)
	if err != nil {
		return lro.Operation{}, err
	}
	op := lro.Begin(l.dialect, req)
	cancelled, asked := false, false
	for step := 0; step < 300 && !op.Done(); step++ {
		if now = now.Add(time.Second); op.NotBefore.After(now) {
			now = op.NotBefore
		}
		clock.set(now)
		fetching := op.Phase == lro.Fetching
		polling := op.Phase == lro.Polling
		r := send(server, op.Next, common, now)
		asked = asked || fetching
		op = lro.Next(l.dialect, op, r)
		if polling {
			l.note(op, r)
		}
		if cancel && !cancelled && op.Phase == lro.Polling && op.Polls > 0 {
			cancelled = true
			call, ok := l.dialect.Cancel(op)
			if !ok {
				l.add(name, "no answer has the values of its URL: %s", strings.Join(l.rules.Cancel.URL, ", "))
				return op, nil
			}
			var answer lro.CancelAnswer
			if op, answer = lro.AfterCancel(op, send(server, call, common, now)); answer != lro.CancelAccepted {
				l.add(name, "the mock's answer to %s %s is read as %s", call.Method, call.URL, answer)
			}
		}
	}
	if op.Outcome == lro.Succeeded && len(l.rules.Result) > 0 && !asked && name != "partial" {
		l.add(name, "no answer has the values of the result's URL: %s", strings.Join(l.rules.Result, ", "))
	}
	return op, nil
}

// note keeps the answer to a poll by what it was read as.
func (l *loop) note(op lro.Operation, r lro.Reply) {
	if _, had := l.last[op.State]; !had && r.Status/100 == 2 {
		l.last[op.State] = r.Body
	}
}

// send asks the mock.
func send(server http.Handler, req lro.Request, common http.Header, now time.Time) lro.Reply {
	r := httptest.NewRequest(req.Method, req.URL, bytes.NewReader(req.Body))
	for _, header := range []http.Header{common, req.Header} {
		for name, values := range header {
			r.Header[name] = values
		}
	}
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	return lro.Reply{Status: w.Code, Header: w.Header(), Body: w.Body.Bytes(), At: now}
}

// words puts every word of the tables into a status document in turn, and looks at what it is read as.
func (l *loop) words() {
	for _, table := range []struct {
		field, at string
		words     map[string]lro.State
	}{{"state.words", l.rules.State, l.rules.Words}, {"outcome.words", l.rules.Outcome.At, l.rules.Outcome.Words}} {
		if table.at == "" || strings.HasPrefix(table.at, "header:") || strings.Contains(table.at, "*") {
			continue
		}
		for word, want := range table.words {
			l.word(table.field, table.at, word, want)
		}
	}
	slices.Sort(l.found)
}

// word reads a document of the mock with one word changed.
func (l *loop) word(field, at, word string, want lro.State) {
	base, ok := l.last[want]
	if want == dialect.Done || !ok {
		base, ok = l.last[lro.StateSucceeded]
		if want == dialect.Done {
			want = lro.StateSucceeded
		}
	}
	if !ok {
		if base, ok = l.last[lro.StateRunning]; !ok {
			return
		}
	}
	doc, ok := withValue(base, at, word)
	if !ok {
		return
	}
	if field == "state.words" && l.rules.Outcome.At != "" && want.Terminal() && want != lro.StateSucceeded {
		doc = without(doc, l.rules.Outcome.At)
	}
	op, err := lro.Resume("http://api.example/operations/1")
	if err != nil {
		return
	}
	op.SubmitURL, op.SubmitMethod = "http://api.example/operations", http.MethodPost
	got, err := l.dialect.Read(op, lro.Reply{Status: 200, Header: http.Header{}, Body: doc})
	switch {
	case err != nil:
		l.add(field+"."+word, "%v", err)
	case got.State != want && !(want == lro.StateSucceeded && got.State == lro.StatePartial):
		said := got.State.String()
		if got.Undecided {
			said = "undecided"
		}
		l.add(field+"."+word, "it is read as %s, and not as %s", said, want)
	}
}

// withValue returns a JSON document with another word at a pointer.
func withValue(text []byte, pointer, word string) ([]byte, bool) {
	var doc any
	if json.Unmarshal(text, &doc) != nil {
		return nil, false
	}
	var value any = word
	if word == "true" || word == "false" {
		value = word == "true"
	} else if number := json.Number(word); isNumber(word) {
		value = number
	}
	if !set(doc, strings.Split(strings.TrimPrefix(pointer, "/"), "/"), value) {
		return nil, false
	}
	made, err := json.Marshal(doc)
	return made, err == nil
}

// without returns a JSON document whose value at a pointer is null.
func without(text []byte, pointer string) []byte {
	var doc any
	if json.Unmarshal(text, &doc) != nil || !set(doc, strings.Split(strings.TrimPrefix(pointer, "/"), "/"), nil) {
		return text
	}
	made, _ := json.Marshal(doc) // it was JSON
	return made
}

func isNumber(word string) bool {
	_, ok := jsontext.Value(word).Number()
	return ok
}

// set changes a value of a document; false where there is none to change.
func set(doc any, tokens []string, value any) bool {
	object, ok := doc.(map[string]any)
	name := strings.NewReplacer("~1", "/", "~0", "~").Replace(tokens[0])
	if !ok {
		return false
	}
	if len(tokens) == 1 {
		object[name] = value
		return true
	}
	return set(object[name], tokens[1:], value)
}

// instant is the time of a virtual clock: the mock's sender of callbacks reads it in a goroutine of its own.
type instant struct {
	mu sync.Mutex
	at time.Time
}

func (i *instant) set(at time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.at = at
}

func (i *instant) get() time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.at
}
