package draft

import (
	"encoding/json"
	"github.com/asyncctl/asyncctl/internal/jsontext"
	"strings"
)

// leaf is a text, number or flag of a document.
type leaf struct {
	place, text string
	value       jsontext.Value
	isText      bool
}

// deepest bounds where a state, a link or an id is looked for, and most how many members are.
const (
	deepest = 4
	most    = 500
)

// leaves returns the single values of a JSON document in order, those of the first elements of lists too.
func leaves(content []byte) []leaf {
	if !json.Valid(content) {
		return nil
	}
	var all []leaf
	collect(&all, jsontext.Value(content), "", 0)
	return all
}

func collect(all *[]leaf, v jsontext.Value, at string, depth int) {
	v, ok := v.At("")
	if !ok || depth > deepest || len(*all) > most {
		return
	}
	switch v[0] {
	case '{':
		for _, name := range names(v) {
			child, _ := v.At("/" + name)
			collect(all, child, at+"/"+name, depth+1)
		}
	case '[':
		if first, ok := v.At("/0"); ok && v.Members() == 1 {
			collect(all, first, at+"/0", depth+1)
		}
	case '"':
		*all = append(*all, leaf{at, v.String(), v, true})
	default:
		if string(v) != "null" {
			*all = append(*all, leaf{at, string(v), v, false})
		}
	}
}

// names returns the names of an object's members in order, as a pointer has them.
func names(v jsontext.Value) []string {
	dec := json.NewDecoder(strings.NewReader(string(v)))
	dec.Token() // {
	var all []string
	for dec.More() {
		token, err := dec.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return all
		}
		var skip json.RawMessage
		if dec.Decode(&skip) != nil {
			return all
		}
		all = append(all, strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
	}
	return all
}

// textAt returns the text, number or flag at a place.
func textAt(content []byte, place string) (string, bool) {
	v, ok := jsontext.Value(content).At(place)
	if !ok || string(v) == "null" {
		return "", false
	}
	if text, ok := v.Text(); ok {
		return string(text), true
	}
	if v[0] == '{' || v[0] == '[' {
		return "", false
	}
	return string(v), true
}
