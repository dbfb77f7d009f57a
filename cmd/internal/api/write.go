package api

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// A writer makes nodes: of rules, for handles and "api show", and of what init has learned.

// mapping returns an empty mapping.
func mapping(flow bool) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	if flow {
		n.Style = yaml.FlowStyle
	}
	return n
}

// put appends a member; nil is left out.
func put(to *yaml.Node, name string, v *yaml.Node) *yaml.Node {
	if v != nil {
		to.Content = append(to.Content, textNode(name), v)
	}
	return to
}

// textNode returns a text, quoted where it would be read as something else.
func textNode(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	switch strings.ToLower(s) {
	case "yes", "no", "on", "off", "y", "n", "true", "false", "null", "~", "":
		n.Style = yaml.DoubleQuotedStyle
	}
	if strings.Contains(s, "{{") || strings.Contains(s, " #") || strings.Contains(s, ": ") || strings.ContainsAny(s, "[]{},&*!|>'\"%@`") || strings.HasPrefix(s, "-") {
		n.Style = yaml.DoubleQuotedStyle
	}
	if n.Style == 0 && s != "" {
		var as yaml.Node
		if yaml.Unmarshal([]byte(s), &as) != nil || len(as.Content) != 1 || as.Content[0].Tag != "!!str" || as.Content[0].Value != s {
			n.Style = yaml.DoubleQuotedStyle
		}
	}
	return n
}

func orNil(s string) *yaml.Node {
	if s == "" {
		return nil
	}
	return textNode(s)
}

func plain(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }

func flagNode(b bool) *yaml.Node {
	if !b {
		return nil
	}
	return plain("true")
}

func textsNode(list []string) *yaml.Node {
	if len(list) == 0 {
		return nil
	}
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, s := range list {
		n.Content = append(n.Content, textNode(s))
	}
	return n
}

func wholesNode(list []int) *yaml.Node {
	if len(list) == 0 {
		return nil
	}
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, i := range list {
		n.Content = append(n.Content, plain(strconv.Itoa(i)))
	}
	return n
}

func tableNode(m map[string]string) *yaml.Node {
	if len(m) == 0 {
		return nil
	}
	n := mapping(true)
	for _, name := range sortedNames(m) {
		put(n, name, textNode(m[name]))
	}
	return n
}

func stateNode(s lro.State) *yaml.Node {
	if s == lro.StateUnknown {
		return nil
	}
	return plain(wordFor(s))
}

// wordFor is the inverse of stateOf.
func wordFor(s lro.State) string {
	for word, state := range stateOf {
		if state == s {
			return word
		}
	}
	return s.String()
}

func wordsNode(m map[string]lro.State) *yaml.Node {
	if len(m) == 0 {
		return nil
	}
	n := mapping(true)
	for _, word := range sortedNames(m) {
		put(n, word, stateNode(m[word]))
	}
	return n
}

// filled returns a mapping, or nil for an empty one.
func filled(n *yaml.Node) *yaml.Node {
	if len(n.Content) == 0 {
		return nil
	}
	return n
}

// dialectNode returns rules as the section of a file.
func dialectNode(d dialect.Rules) *yaml.Node {
	n := mapping(false)
	put(n, "like", orNil(d.Like))
	submit := mapping(true)
	put(submit, "headers", tableNode(d.Header))
	put(submit, "query", tableNode(d.Query))
	put(submit, "accept", wholesNode(d.Accept))
	put(submit, "key", orNil(d.Key))
	put(n, "submit", filled(submit))
	put(n, "job", orNil(d.Job))
	put(n, "status", statusNode(d))
	put(n, "state", filled(statesNode(d)))
	if o := d.Outcome; o.At != "" {
		out := mapping(true)
		put(out, "at", orNil(o.At))
		put(out, "words", wordsNode(o.Words))
		put(out, "others", stateNode(o.Others))
		put(out, "absent", stateNode(o.Absent))
		put(n, "outcome", out)
	}
	put(n, "failure", textsNode(d.Failure))
	put(n, "partial", textsNode(d.Partial))
	progress := mapping(true)
	put(progress, "at", orNil(d.Progress))
	put(progress, "of", orNil(d.Total))
	if d.Scale != 0 {
		put(progress, "scale", plain(strconv.FormatFloat(d.Scale, 'f', -1, 64)))
	}
	put(progress, "message", orNil(d.Message))
	put(progress, "queue", orNil(d.Queue))
	put(n, "progress", filled(progress))
	put(n, "result", resultNode(d))
	if d.Cancel.None {
		put(n, "cancel", plain("none"))
	} else if d.Cancel.Method != "" {
		c := requestNode(d.Cancel.Method, d.Cancel.URL, d.Cancel.Header, nil, d.Cancel.Body, d.Cancel.Destroys)
		if d.Cancel.Destroys {
			put(c, "destroys", plain("true"))
		}
		put(n, "cancel", c)
	}
	return n
}

// statesNode is what the words and the HTTP statuses mean.
func statesNode(d dialect.Rules) *yaml.Node {
	state := mapping(true)
	put(state, "at", orNil(d.State))
	put(state, "words", wordsNode(d.Words))
	put(state, "others", stateNode(d.Others))
	put(state, "absent", stateNode(d.Absent))
	if len(d.Statuses) > 0 {
		http := mapping(true)
		codes := []int{}
		for code := range d.Statuses {
			codes = append(codes, code)
		}
		slices.Sort(codes)
		for _, code := range codes {
			http.Content = append(http.Content, plain(strconv.Itoa(code)), stateNode(d.Statuses[code]))
		}
		put(state, "http", http)
	}
	put(state, "gone", wholesNode(d.Gone))
	return state
}

func statusNode(d dialect.Rules) *yaml.Node {
	p := d.Poll
	method := p.Method
	if method == "" {
		method = "GET"
	}
	more := p.Repeat || p.Wait != "" || p.MaxWait > 0 || len(d.Handover) > 0
	if len(d.Status) == 0 && !more && p.Method == "" && len(p.Header) == 0 && len(p.Query) == 0 {
		return nil
	}
	urls := d.Status
	if len(p.Query) > 0 {
		urls = nil
		for _, t := range d.Status {
			urls = append(urls, addQuery(t, p.Query))
		}
	}
	if p.Repeat && len(urls) == 0 {
		return put(mapping(true), "repeat", plain("true"))
	}
	var rest map[string]string
	if len(urls) == 0 {
		rest = p.Query
	}
	n := requestNode(method, urls, p.Header, rest, p.Body, more || len(urls) == 0)
	if n.Kind == yaml.MappingNode {
		put(n, "wait", orNil(p.Wait))
		if p.MaxWait > 0 {
			put(n, "max-wait", plain(strconv.Itoa(p.MaxWait)+"s"))
		}
		put(n, "next", textsNode(d.Handover))
		put(n, "repeat", flagNode(p.Repeat))
	}
	return n
}

func resultNode(d dialect.Rules) *yaml.Node {
	switch {
	case d.NoResult:
		return plain("none")
	case d.Files != "":
		return put(mapping(true), "files", textNode(d.Files))
	case len(d.Result) == 0 && d.Inline == "":
		return nil
	case len(d.Result) == 0:
		return put(mapping(true), "inline", textNode(d.Inline))
	}
	method := d.Fetch.Method
	if method == "" {
		method = "GET"
	}
	n := requestNode(method, d.Result, d.Fetch.Header, nil, d.Fetch.Body, d.Inline != "")
	if d.Inline != "" {
		put(n, "inline", textNode(d.Inline))
	}
	return n
}

// requestNode returns a request: on one line where that says it all and long is false.
func requestNode(method string, urls []string, header, query map[string]string, body string, long bool) *yaml.Node {
	if len(urls) == 1 && len(header) == 0 && len(query) == 0 && body == "" && !long {
		n := textNode(method + " " + urls[0])
		if n.Style == yaml.DoubleQuotedStyle && !strings.ContainsAny(urls[0], `,[]"'#`) && !strings.Contains(urls[0], ": ") {
			n.Style = 0 // in a block, braces within a text need no quotes
		}
		return n
	}
	n := mapping(true)
	put(n, "method", textNode(method))
	if len(urls) == 1 {
		put(n, "url", textNode(urls[0]))
	} else {
		put(n, "url", textsNode(urls))
	}
	put(n, "headers", tableNode(header))
	put(n, "query", tableNode(query))
	if body != "" {
		if v, err := fromJSON([]byte(body)); err == nil && v.Kind != yaml.ScalarNode {
			put(n, "json", flowing(v))
		} else {
			form := mapping(true)
			for _, pair := range strings.Split(body, "&") {
				name, value, _ := strings.Cut(pair, "=")
				put(form, name, textNode(value))
			}
			put(n, "form", form)
		}
	}
	return n
}

// flowing makes a tree of nodes one of flow style.
func flowing(n *yaml.Node) *yaml.Node {
	if n.Kind != yaml.ScalarNode {
		n.Style = yaml.FlowStyle
	}
	for _, c := range n.Content {
		flowing(c)
	}
	return n
}

// encode returns nodes as YAML.
func encode(n *yaml.Node) string {
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	enc.Encode(n) // into memory
	return out.String()
}

// RulesJSON returns a dialect as a handle holds it: a file in JSON without operations, headers and
// secrets. base is the API's url and may be empty.
func RulesJSON(name, base string, query map[string]string, d dialect.Rules) json.RawMessage {
	n := mapping(false)
	put(n, "asyncctl", plain("1"))
	put(n, "name", textNode(name))
	put(n, "url", orNil(lro.Origin(base)))
	put(n, "query", tableNode(query))
	put(n, "dialect", dialectNode(d))
	return json.RawMessage(jsonText(n))
}

// builtinJSON returns a built-in dialect as a handle holds it.
func (f *File) builtinJSON(builtin string) json.RawMessage {
	n := mapping(false)
	put(n, "asyncctl", plain("1"))
	put(n, "name", textNode(f.Name))
	if len(f.Query) > 0 {
		put(n, "url", orNil(lro.Origin(f.URL)))
		put(n, "query", tableNode(f.Query))
	}
	put(n, "dialect", textNode(builtin))
	return json.RawMessage(jsonText(n))
}

// ParseRules is the inverse of [RulesJSON].
func ParseRules(text json.RawMessage) (lro.Dialect, error) {
	f, err := Parse("the handle's dialect", text, Options{})
	if err != nil {
		return nil, err
	}
	return f.SharedDialect()
}
