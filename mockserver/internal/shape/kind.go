package shape

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
	"github.com/asyncctl/asyncctl/mockserver/internal/work"
)

// A kind is a Kind that is ready to answer.
type kind struct {
	shape   *Router
	name    string
	dialect *speech.Dialect
	submit, status, result,
	cancel, list, forget, also []*endpoint
	atOnce   bool
	groups   []group
	answers  map[string]*answer
	words    map[string]string
	check    []check
	wants    []*hole // what the holes need of a submit
	named    bool    // URLs have segments of the path of the submit
	hasBody  bool    // an answer has a result of its own
	destroys bool
	callback *callback
}

const (
	defaultStatus = "/operations/{{id}}"
	defaultResult = "/operations/{{id}}/result"
)

// compileKind reads a kind.
func (r *Router) compileKind(k *Kind) (*kind, error) {
	c := &kind{shape: r, name: k.Name, answers: map[string]*answer{}, words: k.Words, destroys: k.Destroys, atOnce: k.AtOnce}
	if c.name == "" {
		c.name = r.name
	}
	if len(k.Submit) == 0 {
		return nil, fmt.Errorf("the kind %s has no submit: say where its operations start", c.name)
	}
	status, result := k.Status, k.Result
	if len(status) == 0 {
		status = []Endpoint{{Path: defaultStatus}}
	}
	if len(result) == 0 && !k.Inline {
		result = []Endpoint{{Path: defaultResult}}
	}
	for _, group := range []struct {
		what   string
		from   []Endpoint
		to     *[]*endpoint
		method string
	}{
		{"submit", k.Submit, &c.submit, http.MethodPost}, {"status", status, &c.status, http.MethodGet},
		{"result", result, &c.result, http.MethodGet}, {"cancel", k.Cancel, &c.cancel, http.MethodPost},
		{"list", k.List, &c.list, http.MethodGet}, {"forget", k.Forget, &c.forget, http.MethodDelete}, {"also", k.Also, &c.also, http.MethodGet},
	} {
		for _, e := range group.from {
			ep, err := compileEndpoint(e, group.method)
			if err != nil {
				return nil, fmt.Errorf("the kind %s: %s: %w", c.name, group.what, err)
			}
			*group.to = append(*group.to, ep)
		}
	}
	for _, e := range slices.Concat(c.status[:1], c.result, c.cancel) {
		c.named = c.named || e.named()
	}
	if err := c.compileAnswers(k, r.answers); err != nil {
		return nil, fmt.Errorf("the kind %s: %w", c.name, err)
	}
	if err := c.compileChecks(k.Check); err != nil {
		return nil, fmt.Errorf("the kind %s: %w", c.name, err)
	}
	if err := c.compileCallback(k.Callback); err != nil {
		return nil, fmt.Errorf("the kind %s: callback: %w", c.name, err)
	}
	c.compileWants()
	c.group()
	return c, nil
}

// compileAnswers reads the answers: those of the kind, else those of the shape,
// else those that are made up.
func (c *kind) compileAnswers(k *Kind, shared map[string]Answer) error {
	all := maps.Clone(shared)
	if all == nil {
		all = map[string]Answer{}
	}
	maps.Copy(all, k.Answers)
	for name, a := range all {
		base := name[strings.LastIndexByte(name, '.')+1:]
		i := slices.IndexFunc(answerNames, func(n AnswerName) bool { return n.Name == base })
		if i < 0 {
			return fmt.Errorf("unknown answer %q", work.Clip(name))
		}
		compiled, err := compileAnswer(a, answerNames[i].Status)
		if err != nil {
			return fmt.Errorf("the answer %s: %w", name, err)
		}
		c.answers[name] = compiled
	}
	c.hasBody = c.answers["result"] != nil
	for name, text := range c.defaults() {
		if c.answers[name] == nil {
			compiled, err := compileAnswer(text, statusOf(name))
			if err != nil {
				panic(err) // it is in this file
			}
			c.answers[name] = compiled
		}
	}
	for name, other := range map[string]string{"pending": "running", "waiting": "running", "cancelling": "running", "partial": "succeeded", "replayed": "accepted"} {
		if c.answers[name] == nil {
			c.answers[name] = c.answers[other]
		}
	}
	return nil
}

func statusOf(name string) int {
	i := slices.IndexFunc(answerNames, func(n AnswerName) bool { return n.Name == name })
	return answerNames[i].Status
}

// defaults are the answers of a kind that says nothing of them.
func (c *kind) defaults() map[string]Answer {
	doc := func(members string) Answer {
		return Answer{JSON: json.RawMessage(`{"id":"{{id}}","status":"{{word}}","percentComplete":"{{percent}}"` + members + `}`)}
	}
	result := `,"result":"{{result}}"`
	if len(c.result) == 0 {
		result = `,"output":"{{output}}"`
	}
	accepted := doc("")
	accepted.Header = map[string]string{"Location": "{{status}}"}
	return map[string]Answer{
		"accepted": accepted, "running": doc(""), "succeeded": doc(result),
		"failed": doc(`,"error":{"title":"{{error.title}}","detail":"{{error.detail}}"}`), "cancelled": doc(""),
		"cancel": doc(""), "forget": {},
		"list": {JSON: json.RawMessage(`{"items":"{{items}}"}`)},
	}
}

// compileWants collects what must be kept of a submit.
func (c *kind) compileWants() {
	for _, a := range c.answers {
		c.wants = append(c.wants, wanted(a.templates()...)...)
	}
	if c.callback != nil {
		c.wants = append(c.wants, wanted(c.callback.templates()...)...)
	}
}

// word is what the API calls the state.
func (c *kind) word(v work.View) string {
	state := stateOf(v)
	for state != "" {
		if word, ok := c.words[state]; ok {
			return word
		}
		fallback := map[string]string{"pending": "running", "waiting": "running", "cancelling": "running", "partial": "succeeded"}
		next, ok := fallback[state]
		if !ok || len(c.words) == 0 {
			return state
		}
		state = next
	}
	return state
}

// statusURL is the URL that is polled.
func (c *kind) statusURL(x *speech.Exchange, v work.View) string {
	return x.Here(c.status[0].path(v.ID, c.capture(x, v)))
}

// url is the URL of the first endpoint of a group, or empty.
func (c *kind) url(x *speech.Exchange, v work.View, group []*endpoint) string {
	if len(group) == 0 {
		return ""
	}
	return x.Here(group[0].path(v.ID, c.capture(x, v)))
}

// capture reads the segments that URLs take from the path of the submit.
func (c *kind) capture(x *speech.Exchange, v work.View) map[string]string {
	path := speech.LocalPath(v, x)
	for _, e := range c.submit {
		if _, ok := e.matchPath(path); ok {
			return e.captures(path)
		}
	}
	return nil
}
