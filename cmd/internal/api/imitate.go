package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/internal/hole"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Imitation is what a mock of an operation needs: what the file says, and what follows from its dialect.
type Imitation struct {
	Submit []Endpoint
	Status []Endpoint // none: the mock's own
	Result []Endpoint // none: the mock's own, unless Inline
	Cancel []Endpoint // none: it cannot be cancelled
	// Inline says that the result has no URL.
	Inline   bool
	Destroys bool
	Key      string
	Answers  map[string]Answer
}

// Endpoint is a method and a path below the API's url, with {{id}} in one place; or with the id in the
// content, at the pointer ID.
type Endpoint struct{ Method, Path, ID string }

// Imitate returns what a mock of the operation needs.
func (op *Operation) Imitate() Imitation {
	rules := op.spoken()
	m := Imitation{Key: rules.Key, Destroys: rules.Cancel.Destroys, Answers: map[string]Answer{}}
	for _, t := range op.Submit.URL {
		m.Submit = append(m.Submit, Endpoint{Method: op.Submit.Method, Path: op.file.below(t, "", "")})
	}
	if len(m.Submit) == 0 {
		return m
	}
	submit := m.Submit[0].Path
	for _, e := range op.Examples {
		if e.URL != "" || e.Method != "" {
			m.Submit = append(m.Submit, op.endpointOf(e, submit))
		}
	}
	m.Status = op.file.endpoints(ifEmpty(rules.Poll.Method, "GET"), rules.Status, submit, "", rules.Poll.Body)
	if p := firstOf(op.Mock.Status, op.file.Mock.Status); p != "" {
		m.Status = append([]Endpoint{{Method: ifEmpty(rules.Poll.Method, "GET"), Path: p, ID: idIn(rules.Poll.Body)}}, m.Status...)
	}
	status := ""
	if len(m.Status) > 0 {
		status = m.Status[0].Path
	}
	m.Cancel = op.file.endpoints(rules.Cancel.Method, rules.Cancel.URL, submit, ifEmpty(status, "/operations/{{id}}"), rules.Cancel.Body)
	if len(m.Cancel) == 0 && rules.Cancel.Method != "" { // an answer names it
		path, _, _ := strings.Cut(ifEmpty(status, "/operations/{{id}}"), "?")
		m.Cancel = []Endpoint{{Method: rules.Cancel.Method, Path: path + "/cancel"}}
	}
	m.Result = op.file.endpoints(ifEmpty(rules.Fetch.Method, "GET"), rules.Result, submit, ifEmpty(status, "/operations/{{id}}"), rules.Fetch.Body)
	if p := firstOf(op.Mock.Result, op.file.Mock.Result); p != "" {
		m.Result = append([]Endpoint{{Method: "GET", Path: p}}, m.Result...)
	}
	said, on := rules.Statuses[http.StatusOK]
	redirects := on && !said.Terminal()
	m.Inline = !redirects && len(rules.Result) == 0 && rules.Files == "" && firstOf(op.Mock.Result, op.file.Mock.Result) == ""
	op.answers(&m, rules)
	m.Inline = m.Inline && !namesResult(m.Answers)
	return m
}

// namesResult reports whether an answer gives the URL of the result, as a redirect to it does.
func namesResult(answers map[string]Answer) bool {
	for _, a := range answers {
		texts := []string{bodyOf(a.Content)}
		for _, v := range a.Header {
			texts = append(texts, v)
		}
		for _, text := range texts {
			if slices.Contains(hole.Names(text), "result") {
				return true
			}
		}
	}
	return false
}

// endpointOf returns where an example is submitted.
func (op *Operation) endpointOf(e Example, submit string) Endpoint {
	return Endpoint{Method: ifEmpty(e.Method, op.Submit.Method), Path: ifEmpty(op.file.below(e.URL, "", ""), submit)}
}

// EndpointOf returns where an example is submitted, below the API's url.
func (op *Operation) EndpointOf(e Example) Endpoint {
	return op.endpointOf(e, op.file.below(op.Submit.URL[0], "", ""))
}

// spoken returns the rules of the operation's dialect, those of a built-in one included.
func (op *Operation) spoken() dialect.Rules {
	if op.Builtin != "" {
		rules, _ := dialect.Base(op.Builtin)
		return rules
	}
	return op.Rules.Whole()
}

func ifEmpty(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// BasePath returns the path of the file's url.
func (f *File) BasePath() string {
	base := f.URL
	if strings.HasPrefix(base, "mock:") {
		base = f.declared
	}
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(u.EscapedPath(), "/")
}

// below returns the path of a template below the file's url; "" where the URL is one that the server names.
func (f *File) below(template, submit, status string) string {
	if _, whole := hole.Whole(template); whole && template != "{{status}}" && template != "{{submit}}" {
		return ""
	}
	rest := template
	if f.URL != "" {
		rest = strings.TrimPrefix(rest, f.URL)
	}
	for _, base := range []struct{ hole, path string }{{"{{submit}}", submit}, {"{{status}}", status}} {
		if after, ok := strings.CutPrefix(rest, base.hole); ok {
			path, query, _ := strings.Cut(base.path, "?")
			rest = path + after
			if query != "" {
				rest += "?" + query
			}
		}
	}
	for _, base := range []string{"{{api}}", "{{origin}}"} {
		rest = strings.TrimPrefix(rest, base)
	}
	if !strings.HasPrefix(rest, "/") {
		return ""
	}
	return f.withID(rest)
}

// withID makes each hole of a path {{id}}, and leaves out the file's own query.
func (f *File) withID(template string) string {
	var out strings.Builder
	for {
		text, _, rest, found := hole.Cut(template)
		out.WriteString(text)
		if !found {
			break
		}
		out.WriteString("{{id}}")
		template = rest
	}
	path, query, _ := strings.Cut(out.String(), "?")
	var kept []string
	for _, pair := range strings.Split(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if _, own := f.Query[name]; pair != "" && !own {
			kept = append(kept, pair)
		}
	}
	if len(kept) > 0 {
		path += "?" + strings.Join(kept, "&")
	}
	return path
}

func (f *File) endpoints(method string, templates []string, submit, status, body string) []Endpoint {
	var all []Endpoint
	for _, t := range templates {
		if p := f.below(t, submit, status); p != "" && method != "" {
			all = append(all, Endpoint{Method: method, Path: p, ID: idIn(body)})
		}
	}
	return all
}

// idIn returns the pointer to the member of a content that holds {{job}}.
func idIn(body string) string {
	var doc any
	if json.Unmarshal([]byte(body), &doc) != nil {
		return ""
	}
	return pointerTo(doc, "")
}

func pointerTo(doc any, at string) string {
	switch v := doc.(type) {
	case string:
		if v == "{{job}}" {
			return at
		}
	case map[string]any:
		for _, name := range sortedNames(v) {
			if p := pointerTo(v[name], at+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(name)); p != "" {
				return p
			}
		}
	case []any:
		for i, e := range v {
			if p := pointerTo(e, at+"/"+string(rune('0'+i))); p != "" && i < 10 {
				return p
			}
		}
	}
	return ""
}

// answers gives the mock the answers of the file, and makes those that it leaves out.
func (op *Operation) answers(m *Imitation, rules dialect.Rules) {
	made := sketch{op, rules, op.words()}
	for _, state := range []lro.State{
		lro.StatePending, lro.StateRunning, lro.StateWaiting, lro.StateCancelling, lro.StateSucceeded, lro.StateFailed, lro.StatePartial, lro.StateCancelled,
	} {
		if made.speaks(state) {
			m.Answers[state.String()] = made.status(state)
		}
	}
	m.Answers["accepted"] = made.accepted()
	m.Answers["unauthorized"] = op.file.challenge()
	if m.Destroys {
		delete(m.Answers, "cancelled")
	}
	for _, answers := range []map[string]Answer{op.file.Mock.Answers, op.Mock.Answers} {
		for key, a := range answers {
			m.Answers[key] = a
		}
	}
}

// challenge returns the answer to a request without credentials (RFC 9110, section 11.6.1).
func (f *File) challenge() Answer {
	scheme := "Bearer"
	for name, v := range f.Header {
		if word, _, ok := strings.Cut(v, " "); ok && strings.EqualFold(name, "Authorization") && HoldsSecret(v) {
			scheme = word
		}
	}
	return Answer{
		Status: http.StatusUnauthorized, Header: map[string]string{"WWW-Authenticate": scheme + " realm=" + quoted(f.Name)},
		Content: Content{JSON: `{"title": "Unauthorized", "status": 401, "detail": "the credentials are missing"}`},
	}
}
