package dialect

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/asyncctl/asyncctl/internal/jsontext"
	"github.com/asyncctl/asyncctl/poller/lro"
)

// A place is where a value stands in an answer: a JSON Pointer (RFC 6901) into the content, in which "*"
// stands for each element; "" for the content as a whole; or "header:Name". null counts as absent.

// value returns the value at a place, as JSON where it is in the content and as bare text otherwise.
// Of several that a "*" matches, none is the value.
func value(r lro.Reply, place string) (v jsontext.Value, text []byte, ok bool) {
	if name, header := strings.CutPrefix(place, "header:"); header {
		s := field(r, http.CanonicalHeaderKey(name))
		return nil, []byte(s), s != ""
	}
	if place == "" {
		return nil, r.Body, len(r.Body) > 0
	}
	v, ok = single(jsontext.Value(r.Body), place)
	if !ok || string(v) == "null" {
		return nil, nil, false
	}
	text, _ = v.Text()
	return v, text, true
}

// at returns the text or the number at a place.
func at(r lro.Reply, place string) string {
	v, text, ok := value(r, place)
	if !ok {
		return ""
	}
	if _, number := v.Number(); number {
		return string(v)
	}
	return string(text)
}

// single returns the value at a pointer; where that holds a "*", the one value that it matches.
func single(doc jsontext.Value, pointer string) (jsontext.Value, bool) {
	if !strings.Contains(pointer, "/*") {
		return doc.At(pointer)
	}
	if all := matches(nil, doc, pointer); len(all) == 1 {
		return all[0], true
	}
	return nil, false
}

// matches appends every value that a pointer matches.
func matches(found []jsontext.Value, doc jsontext.Value, pointer string) []jsontext.Value {
	before, after, starred := cutStar(pointer)
	if !starred {
		if v, ok := doc.At(pointer); ok && string(v) != "null" {
			found = append(found, v)
		}
		return found
	}
	list, ok := doc.At(before)
	if !ok || list[0] != '[' {
		return found
	}
	for w := list.Walk(); w.Next(); {
		found = matches(found, w.Value, after)
	}
	return found
}

// cutStar splits a pointer at the first token that is "*".
func cutStar(pointer string) (before, after string, starred bool) {
	for from := 0; ; {
		i := strings.Index(pointer[from:], "/*")
		if i < 0 {
			return "", "", false
		}
		i += from
		if end := i + len("/*"); end == len(pointer) || pointer[end] == '/' {
			return pointer[:i], pointer[end:], true
		}
		from = i + 1
	}
}

// values returns what stands at a place, all of it where the place holds a "*".
func values(r lro.Reply, place string) []jsontext.Value {
	if name, header := strings.CutPrefix(place, "header:"); header {
		if s := field(r, http.CanonicalHeaderKey(name)); s != "" {
			return []jsontext.Value{jsontext.Value(strconv.Quote(s))}
		}
		return nil
	}
	return matches(nil, jsontext.Value(r.Body), place)
}

// field returns one header field; it tolerates a reply without a header section.
func field(r lro.Reply, name string) string {
	if r.Header == nil {
		return ""
	}
	return r.Header.Get(name)
}
