package openapi

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxDepth bounds how deeply an example may be nested, and maxValues how many values it may have:
// schemas may speak of themselves, and aliases of aliases.
const (
	maxDepth  = 12
	maxValues = 10_000
)

// maker makes one example.
type maker struct {
	doc  *Document
	left int // values that it may still have
}

func (d *Document) maker() *maker { return &maker{d, maxValues} }

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(m.name) // of a string it cannot fail
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// example returns a value that a schema allows: what the document gives as an example before what is
// made up from the type. It says false where nothing can be made.
func (m *maker) example(schema *yaml.Node, depth int) (any, bool) {
	schema = m.doc.follow(schema)
	if m.left--; schema == nil || depth > maxDepth || m.left < 0 {
		return nil, false
	}
	for _, given := range []*yaml.Node{get(schema, "example"), get(get(schema, "examples"), "0"), get(schema, "default"), get(schema, "const"), get(get(schema, "enum"), "0")} {
		if given != nil {
			return m.plain(given, depth), true
		}
	}
	if all := items(get(schema, "allOf")); len(all) > 0 {
		return m.combined(schema, all, depth)
	}
	for _, name := range []string{"oneOf", "anyOf"} {
		for _, choice := range items(get(schema, name)) {
			if v, ok := m.example(choice, depth+1); ok {
				return v, true
			}
		}
	}
	return m.made(schema, depth)
}

// combined merges the objects of allOf, and the schema's own members.
func (m *maker) combined(schema *yaml.Node, all []*yaml.Node, depth int) (any, bool) {
	var merged object
	found := false
	for _, part := range all {
		v, ok := m.example(part, depth+1)
		o, isObject := v.(object)
		if ok && !isObject {
			return v, true
		}
		merged, found = merge(merged, o), found || ok
	}
	if get(schema, "properties") != nil {
		v, ok := m.made(schema, depth)
		if o, isObject := v.(object); ok && isObject {
			merged, found = merge(merged, o), true
		}
	}
	return merged, found
}

func merge(a, b object) object {
	for _, m := range b {
		known := false
		for i := range a {
			if a[i].name == m.name {
				a[i].value, known = m.value, true
			}
		}
		if !known {
			a = append(a, m)
		}
	}
	return a
}

// made makes a value of the schema's type.
func (m *maker) made(schema *yaml.Node, depth int) (any, bool) {
	switch kind := typeOf(schema); kind {
	case "object":
		return m.madeObject(schema, depth)
	case "array":
		list := []any{}
		least, _ := strconv.Atoi(scalar(get(schema, "minItems")))
		for range min(max(1, least), 20) {
			v, ok := m.example(get(schema, "items"), depth+1)
			if !ok {
				return list, least == 0
			}
			list = append(list, v)
		}
		return list, true
	case "string":
		return text(schema), true
	case "integer", "number":
		return number(schema, kind == "integer"), true
	case "boolean":
		return true, true
	case "null":
		return nil, true
	}
	return nil, false
}

// typeOf is the type of a schema; of several (OpenAPI 3.1) the first that is not null.
func typeOf(schema *yaml.Node) string {
	kind := get(schema, "type")
	for _, each := range items(kind) {
		if each.Value != "null" {
			return each.Value
		}
	}
	switch {
	case scalar(kind) != "":
		return scalar(kind)
	case get(schema, "properties") != nil:
		return "object"
	case get(schema, "items") != nil:
		return "array"
	}
	return ""
}

// madeObject has the members that are required, and the others for which the document has an example.
func (m *maker) madeObject(schema *yaml.Node, depth int) (any, bool) {
	o := object{}
	required := map[string]bool{}
	for _, name := range items(get(schema, "required")) {
		required[name.Value] = true
	}
	for name, property := range members(get(schema, "properties")) {
		property = m.doc.follow(property)
		if scalar(get(property, "readOnly")) == "true" {
			continue
		}
		given := get(property, "example") != nil || get(property, "default") != nil || get(property, "examples") != nil
		if !required[name] && !given {
			continue
		}
		v, ok := m.example(property, depth+1)
		switch {
		case ok:
			o = append(o, member{name, v})
		case required[name]:
			return nil, false
		}
	}
	return o, true
}

// formats are examples of texts, by the format.
var formats = map[string]string{
	"date-time": "2026-01-02T03:04:05Z", "date": "2026-01-02", "time": "03:04:05Z", "duration": "PT1H",
	"email": "somebody@example.com", "hostname": "example.com", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1",
	"uri": "https://example.com/", "url": "https://example.com/", "uri-reference": "/example",
	"uuid": "6f8c1a52-3d0e-4f6b-9a57-0c2b8e1d4f73", "byte": "ZXhhbXBsZQ==", "binary": "example", "password": "example",
}

func text(schema *yaml.Node) string {
	if s := formats[scalar(get(schema, "format"))]; s != "" {
		return s
	}
	s := "example"
	if least, _ := strconv.Atoi(scalar(get(schema, "minLength"))); least > len(s) {
		s += strings.Repeat("x", min(least, 4096)-len(s))
	}
	if most, err := strconv.Atoi(scalar(get(schema, "maxLength"))); err == nil && most >= 0 && most < len(s) {
		s = s[:most]
	}
	return s
}

// number is 1, or the number nearest to it that the bounds allow.
func number(schema *yaml.Node, whole bool) float64 {
	bound := func(name string) (float64, bool) {
		v, err := strconv.ParseFloat(scalar(get(schema, name)), 64)
		return v, err == nil && !math.IsInf(v, 0) && !math.IsNaN(v)
	}
	step := 1.0
	if !whole {
		step = 0.5
	}
	v := 1.0
	if least, ok := bound("minimum"); ok && v < least {
		v = least
		if scalar(get(schema, "exclusiveMinimum")) == "true" {
			v += step
		}
	}
	if least, ok := bound("exclusiveMinimum"); ok && v <= least {
		v = least + step
	}
	if most, ok := bound("maximum"); ok && v > most {
		v = most
		if scalar(get(schema, "exclusiveMaximum")) == "true" {
			v -= step
		}
	}
	if most, ok := bound("exclusiveMaximum"); ok && v >= most {
		v = most - step
	}
	if whole {
		v = math.Ceil(v)
	}
	if of, ok := bound("multipleOf"); ok && of > 0 {
		v = math.Ceil(v/of) * of
	}
	return v
}
