package api

import (
	"encoding/json"
)

// Schema returns the JSON Schema (draft 2020-12) of API files. Where a value has short forms, if/then on
// its type chooses, so that a validator can say what is wrong with the form that was meant.
func Schema() []byte {
	s := schemaOf(root)
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "API file of asyncctl, version 1"
	s["required"] = []string{"asyncctl"}
	s["patternProperties"] = map[string]any{"^x-": true}
	s["properties"].(map[string]any)["asyncctl"] = map[string]any{"const": 1, "description": "The version of the format."}
	text, _ := json.MarshalIndent(s, "", " ") // maps and texts always can be
	return append(text, '\n')
}

// The patterns of texts.
const (
	placePattern    = `^(header:[A-Za-z0-9-]+|(/.*)?)$`
	linePattern     = `^[A-Z]+ \S+$`
	durationPattern = `^(0|([0-9]+(\.[0-9]+)?(ms|s|m|h))+)$`
	ratePattern     = `^[0-9]+(\.[0-9]+)?/(s|m|h)$`
)

func schemaOf(s *shape) map[string]any {
	own := plainSchema(s)
	if len(s.short) == 0 {
		return own
	}
	kind := "object"
	if s.kind == kList {
		kind = "array"
	}
	var rest any = schemaOf(s.short[len(s.short)-1])
	if len(s.short) > 1 {
		forms := []any{}
		for _, short := range s.short {
			forms = append(forms, plainSchema(short))
		}
		rest = map[string]any{"anyOf": forms}
	}
	return map[string]any{
		"type": []string{kind, "string"},
		"if":   map[string]any{"type": kind},
		"then": own,
		"else": rest,
	}
}

func plainSchema(s *shape) map[string]any {
	switch s.kind {
	case kObject:
		properties := map[string]any{}
		for _, one := range s.fields {
			p := schemaOf(one.shape)
			if _, many := p["if"]; many {
				p = map[string]any{"description": one.said(), "allOf": []any{p}}
			} else {
				p["description"] = one.said()
			}
			properties[one.Name] = p
		}
		return map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	case kTable:
		t := map[string]any{"type": "object", "additionalProperties": schemaOf(s.of)}
		if s.words != nil {
			t["propertyNames"] = map[string]any{"enum": s.words}
		}
		if s.keys != "" {
			t["propertyNames"] = map[string]any{"pattern": s.keys}
		}
		return t
	case kList:
		return map[string]any{"type": "array", "items": schemaOf(s.of)}
	case kJSON:
		return map[string]any{}
	}
	return scalarSchema(s)
}

func scalarSchema(s *shape) map[string]any {
	pattern := func(p string) map[string]any { return map[string]any{"type": "string", "pattern": p} }
	switch s.kind {
	case kWord:
		return map[string]any{"enum": s.words}
	case kPlace:
		return pattern(placePattern)
	case kLine:
		return pattern(linePattern)
	case kWhole:
		w := map[string]any{"type": "integer", "minimum": s.min}
		if s == status {
			w["maximum"] = 599
		}
		return w
	case kNumber:
		return map[string]any{"type": "number", "minimum": 0}
	case kFlag:
		return map[string]any{"type": "boolean"}
	case kDuration:
		return pattern(durationPattern)
	case kRate:
		return pattern(ratePattern)
	}
	if s == method {
		return pattern("^[A-Z]+$")
	}
	if s.keys != "" {
		return pattern(s.keys)
	}
	if s.null {
		return map[string]any{"type": []string{"string", "number", "boolean", "null"}}
	}
	if s == text || s.kind == kTemplate || s.scalar {
		// A text is taken as it is written: 5, true and 2026-01-01 are texts too.
		return map[string]any{"type": []string{"string", "number", "boolean"}}
	}
	return map[string]any{"type": "string"}
}

func (one *Field) said() string {
	return Described{Doc: one.Doc, Default: one.Default}.said()
}
