// Package jsontext looks into JSON text without decoding it, and without allocating.
//
//	doc := jsontext.Value(body)
//	state, ok := doc.At("/job/state")
//
// It is pure, and checks no more of a text than it walks over.
package jsontext

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// Value is the text of one JSON value. It is looked into without decoding the whole, and without
// allocating: a status document is read for one or two members, a million times.
//
// Text that is not JSON is no error here: nothing is found in it. A document that was cut off gives
// what lies before the cut.
type Value []byte

// At returns the value at a JSON Pointer (RFC 6901) and whether it is there. Of members with the
// same name the first counts.
func (j Value) At(pointer string) (Value, bool) {
	v := j.Trim()
	for pointer != "" {
		if pointer[0] != '/' {
			return nil, false
		}
		token := pointer[1:]
		if i := strings.IndexByte(token, '/'); i >= 0 {
			token = token[:i]
		}
		pointer = pointer[1+len(token):]
		if strings.IndexByte(token, '~') >= 0 { // RFC 6901, section 4
			token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		}
		var ok bool
		if v, ok = v.child(token); !ok {
			return nil, false
		}
	}
	return v, len(v) > 0
}

// child returns the member or element that one reference token names.
func (j Value) child(token string) (Value, bool) {
	if len(j) == 0 {
		return nil, false
	}
	index := -1
	switch j[0] {
	case '{':
	case '[':
		n, err := strconv.Atoi(token)
		if err != nil || token[0] < '0' || token[0] > '9' || len(token) > 1 && token[0] == '0' {
			return nil, false
		}
		index = n
	default:
		return nil, false
	}
	for it := j.Walk(); it.Next(); index-- {
		if j[0] == '[' && index == 0 || j[0] == '{' && it.Key.equals(token) {
			return it.Value, true
		}
	}
	return nil, false
}

// Text returns the characters of a JSON string, and false for every other value.
func (j Value) Text() ([]byte, bool) {
	v := j.Trim()
	if len(v) < 2 || v[0] != '"' || stringLen(v) != len(v) {
		return nil, false
	}
	if bytes.IndexByte(v, '\\') < 0 {
		return v[1 : len(v)-1], true
	}
	var s string
	if json.Unmarshal(v, &s) != nil {
		return nil, false
	}
	return []byte(s), true
}

// String returns Text as a string; "" for a value that is not a JSON string.
func (j Value) String() string {
	t, _ := j.Text()
	return string(t)
}

// Number returns the value of a JSON number, and false for every other value.
func (j Value) Number() (float64, bool) {
	v := j.Trim()
	if len(v) == 0 {
		return 0, false
	}
	for _, c := range v { // ParseFloat takes more than JSON does: "0x1p4", "-inf"
		if (c < '0' || c > '9') && c != '.' && c != '+' && c != '-' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(string(v), 64)
	return f, err == nil
}

// Empty reports whether there is nothing in the value: it is absent, null, false, 0, "", {} or [].
func (j Value) Empty() bool {
	v := j.Trim()
	switch {
	case len(v) == 0, string(v) == "null", string(v) == "false", string(v) == "0", string(v) == `""`:
		return true
	case v[0] == '{' || v[0] == '[':
		it := v.Walk()
		return !it.Next()
	}
	return false
}

// Hollow reports whether there is nothing in the value all the way down: {"code": 0, "message": ""}. A
// text that says so counts as nothing, too.
func (j Value) Hollow() bool {
	if j.Empty() {
		return true
	}
	v := j.Trim()
	switch v[0] {
	case '"':
		text, _ := v.Text()
		for _, nothing := range [...]string{"0", "none", "null", "nil", "n/a", "-", "no error", "ok"} {
			if strings.EqualFold(string(text), nothing) {
				return true
			}
		}
	case '{', '[':
		it := v.Walk()
		for it.Next() {
			if !it.Value.Hollow() {
				return false
			}
		}
		return len(it.Rest) > 0 && (it.Rest[0] == '}' || it.Rest[0] == ']')
	}
	n, ok := v.Number()
	return ok && n == 0
}

// IsObject reports whether the text begins as a JSON object.
func (j Value) IsObject() bool {
	v := j.Trim()
	return len(v) > 0 && v[0] == '{'
}

// Members returns how many members an object, or elements an array, has; 0 for every other value.
func (j Value) Members() int {
	n := 0
	for it := j.Trim().Walk(); it.Next(); {
		n++
	}
	return n
}

// equals compares a member name, quotes and escapes included, with plain text.
func (j Value) equals(name string) bool {
	if len(j) == len(name)+2 && string(j[1:len(j)-1]) == name && bytes.IndexByte(j, '\\') < 0 {
		return true
	}
	if bytes.IndexByte(j, '\\') < 0 {
		return false
	}
	t, ok := j.Text()
	return ok && string(t) == name
}

var utf8BOM = []byte("\xef\xbb\xbf")

func (j Value) Trim() Value {
	v := bytes.TrimPrefix(j, utf8BOM) // RFC 8259, section 8.1: may be ignored
	start, end := 0, len(v)
	for start < end && blank(v[start]) {
		start++
	}
	for end > start && blank(v[end-1]) {
		end--
	}
	return Value(v[start:end])
}

func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// StringEnd returns the length of the JSON string that a text begins with; all of it where it has no end.
func StringEnd(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}
