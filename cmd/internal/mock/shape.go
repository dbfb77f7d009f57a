package mock

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/api"
	"github.com/asyncctl/asyncctl/cmd/internal/app"
	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	"github.com/asyncctl/asyncctl/internal/hole"
	"github.com/asyncctl/asyncctl/mockserver"
)

// Imitate returns a server that speaks the API of a file, or of a file without operations the built-in
// dialect that it names. secret returns the value of a secret by its name.
func Imitate(f *api.File, secret func(name string) (string, error)) (*mockserver.Server, error) {
	t := translation{file: f, secret: secret}
	server, err := t.common()
	if err != nil {
		return nil, err
	}
	if len(f.Operations) == 0 {
		return server, t.builtin(server)
	}
	server.Shape = &mockserver.Shape{
		Name: f.Name, Base: f.BasePath(), Numbers: f.Mock.ID == "number", Required: t.required(),
	}
	for _, op := range f.Operations {
		kind, rules, err := t.kind(op, server.Scenario)
		if err != nil {
			return nil, t.wrong("operations."+op.Name+".mock", err)
		}
		server.Shape.Kinds = append(server.Shape.Kinds, kind)
		server.Rules = append(server.Rules, rules...)
		if op.Mock.ID == "number" {
			server.Shape.Numbers = true
		}
	}
	return server, nil
}

// translation makes a mock's own types of a file.
type translation struct {
	file   *api.File
	secret func(name string) (string, error)
}

// common returns a server with what the file's section says of all operations.
func (t *translation) common() (*mockserver.Server, error) {
	m := &t.file.Mock
	server := &mockserver.Server{Workers: m.Workers, MaxQueue: m.MaxQueue, Scenarios: map[string]mockserver.Scenario{}}
	var err error
	if server.Scenario, err = m.Over(mockserver.Scenario{}); err != nil {
		return nil, t.wrong("mock", err)
	}
	for name, words := range m.Scenarios {
		if server.Scenarios[name], err = words.Over(server.Scenario); err != nil {
			return nil, t.wrong("mock.scenarios."+name, err)
		}
	}
	if m.TimeScale != 0 {
		server.Clock = &mockserver.Clock{}
		if err := server.Clock.SetScale(m.TimeScale); err != nil {
			return nil, t.wrong("mock.time-scale", err)
		}
	}
	if m.CORS {
		server.CORS = []string{"*"}
	}
	if server.Faults, err = faultsOf(m.Faults); err != nil {
		return nil, t.wrong("mock.faults", err)
	}
	for i, rule := range m.Rules {
		one, err := t.rule(rule, "")
		if err != nil {
			return nil, t.wrong(fmt.Sprintf("mock.rules[%d]", i), err)
		}
		server.Rules = append(server.Rules, one)
	}
	return server, nil
}

// builtin makes the server speak a built-in dialect: the file has no operations.
func (t *translation) builtin(server *mockserver.Server) error {
	f := t.file
	if f.Builtin == "" {
		return app.Usagef("%s: it has no operations: a mock of a dialect of its own needs at least one submit", f.Path)
	}
	if f.Builtin != "auto" {
		if _, ok := mockDialect(f.Builtin); !ok {
			return app.Usagef("%s: dialect: there is no mock of %s; \"asyncctl mockserver dialects\" lists those that there are", f.Path, f.Builtin)
		}
		server.Dialect = f.Builtin
	}
	m := &f.Mock
	for _, one := range []struct {
		field string
		given bool
	}{
		{"id", m.ID != ""}, {"paths", m.Status != "" || m.Result != ""}, {"answers", m.Answers != nil}, {"callback", m.Callback != nil}, {"auth", m.Auth},
	} {
		if one.given {
			return app.Usagef("%s: mock.%s: it needs operations: the mock of a built-in dialect has its own paths and answers", f.Path, one.field)
		}
	}
	return nil
}

func (t *translation) wrong(field string, err error) error {
	return app.Usagef("%s: %s: %v", t.file.Path, field, err)
}

// required returns the header fields that hold a secret, if the mock asks for credentials.
func (t *translation) required() []string {
	var names []string
	for name, v := range t.file.Header {
		if t.file.Mock.Auth && api.HoldsSecret(v) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func faultsOf(texts []string) ([]mockserver.Fault, error) {
	var all []mockserver.Fault
	for _, text := range texts {
		one, err := mockserver.ParseFault(text)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// kind makes a kind of operation, and the rules that its examples and its section mock say.
func (t *translation) kind(op *api.Operation, common mockserver.Scenario) (mockserver.Kind, []mockserver.Rule, error) {
	m := op.Imitate()
	k := mockserver.Kind{
		Name: op.Name, Submit: endpoints(m.Submit), Status: endpoints(m.Status), Result: endpoints(m.Result), Cancel: endpoints(m.Cancel),
		Inline: m.Inline, Destroys: m.Destroys, Key: m.Key, Answers: map[string]mockserver.Answer{},
	}
	if m.Inline {
		k.Result = nil
	}
	for key, a := range m.Answers {
		one, err := answerOf(a)
		if err != nil {
			return k, nil, fmt.Errorf("answers.%s: %w", key, err)
		}
		k.Answers[key] = one
	}
	_, k.Partial = m.Answers["partial"]
	scenario, err := op.Mock.Over(common)
	if err != nil {
		return k, nil, err
	}
	k.Scenario = &scenario
	if c := firstCallback(op.Mock.Callback, t.file.Mock.Callback); c != nil {
		if k.Callback, err = t.callback(c); err != nil {
			return k, nil, fmt.Errorf("callback: %w", err)
		}
	}
	rules, err := t.examples(op, k)
	if err != nil {
		return k, nil, err
	}
	for i, rule := range op.Mock.Rules {
		one, err := t.rule(rule, op.Name)
		if err != nil {
			return k, nil, fmt.Errorf("rules[%d]: %w", i, err)
		}
		rules = append(rules, one)
	}
	if len(op.Mock.Faults) > 0 {
		faults, err := faultsOf(op.Mock.Faults)
		if err != nil {
			return k, nil, err
		}
		rules = append(rules, mockserver.Rule{Name: op.Name + " faults", When: mockserver.Condition{Kind: op.Name}, Faults: faults})
	}
	return k, rules, nil
}

func firstCallback(all ...*api.Callback) *api.Callback {
	for _, c := range all {
		if c != nil {
			return c
		}
	}
	return nil
}

func endpoints(all []api.Endpoint) []mockserver.Endpoint {
	var made []mockserver.Endpoint
	for _, e := range all {
		made = append(made, mockserver.Endpoint{Method: e.Method, Path: e.Path, ID: e.ID})
	}
	return made
}

func answerOf(a api.Answer) (mockserver.Answer, error) {
	made := mockserver.Answer{Status: a.Status, Header: a.Header}
	switch c := a.Content; {
	case c.JSON != "":
		made.JSON = json.RawMessage(c.JSON)
	case c.Text != nil:
		made.Text = *c.Text
	case c.File != "":
		var err error
		made.Body, err = bounded.Regular(c.File, api.MaxFile)
		return made, err
	}
	return made, nil
}

func (t *translation) callback(c *api.Callback) (*mockserver.Callback, error) {
	made := &mockserver.Callback{Method: c.Method, URL: c.Target(), Header: c.Header, States: c.States, Delay: c.Delay, Times: c.Times}
	if c.Content.JSON != "" {
		made.JSON = json.RawMessage(c.Content.JSON)
	}
	if c.Content.Text != nil {
		made.Text = *c.Content.Text
	}
	if c.Content.Form != nil {
		made.Text = c.Content.FormText()
		made.Header = map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
		maps.Copy(made.Header, c.Header)
	}
	if c.SignHeader != "" {
		value, err := t.secret(c.Secret)
		if err != nil {
			return nil, err
		}
		made.Sign = &mockserver.Sign{Header: c.SignHeader, Prefix: c.SignPrefix, Secret: []byte(value)}
	}
	return made, nil
}

// examples makes rules of the examples that mean something to the mock: what equals the content of fast is
// done at once, that of fail fails, that of invalid is refused.
func (t *translation) examples(op *api.Operation, k mockserver.Kind) ([]mockserver.Rule, error) {
	var rules []mockserver.Rule
	for _, e := range op.Examples {
		at := op.EndpointOf(e)
		rule := mockserver.Rule{Name: op.Name + " " + e.Name, When: mockserver.Condition{
			Method: mockserver.Pattern(at.Method), Path: mockserver.Pattern(pathOf(t.file.BasePath() + at.Path)),
			Query: patterns(e.Query), Header: patterns(e.Header),
		}}
		if body, err := e.Content.Bytes(); err == nil && body != nil {
			rule.When.Content, rule.When.Body = equal(body, k.Key)
		}
		if e.URL == "" && e.Method == "" && rule.When.Content == nil && rule.When.Body == nil && len(rule.When.Query) == 0 && len(rule.When.Header) == 0 {
			continue // nothing tells it from the submit
		}
		switch e.Name {
		case "fast":
			rule.Set = url.Values{"duration": {"0s"}, "queue": {"0s"}}
		case "fail":
			rule.Set = url.Values{"outcome": {"failed"}}
		case "invalid":
			answer, ok := k.Answers["invalid"]
			if !ok {
				answer = mockserver.Answer{Status: 400, JSON: json.RawMessage(`{"title": "Bad Request", "status": 400, "detail": "the submit is not valid"}`)}
			}
			if answer.Status == 0 {
				answer.Status = 400
			}
			rule.Answer = &answer
		default:
			continue
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

// equal returns the condition that a content is a given one. An API whose idempotency key stands in the
// content is asked by members: the key is another each time.
func equal(body []byte, key string) ([]byte, map[string]mockserver.Pattern) {
	var object map[string]json.RawMessage
	if !strings.HasPrefix(key, "/") || json.Unmarshal(body, &object) != nil {
		return body, nil
	}
	members := map[string]mockserver.Pattern{}
	for name, v := range object {
		var plain string
		if json.Unmarshal(v, &plain) != nil {
			var compact bytes.Buffer
			json.Compact(&compact, v) // it is JSON
			plain = compact.String()
		}
		members["/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(name)] = mockserver.Pattern(plain)
	}
	return nil, members
}

// patterns returns patterns for values without holes.
func patterns(values map[string]string) map[string]mockserver.Pattern {
	made := map[string]mockserver.Pattern{}
	for name, v := range values {
		if len(hole.Names(v)) == 0 {
			made[name] = mockserver.Pattern(v)
		}
	}
	return made
}

func pathOf(target string) string {
	path, _, _ := strings.Cut(target, "?")
	if plain, err := url.PathUnescape(path); err == nil {
		return plain
	}
	return path
}

// rule makes a rule, for one kind of operation if that is named.
func (t *translation) rule(r api.Rule, kind string) (mockserver.Rule, error) {
	made := mockserver.Rule{Name: r.Name, Result: r.Set.Result, Delay: r.Delay, When: mockserver.Condition{
		Kind: kind, Method: mockserver.Pattern(r.When.Method), Path: mockserver.Pattern(r.When.Path),
		Query: patterns(r.When.Query), Header: patterns(r.When.Header), P: r.When.Probability,
	}}
	for place, value := range r.When.Body {
		if made.When.Body == nil {
			made.When.Body = map[string]mockserver.Pattern{}
		}
		var text string
		if json.Unmarshal([]byte(value), &text) != nil { // null makes the empty text, which is nothing
			text = value
		}
		made.When.Body[place] = mockserver.Pattern(text)
	}
	if len(r.Set.Values) > 0 {
		made.Set = r.Set.Values
	}
	if r.When.Turn != "" {
		if _, err := fmt.Sscanf(r.When.Turn, "%d/%d", &made.When.Turn, &made.When.Of); err != nil {
			return made, fmt.Errorf("when.turn: %q: write 1/3, the first of every three", r.When.Turn)
		}
	}
	var err error
	if r.Distribution != "" {
		sc, err := mockserver.ParseScenario(mockserver.Scenario{}, url.Values{"distribution": {r.Distribution}})
		if err != nil {
			return made, err
		}
		made.Distribution = sc.Distribution
	}
	if r.Answer != nil {
		answer, err := answerOf(*r.Answer)
		if err != nil {
			return made, err
		}
		made.Answer = &answer
	}
	made.Faults, err = faultsOf(r.Faults)
	return made, err
}
