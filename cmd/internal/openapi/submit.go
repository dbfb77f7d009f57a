package openapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asyncctl/asyncctl/conformance"
)

// Submit returns an example of the operation's request. base is the URL that its path is relative to;
// empty: the first server of the document. Remarks are what the person must look at.
func (o *Operation) Submit(base string) (*conformance.Submit, []string, error) {
	server, err := o.server(base)
	if err != nil {
		return nil, nil, err
	}
	s := &conformance.Submit{Method: o.Method}
	var remarks []string
	path, query := o.Path, url.Values{}
	for _, p := range o.parameters() {
		name, place := scalar(get(p, "name")), scalar(get(p, "in"))
		required := scalar(get(p, "required")) == "true" || place == "path"
		value, made, ok := o.parameter(p)
		switch {
		case !ok && required:
			return nil, nil, fmt.Errorf("%s: %s needs the parameter %q, for which no example can be made: give it one in the document, or write an API file", o.doc.path, o.Name(), name)
		case !ok, !required && made:
			continue
		case made:
			remarks = append(remarks, fmt.Sprintf("The document has no example for the parameter %s: %q is made up.", name, value))
		}
		switch place {
		case "path":
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
		case "query":
			query.Set(name, value)
		case "header":
			s.Header = append(s.Header, conformance.Field{Name: name, Value: value})
		}
	}
	s.URL = strings.TrimRight(server, "/") + path
	if len(query) > 0 {
		s.URL += "?" + query.Encode()
	}
	remark, err := o.content(s)
	if remark != "" {
		remarks = append(remarks, remark)
	}
	if len(o.doc.lost) > 0 {
		remarks = append(remarks, fmt.Sprintf("The reference %q leads nowhere: only files beside and below the document are read.", o.doc.lost[0]))
	}
	return s, remarks, err
}

// parameters are those of the operation, and those of its path that it does not name itself.
func (o *Operation) parameters() []*yaml.Node {
	var list []*yaml.Node
	seen := map[string]bool{}
	for _, from := range []*yaml.Node{o.node, o.item} {
		for _, p := range items(get(from, "parameters")) {
			p = o.doc.follow(p)
			key := scalar(get(p, "in")) + " " + scalar(get(p, "name"))
			if p != nil && !seen[key] {
				seen[key] = true
				list = append(list, p)
			}
		}
	}
	return list
}

// parameter returns a value for a parameter, and whether it is made up.
func (o *Operation) parameter(p *yaml.Node) (value string, made, ok bool) {
	if given := o.given(p); given != nil {
		return fmt.Sprint(o.doc.maker().plain(given, 0)), false, true
	}
	schema := o.doc.follow(get(p, "schema"))
	v, ok := o.doc.maker().example(schema, 0)
	if !ok {
		return "", true, false
	}
	for _, name := range []string{"example", "examples", "default", "const", "enum"} {
		if get(schema, name) != nil {
			return fmt.Sprint(v), false, true
		}
	}
	return fmt.Sprint(v), true, true
}

// given is the example that a parameter or a content has itself.
func (o *Operation) given(n *yaml.Node) *yaml.Node {
	if example := get(n, "example"); example != nil {
		return example
	}
	for _, example := range members(get(n, "examples")) {
		if v := get(o.doc.follow(example), "value"); v != nil {
			return v
		}
	}
	return nil
}

// content makes the content of the request: JSON before a form before anything else.
func (o *Operation) content(s *conformance.Submit) (remark string, err error) {
	body := o.doc.follow(get(o.node, "requestBody"))
	if body == nil {
		return "", nil
	}
	types := map[string]*yaml.Node{}
	for media, content := range members(get(body, "content")) {
		types[media] = content
	}
	for _, media := range slices.Sorted(maps.Keys(types)) {
		if base, _, _ := strings.Cut(media, ";"); base == "application/json" || strings.HasSuffix(base, "+json") {
			return o.json(s, media, types[media])
		}
	}
	if form := types["application/x-www-form-urlencoded"]; form != nil {
		return o.form(s, form)
	}
	if scalar(get(body, "required")) != "true" {
		return "", nil
	}
	return "", fmt.Errorf("%s: %s takes %s: of these no example can be made; write an API file", o.doc.path, o.Name(), strings.Join(slices.Sorted(maps.Keys(types)), ", "))
}

func (o *Operation) value(content *yaml.Node) (v any, remark string, err error) {
	if given := o.given(content); given != nil {
		return o.doc.maker().plain(given, 0), "", nil
	}
	v, ok := o.doc.maker().example(get(content, "schema"), 0)
	if !ok {
		return nil, "", fmt.Errorf("%s: no example can be made of the content of %s: give it one in the document, or write an API file", o.doc.path, o.Name())
	}
	return v, "The document has no example of the content: it is made up from the schema.", nil
}

func (o *Operation) json(s *conformance.Submit, media string, content *yaml.Node) (string, error) {
	v, remark, err := o.value(content)
	if err != nil {
		return "", err
	}
	s.Body, err = json.Marshal(v)
	s.Header = append(s.Header, conformance.Field{Name: "Content-Type", Value: media})
	return remark, err
}

func (o *Operation) form(s *conformance.Submit, content *yaml.Node) (string, error) {
	v, remark, err := o.value(content)
	if err != nil {
		return "", err
	}
	values := url.Values{}
	if fields, ok := v.(object); ok {
		for _, m := range fields {
			values.Set(m.name, fmt.Sprint(m.value))
		}
	}
	s.Body = []byte(values.Encode())
	s.Header = append(s.Header, conformance.Field{Name: "Content-Type", Value: "application/x-www-form-urlencoded"})
	return remark, nil
}

// Credentials are the header fields that the operation's first security requirement asks for.
func (o *Operation) Credentials() []string {
	security := get(o.node, "security")
	if security == nil {
		security = get(o.doc.root, "security")
	}
	requirements := items(security)
	if len(requirements) == 0 {
		return nil
	}
	var names []string
	for name := range members(requirements[0]) {
		scheme := o.doc.follow(get(get(get(o.doc.root, "components"), "securitySchemes"), name))
		switch scalar(get(scheme, "type")) {
		case "http", "oauth2", "openIdConnect":
			names = append(names, "Authorization")
		case "apiKey":
			if scalar(get(scheme, "in")) == "header" {
				names = append(names, scalar(get(scheme, "name")))
			}
		}
	}
	return names
}
