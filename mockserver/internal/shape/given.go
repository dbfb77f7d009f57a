package shape

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/mockserver/internal/speech"
)

// A given is what the holes need of a submit, taken from it when it comes. A nil
// given has nothing.
type given struct {
	values map[string]givenValue
}

type givenValue struct {
	text   string
	isJSON bool
}

// take keeps the values that holes ask for.
func take(r *http.Request, content []byte, wanted []*hole) *given {
	if len(wanted) == 0 {
		return nil
	}
	g := &given{values: make(map[string]givenValue, len(wanted))}
	document := speech.Document{Content: content}
	for _, h := range wanted {
		g.values[h.name+":"+h.arg] = taken(r, &document, h)
	}
	return g
}

func taken(r *http.Request, document *speech.Document, h *hole) givenValue {
	none := givenValue{"null", true}
	switch h.name {
	case "request.header":
		if values := r.Header.Values(h.arg); len(values) > 0 {
			return givenValue{strings.Join(values, ", "), false}
		}
	case "request.query":
		if query := r.URL.Query(); query.Has(h.arg) {
			return givenValue{query.Get(h.arg), false}
		}
	case "request":
		value, ok := document.At(h.arg)
		if !ok || value == nil {
			return none
		}
		if text, ok := value.(string); ok {
			return givenValue{text, false}
		}
		text, _ := json.Marshal(value) // it was JSON
		return givenValue{string(text), true}
	}
	return none
}

// value is what a hole asks for.
func (g *given) value(s *scene, h *hole) (string, bool) {
	if g == nil {
		return "null", true
	}
	v, ok := g.values[h.name+":"+h.arg]
	if !ok {
		return "null", true
	}
	return v.text, v.isJSON
}

// wanted are the holes of templates that ask for something of the submit.
func wanted(templates ...template) (all []*hole) {
	for _, t := range templates {
		for _, p := range t {
			if p.hole != nil && strings.HasPrefix(p.hole.name, "request") {
				all = append(all, p.hole)
			}
		}
	}
	return all
}
