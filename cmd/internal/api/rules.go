package api

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// stateOf returns what a word of a file means.
var stateOf = map[string]lro.State{
	"pending": lro.StatePending, "running": lro.StateRunning, "waiting": lro.StateWaiting, "cancelling": lro.StateCancelling,
	"succeeded": lro.StateSucceeded, "failed": lro.StateFailed, "partial": lro.StatePartial, "cancelled": lro.StateCancelled,
	"done": dialect.Done, "undecided": dialect.Undecided,
}

// given is one section of a dialect and where it stands.
type given struct {
	part
	path string
}

// layout is the sections of one dialect by name.
type layout map[string]given

// dialects reads the shared dialect, and the operations with theirs.
func (b *builder) dialects() {
	shared, like := b.shared()
	f := b.f
	b.resolve(shared, like, &f.Builtin, &f.Rules, given{})
	for _, name := range b.ops {
		b.operation(name, shared, like)
	}
}

// shared returns the sections of the file's dialect, and the built-in that it is or is like.
func (b *builder) shared() (layout, string) {
	p, ok := b.sections["dialect"]
	if !ok {
		return layout{}, ""
	}
	if p.n.Kind == yaml.ScalarNode {
		if _, known := dialect.ByName(p.n.Value); !known && p.n.Value != "auto" {
			p.r.fail(p.n, "dialect", "there is no built-in dialect %q%s", clip(p.n.Value), meantDialect(p.n.Value))
		}
		return layout{}, p.n.Value
	}
	all := layout{}
	for i := 0; p.n.Kind == yaml.MappingNode && i+1 < len(p.n.Content); i += 2 {
		name := p.n.Content[i].Value
		all[name] = given{part{resolved(p.n.Content[i+1]), p.r}, "dialect." + name}
	}
	like := ""
	if g, ok := all["like"]; ok {
		like = g.n.Value
		if _, known := dialect.ByName(like); !known || like == lro.GenericName {
			g.r.fail(g.n, g.path, "%q is not a built-in dialect to start from%s", clip(like), meantDialect(like))
			like = ""
		}
		delete(all, "like")
	}
	return all, like
}

func meantDialect(name string) string {
	if near := meant(name, dialect.Names()); near != "" {
		return near
	}
	return `; "asyncctl api list" has the names`
}

// operation reads one operation.
func (b *builder) operation(name string, shared layout, like string) {
	p, path := b.op[name], "operations."+name
	op := &Operation{Name: name, About: textOf(p.n, "about"), file: b.f}
	b.f.Operations = append(b.f.Operations, op)
	mine := maps.Clone(shared)
	for _, one := range sections {
		if v := child(p.n, one.Name); v != nil {
			mine[one.Name] = given{part{v, p.r}, path + "." + one.Name}
		}
	}
	submit := child(p.n, "submit")
	if submit == nil {
		p.r.fail(p.n, path+".submit", "it is missing: the request that starts the operation, as POST /reports")
		return
	}
	own := given{part{submit, p.r}, path + ".submit"}
	op.spelled = spelled{spelling(mine["state"]), spelling(mine["outcome"])}
	b.resolve(mine, like, &op.Builtin, &op.Rules, own)
	op.Submit = b.submit(shared["submit"], own)
	examples := child(p.n, "examples")
	for i := 0; examples != nil && i+1 < len(examples.Content); i += 2 {
		key, e := examples.Content[i].Value, resolved(examples.Content[i+1])
		op.Examples = append(op.Examples, Example{
			Name: key, Method: textOf(e, "method"), URL: b.absolute(textOf(e, "url")), Query: textsOf(child(e, "query")), Header: textsOf(child(e, "headers")),
			Content: b.content(p.r, e, path+".examples."+key),
		})
	}
	if m := child(p.n, "mock"); m != nil {
		op.Mock = b.mock(p.r, m, path+".mock")
	}
}

// submit merges an operation's submit with the shared one by field, and with the file's query.
func (b *builder) submit(shared, own given) Request {
	q := b.request(own.r, own.n, own.path, "POST")
	if shared.n != nil {
		common := b.request(shared.r, shared.n, shared.path, "")
		q.Header, q.Query = under(q.Header, common.Header), under(q.Query, common.Query)
		if q.Content.Empty() {
			q.Content = common.Content
		}
		if common.Method != "" && textOf(own.n, "method") == "" && own.n.Kind != yaml.ScalarNode {
			q.Method = common.Method
		}
	}
	q.Query = under(q.Query, b.f.Query)
	if len(q.URL) == 0 {
		own.r.fail(own.n, own.path+".url", "it is missing")
	}
	for i := range q.URL {
		q.URL[i] = b.absolute(q.URL[i])
	}
	return q
}

// under returns a header or a query with what it lacks taken from another one. Names of header fields are
// compared without regard to case.
func under(own, common map[string]string) map[string]string {
	if len(common) == 0 {
		return own
	}
	all := map[string]string{}
	for name, v := range common {
		if !slices.ContainsFunc(sortedNames(own), func(n string) bool { return strings.EqualFold(n, name) }) {
			all[name] = v
		}
	}
	maps.Copy(all, own)
	return all
}

// absolute appends a path to the file's url.
func (b *builder) absolute(template string) string {
	if strings.HasPrefix(template, "/") {
		return b.base + template
	}
	return template
}

// sent makes the templates of a request that follows the submit: with its query, and the file's.
func (b *builder) sent(q Request) []string {
	var all []string
	for _, t := range q.URL {
		query := q.Query
		if strings.HasPrefix(t, "/") {
			query = under(query, b.f.Query)
		}
		all = append(all, addQuery(b.absolute(t), query))
	}
	return all
}

// addQuery appends the parameters that a template lacks.
func addQuery(template string, query map[string]string) string {
	for _, name := range sortedNames(query) {
		_, has, _ := strings.Cut(template, "?")
		if strings.Contains("&"+has, "&"+escapeQuery(name)+"=") {
			continue
		}
		mark := "?"
		if has != "" || strings.Contains(template, "?") {
			mark = "&"
		}
		template += mark + escapeQuery(name) + "=" + escapeTemplate(query[name])
	}
	return template
}

// resolve makes the rules of a layout; a built-in alone stays its name.
func (b *builder) resolve(l layout, like string, builtin *string, rules *dialect.Rules, submit given) {
	if len(l) == 0 && (submit.n == nil || child(submit.n, "accept") == nil && child(submit.n, "key") == nil) {
		if *builtin = like; like == "" {
			*builtin = "auto"
		}
		return
	}
	d := dialect.Rules{Name: b.f.Name, Like: like, Carry: sortedNames(b.f.Query)}
	if like == "auto" || like == lro.GenericName {
		d.Like = ""
	}
	for _, g := range []given{l["submit"], submit} {
		b.begins(&d, g)
	}
	if g, ok := l["job"]; ok {
		d.Job = g.n.Value
	}
	if g, ok := l["status"]; ok {
		b.status(&d, g)
	}
	if g, ok := l["state"]; ok {
		d.State, d.Others, d.Absent = textOf(g.n, "at"), stateOf[textOf(g.n, "others")], stateOf[textOf(g.n, "absent")]
		d.Words, d.Statuses, d.Gone = wordsOf(g, child(g.n, "words")), codesOf(child(g.n, "http")), wholesOf(g.n, "gone")
		d.Gone = slices.DeleteFunc(d.Gone, func(s int) bool { return s == 404 || s == 410 })
	}
	if g, ok := l["outcome"]; ok {
		d.Outcome = dialect.Outcome{
			At: textOf(g.n, "at"), Words: wordsOf(g, child(g.n, "words")), Others: stateOf[textOf(g.n, "others")], Absent: stateOf[textOf(g.n, "absent")],
		}
		if d.Outcome.At == "" {
			g.r.fail(g.n, g.path+".at", "it is missing: where does the outcome stand?")
		}
	}
	if g, ok := l["failure"]; ok {
		d.Failure = listOf(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Value: "x"}, g.n}}, "x")
	}
	if g, ok := l["partial"]; ok {
		d.Partial = listOf(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Value: "x"}, g.n}}, "x")
	}
	if g, ok := l["progress"]; ok {
		d.Progress, d.Total, d.Message, d.Queue = textOf(g.n, "at"), textOf(g.n, "of"), textOf(g.n, "message"), textOf(g.n, "queue")
		d.Scale = numberOf(g.n, "scale")
	}
	if g, ok := l["result"]; ok {
		b.result(&d, g)
	}
	if g, ok := l["cancel"]; ok {
		b.cancel(&d, g)
	}
	for _, wrong := range d.Check() {
		b.blame(l, submit, wrong)
	}
	*rules = d
}

// begins reads what a submit says of the answers to it.
func (b *builder) begins(d *dialect.Rules, g given) {
	if g.n == nil || g.n.Kind == yaml.ScalarNode {
		return
	}
	if accept := wholesOf(g.n, "accept"); accept != nil {
		d.Accept = slices.DeleteFunc(accept, func(s int) bool { return s == 202 })
	}
	if key := textOf(g.n, "key"); key != "" {
		d.Key = key
	}
	// What a submit by its URL alone gets as well: the rules know no templates there.
	d.Header, d.Query = under(d.Header, literals(textsOf(child(g.n, "headers")))), under(d.Query, literals(textsOf(child(g.n, "query"))))
}

// literals returns the values that hold no template.
func literals(values map[string]string) map[string]string {
	found := map[string]string{}
	for name, value := range values {
		if !strings.Contains(value, "{{") {
			found[name] = value
		}
	}
	return found
}

func (b *builder) status(d *dialect.Rules, g given) {
	q := b.request(g.r, g.n, g.path, "GET")
	d.Status = b.sent(q)
	d.Poll = dialect.Poll{
		Method: ifNot(q.Method, "GET"), Header: q.Header, Body: bodyOf(q.Content), Repeat: flagOf(g.n, "repeat"), Wait: textOf(g.n, "wait"),
		MaxWait: int(durationOf(g.n, "max-wait").Seconds()),
	}
	if len(q.URL) == 0 {
		d.Poll.Query = q.Query
	}
	for _, t := range listOf(g.n, "next") {
		d.Handover = append(d.Handover, b.absolute(t))
	}
}

func (b *builder) result(d *dialect.Rules, g given) {
	if g.n.Kind == yaml.ScalarNode && g.n.Value == "none" {
		d.NoResult = true
		return
	}
	d.Inline, d.Files = textOf(g.n, "inline"), textOf(g.n, "files")
	if g.n.Kind == yaml.MappingNode && child(g.n, "url") == nil {
		if d.Inline == "" && d.Files == "" {
			g.r.fail(g.n, g.path, "it says nothing: give url, inline or files")
		}
		return
	}
	q := b.request(g.r, g.n, g.path, "GET")
	d.Result = b.sent(q)
	d.Fetch = dialect.Fetch{Method: ifNot(q.Method, "GET"), Header: q.Header, Body: bodyOf(q.Content)}
}

func (b *builder) cancel(d *dialect.Rules, g given) {
	if g.n.Kind == yaml.ScalarNode && g.n.Value == "none" {
		d.Cancel.None = true
		return
	}
	q := b.request(g.r, g.n, g.path, "POST")
	d.Cancel = dialect.Call{Method: q.Method, URL: b.sent(q), Header: q.Header, Body: bodyOf(q.Content), Destroys: flagOf(g.n, "destroys")}
}

// ifNot returns a method, or "" if it is the usual one.
func ifNot(method, usual string) string {
	if method == usual {
		return ""
	}
	return method
}

// bodyOf returns a content as rules have it.
func bodyOf(c Content) string {
	switch {
	case c.JSON != "":
		return c.JSON
	case c.Form != nil:
		var pairs []string
		for _, name := range sortedNames(c.Form) {
			pairs = append(pairs, escapeQuery(name)+"="+escapeTemplate(c.Form[name]))
		}
		return strings.Join(pairs, "&")
	case c.Text != nil:
		return *c.Text
	}
	return ""
}

// wordsOf reads what the words mean; two spellings of one word may not contradict each other.
func wordsOf(g given, n *yaml.Node) map[string]lro.State {
	if n == nil {
		return nil
	}
	all := map[string]lro.State{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, folded := n.Content[i], strings.ToLower(n.Content[i].Value)
		state := stateOf[resolved(n.Content[i+1]).Value]
		if had, ok := all[folded]; ok && had != state {
			g.r.fail(key, g.path+".words."+key.Value, "it has another meaning above: case makes no difference")
		}
		all[folded] = state
	}
	return all
}

func codesOf(n *yaml.Node) map[int]lro.State {
	if n == nil {
		return nil
	}
	all := map[int]lro.State{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		status, _ := strconv.Atoi(n.Content[i].Value)
		all[status] = stateOf[resolved(n.Content[i+1]).Value]
	}
	return all
}

// blame tells a mistake of the rules where it stands in the file.
func (b *builder) blame(l layout, submit given, wrong dialect.FieldError) {
	section, rest, _ := strings.Cut(wrong.Field, ".")
	bare, index, _ := strings.Cut(section, "[")
	g, ok := l[bare]
	if !ok || bare == "submit" && submit.n != nil {
		g = submit
	}
	if g.n == nil {
		for _, any := range l {
			g = any
			break
		}
	}
	if g.n == nil {
		return
	}
	n, path := g.n, g.path
	if ok && index != "" {
		path += "[" + index
	}
	for rest != "" && n.Kind == yaml.MappingNode {
		var name string
		name, rest, _ = strings.Cut(rest, ".")
		found := false
		for i := 0; i+1 < len(n.Content); i += 2 {
			if strings.EqualFold(n.Content[i].Value, name) {
				n, path, found = resolved(n.Content[i+1]), path+"."+n.Content[i].Value, true
				break
			}
		}
		if !found {
			path, rest = path+"."+name, ""
		}
	}
	if !ok && bare != "submit" {
		path = strings.TrimSuffix(g.path, lastOf(g.path)) + wrong.Field
	}
	p := Problem{File: g.r.file, Line: n.Line, Col: n.Column, Field: path, Text: wrong.Err.Error()}
	if !slices.Contains(g.r.found, p) {
		g.r.found = append(g.r.found, p)
	}
}

func lastOf(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// spelling returns the first word for each state as it is written.
func spelling(g given) map[lro.State]string {
	all := map[lro.State]string{}
	n := child(g.n, "words")
	for i := 0; n != nil && i+1 < len(n.Content); i += 2 {
		state := stateOf[resolved(n.Content[i+1]).Value]
		if _, had := all[state]; !had {
			all[state] = n.Content[i].Value
		}
	}
	return all
}
