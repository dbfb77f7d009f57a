package openapi

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Facts are what a document says of an asynchronous operation beside its submit. What it does not say is
// empty.
type Facts struct {
	// Accept is the status of the answer that begins the operation: 202, or 200 and 201.
	Accept int
	// Header names the field of that answer which leads to the status. Job is the place of the id in its
	// content, where a link or a path says so, and Status the path of the status with {{job}}.
	Header, Job, Status string
	// State is the place of the state in the status, and States its words. Outcome and Outcomes are the
	// same of how it came out.
	State, Outcome   string
	States, Outcomes []string
	// Progress is the place of a percentage, and Result that of the result's URL. ResultPath is the path
	// of the result with {{job}}.
	Progress, Result, ResultPath string
	// Cancel is the request that cancels, "DELETE /jobs/{{job}}".
	Cancel string
	// Invalid is an example of a refusal in JSON, and InvalidStatus its HTTP status.
	Invalid       string
	InvalidStatus int
	// Answers are examples of status documents in JSON, by their word for the state.
	Answers map[string]string
	// Schemes are how credentials are sent: "Authorization: Bearer", "X-Api-Key".
	Schemes []string
}

// Server returns the URL that the operation's path is relative to, with the defaults of its variables; ""
// if the document names none that is absolute.
func (o *Operation) Server() string {
	server, err := o.server("")
	if err != nil {
		return ""
	}
	return strings.TrimRight(server, "/")
}

// Title returns the title of the document.
func (d *Document) Title() string { return scalar(get(get(d.root, "info"), "title")) }

// Facts returns what the document says of the operation.
func (o *Operation) Facts() Facts {
	f := Facts{Accept: 202, Answers: map[string]string{}}
	responses := get(o.node, "responses")
	accepted := o.doc.follow(get(responses, "202"))
	for _, name := range []string{"Operation-Location", "Azure-AsyncOperation", "Location", "Content-Location"} {
		for header := range members(get(accepted, "headers")) {
			if f.Header == "" && strings.EqualFold(header, name) {
				f.Header = name
			}
		}
	}
	status := o.status(&f, accepted)
	if status != nil {
		o.document(&f, status)
		o.cancel(&f, status)
		o.results(&f)
	}
	for code, response := range members(responses) {
		if len(code) == 3 && (code == "400" || code == "422") && f.InvalidStatus == 0 {
			o.invalid(&f, code, o.doc.follow(response))
		}
	}
	f.Schemes = o.schemes()
	return f
}

// endpoint is an operation of the document.
type endpoint struct {
	method, path string
	node         *yaml.Node
}

// all returns every operation of the document.
func (d *Document) all() []endpoint {
	var list []endpoint
	for path, item := range members(get(d.root, "paths")) {
		item = d.follow(item)
		for _, method := range methods {
			if node := get(item, method); node != nil {
				list = append(list, endpoint{strings.ToUpper(method), path, node})
			}
		}
	}
	return list
}

// status finds the operation that tells the status: that of a link, else one whose path has the id alone
// and whose name says what it is.
func (o *Operation) status(f *Facts, accepted *yaml.Node) *endpoint {
	all := o.doc.all()
	for _, link := range members(get(accepted, "links")) {
		link = o.doc.follow(link)
		for i, e := range all {
			if e.method != "GET" || scalar(get(e.node, "operationId")) != scalar(get(link, "operationId")) || scalar(get(link, "operationId")) == "" {
				continue
			}
			for _, value := range members(get(link, "parameters")) {
				if pointer, ok := strings.CutPrefix(scalar(value), "$response.body#"); ok {
					f.Job = pointer
				}
			}
			f.Status = asJob(e.path)
			return &all[i]
		}
	}
	best, found := 0, -1
	for i, e := range all {
		if score := o.likeness(e); score > best {
			best, found = score, i
		}
	}
	if found < 0 {
		return nil
	}
	e := &all[found]
	f.Status = asJob(e.path)
	if schema := o.doc.content(accepted); schema != nil {
		for _, name := range []string{parameterOf(e.path), "id", "jobId", "job_id", "operationId", "operation_id", "taskId", "task_id", "runId", "run_id"} {
			if f.Job == "" && get(o.doc.properties(schema), name) != nil {
				f.Job = "/" + name
			}
		}
	}
	return e
}

// likeness says how much an operation looks like the status of this one.
func (o *Operation) likeness(e endpoint) int {
	if e.method != "GET" || strings.Count(e.path, "{") != 1 || strings.HasSuffix(e.path, "/result") || strings.HasSuffix(e.path, "/results") {
		return 0
	}
	words := strings.ToLower(e.path + " " + scalar(get(e.node, "operationId")) + " " + scalar(get(e.node, "summary")))
	score := 0
	for _, word := range []string{"status", "operation", "job", "task", "progress"} {
		if strings.Contains(words, word) {
			score += 2
		}
	}
	if strings.HasPrefix(e.path, o.Path+"/") {
		score += 3
	}
	if score > 0 && len(o.doc.words(o.doc.answer(e), stateWords)) > 0 {
		score += 4
	}
	return score
}

func asJob(path string) string {
	before, rest, ok := strings.Cut(path, "{")
	_, after, _ := strings.Cut(rest, "}")
	if !ok {
		return path
	}
	return before + "{{job}}" + after
}

func parameterOf(path string) string {
	_, rest, _ := strings.Cut(path, "{")
	name, _, _ := strings.Cut(rest, "}")
	return name
}

// answer returns the schema of an operation's 200.
func (d *Document) answer(e endpoint) *yaml.Node {
	return d.content(d.follow(get(get(e.node, "responses"), "200")))
}

// content returns the schema of a response's JSON.
func (d *Document) content(response *yaml.Node) *yaml.Node {
	for media, content := range members(get(response, "content")) {
		if strings.Contains(media, "json") {
			return d.follow(get(content, "schema"))
		}
	}
	return nil
}

// properties returns the members of a schema, those of its first parts too.
func (d *Document) properties(schema *yaml.Node) *yaml.Node {
	schema = d.follow(schema)
	if p := get(schema, "properties"); p != nil {
		return p
	}
	for _, name := range []string{"allOf", "oneOf", "anyOf"} {
		for _, part := range items(get(schema, name)) {
			if p := d.properties(part); p != nil {
				return p
			}
		}
	}
	return nil
}

var (
	stateWords   = []string{"status", "state", "phase"}
	outcomeWords = []string{"conclusion", "result", "outcome"}
)

// words returns the words of the first member with one of the names that has some.
func (d *Document) words(schema *yaml.Node, names []string) []string {
	_, all := d.member(schema, names)
	return all
}

func (d *Document) member(schema *yaml.Node, names []string) (place string, words []string) {
	properties := d.properties(schema)
	for _, name := range names {
		for member, p := range members(properties) {
			p = d.follow(p)
			if !strings.EqualFold(member, name) {
				continue
			}
			for _, word := range items(get(p, "enum")) {
				if word.Tag != "!!null" {
					words = append(words, word.Value)
				}
			}
			if len(words) > 0 {
				return "/" + member, words
			}
			if inner, all := d.member(p, names); inner != "" {
				return "/" + member + inner, all
			}
		}
	}
	return "", nil
}

// document reads the schema of the status, and its examples.
func (o *Operation) document(f *Facts, status *endpoint) {
	schema := o.doc.answer(*status)
	f.State, f.States = o.doc.member(schema, stateWords)
	f.Outcome, f.Outcomes = o.doc.member(schema, outcomeWords)
	for name, p := range members(o.doc.properties(schema)) {
		p = o.doc.follow(p)
		lower := strings.ToLower(name)
		kind := scalar(get(p, "type"))
		switch {
		case f.Progress == "" && (kind == "integer" || kind == "number") && (strings.Contains(lower, "progress") || strings.Contains(lower, "percent")):
			f.Progress = "/" + name
		case f.Result == "" && kind == "string" && (strings.Contains(lower, "result") || strings.Contains(lower, "download") || strings.Contains(lower, "resourcelocation")) &&
			(strings.Contains(lower, "ur") || strings.Contains(lower, "link") || strings.Contains(lower, "location") || strings.HasPrefix(scalar(get(p, "format")), "uri")):
			f.Result = "/" + name
		}
	}
	ok := o.doc.follow(get(get(status.node, "responses"), "200"))
	for media, content := range members(get(ok, "content")) {
		if !strings.Contains(media, "json") || f.State == "" {
			continue
		}
		for _, example := range members(get(content, "examples")) {
			o.example(f, get(o.doc.follow(example), "value"))
		}
		o.example(f, get(content, "example"))
	}
}

// example keeps a status document by its word for the state.
func (o *Operation) example(f *Facts, value *yaml.Node) {
	if value == nil {
		return
	}
	n := value
	for _, name := range strings.Split(strings.TrimPrefix(f.State, "/"), "/") {
		n = get(n, name)
	}
	text, err := json.Marshal(o.doc.maker().plain(value, 0))
	if word := scalar(n); word != "" && err == nil {
		f.Answers[word] = string(text)
	}
}

// cancel finds the request that cancels: DELETE of the status, or POST of a path below it.
func (o *Operation) cancel(f *Facts, status *endpoint) {
	for _, e := range o.doc.all() {
		switch {
		case e.method == "DELETE" && e.path == status.path:
			f.Cancel = "DELETE " + asJob(e.path)
		case e.method == "POST" && strings.HasPrefix(e.path, status.path) && strings.Contains(strings.ToLower(e.path[len(status.path):]), "cancel"):
			f.Cancel = "POST " + asJob(e.path)
			return
		}
	}
}

// results finds the path of the result below that of the status.
func (o *Operation) results(f *Facts) {
	for _, e := range o.doc.all() {
		for _, end := range []string{"/result", "/results", "/output"} {
			if e.method == "GET" && strings.Count(e.path, "{") == 1 && asJob(e.path) == f.Status+end {
				f.ResultPath = asJob(e.path)
			}
		}
	}
}

// invalid keeps an example of a refusal.
func (o *Operation) invalid(f *Facts, code string, response *yaml.Node) {
	for media, content := range members(get(response, "content")) {
		if !strings.Contains(media, "json") {
			continue
		}
		var v any
		if given := o.given(content); given != nil {
			v = o.doc.maker().plain(given, 0)
		} else if made, ok := o.doc.maker().example(get(content, "schema"), 0); ok {
			v = made
		}
		if text, err := json.Marshal(v); err == nil && v != nil {
			f.Invalid = string(text)
			fmt.Sscan(code, &f.InvalidStatus)
			return
		}
	}
}

// schemes are those of the operation's first security requirement.
func (o *Operation) schemes() []string {
	security := get(o.node, "security")
	if security == nil {
		security = get(o.doc.root, "security")
	}
	requirements := items(security)
	if len(requirements) == 0 {
		return nil
	}
	var all []string
	for name := range members(requirements[0]) {
		scheme := o.doc.follow(get(get(get(o.doc.root, "components"), "securitySchemes"), name))
		switch kind := scalar(get(scheme, "type")); {
		case kind == "http" && strings.EqualFold(scalar(get(scheme, "scheme")), "basic"):
			all = append(all, "Authorization: Basic")
		case kind == "http" || kind == "oauth2" || kind == "openIdConnect":
			all = append(all, "Authorization: Bearer")
		case kind == "apiKey" && scalar(get(scheme, "in")) == "header":
			all = append(all, scalar(get(scheme, "name")))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
