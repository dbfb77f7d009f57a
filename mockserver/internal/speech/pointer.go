package speech

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// A Document is a content that is read as JSON when the first pointer asks for
// something in it.
type Document struct {
	Content []byte
	read    bool
	root    any
}

// At is the value at a JSON pointer (RFC 6901, section 4), with numbers as
// [json.Number].
func (d *Document) At(pointer string) (value any, ok bool) {
	if !d.read {
		d.read = true
		decoder := json.NewDecoder(bytes.NewReader(d.Content))
		decoder.UseNumber()
		if decoder.Decode(&d.root) != nil {
			d.root = nil
		}
	}
	return follow(d.root, pointer)
}

// Text is the value at a JSON pointer: a string itself, another value as JSON
// without spaces. It is empty if there is none, or null.
func (d *Document) Text(pointer string) string {
	value, ok := d.At(pointer)
	if !ok || value == nil {
		return ""
	}
	if text, ok := value.(string); ok {
		return text
	}
	return string(Encode(value))
}

func follow(value any, pointer string) (any, bool) {
	if pointer == "" {
		return value, true
	}
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		switch inner := value.(type) {
		case map[string]any:
			member, ok := inner[token]
			if !ok {
				return nil, false
			}
			value = member
		case []any:
			i, err := strconv.ParseUint(token, 10, 31)
			if err != nil || int(i) >= len(inner) || token != strconv.FormatUint(i, 10) {
				return nil, false
			}
			value = inner[i]
		default:
			return nil, false
		}
	}
	return value, true
}
