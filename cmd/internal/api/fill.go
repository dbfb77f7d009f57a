package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/cmd/internal/bounded"
	"github.com/asyncctl/asyncctl/internal/hole"
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/dialect"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// Values are what the holes of a submit stand for.
type Values struct {
	// Index is the number of the submit in a run, from 0.
	Index int
	// Row is a row of a feed: texts, or values of JSON.
	Row map[string]any
	// Load makes placeholders of loadtest's of them, which it fills in for each submit.
	Load bool
	// Marks leaves {{uuid}} for whoever sends the submit more than once.
	Marks bool
}

// placeholder is one of loadtest's: as a value of JSON, and within a text.
type placeholder struct{ value, text string }

// value returns what stands for a hole.
func (v Values) value(hole string) (any, error) {
	switch {
	case v.Load:
		return loaded(hole)
	case v.Marks && hole == "uuid":
		return placeholder{`"{{uuid}}"`, "{{uuid}}"}, nil
	}
	switch row, ok := strings.CutPrefix(hole, "row."); {
	case ok:
		value, has := v.Row[row]
		if !has {
			return nil, fmt.Errorf("{{%s}}: the row has no %s", hole, row)
		}
		return value, nil
	case hole == "uuid":
		return uuid(), nil
	case hole == "index":
		return json.Number(strconv.Itoa(v.Index)), nil
	}
	return nil, fmt.Errorf("{{%s}} is not known in a submit", hole)
}

// loaded returns loadtest's placeholder for a hole.
func loaded(hole string) (any, error) {
	switch row, ok := strings.CutPrefix(hole, "row."); {
	case ok:
		return placeholder{"{{json ." + row + "}}", "{{." + row + "}}"}, nil
	case hole == "uuid":
		return placeholder{`"{{.UUID}}"`, "{{.UUID}}"}, nil
	case hole == "index":
		return placeholder{"{{.Index}}", "{{.Index}}"}, nil
	}
	return nil, fmt.Errorf("{{%s}} is not known in a submit", hole)
}

// uuid returns a random UUID (RFC 9562, section 5.4).
func uuid() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// asText shows a value within a text.
func asText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case placeholder:
		return v.text
	}
	text, _ := json.Marshal(v)
	return string(text)
}

// fill fills in the holes of a text; show says a value as the place needs it.
func fill(template string, show func(any) string, value func(hole string) (any, error)) (string, error) {
	var out strings.Builder
	for {
		text, name, rest, found := hole.Cut(template)
		out.WriteString(text)
		if !found {
			return out.String(), nil
		}
		v, err := value(name)
		if err != nil {
			return "", err
		}
		out.WriteString(show(v))
		template = rest
	}
}

// fillJSON fills in the holes of a JSON text. A string that is one hole becomes the value.
func fillJSON(template string, value func(hole string) (any, error)) (string, error) {
	var out strings.Builder
	for rest := template; rest != ""; {
		i := strings.IndexByte(rest, '"')
		if i < 0 {
			out.WriteString(rest)
			break
		}
		out.WriteString(rest[:i])
		end := jsontext.StringEnd(rest[i:])
		literal := rest[i : i+end]
		rest = rest[i+end:]
		if !strings.Contains(literal, "{{") {
			out.WriteString(literal)
			continue
		}
		var text string
		if err := json.Unmarshal([]byte(literal), &text); err != nil {
			return "", err
		}
		if name, whole := hole.Whole(text); whole {
			v, err := value(name)
			if err != nil {
				return "", err
			}
			if p, ok := v.(placeholder); ok {
				out.WriteString(p.value)
				continue
			}
			encoded, err := json.Marshal(v)
			if err != nil {
				return "", err
			}
			out.Write(encoded)
			continue
		}
		filled, err := fill(text, asText, value)
		if err != nil {
			return "", err
		}
		out.WriteString(quoted(filled))
	}
	return out.String(), nil
}

// Build returns the submit of an operation, an example's if one is named: without the file's own header,
// which is for every request. Secrets that its own header holds are asked of s.
func (op *Operation) Build(ctx context.Context, example string, v Values, s *Secrets) (lro.Request, error) {
	q := op.Submit
	if example != "" {
		e, ok := op.Example(example)
		if !ok {
			return lro.Request{}, fmt.Errorf("%s has no example %q%s", op.Name, example, op.exampleNames())
		}
		q.Method = ifEmpty(e.Method, q.Method)
		if e.URL != "" {
			q.URL = []string{e.URL}
		}
		q.Query, q.Header = over(q.Query, e.Query), over(q.Header, e.Header)
		if !e.Content.Empty() {
			q.Content = e.Content
		}
	}
	values := map[string]any{}
	value := func(hole string) (any, error) { // {{uuid}} is one and the same in one submit
		if had, ok := values[hole]; ok {
			return had, nil
		}
		got, err := v.value(hole)
		values[hole] = got
		return got, err
	}
	req := lro.Request{Method: q.Method, Header: http.Header{}}
	var err error
	for _, t := range q.URL {
		req.URL, err = fill(t, func(v any) string {
			if p, ok := v.(placeholder); ok {
				return p.text // which is escaped where it is filled in
			}
			return url.PathEscape(asText(v))
		}, value)
		if err == nil {
			break
		}
	}
	if err != nil {
		return req, err
	}
	for _, name := range sortedNames(q.Query) {
		text, err := fill(q.Query[name], asText, value)
		if err != nil {
			return req, err
		}
		if !v.Load && !v.Marks {
			text = strings.ReplaceAll(text, "{{", `\{{`)
		}
		req.URL = addQuery(req.URL, map[string]string{name: text})
	}
	if err := op.dress(ctx, &req, q, value, s); err != nil {
		return req, err
	}
	return req, nil
}

// dress adds header and content.
func (op *Operation) dress(ctx context.Context, req *lro.Request, q Request, value func(string) (any, error), s *Secrets) error {
	body, kind, err := q.Content.bytes(value)
	if err != nil {
		return err
	}
	req.Body = body
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for _, name := range sortedNames(q.Header) {
		text, err := fill(q.Header[name], asText, func(hole string) (any, error) {
			if key, ok := strings.CutPrefix(hole, "secret:"); ok && s != nil {
				return s.Get(ctx, key, false)
			}
			return value(hole)
		})
		if err != nil {
			return err
		}
		if strings.ContainsAny(text, "\r\n\x00") {
			return fmt.Errorf("the value of header %s holds a line break", name)
		}
		req.Header.Set(name, text)
	}
	return op.addKey(req, value)
}

// addKey adds an idempotency key where the API knows one and the request has none.
func (op *Operation) addKey(req *lro.Request, value func(string) (any, error)) error {
	key := op.Rules.Key
	fresh, err := value("uuid")
	if err != nil {
		return err
	}
	switch {
	case key == "" || key == dialect.KeyNone:
	case strings.HasPrefix(key, "/"):
		member := strings.TrimPrefix(key, "/")
		doc := jsontext.Value(req.Body)
		if _, has := doc.At(key); has || !doc.IsObject() || strings.Contains(member, "/") {
			return nil
		}
		text := strings.TrimSpace(string(req.Body))
		comma := ","
		if doc.Members() == 0 {
			comma = ""
		}
		req.Body = []byte("{" + quoted(member) + ": " + quoted(asText(fresh)) + comma + text[1:])
	case req.Header.Get(key) == "":
		text := asText(fresh)
		if strings.EqualFold(key, "Idempotency-Key") {
			text = quoted(text) // a structured string, as the draft asks for
		}
		req.Header.Set(key, text)
	}
	return nil
}

// bytes returns the content and its type.
func (c Content) bytes(value func(string) (any, error)) (body []byte, kind string, err error) {
	switch {
	case c.JSON != "":
		text, err := fillJSON(c.JSON, value)
		return []byte(text), "application/json", err
	case c.Form != nil:
		var pairs []string
		for _, name := range sortedNames(c.Form) {
			text, err := fill(c.Form[name], asText, value)
			if err != nil {
				return nil, "", err
			}
			pairs = append(pairs, escapeQuery(name)+"="+escapeQuery(text))
		}
		return []byte(strings.Join(pairs, "&")), "application/x-www-form-urlencoded", nil
	case c.Text != nil:
		text, err := fill(*c.Text, asText, value)
		return []byte(text), "text/plain; charset=utf-8", err
	case c.File != "":
		body, err := bounded.Regular(c.File, MaxFile)
		return body, "", err
	}
	return nil, "", nil
}

// Bytes returns a content without holes; an error where there is one.
func (c Content) Bytes() ([]byte, error) {
	body, _, err := c.bytes(func(hole string) (any, error) { return nil, fmt.Errorf("{{%s}} has no value here", hole) })
	return body, err
}

func (op *Operation) exampleNames() string {
	var names []string
	for _, e := range op.Examples {
		names = append(names, e.Name)
	}
	if len(names) == 0 {
		return "; it has none"
	}
	return "; it has " + strings.Join(names, ", ")
}

// over returns a map with what another one says instead.
func over(under, own map[string]string) map[string]string {
	all := map[string]string{}
	for name, v := range under {
		all[name] = v
	}
	for name, v := range own {
		for had := range all {
			if strings.EqualFold(had, name) {
				delete(all, had)
			}
		}
		all[name] = v
	}
	return all
}

// escapeQuery percent-encodes a name or value of a query or form.
func escapeQuery(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// escapeTemplate percent-encodes the text between the holes of a template.
func escapeTemplate(template string) string {
	var out strings.Builder
	for {
		text, name, rest, found := hole.Cut(template)
		out.WriteString(escapeQuery(text))
		if !found {
			return out.String()
		}
		out.WriteString("{{" + name + "}}")
		template = rest
	}
}
