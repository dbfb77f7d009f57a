package api

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// MaxFile is the largest file that a file may name, in bytes.
const MaxFile = 16 << 20

// textsOf returns a mapping of texts; nil where there is none.
func textsOf(n *yaml.Node) map[string]string {
	n = resolved(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	all := map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		all[n.Content[i].Value] = resolved(n.Content[i+1]).Value
	}
	return all
}

func textOf(n *yaml.Node, name string) string {
	if v := child(n, name); v != nil {
		return v.Value
	}
	return ""
}

func wholeOf(n *yaml.Node, name string) int {
	i, _ := strconv.Atoi(textOf(n, name)) // verified
	return i
}

func numberOf(n *yaml.Node, name string) float64 {
	x, _ := strconv.ParseFloat(textOf(n, name), 64)
	return x
}

func flagOf(n *yaml.Node, name string) bool { return textOf(n, name) == "true" }

func durationOf(n *yaml.Node, name string) time.Duration {
	d, _ := parseDuration(textOf(n, name))
	return d
}

// listOf returns a list of scalars; a single one is a list of one.
func listOf(n *yaml.Node, name string) []string {
	v := child(n, name)
	switch {
	case v == nil:
		return nil
	case v.Kind == yaml.ScalarNode:
		return []string{v.Value}
	}
	var all []string
	for _, e := range v.Content {
		all = append(all, resolved(e).Value)
	}
	return all
}

func wholesOf(n *yaml.Node, name string) []int {
	var all []int
	for _, v := range listOf(n, name) {
		i, _ := strconv.Atoi(v)
		all = append(all, i)
	}
	return all
}

// content reads the content of a request or an answer.
func (b *builder) content(r *reader, n *yaml.Node, path string) Content {
	var c Content
	var given []string
	for _, name := range []string{"json", "form", "text", "file"} {
		if child(n, name) != nil {
			given = append(given, name)
		}
	}
	if len(given) > 1 {
		r.fail(n, path, "%s exclude each other", strings.Join(given, " and "))
	}
	if v := child(n, "json"); v != nil {
		c.JSON = jsonText(v)
	}
	c.Form = textsOf(child(n, "form"))
	if v := child(n, "text"); v != nil {
		c.Text = &v.Value
	}
	if v := child(n, "file"); v != nil {
		full, err := b.beside(r.file, v.Value)
		if err != nil {
			r.fail(v, join(path, "file"), "%v", err)
		}
		c.File = full
	}
	return c
}

// beside returns the path of a file in the folder of an API file, after links.
func (b *builder) beside(file, name string) (string, error) {
	dir := filepath.Dir(file)
	if file == "stdin" {
		dir = "."
	}
	if filepath.IsAbs(name) {
		return "", errors.New("it is an absolute path; a file names files in its own folder")
	}
	full := filepath.Join(dir, name)
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(full)
	if err != nil {
		return "", fmt.Errorf("%q: there is no such file", name)
	}
	rel, err := filepath.Rel(root, real)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", fmt.Errorf("%q is outside the folder of this file", name)
	}
	info, err := os.Stat(real)
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("%q is not a regular file", name)
	case info.Size() > MaxFile:
		return "", fmt.Errorf("%q is larger than 16 MiB", name)
	}
	return full, nil
}

// request reads a request.
func (b *builder) request(r *reader, n *yaml.Node, path, usual string) Request {
	if n.Kind == yaml.ScalarNode {
		method, url, _ := strings.Cut(n.Value, " ")
		return Request{Method: method, URL: []string{strings.TrimSpace(url)}}
	}
	q := Request{
		Method: textOf(n, "method"), URL: listOf(n, "url"), Query: textsOf(child(n, "query")),
		Header: textsOf(child(n, "headers")), Content: b.content(r, n, path),
	}
	if q.Method == "" {
		q.Method = usual
	}
	if !q.Content.Empty() && q.Method == "GET" {
		r.fail(n, path, "a GET has no content: give method too")
	}
	return q
}

// rest reads the sections that are no dialect.
func (b *builder) rest() {
	f := b.f
	if p, ok := b.sections["limits"]; ok {
		f.Limits = Limits{
			Parallel: wholeOf(p.n, "parallel"), Interval: durationOf(p.n, "interval"),
			Methods: listOf(p.n, "methods"), Retention: durationOf(p.n, "retention"),
		}
		f.Limits.Rate, _ = ParseRate(textOf(p.n, "rate"))
	}
	if p, ok := b.sections["mock"]; ok {
		f.Mock = b.mock(p.r, p.n, "mock")
	}
	if p, ok := b.sections["checks"]; ok {
		f.Checks = p.r.checks(p.n)
	}
	if p, ok := b.sections["load"]; ok {
		b.load(p)
	}
}

func (r *reader) checks(n *yaml.Node) Checks {
	return Checks{
		Skip: listOf(n, "skip"), Other: textsOf(child(n, "other")), Unknown: textOf(n, "unknown"),
		Burst: flagOf(n, "burst"), Wait: flagOf(n, "wait"), Waivers: r.waivers(child(n, "waivers"), "checks.waivers"),
	}
}

func (b *builder) load(p part) {
	l := &b.f.Load
	l.Flags = map[string][]string{}
	for _, name := range []string{"rate", "stages", "duration", "concurrency", "strategy"} {
		if v := textOf(p.n, name); v != "" {
			l.Flags[name] = []string{v}
		}
	}
	if v := textOf(p.n, "count"); v != "" {
		l.Flags["operations"] = []string{v}
	}
	if v := child(p.n, "feed"); v != nil {
		full, err := b.beside(p.r.file, v.Value)
		if err != nil {
			p.r.fail(v, "load.feed", "%v", err)
		}
		l.Flags["feed"] = []string{full}
	}
	l.Thresholds, l.AbortOn = listOf(p.n, "thresholds"), listOf(p.n, "abort-on")
	mix := child(p.n, "mix")
	for i := 0; mix != nil && i+1 < len(mix.Content); i += 2 {
		if l.Mix == nil {
			l.Mix = map[string]float64{}
		}
		name := mix.Content[i].Value
		if _, ok := b.f.Operation(name); !ok {
			p.r.fail(mix.Content[i], "load.mix."+name, "there is no such operation%s", meant(name, b.f.Names()))
		}
		l.Mix[name] = numberOf(mix, name)
	}
}

// mock reads the section of a file or of an operation.
func (b *builder) mock(r *reader, n *yaml.Node, path string) Mock {
	m := Mock{
		Words: b.words(r, n, path), ID: textOf(n, "id"), Faults: listOf(n, "faults"), CORS: flagOf(n, "cors"), Auth: flagOf(n, "auth"),
		Status: textOf(child(n, "paths"), "status"), Result: textOf(child(n, "paths"), "result"),
		Workers: wholeOf(n, "workers"), MaxQueue: wholeOf(n, "max-queue"), TimeScale: numberOf(n, "time-scale"),
	}
	scenarios := child(n, "scenarios")
	for i := 0; scenarios != nil && i+1 < len(scenarios.Content); i += 2 {
		if m.Scenarios == nil {
			m.Scenarios = map[string]Words{}
		}
		name := scenarios.Content[i].Value
		m.Scenarios[name] = b.words(r, resolved(scenarios.Content[i+1]), path+".scenarios."+name)
	}
	answers := child(n, "answers")
	for i := 0; answers != nil && i+1 < len(answers.Content); i += 2 {
		if m.Answers == nil {
			m.Answers = map[string]Answer{}
		}
		key := answers.Content[i].Value
		m.Answers[key] = b.answer(r, resolved(answers.Content[i+1]), path+".answers."+key)
	}
	if c := child(n, "callback"); c != nil {
		m.Callback = b.callback(r, c, path+".callback")
	}
	if rules := child(n, "rules"); rules != nil {
		for i, e := range rules.Content {
			m.Rules = append(m.Rules, b.rule(r, resolved(e), fmt.Sprintf("%s.rules[%d]", path, i)))
		}
	}
	return m
}

// patternsOf returns a mapping of patterns; null is that of nothing.
func patternsOf(n *yaml.Node) map[string]string {
	all := textsOf(n)
	for name := range all {
		if isNull(child(n, name)) {
			all[name] = ""
		}
	}
	return all
}

func (b *builder) answer(r *reader, n *yaml.Node, path string) Answer {
	return Answer{Status: wholeOf(n, "status"), Header: textsOf(child(n, "headers")), Content: b.content(r, n, path)}
}

func (b *builder) callback(r *reader, n *yaml.Node, path string) *Callback {
	sign := child(n, "sign")
	c := &Callback{
		Request: b.request(r, n, path, "POST"), States: listOf(n, "states"), Delay: durationOf(n, "delay"), Times: max(wholeOf(n, "times"), 1),
		SignHeader: textOf(sign, "header"), SignPrefix: textOf(sign, "prefix"), Secret: textOf(sign, "secret"),
	}
	if len(c.URL) == 0 {
		r.fail(n, path+".url", "it is missing: where is the callback sent?")
	}
	if sign != nil && (c.SignHeader == "" || !secretName().MatchString(c.Secret)) {
		r.fail(sign, path+".sign", "it needs header and secret, the name of a secret in capital letters, digits and _")
	}
	return c
}

func (b *builder) rule(r *reader, n *yaml.Node, path string) Rule {
	when := child(n, "when")
	one := Rule{
		Name: textOf(n, "name"), Set: b.words(r, child(n, "set"), path+".set"), Delay: durationOf(n, "delay"), Distribution: textOf(n, "distribution"),
		Faults: listOf(n, "faults"), HasFaults: child(n, "faults") != nil,
		When: When{
			Method: textOf(when, "method"), Path: textOf(when, "path"), Query: patternsOf(child(when, "query")), Header: patternsOf(child(when, "header")),
			Probability: 1, Turn: textOf(when, "turn"),
		},
	}
	if child(when, "probability") != nil {
		one.When.Probability = numberOf(when, "probability")
	}
	body := child(when, "body")
	for i := 0; body != nil && i+1 < len(body.Content); i += 2 {
		if one.When.Body == nil {
			one.When.Body = map[string]string{}
		}
		one.When.Body[body.Content[i].Value] = jsonText(body.Content[i+1])
	}
	if v := child(n, "answer"); v != nil {
		a := b.answer(r, v, path+".answer")
		one.Answer = &a
	}
	if one.Set.Empty() && one.Answer == nil && child(n, "delay") == nil && !one.HasFaults {
		r.fail(n, path, "it says nothing: give set, answer, delay or faults")
	}
	return one
}

// sortedNames returns the names of a map in order.
func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
