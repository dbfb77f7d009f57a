package api

import (
	"regexp"
	"strings"
)

// validate compares a document with a schema as [Schema] returns it and tells what is wrong, place by
// place. It knows the keywords that are used there and refuses others.
func validate(schema map[string]any, doc any, path string) []string {
	var wrong []string
	add := func(format string) { wrong = append(wrong, path+": "+format) }
	for keyword, v := range schema {
		switch keyword {
		case "$schema", "title", "description", "then", "else", "additionalProperties", "patternProperties", "minimum", "maximum":
		case "type":
			if !typeFits(v, doc) {
				add("wrong type")
			}
		case "const":
			if doc != v {
				add("wrong value")
			}
		case "enum":
			if !inList(v.([]any), doc) {
				add("not in the list")
			}
		case "pattern":
			if text, ok := doc.(string); ok && !regexp.MustCompile(v.(string)).MatchString(text) {
				add("does not match " + v.(string))
			}
		case "required":
			object, _ := doc.(map[string]any)
			for _, name := range v.([]any) {
				if _, has := object[name.(string)]; !has {
					add(name.(string) + " is missing")
				}
			}
		case "properties":
			wrong = append(wrong, validateMembers(schema, doc, path)...)
		case "propertyNames":
			object, _ := doc.(map[string]any)
			for name := range object {
				wrong = append(wrong, validate(v.(map[string]any), name, path+"."+name)...)
			}
		case "items":
			elements, _ := doc.([]any)
			for _, e := range elements {
				wrong = append(wrong, validate(v.(map[string]any), e, path+"[]")...)
			}
		case "allOf":
			for _, one := range v.([]any) {
				wrong = append(wrong, validate(one.(map[string]any), doc, path)...)
			}
		case "anyOf":
			if !anyFits(v.([]any), doc, path) {
				add("fits no form")
			}
		case "if":
			branch := "else"
			if len(validate(v.(map[string]any), doc, path)) == 0 {
				branch = "then"
			}
			wrong = append(wrong, validate(schema[branch].(map[string]any), doc, path)...)
		default:
			add("the keyword " + keyword + " is not known")
		}
	}
	if _, has := schema["properties"]; !has {
		wrong = append(wrong, validateMembers(schema, doc, path)...)
	}
	return append(wrong, validateBounds(schema, doc, path)...)
}

func validateMembers(schema map[string]any, doc any, path string) []string {
	object, ok := doc.(map[string]any)
	if !ok {
		return nil
	}
	var wrong []string
	properties, _ := schema["properties"].(map[string]any)
	patterns, _ := schema["patternProperties"].(map[string]any)
	for name, v := range object {
		if p, has := properties[name]; has {
			wrong = append(wrong, validate(p.(map[string]any), v, path+"."+name)...)
			continue
		}
		if len(patterns) > 0 && strings.HasPrefix(name, "x-") {
			continue
		}
		switch more := schema["additionalProperties"].(type) {
		case bool:
			if !more {
				wrong = append(wrong, path+"."+name+": is not a field")
			}
		case map[string]any:
			wrong = append(wrong, validate(more, v, path+"."+name)...)
		}
	}
	return wrong
}

func validateBounds(schema map[string]any, doc any, path string) []string {
	n, ok := doc.(float64)
	if least, has := schema["minimum"].(float64); ok && has && n < least {
		return []string{path + ": too small"}
	}
	if most, has := schema["maximum"].(float64); ok && has && n > most {
		return []string{path + ": too large"}
	}
	return nil
}

func anyFits(forms []any, doc any, path string) bool {
	for _, one := range forms {
		if len(validate(one.(map[string]any), doc, path)) == 0 {
			return true
		}
	}
	return false
}

func inList(list []any, doc any) bool {
	for _, one := range list {
		if one == doc {
			return true
		}
	}
	return false
}

func typeFits(want, doc any) bool {
	if many, ok := want.([]any); ok {
		for _, one := range many {
			if typeFits(one, doc) {
				return true
			}
		}
		return false
	}
	switch v := doc.(type) {
	case map[string]any:
		return want == "object"
	case []any:
		return want == "array"
	case string:
		return want == "string"
	case bool:
		return want == "boolean"
	case float64:
		return want == "number" || want == "integer" && v == float64(int64(v))
	}
	return want == "null"
}
