package draft

import (
	"encoding/json"
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/openapi"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// FromDocument makes a draft of the asynchronous operations of an OpenAPI document, or of the one that is
// named. base is where the API is; empty: the document says.
func FromDocument(path, name, base string) (*Draft, error) {
	doc, err := openapi.Read(path)
	if err != nil {
		return nil, err
	}
	all := doc.Asynchronous()
	if name != "" || len(all) == 0 {
		one, err := doc.Find(name)
		if err != nil {
			return nil, err
		}
		all = []openapi.Operation{*one}
	}
	d := &Draft{Name: wordOf(doc.Title()), About: doc.Title(), URL: strings.TrimSuffix(base, "/"), Notes: []string{
		"An API file, made from the OpenAPI document " + path + ". See \"asyncctl help api-file\" for what the",
		"fields mean, and run \"asyncctl api check\" after each change.",
	}}
	all = slices.DeleteFunc(all, func(o openapi.Operation) bool { return name == "" && cancels(all, o) })
	for i := range all {
		o := &all[i]
		if d.URL == "" {
			d.URL = o.Server()
		}
		if err := d.describe(o, i == 0); err != nil {
			return nil, err
		}
	}
	if d.URL == "" {
		d.URL = "https://api.example.com"
		d.Notes = append(d.Notes, "The document names no server: url is made up.")
	}
	d.More = append(d.More, Line{Name: "limits", Value: "{rate: 5/s, parallel: 10}", Off: "not in the document: what the API asks of its clients"})
	return d, nil
}

// cancels reports whether an operation is the one that cancels another.
func cancels(all []openapi.Operation, o openapi.Operation) bool {
	return slices.ContainsFunc(all, func(other openapi.Operation) bool {
		f := other.Facts()
		method, path, _ := strings.Cut(f.Cancel, " ")
		before, after, _ := strings.Cut(path, "{{job}}")
		return method == o.Method && path != "" && strings.HasPrefix(o.Path, before) && strings.HasSuffix(o.Path, after) && o.Path != other.Path
	})
}

// wordOf makes a name of a title.
func wordOf(title string) string {
	word := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r == ' ', r == '-', r == '_', r == '.':
			return '-'
		}
		return -1
	}, strings.ToLower(title)), "-0123456789")
	for strings.Contains(word, "--") {
		word = strings.ReplaceAll(word, "--", "-")
	}
	if word == "" || word == "auto" || word == lro.GenericName {
		return "api"
	}
	return word
}

// describe adds an operation; the first one's dialect is the common one.
func (d *Draft) describe(o *openapi.Operation, first bool) error {
	base := d.URL
	if base == "" {
		base = "https://api.example.com"
	}
	submit, remarks, err := o.Submit(base)
	if err != nil {
		return err
	}
	f := o.Facts()
	op := Operation{Name: operationWord(o), About: o.Summary}
	for _, remark := range remarks {
		d.Notes = append(d.Notes, op.Name+": "+strings.Join(strings.Fields(remark), " "))
	}
	var fields []string
	var header []string
	for _, h := range submit.Header {
		if !strings.EqualFold(h.Name, "Content-Type") && !credential(strings.ToLower(h.Name)) {
			header = append(header, Quote(h.Name), quoted(h.Value))
		}
	}
	if len(header) > 0 {
		fields = append(fields, "headers: "+flow(header...))
	}
	switch {
	case len(submit.Body) == 0:
	case json.Valid(submit.Body):
		fields = append(fields, "json: "+compact(submit.Body))
	default:
		if values, err := url.ParseQuery(string(submit.Body)); err == nil {
			var pairs []string
			for _, key := range slices.Sorted(mapKeys(values)) {
				pairs = append(pairs, Quote(key), quoted(values.Get(key)))
			}
			fields = append(fields, "form: "+flow(pairs...))
		}
	}
	op.Submit = request(submit.Verb(), strings.TrimPrefix(submit.URL, base), fields...)
	lines := dialectOf(f)
	if first {
		d.Dialect = lines
		for _, scheme := range f.Schemes {
			name, kind, _ := strings.Cut(scheme, ": ")
			d.Header = append(d.Header, Line{Name: name, Value: quoted(hidden(name, strings.TrimSpace(kind+" x"))), Guess: "securitySchemes"})
		}
	} else {
		op.Own = differing(d.Dialect, lines)
	}
	op.Examples = []Line{{Name: "fail", Value: "{json: {}}", Off: "not in the document: content with which it is accepted and fails"}}
	op.Mock = mockOf(f)
	d.Operations = append(d.Operations, op)
	return nil
}

func operationWord(o *openapi.Operation) string {
	if name := operationName(o.Method, "/"+o.ID); o.ID != "" && name != "" {
		return name
	}
	return operationName(o.Method, o.Path)
}

// differing returns the lines that are not among the common ones.
func differing(common, own []Line) []Line {
	var all []Line
	for _, l := range own {
		if l.Off == "" && l.Name != "submit" && !slices.ContainsFunc(common, func(c Line) bool { return c.Name == l.Name && c.Value == l.Value }) {
			all = append(all, l)
		}
	}
	return all
}

// dialectOf writes what a document says as a dialect.
func dialectOf(f openapi.Facts) []Line {
	var all []Line
	say := func(name, value, guess string) { all = append(all, Line{Name: name, Value: value, Guess: guess}) }
	off := func(name, value, why string) { all = append(all, Line{Name: name, Value: value, Off: why}) }
	switch {
	case f.Header != "":
		say("status", "GET {{header:"+f.Header+"}}", "the header fields of the 202")
	case f.Job != "" && f.Status != "":
		say("job", Quote(f.Job), "the content of the 202")
		say("status", "GET "+f.Status, "the operation that tells the status")
	default:
		off("status", "GET {{header:Location}}", "not in the document: how the status is found; Location and Content-Location are tried")
	}
	if f.State != "" {
		say("state", flow("at", Quote(f.State), "words", wordTable(f.States, f.Outcome != "" && len(f.Outcomes) > 0)), "the enum of the status")
	} else {
		off("state", "{at: /status, words: {running: running, done: succeeded}}", "not in the document: where the state stands")
	}
	if f.Outcome != "" && f.State != "" {
		say("outcome", flow("at", Quote(f.Outcome), "words", wordTable(f.Outcomes, false)), "the enum of "+f.Outcome)
	}
	if f.Progress != "" {
		say("progress", flow("at", Quote(f.Progress)), "its name and type")
	}
	switch {
	case f.Result != "":
		say("result", "GET {{"+f.Result+"}}", "its name and type")
	case f.ResultPath != "" && f.Job != "" && f.Header == "":
		say("result", "GET "+f.ResultPath, "its path")
	case f.ResultPath != "":
		say("result", "GET {{status}}"+strings.TrimPrefix(f.ResultPath, f.Status), "its path")
	default:
		off("result", "GET {{/resultUrl}}", "not in the document: where the result is; else it is the last answer")
	}
	method, path, ok := strings.Cut(f.Cancel, " ")
	switch {
	case !ok:
		off("cancel", "none", "not in the document: how an operation is cancelled")
	case strings.HasPrefix(path, f.Status) && f.Status != "":
		say("cancel", method+" {{status}}"+strings.TrimPrefix(path, f.Status), "its path")
	default:
		say("cancel", f.Cancel, "its path")
	}
	return all
}

// wordTable says what the words of an enum mean. Words that nobody knows go on. over says that an end of
// the state does not say how it came out.
func wordTable(words []string, over bool) string {
	var pairs []string
	for _, word := range words {
		state := meaning(word)
		if state == "" {
			state = "running"
		}
		if over && state == "succeeded" {
			state = "done"
		}
		pairs = append(pairs, wordName(word), state)
	}
	return flow(pairs...)
}

// mockOf writes the answers of a document.
func mockOf(f openapi.Facts) []Line {
	var all []Line
	if f.Header != "" && f.Status != "" {
		all = append(all, Line{Name: "paths", Value: "{status: " + quoted(strings.ReplaceAll(f.Status, "{{job}}", "{{id}}")) + "}", Guess: "the operation that tells the status"})
	}
	var answers []Line
	said := map[string]bool{}
	for _, word := range slices.Sorted(mapKeys(f.Answers)) {
		state := meaning(word)
		if state == "" || said[state] || f.Outcome != "" {
			continue
		}
		said[state] = true
		text := f.Answers[word]
		for _, hole := range []struct{ place, by string }{{f.Job, "{{id}}"}, {f.Progress, "{{percent}}"}, {f.Result, "{{result}}"}} {
			if value, ok := jsontext.Value(text).At(hole.place); ok && hole.place != "" {
				text = replaceMember(text, leaf{place: hole.place, value: value}, quoted(hole.by))
			}
		}
		answers = append(answers, Line{Name: state, Value: "{json: " + text + "}"})
	}
	if f.Invalid != "" {
		answers = append(answers, Line{Name: "invalid", Value: flow("status", strconv.Itoa(f.InvalidStatus), "json", escapedJSON(f.Invalid))})
	}
	if len(answers) > 0 {
		var out strings.Builder
		lines(&out, answers, "")
		all = append(all, Line{Name: "answers", Value: "\n" + strings.TrimSuffix(out.String(), "\n"), Guess: "the examples of the document"})
	}
	return all
}
