package draft

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// quiet are header fields that a client sends by itself, or that describe the message.
var quiet = []string{
	"Accept", "Accept-Encoding", "Accept-Language", "Connection", "Content-Length", "Content-Type", "Host", "Origin", "Referer", "User-Agent", "Cache-Control",
	"Pragma", "Dnt", "Te", "Priority", "If-None-Match", "Traceparent", "Cookie", "Expect", "Transfer-Encoding", "Upgrade-Insecure-Requests",
}

// credentials takes the header fields and the query parameters that requests had in common.
func (l *learner) credentials() {
	submit := l.c.submit
	for _, name := range slices.Sorted(mapKeys(submit.Header)) {
		value := submit.Header.Get(name)
		lower := strings.ToLower(name)
		secret := credential(lower)
		switch {
		case lower == "cookie", lower == "prefer", strings.HasPrefix(lower, "sec-"), slices.Contains(quiet, http.CanonicalHeaderKey(name)) && !secret:
		case secretive(lower):
			l.d.Header = append(l.d.Header, Line{Name: name, Value: quoted(hidden(name, value))})
		case lower == "idempotency-key" || strings.HasPrefix(lower, "repeatability-"):
		default:
			if len(l.c.polls) == 0 || l.c.polls[0].Header.Get(name) == value {
				l.d.Header = append(l.d.Header, Line{Name: name, Value: quoted(value)})
			}
		}
	}
	if submit.Header.Get("Cookie") != "" {
		l.d.Header = append(l.d.Header, Line{Name: "Cookie", Value: quoted("{{secret:COOKIE}}"), Off: "a browser's cookies; the API may take another credential"})
	}
	first, _ := url.Parse(submit.URL)
	second, _ := url.Parse(l.c.status)
	if first == nil || second == nil {
		return
	}
	for _, name := range slices.Sorted(mapKeys(first.Query())) {
		if v := first.Query().Get(name); second.Query().Has(name) && second.Query().Get(name) == v && !credential(strings.ToLower(name)) {
			l.d.Query = append(l.d.Query, Line{Name: name, Value: quoted(v), Guess: "both requests"})
		}
	}
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func credential(lower string) bool {
	return lower == "authorization" || lower == "proxy-authorization" || lower == "cookie" || strings.Contains(lower, "key") ||
		strings.Contains(lower, "token") || strings.Contains(lower, "secret") || strings.Contains(lower, "password")
}

// hidden returns a template in place of a credential.
func hidden(name, value string) string {
	key := "TOKEN"
	if !strings.EqualFold(name, "Authorization") {
		key = strings.ToUpper(strings.NewReplacer("-", "_").Replace(strings.TrimPrefix(strings.ToLower(name), "x-")))
	}
	if scheme, _, ok := strings.Cut(value, " "); ok && strings.EqualFold(name, "Authorization") {
		return scheme + " {{secret:" + key + "}}"
	}
	return "{{secret:" + key + "}}"
}

// operation writes the submit, and what the mock answers.
func (l *learner) operation(name string) {
	x := l.c.submit
	if name == "" {
		name = operationName(x.Method, l.below(x.URL))
	}
	op := Operation{Name: name, Submit: l.submit(x)}
	op.Mock = l.mock()
	op.Examples = []Line{
		{Name: "fail", Value: "{json: {}}", Off: "not seen: content with which it is accepted and fails"},
		{Name: "invalid", Value: "{json: {}}", Off: "not seen: content that is refused"},
	}
	if k := l.c.failing; k != nil && json.Valid(k.submit.Body) {
		op.Examples[0] = Line{Name: "fail", Value: "{json: " + compact(k.submit.Body) + "}"}
	}
	if x := l.c.invalid; x != nil && json.Valid(x.Body) {
		op.Examples[1] = Line{Name: "invalid", Value: "{json: " + compact(x.Body) + "}"}
	}
	l.d.Operations = append(l.d.Operations, op)
}

func (l *learner) submit(x Exchange) string {
	fields := []string{}
	if prefer := x.Header.Get("Prefer"); prefer != "" {
		fields = append(fields, flow2("headers", "{Prefer: "+Quote(prefer)+"}"))
	}
	kind := x.Header.Get("Content-Type")
	switch {
	case len(x.Body) == 0:
	case json.Valid(x.Body):
		fields = append(fields, "json: "+compact(x.Body))
	case strings.HasPrefix(kind, "application/x-www-form-urlencoded"):
		if values, err := url.ParseQuery(string(x.Body)); err == nil {
			var pairs []string
			for _, key := range slices.Sorted(mapKeys(values)) {
				pairs = append(pairs, Quote(key), quoted(values.Get(key)))
			}
			fields = append(fields, "form: "+flow(pairs...))
		}
	default:
		fields = append(fields, "text: "+quoted(string(x.Body)))
	}
	return request(x.Method, escapedHoles(l.below(x.URL)), fields...)
}

func flow2(name, value string) string { return name + ": " + value }

// escapedHoles keeps braces of what was seen from being holes.
func escapedHoles(s string) string { return strings.ReplaceAll(s, "{{", `\{{`) }

// compact returns a JSON document on one line; braces in its texts stay what they are.
func compact(text []byte) string {
	var v json.RawMessage = text
	out, err := json.Marshal(v)
	if err != nil {
		return quoted(string(text))
	}
	return escapedJSON(string(out))
}

// escapedJSON escapes holes within the texts of a JSON document.
func escapedJSON(s string) string {
	var out strings.Builder
	inside := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && inside && i+1 < len(s):
			out.WriteString(s[i : i+2])
			i++
			continue
		case s[i] == '"':
			inside = !inside
		case inside && strings.HasPrefix(s[i:], "{{"):
			out.WriteString(`\\`)
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

// operationName makes a name of a method and a path: its last literal segment.
func operationName(method, path string) string {
	path, _, _ = strings.Cut(path, "?")
	name := ""
	for _, segment := range strings.Split(path, "/") {
		word := strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
				return r
			}
			return '-'
		}, segment)
		if word = strings.Trim(word, "-_0123456789"); word != "" && !(len(word) > 30) {
			name = word
		}
	}
	if name == "" {
		return strings.ToLower(method)
	}
	return name
}

// mock makes the mock's answers of those that were seen.
func (l *learner) mock() []Line {
	var all []Line
	polls := l.c.polls
	if len(polls) > 0 {
		if took := polls[len(polls)-1].At.Sub(l.c.submit.At).Round(100 * time.Millisecond); took > 0 && took < 24*time.Hour {
			all = append(all, Line{Name: "duration", Value: took.String(), Guess: "how long it took"})
		}
	}
	if hint := l.c.submit.Response.Get("Retry-After"); hint == "" && len(polls) > 0 && polls[0].Response.Get("Retry-After") == "" {
		all = append(all, Line{Name: "retry-after", Value: "none", Guess: "answers without Retry-After"})
	}
	if path := l.literalStatus(); path != "" {
		all = append(all, Line{Name: "paths", Value: "{status: " + quoted(path) + "}", Guess: "the status URL"})
	}
	answers := []Line{{Name: "accepted", Value: l.answer(l.c.submit, true)}}
	said := map[string]bool{}
	for i, x := range polls {
		key := l.keyOf(x, i == len(polls)-1)
		if key == "" || said[key] {
			continue
		}
		said[key] = true
		answers = append(answers, Line{Name: key, Value: l.answer(x, false)})
	}
	if l.c.result != nil && len(l.c.result.Content) < 4096 && (l.link != "" || polls[len(polls)-1].Status/100 == 3) {
		answers = append(answers, Line{Name: "result", Value: l.answer(*l.c.result, false)})
	}
	for _, more := range []struct {
		key string
		x   *Exchange
	}{{"failed", l.c.failed}, {"cancelled", l.c.cancelled}, {"invalid", l.c.invalid}} {
		if more.x != nil && !said[more.key] {
			one := *l
			switch more.key {
			case "failed":
				one.c = l.c.failing
			case "cancelled":
				one.c = l.c.cancelling
			}
			answers = append(answers, Line{Name: more.key, Value: one.answer(*more.x, false)})
		}
	}
	var out strings.Builder
	lines(&out, answers, "")
	return append(all, Line{Name: "answers", Value: "\n" + strings.TrimSuffix(out.String(), "\n"), Guess: "the answers that were seen; values that varied are holes"})
}

// literalStatus returns the path of the status with {{id}}, where the server named the URL.
func (l *learner) literalStatus() string {
	if l.c.id != "" || !strings.HasPrefix(l.c.status, l.d.URL) {
		return ""
	}
	path, _, _ := strings.Cut(l.below(l.c.status), "?")
	segments := strings.Split(path, "/")
	for i := len(segments) - 1; i > 0; i-- {
		if varies(segments[i]) {
			segments[i] = "{{id}}"
			return strings.Join(segments, "/")
		}
	}
	return ""
}

// varies reports whether a segment of a path looks like an id.
func varies(segment string) bool {
	return strings.ContainsAny(segment, "0123456789") && !(len(segment) < 4 && segment[0] == 'v')
}

// id returns what the server calls the operation, as far as that is known.
func (l *learner) id() string {
	if l.c.id != "" {
		return l.c.id
	}
	path, _, _ := strings.Cut(l.c.status, "?")
	segments := strings.Split(path, "/")
	for i := len(segments) - 1; i > 2; i-- {
		if varies(segments[i]) {
			return segments[i]
		}
	}
	return ""
}

// keyOf returns the name of the mock's answer that an exchange is.
func (l *learner) keyOf(x Exchange, last bool) string {
	if l.coded || l.at == "" {
		switch {
		case x.Status == http.StatusAccepted:
			return "running"
		case last && x.Status/100 == 2 && l.coded:
			return "succeeded"
		case last && x.Status/100 == 3:
			return "succeeded"
		}
		return ""
	}
	word, ok := textAt(x.Content, l.at)
	if !ok {
		if last {
			return "succeeded"
		}
		return ""
	}
	state := meaning(word)
	switch {
	case last && x.Status/100 != 2 && x.Status/100 != 3:
		return ""
	case last && l.done != "":
		out, _ := textAt(x.Content, l.done)
		if state = meaning(out); state == "" {
			state = "succeeded"
		}
	case last && state == "":
		state = "succeeded"
	case !last && (state == "" || lro.Word(word).Terminal()):
		state = "running"
	}
	return state
}

// answer writes an exchange as an answer of the mock.
func (l *learner) answer(x Exchange, accepted bool) string {
	var parts []string
	if usual := map[bool]int{true: 202, false: 200}[accepted]; x.Status != usual {
		parts = append(parts, "status", fmt.Sprint(x.Status))
	}
	var fields []string
	for _, name := range []string{"Operation-Location", "Azure-Asyncoperation", "Location", "Content-Location", "Preference-Applied"} {
		if v := x.Response.Get(name); v != "" {
			fields = append(fields, Quote(name), quoted(l.holes(v)))
		}
	}
	if kind := x.Response.Get("Content-Type"); kind != "" && !strings.HasPrefix(kind, "application/json") && len(x.Content) > 0 {
		fields = append(fields, "Content-Type", quoted(kind))
	}
	if len(fields) > 0 {
		parts = append(parts, "headers", flow(fields...))
	}
	switch {
	case len(x.Content) == 0:
	case json.Valid(x.Content):
		parts = append(parts, "json", l.document(x.Content))
	default:
		parts = append(parts, "text", quoted(escapedHoles(string(x.Content[:min(len(x.Content), 4096)]))))
	}
	return flow(parts...)
}

// document returns a JSON document with holes in place of what varies.
func (l *learner) document(content []byte) string {
	text := compact(content)
	for _, m := range leaves(content) {
		hole := ""
		switch {
		case m.place == l.pct && l.pct != "":
			hole = "{{percent}}"
			text = replaceMember(text, m, quoted(hole))
			continue
		case m.isText && created().MatchString(lastName(m.place)) && isTime(m.text):
			hole = "{{created}}"
		case m.isText && updated().MatchString(lastName(m.place)) && isTime(m.text):
			hole = "{{updated}}"
		case m.isText && m.place == l.link:
			hole = "{{result}}"
		case m.isText:
			if filled := l.holes(m.text); filled != m.text {
				hole = filled
			}
		case m.text == l.id() && idName(m.place):
			hole = "{{id}}"
		}
		if hole != "" {
			text = replaceMember(text, m, quoted(hole))
		}
	}
	return text
}

var (
	created = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(created|submitted|accepted|createdat|createdatetime|createddatetime|created_at|createtime|starttime)$`)
	})
	updated = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(updated|modified|lastupdated|updatedat|lastupdateddatetime|updated_at|updatetime|lastmodified)$`)
	})
)

func isTime(s string) bool {
	_, err := time.Parse(time.RFC3339, s)
	return err == nil
}

// replaceMember replaces the value of a member, found by its name and value.
func replaceMember(text string, m leaf, by string) string {
	name := quoted(strings.NewReplacer("~1", "/", "~0", "~").Replace(m.place[strings.LastIndexByte(m.place, '/')+1:]))
	return strings.Replace(text, name+":"+string(m.value), name+":"+by, 1)
}

// holes puts holes in place of what names the operation in a text.
func (l *learner) holes(text string) string {
	absolute, err := lro.Resolve(l.c.submit.URL, text)
	switch {
	case err == nil && absolute == l.c.status && looksLikeURL(text):
		return "{{status}}"
	case err == nil && l.c.result != nil && absolute == l.c.result.URL && looksLikeURL(text):
		return "{{result}}"
	}
	text = escapedHoles(text)
	if id := l.id(); id != "" && len(id) > 1 {
		if text == id {
			return "{{id}}"
		}
		if looksLikeURL(text) {
			return strings.ReplaceAll(text, "/"+id, "/{{id}}")
		}
	}
	return text
}
